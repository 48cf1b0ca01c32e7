//! The tables of the full-text index: what is indexed of an asset, column by column.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};

use crate::fotoware::{AssetState, FieldId};
use crate::library::error::LibraryError;
use crate::library::store::ids::AssetId;

/// What is indexed of an asset, column by column.
#[derive(Debug, PartialEq)]
pub(in crate::library) struct Texts(pub [String; 6]);

impl Texts {
    /// `names` are all that the asset had, the last one first.
    pub(in crate::library) fn of(state: &AssetState, names: &[String]) -> Self {
        let tags = state.tags.join("; ");
        Self::new(names, [&state.title, &state.description, &state.byline, &tags], &state.metadata)
    }

    /// Of a row that is read as id, shown, names, title, description, byline, tags, fields.
    pub(in crate::library) fn read(row: &Row<'_>) -> Result<Self, LibraryError> {
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

    pub(in crate::library) fn insert(&self, connection: &Connection, asset: AssetId) -> Result<(), LibraryError> {
        let mut insert = connection.prepare_cached(
            "INSERT OR REPLACE INTO search (rowid, filename, title, caption, byline, keywords, other)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        let [filename, title, caption, byline, keywords, other] = &self.0;
        insert.execute(params![asset, filename, title, caption, byline, keywords, other])?;
        Ok(())
    }
}

/// Scripts that put no space between words are indexed letter by letter, so that any part of a text is found.
pub(in crate::library) fn segment(text: &str) -> String {
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
