//! Walks back in time through the events that a filter leaves. An index has the events of each facet (kind, change,
//! operation and archive) in order of time. Few facets occur, so those that the filter leaves are looked up first, and
//! their lanes are merged. A filter that no event meets leaves no lane.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};

use fixedbitset::FixedBitSet;
use rusqlite::{Connection, named_params};

use super::arrival::Arrived;
use super::{Cursor, EventFilter};
use crate::fotoware::{Change, EventKind};
use crate::library::error::LibraryError;
use crate::library::queries::filter::Filter;
use crate::library::queries::gallery::Sort;
use crate::library::queries::snapshot::Snapshot;
use crate::library::store::changed_fields::code;
use crate::library::store::ids::{AssetId, EventId};

/// The assets that a search leaves: few, whose events are read asset by asset (ids as a JSON list), or many.
pub(super) enum Assets {
    Few(String),
    Many(FixedBitSet),
}

impl Assets {
    const FEW: usize = 1_000;

    pub(super) fn matching(now: Snapshot<'_>, filter: &Filter) -> Result<Self, LibraryError> {
        let places = now.gallery().slots(filter, Sort::Newest)?;
        if places.len() <= Self::FEW {
            let ids: Vec<i64> = places.iter().map(|place| place.asset.0).collect();
            return Ok(Self::Few(serde_json::to_string(&ids)?));
        }
        let mut many = FixedBitSet::new();
        for place in places {
            many.grow_and_insert(place.asset.0 as usize);
        }
        Ok(Self::Many(many))
    }

    fn has(&self, asset: AssetId) -> bool {
        match self {
            Self::Few(_) => true,
            Self::Many(assets) => assets.contains(asset.0 as usize),
        }
    }
}

/// At most `limit` events that the filter leaves, the newest ones before a cursor.
pub(super) fn places(
    connection: &Connection,
    wanted: &EventFilter,
    assets: Option<&Assets>,
    before: Option<&Cursor>,
    limit: usize,
) -> Result<Vec<(EventId, Cursor)>, LibraryError> {
    let end = Cursor { created_ms: i64::MAX, turn: i64::MAX, public_id: String::new() };
    let until = wanted.until.map(|until| Cursor { created_ms: until.0, turn: i64::MIN, public_id: String::new() });
    let start = [before.cloned(), until].into_iter().flatten().min().unwrap_or(end);
    let from_ms = wanted.from.map_or(i64::MIN, |moment| moment.0);
    let field = wanted.changed.map(code);
    let walk = Walk { connection, from_ms, field };

    let facets = facets(connection, wanted)?;
    let arrived = wanted.arrival.map(|arrival| Arrived::read(connection, arrival)).transpose()?;
    if let Some(Assets::Few(few)) = assets {
        // What came in another way is left out afterwards, so that it is not known how many have to be read.
        let most = if arrived.is_some() { usize::MAX } else { limit };
        let rows = walk.of_assets(few, facets.as_deref(), &start, most)?;
        let rows = rows.into_iter().filter(|row| arrived.as_ref().is_none_or(|arrived| arrived.has(row.event)));
        return Ok(rows.take(limit).map(|row| (row.event, row.cursor)).collect());
    }
    let lanes: Vec<Option<i64>> = match facets {
        Some(facets) => facets.into_iter().map(Some).collect(),
        None => vec![None],
    };
    let mut side_by_side = BinaryHeap::with_capacity(lanes.len());
    let portion = (limit.saturating_mul(2) / lanes.len().max(1)).clamp(4, Lane::LONGEST);
    for facet in lanes {
        let mut lane = Lane { facet, rows: VecDeque::new(), after: start.clone(), portion, is_over: false };
        lane.read_on(&walk)?;
        side_by_side.extend((!lane.rows.is_empty()).then_some(lane));
    }
    let mut places = Vec::new();
    while places.len() < limit
        && let Some(mut lane) = side_by_side.pop()
    {
        let next = lane.rows.pop_front();
        lane.read_on(&walk)?;
        side_by_side.extend((!lane.rows.is_empty()).then_some(lane));
        let Some(Row { event, asset, cursor }) = next else { continue };
        if assets.is_none_or(|assets| assets.has(asset)) && arrived.as_ref().is_none_or(|arrived| arrived.has(event)) {
            places.push((event, cursor));
        }
    }
    Ok(places)
}

/// When the events that the filter leaves were created, in milliseconds, the newest first. Read from indexes alone where
/// the filter names no assets and no way of arrival.
pub(super) fn times(
    connection: &Connection,
    wanted: &EventFilter,
    assets: Option<&Assets>,
) -> Result<Vec<i64>, LibraryError> {
    if assets.is_some() || wanted.arrival.is_some() || wanted.changed.is_some() {
        let places = places(connection, wanted, assets, None, usize::MAX)?;
        return Ok(places.into_iter().map(|(_, cursor)| cursor.created_ms).collect());
    }
    let (from, until) = (wanted.from.map_or(i64::MIN, |from| from.0), wanted.until.map_or(i64::MAX, |until| until.0));
    let lanes: Vec<Option<i64>> = match facets(connection, wanted)? {
        Some(facets) => facets.into_iter().map(Some).collect(),
        None => vec![None],
    };
    let mut times = Vec::new();
    for facet in &lanes {
        let mut select = connection.prepare_cached(times_of_lane(facet.is_some()))?;
        let mut values = named_params! { ":from": from, ":until": until }.to_vec();
        values.extend(facet.as_ref().map(|facet| (":facet", facet as _)));
        for time in select.query_map(values.as_slice(), |row| row.get(0))? {
            times.push(time?);
        }
    }
    if lanes.len() > 1 {
        times.sort_unstable_by_key(|time| std::cmp::Reverse(*time));
    }
    Ok(times)
}

/// SQL for the times of a lane.
pub(super) fn times_of_lane(of_facet: bool) -> &'static str {
    if of_facet {
        "SELECT created_ms FROM events INDEXED BY events_by_facet
         WHERE facet = :facet AND created_ms >= :from AND created_ms < :until ORDER BY created_ms DESC"
    } else {
        "SELECT created_ms FROM events INDEXED BY events_by_time
         WHERE created_ms >= :from AND created_ms < :until ORDER BY created_ms DESC"
    }
}

/// The facets that the filter leaves; `None` if it leaves all.
fn facets(connection: &Connection, wanted: &EventFilter) -> Result<Option<Vec<i64>>, LibraryError> {
    let EventFilter { kind, operation, change, archive, changed, .. } = wanted;
    if kind.is_none() && operation.is_none() && change.is_none() && archive.is_none() && changed.is_none() {
        return Ok(None);
    }
    let mut select = connection.prepare_cached(FACETS)?;
    let facets = select.query_map(
        named_params! {
            ":kind": kind.map(EventKind::as_str),
            ":operation": operation,
            ":change": change.map(Change::as_str),
            ":archive": archive,
        },
        |row| row.get(0),
    )?;
    Ok(Some(facets.collect::<Result<_, _>>()?))
}

const FACETS: &str = "SELECT id FROM event_facets
     WHERE (:kind IS NULL OR kind = :kind) AND (:operation IS NULL OR operation = :operation)
        AND (:change IS NULL OR change = :change) AND (:archive IS NULL OR archive = :archive)";

/// An event with its position in the list.
struct Row {
    event: EventId,
    asset: AssetId,
    cursor: Cursor,
}

/// The events of one facet, or of all, newest first. They are read in portions, as needed.
struct Lane {
    facet: Option<i64>,
    rows: VecDeque<Row>,
    after: Cursor,
    /// How many are read at once.
    portion: usize,
    is_over: bool,
}

impl Lane {
    const LONGEST: usize = 512;

    fn read_on(&mut self, walk: &Walk<'_>) -> Result<(), LibraryError> {
        while self.rows.is_empty() && !self.is_over {
            let rows = walk.of_facet(self.facet, &mut self.after, self.portion)?;
            self.is_over = rows.is_none();
            self.rows.extend(rows.into_iter().flatten());
            self.portion = (2 * self.portion).min(Self::LONGEST);
        }
        Ok(())
    }
}

/// The lane whose next event is the newest comes first.
impl Ord for Lane {
    fn cmp(&self, other: &Self) -> Ordering {
        let next = |lane: &Self| lane.rows.front().map(|row| row.cursor.clone());
        next(self).cmp(&next(other))
    }
}

impl PartialOrd for Lane {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Lane {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Lane {}

/// What all lanes have in common.
struct Walk<'c> {
    connection: &'c Connection,
    from_ms: i64,
    field: Option<i64>,
}

impl Walk<'_> {
    /// Reads the next events of a lane and moves `after` behind them. `None` at the end of the lane.
    fn of_facet(&self, facet: Option<i64>, after: &mut Cursor, limit: usize) -> Result<Option<Vec<Row>>, LibraryError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut select = self.connection.prepare_cached(&lane(facet.is_some(), self.field.is_some()))?;
        let mut values = named_params! {
            ":from": self.from_ms,
            ":created": after.created_ms,
            ":turn": after.turn,
            ":public_id": after.public_id,
            ":limit": limit,
        }
        .to_vec();
        values.extend(facet.as_ref().map(|facet| (":facet", facet as _)));
        values.extend(self.field.as_ref().map(|field| (":field", field as _)));
        let (rows, last) = read(&mut select, &values)?;
        let Some(last) = last else { return Ok(None) };
        *after = last;
        Ok(Some(rows))
    }

    fn of_assets(
        &self,
        few: &str,
        facets: Option<&[i64]>,
        after: &Cursor,
        limit: usize,
    ) -> Result<Vec<Row>, LibraryError> {
        let facets = facets.map(serde_json::to_string).transpose()?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut select = self.connection.prepare_cached(&few_assets(self.field.is_some()))?;
        let mut values = named_params! {
            ":assets": few,
            ":facets": facets,
            ":from": self.from_ms,
            ":created": after.created_ms,
            ":turn": after.turn,
            ":public_id": after.public_id,
            ":limit": limit,
        }
        .to_vec();
        values.extend(self.field.as_ref().map(|field| (":field", field as _)));
        Ok(read(&mut select, &values)?.0)
    }
}

/// The rows, and the cursor of the last one that was read.
fn read(
    select: &mut rusqlite::CachedStatement<'_>,
    values: &[(&str, &dyn rusqlite::ToSql)],
) -> Result<(Vec<Row>, Option<Cursor>), LibraryError> {
    let mut rows = select.query(values)?;
    let (mut read, mut last) = (Vec::new(), None);
    while let Some(row) = rows.next()? {
        let cursor = Cursor { created_ms: row.get(2)?, turn: row.get(3)?, public_id: row.get(4)? };
        last = Some(cursor.clone());
        // For a moment an event may be on its way from one asset to another.
        if let Some(asset) = row.get(1)? {
            read.push(Row { event: row.get(0)?, asset, cursor });
        }
    }
    Ok((read, last))
}

const COLUMNS: &str = "e.id, e.asset, e.created_ms, e.turn, e.public_id";

/// SQL for the events of a lane after a cursor.
pub(super) fn lane(of_facet: bool, of_field: bool) -> String {
    let (from, which, time) = match (of_facet, of_field) {
        (false, _) => ("events e INDEXED BY events_by_time", "TRUE", "e.created_ms"),
        (true, false) => ("events e INDEXED BY events_by_facet", "e.facet = :facet", "e.created_ms"),
        // An event that opens no version any more has left its changes behind.
        (true, true) => (
            "changed_fields f CROSS JOIN events e ON e.id = f.event",
            "f.field = :field AND f.facet = :facet AND e.opens_version",
            "f.created_ms",
        ),
    };
    format!(
        "SELECT {COLUMNS} FROM {from} WHERE {which} AND {time} >= :from AND {time} <= :created
            AND (e.created_ms, e.turn, e.public_id) < (:created, :turn, :public_id)
         ORDER BY {time} DESC, e.turn DESC, e.public_id DESC LIMIT :limit"
    )
}

/// SQL for the events of some assets, which SQLite sorts.
pub(super) fn few_assets(of_field: bool) -> String {
    let field = if of_field {
        "e.opens_version AND EXISTS (SELECT 1 FROM changed_fields
            WHERE field = :field AND facet = e.facet AND created_ms = e.created_ms AND event = e.id)"
    } else {
        "TRUE"
    };
    format!(
        "SELECT {COLUMNS} FROM events e INDEXED BY events_by_asset
         WHERE e.asset IN (SELECT value FROM json_each(:assets))
            AND (:facets IS NULL OR e.facet IN (SELECT value FROM json_each(:facets))) AND {field}
            AND e.created_ms >= :from AND e.created_ms <= :created
            AND (e.created_ms, e.turn, e.public_id) < (:created, :turn, :public_id)
         ORDER BY e.created_ms DESC, e.turn DESC, e.public_id DESC LIMIT :limit"
    )
}
