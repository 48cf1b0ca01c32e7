//! The tables of events and of what they changed. The state that an event told is in its delivery.

use std::borrow::Cow;

use rusqlite::{Connection, Statement, Transaction, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::fotoware::{AssetState, Change, FieldChange, hex};
use crate::library::error::LibraryError;
use crate::library::store::changed_fields;
use crate::library::store::deliveries;
use crate::library::store::deliveries::StoredDelivery;
use crate::library::store::delivery_record::Dedupe;
use crate::library::store::event_facets::{Facet, FacetWords};
use crate::library::store::ids::{AssetId, EventId};
use crate::library::store::placement::{PlacedStep, ReplayEvent};

/// What an event changed against the version before. `gap` is set if the notice describes another state before it than
/// the one that was known: then a notice in between is missing.
pub(in crate::library) struct Changed {
    pub changes: Vec<FieldChange>,
    pub gap: bool,
}

/// Where an event belongs. `changed` is `None` if the event opens no version, or if its changes are stored already.
pub(in crate::library) struct Place<'a> {
    pub asset: AssetId,
    pub step: &'a PlacedStep,
    pub changed: Option<Changed>,
}

/// The columns of an event row that come from its delivery. The others say which asset and version it belongs to
/// ([`EventPlacement`]).
#[derive(Serialize, Deserialize)]
pub(in crate::library) struct EventFacts<'a> {
    id: i64,
    public_id: &'a str,
    received_ms: i64,
    created_ms: i64,
    modified_ms: i64,
    kind: &'a str,
    change: &'a str,
    operation: Option<&'a str>,
    webhook_id: Option<&'a str>,
    previous_name: Option<&'a str>,
    filename: &'a str,
    title: &'a str,
    archive: &'a str,
    doctype: &'a str,
    href: &'a str,
    file_size: Option<i64>,
    pixel_width: Option<i64>,
    pixel_height: Option<i64>,
    ratio: Option<f64>,
    state_hash: i64,
    fields_hash: i64,
    facet: Facet,
    #[serde(borrow)]
    identity: Cow<'a, str>,
}

/// The columns of an event row that say which asset and version it belongs to, as the replay decided.
#[derive(Clone, Copy, Debug)]
pub(in crate::library) struct EventPlacement {
    pub asset: AssetId,
    pub version: Option<u32>,
    pub opens_version: bool,
    pub previous: Option<EventId>,
    pub turn: u32,
    pub joined: bool,
    pub gap: bool,
}

impl<'a> EventFacts<'a> {
    pub(in crate::library) fn of(delivery: &'a StoredDelivery, event: &'a ClusterEvent) -> Result<Self, LibraryError> {
        let notice = &*delivery.notice;
        let state = &notice.state;
        Ok(Self {
            id: delivery.id.0,
            public_id: &event.step.tie,
            received_ms: event.received_ms,
            created_ms: event.step.created_ms,
            modified_ms: event.step.modified_ms,
            kind: notice.kind.as_str(),
            change: notice.change.as_str(),
            operation: notice.operation.as_deref(),
            webhook_id: notice.webhook_id.as_deref(),
            previous_name: notice.previous_name.as_deref(),
            filename: &state.filename,
            title: &state.title,
            archive: &state.archive,
            doctype: &state.doctype,
            href: &state.href,
            file_size: state.file_size.map(|size| size as i64),
            pixel_width: state.pixel_width.map(|width| width as i64),
            pixel_height: state.pixel_height.map(|height| height as i64),
            ratio: notice.ratio,
            state_hash: event.step.state_hash,
            fields_hash: hash(&(&state.metadata, state.pixel_width, state.pixel_height))?,
            facet: event.facet,
            identity: Cow::Owned(serde_json::to_string(&notice.identity)?),
        })
    }

    /// The statement that [`Self::write`] takes, for the table of events or its twin.
    pub(in crate::library) fn insert_into(table: &str) -> String {
        format!(
            "INSERT INTO {table} (id, public_id, received_ms, created_ms, modified_ms, kind, change, operation, webhook_id,
                previous_name, filename, title, archive, doctype, href, file_size, pixel_width, pixel_height, ratio,
                state_hash, fields_hash, identity, cluster, asset, version, opens_version, previous, turn, joined, gap,
                facet)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
                ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31)"
        )
    }

    /// Inserts the event row. Without `placed` the event belongs to no asset yet.
    pub(in crate::library) fn write(
        &self,
        insert: &mut Statement<'_>,
        cluster: i64,
        placed: Option<&EventPlacement>,
    ) -> Result<(), LibraryError> {
        insert.execute(params![
            self.id,
            self.public_id,
            self.received_ms,
            self.created_ms,
            self.modified_ms,
            self.kind,
            self.change,
            self.operation,
            self.webhook_id,
            self.previous_name,
            self.filename,
            self.title,
            self.archive,
            self.doctype,
            self.href,
            self.file_size,
            self.pixel_width,
            self.pixel_height,
            self.ratio,
            self.state_hash,
            self.fields_hash,
            self.identity,
            cluster,
            placed.map(|placed| placed.asset),
            placed.and_then(|placed| placed.version),
            placed.is_some_and(|placed| placed.opens_version),
            placed.and_then(|placed| placed.previous),
            placed.map_or(0, |placed| placed.turn),
            placed.is_some_and(|placed| placed.joined),
            placed.is_some_and(|placed| placed.gap),
            self.facet,
        ])?;
        Ok(())
    }

    pub(in crate::library) fn facet(&self) -> (Facet, FacetWords<'a>) {
        let Self { kind, change, operation, archive, facet, .. } = *self;
        (facet, FacetWords { kind, change, operation, archive })
    }
}

impl Place<'_> {
    pub(in crate::library) fn placed(&self) -> EventPlacement {
        let PlacedStep { version, opens_version, previous, turn, joined, .. } = *self.step;
        let gap = self.changed.as_ref().is_some_and(|changed| changed.gap);
        EventPlacement { asset: self.asset, version, opens_version, previous, turn, joined, gap }
    }
}

/// An event's public id: the same for the same delivery in every library.
fn public_id(dedupe: &[u8]) -> String {
    hex(dedupe)
}

/// Those of the deduplication keys that an event has.
pub(in crate::library) fn known_among(
    connection: &Connection,
    dedupes: impl Iterator<Item = Dedupe>,
) -> Result<Vec<Dedupe>, LibraryError> {
    let mut find = connection.prepare_cached("SELECT 1 FROM events WHERE public_id = ?1")?;
    let mut known = Vec::new();
    for dedupe in dedupes {
        if find.exists([public_id(&dedupe)])? {
            known.push(dedupe);
        }
    }
    Ok(known)
}

/// A hash of what makes two states different versions. Left out are values that change without an edit.
fn content_hash(state: &AssetState) -> Result<i64, LibraryError> {
    let content = (
        (&state.filename, &state.title, &state.description, &state.byline, &state.tags),
        (state.file_size, state.pixel_width, state.pixel_height, &state.metadata),
    );
    hash(&content)
}

fn hash(content: &impl Serialize) -> Result<i64, LibraryError> {
    // Long enough for most states, so that it seldom grows.
    let mut json = Vec::with_capacity(2_048);
    serde_json::to_writer(&mut json, content)?;
    let digest = Sha256::digest(json);
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    Ok(i64::from_be_bytes(first))
}

/// An event of a cluster: what the replay reads, and what the row of its asset is made from.
pub(in crate::library) struct ClusterEvent {
    pub step: ReplayEvent,
    pub received_ms: i64,
    pub change: Change,
    pub filename: String,
    pub archive: String,
    pub doctype: String,
    pub ratio: Option<f64>,
    pub facet: Facet,
    placed: Option<(AssetId, PlacedStep)>,
}

pub(in crate::library) fn of_cluster(connection: &Connection, cluster: i64) -> Result<Vec<ClusterEvent>, LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT id, created_ms, modified_ms, public_id, kind, identity, state_hash, received_ms, change, filename,
            ratio, asset, version, opens_version, previous, turn, joined, archive, doctype, facet
         FROM events WHERE cluster = ?1",
    )?;
    let mut rows = select.query([cluster])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let event: EventId = row.get(0)?;
        let asset: Option<AssetId> = row.get(11)?;
        let placed = PlacedStep {
            event,
            turn: row.get(15)?,
            version: row.get(12)?,
            opens_version: row.get(13)?,
            previous: row.get(14)?,
            joined: row.get(16)?,
        };
        events.push(ClusterEvent {
            step: ReplayEvent {
                event,
                created_ms: row.get(1)?,
                modified_ms: row.get(2)?,
                tie: row.get(3)?,
                kind: row.get(4)?,
                identity: serde_json::from_str(row.get_ref(5)?.as_str().unwrap_or_default())?,
                state_hash: row.get(6)?,
            },
            received_ms: row.get(7)?,
            change: row.get(8)?,
            filename: row.get(9)?,
            archive: row.get(17)?,
            doctype: row.get(18)?,
            ratio: row.get(10)?,
            facet: row.get(19)?,
            placed: asset.map(|asset| (asset, placed)),
        });
    }
    Ok(events)
}

impl ClusterEvent {
    /// The event of a delivery, not placed yet.
    pub(in crate::library) fn of(delivery: &StoredDelivery) -> Result<Self, LibraryError> {
        let notice = &delivery.notice;
        let words = FacetWords {
            kind: notice.kind.as_str(),
            change: notice.change.as_str(),
            operation: notice.operation.as_deref(),
            archive: &notice.state.archive,
        };
        Ok(Self::with_hash(delivery, content_hash(&notice.state)?, words.facet()))
    }

    /// As [`Self::of`], if the hash of the state and the facet were computed before.
    pub(in crate::library) fn with_hash(delivery: &StoredDelivery, state_hash: i64, facet: Facet) -> Self {
        let notice = &delivery.notice;
        let state = &notice.state;
        let created = notice.created.map(|moment| moment.0).or(state.modified_ms).unwrap_or(delivery.received.0);
        Self {
            step: ReplayEvent {
                event: delivery.id.into(),
                created_ms: created,
                modified_ms: state.modified_ms.unwrap_or(0),
                tie: public_id(&delivery.dedupe),
                kind: notice.kind,
                identity: notice.identity.clone(),
                state_hash,
            },
            received_ms: delivery.received.0,
            change: notice.change,
            filename: state.filename.clone(),
            archive: state.archive.clone(),
            doctype: state.doctype.clone(),
            ratio: notice.ratio,
            facet,
            placed: None,
        }
    }

    pub(in crate::library) fn is_placed(&self, asset: AssetId, at: &PlacedStep) -> bool {
        self.placed == Some((asset, *at))
    }

    /// Whether the version before this one is not the one that its stored changes were computed against.
    pub(in crate::library) fn follows_another(&self, at: &PlacedStep) -> bool {
        self.placed.is_none_or(|(_, placed)| placed.previous != at.previous)
    }
}

pub(in crate::library) fn place(
    transaction: &Transaction<'_>,
    asset: AssetId,
    at: &PlacedStep,
) -> Result<(), LibraryError> {
    let mut update = transaction.prepare_cached(
        "UPDATE events SET asset = ?2, version = ?3, opens_version = ?4, previous = ?5, turn = ?6, joined = ?7
         WHERE id = ?1",
    )?;
    update.execute(params![at.event, asset, at.version, at.opens_version, at.previous, at.turn, at.joined])?;
    Ok(())
}

pub(in crate::library) fn cluster(connection: &Connection, event: EventId) -> Result<i64, LibraryError> {
    let mut select = connection.prepare_cached("SELECT cluster FROM events WHERE id = ?1")?;
    Ok(select.query_row([event], |row| row.get(0))?)
}

/// Moves all events of a cluster to another one, when a notice shows that both are about the same assets.
pub(in crate::library) fn move_cluster(transaction: &Transaction<'_>, from: i64, to: i64) -> Result<(), LibraryError> {
    transaction.prepare_cached("UPDATE events SET cluster = ?2 WHERE cluster = ?1")?.execute([from, to])?;
    Ok(())
}

/// The asset's state as the event's notice described it, read from its delivery. `None` if there is no such delivery,
/// or if it cannot be read.
pub(in crate::library) fn state(connection: &Connection, event: EventId) -> Result<Option<AssetState>, LibraryError> {
    Ok(deliveries::notice(connection, event.into())?.map(|notice| notice.state))
}

/// Stores what an event changed, in place of what may be stored for it.
pub(in crate::library) fn write_changes(
    transaction: &Transaction<'_>,
    event: &ClusterEvent,
    Changed { changes, gap }: &Changed,
) -> Result<(), LibraryError> {
    let (event, facet, created_ms) = (event.step.event, event.facet, event.step.created_ms);
    changed_fields::forget_changed_fields(transaction, event, facet, created_ms)?;
    changed_fields::note_changed_fields(transaction, event, facet, created_ms, changes)?;
    let mut update = transaction.prepare_cached("UPDATE events SET gap = ?2 WHERE id = ?1 AND gap <> ?2")?;
    update.execute(params![event, gap])?;
    if changes.is_empty() {
        transaction.prepare_cached("DELETE FROM changes WHERE event = ?1")?.execute([event])?;
        return Ok(());
    }
    insert_changes(transaction, event, changes)
}

/// Stores what an event changed. Nothing may be stored for it yet.
pub(in crate::library) fn tell_changes(
    transaction: &Transaction<'_>,
    event: &ClusterEvent,
    changes: &[FieldChange],
) -> Result<(), LibraryError> {
    if changes.is_empty() {
        return Ok(());
    }
    changed_fields::note_changed_fields(transaction, event.step.event, event.facet, event.step.created_ms, changes)?;
    insert_changes(transaction, event.step.event, changes)
}

fn insert_changes(transaction: &Transaction<'_>, event: EventId, changes: &[FieldChange]) -> Result<(), LibraryError> {
    let mut upsert = transaction.prepare_cached("INSERT OR REPLACE INTO changes (event, changes) VALUES (?1, ?2)")?;
    upsert.execute(params![event, serde_json::to_string(changes)?])?;
    Ok(())
}
