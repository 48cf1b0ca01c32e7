//! Opens the library's file: durable when written, migrated, refused when a newer Lysbord made it.

use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};
use url::Url;

use crate::library::error::LibraryError;

const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("../../../migrations/001_library.sql")),
    M::up(include_str!("../../../migrations/002_projection.sql")),
    M::up(include_str!("../../../migrations/003_decisions.sql")),
    M::up(include_str!("../../../migrations/004_happenings.sql")),
    M::up(include_str!("../../../migrations/005_moments.sql")),
    M::up(include_str!("../../../migrations/006_arrival.sql")),
    M::up(include_str!("../../../migrations/007_dictionary.sql")),
    M::up(include_str!("../../../migrations/008_imports.sql")),
    M::up(include_str!("../../../migrations/009_numbers.sql")),
    M::up(include_str!("../../../migrations/010_a_million.sql")),
    M::up(include_str!("../../../migrations/011_pictures.sql")),
];

/// The one connection that writes. Makes and migrates the file.
pub(in crate::library) fn open_for_writing(path: &Path) -> Result<Connection, LibraryError> {
    let mut connection = Connection::open(path)?;
    refuse_newer(&connection, path)?;
    // Before there is anything in it: the files beside it take over its rights.
    crate::folder::restrict(path, 0o600).map_err(LibraryError::Io)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // A delivery that was answered is on the disk, not on its way there.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", false)?;
    checkpoint_by_itself(&connection, true)?;
    // A rebuild makes the log longer than it ever is else.
    connection.pragma_update(None, "journal_size_limit", 128 << 20)?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.set_prepared_statement_cache_capacity(128);
    keep_plans(&connection)?;
    Migrations::from_slice(MIGRATIONS).to_latest(&mut connection).map_err(LibraryError::Migration)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

/// Whether the connection checkpoints the write-ahead log now and then, after a commit of its own.
pub(in crate::library) fn checkpoint_by_itself(connection: &Connection, does: bool) -> Result<(), LibraryError> {
    // Deliveries touch pages all over their indexes: the longer the log, the fewer times each is carried over.
    const PAGES: i64 = 16_000;
    connection.pragma_update(None, "wal_autocheckpoint", if does { PAGES } else { 0 })?;
    Ok(())
}

/// For checkpoints beside the one that writes.
pub(in crate::library) fn open_for_checkpoints(path: &Path) -> Result<Connection, LibraryError> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    refuse_newer(&connection, path)?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

/// Works with a file, if one is given, attached as `beside`. It is only read, so that others may read it meanwhile; and it
/// cannot be attached for a part of a transaction.
pub(in crate::library) fn with_file_beside<T>(
    connection: &mut Connection,
    file: Option<PathBuf>,
    work: impl FnOnce(&mut Connection) -> Result<T, LibraryError>,
) -> Result<T, LibraryError> {
    let Some(file) = file else { return work(connection) };
    let mut file = Url::from_file_path(std::path::absolute(file)?).map_err(|()| LibraryError::Gone)?;
    file.set_query(Some("mode=ro"));
    connection.execute("ATTACH ?1 AS beside", [file.as_str()])?;
    let worked = work(connection);
    connection.execute_batch("DETACH beside")?;
    worked
}

/// One of many that read beside the writer, in this process or another.
pub(in crate::library) fn open_for_reading(path: &Path) -> Result<Connection, LibraryError> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    refuse_newer(&connection, path)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "cache_size", -8_192)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.set_prepared_statement_cache_capacity(64);
    keep_plans(&connection)?;
    Ok(connection)
}

/// Without this a statement is planned anew whenever a value that a partial index might care about is bound to it.
pub(in crate::library) fn keep_plans(connection: &Connection) -> Result<(), LibraryError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

fn refuse_newer(connection: &Connection, path: &Path) -> Result<(), LibraryError> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let found = found as usize;
    if found > MIGRATIONS.len() {
        return Err(LibraryError::Newer { path: path.to_owned(), found, known: MIGRATIONS.len() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_sound() {
        Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }

    #[test]
    fn a_library_of_a_newer_lysbord_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("library.db");
        open_for_writing(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let error = open_for_writing(&path).unwrap_err();
        assert!(error.to_string().contains("newer Lysbord"), "{error}");
        assert!(matches!(open_for_reading(&path), Err(LibraryError::Newer { found: 99, .. })));
    }
}
