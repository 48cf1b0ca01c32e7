//! Takes away what one tenant sent: for the pretend ones.

use rusqlite::Transaction;

use crate::library::error::LibraryError;
use crate::library::maintenance::orphaned_blobs;
use crate::library::store::decisions;
use crate::library::store::event_counts;
use crate::library::store::event_facets;
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
    event_facets::forget_unused(transaction)?;
    decisions::forget_orphans(transaction)?;
    event_counts::recount(transaction)?;
    orphaned_blobs::forget(transaction)
}
