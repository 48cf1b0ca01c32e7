//! Takes an import back: its deliveries, and all that was made of them. What others say of the same assets is projected
//! anew, so that the library is as though the import had never been.

use std::collections::BTreeSet;

use rusqlite::Transaction;

use crate::fotoware::FieldId;

use crate::library::error::LibraryError;
use crate::library::maintenance::orphaned_blobs;
use crate::library::projection;
use crate::library::projection::cursor;
use crate::library::store::ids::{DeliveryId, ImportId};
use crate::library::store::{decisions, deliveries, event_counts, event_facets, field_labels, followers, imports};
use crate::model::BlobHash;

/// What taking an import back came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemovedImport {
    /// How many deliveries it had brought.
    pub deliveries: u64,
    /// Blobs that nothing shows any more.
    pub orphans: Vec<BlobHash>,
    /// Public ids of the assets that changed or are gone.
    pub changed: Vec<String>,
}

/// How many deliveries are projected at a time.
const PORTION: usize = 256;

/// Takes an import back. Everything must be projected. `None` if there is no import of this number.
pub(in crate::library) fn remove_import(
    transaction: &Transaction<'_>,
    import: ImportId,
    large_px: u32,
) -> Result<Option<RemovedImport>, LibraryError> {
    if !imports::is_there(transaction, import)? {
        return Ok(None);
    }
    mark(transaction, import)?;
    let deliveries = transaction.query_row("SELECT count(*) FROM temp.leaving", [], |row| row.get::<_, i64>(0))? as u64;
    come_by_the_heirs_again(transaction)?;
    let mut changed = assets_of_touched(transaction)?;
    let staying = staying_in_touched(transaction)?;
    let doubted = forget_labels(transaction)?;
    hand_over(transaction)?;
    clear(transaction)?;
    imports::remove(transaction, import)?;
    for portion in staying.chunks(PORTION) {
        let portion = deliveries::events_of(transaction, portion)?;
        changed.extend(projection::follow(transaction, &portion, cursor::through(transaction)?, large_px)?);
    }
    transaction.execute_batch("DROP TABLE temp.leaving; DROP TABLE temp.heirs; DROP TABLE temp.touched;")?;
    event_facets::forget_unused(transaction)?;
    event_counts::recount(transaction)?;
    learn_labels(transaction, doubted)?;
    let orphans = orphaned_blobs::forget(transaction)?;
    changed.sort_unstable();
    changed.dedup();
    Ok(Some(RemovedImport { deliveries, orphans, changed }))
}

/// Fills temporary tables: deliveries that leave, duplicates that become the event in their place (heirs), and the
/// clusters of both.
fn mark(transaction: &Transaction<'_>, import: ImportId) -> Result<(), LibraryError> {
    transaction.execute_batch(
        "CREATE TEMP TABLE leaving (id INTEGER PRIMARY KEY, dedupe BLOB NOT NULL, is_event INTEGER NOT NULL);
         CREATE TEMP TABLE heirs (was INTEGER PRIMARY KEY, heir INTEGER NOT NULL);
         CREATE TEMP TABLE touched (cluster INTEGER PRIMARY KEY);",
    )?;
    transaction.execute(
        "INSERT INTO temp.leaving SELECT id, dedupe, outcome = 'event' FROM deliveries WHERE import = ?1",
        [import],
    )?;
    // What came again from elsewhere was a duplicate of the import's, and is the event from now on.
    transaction.execute(
        "INSERT INTO temp.heirs SELECT l.id, min(d.id) FROM temp.leaving l
         JOIN deliveries d ON d.dedupe = l.dedupe AND d.outcome = 'duplicate' AND d.import IS NOT ?1
         WHERE l.is_event GROUP BY l.id",
        [import],
    )?;
    transaction.execute_batch(
        "INSERT INTO temp.touched SELECT DISTINCT e.cluster FROM events e JOIN temp.leaving l ON l.id = e.id;",
    )?;
    Ok(())
}

/// An heir may lie behind those who follow the log, and has pictures that they have not seen there.
fn come_by_the_heirs_again(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    let first = "SELECT min(heir) FROM temp.heirs";
    let first: Option<DeliveryId> = transaction.query_row(first, [], |row| row.get(0))?;
    first.map_or(Ok(()), |first| followers::take_back(transaction, followers::THUMBNAILS, first))
}

fn assets_of_touched(transaction: &Transaction<'_>) -> Result<Vec<String>, LibraryError> {
    let mut select =
        transaction.prepare("SELECT public_id FROM assets WHERE cluster IN (SELECT cluster FROM temp.touched)")?;
    let assets = select.query_map([], |row| row.get(0))?;
    Ok(assets.collect::<Result<_, _>>()?)
}

/// The deliveries that are to be projected again, in the order of the log.
fn staying_in_touched(transaction: &Transaction<'_>) -> Result<Vec<DeliveryId>, LibraryError> {
    let mut select = transaction.prepare(
        "SELECT id FROM events WHERE cluster IN (SELECT cluster FROM temp.touched)
            AND id NOT IN (SELECT id FROM temp.leaving)
         UNION SELECT heir FROM temp.heirs ORDER BY 1",
    )?;
    let staying = select.query_map([], |row| row.get(0))?;
    Ok(staying.collect::<Result<_, _>>()?)
}

/// Makes the heirs events. They get the renditions of the events that they replace.
fn hand_over(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    transaction.execute_batch(
        "UPDATE deliveries SET outcome = 'event' WHERE id IN (SELECT heir FROM temp.heirs);
         UPDATE renditions SET event = (SELECT heir FROM temp.heirs WHERE was = event)
            WHERE event IN (SELECT was FROM temp.heirs);",
    )?;
    Ok(())
}

/// Removes the deliveries, and all rows of the touched clusters.
fn clear(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    decisions::forget_events(
        transaction,
        "SELECT lower(hex(dedupe)) FROM temp.leaving WHERE is_event AND id NOT IN (SELECT was FROM temp.heirs)",
    )?;
    transaction.execute_batch(
        "CREATE TEMP TABLE cleared AS SELECT id FROM events WHERE cluster IN (SELECT cluster FROM temp.touched);
         CREATE TEMP TABLE emptied AS SELECT id FROM assets WHERE cluster IN (SELECT cluster FROM temp.touched);
         DELETE FROM changed_fields WHERE event IN (SELECT id FROM temp.cleared);
         DELETE FROM changes WHERE event IN (SELECT id FROM temp.cleared);
         DELETE FROM search WHERE rowid IN (SELECT id FROM temp.emptied);
         DELETE FROM search_earlier WHERE rowid IN (SELECT id FROM temp.cleared);
         DELETE FROM moments WHERE asset IN (SELECT id FROM temp.emptied);
         DELETE FROM asset_fields WHERE asset IN (SELECT id FROM temp.emptied);
         DELETE FROM assets WHERE id IN (SELECT id FROM temp.emptied);
         DELETE FROM identity_keys WHERE cluster IN (SELECT cluster FROM temp.touched);
         DELETE FROM events WHERE id IN (SELECT id FROM temp.cleared);
         DELETE FROM renditions WHERE event IN (SELECT id FROM temp.leaving);
         DELETE FROM set_aside WHERE delivery IN (SELECT id FROM temp.leaving);
         DELETE FROM deliveries WHERE id IN (SELECT id FROM temp.leaving);
         DROP TABLE temp.cleared;
         DROP TABLE temp.emptied;",
    )?;
    Ok(())
}

/// Forgets the names of fields that the leaving notices may have taught. Returns the fields, each with the tenant that
/// calls it so.
fn forget_labels(transaction: &Transaction<'_>) -> Result<BTreeSet<(String, FieldId)>, LibraryError> {
    let mut forget = transaction.prepare(
        "DELETE FROM labels WHERE created_ms IN (SELECT e.created_ms FROM events e JOIN temp.leaving l ON l.id = e.id)
         RETURNING tenant, field",
    )?;
    let fields = forget.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(fields.collect::<Result<_, _>>()?)
}

/// Learns the names of these fields again from what stays, as far as one of the latest notices says them.
fn learn_labels(transaction: &Transaction<'_>, mut doubted: BTreeSet<(String, FieldId)>) -> Result<(), LibraryError> {
    const LATEST: &str = "SELECT id FROM events ORDER BY created_ms DESC LIMIT 2000";
    if doubted.is_empty() {
        return Ok(());
    }
    let latest: Vec<DeliveryId> =
        transaction.prepare(LATEST)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for id in latest {
        let Some(mut notice) = deliveries::notice(transaction, id)? else { continue };
        let tenant = notice.tenant.clone();
        notice.labels.retain(|(field, _)| doubted.contains(&(tenant.clone(), *field)));
        field_labels::learn(transaction, &tenant, notice.created.map_or(0, |created| created.0), &notice.labels)?;
        notice.labels.iter().for_each(|(field, _)| _ = doubted.remove(&(tenant.clone(), *field)));
        if doubted.is_empty() {
            break;
        }
    }
    Ok(())
}
