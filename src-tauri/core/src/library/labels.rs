//! The table of labels: what this site calls its metadata fields, as far as its notices told.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction, params};

use super::LibraryError;
use crate::fotoware::{FieldId, Subject, default_label};

/// Remembers a label. The notice that Fotoware made last holds, whichever came last.
pub(super) fn learn(
    transaction: &Transaction<'_>,
    created_ms: i64,
    labels: &[(FieldId, String)],
) -> Result<(), LibraryError> {
    let mut upsert = transaction.prepare_cached(
        "INSERT INTO labels (field, label, created_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (field) DO UPDATE SET label = excluded.label, created_ms = excluded.created_ms
         WHERE (excluded.created_ms, excluded.label) > (labels.created_ms, labels.label)",
    )?;
    for (field, label) in labels {
        upsert.execute(params![field, label, created_ms])?;
    }
    Ok(())
}

/// Names of fields: the site's own first, Fotoware's default next, else the number.
#[derive(Clone, Debug, Default)]
pub struct Labels(HashMap<FieldId, String>);

impl Labels {
    pub fn load(connection: &Connection) -> Result<Self, LibraryError> {
        let mut select = connection.prepare_cached("SELECT field, label FROM labels")?;
        let learned = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Self(learned.collect::<Result<_, _>>()?))
    }

    pub fn of(&self, field: FieldId) -> String {
        let learned = self.0.get(&field).map(String::as_str);
        learned.or_else(|| default_label(field)).map_or_else(|| format!("Field {field}"), str::to_owned)
    }

    /// What a change is about, in words.
    pub fn of_subject(&self, subject: Subject) -> String {
        match subject {
            Subject::Filename => "File name".to_owned(),
            Subject::FileSize => "File size".to_owned(),
            Subject::Pixels => "Pixels".to_owned(),
            Subject::Archive => "Archive".to_owned(),
            Subject::Field(id) => self.of(id),
        }
    }
}
