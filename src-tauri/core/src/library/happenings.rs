//! What happened, newest first: a line an event, filtered, in pages whose cursor stays true while more comes in.
//! Each filter has an index that walks back in time; of several, the one that leaves the fewest events is walked.

use std::fmt;
use std::str::FromStr;

use fixedbitset::FixedBitSet;
use rusqlite::{Connection, OptionalExtension, ToSql, Transaction, named_params, params};

use super::gallery::{self, Sort};
use super::query::Filter;
use super::renditions::{self, RenditionState};
use super::{AssetId, EventId, LibraryError};
use crate::clock::Moment;
use crate::fotoware::{Change, EventKind, FieldChange, Role, Subject};
use crate::renditions::BlobHash;

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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    let mut places = places(connection, wanted, assets.as_ref(), before, limit + 1)?;
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
        let mut select = connection.prepare_cached(&distinct("events", column))?;
        let words = select.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
        Ok(words.into_iter().filter(|word| !word.is_empty()).collect())
    };
    let mut select = connection.prepare_cached(&distinct("changed_fields", "field"))?;
    let changed = select.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    Ok(Choices {
        kinds: words("kind")?,
        operations: words("operation")?,
        changes: words("change")?,
        archives: words("archive")?,
        changed: changed.into_iter().filter_map(subject).collect(),
    })
}

/// Takes back which fields an event changed, before the changes of an earlier telling are replaced.
pub(super) fn forget_changed_fields(
    transaction: &Transaction<'_>,
    event: EventId,
    created_ms: i64,
) -> Result<(), LibraryError> {
    let mut select = transaction.prepare_cached("SELECT changes FROM changes WHERE event = ?1")?;
    if let Some(told) = select.query_row([event], |row| row.get::<_, String>(0)).optional()? {
        let mut delete = transaction
            .prepare_cached("DELETE FROM changed_fields WHERE field = ?1 AND created_ms = ?2 AND event = ?3")?;
        for change in serde_json::from_str::<Vec<FieldChange>>(&told)? {
            delete.execute(params![code(change.subject), created_ms, event])?;
        }
    }
    Ok(())
}

/// Writes down which fields an event changed.
pub(super) fn note_changed_fields(
    transaction: &Transaction<'_>,
    event: EventId,
    created_ms: i64,
    changes: &[FieldChange],
) -> Result<(), LibraryError> {
    let mut insert = transaction
        .prepare_cached("INSERT OR IGNORE INTO changed_fields (field, created_ms, event) VALUES (?1, ?2, ?3)")?;
    for change in changes {
        insert.execute(params![code(change.subject), created_ms, event])?;
    }
    Ok(())
}

/// Properties of the file are below the numbers of the fields.
fn code(subject: Subject) -> i64 {
    match subject {
        Subject::Filename => -4,
        Subject::FileSize => -3,
        Subject::Pixels => -2,
        Subject::Archive => -1,
        Subject::Field(id) => id.into(),
    }
}

fn subject(code: i64) -> Option<Subject> {
    match code {
        -4 => Some(Subject::Filename),
        -3 => Some(Subject::FileSize),
        -2 => Some(Subject::Pixels),
        -1 => Some(Subject::Archive),
        id => id.try_into().ok().map(Subject::Field),
    }
}

/// The assets that a search leaves: few enough to go through the events of each, or many.
enum Assets {
    Few(String),
    Many(FixedBitSet),
}

impl Assets {
    const FEW: usize = 1_000;

    fn matching(connection: &Connection, filter: &Filter) -> Result<Self, LibraryError> {
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
enum Walk {
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

    fn counted(self) -> String {
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

fn walked(lead: Walk, others: &[Walk]) -> String {
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

fn places(
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
    let thumbnail = thumbnail(connection, event)?;
    Ok(Some(Happening {
        event,
        public_id: row.get(0)?,
        asset_id: row.get(1)?,
        version: row.get::<_, Option<i64>>(2)?.unwrap_or(0) as u64,
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
fn thumbnail(connection: &Connection, event: EventId) -> Result<RenditionState, LibraryError> {
    let own = renditions::of_event(connection, event, Role::Thumbnail)?.unwrap_or_default();
    if own.hash.is_some() {
        return Ok(own);
    }
    let mut select = connection.prepare_cached(EARLIER_THUMBNAIL)?;
    let earlier = select.query_row([event], |row| {
        let hash: [u8; 32] = row.get(0)?;
        Ok((BlobHash::from_bytes(hash), row.get(1)?, row.get(2)?))
    });
    Ok(match earlier.optional()? {
        Some((hash, width, height)) => RenditionState { hash: Some(hash), width, height, ..own },
        None => own,
    })
}

/// Looks no further back than a few steps: an asset may have hundreds without a picture.
const EARLIER_THUMBNAIL: &str = "SELECT b.hash, b.width, b.height
     FROM (SELECT before.id, before.created_ms FROM events e
            JOIN events before ON before.asset = e.asset AND before.created_ms <= e.created_ms
            WHERE e.id = ?1 ORDER BY before.created_ms DESC, before.id DESC LIMIT 32) near
     JOIN renditions r ON r.event = near.id AND r.role = 'thumbnail' AND r.state = 'kept'
     JOIN blobs b ON b.hash = r.blob
     ORDER BY near.created_ms DESC LIMIT 1";

fn placeholder(connection: &Connection, hash: BlobHash) -> Result<Option<Vec<u8>>, LibraryError> {
    let mut select = connection.prepare_cached("SELECT placeholder FROM blobs WHERE hash = ?1")?;
    Ok(select.query_row([hash.as_bytes()], |row| row.get(0)).optional()?.flatten())
}

/// The values of an indexed column, by leaps from one to the next.
fn distinct(table: &str, column: &str) -> String {
    format!(
        "WITH RECURSIVE found(value) AS (
            SELECT min({column}) FROM {table} WHERE {column} IS NOT NULL
            UNION ALL
            SELECT (SELECT min({column}) FROM {table} WHERE {column} > value AND {column} IS NOT NULL)
            FROM found WHERE value IS NOT NULL
         )
         SELECT value FROM found WHERE value IS NOT NULL"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Walk; 6] = [Walk::Kind, Walk::Operation, Walk::Change, Walk::Archive, Walk::Changed, Walk::Assets];

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
        let connection = super::super::connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        (dir, connection)
    }

    #[test]
    fn every_filter_walks_back_in_time_on_its_own_index() {
        let (_dir, connection) = library();
        for (walk, index) in [
            (Walk::Time, "events_by_time (created_ms>? AND created_ms<?)"),
            (Walk::Kind, "events_by_kind (kind=? AND created_ms>? AND created_ms<?)"),
            (Walk::Operation, "events_by_operation (operation=? AND created_ms>? AND created_ms<?)"),
            (Walk::Change, "events_by_change (change=? AND created_ms>? AND created_ms<?)"),
            (Walk::Archive, "events_by_archive (archive=? AND created_ms>? AND created_ms<?)"),
            (Walk::Changed, "f USING PRIMARY KEY (field=? AND created_ms>? AND created_ms<?)"),
            (Walk::Assets, "events_by_asset (asset=? AND created_ms>? AND created_ms<?)"),
        ] {
            let others: Vec<Walk> = ALL.into_iter().filter(|other| *other != walk && *other != Walk::Assets).collect();
            for others in [&[][..], &others[..]] {
                let plan = plan(&connection, &walked(walk, others));
                assert!(plan.contains(index), "{walk:?}: {plan}");
                assert!(!plan.contains("SCAN e") && !plan.contains("SCAN f"), "{walk:?}: {plan}");
                // The events of a few assets are sorted; everything else is in order but for ties.
                let sorts = plan.contains("TEMP B-TREE FOR ORDER BY");
                assert_eq!(sorts, walk == Walk::Assets, "{walk:?}: {plan}");
            }
        }
    }

    #[test]
    fn filters_are_weighed_and_menus_filled_from_covering_indexes() {
        let (_dir, connection) = library();
        for walk in ALL {
            let plan = plan(&connection, &walk.counted());
            assert!(plan.contains("COVERING INDEX") || plan.contains("PRIMARY KEY"), "{walk:?}: {plan}");
        }
        for (table, column) in [
            ("events", "kind"),
            ("events", "operation"),
            ("events", "change"),
            ("events", "archive"),
            ("changed_fields", "field"),
        ] {
            let plan = plan(&connection, &distinct(table, column));
            assert!(!plan.contains(&format!("SCAN {table}")), "{plan}");
            assert!(plan.contains(&format!("{column}>?")), "{plan}");
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
