//! One asset, with all that is known of it.

use axum::Json;
use axum::extract::{Path, State};

use super::Api;
use super::problem::Problem;
use super::wire::{AssetDetail, AssetTile, Fact, Version, fields, time};
use crate::library::{self, Detail, Labels};

/// An asset with its metadata and its history.
#[utoipa::path(get, path = "/assets/{id}", params(("id" = String, Path)), responses((status = 200, body = AssetDetail), (status = 404, body = Problem)))]
pub(super) async fn asset(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<AssetDetail>, Problem> {
    let found = api
        .desk
        .library
        .read(move |connection| Ok((library::detail(connection, &id)?, Labels::load(connection)?)))
        .await?;
    match found {
        (Some(detail), labels) => Ok(Json(tell(detail, &labels))),
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
