//! Removes everything that one tenant sent. Used for demo tenants.

use rusqlite::{Transaction, params};

use crate::library::error::LibraryError;
use crate::library::maintenance::orphaned_blobs;
use crate::library::projection::search_index;
use crate::library::store::ids::{AssetId, DeliveryId};
use crate::library::store::{decisions, deliveries, event_counts, event_facets, set_aside};
use crate::model::BlobHash;

/// Removes the deliveries of a tenant, given by its origin such as `https://dam.example`, and all that was made of
/// them. Returns the blobs that nothing names any more.
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

/// Marks events whose asset has no address, but whose picture URLs are at this tenant.
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

/// Removes deliveries that are set aside: they have no event by which they would be found.
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
