//! The asset representation, attribute by attribute (docs/fotoware.md 1.3).

use serde_json::{Value, json};

use crate::asset::{Asset, Doctype, Value as FieldValue, field};
use crate::link::Site;
use crate::notice::{HookKind, Notice, Oddity};
use crate::picture::Frame;
use lysbord_clock::Timestamp;

const PERMISSIONS: [&str; 20] = [
    "View",
    "Preview",
    "Workflow",
    "Download",
    "Order",
    "EditText",
    "CropRotate",
    "Delete",
    "Comping",
    "Alert",
    "CopyTo",
    "MoveTo",
    "CopyFrom",
    "MoveFrom",
    "Rename",
    "OpenFile",
    "UploadFile",
    "Export",
    "Comment",
    "HistoryView",
];
const ORIGINAL_PROFILE: &str = "4c8ea9d1-52a7-4f39-9f0d-2f6d1f1d7c10";
const WEB_PROFILE: &str = "b97b4d02-6c0e-4b8b-8d51-6f0a5a2f9e21";
const EDITOR: &str = "8e5bb1b2-7f6f-4d4c-9a53-30d2a9b4a6f0";

/// Site-relative, in the archive where the asset was met.
pub(super) fn href(asset: &Asset) -> String {
    format!("{}{}.info", asset.archive.href(), asset.encoded_path())
}

/// As Fotoware writes it at this place, unless the notice is odd in just that.
pub(super) fn date(notice: &Notice, moment: Timestamp, usual_decimals: u8) -> String {
    let decimals = match notice.oddity {
        Some(Oddity::Decimals(decimals)) => decimals,
        _ => usual_decimals,
    };
    let text = moment.to_string();
    let whole = text.split_once('.').map_or(text.as_str(), |(whole, _)| whole);
    match decimals {
        0 => format!("{whole}Z"),
        3 => text,
        _ => format!("{}000Z", text.trim_end_matches('Z')),
    }
}

pub(super) fn representation(asset: &Asset, notice: &Notice, site: &Site, minted: Timestamp) -> Value {
    let href = href(asset);
    let parts = [
        identity(asset, notice, site, &href),
        pictures(asset, site, minted, &href),
        words(asset),
        surroundings(asset, site),
    ];
    parts
        .into_iter()
        .flat_map(|part| match part {
            Value::Object(attributes) => attributes,
            _ => serde_json::Map::new(),
        })
        .collect()
}

fn identity(asset: &Asset, notice: &Notice, site: &Site, href: &str) -> Value {
    // At ingest a real tenant does not know the file's date yet, and says so in this way (docs/fotoware.md 1.3).
    let created = if notice.kind == HookKind::Ingested {
        Timestamp(asset.created.0.rem_euclid(86_400_000))
    } else {
        asset.created
    };
    json!({
        "href": href,
        "archiveHREF": asset.archive.href(),
        "archiveId": asset.archive.id(),
        "linkstance": href,
        "dropHREF": format!("{href}#u=15003&m={}", site.signature(href)),
        "physicalFileId": asset.physical_file_id(),
        "uniqueid": asset.unique_id,
        "filename": asset.filename,
        "filesize": asset.filesize,
        "doctype": asset.doctype.as_str(),
        "created": date(notice, created, 6),
        "createdBy": "system",
        "modified": date(notice, asset.modified, 0),
        "modifiedBy": "system",
        "isVersioningEnabled": true,
        "permissions": PERMISSIONS,
        "pincount": 0,
        "previewcount": asset.edits * 3,
        "downloadcount": asset.change_feed,
        "workflowcount": 0,
        "metadataeditcount": asset.edits,
        "revisioncount": asset.change_feed,
    })
}

fn pictures(asset: &Asset, site: &Site, minted: Timestamp, href: &str) -> Value {
    json!({
        "capabilities": { "crop": asset.doctype == Doctype::Image, "print": true, "printWithAnnotations": true },
        "previews": previews(asset, site, minted),
        "previewToken": site.preview_token(asset, minted),
        "quickRenditions": [],
        "renditions": renditions(asset, href),
        "attributes": attributes(asset),
    })
}

fn words(asset: &Asset) -> Value {
    json!({
        "metadata": asset.metadata.iter().map(|(id, value)| (id.to_string(), json!({ "value": value_of(value) }))).collect::<Value>(),
        "metadataEditor": { "name": "Default", "href": format!("/fotoweb/editors/{EDITOR}") },
        "builtinFields": builtin_fields(asset),
        "thumbnailFields": {
            "label": { "value": asset.filename },
            "firstLine": { "value": asset.text(field::TITLE) },
            "secondLine": { "value": asset.list(field::BYLINE) },
            "additionalFields": [
                { "value": asset.list(field::KEYWORDS), "views": ["desktop", "widgets", "web"], "isKeywords": true },
            ],
        },
    })
}

fn surroundings(asset: &Asset, site: &Site) -> Value {
    let nothing = json!({ "enabled": false });
    json!({
        "ancestors": [{
            "name": asset.archive.name(),
            "href": asset.archive.href(),
            "data": format!("/fotoweb/data/a/{}.{}/", asset.archive.id(), site.signature(asset.archive.name())),
        }],
        "props": { "owner": null, "shares": nothing, "comments": nothing, "annotations": nothing, "tags": [] },
    })
}

fn previews(asset: &Asset, site: &Site, minted: Timestamp) -> Vec<Value> {
    let ratio = asset.picture.ratio();
    let entry = |frame: Frame| {
        let (width, height) = frame.size(ratio);
        json!({
            "size": frame.side,
            "width": width,
            "height": height,
            "square": frame.square,
            "href": site.picture_path(asset, frame, minted),
        })
    };
    Frame::ALL.into_iter().map(entry).collect()
}

fn renditions(asset: &Asset, href: &str) -> Value {
    let (width, height) = asset.picture.pixels();
    json!([
        {
            "display_name": "Original File", "description": "Original File", "width": width, "height": height,
            "default": true, "original": true, "sizeFixed": false, "profile": ORIGINAL_PROFILE,
            "href": format!("{href}/__renditions/ORIGINAL"),
        },
        {
            "display_name": "Web 1024", "description": "Long side 1024 px", "width": 0, "height": 0,
            "default": false, "original": false, "sizeFixed": true, "profile": WEB_PROFILE,
            "href": format!("{href}/__renditions/{WEB_PROFILE}"),
        },
    ])
}

fn attributes(asset: &Asset) -> Value {
    let (width, height) = asset.picture.pixels();
    let camera = asset.camera.map_or_else(
        || json!({}),
        |camera| {
            json!({
                "cameraModel": camera.model,
                "exposure": { "n": 1, "d": camera.shutter },
                "fNumber": (f64::from(camera.aperture) * 10.0).round() / 10.0,
                "focalLength": camera.focal_length,
                "isoSpeed": camera.iso,
                "flash": { "fired": camera.flash },
            })
        },
    );
    json!({
        "imageattributes": {
            "pixelwidth": width,
            "pixelheight": height,
            "resolution": 300.0,
            "flipmirror": 0,
            "rotation": 0.0,
            "colorspace": "rgb",
        },
        "photoAttributes": camera,
    })
}

fn builtin_fields(asset: &Asset) -> Value {
    json!([
        { "field": "title", "required": false, "value": asset.text(field::TITLE) },
        { "field": "description", "required": false, "value": asset.text(field::CAPTION) },
        { "field": "tags", "required": false, "value": asset.list(field::KEYWORDS) },
        { "field": "status", "required": false, "value": asset.text(field::STATUS) },
        { "field": "rating", "required": false, "value": asset.text(field::RATING) },
        { "field": "notes", "required": false, "value": asset.text(field::NOTES) },
    ])
}

fn value_of(value: &FieldValue) -> Value {
    match value {
        FieldValue::One(text) => json!(text),
        FieldValue::Many(values) => json!(values),
    }
}
