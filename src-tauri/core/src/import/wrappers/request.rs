//! One recorded request: an object with the body, and some of address, headers and time beside it.

use super::members::Members;
use super::{LeftAlone, Wrapped, from_base64, moment};
use crate::clock::Timestamp;
use crate::fotoware::{HookKind, receive};
use crate::import::{hook, requests};

/// At least one of these stands beside a body that something is wrapped around.
const BESIDE: &[&str] = &[
    "headers",
    "method",
    "httpMethod",
    "url",
    "uri",
    "path",
    "query",
    "querystring",
    "params",
    "webhookUrl",
    "executionMode",
    "requestContext",
    "isBase64Encoded",
    "token_id",
    "user_agent",
    "client_ip",
    "remote_addr",
];

type Found = Result<Wrapped, LeftAlone>;

/// The request that an object is, or holds under `request` or `data`. `None` if it is none.
pub(super) fn read(members: &Members<'_>) -> Option<Found> {
    if let Some(entry) =
        members.object("request").filter(|request| request.has_any(&["postData", "raw", "headers", "body", "method"]))
    {
        return read_entry(members, &entry);
    }
    if members.has_request_in("data") {
        return read_entry(members, &members.object("data")?);
    }
    if !members.has_any(BESIDE) {
        // Zapier's raw hooks have a body and nothing else that has to be there.
        return raw_body(members).map(|body| Ok(wrapped(members, body)));
    }
    if let Some(on_the_wire) =
        members.text("raw").and_then(|raw| from_base64(&raw)).filter(|raw| requests::begins_with_request(raw))
    {
        return requests::read(&on_the_wire).into_iter().next();
    }
    let body = body(members)?;
    Some(if body.trim_ascii().is_empty() || body == b"{}" {
        Err(LeftAlone::RequestWithoutBody)
    } else {
        Ok(wrapped(members, body))
    })
}

/// When something was received, if it says so.
pub(super) fn received(members: &Members<'_>) -> Option<Timestamp> {
    const NAMES: &[&str] = &[
        "startedDateTime",
        "created_at",
        "createdAt",
        "received_at",
        "receivedAt",
        "start",
        "timestamp",
        "ts",
        "date",
        "time",
        "captured_at_unix_milli",
        "timeEpoch",
    ];
    let own = NAMES.iter().filter_map(|name| members.text(name)).find_map(|text| moment::of_text(&text));
    own.or_else(|| ["context", "requestContext"].iter().find_map(|name| received(&members.object(name)?)))
}

/// The body that n8n put aside as a file: `binary.data.data`, in base64.
pub(super) fn binary_of(members: &Members<'_>) -> Option<Vec<u8>> {
    let binary = members.object("binary")?;
    let names: Vec<&str> = binary.all().map(|(name, _)| name).collect();
    names.into_iter().find_map(|name| from_base64(&binary.object(name)?.text("data")?))
}

/// An entry of HAR or of ngrok: what was asked is one of its members, and the time stands outside.
fn read_entry(outer: &Members<'_>, request: &Members<'_>) -> Option<Found> {
    let found = match request.object("postData") {
        Some(posted) => posted_data(request, &posted),
        None if outer.has_any(&["response", "startedDateTime", "_id"]) && !request.has_any(&["body", "raw"]) => {
            Err(LeftAlone::RequestWithoutBody)
        }
        None => read(request)?,
    };
    Some(found.map(|found| Wrapped { received: received(outer).or(found.received), ..found }))
}

/// A browser records everything that it asked: what is neither a notice nor sent to a hook is none of ours.
fn posted_data(request: &Members<'_>, posted: &Members<'_>) -> Found {
    let body = match posted.text("text") {
        Some(text) if posted.text("encoding").is_some_and(|encoding| encoding == "base64") => from_base64(&text),
        Some(text) => Some(text.into_bytes()),
        None => None,
    };
    let body =
        body.filter(|body| !body.is_empty()).or_else(|| form_of_params(posted)).ok_or(LeftAlone::RequestWithoutBody)?;
    let found = wrapped(request, body);
    let content_type = posted.text("mimeType").or(found.content_type);
    if found.hook.is_none() && receive(content_type.as_deref(), &found.body).arrival.is_err() {
        return Err(LeftAlone::NoNotice);
    }
    Ok(Wrapped { content_type, ..found })
}

fn form_of_params(posted: &Members<'_>) -> Option<Vec<u8>> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    let params = posted.list("params")?;
    for param in &params {
        let param = Members::read(param)?;
        form.append_pair(&param.text("name")?, &param.text("value").unwrap_or_default());
    }
    (!params.is_empty()).then(|| form.finish().into_bytes())
}

/// The body itself. `None` if there is no member that could be one.
fn body(members: &Members<'_>) -> Option<Vec<u8>> {
    if let Some(body) = raw_body(members) {
        return Some(body);
    }
    if let Some(content) = members.text("content").filter(|_| members.has_any(&["uuid", "token_id"])) {
        return Some(if content.is_empty() {
            form_of_fields(members).unwrap_or_default()
        } else {
            content.into_bytes()
        });
    }
    if let Some(packed) = members.text("request_payload_base64") {
        return from_base64(&packed);
    }
    let body = members.raw("body")?;
    if !body.starts_with('"') {
        return Some(body.as_bytes().to_vec());
    }
    let text = members.text("body")?;
    let is_packed = members.raw("isBase64Encoded") == Some("true")
        || ["encoding", "bodyEncoding"]
            .iter()
            .any(|name| members.text(name).is_some_and(|encoding| encoding == "base64"));
    if is_packed { from_base64(&text) } else { Some(text.into_bytes()) }
}

fn raw_body(members: &Members<'_>) -> Option<Vec<u8>> {
    let mut texts = ["raw_body", "rawBody", "bodyRaw", "body_raw"].iter().filter_map(|name| members.text(name));
    texts.find(|text| !text.is_empty()).map(String::into_bytes)
}

/// What webhook.site keeps of a form whose body it does not keep.
fn form_of_fields(members: &Members<'_>) -> Option<Vec<u8>> {
    let fields = members.object("request")?;
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.all() {
        form.append_pair(name, &fields.text(name).unwrap_or_else(|| value.to_owned()));
    }
    Some(form.finish().into_bytes())
}

fn wrapped(members: &Members<'_>, body: Vec<u8>) -> Wrapped {
    Wrapped { hook: hook_of(members), content_type: content_type(members), received: received(members), body }
}

fn hook_of(members: &Members<'_>) -> Option<HookKind> {
    let mut addresses =
        ["url", "uri", "path", "rawPath", "webhookUrl", "request_url"].iter().filter_map(|name| members.text(name));
    addresses.find_map(|address| hook::of_address(&address))
}

/// From headers as an object of texts or of lists of them, or as a list of names and values.
fn content_type(members: &Members<'_>) -> Option<String> {
    let is_it = |name: &str| name.eq_ignore_ascii_case("content-type");
    if let Some(headers) = members.object("headers") {
        let (_, value) = headers.all().find(|(name, _)| is_it(name))?;
        return serde_json::from_str::<String>(value)
            .or_else(|_| {
                serde_json::from_str::<Vec<String>>(value).map(|values| values.into_iter().next().unwrap_or_default())
            })
            .ok();
    }
    let headers = members.list("headers")?;
    let header = headers
        .into_iter()
        .filter_map(Members::read)
        .find(|header| header.text("name").is_some_and(|name| is_it(&name)))?;
    header.text("value")
}
