//! Notices written by hand, where a story needs something that the pretend tenant does not play.

use lysbord_core::clock::Timestamp;
use serde_json::{Value, json};

use crate::desk::NOON;

/// A notice about the asset `name` in a folder of *All files*, so many seconds after noon. It offers no picture.
pub fn about(id: &str, second: i64, name: &str) -> Value {
    in_archive("5000-All-files", id, second, name)
}

pub fn in_archive(archive: &str, id: &str, second: i64, name: &str) -> Value {
    let path = format!("/fotoweb/archives/{archive}/Folder%2012/{}.info", name.replace(' ', "%20"));
    let time = Timestamp(NOON.0 + second * 1000).to_string();
    json!({
        "id": id, "type": "asset", "created": time,
        "href": format!("https://dam.example{path}"),
        "data": {
            "href": path, "archiveHREF": format!("/fotoweb/archives/{archive}/"), "filename": name,
            "physicalFileId": format!("65aa/Folder 12/{name}"), "uniqueid": "", "doctype": "image",
            "modified": time, "metadata": {}
        }
    })
}

/// The same with metadata: number of a field, and its value.
pub fn with_fields<const N: usize>(mut notice: Value, fields: [(&str, Value); N]) -> Value {
    for (field, value) in fields {
        notice["data"]["metadata"][field] = json!({ "value": value });
    }
    notice
}

pub fn renamed(id: &str, second: i64, from: &str, to: &str) -> Value {
    let mut notice = about(id, second, to);
    notice["operation-name"] = "rename".into();
    notice["previous-name"] = from.into();
    notice
}

/// The same as Fotoware wraps it in version 2 of *modified*.
pub fn wrapped(mut notice: Value, operation: &str) -> Value {
    notice["operation-name"] = operation.into();
    notice["data"] = json!({ "asset": notice["data"] });
    notice
}

/// The same with picture URLs.
pub fn with_pictures(mut notice: Value, thumbnail: &str, preview: &str) -> Value {
    notice["thumbnail-href"] = thumbnail.into();
    notice["preview-href"] = preview.into();
    notice
}
