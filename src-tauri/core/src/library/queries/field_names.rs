//! What metadata fields are called: by the user first, then by the site as far as its notices said, then by Fotoware.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use utoipa::ToSchema;

use crate::fotoware::{FieldId, Subject, default_label, known_fields};
use crate::library::error::LibraryError;
use crate::library::queries::snapshot::FieldQueries;

/// A metadata field with its names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Field)]
pub struct FieldName {
    #[schema(value_type = u32)]
    pub id: FieldId,
    /// By which it is shown everywhere.
    pub label: String,
    /// What the site or Fotoware calls it.
    pub default_label: String,
    /// The user's own name for it.
    pub given: Option<String>,
    /// How many of the thousand assets that changed last have it. 0 where a single field is told of.
    pub used: u64,
}

impl FieldQueries<'_> {
    /// The names of all fields.
    pub fn labels(self) -> Result<Labels, LibraryError> {
        let read = |sql: &str| -> Result<HashMap<FieldId, String>, LibraryError> {
            let mut select = self.0.connection.prepare_cached(sql)?;
            let labels = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(labels.collect::<Result<_, _>>()?)
        };
        Ok(Labels {
            given: read("SELECT field, label FROM field_names")?,
            // Where tenants call a field differently, the latest notice wins.
            learned: read("SELECT field, label FROM labels ORDER BY created_ms, label, tenant")?,
        })
    }

    /// The fields that may be met, ascending by number: those that Fotoware has from the start, those that a tenant
    /// named, and those of the thousand assets that changed last.
    pub fn names(self) -> Result<Vec<FieldName>, LibraryError> {
        let labels = self.labels()?;
        let known = known_fields().chain(labels.learned.keys().copied()).chain(labels.given.keys().copied());
        let mut used: BTreeMap<FieldId, u64> = known.map(|id| (id, 0)).collect();
        let mut select = self.0.connection.prepare_cached(LATELY_MET)?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let of_asset = row.get_ref(0)?.as_str().unwrap_or_default();
            for id in of_asset.split(',').filter_map(|id| id.parse::<FieldId>().ok()) {
                *used.entry(id).or_default() += 1;
            }
        }
        Ok(used.into_iter().map(|(id, used)| FieldName { used, ..labels.name(id) }).collect())
    }
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
    pub fn of(&self, field: FieldId) -> String {
        self.given.get(&field).cloned().unwrap_or_else(|| self.default_of(field))
    }

    pub fn name(&self, id: FieldId) -> FieldName {
        let (label, default_label, given) = (self.of(id), self.default_of(id), self.given.get(&id).cloned());
        FieldName { id, label, default_label, given, used: 0 }
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
