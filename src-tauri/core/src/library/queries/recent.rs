//! What came in last, by order of arrival: for notifications, which must not repeat an event that came late.

use std::collections::HashSet;

use rusqlite::params;

use crate::clock::Timestamp;
use crate::fotoware::Change;
use crate::library::error::LibraryError;
use crate::library::queries::filter::Filter;
use crate::library::queries::gallery::Sort;
use crate::library::queries::snapshot::EventQueries;
use crate::library::store::ids::{AssetId, EventId};

/// An event, as a notification needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrivedEvent {
    /// Public id of its asset.
    pub asset_id: String,
    pub change: Change,
    pub filename: String,
    pub archive: String,
    /// For each search that was asked with, whether it finds the asset.
    pub found_by: Vec<bool>,
}

/// Events by order of arrival. `through` is the last one that was looked at, whether it is among them or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latest {
    pub events: Vec<ArrivedEvent>,
    pub through: EventId,
}

const SINCE: &str = "SELECT e.id, e.asset, a.public_id, e.change, e.filename, e.archive
     FROM events e JOIN assets a ON a.id = e.asset WHERE e.id > ?1 ORDER BY e.id LIMIT ?2";

impl EventQueries<'_> {
    /// At most `limit` events that came in after `seen`, by order of arrival. Each says which of `searches` find its
    /// asset now, in their order.
    pub fn since(self, seen: EventId, searches: &[Filter], limit: usize) -> Result<Latest, LibraryError> {
        let mut select = self.0.connection.prepare_cached(SINCE)?;
        let rows = select.query_map(params![seen, limit as i64], |row| {
            let arrived = ArrivedEvent {
                asset_id: row.get(2)?,
                change: row.get(3)?,
                filename: row.get(4)?,
                archive: row.get(5)?,
                found_by: Vec::new(),
            };
            Ok((row.get::<_, EventId>(0)?, row.get::<_, AssetId>(1)?, arrived))
        })?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let through = rows.last().map_or(seen, |(event, ..)| *event);
        let found = searches.iter().filter(|_| !rows.is_empty()).map(|search| -> Result<_, LibraryError> {
            // What leaves no asset out need not be asked.
            if search.is_everything() {
                return Ok(None);
            }
            let found = self.0.gallery().slots(search, Sort::Newest)?;
            Ok(Some(found.iter().map(|place| place.asset.0).collect::<HashSet<i64>>()))
        });
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let events = rows.into_iter().map(|(_, asset, arrived)| {
            let finds = |found: &Option<HashSet<i64>>| found.as_ref().is_none_or(|found| found.contains(&asset.0));
            let found_by = found.iter().map(finds).collect();
            ArrivedEvent { found_by, ..arrived }
        });
        let events = events.collect();
        Ok(Latest { events, through })
    }

    /// Where in the order of arrival the events begin that came in after `seen`, up to `until`, and were received at
    /// `since` or later: the event before them. Only the last thousand count, and of these only what came after the last
    /// one that was imported.
    pub fn received_since(self, seen: EventId, until: EventId, since: Timestamp) -> Result<EventId, LibraryError> {
        let mut select = self.0.connection.prepare_cached(RECEIVED_SINCE)?;
        let first: Option<i64> = select.query_row(params![seen, until, since.0], |row| row.get(0))?;
        Ok(first.map_or(until, |first| EventId(first - 1)).max(seen))
    }

    /// The event that came in last; 0 if there is none.
    pub fn latest(self) -> Result<EventId, LibraryError> {
        let last = self.0.connection.prepare_cached(LAST)?.query_row([], |row| row.get(0))?;
        Ok(EventId(Option::<i64>::unwrap_or_default(last)))
    }
}

const LAST: &str = "SELECT max(id) FROM events";

const RECEIVED_SINCE: &str = "WITH last AS (
        SELECT e.id, e.received_ms, (SELECT d.import IS NOT NULL FROM deliveries d WHERE d.id = e.id) AS is_imported
        FROM events e WHERE e.id > ?1 AND e.id <= ?2 ORDER BY e.id DESC LIMIT 1000)
    SELECT min(id) FROM last
    WHERE received_ms >= ?3 AND id > coalesce((SELECT max(id) FROM last WHERE is_imported), 0)";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::connection;
    use crate::library::store::query_plan::query_plan;

    #[test]
    fn what_is_new_is_read_without_what_is_old() {
        let dir = tempfile::TempDir::new().unwrap();
        let connection = connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        for sql in [SINCE, LAST] {
            let plan = query_plan(&connection, sql).join("; ");
            assert!(plan.contains("SEARCH") && !plan.contains("SCAN"), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
