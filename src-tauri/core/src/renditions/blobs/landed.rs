//! Whose the pictures are that came lately: a table that is written in the same commit as their bytes.
//!
//! The library records it too, in a file of its own, a moment later. A kill in between would leave bytes that nothing
//! names, and a URL that is dead by the next start. So each row stays here until the library has recorded it, and what
//! is left at a start is recorded then.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::fotoware::Role;
use crate::model::{BlobHash, Flaw, Format, Landed, Picture, RenditionKey};

/// Part of the schema of `pictures.db` from its format 2 on.
pub(super) const SCHEMA: &str = "
    CREATE TABLE landed (
        delivery INTEGER NOT NULL,
        role     TEXT NOT NULL,
        hash     BLOB NOT NULL CHECK (length(hash) = 32),
        format   TEXT NOT NULL,
        size     INTEGER NOT NULL,
        width    INTEGER NOT NULL,
        height   INTEGER NOT NULL,
        flaw     TEXT,
        derived  INTEGER NOT NULL,
        took_ms  INTEGER NOT NULL,
        PRIMARY KEY (delivery, role)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX landed_by_hash ON landed (hash);
";

/// Writes down whose a picture is, unless its bytes are not here. Returns whether they are.
pub(super) fn insert(connection: &Connection, landed: &Landed) -> rusqlite::Result<bool> {
    let Landed { key, picture, derived, took } = landed;
    let mut insert = connection.prepare_cached(
        "INSERT OR REPLACE INTO landed (delivery, role, hash, format, size, width, height, flaw, derived, took_ms)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 WHERE EXISTS (SELECT 1 FROM pictures WHERE hash = ?3)",
    )?;
    let written = insert.execute(params![
        key.delivery,
        key.role.as_str(),
        picture.hash.as_bytes(),
        picture.format.as_str(),
        picture.bytes.cast_signed(),
        picture.width,
        picture.height,
        picture.flaw.map(Flaw::as_str),
        derived,
        took.as_millis() as i64,
    ])?;
    Ok(written > 0)
}

/// Forgets what the library has recorded. What landed for the same key since then stays.
pub(super) fn forget(connection: &Connection, recorded: &[(RenditionKey, BlobHash)]) -> rusqlite::Result<()> {
    let mut delete = connection.prepare_cached("DELETE FROM landed WHERE delivery = ?1 AND role = ?2 AND hash = ?3")?;
    for (key, hash) in recorded {
        delete.execute(params![key.delivery, key.role.as_str(), hash.as_bytes()])?;
    }
    Ok(())
}

/// Whether a picture is somebody's that the library has not recorded yet.
pub(super) fn names(connection: &Connection, hash: &BlobHash) -> rusqlite::Result<bool> {
    let mut select = connection.prepare_cached("SELECT 1 FROM landed WHERE hash = ?1 LIMIT 1")?;
    Ok(select.query_row([hash.as_bytes()], |_| Ok(())).optional()?.is_some())
}

/// Up to `limit` of what is not recorded yet, oldest deliveries first. A row that this program cannot read is left out.
pub(super) fn list(
    connection: &Connection,
    after: Option<RenditionKey>,
    limit: usize,
) -> rusqlite::Result<Vec<Landed>> {
    let mut select = connection.prepare_cached(
        "SELECT delivery, role, hash, format, size, width, height, flaw, derived, took_ms FROM landed
         WHERE (delivery, role) > (?1, ?2) ORDER BY delivery, role LIMIT ?3",
    )?;
    let (delivery, role) = after.map_or((i64::MIN, ""), |key| (key.delivery, key.role.as_str()));
    let rows = select.query_map(params![delivery, role, limit as i64], read)?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Option<Landed>> {
    let word = |column| row.get_ref(column)?.as_str().map(str::to_owned).map_err(Into::into);
    let (role, format): (rusqlite::Result<String>, rusqlite::Result<String>) = (word(1), word(3));
    let (Some(role), Some(format)) = (Role::parse(&role?), Format::parse(&format?)) else { return Ok(None) };
    let flaw: Option<String> = row.get(7)?;
    let picture = Picture {
        hash: BlobHash::from_bytes(row.get(2)?),
        format,
        bytes: row.get::<_, i64>(4)?.cast_unsigned(),
        width: row.get(5)?,
        height: row.get(6)?,
        flaw: flaw.and_then(|flaw| Flaw::parse(&flaw)),
    };
    let took = Duration::from_millis(row.get::<_, i64>(9)?.cast_unsigned());
    Ok(Some(Landed { key: RenditionKey { delivery: row.get(0)?, role }, picture, derived: row.get(8)?, took }))
}
