//! The full-text index over assets, and its answers. It is filled while nobody waits, a moment behind the gallery.

use std::borrow::Cow;
use std::collections::BTreeMap;

use fixedbitset::FixedBitSet;
use rusqlite::{Connection, Row, Transaction, params};

use super::query::{Sought, Term};
use super::{AssetId, EventId, LibraryError, connection, events, moments};
use crate::clock::Moment;
use crate::fotoware::{AssetState, FieldId};

/// Indexes some of the assets that changed. Returns how many.
pub(super) fn index_stale(transaction: &Transaction<'_>, limit: usize) -> Result<usize, LibraryError> {
    let stale = stale(transaction, limit)?;
    stale.iter().try_for_each(|asset| index(transaction, *asset))?;
    Ok(stale.len())
}

/// The same, each asset by itself, where one of them makes it fail: that one is left out until it changes again.
pub(super) fn index_one_by_one(transaction: &Transaction<'_>, limit: usize) -> Result<usize, LibraryError> {
    let stale = stale(transaction, limit)?;
    for asset in &stale {
        match connection::alone(transaction, || index(transaction, *asset)) {
            Err(error) if !error.is_of_the_place() => {
                tracing::error!(asset = asset.0, %error, "an asset cannot be found by search");
                transaction.execute("UPDATE assets SET search_stale = 2 WHERE id = ?1", [asset])?;
            }
            indexed => indexed?,
        }
    }
    Ok(stale.len())
}

/// Where no asset is left its words go too: an index keeps those of what was deleted until it is merged.
pub(super) fn forget_all_if_empty(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    let is_empty = transaction.query_row("SELECT NOT EXISTS (SELECT 1 FROM assets)", [], |row| row.get(0))?;
    if is_empty {
        transaction.execute_batch(
            "INSERT INTO search (search) VALUES ('delete-all');
             INSERT INTO search_earlier (search_earlier) VALUES ('delete-all');",
        )?;
    }
    Ok(())
}

fn stale(transaction: &Transaction<'_>, limit: usize) -> Result<Vec<AssetId>, LibraryError> {
    let mut select = transaction.prepare_cached("SELECT id FROM assets WHERE search_stale = 1 LIMIT ?1")?;
    Ok(select.query_map([limit as i64], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn index(transaction: &Transaction<'_>, asset: AssetId) -> Result<(), LibraryError> {
    let mut read = transaction.prepare_cached(
        "SELECT a.id, shown, names, title, description, byline, tags, fields FROM assets a
         JOIN asset_fields f ON f.asset = a.id WHERE a.id = ?1",
    )?;
    let mut rows = read.query([asset])?;
    if let Some(row) = rows.next()? {
        let present = Texts::read(row)?;
        present.insert(transaction, asset)?;
        let state_of = |event| Ok(events::state(transaction, event)?.map(Cow::Owned));
        let steps = steps_of(transaction, asset)?;
        let steps = steps.iter().map(|(event, shown, name)| (*event, *shown, name.as_str()));
        let earlier = earlier_texts(steps, row.get(1)?, &present, &state_of)?;
        if earlier.is_empty() {
            transaction.prepare_cached("DELETE FROM search_earlier WHERE rowid = ?1")?.execute([asset])?;
        } else {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO search_earlier (rowid, text) VALUES (?1, ?2)")?
                .execute(params![asset, earlier])?;
        }
    }
    transaction.prepare_cached("UPDATE assets SET search_stale = 0 WHERE id = ?1")?.execute([asset])?;
    Ok(())
}

/// What is indexed of an asset, column by column.
#[derive(Debug, PartialEq)]
pub(super) struct Texts([String; 6]);

impl Texts {
    /// `names` are all that the asset had, the last one first.
    pub(super) fn of(state: &AssetState, names: &[String]) -> Self {
        let tags = state.tags.join("; ");
        Self::new(names, [&state.title, &state.description, &state.byline, &tags], &state.metadata)
    }

    /// Of a row that is read as id, shown, names, title, description, byline, tags, fields.
    pub(super) fn read(row: &Row<'_>) -> Result<Self, LibraryError> {
        let text = |column| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
        let names: Vec<String> = serde_json::from_str(text(2)?)?;
        Ok(Self::new(&names, [text(3)?, text(4)?, text(5)?, text(6)?], &serde_json::from_str(text(7)?)?))
    }

    fn new(names: &[String], columns: [&str; 4], metadata: &BTreeMap<FieldId, Vec<String>>) -> Self {
        // Caption, title, byline and keywords have columns of their own.
        const ELSEWHERE: [FieldId; 4] = [5, 25, 80, 120];
        let other: Vec<&str> = metadata
            .iter()
            .filter(|(id, _)| !ELSEWHERE.contains(id))
            .flat_map(|(_, values)| values.iter().map(String::as_str))
            .collect();
        let [title, caption, byline, keywords] = columns.map(segment);
        Self([segment(&names.join(" ")), title, caption, byline, keywords, segment(&other.join(" "))])
    }

    pub(super) fn insert(&self, connection: &Connection, asset: AssetId) -> Result<(), LibraryError> {
        let mut insert = connection.prepare_cached(
            "INSERT OR REPLACE INTO search (rowid, filename, title, caption, byline, keywords, other)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        let [filename, title, caption, byline, keywords, other] = &self.0;
        insert.execute(params![asset, filename, title, caption, byline, keywords, other])?;
        Ok(())
    }
}

/// The state that an event told, from wherever it is at hand.
pub(super) type StateOf<'a, 's> = &'a dyn Fn(EventId) -> Result<Option<Cow<'s, AssetState>>, LibraryError>;

/// An asset's events in their order, with the event that it showed after each, and the name it had.
fn steps_of(connection: &Connection, asset: AssetId) -> Result<Vec<(EventId, EventId, String)>, LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT m.event, m.shown, e.filename FROM moments m JOIN events e ON e.id = m.event
         WHERE m.asset = ?1 ORDER BY m.nth",
    )?;
    let steps = select.query_map([asset], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(steps.collect::<Result<_, _>>()?)
}

/// What earlier versions said and the present one does not: together they have every text that a search as of any
/// moment could find. The names need nothing, as the present text has all of them, but for the order they stood in.
/// `steps` are the asset's events in their order: each with the one shown after it and the name that it told.
pub(super) fn earlier_texts<'n>(
    steps: impl Iterator<Item = (EventId, EventId, &'n str)>,
    shown: EventId,
    present: &Texts,
    state_of: StateOf<'_, '_>,
) -> Result<String, LibraryError> {
    let mut earlier: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for (event, shown_then, name) in steps {
        if !name.is_empty() && names.first().is_none_or(|last| last != name) {
            names.retain(|known| known != name);
            names.insert(0, name.to_owned());
        }
        if event == shown || event != shown_then {
            continue;
        }
        let then = Texts::of(&state_of(event)?.unwrap_or_default(), &names);
        for (nth, (then, now)) in then.0.into_iter().zip(&present.0).enumerate() {
            let told = if nth == 0 { now.ends_with(&then) } else { *now == then };
            if !told && !then.is_empty() && !earlier.contains(&then) {
                earlier.push(then);
            }
        }
    }
    Ok(earlier.join(" "))
}

/// The assets that a search's texts leave, by row number, or `None` if it has no texts.
pub(super) struct Matches {
    now: Found,
    /// As of a moment: those that are otherwise now, and what is found of them as they were.
    then: Option<(FixedBitSet, Found)>,
}

impl Matches {
    pub(super) fn find(connection: &Connection, terms: &[Term]) -> Result<Option<Self>, LibraryError> {
        Ok(Found::find(connection, terms)?.map(|now| Self { now, then: None }))
    }

    /// As of a moment. Of the assets that changed since, those that may match are looked at as they were, by the same
    /// index and the same expressions.
    pub(super) fn find_then(
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
                && let Some(then) = moments::then(connection, *asset, at)?
            {
                let (names, ..) = moments::names_and_arrival(connection, *asset, at)?;
                Texts::of(&events::state(connection, then.shown)?.unwrap_or_default(), &names)
                    .insert(&index, *asset)?;
            }
        }
        let then = Found::find(&index, terms)?.unwrap_or_default();
        Ok(Some(Self { now, then: Some((changed, then)) }))
    }

    pub(super) fn contains(&self, asset: AssetId) -> bool {
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

/// Scripts that put no space between words are indexed letter by letter, so that any part of a text is found.
fn segment(text: &str) -> String {
    if text.is_ascii() || !text.chars().any(runs_together) {
        return text.to_owned();
    }
    let mut segmented = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if runs_together(letter) {
            segmented.push(' ');
            segmented.push(letter);
            segmented.push(' ');
        } else {
            segmented.push(letter);
        }
    }
    segmented
}

fn runs_together(letter: char) -> bool {
    matches!(letter,
        '\u{0E00}'..='\u{0EFF}' // Thai, Lao
        | '\u{1000}'..='\u{109F}' // Myanmar
        | '\u{1780}'..='\u{17FF}' // Khmer
        | '\u{3040}'..='\u{30FF}' // Hiragana, Katakana
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' // Han
        | '\u{20000}'..='\u{3FFFF}')
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
