//! Which pictures an asset shows, now and at each moment of its history. Chosen again whenever a picture comes or goes, or
//! when the replay places events otherwise.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Transaction, params};

use crate::library::error::LibraryError;
use crate::library::projection::asset_states;
use crate::library::store::assets;
use crate::library::store::ids::{AssetId, EventId};
use crate::library::store::renditions::{self};
use crate::model::{BlobHash, Missing, Outcome, Settled};

/// Writes down what became of pictures. Returns the public ids of the assets that show something else now.
pub(in crate::library) fn settle<'a>(
    transaction: &Transaction<'_>,
    settled: impl IntoIterator<Item = &'a Settled>,
) -> Result<Vec<String>, LibraryError> {
    let mut touched = BTreeSet::new();
    for Settled { key, outcome } in settled {
        match outcome {
            Outcome::Kept { picture, derived, took } => {
                renditions::insert_blob(transaction, picture)?;
                // A picture made here never replaces the archive's own. The delivery may not be projected yet.
                transaction
                    .prepare_cached(
                        "INSERT INTO renditions (event, role, state, blob, derived, took_ms)
                         VALUES (?1, ?2, 'kept', ?3, ?4, ?5)
                         ON CONFLICT DO UPDATE SET state = 'kept', reason = NULL, blob = ?3, derived = ?4, took_ms = ?5,
                            candidates = NULL
                         WHERE state <> 'kept' OR NOT ?4",
                    )?
                    .execute(params![
                        key.delivery,
                        key.role.as_str(),
                        picture.hash.as_bytes(),
                        derived,
                        took.as_millis() as i64
                    ])?;
            }
            Outcome::Missing(reason) => {
                transaction
                    .prepare_cached(
                        "INSERT INTO renditions (event, role, state, reason) VALUES (?1, ?2, 'missing', ?3)
                         ON CONFLICT DO UPDATE SET state = 'missing', reason = ?3, candidates = NULL
                         WHERE state = 'waiting'",
                    )?
                    .execute(params![key.delivery, key.role.as_str(), reason.code()])?;
            }
        }
        let mut select = transaction.prepare_cached("SELECT asset FROM events WHERE id = ?1")?;
        let asset = select.query_row([key.delivery], |row| row.get::<_, Option<AssetId>>(0)).optional()?.flatten();
        touched.extend(asset.map(|asset| (asset, EventId(key.delivery))));
    }
    refresh(transaction, &touched)
}

/// Chooses pictures anew for assets of which these events have got or lost one.
pub(in crate::library) fn refresh(
    transaction: &Transaction<'_>,
    touched: &BTreeSet<(AssetId, EventId)>,
) -> Result<Vec<String>, LibraryError> {
    for (asset, event) in touched {
        asset_states::choose_pictures(transaction, *asset, *event)?;
    }
    let assets: BTreeSet<AssetId> = touched.iter().map(|(asset, _)| *asset).collect();
    let mut changed = Vec::with_capacity(assets.len());
    for asset in assets {
        choose_pictures(transaction, asset)?;
        changed.extend(assets::public_id(transaction, asset)?);
    }
    Ok(changed)
}

/// Takes a blob back that turned out not to be a picture. Returns the assets that showed it.
pub(in crate::library) fn forget_blob(
    transaction: &Transaction<'_>,
    hash: BlobHash,
) -> Result<Vec<String>, LibraryError> {
    let mut select = transaction
        .prepare_cached("SELECT e.asset, e.id FROM renditions r JOIN events e ON e.id = r.event WHERE r.blob = ?1 AND e.asset IS NOT NULL")?;
    let touched = select.query_map([hash.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let touched: BTreeSet<_> = touched.collect::<Result<_, _>>()?;
    transaction
        .prepare_cached(
            "UPDATE renditions SET state = 'missing', reason = ?2, blob = NULL, took_ms = NULL WHERE blob = ?1",
        )?
        .execute(params![hash.as_bytes(), Missing::NotAPicture.code()])?;
    transaction.prepare_cached("DELETE FROM blobs WHERE hash = ?1")?.execute([hash.as_bytes()])?;
    refresh(transaction, &touched)
}

/// Chooses what an asset shows: the pictures of its version, or the last that are kept from before.
pub(in crate::library) fn choose_pictures(transaction: &Transaction<'_>, asset: AssetId) -> Result<(), LibraryError> {
    let mut select = transaction.prepare_cached("SELECT shown FROM assets WHERE id = ?1")?;
    let Some(shown) = select.query_row([asset], |row| row.get(0)).optional()? else { return Ok(()) };
    assets::show_pictures(transaction, asset, &renditions::best(transaction, asset, shown, None)?)
}
