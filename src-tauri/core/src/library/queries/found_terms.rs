//! Caches what the indexes of texts and of numbers found for the last terms. To enumerate a word that a million assets have takes a
//! tenth of a second; to ask again only for the assets that changed since takes next to nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use fixedbitset::FixedBitSet;
use rusqlite::{Connection, Rows, params};

use crate::library::error::LibraryError;
use crate::library::store::comparable::{Comparable, Span};
use crate::library::store::ids::AssetId;
use crate::library::store::search_fields::SearchField;
use crate::library::store::search_log;

/// For each of the last terms the set of assets that match, one bit for each asset.
#[derive(Default)]
pub(in crate::library) struct FoundTerms {
    remembered: Mutex<VecDeque<Found>>,
}

/// What an index is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::library) enum Question {
    /// An expression of the full-text index.
    Words(String),
    /// A number of a field in a span.
    Numbers(SearchField, Span),
}

#[derive(Clone)]
struct Found {
    question: Question,
    /// The change of the indexes that it is true of.
    number: i64,
    assets: Arc<FixedBitSet>,
}

/// How many terms are cached. At a million assets each takes 125 KB.
const REMEMBERED: usize = 48;
/// If more assets have changed, all are enumerated again.
const FEW_CHANGES: usize = 1_000;

impl FoundTerms {
    /// The assets that answer a question, by id, at the moment of `connection`'s transaction.
    pub(in crate::library) fn find(
        &self,
        connection: &Connection,
        question: &Question,
    ) -> Result<Arc<FixedBitSet>, LibraryError> {
        let number = search_log::last(connection)?;
        let known = self.remembered().iter().find(|found| found.question == *question).cloned();
        let mut assets = None;
        if let Some(known) = known.filter(|known| known.number <= number) {
            if known.number == number {
                return Ok(known.assets);
            }
            let changed = search_log::since(connection, known.number)?;
            if let Some(changed) = changed.filter(|changed| changed.len() <= FEW_CHANGES) {
                assets = Some(refreshed(connection, question, &known.assets, changed)?);
            }
        }
        let assets = match assets {
            Some(assets) => Arc::new(assets),
            None => Arc::new(enumerated(connection, question)?),
        };
        let mut remembered = self.remembered();
        remembered.retain(|found| found.question != *question);
        remembered.push_front(Found { question: question.clone(), number, assets: assets.clone() });
        remembered.truncate(REMEMBERED);
        Ok(assets)
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, VecDeque<Found>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const WORDS: &str = "SELECT rowid FROM search WHERE search MATCH ?1";
const NUMBERS: &str = "SELECT asset FROM field_numbers WHERE field = ?1 AND number >= ?2 AND number < ?3";
const NUMBERS_OF_ONE: &str =
    "SELECT asset FROM field_numbers WHERE asset = ?1 AND field = ?2 AND number >= ?3 AND number < ?4";

fn enumerated(connection: &Connection, question: &Question) -> Result<FixedBitSet, LibraryError> {
    let mut assets = FixedBitSet::new();
    match question {
        Question::Words(expression) => {
            let mut select = connection.prepare_cached(WORDS)?;
            insert_all(select.query([expression])?, &mut assets)?;
        }
        Question::Numbers(field, Span { start: Comparable(start), end: Comparable(end) }) => {
            let mut select = connection.prepare_cached(NUMBERS)?;
            insert_all(select.query(params![field.number(), start, end])?, &mut assets)?;
        }
    }
    Ok(assets)
}

/// Brings a known set up to date by asking again for the assets that changed.
fn refreshed(
    connection: &Connection,
    question: &Question,
    known: &FixedBitSet,
    mut changed: Vec<AssetId>,
) -> Result<FixedBitSet, LibraryError> {
    let mut assets = known.clone();
    changed.sort_unstable();
    changed.dedup();
    for asset in &changed {
        assets.grow(asset.0 as usize + 1);
        assets.set(asset.0 as usize, false);
    }
    match question {
        Question::Words(expression) => {
            let mut select = connection.prepare_cached(&format!("{WORDS} AND rowid >= ?2 AND rowid <= ?3"))?;
            // What came last was given numbers that follow each other. Those between that did not change are found as
            // before.
            for run in changed.chunk_by(|one, next| next.0 - one.0 <= 16) {
                let [Some(first), Some(last)] = [run.first(), run.last()] else { continue };
                insert_all(select.query(params![expression, first, last])?, &mut assets)?;
            }
        }
        Question::Numbers(field, Span { start: Comparable(start), end: Comparable(end) }) => {
            let mut select = connection.prepare_cached(NUMBERS_OF_ONE)?;
            for asset in &changed {
                insert_all(select.query(params![asset, field.number(), start, end])?, &mut assets)?;
            }
        }
    }
    Ok(assets)
}

fn insert_all(mut rows: Rows<'_>, assets: &mut FixedBitSet) -> Result<(), LibraryError> {
    while let Some(row) = rows.next()? {
        assets.grow_and_insert(row.get::<_, i64>(0)? as usize);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::query_plan::query_plan;

    #[test]
    fn ranges_read_covering_indexes_only() {
        let dir = tempfile::tempdir().unwrap();
        let connection = crate::library::store::connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        for (sql, plan) in [
            (NUMBERS, "COVERING INDEX field_numbers_by_number (field=? AND number>? AND number<?)"),
            (NUMBERS_OF_ONE, "PRIMARY KEY (asset=? AND field=? AND number>? AND number<?)"),
        ] {
            let told = &query_plan(&connection, sql)[0];
            assert!(told.contains(plan), "{told}");
        }
    }
}
