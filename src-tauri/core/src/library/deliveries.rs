//! The table of deliveries: the log of everything that came in, and the only truth that the rest is made from.

use std::collections::HashSet;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::incoming::{Accepted, Dedupe};
use super::packing::unpack;
use super::pending::Kept;
use super::set_aside::{SetAside, Why};
use super::{DeliveryId, LibraryError};
use crate::clock::Moment;
use crate::fotoware::{HookKind, Notice, Pictures, Unreadable, pictures};
use crate::supervise::caught;

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedDelivery {
    pub id: DeliveryId,
    pub received: Moment,
    pub kind: String,
    pub content_type: Option<String>,
    /// `event`, `duplicate` or `unreadable`; `damaged` if its body changed on this disk; `set_aside` if what shows it failed.
    pub outcome: String,
    pub problem: Option<String>,
    /// Bytes as received.
    pub size: u64,
    pub asset_id: Option<String>,
    pub filename: Option<String>,
}

/// A delivery as the projection wants it.
#[derive(Debug)]
pub(super) struct StoredDelivery {
    pub id: DeliveryId,
    pub received: Moment,
    pub dedupe: Dedupe,
    pub notice: Box<Notice>,
    /// Where its pictures are, unless it is written down already which the event should have.
    pub pictures: Option<Pictures>,
}

impl StoredDelivery {
    /// Forgets what is in the event's row already and nothing that is replayed asks for.
    pub(super) fn leave_what_is_replayed(&mut self) {
        let notice = &mut *self.notice;
        (notice.webhook_id, notice.operation) = (None, None);
        if notice.labels.is_empty() {
            notice.tenant.clear();
        }
        notice.state.facts.clear();
    }
}

/// Appends to the log.
pub(super) fn append(transaction: &Transaction<'_>, kept: &Kept) -> Result<(), LibraryError> {
    let Kept { record, accepted } = kept;
    let outcome = match accepted {
        Accepted::Event(_) => "event",
        Accepted::Duplicate(_) => "duplicate",
        Accepted::Unreadable(_) => "unreadable",
    };
    let mut insert = transaction.prepare_cached(
        "INSERT INTO deliveries (id, received_ms, kind, content_type, outcome, problem, dedupe, size, body, import)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    insert.execute(params![
        record.id,
        record.received.0,
        record.hook.as_str(),
        record.content_type,
        outcome,
        record.problem,
        record.dedupe,
        record.size as i64,
        record.packed,
        record.origin.import(),
    ])?;
    Ok(())
}

/// What tells the deliveries above `after` that make events. Those that SQLite cannot read are left out: should one come
/// again, that is found out when it is projected.
pub(super) fn dedupes_after(connection: &Connection, after: DeliveryId) -> Result<HashSet<Dedupe>, LibraryError> {
    let mut select = connection.prepare_cached("SELECT dedupe FROM deliveries WHERE id > ?1 AND outcome = 'event'")?;
    let mut rows = select.query([after])?;
    let mut dedupes = HashSet::new();
    loop {
        match rows.next().map_err(LibraryError::from) {
            Ok(Some(row)) => dedupes.insert(row.get(0)?),
            Ok(None) => return Ok(dedupes),
            Err(error) if error.is_corruption() => return Ok(dedupes),
            Err(error) => return Err(error),
        };
    }
}

/// Says that a delivery is no event, as an earlier one or a later one told the same.
pub(super) fn is_duplicate(transaction: &Transaction<'_>, id: DeliveryId) -> Result<(), LibraryError> {
    transaction.prepare_cached("UPDATE deliveries SET outcome = 'duplicate' WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// A part of the log, as the projection wants it.
#[derive(Debug, Default)]
pub(super) struct Portion {
    /// In order of arrival.
    pub events: Vec<StoredDelivery>,
    /// Those that cannot be read.
    pub set_aside: Vec<SetAside>,
    /// The last delivery that was looked at, or `None` at the end of the log.
    pub last: Option<DeliveryId>,
}

impl Portion {
    /// What tells its deliveries from others, as far as that can be read.
    pub(super) fn dedupes(&self) -> impl Iterator<Item = &Dedupe> {
        let events = self.events.iter().map(|delivery| &delivery.dedupe);
        events.chain(self.set_aside.iter().filter_map(|passed| passed.dedupe.as_ref()))
    }
}

/// Reads what is above `after`, at most `limit` lines of the log.
pub(super) fn events_after(connection: &Connection, after: DeliveryId, limit: usize) -> Result<Portion, LibraryError> {
    let PackedPortion { deliveries, mut set_aside, last } = packed_after(connection, after, limit, after)?;
    let mut events = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        match delivery.read() {
            Ok(event) => events.push(event),
            Err(passed_over) => set_aside.push(passed_over),
        }
    }
    Ok(Portion { events, set_aside, last })
}

/// Reads one delivery that came as an event; `None` if there is no such delivery.
pub(super) fn event(
    connection: &Connection,
    id: DeliveryId,
) -> Result<Option<Result<StoredDelivery, SetAside>>, LibraryError> {
    let packed = one_packed(connection, id, DeliveryId(0))?;
    Ok(packed.map(|packed| packed.and_then(PackedDelivery::read)))
}

/// An event's delivery as it lies in the log.
pub(super) struct PackedDelivery {
    id: DeliveryId,
    received: Moment,
    hook: HookKind,
    dedupe: Dedupe,
    size: u64,
    body: Vec<u8>,
    expects_pictures: bool,
}

impl PackedDelivery {
    pub(super) fn id(&self) -> DeliveryId {
        self.id
    }

    /// Unpacks and reads it. Whatever is wrong with it is its own affair, a panic over it included.
    pub(super) fn read(self) -> Result<StoredDelivery, SetAside> {
        let Self { id, received, hook, dedupe, size, body, expects_pictures } = self;
        let set_aside = |why, reason: String| SetAside { delivery: id, why, dedupe: Some(dedupe), reason };
        let body = unpack(&body, size).map_err(|damage| set_aside(Why::Damaged, damage.to_string()))?;
        let read = || {
            let notice = Notice::read(hook, &body)?;
            Ok((Box::new(notice), (!expects_pictures).then(|| pictures(&body))))
        };
        let (notice, pictures) = caught(read)
            .map_err(|panicked| set_aside(Why::Failed, panicked.to_string()))?
            .map_err(|why: Unreadable| set_aside(Why::Unreadable, why.to_string()))?;
        Ok(StoredDelivery { id, received, dedupe, notice, pictures })
    }
}

/// A part of the log, for others to read.
#[derive(Default)]
pub(super) struct PackedPortion {
    /// In order of arrival.
    pub deliveries: Vec<PackedDelivery>,
    /// Those that SQLite itself cannot read.
    pub set_aside: Vec<SetAside>,
    /// The last line that was looked at, or `None` at the end of the log.
    pub last: Option<DeliveryId>,
}

/// As [`events_after`], but leaves the reading to others. What is projected through `projected` has its pictures written
/// down as expected; what is not may have some that came before it.
pub(super) fn packed_after(
    connection: &Connection,
    after: DeliveryId,
    limit: usize,
    projected: DeliveryId,
) -> Result<PackedPortion, LibraryError> {
    match packed_in_a_row(connection, after, limit, projected) {
        Err(error) if error.is_corruption() => packed_one_by_one(connection, after, limit, projected),
        portion => portion,
    }
}

macro_rules! packed_columns {
    () => {
        "id, received_ms, kind, dedupe, size, body,
            id <= ?2 AND EXISTS (SELECT 1 FROM renditions r WHERE r.event = d.id), outcome"
    };
}

fn packed_in_a_row(
    connection: &Connection,
    after: DeliveryId,
    limit: usize,
    projected: DeliveryId,
) -> Result<PackedPortion, LibraryError> {
    let mut select = connection.prepare_cached(concat!(
        "SELECT ",
        packed_columns!(),
        " FROM deliveries d WHERE id > ?1 ORDER BY id LIMIT ?3"
    ))?;
    let mut rows = select.query(params![after, projected, limit as i64])?;
    let mut portion = PackedPortion::default();
    while let Some(row) = rows.next()? {
        portion.last = Some(row.get(0)?);
        portion.deliveries.extend(packed(row)?);
    }
    Ok(portion)
}

/// The same where a page of the log is damaged: the index still knows which deliveries there are.
fn packed_one_by_one(
    connection: &Connection,
    after: DeliveryId,
    limit: usize,
    projected: DeliveryId,
) -> Result<PackedPortion, LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT id FROM deliveries INDEXED BY deliveries_by_outcome WHERE outcome = 'event' AND id > ?1
         ORDER BY id LIMIT ?2",
    )?;
    let ids = select.query_map(params![after, limit as i64], |row| row.get(0))?;
    let mut portion = PackedPortion::default();
    for id in ids.collect::<Result<Vec<DeliveryId>, _>>()? {
        portion.last = Some(id);
        match one_packed(connection, id, projected)? {
            Some(Ok(delivery)) => portion.deliveries.push(delivery),
            Some(Err(set_aside)) => portion.set_aside.push(set_aside),
            None => {}
        }
    }
    Ok(portion)
}

fn one_packed(
    connection: &Connection,
    id: DeliveryId,
    projected: DeliveryId,
) -> Result<Option<Result<PackedDelivery, SetAside>>, LibraryError> {
    let mut select =
        connection.prepare_cached(concat!("SELECT ", packed_columns!(), " FROM deliveries d WHERE id = ?1"))?;
    let read = select.query_row(params![id, projected], |row| packed(row)).optional().map_err(LibraryError::from);
    match read {
        Ok(read) => Ok(read.flatten().map(Ok)),
        Err(error) if error.is_corruption() => {
            Ok(Some(Err(SetAside { delivery: id, why: Why::Damaged, dedupe: None, reason: error.to_string() })))
        }
        Err(error) => Err(error),
    }
}

/// A delivery out of its row, if it came as an event.
fn packed(row: &Row<'_>) -> rusqlite::Result<Option<PackedDelivery>> {
    if row.get_ref(7)?.as_str().ok() != Some("event") {
        return Ok(None);
    }
    Ok(Some(PackedDelivery {
        id: row.get(0)?,
        received: Moment(row.get(1)?),
        hook: hook(row.get_ref(2)?),
        dedupe: row.get(3)?,
        size: row.get::<_, i64>(4)? as u64,
        body: row.get(5)?,
        expects_pictures: row.get(6)?,
    }))
}

/// How many deliveries are events.
pub(super) fn event_count(connection: &Connection) -> Result<u64, LibraryError> {
    let select = "SELECT count(*) FROM deliveries WHERE outcome = 'event'";
    Ok(connection.query_row(select, [], |row| row.get::<_, i64>(0))? as u64)
}

/// The notice of one delivery, read again from its body. Its secrets are gone. `None` if there is no such delivery or its
/// body is damaged: what else is known of the asset is shown without it, and the doctor tells.
pub(super) fn notice(connection: &Connection, id: DeliveryId) -> Result<Option<Notice>, LibraryError> {
    let mut select = connection.prepare_cached("SELECT kind, size, body FROM deliveries WHERE id = ?1")?;
    let read = select.query_row([id], |row| {
        let packed = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        Ok((hook(row.get_ref(0)?), unpack(packed, row.get::<_, i64>(1)? as u64)))
    });
    let (hook, body) = match read.optional().map_err(LibraryError::from) {
        Ok(Some((hook, Ok(body)))) => (hook, body),
        Ok(None) => return Ok(None),
        Ok(Some((_, Err(damage)))) => {
            tracing::warn!(delivery = id.0, %damage, "the body of a delivery is damaged on this disk");
            return Ok(None);
        }
        Err(error) if error.is_corruption() => {
            tracing::warn!(delivery = id.0, %error, "the body of a delivery is damaged on this disk");
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    Ok(Notice::read(hook, &body).ok())
}

fn hook(kind: ValueRef<'_>) -> HookKind {
    kind.as_str().ok().and_then(HookKind::parse).unwrap_or(HookKind::Any)
}

/// The highest number in the log.
pub(super) fn last(connection: &Connection) -> Result<DeliveryId, LibraryError> {
    Ok(connection.query_row("SELECT coalesce(max(id), 0) FROM deliveries", [], |row| row.get(0))?)
}

/// The highest number that was ever given to a row: none is given twice, also when its row is taken away.
pub(super) fn last_given(connection: &Connection) -> Result<DeliveryId, LibraryError> {
    let select = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'deliveries'";
    Ok(connection.query_row(select, [], |row| row.get(0))?)
}

/// When the latest delivery came.
pub fn last_received(connection: &Connection) -> Result<Option<Moment>, LibraryError> {
    let select = "SELECT received_ms FROM deliveries ORDER BY id DESC LIMIT 1";
    Ok(connection.query_row(select, [], |row| row.get(0).map(Moment)).optional()?)
}

/// The log, newest first, below `before` if given; of one outcome, or of all.
pub fn log(
    connection: &Connection,
    outcome: Option<&str>,
    before: Option<DeliveryId>,
    limit: usize,
) -> Result<Vec<LoggedDelivery>, LibraryError> {
    let listed = if outcome.is_some() { OF_OUTCOME } else { ALL };
    let mut select = connection.prepare_cached(&format!(
        "SELECT d.id, d.received_ms, d.kind, d.content_type, coalesce(s.outcome, d.outcome),
            coalesce(s.reason, d.problem), d.size, a.public_id, e.filename
         FROM ({listed}) listed
         JOIN deliveries d ON d.id = listed.id
         LEFT JOIN set_aside s ON s.delivery = d.id
         LEFT JOIN events e ON e.id = CASE d.outcome
            WHEN 'duplicate' THEN (SELECT id FROM events WHERE public_id = lower(hex(d.dedupe))) ELSE d.id END
         LEFT JOIN assets a ON a.id = e.asset
         ORDER BY d.id DESC"
    ))?;
    let before = before.map_or(i64::MAX, |id| id.0);
    let limit = limit as i64;
    let mut named: Vec<(&str, &dyn rusqlite::ToSql)> = vec![(":before", &before), (":limit", &limit)];
    if let Some(outcome) = &outcome {
        named.push((":outcome", outcome));
    }
    let lines = select.query_map(named.as_slice(), |row| {
        Ok(LoggedDelivery {
            id: row.get(0)?,
            received: Moment(row.get(1)?),
            kind: row.get(2)?,
            content_type: row.get(3)?,
            outcome: row.get(4)?,
            problem: row.get(5)?,
            size: row.get::<_, i64>(6)? as u64,
            asset_id: row.get(7)?,
            filename: row.get(8)?,
        })
    })?;
    Ok(lines.collect::<Result<_, _>>()?)
}

const ALL: &str = "SELECT id FROM deliveries WHERE id < :before ORDER BY id DESC LIMIT :limit";

/// What is set aside says what it is itself; all others are what they came as.
const OF_OUTCOME: &str = "SELECT id FROM deliveries WHERE outcome = :outcome AND id < :before
        AND NOT EXISTS (SELECT 1 FROM set_aside WHERE delivery = id)
     UNION ALL SELECT delivery FROM set_aside WHERE outcome = :outcome AND delivery < :before
     ORDER BY 1 DESC LIMIT :limit";

/// A delivery as it was kept, whatever became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDelivery {
    pub content_type: Option<String>,
    /// As it came, secrets redacted.
    pub body: Vec<u8>,
}

/// A delivery as it was kept; `None` if there is no such delivery. One that is damaged on this disk is an error.
pub fn kept_delivery(connection: &Connection, id: DeliveryId) -> Result<Option<KeptDelivery>, LibraryError> {
    let damaged = |why: String| LibraryError::Damaged { delivery: id.0, why };
    let mut select = connection.prepare_cached("SELECT content_type, size, body FROM deliveries WHERE id = ?1")?;
    let kept = select.query_row([id], |row| {
        let packed = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        Ok((row.get(0)?, unpack(packed, row.get::<_, i64>(1)? as u64)))
    });
    match kept.optional().map_err(LibraryError::from) {
        Ok(Some((content_type, body))) => {
            let body = body.map_err(|damage| damaged(damage.to_string()))?;
            Ok(Some(KeptDelivery { content_type, body }))
        }
        Ok(None) => Ok(None),
        Err(error) if error.is_corruption() => Err(damaged(error.to_string())),
        Err(error) => Err(error),
    }
}

/// The body of a delivery as it came, secrets redacted. As [`kept_delivery`].
pub fn body(connection: &Connection, id: DeliveryId) -> Result<Option<Vec<u8>>, LibraryError> {
    Ok(kept_delivery(connection, id)?.map(|kept| kept.body))
}

#[cfg(test)]
mod tests {
    use super::super::{connection, packing};
    use super::*;

    #[test]
    fn where_pictures_are_is_read_unless_all_are_expected_already() {
        let dir = tempfile::tempdir().unwrap();
        let connection = connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        let body = br#"{"href": "https://x.example/a.jpg.info", "thumbnail-href": "/t.jpg", "preview-href": "/p.jpg"}"#;
        let mut delivery = connection
            .prepare(
                "INSERT INTO deliveries (id, received_ms, kind, outcome, dedupe, size, body)
                 VALUES (?1, 1, 'modified', 'event', zeroblob(16), 1, ?2)",
            )
            .unwrap();
        for id in [1, 2, 3] {
            delivery.execute(params![id, packing::pack(body).unwrap()]).unwrap();
        }
        connection
            .execute_batch(
                "INSERT INTO renditions (event, role, state) VALUES
                 (1, 'thumbnail', 'waiting'), (1, 'preview', 'waiting'), (3, 'thumbnail', 'missing')",
            )
            .unwrap();
        let packed = packed_after(&connection, DeliveryId(0), 9, DeliveryId(2)).unwrap().deliveries;
        let known = packed.into_iter().map(|delivery| delivery.read().unwrap().pictures.is_none());
        assert_eq!(known.collect::<Vec<_>>(), [true, false, false]);
        let events = events_after(&connection, DeliveryId(2), 9).unwrap().events;
        assert_eq!(events[0].pictures, Some(pictures(body)), "its thumbnail came before it");
    }
}
