//! An asset as one notice describes it, in a form of our own: what does not matter is left out, what comes in
//! several shapes comes in one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::charset::percent_decoded;
use super::json::Json;
use super::lenient::{member, positive, text, texts, whole};
use crate::clock::Timestamp;

/// Fotoware's number of a metadata field, such as 25 for keywords (docs/fotoware.md 2.1).
pub type FieldId = u32;

/// Everything of an asset that a version keeps. Absent text is empty, absent numbers are `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AssetState {
    pub filename: String,
    pub title: String,
    pub description: String,
    pub byline: String,
    pub tags: Vec<String>,
    /// The archive's label as its path spells it: `5000-All-files` is *All files*.
    pub archive: String,
    /// Absolute where the notice says so, else the site-relative path.
    pub href: String,
    pub doctype: String,
    pub file_size: Option<u64>,
    pub pixel_width: Option<u64>,
    pub pixel_height: Option<u64>,
    /// Milliseconds since 1970. The bogus 1970 date of an ingestion is left out.
    pub created_ms: Option<i64>,
    pub modified_ms: Option<i64>,
    /// Field by number; every value as text, single ones as a list of one.
    pub metadata: BTreeMap<FieldId, Vec<String>>,
    /// Those of the fields whose value came as a JSON number.
    pub numbers: BTreeSet<FieldId>,
    /// The only fields that the notice tells of, where it has no metadata: a form may carry the envelope alone.
    pub told_fields: Option<Vec<FieldId>>,
    /// Camera, colour space and the like: label and value, in the order in which they are shown.
    pub facts: Vec<(String, String)>,
}

impl AssetState {
    /// Reads the asset representation (docs/fotoware.md 1.3), with the envelope (1.1) filling what it leaves open.
    /// Either may be null.
    pub(super) fn read(asset: &Json<'_>, envelope: &Json<'_>) -> Self {
        let compared = Self::compared(asset, envelope);
        let field = |id: FieldId| compared.metadata.get(&id).filter(|values| !values.is_empty());
        let builtin = |name: &str| builtin_field(asset, name);
        let joined = |values: Vec<String>| values.join("; ");

        let tags = field(25).cloned().unwrap_or_else(|| {
            let tags = builtin("tags");
            if tags.is_empty() { split_joined(&text(member(envelope, "tags")).unwrap_or_default()) } else { tags }
        });
        Self {
            title: text(member(envelope, "title"))
                .or_else(|| field(5).map(|values| values.join("; ")))
                .unwrap_or_else(|| joined(builtin("title"))),
            description: text(member(envelope, "description"))
                .or_else(|| field(120).map(|values| values.join("; ")))
                .unwrap_or_else(|| joined(builtin("description"))),
            byline: field(80)
                .map(|values| values.join("; "))
                .or_else(|| text(member(envelope, "byline")))
                .unwrap_or_default(),
            tags,
            doctype: text(member(asset, "doctype")).unwrap_or_default().to_lowercase(),
            created_ms: believable_date(member(asset, "created")),
            modified_ms: believable_date(member(asset, "modified")),
            facts: facts(asset),
            ..compared
        }
    }

    /// Reads of an asset only what two states can be compared in.
    pub(super) fn read_to_compare(asset: &Json<'_>) -> Self {
        Self::compared(asset, &Json::Null)
    }

    fn compared(asset: &Json<'_>, envelope: &Json<'_>) -> Self {
        let (metadata, told_fields) = match member(asset, "metadata") {
            Json::Null => of_envelope(envelope),
            fields => (metadata(fields), None),
        };
        let image = member(member(asset, "attributes"), "imageattributes");
        let href = text(member(envelope, "href")).or_else(|| text(member(asset, "href"))).unwrap_or_default();
        Self {
            filename: text(member(asset, "filename")).unwrap_or_else(|| filename_of(&href)),
            archive: archive_name(asset, &href),
            href,
            file_size: positive(member(asset, "filesize")).or_else(|| positive(member(envelope, "file-size"))),
            pixel_width: positive(member(image, "pixelwidth")).or_else(|| positive(member(envelope, "pixel-width"))),
            pixel_height: positive(member(image, "pixelheight")).or_else(|| positive(member(envelope, "pixel-height"))),
            metadata,
            numbers: numbers(member(asset, "metadata")),
            told_fields,
            ..Self::default()
        }
    }
}

/// The last part of an asset's href without `.info`, unescaped.
pub(super) fn filename_of(href: &str) -> String {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    let escaped = last.strip_suffix(".info").unwrap_or(last);
    percent_decoded(escaped)
}

/// The four fields that the envelope repeats (docs/fotoware.md 1.1), as far as it does.
fn of_envelope(envelope: &Json<'_>) -> (BTreeMap<FieldId, Vec<String>>, Option<Vec<FieldId>>) {
    let told = [(5, "title"), (25, "tags"), (80, "byline"), (120, "description")];
    let told = told.iter().filter(|(_, key)| member(envelope, key).as_str().is_some());
    let values = told.clone().map(|(id, key)| {
        let value = text(member(envelope, key)).unwrap_or_default();
        let one = || if value.is_empty() { Vec::new() } else { vec![value.clone()] };
        (*id, if matches!(id, 25 | 80) { split_joined(&value) } else { one() })
    });
    let metadata = values.filter(|(_, values)| !values.is_empty()).collect();
    (metadata, Some(told.map(|(id, _)| *id).collect()))
}

fn metadata(value: &Json<'_>) -> BTreeMap<FieldId, Vec<String>> {
    value
        .members()
        .iter()
        .filter_map(|(id, field)| Some((id.parse().ok()?, texts(value_of(field)))))
        .filter(|(_, values)| !values.is_empty())
        .collect()
}

fn numbers(fields: &Json<'_>) -> BTreeSet<FieldId> {
    let fields = fields.members().iter().filter(|(_, field)| matches!(value_of(field), Json::Number(_)));
    fields.filter_map(|(id, _)| id.parse().ok()).collect()
}

/// A field is an object with its value, or the value alone.
fn value_of<'b, 'a>(field: &'b Json<'a>) -> &'b Json<'a> {
    if field.is_object() { member(field, "value") } else { field }
}

fn builtin_field(asset: &Json<'_>, name: &str) -> Vec<String> {
    let fields = member(asset, "builtinFields").list();
    fields
        .iter()
        .find(|field| member(field, "field").as_str() == Some(name))
        .map(|field| texts(member(field, "value")))
        .unwrap_or_default()
}

/// Several values in one string come joined with `"; "` (docs/fotoware.md 1.1).
fn split_joined(joined: &str) -> Vec<String> {
    joined.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// `/fotoweb/archives/5000-All-files/` is named *All files*. Ancestors carry the true label, if they are there.
fn archive_name(asset: &Json<'_>, href: &str) -> String {
    let ancestors = member(asset, "ancestors").list();
    let archive_href = text(member(asset, "archiveHREF"));
    let labelled = ancestors.iter().find_map(|ancestor| {
        let same = archive_href.as_deref().is_none_or(|known| member(ancestor, "href").as_str() == Some(known));
        if same { text(member(ancestor, "name")) } else { None }
    });
    labelled.unwrap_or_else(|| {
        let path = archive_href.as_deref().unwrap_or(href);
        let Some((_, below)) = path.split_once("/archives/") else { return String::new() };
        let segment = below.split('/').next().unwrap_or_default();
        let name = segment.split_once('-').map_or(segment, |(_, name)| name);
        percent_decoded(name).replace('-', " ")
    })
}

/// Fotoware dates an asset 1970 when it does not know yet (docs/fotoware.md 1.3, `created`).
fn believable_date(value: &Json<'_>) -> Option<i64> {
    const FIRST_BELIEVABLE: i64 = 366 * 24 * 3_600_000;
    Timestamp::parse(value.as_str()?).map(|moment| moment.0).filter(|millis| *millis > FIRST_BELIEVABLE)
}

fn facts(asset: &Json<'_>) -> Vec<(String, String)> {
    let attributes = member(asset, "attributes");
    let image = member(attributes, "imageattributes");
    let photo = member(attributes, "photoAttributes");
    let fraction = member(photo, "exposure");
    let exposure = match (whole(member(fraction, "n")), whole(member(fraction, "d"))) {
        (Some(n), Some(1)) => Some(format!("{n} s")),
        (Some(n), Some(d)) if d != 0 => Some(format!("{n}/{d} s")),
        _ => None,
    };
    let flash = member(member(photo, "flash"), "fired").as_bool();
    [
        ("Camera", text(member(photo, "cameraModel"))),
        ("Exposure", exposure),
        ("Aperture", text(member(photo, "fNumber")).map(|number| format!("f/{number}"))),
        ("Focal length", text(member(photo, "focalLength")).map(|length| format!("{length} mm"))),
        ("ISO", text(member(photo, "isoSpeed"))),
        ("Flash", flash.map(|fired| if fired { "fired" } else { "did not fire" }.to_owned())),
        ("Colour space", text(member(image, "colorspace")).filter(|space| space != "unknown")),
        ("Resolution", whole(member(image, "resolution")).filter(|dpi| *dpi > 0).map(|dpi| format!("{dpi} dpi"))),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some((label.to_owned(), value?)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::super::side_by_side;
    use super::*;
    use serde_json::json;

    #[test]
    fn to_compare_it_is_read_as_it_is_read_for_all() {
        for asset in [
            json!({}),
            json!({"href": "/fotoweb/archives/5000-All-files/a.jpg.info", "metadata": {"25": {"value": ["boats"]}}}),
            json!({"filename": "a.jpg", "filesize": 7, "archiveHREF": "/fotoweb/archives/5000-All/", "attributes": {
                "imageattributes": {"pixelwidth": 60, "pixelheight": "40"}}, "metadata": {"5": {"value": "Sea"}}}),
        ] {
            let asset = asset.into();
            let (whole, compared) = (AssetState::read(&asset, &Json::Null), AssetState::read_to_compare(&asset));
            assert_eq!(side_by_side(&compared, &AssetState::default()), side_by_side(&whole, &AssetState::default()));
            assert_eq!(compared.told_fields, whole.told_fields);
        }
    }

    #[test]
    fn a_value_may_be_text_a_list_a_bool_a_number_or_null() {
        let asset = json!({"metadata": {
            "5": {"value": "Harbour"}, "25": {"value": ["boats", null, "sea"]}, "811": {"value": true},
            "320": {"value": 4}, "40": {"value": null}, "41": null, "custom": {"value": "x"}
        }});
        let state = AssetState::read(&asset.into(), &Json::Null);
        assert_eq!(state.metadata[&25], ["boats", "sea"]);
        assert_eq!(state.metadata[&811], ["true"]);
        assert_eq!(state.metadata[&320], ["4"]);
        assert_eq!(state.metadata.keys().copied().collect::<Vec<_>>(), [5, 25, 320, 811]);
        assert_eq!(state.numbers, [320].into());
        assert_eq!(state.title, "Harbour");
    }

    #[test]
    fn numbers_come_as_text_and_as_numbers() {
        let state = AssetState::read(
            &json!({"attributes": {"imageattributes": {"pixelwidth": 6000.0}}}).into(),
            &json!({"file-size": "5242880", "pixel-width": "0", "pixel-height": 4000}).into(),
        );
        assert_eq!((state.file_size, state.pixel_width, state.pixel_height), (Some(5_242_880), Some(6000), Some(4000)));
    }

    #[test]
    fn the_flat_envelope_of_a_form_is_enough() {
        let envelope = json!({
            "href": "https://example.fotoware.cloud/fotoweb/archives/5001-My-Uploads/Vard%C3%B8/caf%C3%A9.jpg.info",
            "title": "Kai", "byline": "A; B", "tags": "sea; boats"
        });
        let state = AssetState::read(&Json::Null, &envelope.into());
        assert_eq!(state.filename, "café.jpg");
        assert_eq!(state.archive, "My Uploads");
        assert_eq!(state.tags, ["sea", "boats"]);
        assert_eq!(state.metadata[&80], ["A", "B"]);
        assert_eq!(state.told_fields, Some(vec![5, 25, 80]), "of its caption it tells nothing");
    }

    #[test]
    fn the_bogus_date_of_an_ingestion_is_left_out() {
        let state = AssetState::read(&json!({"created": "1970-01-01T00:00:12Z"}).into(), &Json::Null);
        assert_eq!(state.created_ms, None);
    }
}
