//! The table of deliveries: the log of everything that came in, and the only truth that the rest is made from.

use std::collections::HashSet;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Transaction, params};

use crate::clock::Moment;
use crate::fotoware::{HookKind, Notice, Pictures, pictures};
use crate::library::error::LibraryError;
use crate::library::store::body_codec::unpack;
use crate::library::store::delivery_record::{Accepted, Dedupe, Record};
use crate::library::store::ids::DeliveryId;

/// A delivery as the projection wants it.
#[derive(Debug)]
pub(in crate::library) struct StoredDelivery {
    pub id: DeliveryId,
    pub received: Moment,
    pub dedupe: Dedupe,
    pub notice: Box<Notice>,
    /// Where its pictures are, unless it is written down already which the event should have.
    pub pictures: Option<Pictures>,
}

impl StoredDelivery {
    /// Forgets what is in the event's row already and nothing that is replayed asks for.
    pub(in crate::library) fn leave_what_is_replayed(&mut self) {
        let notice = &mut *self.notice;
        (notice.webhook_id, notice.operation) = (None, None);
        notice.tenant.clear();
        notice.state.facts.clear();
    }
}

/// Appends to the log.
pub(in crate::library) fn append(
    transaction: &Transaction<'_>,
    record: &Record,
    accepted: Accepted,
) -> Result<(), LibraryError> {
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

/// What tells the deliveries above `after` that make events.
pub(in crate::library) fn dedupes_after(
    connection: &Connection,
    after: DeliveryId,
) -> Result<HashSet<Dedupe>, LibraryError> {
    let mut select = connection.prepare_cached("SELECT dedupe FROM deliveries WHERE id > ?1 AND outcome = 'event'")?;
    let dedupes = select.query_map([after], |row| row.get(0))?;
    Ok(dedupes.collect::<Result<_, _>>()?)
}

/// Events above `after` in order of arrival, at most `limit` log lines' worth. The second value is the last log line
/// looked at, or `None` at the end of the log. A body that could once be read and cannot now is passed over.
pub(in crate::library) fn events_after(
    connection: &Connection,
    after: DeliveryId,
    limit: usize,
) -> Result<(Vec<StoredDelivery>, Option<DeliveryId>), LibraryError> {
    let (packed, last) = packed_after(connection, after, limit, after)?;
    let stored = packed.into_iter().filter_map(|delivery| delivery.read().transpose());
    Ok((stored.collect::<Result<_, _>>()?, last))
}

/// The events among these deliveries, in this order. A body that could once be read and cannot now is passed over.
pub(in crate::library) fn events_of(
    connection: &Connection,
    ids: &[DeliveryId],
) -> Result<Vec<StoredDelivery>, LibraryError> {
    let mut events = Vec::with_capacity(ids.len());
    for id in ids {
        let (packed, _) = packed_after(connection, DeliveryId(id.0 - 1), 1, *id)?;
        for delivery in packed {
            events.extend(delivery.read()?);
        }
    }
    Ok(events)
}

/// An event's delivery as it lies in the log.
pub(in crate::library) struct PackedDelivery {
    id: DeliveryId,
    received: Moment,
    hook: HookKind,
    content_type: Option<String>,
    dedupe: Dedupe,
    body: Vec<u8>,
    expects_pictures: bool,
}

impl PackedDelivery {
    /// A body that could once be read and cannot now is passed over.
    pub(in crate::library) fn read(self) -> Result<Option<StoredDelivery>, LibraryError> {
        let Self { id, received, hook, content_type, dedupe, body, expects_pictures } = self;
        let content_type = content_type.as_deref();
        let body = unpack(&body)?;
        match Notice::read(hook, content_type, &body) {
            Ok(notice) => {
                let pictures = (!expects_pictures).then(|| pictures(content_type, &body));
                Ok(Some(StoredDelivery { id, received, dedupe, notice: Box::new(notice), pictures }))
            }
            Err(why) => {
                tracing::warn!(delivery = id.0, %why, "a kept delivery cannot be read any more");
                Ok(None)
            }
        }
    }
}

/// As [`events_after`], but for others to read. What is projected through `projected` has its pictures written down as
/// expected; what is not may have some that came before it.
pub(in crate::library) fn packed_after(
    connection: &Connection,
    after: DeliveryId,
    limit: usize,
    projected: DeliveryId,
) -> Result<(Vec<PackedDelivery>, Option<DeliveryId>), LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT id, received_ms, kind, dedupe, body,
            id <= ?3 AND EXISTS (SELECT 1 FROM renditions r WHERE r.event = d.id), outcome, content_type
         FROM deliveries d WHERE id > ?1 ORDER BY id LIMIT ?2",
    )?;
    let mut rows = select.query(params![after, limit as i64, projected])?;
    let (mut packed, mut last) = (Vec::new(), None);
    while let Some(row) = rows.next()? {
        let id: DeliveryId = row.get(0)?;
        last = Some(id);
        if row.get_ref(6)?.as_str().is_ok_and(|outcome| outcome == "event") {
            packed.push(PackedDelivery {
                id,
                received: Moment(row.get(1)?),
                hook: hook(row.get_ref(2)?),
                content_type: row.get(7)?,
                dedupe: row.get(3)?,
                body: row.get(4)?,
                expects_pictures: row.get(5)?,
            });
        }
    }
    Ok((packed, last))
}

/// How many deliveries are events.
pub(in crate::library) fn event_count(connection: &Connection) -> Result<u64, LibraryError> {
    let select = "SELECT count(*) FROM deliveries WHERE outcome = 'event'";
    Ok(connection.query_row(select, [], |row| row.get::<_, i64>(0))? as u64)
}

/// The notice of one delivery, read again from its body. Its secrets are gone.
pub(in crate::library) fn notice(connection: &Connection, id: DeliveryId) -> Result<Option<Notice>, LibraryError> {
    let mut select = connection.prepare_cached("SELECT kind, body, content_type FROM deliveries WHERE id = ?1")?;
    let mut rows = select.query([id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let body = unpack(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
    let content_type: Option<String> = row.get(2)?;
    Ok(Notice::read(hook(row.get_ref(0)?), content_type.as_deref(), &body).ok())
}

fn hook(kind: ValueRef<'_>) -> HookKind {
    kind.as_str().ok().and_then(HookKind::parse).unwrap_or(HookKind::Any)
}

/// Whether a delivery had its row in the log and has it no longer.
pub(in crate::library) fn was_taken_away(connection: &Connection, id: DeliveryId) -> Result<bool, LibraryError> {
    let mut select = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM deliveries WHERE id = ?1)")?;
    Ok(!select.query_row([id], |row| row.get::<_, bool>(0))? && id <= last_given(connection)?)
}

/// The highest number in the log.
pub(in crate::library) fn last(connection: &Connection) -> Result<DeliveryId, LibraryError> {
    Ok(connection.query_row("SELECT coalesce(max(id), 0) FROM deliveries", [], |row| row.get(0))?)
}

/// The highest number that was ever given to a row: none is given twice, also when its row is taken away.
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
        let (packed, _) = packed_after(&connection, DeliveryId(0), 9, DeliveryId(2)).unwrap();
        let known = packed.into_iter().map(|delivery| delivery.read().unwrap().unwrap().pictures.is_none());
        assert_eq!(known.collect::<Vec<_>>(), [true, false, false]);
        let (events, _) = events_after(&connection, DeliveryId(2), 9).unwrap();
        assert_eq!(events[0].pictures, Some(pictures(None, body)), "its thumbnail came before it");
    }
}
