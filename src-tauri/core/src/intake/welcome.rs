//! The page that a person sees who opens a hook URL in a browser.

use crate::fotoware::HookKind;

pub(super) fn page(kind: Option<HookKind>) -> String {
    let what = match kind {
        Some(HookKind::Ingested) => "This is the address for <b>Asset ingested</b>.",
        Some(HookKind::Modified) => "This is the address for <b>Asset modified</b>. Choose version 2 there.",
        Some(HookKind::Deleted) => "This is the address for <b>Asset deleted</b>.",
        Some(HookKind::Marker) => "This is the address for a <b>marker</b> that runs a webhook.",
        Some(HookKind::Action) => "This is the address for an <b>action</b> that executes a webhook.",
        Some(HookKind::Any) => "This is the address for any webhook; one address for each kind is better.",
        None => "Add the kind of notice to this address: /ingested, /modified or /deleted.",
    };
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Lysbord is listening</title>\
         <style>body{{font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:12vh auto;padding:0 1em;\
         background:#1b1c1e;color:#e8e8e6}}h1{{font-size:1.4em}}b{{color:#f2b544}}</style>\
         <h1>Lysbord is listening</h1><p>{what}<p>Fotoware posts its webhooks here. In Fotoware, open \
         <b>Site Configuration &rsaquo; Integrations &rsaquo; Webhooks</b>, paste this address and choose <b>JSON</b>.\
         <p>There is nothing to see here in a browser. Keep the address to yourself: whoever has it can send notices."
    )
}
