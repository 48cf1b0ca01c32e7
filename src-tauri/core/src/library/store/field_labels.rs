//! What metadata fields are called: by the user first, then by the site as far as its notices told, then by Fotoware.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, Transaction, params};

use crate::fotoware::{FieldId, Subject, default_label, known_fields};
use crate::library::error::LibraryError;

/// Remembers a label. The notice that Fotoware made last holds, whichever came last.
pub(in crate::library) fn learn(
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

/// Gives a field the user's own name, or takes it back.
pub(in crate::library) fn give(
    transaction: &Transaction<'_>,
    field: FieldId,
    label: Option<&str>,
) -> Result<(), LibraryError> {
    match label {
        Some(label) => transaction
            .execute("INSERT OR REPLACE INTO field_names (field, label) VALUES (?1, ?2)", params![field, label]),
        None => transaction.execute("DELETE FROM field_names WHERE field = ?1", [field]),
    }?;
    Ok(())
}

/// A field with its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldName {
    pub id: FieldId,
    /// By which it is shown.
    pub label: String,
    /// What it would be called without the user's word.
    pub default_label: String,
    /// By the user.
    pub given: Option<String>,
}

/// The fields that can be met, ascending by number: those that Fotoware has from the start, those that this site named,
/// and those of the assets that changed last.
pub fn field_names(connection: &Connection) -> Result<Vec<FieldName>, LibraryError> {
    let labels = Labels::load(connection)?;
    let mut ids: BTreeSet<FieldId> = known_fields().chain(labels.learned.keys().copied()).collect();
    ids.extend(labels.given.keys());
    let mut select = connection.prepare_cached(LATELY_MET)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let of_asset = row.get_ref(0)?.as_str().unwrap_or_default();
        ids.extend(of_asset.split(',').filter_map(|id| id.parse::<FieldId>().ok()));
    }
    Ok(ids.into_iter().map(|id| labels.name(id)).collect())
}

/// A look at every asset would take longer than a list of names is worth.
const LATELY_MET: &str = "SELECT f.ids FROM (SELECT id FROM assets ORDER BY last_ms DESC LIMIT 1000) a
     JOIN asset_fields f ON f.asset = a.id";

/// Names of fields: the user's own first, the site's next, then Fotoware's default, else the number.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    given: HashMap<FieldId, String>,
    learned: HashMap<FieldId, String>,
}

impl Labels {
    pub fn load(connection: &Connection) -> Result<Self, LibraryError> {
        let read = |sql: &str| -> Result<HashMap<FieldId, String>, LibraryError> {
            let mut select = connection.prepare_cached(sql)?;
            let labels = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(labels.collect::<Result<_, _>>()?)
        };
        Ok(Self {
            given: read("SELECT field, label FROM field_names")?,
            learned: read("SELECT field, label FROM labels")?,
        })
    }

    pub fn of(&self, field: FieldId) -> String {
        self.given.get(&field).cloned().unwrap_or_else(|| self.default_of(field))
    }

    pub fn name(&self, id: FieldId) -> FieldName {
        FieldName { id, label: self.of(id), default_label: self.default_of(id), given: self.given.get(&id).cloned() }
    }

    fn default_of(&self, field: FieldId) -> String {
        let learned = self.learned.get(&field).map(String::as_str);
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
