//! The imports: each run of `lysbord import` is a batch with a number, by which it can be listed and taken back.

use rusqlite::{Connection, Transaction, params};

use crate::clock::Timestamp;
use crate::library::error::LibraryError;
use crate::library::store::ids::ImportId;

/// An import as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub id: ImportId,
    pub begun: Timestamp,
    /// `None` if it was cut off before its end.
    pub ended: Option<Timestamp>,
    /// The paths that were given, one a line.
    pub source: String,
    /// How many of its deliveries became events.
    pub events: u64,
    /// How many had come before.
    pub duplicates: u64,
    /// How many cannot be read.
    pub unreadable: u64,
}

/// Begins a batch.
pub(in crate::library) fn begin(
    transaction: &Transaction<'_>,
    source: &str,
    now: Timestamp,
) -> Result<ImportId, LibraryError> {
    transaction.execute("INSERT INTO imports (begun_ms, source) VALUES (?1, ?2)", params![now.0, source])?;
    Ok(ImportId(transaction.last_insert_rowid()))
}

/// Notes that a batch came to its end.
pub(in crate::library) fn end(
    transaction: &Transaction<'_>,
    import: ImportId,
    now: Timestamp,
) -> Result<(), LibraryError> {
    transaction.execute("UPDATE imports SET ended_ms = ?2 WHERE id = ?1", params![import, now.0])?;
    Ok(())
}

/// Whether there is an import of this number.
pub(in crate::library) fn is_there(connection: &Connection, import: ImportId) -> Result<bool, LibraryError> {
    Ok(connection.query_row("SELECT EXISTS (SELECT 1 FROM imports WHERE id = ?1)", [import], |row| row.get(0))?)
}

/// Forgets an import whose deliveries are gone.
pub(in crate::library) fn remove(transaction: &Transaction<'_>, import: ImportId) -> Result<(), LibraryError> {
    transaction.execute("DELETE FROM imports WHERE id = ?1", [import])?;
    Ok(())
}

/// Every import that was not taken back, the latest first.
pub(in crate::library) fn imports(connection: &Connection) -> Result<Vec<Import>, LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT id, begun_ms, ended_ms, source,
            (SELECT count(*) FROM deliveries d WHERE d.import = i.id AND d.outcome = 'event'),
            (SELECT count(*) FROM deliveries d WHERE d.import = i.id AND d.outcome = 'duplicate'),
            (SELECT count(*) FROM deliveries d WHERE d.import = i.id AND d.outcome = 'unreadable')
         FROM imports i ORDER BY id DESC",
    )?;
    let listed = select.query_map([], |row| {
        let count = |column| row.get::<_, i64>(column).map(|count| count as u64);
        Ok(Import {
            id: row.get(0)?,
            begun: Timestamp(row.get(1)?),
            ended: row.get::<_, Option<i64>>(2)?.map(Timestamp),
            source: row.get(3)?,
            events: count(4)?,
            duplicates: count(5)?,
            unreadable: count(6)?,
        })
    })?;
    Ok(listed.collect::<Result<_, _>>()?)
}
