//! Which assets match the texts and fields of a search. Now the indexes answer alone. As of a moment, assets whose texts
//! or numbers have changed since in what is looked for are read and compared.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use fixedbitset::FixedBitSet;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use crate::clock::Timestamp;
use crate::library::error::LibraryError;
use crate::library::queries::conditions;
use crate::library::queries::field_terms::{FieldNames, Probe};
use crate::library::queries::filter::{Clause, Filter, Sought, Term};
use crate::library::queries::found_terms::{FoundTerms, Question};
use crate::library::store::ids::{AssetId, EventId};
use crate::library::store::search_texts::{self, Texts, Wanted};
use crate::library::store::searched::Searched;
use crate::library::store::{asset_states, events};

/// The assets that match the texts and fields of a search.
pub(in crate::library) struct Matches<'c> {
    connection: &'c Connection,
    at: Option<Timestamp>,
    /// All must hold; of the terms of each, one.
    clauses: Vec<Vec<Found>>,
    /// Assets that were read and compared, with the result.
    looked: RefCell<HashMap<AssetId, bool>>,
}

/// What the indexes found for one term.
struct Found {
    negated: bool,
    /// Each is enough. Empty for a term that the gallery's own indexes answered, which is true of any moment.
    probes: Vec<Probe>,
    /// Assets that match now, by id; of a term without probes those that match at the moment.
    now: Arc<FixedBitSet>,
    /// Assets that have changed since in what is looked for: they must be read to know whether they matched.
    changed: FixedBitSet,
}

impl<'c> Matches<'c> {
    /// `None` if the search has neither texts nor fields.
    pub(in crate::library) fn find(
        connection: &'c Connection,
        found_terms: &FoundTerms,
        filter: &Filter,
    ) -> Result<Option<Self>, LibraryError> {
        let at = filter.at;
        let is_field = |term: &Term| matches!(term.what, Sought::Field(_));
        let names = if filter.terms().any(is_field) { Some(FieldNames::read(connection)?) } else { None };
        let mut clauses = Vec::new();
        for Clause(terms) in filter.clauses.iter().filter(|clause| clause.is_matched()) {
            let found = terms.iter().map(|term| found(connection, found_terms, names.as_ref(), term, at));
            clauses.push(found.collect::<Result<Vec<_>, _>>()?);
        }
        Ok((!clauses.is_empty()).then(|| Self { connection, at, clauses, looked: RefCell::default() }))
    }

    pub(in crate::library) fn contains(&self, asset: AssetId) -> Result<bool, LibraryError> {
        let row = asset.0 as usize;
        let mut is_known = true;
        for clause in &self.clauses {
            let holds = |term: &Found| !term.changed.contains(row) && term.now.contains(row) != term.negated;
            if !clause.iter().any(holds) {
                if !clause.iter().any(|term| term.changed.contains(row)) {
                    return Ok(false);
                }
                is_known = false;
            }
        }
        match self.at {
            Some(at) if !is_known => self.had(asset, at),
            _ => Ok(true),
        }
    }

    /// Every asset that may match, in no order, if they are at most `most`; some may not match. `None` if there are
    /// more, or if every clause has a negated term.
    pub(in crate::library) fn few(&self, most: usize) -> Option<Vec<AssetId>> {
        let mut wanted = self.clauses.iter().filter(|clause| clause.iter().all(|term| !term.negated));
        let possible = |clause: &Vec<Found>| {
            let mut possible = FixedBitSet::new();
            for term in clause {
                possible.union_with(&term.now);
                possible.union_with(&term.changed);
            }
            possible
        };
        let mut rows = possible(wanted.next()?);
        for clause in wanted {
            rows.intersect_with(&possible(clause));
        }
        (rows.count_ones(..) <= most).then(|| rows.ones().map(|row| AssetId(row as i64)).collect())
    }

    /// How many of all `assets` match now, if the search has nothing but clauses that are matched here.
    pub(in crate::library) fn count_now(&self, assets: usize) -> usize {
        let mut wanted: Option<FixedBitSet> = None;
        let mut unwanted = FixedBitSet::new();
        for clause in &self.clauses {
            let mut of_clause = FixedBitSet::new();
            clause.iter().filter(|term| !term.negated).for_each(|term| of_clause.union_with(&term.now));
            // A clause with negated terms fails for those that all of these have, and none of the others.
            let mut failing: Option<FixedBitSet> = None;
            for term in clause.iter().filter(|term| term.negated) {
                match &mut failing {
                    Some(failing) => failing.intersect_with(&term.now),
                    None => failing = Some((*term.now).clone()),
                }
            }
            match (failing, &mut wanted) {
                (Some(mut failing), _) => {
                    failing.difference_with(&of_clause);
                    unwanted.union_with(&failing);
                }
                (None, Some(wanted)) => wanted.intersect_with(&of_clause),
                (None, None) => wanted = Some(of_clause),
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
                let (names, first, last) = asset_states::names_and_arrival(self.connection, asset, at)?;
                let state = events::state(self.connection, then.shown)?.unwrap_or_default();
                let searched = Searched::of(&state, &names).arrived(first.0, last.0);
                let texts = Texts::of(&searched);
                let holds = |term: &Found| match term.probes.as_slice() {
                    [] => term.now.contains(asset.0 as usize) != term.negated,
                    probes => probes.iter().any(|probe| has(&searched, &texts, probe)) != term.negated,
                };
                self.clauses.iter().all(|clause| clause.iter().any(holds))
            }
        };
        self.looked.borrow_mut().insert(asset, had);
        Ok(had)
    }
}

fn has(searched: &Searched<'_>, texts: &Texts, probe: &Probe) -> bool {
    match probe {
        Probe::Words { wanted: Wanted { phrases, column }, open } => {
            let has = |phrase: &Vec<String>| texts.contain(*column, phrase, *open);
            !phrases.is_empty() && phrases.iter().all(has)
        }
        Probe::Numbers { field, span } => {
            searched.numbers().chain(searched.arrival()).any(|(of, number)| of == *field && span.contains(&number))
        }
    }
}

fn found(
    connection: &Connection,
    found_terms: &FoundTerms,
    names: Option<&FieldNames>,
    term: &Term,
    at: Option<Timestamp>,
) -> Result<Found, LibraryError> {
    let negated = term.negated;
    let probes = match &term.what {
        Sought::Text(text) => vec![Probe::of_text(text)],
        Sought::Field(field) => {
            let probes = names.map(|names| Probe::all_of(field, names)).unwrap_or_default();
            if probes.is_empty() { vec![Probe::of_text(&field.instead)] } else { probes }
        }
        Sought::Archive(_) | Sought::Status(_) | Sought::Event(_) | Sought::Changed { .. } | Sought::Doctype(_) => {
            let now = Arc::new(by_condition(connection, term, at)?);
            return Ok(Found { negated: false, probes: Vec::new(), now, changed: FixedBitSet::new() });
        }
    };
    let mut now: Option<Arc<FixedBitSet>> = None;
    let mut changed = FixedBitSet::new();
    for probe in &probes {
        let found = rows_of(connection, found_terms, probe)?;
        match &mut now {
            Some(now) => Arc::make_mut(now).union_with(&found),
            None => now = Some(found),
        }
        if let Some(at) = at {
            changed.union_with(&changed_since(connection, probe, at)?);
        }
    }
    Ok(Found { negated, probes, now: now.unwrap_or_default(), changed })
}

/// The assets for which a condition of the gallery's own indexes holds, negated if it is.
fn by_condition(connection: &Connection, term: &Term, at: Option<Timestamp>) -> Result<FixedBitSet, LibraryError> {
    let (mut sql, mut values) = match at {
        None => ("SELECT id FROM assets INDEXED BY assets_newest WHERE true".to_owned(), Vec::new()),
        Some(at) => {
            let select = "SELECT asset FROM moments INDEXED BY moments_newest WHERE from_ms <= ? AND until_ms > ?";
            (select.to_owned(), vec![at.0.into(), at.0.into()])
        }
    };
    if let Some((condition, with)) = conditions::of_term(connection, term, at)? {
        sql.push_str(" AND ");
        sql.push_str(&condition);
        values.extend(with);
    }
    let mut select = connection.prepare_cached(&sql)?;
    let mut rows = select.query(params_from_iter(values))?;
    let mut assets = FixedBitSet::new();
    while let Some(row) = rows.next()? {
        assets.grow_and_insert(row.get::<_, i64>(0)? as usize);
    }
    Ok(assets)
}

const DIFFERENCES: &str = "SELECT rowid FROM search_earlier WHERE search_earlier MATCH ?1";

/// The assets that match a probe. Each phrase is a query of its own, which is faster than all in one.
fn rows_of(connection: &Connection, found_terms: &FoundTerms, probe: &Probe) -> Result<Arc<FixedBitSet>, LibraryError> {
    let (wanted, open) = match probe {
        Probe::Numbers { field, span } => {
            return found_terms.find(connection, &Question::Numbers(*field, span.clone()));
        }
        Probe::Words { wanted, open } => (wanted, *open),
    };
    let mut all: Option<Arc<FixedBitSet>> = None;
    for phrase in &wanted.phrases {
        let place = wanted.column.map_or(String::new(), |column| format!("{{{column}}} : "));
        let words = Question::Words(format!("{place}{}", expression_of(phrase, open)));
        let found = found_terms.find(connection, &words)?;
        match &mut all {
            Some(all) => Arc::make_mut(all).intersect_with(&found),
            None => all = Some(found),
        }
    }
    Ok(all.unwrap_or_default())
}

/// The assets that changed after `at` in what a probe looks for.
fn changed_since(connection: &Connection, probe: &Probe, at: Timestamp) -> Result<FixedBitSet, LibraryError> {
    let mut changed = FixedBitSet::new();
    let expressions = match probe {
        Probe::Numbers { field, .. } if field.is_of_arrival() => {
            let mut select = connection.prepare_cached(HAPPENED_SINCE)?;
            let mut rows = select.query([at.0])?;
            while let Some(row) = rows.next()? {
                changed.grow_and_insert(row.get::<_, i64>(0)? as usize);
            }
            return Ok(changed);
        }
        Probe::Numbers { field, .. } => vec![search_texts::any_of(*field)],
        Probe::Words { wanted, open } => wanted
            .phrases
            .iter()
            .flat_map(|phrase| {
                let last = phrase.len() - 1;
                let words = phrase.iter().enumerate();
                words.map(move |(nth, word)| expression_of(std::slice::from_ref(word), *open && nth == last))
            })
            .collect(),
    };
    let mut differences = connection.prepare_cached(DIFFERENCES)?;
    let mut select = connection.prepare_cached(CHANGED_ASSET)?;
    for expression in expressions {
        let mut events = differences.query([expression])?;
        while let Some(event) = events.next()? {
            let asset: Option<Option<AssetId>> =
                select.query_row(params![event.get::<_, EventId>(0)?, at.0], |row| row.get(0)).optional()?;
            if let Some(asset) = asset.flatten() {
                changed.grow_and_insert(asset.0 as usize);
            }
        }
    }
    Ok(changed)
}

const CHANGED_ASSET: &str = "SELECT asset FROM events WHERE id = ?1 AND created_ms > ?2";
const HAPPENED_SINCE: &str = "SELECT asset FROM moments INDEXED BY moments_newest WHERE from_ms > ?1";

/// `"sol berg"*`: the last word of an open term may go on. Words have no quotes in them.
fn expression_of(words: &[String], open: bool) -> String {
    format!("\"{}\"{}", words.join(" "), if open { "*" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::query_plan::query_plan;

    #[test]
    fn what_happened_since_is_read_from_one_covering_index() {
        let dir = tempfile::tempdir().unwrap();
        let connection = crate::library::store::connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        let plan = query_plan(&connection, HAPPENED_SINCE);
        assert_eq!(plan[0], "SEARCH moments USING COVERING INDEX moments_newest (from_ms>?)");
    }

    #[test]
    fn a_term_cannot_break_out_of_its_quotes() {
        let expression = |text: &str| expression_of(&Wanted::of(text, None).phrases[0], true);
        assert_eq!(expression("a\" OR b"), "\"a or b\"*");
        assert_eq!(expression("a\0b"), "\"a b\"*");
        assert_eq!(expression("漁船"), "\"漁 船\"*");
    }
}
