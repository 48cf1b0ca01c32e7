//! One asset with its metadata and history.

use axum::Json;
use axum::extract::{Path, Query, State};

use super::Api;
use super::filter::AtParams;
use super::problem::Problem;
use super::wire::{AssetDetail, AssetTile, Fact, Version, fields, time};
use crate::library::{Detail, Labels};

/// An asset with its metadata and its history, up to a moment if one is given.
#[utoipa::path(get, path = "/assets/{id}", params(("id" = String, Path), AtParams), responses((status = 200, body = AssetDetail), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn asset(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(params): Query<AtParams>,
) -> Result<Json<AssetDetail>, Problem> {
    let at = params.read()?;
    let found = api
        .desk
        .library
        .read(move |now| Ok((now.assets().detail(&id, at)?, now.fields().labels()?)))
        .await?;
    match found {
        (Some(detail), labels) => Ok(Json(tell(detail, &labels))),
        (None, _) if at.is_some() => Err(Problem::not_found("This asset was not known at that moment.")),
        (None, _) => Err(Problem::not_found("This asset is not in the library any more.")),
    }
}

fn tell(detail: Detail, labels: &Labels) -> AssetDetail {
    let Detail { tile, shown, first_seen, last_seen, former_names, archives, large, steps } = detail;
    let tile = AssetTile::from(tile);
    AssetDetail {
        id: tile.id,
        filename: tile.filename,
        title: tile.title,
        description: shown.description,
        byline: shown.byline,
        tags: shown.tags,
        archive: tile.archive,
        archives,
        href: shown.href,
        doctype: tile.doctype,
        file_size: shown.file_size,
        pixel_width: shown.pixel_width,
        pixel_height: shown.pixel_height,
        created_at: time(shown.created_ms),
        modified_at: time(shown.modified_ms),
        first_seen: first_seen.to_string(),
        last_seen: last_seen.to_string(),
        state: tile.state,
        change: tile.change,
        changed_at: tile.changed_at,
        version_count: tile.version_count,
        ratio: tile.ratio,
        fields: fields(shown.metadata, labels),
        facts: shown.facts.into_iter().map(|(label, value)| Fact { label, value }).collect(),
        former_names,
        thumbnail: tile.thumbnail,
        preview: tile.preview,
        large: large.map(Into::into),
        placeholder: tile.placeholder,
        versions: steps.into_iter().map(|step| Version::new(step, labels)).collect(),
    }
}
