//! The log of deliveries as it is listed, and each of them as it was kept.

mod listing;

use rusqlite::{OptionalExtension, Row};
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::fotoware::{Change, HookKind};
use crate::library::error::LibraryError;
use crate::library::queries::as_json;
use crate::library::queries::event_list::line_changes::LineChange;
use crate::library::queries::field_names::Labels;
use crate::library::queries::snapshot::DeliveryQueries;
use crate::library::store::body_codec::unpack;
use crate::library::store::deliveries;
use crate::library::store::delivery_texts::{self, DeliveryText};
use crate::library::store::ids::DeliveryId;
use crate::library::store::words::DeliveryOutcome;

pub use listing::{LogFilter, Part};

/// A delivery in the log.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub struct LoggedDelivery {
    #[schema(value_type = i64)]
    pub id: DeliveryId,
    #[serde(rename = "received_at", serialize_with = "as_json::text")]
    #[schema(value_type = String)]
    pub received: Timestamp,
    /// The hook that it came to.
    #[schema(value_type = String)]
    pub kind: HookKind,
    pub content_type: Option<String>,
    pub outcome: DeliveryOutcome,
    /// Why it is unreadable, damaged or set aside, in words.
    pub problem: Option<String>,
    /// Bytes as received.
    pub size: u64,
    /// Public id of the asset that it is about; of a duplicate, the asset of the first of its kind.
    pub asset_id: Option<String>,
    /// The event that it is, or that it repeats.
    pub event_id: Option<String>,
    pub filename: Option<String>,
    /// The version that the asset is at after it; null if it is shown nowhere.
    pub version: Option<u64>,
    pub change: Option<Change>,
    /// What it changed. Empty for a duplicate, which changed nothing.
    pub changed: Vec<LineChange>,
    /// The other end of the connection, with its port.
    pub sender: Option<String>,
    /// How the sender calls itself.
    pub user_agent: Option<String>,
    /// The status that it was answered with; null if nobody heard the answer, or it is not known.
    pub answer: Option<u16>,
    /// Microseconds from the head of the request to the answer.
    pub took_us: Option<u64>,
    /// The import that brought it; null if it was heard.
    pub import: Option<i64>,
    /// Of a duplicate: the delivery that it repeats.
    #[schema(value_type = Option<i64>)]
    pub original: Option<DeliveryId>,
    /// How many deliveries repeat it.
    pub repeats: u64,
}

/// A part of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogPage {
    pub items: Vec<LoggedDelivery>,
    /// How many the filter leaves.
    pub total: usize,
    /// The number of the first item in the list.
    pub offset: usize,
    /// How many of the latest deliveries cannot be searched yet. 0 where no text is searched for.
    pub unsearched: u64,
}

impl DeliveryQueries<'_> {
    /// When the latest delivery came; `None` before the first.
    pub fn last_received(self) -> Result<Option<Timestamp>, LibraryError> {
        let select = "SELECT received_ms FROM deliveries ORDER BY id DESC LIMIT 1";
        Ok(self.0.connection.query_row(select, [], |row| row.get(0).map(Timestamp)).optional()?)
    }

    /// At most `limit` deliveries that the filter leaves, the last received first.
    pub fn log(self, filter: &LogFilter, part: Part, limit: usize) -> Result<LogPage, LibraryError> {
        let listing::Listed { total, offset, ids } = listing::list(self.0.connection, filter, part, limit)?;
        let items = self.lines(&ids)?;
        let unsearched = if filter.text.is_some() { self.unsearched()? } else { 0 };
        Ok(LogPage { items, total, offset, unsearched })
    }

    /// All deliveries that the filter leaves, the last received first: eight bytes each.
    pub fn matching(self, filter: &LogFilter) -> Result<Vec<DeliveryId>, LibraryError> {
        Ok(listing::list(self.0.connection, filter, Part::From(0), usize::MAX >> 1)?.ids)
    }

    /// How many deliveries the filter leaves.
    pub fn count(self, filter: &LogFilter) -> Result<usize, LibraryError> {
        Ok(listing::list(self.0.connection, filter, Part::From(0), 0)?.total)
    }

    /// Deliveries as lines of the log, in this order, without those that are no more.
    pub fn lines(self, ids: &[DeliveryId]) -> Result<Vec<LoggedDelivery>, LibraryError> {
        let labels = self.0.fields().labels()?;
        let mut lines = Vec::with_capacity(ids.len());
        for id in ids {
            lines.extend(self.line(*id, &labels)?);
        }
        Ok(lines)
    }

    /// One delivery as a line of the log; `None` if there is no such delivery.
    pub fn logged(self, id: DeliveryId) -> Result<Option<LoggedDelivery>, LibraryError> {
        self.line(id, &self.0.fields().labels()?)
    }

    /// The last deliveries that repeat one, at most `limit`.
    pub fn repeats_of(self, id: DeliveryId, limit: usize) -> Result<Vec<DeliveryId>, LibraryError> {
        let mut select = self.0.connection.prepare_cached(REPEATS)?;
        let ids = select.query_map((id, limit as i64), |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// The words of at most `limit` deliveries after one, for the index.
    pub fn texts_after(self, after: DeliveryId, limit: usize) -> Result<Vec<DeliveryText>, LibraryError> {
        delivery_texts::read(self.0.connection, after, limit)
    }

    /// The delivery as it was kept; `None` if there is no such delivery. Fails if the body is damaged on this disk.
    pub fn kept(self, id: DeliveryId) -> Result<Option<KeptDelivery>, LibraryError> {
        let damaged = |why: String| LibraryError::Damaged { delivery: id.0, why };
        let mut select = self.0.connection.prepare_cached(
            "SELECT d.content_type, d.size, d.body, e.headers
             FROM deliveries d LEFT JOIN envelopes e ON e.delivery = d.id WHERE d.id = ?1",
        )?;
        let kept = select.query_row([id], |row| {
            let packed = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
            Ok((row.get(0)?, unpack(packed, row.get::<_, i64>(1)? as u64), row.get::<_, Option<String>>(3)?))
        });
        match kept.optional().map_err(LibraryError::from) {
            Ok(Some((content_type, body, headers))) => {
                let body = body.map_err(|damage| damaged(damage.to_string()))?;
                Ok(Some(KeptDelivery { content_type, headers: read_headers(headers.as_deref())?, body }))
            }
            Ok(None) => Ok(None),
            Err(error) if error.is_corruption() => Err(damaged(error.to_string())),
            Err(error) => Err(error),
        }
    }

    fn line(self, id: DeliveryId, labels: &Labels) -> Result<Option<LoggedDelivery>, LibraryError> {
        let mut select = self.0.connection.prepare_cached(LINE)?;
        let mut rows = select.query([id])?;
        rows.next()?.map(|row| logged(row, labels)).transpose()
    }

    /// How many deliveries at most came after the last one that is indexed.
    fn unsearched(self) -> Result<u64, LibraryError> {
        let (through, last) = (delivery_texts::through(self.0.connection)?, deliveries::last(self.0.connection)?);
        Ok(u64::try_from(last.0 - through.0).unwrap_or(0))
    }
}

const LINE: &str = "SELECT d.id, d.received_ms, d.kind, d.content_type, coalesce(s.outcome, d.outcome),
        coalesce(s.reason, d.problem), d.size, a.public_id, e.public_id, e.filename, e.version, e.change,
        iif(d.outcome = 'duplicate', NULL, c.changes), v.sender, v.headers, v.took_us, d.import,
        iif(d.outcome = 'duplicate', e.id, NULL),
        iif(d.outcome = 'duplicate', 0, (SELECT count(*) FROM deliveries t INDEXED BY deliveries_again
            WHERE t.dedupe = d.dedupe AND t.outcome = 'duplicate'))
     FROM deliveries d
     LEFT JOIN set_aside s ON s.delivery = d.id
     LEFT JOIN envelopes v ON v.delivery = d.id
     LEFT JOIN events e ON e.id = CASE d.outcome
        WHEN 'duplicate' THEN (SELECT id FROM events WHERE public_id = lower(hex(d.dedupe))) ELSE d.id END
     LEFT JOIN assets a ON a.id = e.asset
     LEFT JOIN changes c ON c.event = e.id AND e.opens_version
     WHERE d.id = ?1";

const REPEATS: &str = "SELECT t.id FROM deliveries d
     JOIN deliveries t INDEXED BY deliveries_again ON t.dedupe = d.dedupe AND t.outcome = 'duplicate'
     WHERE d.id = ?1 ORDER BY t.id DESC LIMIT ?2";

/// Everything that is in the log with the time that it took was answered so.
const ACKNOWLEDGED: u16 = 200;

fn logged(row: &Row<'_>, labels: &Labels) -> Result<LoggedDelivery, LibraryError> {
    let changes: Option<String> = row.get(12)?;
    let headers: Option<String> = row.get(14)?;
    let took: Option<i64> = row.get(15)?;
    let user_agent = read_headers(headers.as_deref())?.into_iter().find(|(name, _)| name == "user-agent");
    Ok(LoggedDelivery {
        id: row.get(0)?,
        received: Timestamp(row.get(1)?),
        kind: row.get(2)?,
        content_type: row.get(3)?,
        outcome: row.get(4)?,
        problem: row.get(5)?,
        size: row.get::<_, i64>(6)? as u64,
        asset_id: row.get(7)?,
        event_id: row.get(8)?,
        filename: row.get(9)?,
        version: row.get::<_, Option<i64>>(10)?.map(|version| version as u64),
        change: row.get(11)?,
        changed: LineChange::read(changes.as_deref(), labels)?,
        sender: row.get(13)?,
        user_agent: user_agent.map(|(_, value)| value),
        answer: took.map(|_| ACKNOWLEDGED),
        took_us: took.map(|took| took as u64),
        import: row.get(16)?,
        original: row.get(17)?,
        repeats: row.get::<_, i64>(18)? as u64,
    })
}

fn read_headers(json: Option<&str>) -> Result<Vec<(String, String)>, LibraryError> {
    Ok(json.map(serde_json::from_str).transpose()?.unwrap_or_default())
}

/// A delivery as it was kept, whatever became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptDelivery {
    pub content_type: Option<String>,
    /// The headers that were kept, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// As it came, secrets redacted.
    pub body: Vec<u8>,
}
