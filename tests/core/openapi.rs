//! The committed OpenAPI document is what the page's types are made from: it has to be this program's.

use std::fs;
use std::path::Path;

#[test]
fn the_committed_document_is_this_programs() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/openapi.json");
    let document = lysbord_core::api::document().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("LYSBORD_WRITE_OPENAPI").is_some() {
        fs::write(&path, &document).unwrap();
    }
    let committed = fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == document,
        "ui/openapi.json is stale: run LYSBORD_WRITE_OPENAPI=1 cargo test -p lysbord-core openapi, then npm run api in ui/"
    );
}
