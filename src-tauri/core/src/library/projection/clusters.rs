//! Clusters: events that share an identity key, directly or through others, and so may be about the same assets. The
//! replay looks at one cluster at a time.

use rusqlite::{OptionalExtension, Transaction};

use crate::fotoware::IdentityKey;
use crate::library::error::LibraryError;
use crate::library::store::ids::EventId;
use crate::library::store::{assets, events, identity_keys};

/// The cluster of a new event with these keys. If the keys belong to several clusters, these are merged.
pub(in crate::library) fn join(
    transaction: &Transaction<'_>,
    event: EventId,
    keys: &[IdentityKey],
) -> Result<i64, LibraryError> {
    let mut find = transaction.prepare_cached("SELECT cluster FROM identity_keys WHERE key = ?1")?;
    let mut known = Vec::new();
    for key in keys {
        known.extend(find.query_row([key.to_bytes()], |row| row.get::<_, i64>(0)).optional()?);
    }
    let cluster = if known.is_empty() { event.0 } else { merge(transaction, known)? };
    identity_keys::remember(transaction, keys, cluster)?;
    Ok(cluster)
}

/// Merges clusters into the one with the lowest id, which is returned. `known` must not be empty.
pub(in crate::library) fn merge(transaction: &Transaction<'_>, mut known: Vec<i64>) -> Result<i64, LibraryError> {
    known.sort_unstable();
    known.dedup();
    let cluster = known[0];
    for other in known.into_iter().skip(1) {
        events::move_cluster(transaction, other, cluster)?;
        assets::move_cluster(transaction, other, cluster)?;
        transaction
            .prepare_cached("UPDATE identity_keys SET cluster = ?2 WHERE cluster = ?1")?
            .execute([other, cluster])?;
    }
    Ok(cluster)
}
