//! The walk back in time through what is wanted: each filter has an index that leads it, and of several the one that
//! leaves the fewest events is walked.

use fixedbitset::FixedBitSet;
use rusqlite::{Connection, ToSql, named_params};

use crate::fotoware::{Change, EventKind};
use crate::library::error::LibraryError;
use crate::library::queries::event_list::{Cursor, Wanted};
use crate::library::queries::filter::Filter;
use crate::library::queries::gallery;
use crate::library::queries::gallery::Sort;
use crate::library::store::changed_fields::code;
use crate::library::store::ids::{AssetId, EventId};

/// The assets that a search leaves: few enough to go through the events of each, or many.
pub(in crate::library) enum Assets {
    Few(String),
    Many(FixedBitSet),
}

impl Assets {
    const FEW: usize = 1_000;

    pub(in crate::library) fn matching(connection: &Connection, filter: &Filter) -> Result<Self, LibraryError> {
        let places = gallery::places(connection, filter, Sort::Newest)?;
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
}

/// What a page is walked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::library) enum Walk {
    Time,
    Kind,
    Operation,
    Change,
    Archive,
    Changed,
    Assets,
}

impl Walk {
    /// Where the rows come from, and the column by which they come newest first.
    fn from(self) -> (&'static str, &'static str) {
        match self {
            Self::Time => ("events e INDEXED BY events_by_time", "e.created_ms"),
            Self::Kind => ("events e INDEXED BY events_by_kind", "e.created_ms"),
            Self::Operation => ("events e INDEXED BY events_by_operation", "e.created_ms"),
            Self::Change => ("events e INDEXED BY events_by_change", "e.created_ms"),
            Self::Archive => ("events e INDEXED BY events_by_archive", "e.created_ms"),
            Self::Changed => ("changed_fields f CROSS JOIN events e ON e.id = f.event", "f.created_ms"),
            Self::Assets => ("events e INDEXED BY events_by_asset", "e.created_ms"),
        }
    }

    fn condition(self) -> &'static str {
        match self {
            Self::Time => "TRUE",
            Self::Kind => "e.kind = :kind",
            Self::Operation => "e.operation = :operation",
            Self::Change => "e.change = :change",
            Self::Archive => "e.archive = :archive",
            // An event that opens no version any more has left its changes behind.
            Self::Changed => "f.field = :field AND e.opens_version",
            Self::Assets => "e.asset IN (SELECT value FROM json_each(:assets))",
        }
    }

    /// The same where another walk leads.
    fn aside(self) -> &'static str {
        match self {
            Self::Changed => {
                "e.opens_version AND EXISTS (SELECT 1 FROM changed_fields
                    WHERE field = :field AND created_ms = e.created_ms AND event = e.id)"
            }
            _ => self.condition(),
        }
    }

    pub(in crate::library) fn counted(self) -> String {
        let (from, time) = match self {
            // The event itself is not needed to count.
            Self::Changed => ("changed_fields f", "f.created_ms"),
            _ => self.from(),
        };
        let condition = if self == Self::Changed { "f.field = :field" } else { self.condition() };
        format!(
            "SELECT count(*) FROM (SELECT 1 FROM {from}
             WHERE {condition} AND {time} >= :from AND {time} < :below LIMIT {FEWEST_MATTERS})"
        )
    }
}

/// Beyond so many events it does not matter which filter leaves fewest: a page is full before.
const FEWEST_MATTERS: usize = 2_000;

pub(in crate::library) fn walked(lead: Walk, others: &[Walk]) -> String {
    let (from, time) = lead.from();
    let conditions: Vec<_> = [lead.condition()].into_iter().chain(others.iter().map(|other| other.aside())).collect();
    format!(
        "SELECT e.id, e.asset, e.created_ms, e.turn, e.public_id FROM {from}
         WHERE {} AND {time} >= :from AND {time} < :below
            AND (e.created_ms, e.turn, e.public_id) < (:created, :turn, :public_id)
         ORDER BY {time} DESC, e.turn DESC, e.public_id DESC",
        conditions.join(" AND ")
    )
}

pub(in crate::library) fn places(
    connection: &Connection,
    wanted: &Wanted,
    assets: Option<&Assets>,
    before: Option<&Cursor>,
    limit: usize,
) -> Result<Vec<(EventId, Cursor)>, LibraryError> {
    let start = Cursor { created_ms: i64::MAX, turn: i64::MAX, public_id: String::new() };
    let before = before.unwrap_or(&start);
    let from = wanted.from.map_or(i64::MIN, |moment| moment.0);
    let below = wanted.until.map_or(i64::MAX, |moment| moment.0).min(before.created_ms.saturating_add(1));
    let kind = wanted.kind.map(EventKind::as_str);
    let change = wanted.change.map(Change::as_str);
    let field = wanted.changed.map(code);
    let few = if let Some(Assets::Few(ids)) = assets { Some(ids) } else { None };

    let mut filters: Vec<(Walk, &str, &dyn ToSql)> = Vec::new();
    let mut filter = |walk, name, value: Option<_>| filters.extend(value.map(|value| (walk, name, value)));
    filter(Walk::Assets, ":assets", few.map(|ids| ids as &dyn ToSql));
    filter(Walk::Changed, ":field", field.as_ref().map(|field| field as &dyn ToSql));
    filter(Walk::Archive, ":archive", wanted.archive.as_ref().map(|archive| archive as &dyn ToSql));
    filter(Walk::Operation, ":operation", wanted.operation.as_ref().map(|operation| operation as &dyn ToSql));
    filter(Walk::Change, ":change", change.as_ref().map(|change| change as &dyn ToSql));
    filter(Walk::Kind, ":kind", kind.as_ref().map(|kind| kind as &dyn ToSql));
    let lead = fewest(connection, &filters, from, below)?;
    let others: Vec<Walk> = filters.iter().map(|(walk, ..)| *walk).filter(|walk| *walk != lead).collect();

    let mut values = named_params! {
        ":from": from,
        ":below": below,
        ":created": before.created_ms,
        ":turn": before.turn,
        ":public_id": before.public_id,
    }
    .to_vec();
    values.extend(filters.iter().map(|(_, name, value)| (*name, *value)));
    let mut select = connection.prepare_cached(&walked(lead, &others))?;
    let mut rows = select.query(values.as_slice())?;
    let mut places = Vec::new();
    while let Some(row) = rows.next()?
        && places.len() < limit
    {
        // For a moment an event may be on its way from one asset to another.
        let Some(asset) = row.get::<_, Option<AssetId>>(1)? else { continue };
        if let Some(Assets::Many(matching)) = assets
            && !matching.contains(asset.0 as usize)
        {
            continue;
        }
        let cursor = Cursor { created_ms: row.get(2)?, turn: row.get(3)?, public_id: row.get(4)? };
        places.push((row.get(0)?, cursor));
    }
    Ok(places)
}

/// The filter that leaves the fewest events. The assets of a search are few already.
fn fewest(
    connection: &Connection,
    filters: &[(Walk, &str, &dyn ToSql)],
    from: i64,
    below: i64,
) -> Result<Walk, LibraryError> {
    match filters {
        [] => return Ok(Walk::Time),
        [(only, ..)] | [(only @ Walk::Assets, ..), ..] => return Ok(*only),
        _ => {}
    }
    let mut fewest = (i64::MAX, Walk::Time);
    for (walk, name, value) in filters {
        let mut count = connection.prepare_cached(&walk.counted())?;
        let values: [(&str, &dyn ToSql); 3] = [(":from", &from), (":below", &below), (name, value)];
        let events = count.query_row(&values[..], |row| row.get(0))?;
        if events < fewest.0 {
            fewest = (events, *walk);
        }
    }
    Ok(fewest.1)
}
