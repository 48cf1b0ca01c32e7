//! What the list of events is filtered by, together as one number: kind, change, operation and archive. However many
//! events there are, few of their combinations occur.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::library::error::LibraryError;

/// The number of a combination: made of its words, so that it is the same in every library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(in crate::library) struct Facet(i64);

/// The words of a facet.
#[derive(Clone, Copy)]
pub(in crate::library) struct FacetWords<'a> {
    pub kind: &'a str,
    pub change: &'a str,
    pub operation: Option<&'a str>,
    pub archive: &'a str,
}

impl FacetWords<'_> {
    pub(in crate::library) fn facet(&self) -> Facet {
        let mut digest = Sha256::new();
        for word in [self.kind, self.change, self.operation.unwrap_or_default(), self.archive] {
            digest.update((word.len() as u64).to_be_bytes());
            digest.update(word);
        }
        // Six bytes are enough to tell them apart, and as many as SQLite stores for such a number.
        Facet(digest.finalize().iter().take(6).fold(0, |number, byte| number << 8 | i64::from(*byte)))
    }

    /// Writes down what the facet stands for.
    pub(in crate::library) fn remember(&self, connection: &Connection) -> Result<(), LibraryError> {
        let mut insert = connection.prepare_cached(
            "INSERT OR IGNORE INTO event_facets (id, kind, change, operation, archive) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        insert.execute(params![self.facet(), self.kind, self.change, self.operation, self.archive])?;
        Ok(())
    }
}

/// Forgets what no event stands for any more.
pub(in crate::library) fn forget_unused(connection: &Connection) -> Result<(), LibraryError> {
    connection.execute(
        "DELETE FROM event_facets WHERE NOT EXISTS (SELECT 1 FROM events WHERE facet = event_facets.id)",
        [],
    )?;
    Ok(())
}

impl ToSql for Facet {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for Facet {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self)
    }
}
