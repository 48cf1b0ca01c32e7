//! `pictures.db`: its shape, and the connections that read it.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row};

use super::{BlobError, landed};
use crate::folder::restrict;
use crate::model::{BlobHash, Landed, RenditionKey};
use crate::sqlite;

const FILE_NAME: &str = "pictures.db";
/// 2 has the table of what landed. An older store gets it when it is opened for writing.
const VERSION: i64 = 2;

/// The index carries the size, so that lists and sums never touch the pictures themselves.
const SCHEMA: &str = "
    CREATE TABLE pictures (
        id    INTEGER PRIMARY KEY,
        hash  BLOB NOT NULL CHECK (length(hash) = 32),
        size  INTEGER NOT NULL,
        bytes BLOB  -- NULL: the file blobs/ab/abcdef… has them
    ) STRICT;
    CREATE UNIQUE INDEX pictures_by_hash ON pictures (hash, size);
";

pub(super) struct Database {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
}

/// Opens for writing, and creates what is not there.
pub(super) fn open(data_dir: &Path) -> Result<Database, BlobError> {
    let path = data_dir.join(FILE_NAME);
    let failed = |error| BlobError::database(&path, error);
    let mut connection = Connection::open(&path).map_err(failed)?;
    // Before there is anything in it: the files beside it take over its rights.
    restrict(&path, 0o600).map_err(|error| BlobError::file(&path, error))?;
    let version = user_version(&connection).map_err(failed)?;
    if version > VERSION {
        return Err(BlobError::Newer { found: version, known: VERSION });
    }
    // Large pages keep a picture in few pieces. A log of up to 64 MB is carried over seldom, but in bulk.
    connection
        .execute_batch(
            "PRAGMA page_size = 16384;
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA wal_autocheckpoint = 4096;
             PRAGMA journal_size_limit = 67108864;",
        )
        .map_err(failed)?;
    migrate(&mut connection, version).map_err(failed)?;
    Ok(Database { connection, path })
}

/// Brings a store to this program's format, in one commit.
fn migrate(connection: &mut Connection, from: i64) -> rusqlite::Result<()> {
    if from == VERSION {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    if from < 1 {
        transaction.execute_batch(SCHEMA)?;
    }
    if from < 2 {
        transaction.execute_batch(landed::SCHEMA)?;
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}

/// Where the bytes of a picture are.
pub(super) enum Found {
    Bytes(Vec<u8>),
    InAFile,
}

/// A few connections that only read, each used by one thread at a time.
pub(super) struct Readers(sqlite::Readers);

impl Readers {
    pub(super) fn new(data_dir: &Path) -> Self {
        Self(sqlite::Readers::of(data_dir.join(FILE_NAME)))
    }

    pub(super) fn check_version(&self) -> Result<(), BlobError> {
        if !self.0.path().exists() {
            return Err(BlobError::NoStore(self.0.path().to_owned()));
        }
        match self.read(user_version)? {
            0 => Err(BlobError::NoStore(self.0.path().to_owned())),
            found if found > VERSION => Err(BlobError::Newer { found, known: VERSION }),
            _ => Ok(()),
        }
    }

    pub(super) fn find(&self, hash: &BlobHash) -> Result<Option<Found>, BlobError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT bytes FROM pictures WHERE hash = ?1")?
                .query_row([hash.as_bytes()], |row| {
                    Ok(row.get::<_, Option<Vec<u8>>>(0)?.map_or(Found::InAFile, Found::Bytes))
                })
                .optional()
        })
    }

    pub(super) fn size(&self, hash: &BlobHash) -> Result<Option<u64>, BlobError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT size FROM pictures WHERE hash = ?1")?
                .query_row([hash.as_bytes()], size)
                .optional()
        })
    }

    pub(super) fn list(&self) -> Result<Vec<(BlobHash, u64)>, BlobError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT size, hash FROM pictures ORDER BY hash")?
                .query_map([], |row| Ok((BlobHash::from_bytes(row.get(1)?), size(row)?)))?
                .collect()
        })
    }

    /// What the library has not recorded yet. The store is of this program's format, as it was opened for writing.
    pub(super) fn landed(&self, after: Option<RenditionKey>, limit: usize) -> Result<Vec<Landed>, BlobError> {
        self.read(|connection| landed::list(connection, after, limit))
    }

    pub(super) fn total_bytes(&self) -> Result<u64, BlobError> {
        self.read(|connection| {
            connection.query_row("SELECT coalesce(sum(size), 0) FROM pictures INDEXED BY pictures_by_hash", [], size)
        })
    }

    fn read<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, BlobError> {
        self.0.read(open_reader, ask).map_err(|error| BlobError::database(self.0.path(), error))
    }
}

fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn user_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

fn size(row: &Row<'_>) -> rusqlite::Result<u64> {
    row.get::<_, i64>(0).map(i64::cast_unsigned)
}
