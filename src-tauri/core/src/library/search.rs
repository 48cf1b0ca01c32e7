//! The full-text index over assets, and its answers. It is filled while nobody waits, a moment behind the gallery.

use std::borrow::Cow;
use std::collections::BTreeMap;

use fixedbitset::FixedBitSet;
use rusqlite::{Connection, Row, Transaction, params};

use super::query::{Sought, Term};
use super::{AssetId, LibraryError};
use crate::fotoware::FieldId;

/// Indexes some of the assets that changed. Returns how many.
pub(super) fn index_stale(transaction: &Transaction<'_>, limit: usize) -> Result<usize, LibraryError> {
    let mut select = transaction.prepare_cached("SELECT id FROM assets WHERE search_stale = 1 LIMIT ?1")?;
    let stale: Vec<AssetId> = select.query_map([limit as i64], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut read = transaction.prepare_cached(
        "SELECT a.id, names, title, description, byline, tags, fields FROM assets a
         JOIN asset_fields f ON f.asset = a.id WHERE a.id = ?1",
    )?;
    for asset in &stale {
        let mut rows = read.query([asset])?;
        if let Some(row) = rows.next()? {
            index(transaction, row)?;
        }
        transaction.prepare_cached("UPDATE assets SET search_stale = 0 WHERE id = ?1")?.execute([asset])?;
    }
    Ok(stale.len())
}

/// Indexes an asset that is read as id, names, title, description, byline, tags, fields.
pub(super) fn index(connection: &Connection, row: &Row<'_>) -> Result<(), LibraryError> {
    // Caption, title, byline and keywords have columns of their own.
    const ELSEWHERE: [FieldId; 4] = [5, 25, 80, 120];
    let text = |column| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
    let names: Vec<Cow<'_, str>> = serde_json::from_str(text(1)?)?;
    let fields: BTreeMap<FieldId, Vec<String>> = serde_json::from_str(text(6)?)?;
    let other: Vec<&str> = fields
        .iter()
        .filter(|(id, _)| !ELSEWHERE.contains(id))
        .flat_map(|(_, values)| values.iter().map(String::as_str))
        .collect();
    let mut insert = connection.prepare_cached(
        "INSERT OR REPLACE INTO search (rowid, filename, title, caption, byline, keywords, other)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    insert.execute(params![
        row.get::<_, AssetId>(0)?,
        segment(&names.join(" ")),
        segment(text(2)?),
        segment(text(3)?),
        segment(text(4)?),
        segment(text(5)?),
        segment(&other.join(" ")),
    ])?;
    Ok(())
}

/// The assets that a search's texts leave, by row number, or `None` if it has no texts.
pub(super) struct Matches {
    wanted: Option<FixedBitSet>,
    unwanted: Option<FixedBitSet>,
}

impl Matches {
    pub(super) fn find(connection: &Connection, terms: &[Term]) -> Result<Option<Self>, LibraryError> {
        let expression = |negated: bool, joined_by: &str| -> String {
            let parts: Vec<_> = terms.iter().filter(|term| term.negated == negated).filter_map(expression_of).collect();
            parts.join(joined_by)
        };
        let find = |expression: String| {
            if expression.is_empty() { Ok(None) } else { rows_of(connection, &expression).map(Some) }
        };
        let wanted = find(expression(false, " AND "))?;
        let unwanted = find(expression(true, " OR "))?;
        Ok((wanted.is_some() || unwanted.is_some()).then_some(Self { wanted, unwanted }))
    }

    pub(super) fn contains(&self, asset: i64) -> bool {
        let row = asset as usize;
        self.wanted.as_ref().is_none_or(|rows| rows.contains(row))
            && self.unwanted.as_ref().is_none_or(|rows| !rows.contains(row))
    }
}

fn rows_of(connection: &Connection, expression: &str) -> Result<FixedBitSet, LibraryError> {
    let mut select = connection.prepare_cached("SELECT rowid FROM search WHERE search MATCH ?1")?;
    let mut rows = select.query([expression])?;
    let mut found = FixedBitSet::new();
    while let Some(row) = rows.next()? {
        let row = row.get::<_, i64>(0)? as usize;
        found.grow(row + 1);
        found.insert(row);
    }
    Ok(found)
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
    if text.is_ascii() {
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
