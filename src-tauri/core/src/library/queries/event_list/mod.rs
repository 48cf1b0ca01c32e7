//! The list of events, newest first, filtered and in pages. A cursor stays valid while more events come in.

mod arrival;
pub(in crate::library) mod line_changes;
mod outline;
mod plan;

use std::fmt;
use std::str::FromStr;

use fixedbitset::FixedBitSet;
use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::fold::fold;
use crate::fotoware::{AssetState, Change, EventKind, FieldId, Role, Subject};
use crate::library::error::LibraryError;
use crate::library::queries::as_json;
use crate::library::queries::field_names::Labels;
use crate::library::queries::filter::Filter;
use crate::library::queries::snapshot::EventQueries;
use crate::library::store::changed_fields;
use crate::library::store::events;
use crate::library::store::ids::EventId;
use crate::library::store::renditions;
use crate::library::store::renditions::RenditionState;
use crate::model::BlobHash;

use line_changes::LineChange;
use plan::Assets;

pub use arrival::Arrival;
pub use outline::{EventOutline, Mark};

/// Which events to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    pub kind: Option<EventKind>,
    pub operation: Option<String>,
    pub change: Option<Change>,
    /// An archive by its exact name.
    pub archive: Option<String>,
    /// What the event changed.
    pub changed: Option<Subject>,
    /// How the notice came.
    pub arrival: Option<Arrival>,
    /// Only of assets that this search finds in the gallery.
    pub assets: Option<Filter>,
    /// From this moment on, by Fotoware's time.
    pub from: Option<Timestamp>,
    /// Up to this moment, without it.
    pub until: Option<Timestamp>,
}

/// Where a page ended: the position of its last event in the order of all.
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

/// An event as a line.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = EventLine)]
pub struct EventLine {
    #[serde(rename = "event_id")]
    pub public_id: String,
    /// Also the number of its delivery.
    #[serde(rename = "delivery_id")]
    #[schema(value_type = i64)]
    pub event: EventId,
    /// Public id.
    pub asset_id: String,
    /// The version that the asset is at after it.
    pub version: u64,
    #[schema(value_type = String)]
    pub kind: EventKind,
    pub change: Change,
    pub operation: Option<String>,
    pub filename: String,
    pub previous_name: Option<String>,
    pub title: String,
    pub archive: String,
    #[serde(rename = "created_at", serialize_with = "as_json::text")]
    #[schema(value_type = String)]
    pub created: Timestamp,
    #[serde(rename = "received_at", serialize_with = "as_json::text")]
    #[schema(value_type = String)]
    pub received: Timestamp,
    /// What its version changed.
    pub changed: Vec<LineChange>,
    /// Its own; if that is not kept, the last one kept before it, with the state of its own.
    pub thumbnail: RenditionState,
    /// A thumbhash in base64.
    #[serde(serialize_with = "as_json::base64")]
    #[schema(value_type = Option<String>)]
    pub placeholder: Option<Vec<u8>>,
}

/// A field or a property of the file, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangedField {
    /// The number of a metadata field; null for a property of the file.
    #[schema(value_type = Option<u32>)]
    pub id: Option<FieldId>,
    /// What `field` is set to in a request.
    pub key: String,
    pub label: String,
}

impl ChangedField {
    fn new(subject: Subject, labels: &Labels) -> Self {
        let id = if let Subject::Field(id) = subject { Some(id) } else { None };
        Self { id, key: subject.key(), label: labels.of_subject(subject) }
    }
}

impl EventQueries<'_> {
    /// At most `limit` events, the newest first, and the cursor of the next page; it is `None` after the last.
    pub fn page(
        self,
        wanted: &EventFilter,
        before: Option<&Cursor>,
        limit: usize,
    ) -> Result<(Vec<EventLine>, Option<Cursor>), LibraryError> {
        self.lines(wanted, before, 0, limit)
    }

    /// The same from a place on that the outline names.
    pub fn page_at(
        self,
        wanted: &EventFilter,
        mark: Mark,
        limit: usize,
    ) -> Result<(Vec<EventLine>, Option<Cursor>), LibraryError> {
        self.lines(wanted, Some(&mark.cursor()), mark.skip, limit)
    }

    fn lines(
        self,
        wanted: &EventFilter,
        before: Option<&Cursor>,
        skip: usize,
        limit: usize,
    ) -> Result<(Vec<EventLine>, Option<Cursor>), LibraryError> {
        let connection = self.0.connection;
        let assets = wanted.assets.as_ref().map(|filter| Assets::matching(self.0, filter)).transpose()?;
        let most = skip.saturating_add(limit).saturating_add(1);
        let mut places = plan::places(connection, wanted, assets.as_ref(), before, most)?;
        places.drain(..skip.min(places.len()));
        let goes_on = places.len() > limit;
        places.truncate(limit);
        let next = places.last().filter(|_| goes_on).map(|(_, cursor)| cursor.clone());
        let labels = self.0.fields().labels()?;
        let mut lines = Vec::with_capacity(places.len());
        for (event, _) in places {
            lines.extend(line(connection, event, &labels)?);
        }
        Ok((lines, next))
    }

    /// All events that a filter leaves, by their numbers.
    pub fn all(self, wanted: &EventFilter) -> Result<FixedBitSet, LibraryError> {
        const PORTION: usize = 20_000;
        let assets = wanted.assets.as_ref().map(|filter| Assets::matching(self.0, filter)).transpose()?;
        let mut all = FixedBitSet::new();
        let mut before: Option<Cursor> = None;
        loop {
            let places = plan::places(self.0.connection, wanted, assets.as_ref(), before.as_ref(), PORTION)?;
            let is_last = places.len() < PORTION;
            for (event, _) in &places {
                all.grow_and_insert(event.0 as usize);
            }
            before = places.into_iter().last().map(|(_, cursor)| cursor);
            if is_last {
                return Ok(all);
            }
        }
    }

    /// What the filters of the list can be set to: only words that occur.
    pub fn choices(self) -> Result<FilterOptions, LibraryError> {
        let connection = self.0.connection;
        let mut select = connection.prepare_cached(CHANGED_FIELDS)?;
        let changed = select.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        let changed = changed.into_iter().filter_map(changed_fields::subject);
        let labels = self.0.fields().labels()?;
        let mut fields: Vec<_> = changed.map(|subject| ChangedField::new(subject, &labels)).collect();
        // By name, as in a menu; properties of the file come first.
        fields.sort_by_cached_key(|field| (field.id.is_some(), fold(&field.label)));
        Ok(FilterOptions {
            kinds: words_of(connection, "kind")?,
            operations: words_of(connection, "operation")?,
            changes: words_of(connection, "change")?,
            archives: words_of(connection, "archive")?,
            fields,
        })
    }

    /// The asset's state as the event's notice described it, read from its delivery. `None` if there is no such
    /// delivery, or if it cannot be read.
    pub fn state(self, event: EventId) -> Result<Option<AssetState>, LibraryError> {
        events::state(self.0.connection, event)
    }
}

/// What the filters of the list can be set to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EventChoices)]
pub struct FilterOptions {
    #[schema(value_type = Vec<String>)]
    pub kinds: Vec<EventKind>,
    pub operations: Vec<String>,
    pub changes: Vec<Change>,
    pub archives: Vec<String>,
    pub fields: Vec<ChangedField>,
}

fn line(connection: &Connection, event: EventId, labels: &Labels) -> Result<Option<EventLine>, LibraryError> {
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
    let version = row.get::<_, Option<i64>>(2)?.unwrap_or(0) as u64;
    let thumbnail = thumbnail(connection, event, version)?;
    Ok(Some(EventLine {
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
        created: Timestamp(row.get(10)?),
        received: Timestamp(row.get(11)?),
        changed: LineChange::read(changes.as_deref(), labels)?,
        placeholder: thumbnail.hash.map(|hash| placeholder(connection, hash)).transpose()?.flatten(),
        thumbnail,
    }))
}

/// An event's own thumbnail. If that is missing, its status and reason with the picture of the newest kept one before
/// it.
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

/// Looks back over 32 events at most: an asset may have hundreds without a picture.
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

/// The words in a column of the facets, each once.
fn words_of<T: FromSql>(connection: &Connection, column: &str) -> Result<Vec<T>, LibraryError> {
    let mut select = connection.prepare_cached(&words_of_facets(column))?;
    Ok(select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn words_of_facets(column: &str) -> String {
    format!("SELECT DISTINCT {column} FROM event_facets WHERE {column} <> '' ORDER BY {column}")
}

/// The fields that ever changed, found by a skip scan of the index.
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
    use crate::library::store::query_plan::query_plan;

    fn plan(connection: &Connection, sql: &str) -> String {
        query_plan(connection, sql).join("; ")
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
    fn the_outline_and_ways_of_arrival_are_read_from_indexes() {
        let (_dir, connection) = library();
        for (sql, index) in [
            (plan::times_of_lane(false), "USING COVERING INDEX events_by_time (created_ms>? AND created_ms<?)"),
            (
                plan::times_of_lane(true),
                "USING COVERING INDEX events_by_facet (facet=? AND created_ms>? AND created_ms<?)",
            ),
            (arrival::LATE, "events_late"),
            (arrival::REPEATED, "e USING COVERING INDEX events_by_public_id (public_id=?)"),
        ] {
            let plan = plan(&connection, sql);
            assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{plan}");
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
