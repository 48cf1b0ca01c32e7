//! The log of deliveries as it is listed, and the body of each as it was kept.

use rusqlite::OptionalExtension;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::fotoware::HookKind;
use crate::library::error::LibraryError;
use crate::library::queries::as_json;
use crate::library::queries::snapshot::DeliveryQueries;
use crate::library::store::body_codec::unpack;
use crate::library::store::ids::DeliveryId;
use crate::library::store::words::DeliveryOutcome;

/// A delivery in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub struct LoggedDelivery {
    #[schema(value_type = i64)]
    pub id: DeliveryId,
    #[serde(rename = "received_at", serialize_with = "as_json::text")]
    #[schema(value_type = String)]
    pub received: Timestamp,
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
    pub filename: Option<String>,
}

impl DeliveryQueries<'_> {
    /// When the latest delivery came; `None` before the first.
    pub fn last_received(self) -> Result<Option<Timestamp>, LibraryError> {
        let select = "SELECT received_ms FROM deliveries ORDER BY id DESC LIMIT 1";
        Ok(self.0.connection.query_row(select, [], |row| row.get(0).map(Timestamp)).optional()?)
    }

    /// At most `limit` deliveries, newest first: those that came before `before`, and those of one outcome, if these
    /// are given.
    pub fn log(
        self,
        outcome: Option<DeliveryOutcome>,
        before: Option<DeliveryId>,
        limit: usize,
    ) -> Result<Vec<LoggedDelivery>, LibraryError> {
        let listed = if outcome.is_some() { OF_OUTCOME } else { ALL };
        let mut select = self.0.connection.prepare_cached(&format!(
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
                received: Timestamp(row.get(1)?),
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

    /// How many deliveries the log has, or how many of one outcome.
    pub fn count(self, outcome: Option<DeliveryOutcome>) -> Result<usize, LibraryError> {
        let listed = if outcome.is_some() { OF_OUTCOME } else { ALL };
        let mut select = self.0.connection.prepare_cached(&format!("SELECT count(*) FROM ({listed})"))?;
        let (before, limit) = (i64::MAX, -1_i64);
        let mut named: Vec<(&str, &dyn rusqlite::ToSql)> = vec![(":before", &before), (":limit", &limit)];
        if let Some(outcome) = &outcome {
            named.push((":outcome", outcome));
        }
        let count: i64 = select.query_row(named.as_slice(), |row| row.get(0))?;
        Ok(count as usize)
    }

    /// The body of a delivery; `None` if there is no such delivery. Fails if the body is damaged on this disk.
    pub fn kept(self, id: DeliveryId) -> Result<Option<KeptDelivery>, LibraryError> {
        let damaged = |why: String| LibraryError::Damaged { delivery: id.0, why };
        let mut select =
            self.0.connection.prepare_cached("SELECT content_type, size, body FROM deliveries WHERE id = ?1")?;
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
