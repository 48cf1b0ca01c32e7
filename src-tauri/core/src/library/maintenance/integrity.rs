//! Checks the library for `lysbord doctor`. It only reads, and works beside a running Lysbord.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use crate::folder::Folder;
use crate::library::error::LibraryError;
use crate::library::ingest::journal;
use crate::library::store::followers::FollowerState;
use crate::library::store::ids::DeliveryId;
use crate::library::store::readers::read_only;
use crate::library::store::words::DeliveryOutcome;
use crate::library::store::{body_codec, deliveries, followers};
use crate::model::BlobHash;

/// Something that is wrong with the library itself, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

/// What a check found.
#[derive(Clone, Debug, Default)]
pub struct Checkup {
    pub faults: Vec<Fault>,
    /// Every blob whose bytes the library counts on, with its size in bytes.
    pub blobs: Vec<(BlobHash, u64)>,
    /// How many deliveries are kept and not shown yet. That is no fault: a running Lysbord shows them in a moment, or else the
    /// next one that is started.
    pub waiting: u64,
}

/// Checks the library of a folder. Blocks; reads the whole file. A damaged file is a fault and not an error.
pub fn check_up(folder: &Folder) -> Result<Checkup, LibraryError> {
    let looked = read_only(folder).and_then(|connection| {
        let checkup = look(&connection)?;
        let waiting = Progress::read(folder, &connection)?.waiting();
        Ok(Checkup { waiting, ..checkup })
    });
    match looked {
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
    let damaged = if faults.is_empty() { damaged_bodies(connection)? } else { BTreeMap::new() };
    faults.extend(damaged.iter().map(|(id, why)| {
        Fault(format!("delivery {} is damaged on this disk: {why}; a backup of library.db may have it whole", id.0))
    }));
    faults.extend(set_aside(connection, &damaged)?);
    faults.extend(followers::followers(connection)?.into_iter().filter_map(of_follower));
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
    Ok(Checkup { faults, blobs, waiting: 0 })
}

/// Unpacks every body. Returns those that are damaged, with what is wrong.
fn damaged_bodies(connection: &Connection) -> Result<BTreeMap<DeliveryId, String>, LibraryError> {
    let mut select = connection.prepare("SELECT id, size, body FROM deliveries ORDER BY id")?;
    let mut rows = select.query([])?;
    let mut damaged = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let packed = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        if let Err(damage) = body_codec::unpack(packed, row.get::<_, i64>(1)? as u64) {
            damaged.insert(row.get(0)?, damage.to_string());
        }
    }
    Ok(damaged)
}

/// Deliveries that could not be shown or stored, without those in `told`. Unreadable ones are no fault: the log lists
/// them.
fn set_aside(connection: &Connection, told: &BTreeMap<DeliveryId, String>) -> Result<Vec<Fault>, LibraryError> {
    let mut select = connection.prepare(
        "SELECT delivery, outcome, reason FROM set_aside WHERE outcome <> 'unreadable'
         UNION ALL SELECT id, NULL, reason FROM unstored ORDER BY 1",
    )?;
    let mut rows = select.query([])?;
    let mut faults = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, reason): (DeliveryId, String) = (row.get(0)?, row.get(2)?);
        let number = id.0;
        let outcome: Option<DeliveryOutcome> = row.get(1)?;
        match outcome {
            Some(DeliveryOutcome::Damaged) if told.contains_key(&id) => {}
            Some(DeliveryOutcome::Damaged) => faults.push(format!(
                "delivery {number} was damaged on this disk ({reason}) and is whole now; run lysbord rebuild"
            )),
            None => faults.push(format!(
                "delivery {number} is kept beside the log, which does not take it ({reason}); it is tried again at each start"
            )),
            Some(
                DeliveryOutcome::SetAside
                | DeliveryOutcome::Unreadable
                | DeliveryOutcome::Duplicate
                | DeliveryOutcome::Event,
            ) => faults.push(format!(
                "delivery {number} could not be shown ({reason}); it is kept, and lysbord rebuild tries it again"
            )),
        }
    }
    Ok(faults.into_iter().map(Fault).collect())
}

/// A follower of the log that fails at what comes next.
fn of_follower(state: FollowerState) -> Option<Fault> {
    let FollowerState { name, through, failures, problem } = state;
    let problem = problem?;
    let who = match name.as_str() {
        followers::PROJECTION => "what shows deliveries",
        followers::THUMBNAILS => "what makes thumbnails",
        followers::DELIVERY_SEARCH => "what makes deliveries searchable",
        followers::NOTIFICATIONS => "what tells of notifications",
        other => other,
    };
    let times = if failures == 1 { "once".to_owned() } else { format!("{failures} times in a row") };
    Some(Fault(format!(
        "{who} came as far as delivery {} and failed {times} at what comes next ({}); it tries again while Lysbord runs",
        through.0,
        problem.trim_end_matches('.')
    )))
}

/// Watches whether a running Lysbord goes on with what waits, for at most so long. Returns what does not move. Nothing that waits
/// is at fault while no Lysbord runs. Blocks.
pub fn what_does_not_move(folder: &Folder, patience: Duration) -> Result<Vec<Fault>, LibraryError> {
    const LOOK_EVERY: Duration = Duration::from_millis(200);
    let connection = read_only(folder)?;
    let first = Progress::read(folder, &connection)?;
    let begun = Instant::now();
    while begun.elapsed() < patience {
        let now = Progress::read(folder, &connection)?;
        if now.waiting() == 0 || (now.stored, now.shown) != (first.stored, first.shown) || !folder.is_in_use() {
            return Ok(Vec::new());
        }
        std::thread::sleep(LOOK_EVERY);
    }
    let for_so_long = format!("for {} s while the doctor watched", patience.as_secs());
    let mut faults = Vec::new();
    if first.unstored > 0 {
        faults.push(format!(
            "{} deliveries were acknowledged and are not in library.db, and none was written there {for_so_long}; see that the \
             disk has room and that library.db can be written",
            first.unstored
        ));
    }
    if first.stored > first.shown {
        faults.push(format!(
            "deliveries after {} wait to be shown, and none was {for_so_long}; see that the disk has room, and look at the log",
            first.shown.0
        ));
    }
    Ok(faults.into_iter().map(Fault).collect())
}

/// How far deliveries have come on their way from the journal to what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Progress {
    /// In the journal and not in the log.
    unstored: u64,
    /// The last one in the log.
    stored: DeliveryId,
    /// The last one that is projected.
    shown: DeliveryId,
    /// In the log and not projected.
    unshown: u64,
}

impl Progress {
    /// The log is read after the journal, so that what moves from one to the other meanwhile does not count.
    fn read(folder: &Folder, connection: &Connection) -> Result<Self, LibraryError> {
        let spooled = journal::read_beside(&folder.journal())?;
        let stored = deliveries::last_given(connection)?;
        let shown =
            followers::follower(connection, followers::PROJECTION)?.map_or(DeliveryId(0), |state| state.through);
        let unshown = connection
            .query_row("SELECT count(*) FROM deliveries WHERE id > ?1", [shown], |row| row.get::<_, i64>(0))?;
        let unstored = spooled.into_iter().filter(|id| *id > stored).count() as u64;
        Ok(Self { unstored, stored: deliveries::last(connection)?, shown, unshown: unshown as u64 })
    }

    fn waiting(&self) -> u64 {
        self.unstored + self.unshown
    }
}

/// What is wrong, and the query that counts the rows for which it is so.
const RULES: &[(&str, &str)] = &[
    (
        "deliveries should have become events and have not; run lysbord rebuild",
        "SELECT count(*) FROM deliveries d WHERE outcome = 'event' AND id <= (SELECT through FROM followers WHERE name = 'projection')
            AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = d.id)
            AND NOT EXISTS (SELECT 1 FROM set_aside s WHERE s.delivery = d.id)",
    ),
    (
        "deliveries are shown and set aside at once; run lysbord rebuild",
        "SELECT count(*) FROM set_aside s WHERE EXISTS (SELECT 1 FROM events e WHERE e.id = s.delivery)",
    ),
    ("events belong to no asset; run lysbord rebuild", "SELECT count(*) FROM events WHERE asset IS NULL"),
    (
        "events belong to an asset that is not there; run lysbord rebuild",
        "SELECT count(*) FROM events e WHERE asset IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM assets a WHERE a.id = e.asset)",
    ),
    (
        "assets have another history than their events; run lysbord rebuild",
        "SELECT count(*) FROM (SELECT asset, count(*) AS steps FROM events WHERE asset IS NOT NULL GROUP BY asset) e
            LEFT JOIN (SELECT asset, count(*) AS steps FROM moments GROUP BY asset) m ON m.asset = e.asset
            WHERE m.steps IS NOT e.steps",
    ),
    (
        "events have no delivery; run lysbord rebuild",
        "SELECT count(*) FROM events e WHERE NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.id = e.id)",
    ),
    (
        "assets have no event; run lysbord rebuild",
        "SELECT count(*) FROM assets a WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.asset = a.id)",
    ),
    (
        "assets cannot be found by search; run lysbord rebuild",
        "SELECT count(*) FROM assets WHERE search_stale NOT IN (0, 1)",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::fotoware::HookKind;
    use crate::library::{Incoming, Library};

    /// What breaks each of the rules, in their order.
    const BROKEN_BY: [&str; RULES.len()] = [
        "DELETE FROM events WHERE id = 1",
        "INSERT INTO set_aside VALUES (1, 'unreadable', '', '')",
        "UPDATE events SET asset = NULL WHERE id = 1",
        "UPDATE events SET asset = 99 WHERE id = 1",
        "DELETE FROM moments WHERE event = 1",
        "DELETE FROM deliveries WHERE id = 1",
        "DELETE FROM events WHERE id = 1",
        "UPDATE assets SET search_stale = 2 WHERE id = (SELECT asset FROM events WHERE id = 1)",
        "UPDATE renditions SET state = 'kept', blob = zeroblob(32) WHERE event = 1 AND role = 'preview'",
        "DELETE FROM renditions WHERE event = 1",
    ];

    #[tokio::test]
    async fn each_rule_tells_when_it_is_broken() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::create(&dir.path().join("data")).unwrap();
        let (library, thread) = Library::open(&folder, Box::new(|_| {})).unwrap();
        for id in 1..4 {
            let body = format!(r#"{{"id": "{id}", "href": "https://a.example/{id}.jpg.info", "data": {{}}}}"#);
            let incoming = Incoming::new(HookKind::Ingested, None, body.as_bytes(), Timestamp(id)).unwrap();
            library.take_in(incoming).await.unwrap();
        }
        library.caught_up().await.unwrap();
        library.close().await;
        tokio::task::spawn_blocking(|| thread.join()).await.unwrap();
        assert_eq!(check_up(&folder).unwrap().faults, []);

        let connection = Connection::open(folder.library()).unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        for ((what, _), broken_by) in RULES.iter().zip(BROKEN_BY) {
            let transaction = connection.unchecked_transaction().unwrap();
            assert!(transaction.execute(broken_by, []).unwrap() > 0, "{broken_by}");
            let told = look(&transaction).unwrap().faults;
            assert!(told.contains(&Fault(format!("1 {what}"))), "{broken_by}: {told:?}");
        }
    }
}
