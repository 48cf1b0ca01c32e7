//! The table of facets: each combination of kind, change, operation and archive that occurs, by which the list of
//! events is filtered. However many events there are, few combinations occur.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::library::error::LibraryError;

/// The id of a combination: a hash of its words, so it is the same in every library.
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

    /// Stores the facet, if it is not stored yet.
    pub(in crate::library) fn remember(&self, connection: &Connection) -> Result<(), LibraryError> {
        let mut insert = connection.prepare_cached(
            "INSERT OR IGNORE INTO event_facets (id, kind, change, operation, archive) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        insert.execute(params![self.facet(), self.kind, self.change, self.operation, self.archive])?;
        Ok(())
    }
}

/// Deletes facets that no event has any more.
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
