//! What happened, newest first: a line an event, filtered, in pages whose cursor stays true while more comes in.

mod plan;

use std::fmt;
use std::str::FromStr;

use rusqlite::{Connection, OptionalExtension};

use crate::clock::Moment;
use crate::fotoware::{Change, EventKind, FieldChange, Role, Subject};
use crate::library::error::LibraryError;
use crate::library::queries::filter::Filter;
use crate::library::store::changed_fields;
use crate::library::store::ids::EventId;
use crate::library::store::renditions;
use crate::library::store::renditions::RenditionState;
use crate::model::BlobHash;

use crate::library::queries::event_list::plan::Assets;

/// Which events to list.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub kind: Option<EventKind>,
    pub operation: Option<String>,
    pub change: Option<Change>,
    /// An archive by its exact name.
    pub archive: Option<String>,
    /// What the event changed.
    pub changed: Option<Subject>,
    /// Of assets that the gallery would find so.
    pub assets: Option<Filter>,
    /// From this moment on, by Fotoware's time.
    pub from: Option<Moment>,
    /// Up to this moment, without it.
    pub until: Option<Moment>,
}

/// Where a page ended: the place of its last event in the order of all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    created_ms: i64,
    turn: i64,
    public_id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no place in the list of events")]
pub struct NotACursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}_{}", self.created_ms, self.turn, self.public_id)
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let mut parts = text.splitn(3, '_');
        let mut number = || parts.next()?.parse().ok();
        let (created_ms, turn) = number().zip(number()).ok_or(NotACursor)?;
        Ok(Self { created_ms, turn, public_id: parts.next().ok_or(NotACursor)?.to_owned() })
    }
}

/// An event as a line of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    pub event: EventId,
    pub public_id: String,
    pub asset_id: String,
    /// The version that the asset is at after it.
    pub version: u64,
    pub kind: String,
    pub change: String,
    pub operation: Option<String>,
    pub filename: String,
    pub previous_name: Option<String>,
    pub title: String,
    pub archive: String,
    pub created: Moment,
    pub received: Moment,
    pub changed: Vec<Subject>,
    /// Its own, or the last that was kept before it.
    pub thumbnail: RenditionState,
    pub placeholder: Option<Vec<u8>>,
}

/// A page of events, and where the next one goes on.
pub fn happenings(
    connection: &Connection,
    wanted: &Wanted,
    before: Option<&Cursor>,
    limit: usize,
) -> Result<(Vec<Happening>, Option<Cursor>), LibraryError> {
    let assets = wanted.assets.as_ref().map(|filter| Assets::matching(connection, filter)).transpose()?;
    let mut places = plan::places(connection, wanted, assets.as_ref(), before, limit + 1)?;
    let goes_on = places.len() > limit;
    places.truncate(limit);
    let next = places.last().filter(|_| goes_on).map(|(_, cursor)| cursor.clone());
    let mut lines = Vec::with_capacity(places.len());
    for (event, _) in places {
        lines.extend(line(connection, event)?);
    }
    Ok((lines, next))
}

/// What there is to choose from in the filters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    pub kinds: Vec<String>,
    pub operations: Vec<String>,
    pub changes: Vec<String>,
    pub archives: Vec<String>,
    pub changed: Vec<Subject>,
}

pub fn choices(connection: &Connection) -> Result<Choices, LibraryError> {
    let words = |column: &str| -> Result<Vec<String>, LibraryError> {
        let mut select = connection.prepare_cached(&words_of_facets(column))?;
        Ok(select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    };
    let mut select = connection.prepare_cached(CHANGED_FIELDS)?;
    let changed = select.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    Ok(Choices {
        kinds: words("kind")?,
        operations: words("operation")?,
        changes: words("change")?,
        archives: words("archive")?,
        changed: changed.into_iter().filter_map(changed_fields::subject).collect(),
    })
}

fn line(connection: &Connection, event: EventId) -> Result<Option<Happening>, LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT e.public_id, a.public_id, e.version, e.kind, e.change, e.operation, e.filename, e.previous_name, e.title,
            e.archive, e.created_ms, e.received_ms, c.changes
         FROM events e JOIN assets a ON a.id = e.asset
         LEFT JOIN changes c ON c.event = e.id AND e.opens_version
         WHERE e.id = ?1",
    )?;
    let mut rows = select.query([event])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let changes: Option<String> = row.get(12)?;
    let changes: Vec<FieldChange> = changes.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default();
    let version = row.get::<_, Option<i64>>(2)?.unwrap_or(0) as u64;
    let thumbnail = thumbnail(connection, event, version)?;
    Ok(Some(Happening {
        event,
        public_id: row.get(0)?,
        asset_id: row.get(1)?,
        version,
        kind: row.get(3)?,
        change: row.get(4)?,
        operation: row.get(5)?,
        filename: row.get(6)?,
        previous_name: row.get(7)?,
        title: row.get(8)?,
        archive: row.get(9)?,
        created: Moment(row.get(10)?),
        received: Moment(row.get(11)?),
        changed: changes.into_iter().map(|change| change.subject).collect(),
        placeholder: thumbnail.hash.map(|hash| placeholder(connection, hash)).transpose()?.flatten(),
        thumbnail,
    }))
}

/// An event's own thumbnail. Where there is none, it says why, and shows the last one kept in the steps before.
fn thumbnail(connection: &Connection, event: EventId, version: u64) -> Result<RenditionState, LibraryError> {
    let own = renditions::of_event(connection, event, Role::Thumbnail)?.unwrap_or_default();
    if own.hash.is_some() {
        return Ok(own);
    }
    let mut select = connection.prepare_cached(EARLIER_THUMBNAIL)?;
    let earlier = select.query_row([event], |row| {
        let shown: Option<[u8; 32]> = row.get(3)?;
        Ok(RenditionState {
            hash: Some(BlobHash::from_bytes(row.get(0)?)),
            width: row.get(1)?,
            height: row.get(2)?,
            shown: shown.map(BlobHash::from_bytes),
            is_partial: row.get(4)?,
            earlier_version: row.get::<_, Option<i64>>(5)?.map(|of| of as u64).filter(|of| *of != version),
            ..own.clone()
        })
    });
    Ok(earlier.optional()?.unwrap_or(own))
}

/// Looks no further back than a few steps: an asset may have hundreds without a picture.
const EARLIER_THUMBNAIL: &str = "SELECT b.hash, b.width, b.height,
        iif(b.format = 'tiff', b.shown_as, coalesce(b.shown_as, b.hash)), b.flaw IS NOT NULL,
        near.version
     FROM (SELECT before.id, before.created_ms, before.turn, before.version FROM events e
            JOIN events before ON before.asset = e.asset AND before.created_ms <= e.created_ms
                AND (before.created_ms, before.turn) <= (e.created_ms, e.turn)
            WHERE e.id = ?1 ORDER BY before.created_ms DESC, before.turn DESC LIMIT 32) near
     JOIN renditions r ON r.event = near.id AND r.role = 'thumbnail' AND r.state = 'kept'
     JOIN blobs b ON b.hash = r.blob
     ORDER BY near.created_ms DESC, near.turn DESC LIMIT 1";

fn placeholder(connection: &Connection, hash: BlobHash) -> Result<Option<Vec<u8>>, LibraryError> {
    let mut select = connection.prepare_cached("SELECT placeholder FROM blobs WHERE hash = ?1")?;
    Ok(select.query_row([hash.as_bytes()], |row| row.get(0)).optional()?.flatten())
}

/// What stands in a column of the facets, each word once.
fn words_of_facets(column: &str) -> String {
    format!("SELECT DISTINCT {column} FROM event_facets WHERE {column} <> '' ORDER BY {column}")
}

/// The fields that ever changed, by leaps from one to the next.
const CHANGED_FIELDS: &str = "WITH RECURSIVE found(value) AS (
        SELECT min(field) FROM changed_fields
        UNION ALL
        SELECT (SELECT min(field) FROM changed_fields WHERE field > value) FROM found WHERE value IS NOT NULL
     )
     SELECT value FROM found WHERE value IS NOT NULL";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::queries::event_list::plan::{few_assets, lane};
    use crate::library::store::changed_fields::{code, subject};

    fn plan(connection: &Connection, sql: &str) -> String {
        let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut rows = explain.raw_query();
        let mut plan = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            plan.push(row.get::<_, String>(3).unwrap());
        }
        plan.join("; ")
    }

    fn library() -> (tempfile::TempDir, Connection) {
        let dir = tempfile::tempdir().unwrap();
        let connection = crate::library::store::connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        (dir, connection)
    }

    #[test]
    fn every_lane_is_walked_back_in_time_on_an_index() {
        let (_dir, connection) = library();
        for (sql, index) in [
            (lane(false, false), "events_by_time (created_ms>? AND created_ms<?)"),
            (lane(true, false), "events_by_facet (facet=? AND created_ms>? AND created_ms<?)"),
            (lane(true, true), "f USING PRIMARY KEY (field=? AND facet=? AND created_ms>? AND created_ms<?)"),
            (few_assets(false), "events_by_asset (asset=? AND created_ms>? AND created_ms<?)"),
            (few_assets(true), "events_by_asset (asset=? AND created_ms>? AND created_ms<?)"),
        ] {
            let plan = plan(&connection, &sql);
            assert!(plan.contains(index), "{plan}");
            assert!(!plan.contains("SCAN e") && !plan.contains("SCAN f"), "{plan}");
            // The events of a few assets are sorted; everything else is in order but for ties.
            assert_eq!(plan.contains("TEMP B-TREE FOR ORDER BY"), sql.contains("events_by_asset"), "{plan}");
        }
    }

    #[test]
    fn menus_are_filled_without_reading_events() {
        let (_dir, connection) = library();
        let plan_of_fields = plan(&connection, CHANGED_FIELDS);
        assert!(!plan_of_fields.contains("SCAN changed_fields"), "{plan_of_fields}");
        for column in ["kind", "operation", "change", "archive"] {
            let plan = plan(&connection, &words_of_facets(column));
            assert!(plan.contains("event_facets") && !plan.contains("events"), "{plan}");
        }
        let plan = plan(&connection, EARLIER_THUMBNAIL);
        assert!(plan.contains("events_by_asset (asset=? AND created_ms<?)"), "{plan}");
        assert!(!plan.contains("SCAN before"), "{plan}");
    }

    #[test]
    fn a_cursor_and_a_subject_read_back_what_they_write() {
        let cursor = Cursor { created_ms: -5, turn: 0, public_id: "a_b".into() };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for wrong in ["", "1_2", "a_2_x", "1"] {
            assert_eq!(wrong.parse::<Cursor>(), Err(NotACursor), "{wrong}");
        }
        for told in [Subject::Filename, Subject::FileSize, Subject::Pixels, Subject::Archive, Subject::Field(120)] {
            assert_eq!(subject(code(told)), Some(told));
        }
    }
}
