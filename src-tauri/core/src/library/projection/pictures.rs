//! Which pictures an asset shows, now and at each moment of its history. Chosen again whenever a picture comes or goes,
//! or when the replay places events otherwise.

use std::collections::BTreeSet;
use std::time::Duration;

use rusqlite::{OptionalExtension, Transaction, params};

use crate::library::error::LibraryError;
use crate::library::projection::asset_states;
use crate::library::store::ids::{AssetId, DeliveryId, EventId};
use crate::library::store::renditions::{self, DecodedBlob};
use crate::library::store::{assets, deliveries, followers};
use crate::model::{BlobHash, DECODER, Flaw, MissingReason, Outcome, Picture, RenditionKey, RenditionOutcome};

/// Stores what became of pictures. Returns the public ids of the assets that show something else now. Pictures of
/// deliveries that were removed are ignored.
pub(in crate::library) fn record_outcomes<'a>(
    transaction: &Transaction<'_>,
    settled: impl IntoIterator<Item = &'a RenditionOutcome>,
) -> Result<Vec<String>, LibraryError> {
    let mut touched = BTreeSet::new();
    for RenditionOutcome { key, outcome } in settled {
        if deliveries::was_taken_away(transaction, DeliveryId(key.delivery))? {
            continue;
        }
        match outcome {
            Outcome::Kept { picture, derived, took } => {
                renditions::insert_blob(transaction, picture, 0)?;
                match picture.flaw.and_then(Flaw::hides) {
                    None => show(transaction, *key, picture, *derived, *took)?,
                    Some(reason) => hold_unshown(transaction, *key, picture, reason)?,
                }
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

/// Chooses the shown pictures again, for assets of which these events have got or lost one. Returns their public ids.
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

/// Stores a kept picture. One that was made here never replaces the archive's own, and a partial one never a whole one.
/// The delivery need not be projected yet.
fn show(
    transaction: &Transaction<'_>,
    key: RenditionKey,
    picture: &Picture,
    derived: bool,
    took: Duration,
) -> Result<(), LibraryError> {
    let mut upsert = transaction.prepare_cached(
        "INSERT INTO renditions (event, role, state, blob, derived, took_ms) VALUES (?1, ?2, 'kept', ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET state = 'kept', reason = NULL, blob = ?3, derived = ?4, took_ms = ?5,
            candidates = NULL
         WHERE state <> 'kept' OR NOT ?4 AND NOT ?6",
    )?;
    upsert.execute(params![
        key.delivery,
        key.role.as_str(),
        picture.hash.as_bytes(),
        derived,
        took.as_millis() as i64,
        picture.flaw.is_some(),
    ])?;
    Ok(())
}

/// Stores a picture whose bytes cannot be shown: it is missing, and its bytes are named so that they are kept. A kept
/// picture stays.
fn hold_unshown(
    transaction: &Transaction<'_>,
    key: RenditionKey,
    picture: &Picture,
    reason: MissingReason,
) -> Result<(), LibraryError> {
    let mut upsert = transaction.prepare_cached(
        "INSERT INTO renditions (event, role, state, reason, unshown) VALUES (?1, ?2, 'missing', ?3, ?4)
         ON CONFLICT DO UPDATE SET state = 'missing', reason = ?3, unshown = ?4, candidates = NULL
         WHERE state <> 'kept'",
    )?;
    upsert.execute(params![key.delivery, key.role.as_str(), reason.code(), picture.hash.as_bytes()])?;
    Ok(())
}

/// Stores what decoding blobs gave. Returns the public ids of the assets that show something else now.
pub(in crate::library) fn decoded(
    transaction: &Transaction<'_>,
    seen: &[(BlobHash, DecodedBlob)],
) -> Result<Vec<String>, LibraryError> {
    let mut touched = BTreeSet::new();
    for (hash, seen) in seen {
        // It was taken away while it was looked at, and what was made for it is not wanted any more.
        if !renditions::is_named(transaction, *hash)? {
            continue;
        }
        let changed = match seen {
            DecodedBlob::AsBefore => {
                transaction
                    .prepare_cached("UPDATE blobs SET looked_at = ?2 WHERE hash = ?1")?
                    .execute(params![hash.as_bytes(), DECODER])?;
                false
            }
            DecodedBlob::NotRead => {
                transaction
                    .prepare_cached("UPDATE blobs SET looked_at = ?2, placeholder = x'' WHERE hash = ?1")?
                    .execute(params![hash.as_bytes(), DECODER])?;
                false
            }
            DecodedBlob::Hidden(flaw) => hide(transaction, *hash, *flaw)?,
            DecodedBlob::Shown { placeholder, stand_in, size, is_partial } => {
                if let Some(stand_in) = stand_in {
                    renditions::insert_blob(transaction, stand_in, DECODER)?;
                }
                // A thumbnail of half a picture shows a half, whole as its own bytes are.
                let flaw = is_partial.then(|| Flaw::Partial.as_str());
                let stand_in = stand_in.map(|picture| *picture.hash.as_bytes());
                let others: bool = transaction
                    .prepare_cached("SELECT shown_as IS NOT ?2 OR flaw IS NOT ?3 AND flaw IS NOT 'partial' FROM blobs WHERE hash = ?1")?
                    .query_row(params![hash.as_bytes(), stand_in, flaw], |row| row.get(0))
                    .optional()?
                    .unwrap_or_default();
                transaction
                    .prepare_cached(
                        "UPDATE blobs SET looked_at = ?2, placeholder = ?3, shown_as = ?4,
                            flaw = iif(flaw = 'partial', flaw, ?5), width = ?6, height = ?7 WHERE hash = ?1",
                    )?
                    .execute(params![hash.as_bytes(), DECODER, placeholder, stand_in, flaw, size.0, size.1])?;
                let mut shown = transaction.prepare_cached(
                    "UPDATE renditions SET state = 'kept', reason = NULL, blob = unshown, derived = 0,
                        unshown = NULL WHERE unshown = ?1 RETURNING event",
                )?;
                come_by_again(transaction, shown.query_map([hash.as_bytes()], |row| row.get(0))?)?;
                others
            }
        };
        if changed {
            touched.extend(who_names(transaction, *hash)?);
        }
    }
    refresh(transaction, &touched)
}

/// Makes the renditions that show a blob missing. They still name it, so its bytes are kept. Returns whether there were
/// any.
fn hide(transaction: &Transaction<'_>, hash: BlobHash, flaw: Flaw) -> Result<bool, LibraryError> {
    let reason = flaw.hides().unwrap_or(MissingReason::Unreadable);
    transaction.prepare_cached("UPDATE blobs SET looked_at = ?2, flaw = ?3 WHERE hash = ?1")?.execute(params![
        hash.as_bytes(),
        DECODER,
        flaw.as_str()
    ])?;
    let mut hidden = transaction.prepare_cached(
        "UPDATE renditions SET state = 'missing', reason = ?2, unshown = blob, blob = NULL, took_ms = NULL
         WHERE blob = ?1 RETURNING event",
    )?;
    let hidden = hidden.query_map(params![hash.as_bytes(), reason.code()], |row| row.get(0))?;
    come_by_again(transaction, hidden)
}

/// Where a picture is shown or hidden after all, an event may lack a thumbnail that it did not lack before, or one can be
/// made. Returns whether there are such events.
fn come_by_again(
    transaction: &Transaction<'_>,
    events: impl Iterator<Item = rusqlite::Result<DeliveryId>>,
) -> Result<bool, LibraryError> {
    let events: Vec<DeliveryId> = events.collect::<Result<_, _>>()?;
    let first = events.into_iter().min();
    first.map_or(Ok(()), |first| followers::take_back(transaction, followers::THUMBNAILS, first))?;
    Ok(first.is_some())
}

/// The events that name this blob, shown or not, with their assets.
fn who_names(transaction: &Transaction<'_>, hash: BlobHash) -> Result<Vec<(AssetId, EventId)>, LibraryError> {
    let mut select = transaction.prepare_cached(
        "SELECT e.asset, e.id FROM renditions r JOIN events e ON e.id = r.event
         WHERE r.blob = ?1 AND e.asset IS NOT NULL
         UNION SELECT e.asset, e.id FROM renditions r JOIN events e ON e.id = r.event
         WHERE r.unshown = ?1 AND e.asset IS NOT NULL",
    )?;
    let touched = select.query_map([hash.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(touched.collect::<Result<_, _>>()?)
}

/// Chooses what an asset shows: the pictures of its last version, or the newest kept ones before it.
pub(in crate::library) fn choose_pictures(transaction: &Transaction<'_>, asset: AssetId) -> Result<(), LibraryError> {
    let mut select = transaction.prepare_cached("SELECT shown FROM assets WHERE id = ?1")?;
    let Some(shown) = select.query_row([asset], |row| row.get(0)).optional()? else { return Ok(()) };
    assets::show_pictures(transaction, asset, &renditions::best(transaction, asset, shown, None)?)
}
