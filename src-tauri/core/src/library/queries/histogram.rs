//! Event counts over time, for the strip under the gallery. Years are counted from the table of counts by the hour.

use rusqlite::Connection;

use crate::clock::Timestamp;
use crate::library::error::LibraryError;
use crate::library::queries::snapshot::EventQueries;
use crate::library::store::event_counts::HOUR;

/// Counts of events by Fotoware's time, in buckets of equal length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// The first and the last event of all; `None` if there is none.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Where the first bucket begins and the last one ends: the part that was asked for, extended to whole buckets.
    pub from: Timestamp,
    pub until: Timestamp,
    pub bucket_ms: i64,
    pub counts: Vec<u64>,
}

/// The most buckets that are worth drawing.
const MOST: i64 = 400;

impl EventQueries<'_> {
    /// Counts the events from `from` up to `until`, without it, in at most `buckets` (1 to 400); `None` is the first
    /// and the last event. Buckets of an hour or more are whole hours and begin at one.
    pub fn histogram(
        self,
        buckets: usize,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<Histogram, LibraryError> {
        let connection = self.0.connection;
        let span = first_and_last(connection)?;
        let Some((first, last)) = span else { return Ok(Histogram::default()) };
        let from = from.unwrap_or(first).0;
        let until = until.map_or_else(|| last.0.saturating_add(1), |until| until.0).max(from.saturating_add(1));
        let buckets = i64::try_from(buckets).unwrap_or(MOST).clamp(1, MOST);
        let fine = until.saturating_sub(from).saturating_add(buckets - 1) / buckets;
        let unit = if fine >= HOUR { HOUR } else { 1 };
        let from = from.div_euclid(unit) * unit;
        let bucket_ms =
            (until.saturating_sub(from).saturating_add(buckets * unit - 1) / (buckets * unit)).max(1) * unit;
        let length = (until.saturating_sub(from).saturating_add(bucket_ms - 1) / bucket_ms).min(buckets);
        let mut counts = vec![0; length as usize];
        let until = from.saturating_add(bucket_ms.saturating_mul(length));

        let mut select = connection.prepare_cached(if unit == HOUR { BY_HOUR } else { BY_EVENT })?;
        let mut rows = select.query([from / unit, until.saturating_add(unit - 1) / unit])?;
        while let Some(row) = rows.next()? {
            let (at, events): (i64, i64) = (row.get(0)?, row.get(1)?);
            let bucket = (at * unit).saturating_sub(from) / bucket_ms;
            if let Some(count) = counts.get_mut(bucket as usize) {
                *count += events as u64;
            }
        }
        Ok(Histogram { span, from: Timestamp(from), until: Timestamp(until), bucket_ms, counts })
    }

    /// How many events were created up to `at`, itself included; `None` is all of them.
    pub fn count_until(self, at: Option<Timestamp>) -> Result<u64, LibraryError> {
        let connection = self.0.connection;
        let until = at.map_or(i64::MAX, |at| at.0.saturating_add(1));
        let hour = until.div_euclid(HOUR);
        let mut whole = connection.prepare_cached("SELECT coalesce(sum(events), 0) FROM hours WHERE hour < ?1")?;
        let mut rest =
            connection.prepare_cached("SELECT count(*) FROM events WHERE created_ms >= ?1 AND created_ms < ?2")?;
        let whole: i64 = whole.query_row([hour], |row| row.get(0))?;
        let rest: i64 = rest.query_row([hour.saturating_mul(HOUR), until], |row| row.get(0))?;
        Ok((whole + rest) as u64)
    }
}

const BY_HOUR: &str = "SELECT hour, events FROM hours WHERE hour >= ?1 AND hour < ?2";
const BY_EVENT: &str =
    "SELECT created_ms, 1 FROM events INDEXED BY events_by_time WHERE created_ms >= ?1 AND created_ms < ?2";
const FIRST: &str = "SELECT min(created_ms) FROM events INDEXED BY events_by_time";
const LAST: &str = "SELECT max(created_ms) FROM events INDEXED BY events_by_time";

fn first_and_last(connection: &Connection) -> Result<Option<(Timestamp, Timestamp)>, LibraryError> {
    let one = |sql: &str| -> Result<Option<i64>, LibraryError> {
        Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
    };
    Ok(one(FIRST)?.map(Timestamp).zip(one(LAST)?.map(Timestamp)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::queries::found_terms::FoundTerms;
    use crate::library::queries::snapshot::Snapshot;
    use crate::library::store::event_counts::count;
    use crate::library::store::query_plan::query_plan;
    use proptest::prelude::*;

    fn library(created: &[i64]) -> (tempfile::TempDir, Connection) {
        let dir = tempfile::tempdir().unwrap();
        let mut connection =
            crate::library::store::connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        let transaction = connection.transaction().unwrap();
        for (id, created) in created.iter().enumerate() {
            let insert =
                "INSERT INTO events (id, public_id, received_ms, created_ms, modified_ms, kind, change, filename,
                    title, archive, href, state_hash, fields_hash, identity, cluster)
                 VALUES (?1, ?1, 0, ?2, 0, '', '', '', '', '', '', 0, 0, '', 0)";
            transaction.pragma_update(None, "defer_foreign_keys", true).unwrap();
            let body = "INSERT INTO deliveries (id, received_ms, kind, outcome, dedupe, size, body)
                 VALUES (?1, 0, '', 'event', ?2, 0, x'')";
            transaction.execute(body, rusqlite::params![id as i64, id.to_be_bytes()]).unwrap();
            transaction.execute(insert, [id as i64, *created]).unwrap();
            count(&transaction, *created).unwrap();
        }
        transaction.commit().unwrap();
        (dir, connection)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn buckets_hold_what_happened_in_them(
            created in prop::collection::vec(prop_oneof![-9_000_000_i64..9_000_000, 0_i64..90_000_000_000], 1..40),
            buckets in 0_usize..500,
            part in prop::option::of((-10_000_000_i64..10_000_000, 0_i64..90_000_000_000)),
        ) {
            let (_dir, connection) = library(&created);
            let (from, until) = part.map(|(from, length)| (Timestamp(from), Timestamp(from + length))).unzip();
            let found_terms = FoundTerms::default();
            let events = Snapshot::of(&connection, &found_terms).events();
            let told = events.histogram(buckets, from, until).unwrap();
            prop_assert!(!told.counts.is_empty() && told.counts.len() <= buckets.clamp(1, 400));
            prop_assert_eq!(told.span, created.iter().min().zip(created.iter().max()).map(|(a, b)| (Timestamp(*a), Timestamp(*b))));
            prop_assert_eq!(told.from.0 + told.bucket_ms * told.counts.len() as i64, told.until.0);
            prop_assert!(told.from.0 <= from.unwrap_or(told.span.unwrap().0).0);
            prop_assert!(until.is_none_or(|until| told.until >= until));
            for (nth, count) in told.counts.iter().enumerate() {
                let start = told.from.0 + told.bucket_ms * nth as i64;
                let inside = created.iter().filter(|at| (start..start + told.bucket_ms).contains(*at)).count();
                prop_assert_eq!(*count, inside as u64);
            }
            if part.is_none() {
                prop_assert_eq!(told.counts.iter().sum::<u64>(), created.len() as u64);
            }
            for at in &created {
                let until = created.iter().filter(|other| *other <= at).count();
                prop_assert_eq!(events.count_until(Some(Timestamp(*at))).unwrap(), until as u64);
            }
            prop_assert_eq!(events.count_until(None).unwrap(), created.len() as u64);
        }
    }

    #[test]
    fn nothing_is_counted_by_reading_rows_of_events() {
        let (_dir, connection) = library(&[]);
        for (sql, index) in [
            (BY_HOUR, "SEARCH hours USING INTEGER PRIMARY KEY"),
            (BY_EVENT, "COVERING INDEX events_by_time"),
            (FIRST, "COVERING INDEX events_by_time"),
            (LAST, "COVERING INDEX events_by_time"),
        ] {
            let plan = &query_plan(&connection, sql)[0];
            assert!(plan.contains(index), "{plan}");
        }
        let found_terms = FoundTerms::default();
        let events = Snapshot::of(&connection, &found_terms).events();
        assert_eq!(events.histogram(100, None, None).unwrap(), Histogram::default());
    }
}
