//! Caches what the full-text index found for the last terms. To enumerate a word that a million assets have takes a
//! tenth of a second; to ask again only for the assets that changed since takes next to nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use fixedbitset::FixedBitSet;
use rusqlite::{Connection, params};

use crate::library::error::LibraryError;
use crate::library::store::ids::AssetId;
use crate::library::store::search_log;

/// For each of the last terms the set of assets that match, one bit for each asset.
#[derive(Default)]
pub(in crate::library) struct FoundTerms {
    remembered: Mutex<VecDeque<Found>>,
}

#[derive(Clone)]
struct Found {
    expression: String,
    /// The change of the index that it is true of.
    number: i64,
    assets: Arc<FixedBitSet>,
}

/// How many terms are cached. At a million assets each takes 125 KB.
const REMEMBERED: usize = 48;
/// If more assets have changed, all are enumerated again.
const FEW_CHANGES: usize = 1_000;

impl FoundTerms {
    /// The assets that match an FTS5 expression, by id, at the moment of `connection`'s transaction.
    pub(in crate::library) fn find(
        &self,
        connection: &Connection,
        expression: &str,
    ) -> Result<Arc<FixedBitSet>, LibraryError> {
        let number = search_log::last(connection)?;
        let known = self.remembered().iter().find(|found| found.expression == expression).cloned();
        let mut assets = None;
        if let Some(known) = known.filter(|known| known.number <= number) {
            if known.number == number {
                return Ok(known.assets);
            }
            let changed = search_log::since(connection, known.number)?;
            if let Some(changed) = changed.filter(|changed| changed.len() <= FEW_CHANGES) {
                assets = Some(refreshed(connection, expression, &known.assets, &changed)?);
            }
        }
        let assets = match assets {
            Some(assets) => Arc::new(assets),
            None => Arc::new(enumerated(connection, expression)?),
        };
        let mut remembered = self.remembered();
        remembered.retain(|found| found.expression != expression);
        remembered.push_front(Found { expression: expression.to_owned(), number, assets: assets.clone() });
        remembered.truncate(REMEMBERED);
        Ok(assets)
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, VecDeque<Found>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn enumerated(connection: &Connection, expression: &str) -> Result<FixedBitSet, LibraryError> {
    let mut select = connection.prepare_cached("SELECT rowid FROM search WHERE search MATCH ?1")?;
    let mut rows = select.query([expression])?;
    let mut assets = FixedBitSet::new();
    while let Some(row) = rows.next()? {
        assets.grow_and_insert(row.get::<_, i64>(0)? as usize);
    }
    Ok(assets)
}

/// Brings a known set up to date by asking again for the assets that changed.
fn refreshed(
    connection: &Connection,
    expression: &str,
    known: &FixedBitSet,
    changed: &[AssetId],
) -> Result<FixedBitSet, LibraryError> {
    let mut select =
        connection.prepare_cached("SELECT rowid FROM search WHERE search MATCH ?1 AND rowid >= ?2 AND rowid <= ?3")?;
    let mut assets = known.clone();
    let mut changed: Vec<i64> = changed.iter().map(|asset| asset.0).collect();
    changed.sort_unstable();
    changed.dedup();
    // What came last was given numbers that follow each other.
    for run in changed.chunk_by(|one, next| next - one <= 16) {
        for asset in run {
            assets.grow(*asset as usize + 1);
            assets.set(*asset as usize, false);
        }
        let [Some(first), Some(last)] = [run.first(), run.last()] else { continue };
        let mut rows = select.query(params![expression, first, last])?;
        while let Some(row) = rows.next()? {
            // Those between that did not change are found as before.
            assets.insert(row.get::<_, i64>(0)? as usize);
        }
    }
    Ok(assets)
}
