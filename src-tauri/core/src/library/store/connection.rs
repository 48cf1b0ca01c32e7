//! Opens the library's file: durable when written, migrated, refused when a newer Lysbord made it.

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction};
use rusqlite_migration::{M, Migrations};
use url::Url;

use crate::library::error::LibraryError;
use crate::supervise::caught;

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
    M::up(include_str!("../../../migrations/012_set_aside.sql")),
    M::up(include_str!("../../../migrations/013_followers.sql")),
    M::up(include_str!("../../../migrations/014_delivery_log.sql")),
    M::up(include_str!("../../../migrations/015_search_fields.sql")),
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

/// Sets whether SQLite checkpoints the write-ahead log after some commits of this connection.
pub(in crate::library) fn checkpoint_by_itself(connection: &Connection, does: bool) -> Result<(), LibraryError> {
    // Deliveries touch pages all over their indexes: the longer the log, the fewer times each is carried over.
    const PAGES: i64 = 16_000;
    connection.pragma_update(None, "wal_autocheckpoint", if does { PAGES } else { 0 })?;
    Ok(())
}

/// A connection that does not wait for the disk and checks no foreign keys, for what can be made again. The former
/// settings come back when this is dropped.
pub(in crate::library) struct InHaste<'a>(&'a mut Connection);

impl<'a> InHaste<'a> {
    pub(in crate::library) fn begin(connection: &'a mut Connection) -> Result<Self, LibraryError> {
        let in_haste = Self(connection);
        in_haste.0.pragma_update(None, "synchronous", "normal")?;
        in_haste.0.pragma_update(None, "foreign_keys", false)?;
        checkpoint_by_itself(in_haste.0, false)?;
        Ok(in_haste)
    }
}

impl Drop for InHaste<'_> {
    fn drop(&mut self) {
        // Each by itself: one that fails is no reason to leave the others.
        let careful = [
            checkpoint_by_itself(self.0, true),
            self.0.pragma_update(None, "foreign_keys", true).map_err(LibraryError::from),
            self.0.pragma_update(None, "synchronous", "full").map_err(LibraryError::from),
        ];
        for error in careful.into_iter().filter_map(Result::err) {
            tracing::error!(%error, "the library is written with less care than it should be until the next start");
        }
    }
}

impl Deref for InHaste<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0
    }
}

impl DerefMut for InHaste<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.0
    }
}

/// Runs `work` in a savepoint: if it fails or panics its changes are undone and the transaction goes on. If the failure
/// ended the transaction itself, `transaction.is_autocommit()` is true afterwards.
pub(in crate::library) fn alone<T>(
    transaction: &Transaction<'_>,
    work: impl FnOnce() -> Result<T, LibraryError>,
) -> Result<T, LibraryError> {
    transaction.execute_batch("SAVEPOINT alone")?;
    let done = caught(work).unwrap_or_else(|panicked| Err(panicked.into()));
    if done.is_err() {
        if transaction.is_autocommit() {
            // A failure such as a full disk has ended the transaction as a whole.
            return done;
        }
        transaction.execute_batch("ROLLBACK TO alone")?;
    }
    transaction.execute_batch("RELEASE alone")?;
    done
}

/// Opens a connection that makes checkpoints beside the writer.
pub(in crate::library) fn open_for_checkpoints(path: &Path) -> Result<Connection, LibraryError> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    refuse_newer(&connection, path)?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

/// Runs `work` with `file` attached read-only as `beside`, or without if there is none. SQLite does not allow ATTACH
/// inside a transaction, so `work` must open its own.
pub(in crate::library) fn with_file_beside<T>(
    connection: &mut Connection,
    file: Option<PathBuf>,
    work: impl FnOnce(&mut Connection) -> Result<T, LibraryError>,
) -> Result<T, LibraryError> {
    let Some(file) = file else { return work(connection) };
    let mut file = Url::from_file_path(std::path::absolute(file)?).map_err(|()| LibraryError::Gone)?;
    file.set_query(Some("mode=ro"));
    connection.execute("ATTACH ?1 AS beside", [file.as_str()])?;
    let worked = caught(|| work(connection)).unwrap_or_else(|panicked| Err(panicked.into()));
    let detached = connection.execute_batch("DETACH beside");
    // What went wrong first says more.
    let done = worked?;
    detached?;
    Ok(done)
}

/// Opens one of several connections that read beside the writer, which may be another process. Fails if there is no
/// file, or if a newer program wrote it.
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

/// Keeps query plans stable: otherwise SQLite plans a statement again when a value is bound that may fit a partial
/// index.
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

    #[test]
    fn what_fails_by_itself_leaves_no_trace_in_its_transaction() {
        let dir = tempfile::tempdir().unwrap();
        let mut connection = open_for_writing(&dir.path().join("library.db")).unwrap();
        let transaction = connection.transaction().unwrap();
        let put = |value: i64| Ok(transaction.execute("UPDATE followers SET through = ?1", [value])?);
        alone(&transaction, || put(1)).unwrap();
        let failed = alone(&transaction, || put(2).and_then(|_| Err::<(), _>(LibraryError::Busy)));
        assert!(matches!(failed, Err(LibraryError::Busy)));
        let panicked = alone::<()>(&transaction, || {
            put(3)?;
            panic!("poison")
        });
        assert!(matches!(panicked, Err(LibraryError::Panicked(_))));
        transaction.commit().unwrap();
        let through: i64 = connection.query_row("SELECT through FROM followers", [], |row| row.get(0)).unwrap();
        assert_eq!(through, 1);
    }

    type Step = fn(&mut Connection) -> Result<(), LibraryError>;

    #[test]
    fn a_connection_is_careful_again_whatever_happens_in_its_haste() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("library.db");
        let mut connection = open_for_writing(&path).unwrap();
        let care = |connection: &Connection| {
            ["synchronous", "foreign_keys", "wal_autocheckpoint"]
                .map(|name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap())
        };
        let careful = care(&connection);
        assert_eq!(careful[..2], [2, 1]);
        let failing: [Step; 3] = [
            |_| Err(LibraryError::Full),
            |connection| Ok(connection.execute_batch("SELECT no_such_function()")?),
            |_| panic!("poison"),
        ];
        for fails in failing {
            let failed = caught(|| {
                let mut in_haste = InHaste::begin(&mut connection)?;
                assert_ne!(care(&in_haste), careful);
                with_file_beside(&mut in_haste, Some(path.clone()), fails)
            });
            assert!(!matches!(failed, Ok(Ok(()))));
            assert_eq!(care(&connection), careful);
        }
        // Nor does a file stay attached that was beside it.
        with_file_beside(&mut connection, Some(path.clone()), |_| Ok(())).unwrap();
    }
}
