//! How much happened in a span of time: on which days, of which kind, in which archives, to which fields and assets.
//! Fotoware's notices do not say who did it (docs/fotoware.md 1.3), so neither does this.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::fold::fold;
use crate::fotoware::{Change, FieldChange, Subject};
use crate::library::error::LibraryError;
use crate::library::queries::snapshot::EventQueries;
use crate::library::store::ids::AssetId;

/// What happened in a span of time, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Activity {
    pub events: u64,
    /// To how many assets.
    pub assets: u64,
    /// Each day from the first to the last one with an event, where the user is.
    pub days: Vec<DayActivity>,
    /// The most frequent first, as are all that follow.
    pub changes: Vec<ChangeActivity>,
    pub archives: Vec<NamedActivity>,
    pub fields: Vec<NamedActivity>,
    /// The assets to which most happened.
    pub busiest: Vec<AssetActivity>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DayActivity {
    #[schema(value_type = String)]
    pub day: Date,
    pub events: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangeActivity {
    pub change: Change,
    pub events: u64,
    pub assets: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NamedActivity {
    pub name: String,
    pub events: u64,
    pub assets: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssetActivity {
    /// Public id.
    pub asset_id: String,
    pub filename: String,
    pub archive: String,
    pub events: u64,
}

/// So many assets are named.
const BUSIEST: usize = 20;

const EVENTS: &str = "SELECT e.created_ms, f.change, f.archive, e.asset FROM events e INDEXED BY events_by_time
     JOIN event_facets f ON f.id = e.facet
     WHERE e.created_ms >= ?1 AND e.created_ms < ?2 AND e.asset IS NOT NULL";

const CHANGED: &str = "SELECT c.changes, e.asset FROM events e INDEXED BY events_by_time
     JOIN changes c ON c.event = e.id
     WHERE e.created_ms >= ?1 AND e.created_ms < ?2 AND e.opens_version AND e.asset IS NOT NULL";

/// Events, and the assets that they are of.
#[derive(Default)]
struct Tally {
    events: u64,
    assets: HashSet<AssetId>,
}

impl Tally {
    fn add(&mut self, asset: AssetId) {
        self.events += 1;
        self.assets.insert(asset);
    }
}

impl EventQueries<'_> {
    /// Counts what happened from a moment up to another, without it. Days are those of `zone`.
    pub fn activity(self, from: Timestamp, until: Timestamp, zone: &TimeZone) -> Result<Activity, LibraryError> {
        let connection = self.0.connection;
        let mut days: BTreeMap<Date, u64> = BTreeMap::new();
        let mut changes: HashMap<Change, Tally> = HashMap::new();
        let mut archives: HashMap<String, Tally> = HashMap::new();
        let mut of_assets: HashMap<AssetId, u64> = HashMap::new();
        let mut events = 0;
        let mut select = connection.prepare_cached(EVENTS)?;
        let mut rows = select.query([from.0, until.0])?;
        while let Some(row) = rows.next()? {
            let asset: AssetId = row.get(3)?;
            events += 1;
            if let Ok(moment) = jiff::Timestamp::from_millisecond(row.get(0)?) {
                *days.entry(zone.to_datetime(moment).date()).or_default() += 1;
            }
            changes.entry(row.get(1)?).or_default().add(asset);
            let archive = row.get_ref(2)?.as_str().unwrap_or_default();
            match archives.get_mut(archive) {
                Some(tally) => tally.add(asset),
                None => archives.entry(archive.to_owned()).or_default().add(asset),
            }
            *of_assets.entry(asset).or_default() += 1;
        }
        let mut changes: Vec<ChangeActivity> = changes
            .into_iter()
            .map(|(change, tally)| ChangeActivity { change, events: tally.events, assets: tally.assets.len() as u64 })
            .collect();
        changes.sort_by_key(|of| (std::cmp::Reverse(of.events), of.change.as_str()));
        Ok(Activity {
            events,
            assets: of_assets.len() as u64,
            days: without_gaps(&days),
            changes,
            archives: most_first(archives.into_iter().filter(|(name, _)| !name.is_empty())),
            fields: self.changed_fields(from, until)?,
            busiest: self.busiest(of_assets)?,
        })
    }

    fn changed_fields(self, from: Timestamp, until: Timestamp) -> Result<Vec<NamedActivity>, LibraryError> {
        let mut fields: HashMap<Subject, Tally> = HashMap::new();
        let mut select = self.0.connection.prepare_cached(CHANGED)?;
        let mut rows = select.query([from.0, until.0])?;
        while let Some(row) = rows.next()? {
            let changes: Vec<FieldChange> =
                serde_json::from_str(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)?;
            let asset = row.get(1)?;
            for change in changes {
                fields.entry(change.subject).or_default().add(asset);
            }
        }
        let labels = self.0.fields().labels()?;
        Ok(most_first(fields.into_iter().map(|(subject, tally)| (labels.of_subject(subject), tally))))
    }

    fn busiest(self, of_assets: HashMap<AssetId, u64>) -> Result<Vec<AssetActivity>, LibraryError> {
        let mut counts: Vec<(AssetId, u64)> = of_assets.into_iter().collect();
        counts.sort_by_key(|(asset, events)| (std::cmp::Reverse(*events), asset.0));
        counts.truncate(BUSIEST);
        let mut select =
            self.0.connection.prepare_cached("SELECT public_id, filename, archive FROM assets WHERE id = ?1")?;
        let mut busiest = Vec::with_capacity(counts.len());
        for (asset, events) in counts {
            let mut rows = select.query([asset])?;
            if let Some(row) = rows.next()? {
                let (asset_id, filename, archive) = (row.get(0)?, row.get(1)?, row.get(2)?);
                busiest.push(AssetActivity { asset_id, filename, archive, events });
            }
        }
        Ok(busiest)
    }
}

/// A day on which nothing happened is a day, too.
fn without_gaps(days: &BTreeMap<Date, u64>) -> Vec<DayActivity> {
    let (Some((first, _)), Some((last, _))) = (days.first_key_value(), days.last_key_value()) else {
        return Vec::new();
    };
    first
        .series(1.day())
        .take_while(|day| day <= last)
        .map(|day| DayActivity { day, events: days.get(&day).copied().unwrap_or_default() })
        .collect()
}

fn most_first(tallies: impl Iterator<Item = (String, Tally)>) -> Vec<NamedActivity> {
    let mut named: Vec<NamedActivity> = tallies
        .map(|(name, tally)| NamedActivity { name, events: tally.events, assets: tally.assets.len() as u64 })
        .collect();
    named.sort_by_cached_key(|of| (std::cmp::Reverse(of.events), fold(&of.name)));
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::query_plan::query_plan;

    #[test]
    fn a_span_of_time_is_read_from_the_index_of_times() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("library.db");
        let connection = crate::library::store::connection::open_for_writing(&path).unwrap();
        for sql in [EVENTS, CHANGED] {
            let plan = query_plan(&connection, sql).join("; ");
            assert!(plan.contains("events_by_time (created_ms>? AND created_ms<?)"), "{plan}");
            assert!(!plan.contains("SCAN") && plan.contains("INTEGER PRIMARY KEY"), "{plan}");
        }
    }

    #[test]
    fn a_day_on_which_nothing_happened_is_a_day_too() {
        let day = |number| jiff::civil::date(2026, 3, number);
        let days = without_gaps(&BTreeMap::from([(day(1), 3), (day(4), 1)]));
        assert_eq!(days.iter().map(|day| day.events).collect::<Vec<_>>(), [3, 0, 0, 1]);
        assert!(without_gaps(&BTreeMap::new()).is_empty());
    }
}
