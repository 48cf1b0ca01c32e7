//! Pictures that nothing names any more, after deliveries were taken away.

use rusqlite::Transaction;

use crate::library::error::LibraryError;
use crate::model::BlobHash;

/// Forgets the blobs without a rendition, and returns them: their bytes can be removed once this is committed.
pub(in crate::library) fn forget(transaction: &Transaction<'_>) -> Result<Vec<BlobHash>, LibraryError> {
    let mut select = transaction
        .prepare("SELECT hash FROM blobs WHERE NOT EXISTS (SELECT 1 FROM renditions WHERE blob = blobs.hash)")?;
    let orphans: Vec<[u8; 32]> = select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut forget = transaction.prepare("DELETE FROM blobs WHERE hash = ?1")?;
    for hash in &orphans {
        forget.execute([hash])?;
    }
    Ok(orphans.iter().filter_map(|hash| BlobHash::from_slice(hash)).collect())
}
