//! The table of assets: one row for each, with what the gallery shows and sorts by.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::fotoware::{AssetState, Change, FieldId};
use crate::library::error::LibraryError;
use crate::library::store::ids::{AssetId, EventId};
use crate::library::store::renditions;
use crate::library::store::scale::{name_key, ratio_to_byte};
use crate::library::store::words::AssetStatus;

/// What the row of an asset says, apart from the state of the version that is shown.
#[derive(Default)]
pub(in crate::library) struct Summary<'a> {
    pub public_id: &'a str,
    pub status: AssetStatus,
    /// Of the last event.
    pub change: Change,
    pub last_ms: i64,
    /// The event of the last version: its state is shown.
    pub shown: EventId,
    pub ratio: Option<f64>,
    pub first_seen_ms: i64,
    pub last_seen_ms: i64,
    pub version_count: usize,
    /// Every file name it had, the last one first.
    pub names: Vec<&'a str>,
}

/// Updates the row of `known`, or inserts one if it is `None` or has no row; returns its id. The columns of pictures
/// are left to [`show_pictures`], which needs all events of the asset in their places.
pub(in crate::library) fn write(
    transaction: &Transaction<'_>,
    known: Option<AssetId>,
    cluster: i64,
    summary: &Summary<'_>,
    state: &AssetState,
) -> Result<AssetId, LibraryError> {
    let values = params![
        known,
        summary.public_id,
        cluster,
        summary.last_ms,
        name_key(&state.filename),
        summary.status,
        summary.change,
        state.archive,
        state.doctype,
        ratio_to_byte(summary.ratio.unwrap_or(1.5)),
        state.filename,
        state.title,
        state.byline,
        state.description,
        state.tags.join("; "),
        state.href,
        state.file_size.map(|size| size as i64),
        state.pixel_width.map(|width| width as i64),
        state.pixel_height.map(|height| height as i64),
        state.created_ms,
        state.modified_ms,
        summary.first_seen_ms,
        summary.last_seen_ms,
        summary.version_count as i64,
        summary.shown,
        serde_json::to_string(&summary.names)?,
    ];
    let mut update = transaction.prepare_cached(
        "UPDATE assets SET public_id = ?2, cluster = ?3, last_ms = ?4, name_key = ?5, state = ?6, change = ?7,
            archive = ?8, doctype = ?9, ratio = ?10, filename = ?11, title = ?12, byline = ?13, description = ?14,
            tags = ?15, href = ?16, file_size = ?17, pixel_width = ?18, pixel_height = ?19, asset_created_ms = ?20,
            asset_modified_ms = ?21, first_seen_ms = ?22, last_seen_ms = ?23, version_count = ?24, shown = ?25,
            names = ?26, search_stale = 1
         WHERE id = ?1",
    )?;
    let asset = match known {
        Some(asset) if update.execute(values)? > 0 => asset,
        _ => {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO assets (id, public_id, cluster, last_ms, name_key, state, change, archive, doctype, ratio,
                    filename, title, byline, description, tags, href, file_size, pixel_width, pixel_height,
                    asset_created_ms, asset_modified_ms, first_seen_ms, last_seen_ms, version_count, shown, names,
                    picture, thumbnail_state, preview_state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
                    ?22, ?23, ?24, ?25, ?26, 'waiting', 'waiting', 'waiting')",
            )?;
            insert.execute(values)?;
            AssetId(transaction.last_insert_rowid())
        }
    };
    write_fields(transaction, asset, state)?;
    Ok(asset)
}

fn write_fields(transaction: &Transaction<'_>, asset: AssetId, state: &AssetState) -> Result<(), LibraryError> {
    let joined = |ids: &mut dyn Iterator<Item = &FieldId>| ids.map(ToString::to_string).collect::<Vec<_>>().join(",");
    let (ids, numbers) = (joined(&mut state.metadata.keys()), joined(&mut state.numbers.iter()));
    let mut upsert = transaction.prepare_cached(
        "INSERT OR REPLACE INTO asset_fields (asset, ids, fields, numbers, facts) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let (fields, facts) = (serde_json::to_string(&state.metadata)?, serde_json::to_string(&state.facts)?);
    upsert.execute(params![asset, ids, fields, numbers, facts])?;
    Ok(())
}

/// Stores which pictures an asset shows, and their aspect ratio.
pub(in crate::library) fn show_pictures(
    transaction: &Transaction<'_>,
    asset: AssetId,
    renditions::ShownPictures { thumbnail, preview }: &renditions::ShownPictures,
) -> Result<(), LibraryError> {
    let picture = renditions::standing(thumbnail.state, preview.state);
    let ratio = renditions::ratio_of(preview.size.or(thumbnail.size)).map(ratio_to_byte);
    let mut update = transaction.prepare_cached(
        "UPDATE assets SET picture = ?2, thumbnail_state = ?3, preview_state = ?4, thumbnail = ?5, preview = ?6,
            ratio = coalesce(?7, ratio)
         WHERE id = ?1",
    )?;
    update.execute(params![asset, picture, thumbnail.state, preview.state, thumbnail.blob, preview.blob, ratio])?;
    Ok(())
}

/// The assets of a cluster, by public id.
pub(in crate::library) fn of_cluster(
    connection: &Connection,
    cluster: i64,
) -> Result<HashMap<String, AssetId>, LibraryError> {
    let mut select = connection.prepare_cached("SELECT public_id, id FROM assets WHERE cluster = ?1")?;
    let assets = select.query_map([cluster], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(assets.collect::<Result<_, _>>()?)
}

/// Moves all assets of a cluster to another one.
pub(in crate::library) fn move_cluster(transaction: &Transaction<'_>, from: i64, to: i64) -> Result<(), LibraryError> {
    transaction.prepare_cached("UPDATE assets SET cluster = ?2 WHERE cluster = ?1")?.execute([from, to])?;
    Ok(())
}

/// Deletes an asset that turned out to be part of another. Its events stay, and belong to no asset.
pub(in crate::library) fn remove(transaction: &Transaction<'_>, asset: AssetId) -> Result<(), LibraryError> {
    transaction.prepare_cached("UPDATE events SET asset = NULL WHERE asset = ?1")?.execute([asset])?;
    transaction.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([asset])?;
    transaction
        .prepare_cached("DELETE FROM search_earlier WHERE rowid IN (SELECT event FROM moments WHERE asset = ?1)")?
        .execute([asset])?;
    transaction.prepare_cached("DELETE FROM moments WHERE asset = ?1")?.execute([asset])?;
    transaction.prepare_cached("DELETE FROM asset_fields WHERE asset = ?1")?.execute([asset])?;
    transaction.prepare_cached("DELETE FROM assets WHERE id = ?1")?.execute([asset])?;
    Ok(())
}

pub(in crate::library) fn public_id(connection: &Connection, asset: AssetId) -> Result<Option<String>, LibraryError> {
    let mut select = connection.prepare_cached("SELECT public_id FROM assets WHERE id = ?1")?;
    Ok(select.query_row([asset], |row| row.get(0)).optional()?)
}

/// In the order of `assets`; those that are not there are left out.
pub(in crate::library) fn public_ids(connection: &Connection, assets: &[AssetId]) -> Result<Vec<String>, LibraryError> {
    let mut select = connection.prepare_cached("SELECT public_id FROM assets WHERE id = ?1")?;
    let mut ids = Vec::with_capacity(assets.len());
    for asset in assets {
        ids.extend(select.query_row([asset], |row| row.get(0)).optional()?);
    }
    Ok(ids)
}

pub(in crate::library) fn asset_by_public_id(
    connection: &Connection,
    public_id: &str,
) -> Result<Option<AssetId>, LibraryError> {
    let mut select = connection.prepare_cached("SELECT id FROM assets WHERE public_id = ?1")?;
    Ok(select.query_row([public_id], |row| row.get(0)).optional()?)
}
