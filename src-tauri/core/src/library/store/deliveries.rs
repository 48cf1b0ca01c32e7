//! The table of deliveries: the log of everything that came in, and the only truth that the rest is made from.

use std::collections::HashSet;
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::clock::Timestamp;
use crate::fotoware::{HookKind, Notice, Pictures, Unreadable, pictures};
use crate::library::error::LibraryError;
use crate::library::store::body_codec::unpack;
use crate::library::store::delivery_record::{Accepted, Dedupe, Record};
use crate::library::store::envelopes;
use crate::library::store::ids::DeliveryId;
use crate::library::store::set_aside::{SetAside, Why};
use crate::library::store::words::DeliveryOutcome;
use crate::supervise::caught;

/// A delivery as the projection wants it.
#[derive(Debug)]
pub(in crate::library) struct StoredDelivery {
    pub id: DeliveryId,
    pub received: Timestamp,
    pub dedupe: Dedupe,
    pub notice: Box<Notice>,
    /// Where its pictures are. `None` if its renditions have rows already.
    pub pictures: Option<Pictures>,
}

impl StoredDelivery {
    /// Drops what the replay does not read, to save space while it is spilled.
    pub(in crate::library) fn leave_what_is_replayed(&mut self) {
        let notice = &mut *self.notice;
        (notice.webhook_id, notice.operation) = (None, None);
        if notice.labels.is_empty() {
            notice.tenant.clear();
        }
    }
}

/// Inserts a row of the log. `took` is the time until it was answered, `None` if nobody heard the answer.
pub(in crate::library) fn append(
    transaction: &Transaction<'_>,
    record: &Record,
    accepted: Accepted,
    took: Option<Duration>,
) -> Result<(), LibraryError> {
    let outcome = match accepted {
        Accepted::Event(_) => DeliveryOutcome::Event,
        Accepted::Duplicate(_) => DeliveryOutcome::Duplicate,
        Accepted::Unreadable(_) => DeliveryOutcome::Unreadable,
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
    record.envelope.as_ref().map_or(Ok(()), |envelope| envelopes::append(transaction, record.id, envelope, took))
}

/// The deduplication keys of the events above `after`. Rows that SQLite cannot read are left out: if such a delivery
/// comes again, the projection finds out.
pub(in crate::library) fn dedupes_after(
    connection: &Connection,
    after: DeliveryId,
) -> Result<HashSet<Dedupe>, LibraryError> {
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

/// Marks a delivery as a duplicate, as another one is the event.
pub(in crate::library) fn is_duplicate(transaction: &Transaction<'_>, id: DeliveryId) -> Result<(), LibraryError> {
    transaction.prepare_cached("UPDATE deliveries SET outcome = 'duplicate' WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Consecutive rows of the log, read for the projection.
#[derive(Debug, Default)]
pub(in crate::library) struct Portion {
    /// In order of arrival.
    pub events: Vec<StoredDelivery>,
    /// Those that cannot be read.
    pub set_aside: Vec<SetAside>,
    /// The last row that was looked at, or `None` at the end of the log.
    pub last: Option<DeliveryId>,
}

impl Portion {
    /// The deduplication keys of its deliveries, as far as they can be read.
    pub(in crate::library) fn dedupes(&self) -> impl Iterator<Item = &Dedupe> {
        let events = self.events.iter().map(|delivery| &delivery.dedupe);
        events.chain(self.set_aside.iter().filter_map(|passed| passed.dedupe.as_ref()))
    }
}

/// Reads at most `limit` rows of the log above `after`.
pub(in crate::library) fn events_after(
    connection: &Connection,
    after: DeliveryId,
    limit: usize,
) -> Result<Portion, LibraryError> {
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
pub(in crate::library) fn event(
    connection: &Connection,
    id: DeliveryId,
) -> Result<Option<Result<StoredDelivery, SetAside>>, LibraryError> {
    let packed = one_packed(connection, id, DeliveryId(0))?;
    Ok(packed.map(|packed| packed.and_then(PackedDelivery::read)))
}

/// The events among these deliveries, in this order.
pub(in crate::library) fn events_of(connection: &Connection, ids: &[DeliveryId]) -> Result<Portion, LibraryError> {
    let mut portion = Portion::default();
    for id in ids {
        match one_packed(connection, *id, *id)?.map(|packed| packed.and_then(PackedDelivery::read)) {
            Some(Ok(event)) => portion.events.push(event),
            Some(Err(passed_over)) => portion.set_aside.push(passed_over),
            None => {}
        }
    }
    Ok(portion)
}

/// An event's delivery as it lies in the log.
pub(in crate::library) struct PackedDelivery {
    id: DeliveryId,
    received: Timestamp,
    hook: HookKind,
    content_type: Option<String>,
    dedupe: Dedupe,
    size: u64,
    body: Vec<u8>,
    expects_pictures: bool,
}

impl PackedDelivery {
    pub(in crate::library) fn id(&self) -> DeliveryId {
        self.id
    }

    /// Unpacks and reads it. Fails with the reason to set it aside; that may be a panic.
    pub(in crate::library) fn read(self) -> Result<StoredDelivery, SetAside> {
        let Self { id, received, hook, content_type, dedupe, size, body, expects_pictures } = self;
        let content_type = content_type.as_deref();
        let set_aside = |why, reason: String| SetAside { delivery: id, why, dedupe: Some(dedupe), reason };
        let body = unpack(&body, size).map_err(|damage| set_aside(Why::Damaged, damage.to_string()))?;
        let read = || {
            let notice = Notice::read(hook, content_type, &body)?;
            Ok((Box::new(notice), (!expects_pictures).then(|| pictures(content_type, &body))))
        };
        let (notice, pictures) = caught(read)
            .map_err(|panicked| set_aside(Why::Failed, panicked.to_string()))?
            .map_err(|why: Unreadable| set_aside(Why::Unreadable, why.to_string()))?;
        Ok(StoredDelivery { id, received, dedupe, notice, pictures })
    }
}

/// Consecutive rows of the log, not unpacked yet.
#[derive(Default)]
pub(in crate::library) struct PackedPortion {
    /// In order of arrival.
    pub deliveries: Vec<PackedDelivery>,
    /// Those that SQLite itself cannot read.
    pub set_aside: Vec<SetAside>,
    /// The last line that was looked at, or `None` at the end of the log.
    pub last: Option<DeliveryId>,
}

/// As [`events_after`], without unpacking. Up to `projected` all renditions of an event have rows; above it some may,
/// if their pictures came first.
pub(in crate::library) fn packed_after(
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
            id <= ?2 AND EXISTS (SELECT 1 FROM renditions r WHERE r.event = d.id), outcome, content_type"
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

/// As [`packed_in_a_row`], for a log with a damaged page: the index still knows which deliveries there are.
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
    let read = select.query_row(params![id, projected], packed).optional().map_err(LibraryError::from);
    match read {
        Ok(read) => Ok(read.flatten().map(Ok)),
        Err(error) if error.is_corruption() => {
            Ok(Some(Err(SetAside { delivery: id, why: Why::Damaged, dedupe: None, reason: error.to_string() })))
        }
        Err(error) => Err(error),
    }
}

/// `None` if the delivery did not come as an event.
fn packed(row: &Row<'_>) -> rusqlite::Result<Option<PackedDelivery>> {
    if row.get_ref(7)?.as_str().ok() != Some(DeliveryOutcome::Event.as_str()) {
        return Ok(None);
    }
    Ok(Some(PackedDelivery {
        id: row.get(0)?,
        received: Timestamp(row.get(1)?),
        hook: hook(row.get_ref(2)?),
        content_type: row.get(8)?,
        dedupe: row.get(3)?,
        size: row.get::<_, i64>(4)? as u64,
        body: row.get(5)?,
        expects_pictures: row.get(6)?,
    }))
}

/// How many deliveries are events.
pub(in crate::library) fn event_count(connection: &Connection) -> Result<u64, LibraryError> {
    let select = "SELECT count(*) FROM deliveries WHERE outcome = 'event'";
    Ok(connection.query_row(select, [], |row| row.get::<_, i64>(0))? as u64)
}

/// The notice of one delivery, read again from its body. Its secrets are gone. `None` if there is no such delivery or
/// its body is damaged: what else is known of the asset is shown without it, and the doctor tells.
pub(in crate::library) fn notice(connection: &Connection, id: DeliveryId) -> Result<Option<Notice>, LibraryError> {
    let mut select =
        connection.prepare_cached("SELECT kind, size, body, content_type FROM deliveries WHERE id = ?1")?;
    let read = select.query_row([id], |row| {
        let packed = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        let content_type: Option<String> = row.get(3)?;
        Ok((hook(row.get_ref(0)?), content_type, unpack(packed, row.get::<_, i64>(1)? as u64)))
    });
    let (hook, content_type, body) = match read.optional().map_err(LibraryError::from) {
        Ok(Some((hook, content_type, Ok(body)))) => (hook, content_type, body),
        Ok(None) => return Ok(None),
        Ok(Some((_, _, Err(damage)))) => {
            tracing::warn!(delivery = id.0, %damage, "the body of a delivery is damaged on this disk");
            return Ok(None);
        }
        Err(error) if error.is_corruption() => {
            tracing::warn!(delivery = id.0, %error, "the body of a delivery is damaged on this disk");
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    Ok(Notice::read(hook, content_type.as_deref(), &body).ok())
}

fn hook(kind: ValueRef<'_>) -> HookKind {
    kind.as_str().ok().and_then(HookKind::parse).unwrap_or(HookKind::Any)
}

/// Whether a delivery had a row in the log that was removed.
pub(in crate::library) fn was_taken_away(connection: &Connection, id: DeliveryId) -> Result<bool, LibraryError> {
    let mut select = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM deliveries WHERE id = ?1)")?;
    Ok(!select.query_row([id], |row| row.get::<_, bool>(0))? && id <= last_given(connection)?)
}

/// The highest id in the log; 0 if it is empty.
pub(in crate::library) fn last(connection: &Connection) -> Result<DeliveryId, LibraryError> {
    Ok(connection.query_row("SELECT coalesce(max(id), 0) FROM deliveries", [], |row| row.get(0))?)
}

/// The highest id that a row ever had. No id is given twice, even if its row is removed.
pub(in crate::library) fn last_given(connection: &Connection) -> Result<DeliveryId, LibraryError> {
    let select = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'deliveries'";
    Ok(connection.query_row(select, [], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::{body_codec, connection};

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
            delivery.execute(params![id, body_codec::pack(body).unwrap()]).unwrap();
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
        assert_eq!(events[0].pictures, Some(pictures(None, body)), "its thumbnail came before it");
    }
}
