//! Takes away what one tenant sent: for the pretend ones.

use rusqlite::{Transaction, params};

use crate::library::error::LibraryError;
use crate::library::maintenance::orphaned_blobs;
use crate::library::projection::search_index;
use crate::library::store::ids::{AssetId, DeliveryId};
use crate::library::store::{decisions, deliveries, event_counts, event_facets, set_aside};
use crate::model::BlobHash;

/// Takes away what came from one tenant: its deliveries and all that was made of them. Returns the blobs that are left
/// without a rendition.
pub(in crate::library) fn remove_tenant(
    transaction: &Transaction<'_>,
    origin: &str,
) -> Result<Vec<BlobHash>, LibraryError> {
    let prefix = format!("{origin}/");
    transaction.execute(
        "CREATE TEMP TABLE leaving AS SELECT id, asset FROM events WHERE substr(href, 1, length(?1)) = ?1",
        [&prefix],
    )?;
    add_those_without_address(transaction, origin)?;
    transaction.execute_batch(
        "UPDATE events SET asset = NULL WHERE id IN (SELECT id FROM leaving);
         DELETE FROM changed_fields WHERE event IN (SELECT id FROM leaving);
         DELETE FROM changes WHERE event IN (SELECT id FROM leaving);
         DELETE FROM renditions WHERE event IN (SELECT id FROM leaving);
         DELETE FROM search WHERE rowid IN (SELECT asset FROM leaving);
         DELETE FROM search_earlier WHERE rowid IN (SELECT id FROM leaving);
         DELETE FROM moments WHERE asset IN (SELECT asset FROM leaving);
         DELETE FROM asset_fields WHERE asset IN (SELECT asset FROM leaving);
         DELETE FROM assets WHERE id IN (SELECT asset FROM leaving);
         DELETE FROM identity_keys WHERE cluster IN (SELECT cluster FROM events WHERE id IN (SELECT id FROM leaving));
         DELETE FROM events WHERE id IN (SELECT id FROM leaving);
         DELETE FROM deliveries WHERE outcome = 'duplicate'
            AND dedupe IN (SELECT dedupe FROM deliveries WHERE id IN (SELECT id FROM leaving));
         DELETE FROM deliveries WHERE id IN (SELECT id FROM leaving);
         DROP TABLE leaving;",
    )?;
    transaction.execute("DELETE FROM labels WHERE tenant = ?1", [origin])?;
    remove_set_aside(transaction, &prefix)?;
    search_index::forget_all_if_empty(transaction)?;
    event_facets::forget_unused(transaction)?;
    decisions::forget_orphans(transaction)?;
    event_counts::recount(transaction)?;
    orphaned_blobs::forget(transaction)
}

/// A notice that gives no address of its asset may still say by its pictures where it comes from.
fn add_those_without_address(transaction: &Transaction<'_>, origin: &str) -> Result<(), LibraryError> {
    let mut select = transaction.prepare("SELECT id, asset FROM events WHERE href NOT LIKE '%://%'")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let id: DeliveryId = row.get(0)?;
        if deliveries::notice(transaction, id)?.is_some_and(|notice| notice.tenant == origin) {
            let asset: Option<AssetId> = row.get(1)?;
            transaction.execute("INSERT INTO leaving (id, asset) VALUES (?1, ?2)", params![id, asset])?;
        }
    }
    Ok(())
}

/// What came from the tenant and is not shown has no event that says so.
fn remove_set_aside(transaction: &Transaction<'_>, prefix: &str) -> Result<(), LibraryError> {
    for id in set_aside::all(transaction)? {
        if let Some(Ok(delivery)) = deliveries::event(transaction, id)?
            && delivery.notice.state.href.starts_with(prefix)
        {
            set_aside::forget(transaction, id)?;
            transaction.execute("DELETE FROM renditions WHERE event = ?1", [id])?;
            transaction.execute("DELETE FROM deliveries WHERE id = ?1", [id])?;
        }
    }
    Ok(())
}
