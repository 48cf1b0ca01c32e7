//! A notice in Fotoware's own words: the envelope and the asset as captured (docs/fotoware.md 1), as JSON or as a form.

mod asset;
mod diff;
mod wire;

use serde_json::{Map, Value, json};

use super::asset::field;
use super::link::Site;
use super::notice::{Notice, Oddity, Wrapped};
use super::picture::Frame;
use lysbord_clock::Timestamp;

pub use wire::{Encoding, encode};

/// The body of a delivery. Its URLs count as minted at `minted`, which for a late delivery is long ago.
pub fn body(notice: &Notice, site: &Site, minted: Timestamp) -> Value {
    let asset = asset::representation(&notice.asset, notice, site, minted);
    let data = match &notice.wrapped {
        None => asset,
        Some(wrapped) => wrap(asset, wrapped, notice, site, minted),
    };
    let mut body = envelope(notice, site, minted);
    body.insert("data".into(), data);
    if let Some(oddity) = notice.oddity {
        distort(&mut body, oddity);
    }
    Value::Object(body)
}

fn envelope(notice: &Notice, site: &Site, minted: Timestamp) -> Map<String, Value> {
    let asset = &notice.asset;
    let (width, height) = asset.picture.pixels();
    let mut envelope = Map::new();
    let mut put = |key: &str, value: String| envelope.insert(key.to_owned(), Value::String(value));
    put("id", notice.id.clone());
    put("type", "asset".to_owned());
    put("created", asset::date(notice, notice.created, 3));
    put("href", site.absolute(&asset::href(asset)));
    put("thumbnail-href", site.absolute(&site.picture_path(asset, Frame::THUMBNAIL, minted)));
    put("preview-href", site.absolute(&site.picture_path(asset, Frame::PREVIEW, minted)));
    put("title", asset.text(field::TITLE).to_owned());
    put("description", asset.text(field::CAPTION).to_owned());
    put("byline", asset.list(field::BYLINE).join("; "));
    put("tags", asset.list(field::KEYWORDS).join("; "));
    put("file-size", asset.filesize.to_string());
    put("pixel-width", width.to_string());
    put("pixel-height", height.to_string());
    if let Some(operation) = notice.operation {
        put("operation-name", operation.as_str().to_owned());
    }
    if let Some(name) = &notice.previous_name {
        put("previous-name", name.clone());
    }
    envelope
}

/// Version 2 of *modified*: the asset as it is, as it was, and what differs.
fn wrap(asset: Value, wrapped: &Wrapped, notice: &Notice, site: &Site, minted: Timestamp) -> Value {
    let mut data = Map::new();
    data.insert("asset".into(), asset);
    if let Some(before) = &wrapped.before {
        data.insert("assetBefore".into(), asset::representation(before, notice, site, minted));
        data.insert("metadataDiff".into(), diff::metadata(before, &notice.asset, wrapped.label));
    }
    if notice.operation == Some(super::notice::Operation::RestoreRevision) {
        data.insert("revisionsDiff".into(), diff::change_feed(&notice.asset));
    }
    Value::Object(data)
}

/// Keys without which a receiver can still tell which asset it is and fetch its picture.
const DISPENSABLE: [&str; 12] = [
    "byline",
    "tags",
    "description",
    "file-size",
    "pixel-width",
    "thumbnailFields",
    "builtinFields",
    "metadataEditor",
    "attributes",
    "props",
    "created",
    "renditions",
];

fn distort(body: &mut Map<String, Value>, oddity: Oddity) {
    match oddity {
        Oddity::Decimals(_) => {} // asset::date has seen to it
        Oddity::MissingKeys => in_envelope_and_data(body, |object, level| {
            object.retain(|key, _| {
                !DISPENSABLE.contains(&key.as_str()) || (level == Level::Envelope && key == "created")
            });
        }),
        Oddity::NullKeys => in_envelope_and_data(body, |object, level| {
            for (key, value) in object.iter_mut() {
                if DISPENSABLE.contains(&key.as_str()) && !(level == Level::Envelope && key == "created") {
                    *value = Value::Null;
                }
            }
        }),
        Oddity::SwappedNumbers => in_envelope_and_data(body, |object, _| {
            for key in ["filesize", "archiveId", "previewcount", "revisioncount"] {
                if let Some(value @ Value::Number(_)) = object.get_mut(key) {
                    *value = Value::String(value.to_string());
                }
            }
            for key in ["file-size", "pixel-width", "pixel-height"] {
                if let Some(value) = object.get_mut(key)
                    && let Some(number) = value.as_str().and_then(|text| text.parse::<u64>().ok())
                {
                    *value = json!(number);
                }
            }
        }),
        Oddity::RawHrefs => in_envelope_and_data(body, |object, _| {
            respell(object, &["href", "linkstance"], |text| {
                percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
            });
        }),
        Oddity::Nameless => in_envelope_and_data(body, |object, _| {
            object.retain(|key, _| !["href", "linkstance", "physicalFileId"].contains(&key.as_str()));
        }),
        Oddity::UnknownKeys => in_envelope_and_data(body, |object, _| {
            object.insert("x-correlation".into(), json!({ "trace": [1, 2.5, null, true], "note": "new in 9.0" }));
        }),
    }
}

fn respell(object: &mut Map<String, Value>, keys: &[&str], spell: impl Fn(&str) -> String) {
    for key in keys {
        if let Some(Value::String(text)) = object.get_mut(*key) {
            *text = spell(text);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Envelope,
    Data,
}

fn in_envelope_and_data(body: &mut Map<String, Value>, change: impl Fn(&mut Map<String, Value>, Level)) {
    change(body, Level::Envelope);
    if let Some(data) = body.get_mut("data").and_then(Value::as_object_mut) {
        change(data, Level::Data);
        for key in ["asset", "assetBefore"] {
            if let Some(asset) = data.get_mut(key).and_then(Value::as_object_mut) {
                change(asset, Level::Data);
            }
        }
    }
}
