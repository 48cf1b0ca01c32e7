//! Looks for what should not be: for `lysbord doctor`. It only reads, and works beside a running Lysbord.

use rusqlite::{Connection, ErrorCode};

use crate::folder::Folder;
use crate::library::error::LibraryError;
use crate::library::store::readers::read_only;
use crate::model::BlobHash;

/// Something that is wrong with the library itself, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

/// What the library says of itself, and what it counts on.
#[derive(Clone, Debug, Default)]
pub struct Checkup {
    pub faults: Vec<Fault>,
    /// Blobs that are shown, with their sizes in bytes, for whoever can look at them.
    pub blobs: Vec<(BlobHash, u64)>,
}

/// Checks the library's file.
pub fn check_up(folder: &Folder) -> Result<Checkup, LibraryError> {
    match read_only(folder).and_then(|connection| look(&connection)) {
        Err(LibraryError::Sqlite(error)) if error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy) => {
            Ok(Checkup { faults: vec![Fault(format!("library.db is damaged: {error}"))], ..Checkup::default() })
        }
        looked => looked,
    }
}

fn look(connection: &Connection) -> Result<Checkup, LibraryError> {
    let mut faults = Vec::new();
    let mut quick = connection.prepare("PRAGMA quick_check")?;
    for problem in quick.query_map([], |row| row.get::<_, String>(0))? {
        let problem = problem?;
        if problem != "ok" {
            faults.push(Fault(format!("library.db is damaged: {problem}")));
        }
    }
    for (what, sql) in RULES {
        let count: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        if count > 0 {
            faults.push(Fault(format!("{count} {what}")));
        }
    }
    let mut select = connection.prepare(
        "SELECT hash, size FROM blobs WHERE EXISTS (SELECT 1 FROM renditions WHERE blob = blobs.hash)
                OR EXISTS (SELECT 1 FROM renditions WHERE unshown = blobs.hash)
                OR EXISTS (SELECT 1 FROM blobs other WHERE other.shown_as = blobs.hash)",
    )?;
    let blobs = select.query_map([], |row| Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, i64>(1)?)))?;
    let blobs: Vec<([u8; 32], i64)> = blobs.collect::<Result<_, _>>()?;
    let blobs = blobs.iter().filter_map(|(hash, size)| Some((BlobHash::from_slice(hash)?, *size as u64))).collect();
    Ok(Checkup { faults, blobs })
}

/// Each counts the rows that break it.
const RULES: &[(&str, &str)] = &[
    (
        "deliveries should have become events and have not; run lysbord rebuild",
        "SELECT count(*) FROM deliveries d WHERE outcome = 'event' AND id <= (SELECT through FROM projection)
            AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = d.id)",
    ),
    ("events belong to no asset; run lysbord rebuild", "SELECT count(*) FROM events WHERE asset IS NULL"),
    (
        "events have no delivery; run lysbord rebuild",
        "SELECT count(*) FROM events e WHERE NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.id = e.id)",
    ),
    (
        "assets have no event; run lysbord rebuild",
        "SELECT count(*) FROM assets a WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.asset = a.id)",
    ),
    (
        "pictures are said to be kept and have no bytes",
        "SELECT count(*) FROM renditions r WHERE state = 'kept'
            AND NOT EXISTS (SELECT 1 FROM blobs b WHERE b.hash = r.blob)",
    ),
    (
        "events do not say which pictures they should have; run lysbord rebuild",
        "SELECT count(*) FROM events e WHERE NOT EXISTS (SELECT 1 FROM renditions r WHERE r.event = e.id)",
    ),
];
