//! Which assets contain the texts of a search. Now the full-text index answers alone. As of a moment, assets whose
//! texts have changed since in one of the words are read and compared.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use rusqlite::{Connection, OptionalExtension, params};

use crate::clock::Timestamp;
use crate::library::error::LibraryError;
use crate::library::queries::filter::{Sought, Term};
use crate::library::queries::found_terms::FoundTerms;
use crate::library::store::ids::{AssetId, EventId};
use crate::library::store::search_texts::{Texts, Wanted};
use crate::library::store::{asset_states, events};

/// The assets that contain the texts of a search.
pub(in crate::library) struct Matches<'c> {
    connection: &'c Connection,
    at: Option<Timestamp>,
    terms: Vec<Found>,
    /// Assets that were read and compared, with the result.
    looked: RefCell<HashMap<AssetId, bool>>,
}

/// What the index found for one term.
struct Found {
    negated: bool,
    wanted: Wanted,
    open: bool,
    /// Assets that contain it now, by id.
    now: Arc<FixedBitSet>,
    /// Assets that have changed since in one of its words: they must be read to know whether they contained it.
    changed: FixedBitSet,
}

impl<'c> Matches<'c> {
    /// `None` if the search has no texts. `at` is the moment to search; `None` is now.
    pub(in crate::library) fn find(
        connection: &'c Connection,
        found_terms: &FoundTerms,
        terms: &[Term],
        at: Option<Timestamp>,
    ) -> Result<Option<Self>, LibraryError> {
        let mut found = Vec::new();
        for Term { negated, what } in terms {
            let Sought::Text { column, text, whole } = what else { continue };
            let (wanted, open) = (Wanted::of(text, *column), !whole);
            let now = rows_of(connection, found_terms, &wanted, open)?;
            let changed = at.map(|at| changed_since(connection, &wanted, open, at)).transpose()?.unwrap_or_default();
            found.push(Found { negated: *negated, wanted, open, now, changed });
        }
        Ok((!found.is_empty()).then(|| Self { connection, at, terms: found, looked: RefCell::default() }))
    }

    pub(in crate::library) fn contains(&self, asset: AssetId) -> Result<bool, LibraryError> {
        let row = asset.0 as usize;
        let mut is_known = true;
        for term in &self.terms {
            if term.changed.contains(row) {
                is_known = false;
            } else if term.now.contains(row) == term.negated {
                return Ok(false);
            }
        }
        match self.at {
            Some(at) if !is_known => self.had(asset, at),
            _ => Ok(true),
        }
    }

    /// Every asset that may match, in no order, if they are at most `most`; some may not match. `None` if there are
    /// more, or if every term is negated.
    pub(in crate::library) fn few(&self, most: usize) -> Option<Vec<AssetId>> {
        let mut wanted = self.terms.iter().filter(|term| !term.negated);
        let possible = |term: &Found| {
            let mut possible = (*term.now).clone();
            possible.union_with(&term.changed);
            possible
        };
        let mut rows = possible(wanted.next()?);
        for term in wanted {
            rows.intersect_with(&possible(term));
        }
        (rows.count_ones(..) <= most).then(|| rows.ones().map(|row| AssetId(row as i64)).collect())
    }

    /// How many of all `assets` match now, if the search has nothing but texts.
    pub(in crate::library) fn count_now(&self, assets: usize) -> usize {
        let mut wanted: Option<FixedBitSet> = None;
        let mut unwanted = FixedBitSet::new();
        for term in &self.terms {
            match &mut wanted {
                _ if term.negated => unwanted.union_with(&term.now),
                Some(wanted) => wanted.intersect_with(&term.now),
                None => wanted = Some((*term.now).clone()),
            }
        }
        match wanted {
            Some(mut wanted) => {
                wanted.difference_with(&unwanted);
                wanted.count_ones(..)
            }
            None => assets.saturating_sub(unwanted.count_ones(..)),
        }
    }

    fn had(&self, asset: AssetId, at: Timestamp) -> Result<bool, LibraryError> {
        if let Some(known) = self.looked.borrow().get(&asset) {
            return Ok(*known);
        }
        let had = match asset_states::then(self.connection, asset, at)? {
            None => false,
            Some(then) => {
                let (names, ..) = asset_states::names_and_arrival(self.connection, asset, at)?;
                let state = events::state(self.connection, then.shown)?.unwrap_or_default();
                let texts = Texts::of(&state, &names);
                self.terms.iter().all(|Found { negated, wanted: Wanted { phrases, column }, open, .. }| {
                    let has = |phrase: &Vec<String>| texts.contain(*column, phrase, *open);
                    (!phrases.is_empty() && phrases.iter().all(has)) != *negated
                })
            }
        };
        self.looked.borrow_mut().insert(asset, had);
        Ok(had)
    }
}

const DIFFERENCES: &str = "SELECT rowid FROM search_earlier WHERE search_earlier MATCH ?1";

/// The assets that contain all phrases. Each phrase is a query of its own, which is faster than all in one.
fn rows_of(
    connection: &Connection,
    found_terms: &FoundTerms,
    wanted: &Wanted,
    open: bool,
) -> Result<Arc<FixedBitSet>, LibraryError> {
    let mut all: Option<Arc<FixedBitSet>> = None;
    for phrase in &wanted.phrases {
        let place = wanted.column.map_or(String::new(), |column| format!("{{{column}}} : "));
        let found = found_terms.find(connection, &format!("{place}{}", expression_of(phrase, open)))?;
        match &mut all {
            Some(all) => Arc::make_mut(all).intersect_with(&found),
            None => all = Some(found),
        }
    }
    Ok(all.unwrap_or_default())
}

/// The assets whose texts changed after `at` in one of the words.
fn changed_since(
    connection: &Connection,
    wanted: &Wanted,
    open: bool,
    at: Timestamp,
) -> Result<FixedBitSet, LibraryError> {
    let mut changed = FixedBitSet::new();
    let mut differences = connection.prepare_cached(DIFFERENCES)?;
    let mut select = connection.prepare_cached(CHANGED_ASSET)?;
    for phrase in &wanted.phrases {
        for (nth, word) in phrase.iter().enumerate() {
            let expression = expression_of(std::slice::from_ref(word), open && nth + 1 == phrase.len());
            let mut events = differences.query([expression])?;
            while let Some(event) = events.next()? {
                let asset: Option<Option<AssetId>> =
                    select.query_row(params![event.get::<_, EventId>(0)?, at.0], |row| row.get(0)).optional()?;
                if let Some(asset) = asset.flatten() {
                    changed.grow_and_insert(asset.0 as usize);
                }
            }
        }
    }
    Ok(changed)
}

const CHANGED_ASSET: &str = "SELECT asset FROM events WHERE id = ?1 AND created_ms > ?2";

/// `"sol berg"*`: the last word of an open term may go on. Words have no quotes in them.
fn expression_of(words: &[String], open: bool) -> String {
    format!("\"{}\"{}", words.join(" "), if open { "*" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_cannot_break_out_of_its_quotes() {
        let expression = |text: &str| expression_of(&Wanted::of(text, None).phrases[0], true);
        assert_eq!(expression("a\" OR b"), "\"a or b\"*");
        assert_eq!(expression("a\0b"), "\"a b\"*");
        assert_eq!(expression("漁船"), "\"漁 船\"*");
    }
}
