//! The full-text index over assets, and its answers. It is filled while nobody waits, a moment behind the gallery.

use fixedbitset::FixedBitSet;
use rusqlite::Connection;

use crate::clock::Moment;
use crate::library::error::LibraryError;
use crate::library::queries::filter::{Sought, Term};
use crate::library::store::ids::AssetId;
use crate::library::store::search_texts::{Texts, segment};
use crate::library::store::{asset_states, events};

/// The assets that a search's texts leave, by row number, or `None` if it has no texts.
pub(in crate::library) struct Matches {
    now: Found,
    /// As of a moment: those that are otherwise now, and what is found of them as they were.
    then: Option<(FixedBitSet, Found)>,
}

impl Matches {
    pub(in crate::library) fn find(connection: &Connection, terms: &[Term]) -> Result<Option<Self>, LibraryError> {
        Ok(Found::find(connection, terms)?.map(|now| Self { now, then: None }))
    }

    /// As of a moment. Of the assets that changed since, those that may match are looked at as they were, by the same
    /// index and the same expressions.
    pub(in crate::library) fn find_then(
        connection: &Connection,
        terms: &[Term],
        at: Moment,
        changed_since: &[AssetId],
    ) -> Result<Option<Self>, LibraryError> {
        let Some(now) = Found::find(connection, terms)? else { return Ok(None) };
        let candidates = candidates(connection, terms)?;
        let index = Connection::open_in_memory()?;
        index.execute_batch(OF_THEN)?;
        let mut changed = FixedBitSet::new();
        for asset in changed_since {
            insert(&mut changed, *asset);
            if candidates.contains(asset.0 as usize)
                && let Some(then) = asset_states::then(connection, *asset, at)?
            {
                let (names, ..) = asset_states::names_and_arrival(connection, *asset, at)?;
                Texts::of(&events::state(connection, then.shown)?.unwrap_or_default(), &names)
                    .insert(&index, *asset)?;
            }
        }
        let then = Found::find(&index, terms)?.unwrap_or_default();
        Ok(Some(Self { now, then: Some((changed, then)) }))
    }

    pub(in crate::library) fn contains(&self, asset: AssetId) -> bool {
        let row = asset.0 as usize;
        match &self.then {
            Some((changed, then)) if changed.contains(row) => then.contains(row),
            _ => self.now.contains(row),
        }
    }
}

/// The index of the migration, without the prefixes that would not pay for one search.
const OF_THEN: &str = "CREATE VIRTUAL TABLE search USING fts5 (
    filename, title, caption, byline, keywords, other,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
)";

/// What an index finds for the texts of a search.
#[derive(Default)]
struct Found {
    wanted: Option<FixedBitSet>,
    unwanted: Option<FixedBitSet>,
}

impl Found {
    fn find(index: &Connection, terms: &[Term]) -> Result<Option<Self>, LibraryError> {
        let expression = |negated: bool, joined_by: &str| -> String {
            let parts: Vec<_> = terms.iter().filter(|term| term.negated == negated).filter_map(expression_of).collect();
            parts.join(joined_by)
        };
        let find = |expression: String| {
            if expression.is_empty() { Ok(None) } else { rows_of(index, NOW, &expression).map(Some) }
        };
        let wanted = find(expression(false, " AND "))?;
        let unwanted = find(expression(true, " OR "))?;
        Ok((wanted.is_some() || unwanted.is_some()).then_some(Self { wanted, unwanted }))
    }

    fn contains(&self, row: usize) -> bool {
        self.wanted.as_ref().is_none_or(|rows| rows.contains(row))
            && self.unwanted.as_ref().is_none_or(|rows| !rows.contains(row))
    }
}

/// The assets of which a past version may settle the search: those that may have had all that is wanted, or where
/// nothing is wanted, any of what is not.
fn candidates(connection: &Connection, terms: &[Term]) -> Result<FixedBitSet, LibraryError> {
    let ever = |term: &Term| -> Result<Option<FixedBitSet>, LibraryError> {
        let Some(expression) = expression_of(term) else { return Ok(None) };
        let mut found = rows_of(connection, NOW, &expression)?;
        if let Sought::Text { text, whole, .. } = &term.what {
            let anywhere = Sought::Text { column: None, text: text.clone(), whole: *whole };
            let anywhere = Term { negated: term.negated, what: anywhere };
            found.union_with(&rows_of(connection, EARLIER, &expression_of(&anywhere).unwrap_or_default())?);
        }
        Ok(Some(found))
    };
    let is_text = |term: &&Term| matches!(term.what, Sought::Text { .. });
    let mut wanted: Option<FixedBitSet> = None;
    for term in terms.iter().filter(is_text).filter(|term| !term.negated) {
        let found = ever(term)?.unwrap_or_default();
        match &mut wanted {
            Some(wanted) => wanted.intersect_with(&found),
            None => wanted = Some(found),
        }
    }
    if let Some(wanted) = wanted {
        return Ok(wanted);
    }
    let mut unwanted = FixedBitSet::new();
    for term in terms.iter().filter(is_text) {
        unwanted.union_with(&ever(term)?.unwrap_or_default());
    }
    Ok(unwanted)
}

const NOW: &str = "SELECT rowid FROM search WHERE search MATCH ?1";
const EARLIER: &str = "SELECT rowid FROM search_earlier WHERE search_earlier MATCH ?1";

fn rows_of(connection: &Connection, sql: &str, expression: &str) -> Result<FixedBitSet, LibraryError> {
    let mut select = connection.prepare_cached(sql)?;
    let mut rows = select.query([expression])?;
    let mut found = FixedBitSet::new();
    while let Some(row) = rows.next()? {
        insert(&mut found, row.get(0)?);
    }
    Ok(found)
}

fn insert(rows: &mut FixedBitSet, asset: AssetId) {
    let row = asset.0 as usize;
    rows.grow(row + 1);
    rows.insert(row);
}

/// `{byline} : "sol berg"*`; the last word of an open term may go on.
fn expression_of(term: &Term) -> Option<String> {
    let Sought::Text { column, text, whole } = &term.what else { return None };
    // A quote would end the text, and so would a NUL: the index reads the expression as C does.
    let words = segment(&text.replace(|letter: char| letter == '"' || letter.is_control(), " "));
    let place = column.map_or(String::new(), |column| format!("{{{column}}} : "));
    let open = if *whole { "" } else { "*" };
    Some(format!("{place}\"{}\"{open}", words.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_cannot_break_out_of_its_quotes() {
        let term = |text: &str| Term {
            negated: false,
            what: Sought::Text { column: Some("title"), text: text.into(), whole: false },
        };
        assert_eq!(expression_of(&term("a\" OR b")).unwrap(), "{title} : \"a  OR b\"*");
        assert_eq!(expression_of(&term("a\0b")).unwrap(), "{title} : \"a b\"*");
        assert_eq!(expression_of(&term("漁船")).unwrap(), "{title} : \"漁  船\"*");
    }
}
