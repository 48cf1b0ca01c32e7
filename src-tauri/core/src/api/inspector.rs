//! One asset with its metadata and history.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::filter::AtParams;
use super::problem::Problem;
use super::version::Version;
use crate::clock::Timestamp;
use crate::library::{Detail, Labels, RenditionState, Tile};

/// An asset with everything that is known of it.
#[derive(Serialize, ToSchema)]
pub(super) struct AssetDetail {
    #[serde(flatten)]
    pub tile: Tile,
    pub description: String,
    pub byline: String,
    pub tags: Vec<String>,
    pub archives: Vec<String>,
    pub href: String,
    pub file_size: Option<u64>,
    pub pixel_width: Option<u64>,
    pub pixel_height: Option<u64>,
    pub created_at: Option<String>,
    pub modified_at: Option<String>,
    pub first_seen: String,
    pub last_seen: String,
    pub fields: Vec<FieldValue>,
    /// Camera, colour space and the like.
    pub facts: Vec<Fact>,
    pub former_names: Vec<String>,
    pub large: Option<RenditionState>,
    /// The latest first; deletions and clicks among them.
    pub versions: Vec<Version>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct FieldValue {
    pub id: u32,
    pub label: String,
    /// How a search term for it begins, such as `city:`.
    pub term: String,
    pub values: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Fact {
    pub label: String,
    pub value: String,
}

/// An asset with its metadata and its history, up to a moment if one is given.
#[utoipa::path(get, path = "/assets/{id}", params(("id" = String, Path), AtParams), responses((status = 200, body = AssetDetail), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn asset(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(params): Query<AtParams>,
) -> Result<Json<AssetDetail>, Problem> {
    let at = params.read()?;
    let found = api.desk.library.read(move |now| {
        let Some(detail) = now.assets().detail(&id, at)? else { return Ok(None) };
        let terms = now.fields().begun_terms(detail.shown.metadata.keys().copied())?;
        Ok(Some((detail, now.fields().labels()?, terms)))
    });
    match found.await? {
        Some((detail, labels, terms)) => Ok(Json(tell(detail, &labels, terms))),
        None if at.is_some() => Err(Problem::not_found("This asset was not known at that moment.")),
        None => Err(Problem::not_found("This asset is not in the library any more.")),
    }
}

/// `terms` are those of the fields, in their order.
fn tell(detail: Detail, labels: &Labels, terms: Vec<String>) -> AssetDetail {
    let Detail { tile, shown, first_seen, last_seen, former_names, archives, large, steps } = detail;
    let time = |millis: i64| Timestamp(millis).to_string();
    let values = |((id, values), term)| FieldValue { id, label: labels.of(id), term, values };
    AssetDetail {
        tile,
        description: shown.description,
        byline: shown.byline,
        tags: shown.tags,
        archives,
        href: shown.href,
        file_size: shown.file_size,
        pixel_width: shown.pixel_width,
        pixel_height: shown.pixel_height,
        created_at: shown.created_ms.map(time),
        modified_at: shown.modified_ms.map(time),
        first_seen: first_seen.to_string(),
        last_seen: last_seen.to_string(),
        fields: shown.metadata.into_iter().zip(terms).map(values).collect(),
        facts: shown.facts.into_iter().map(|(label, value)| Fact { label, value }).collect(),
        former_names,
        large,
        versions: steps.into_iter().map(|step| Version::new(step, labels)).collect(),
    }
}
