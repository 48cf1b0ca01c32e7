//! The table of identity keys: to which cluster of events each name belongs.

use rusqlite::{Transaction, params};

use crate::fotoware::IdentityKey;
use crate::library::error::LibraryError;

/// Stores the cluster of each key. Keys that have one keep it.
pub(in crate::library) fn remember(
    transaction: &Transaction<'_>,
    keys: &[IdentityKey],
    cluster: i64,
) -> Result<(), LibraryError> {
    let mut insert =
        transaction.prepare_cached("INSERT OR IGNORE INTO identity_keys (key, cluster) VALUES (?1, ?2)")?;
    for key in keys {
        insert.execute(params![key.to_bytes(), cluster])?;
    }
    Ok(())
}
