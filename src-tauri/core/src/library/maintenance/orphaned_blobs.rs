//! Blobs that no rendition names any more, after deliveries were removed.

use rusqlite::Transaction;

use crate::library::error::LibraryError;
use crate::model::BlobHash;

/// Deletes the rows of blobs that no rendition names. Returns them: their bytes may be deleted once this is committed.
pub(in crate::library) fn forget(transaction: &Transaction<'_>) -> Result<Vec<BlobHash>, LibraryError> {
    // A derived picture is named by the one that it is shown for, so it goes in a later round than that one.
    let mut forget = transaction.prepare(
        "DELETE FROM blobs WHERE NOT EXISTS (SELECT 1 FROM renditions WHERE blob = blobs.hash)
            AND NOT EXISTS (SELECT 1 FROM renditions WHERE unshown = blobs.hash)
            AND NOT EXISTS (SELECT 1 FROM blobs other WHERE other.shown_as = blobs.hash) RETURNING hash",
    )?;
    let mut orphans = Vec::new();
    loop {
        let found: Vec<[u8; 32]> = forget.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        if found.is_empty() {
            return Ok(orphans);
        }
        orphans.extend(found.into_iter().map(BlobHash::from_bytes));
    }
}
