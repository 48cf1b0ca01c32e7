//! The tables of events and of what they changed. The state that an event told is in its delivery.

use rusqlite::{Connection, Transaction, params};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::deliveries::{self, StoredDelivery};
use super::incoming::Dedupe;
use super::lineage::{PlacedStep, Step};
use super::{AssetId, EventId, LibraryError, happenings};
use crate::fotoware::{AssetState, EventKind, FieldChange, hex};

/// What an event changed, and whether what it says was before is not what was known.
pub(super) struct Changed {
    pub changes: Vec<FieldChange>,
    pub gap: bool,
}

/// Where an event belongs, and what it changed if it made a version.
pub(super) struct Place<'a> {
    pub asset: AssetId,
    pub step: &'a PlacedStep,
    pub changed: Option<Changed>,
}

/// Writes an event down, in its place where that is known already.
pub(super) fn insert(
    transaction: &Transaction<'_>,
    delivery: &StoredDelivery,
    event: &ClusterEvent,
    cluster: i64,
    place: Option<&Place<'_>>,
) -> Result<(), LibraryError> {
    let notice = &delivery.notice;
    let state = &notice.state;
    let at = place.map(|place| place.step);
    let changed = place.and_then(|place| place.changed.as_ref());
    let mut insert = transaction.prepare_cached(
        "INSERT INTO events (id, public_id, received_ms, created_ms, modified_ms, kind, change, operation, webhook_id,
            previous_name, filename, title, archive, doctype, href, file_size, pixel_width, pixel_height, ratio, state_hash,
            fields_hash, identity, cluster, asset, version, opens_version, previous, turn, joined, gap)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
            ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30)",
    )?;
    insert.execute(params![
        delivery.id,
        event.step.tie,
        event.received_ms,
        event.step.created_ms,
        event.step.modified_ms,
        notice.kind.as_str(),
        notice.change.as_str(),
        notice.operation,
        notice.webhook_id,
        notice.previous_name,
        state.filename,
        state.title,
        state.archive,
        state.doctype,
        state.href,
        state.file_size.map(|size| size as i64),
        state.pixel_width.map(|width| width as i64),
        state.pixel_height.map(|height| height as i64),
        notice.ratio,
        event.step.state_hash,
        hash(&(&state.metadata, state.pixel_width, state.pixel_height))?,
        serde_json::to_string(&notice.identity)?,
        cluster,
        place.map(|place| place.asset),
        at.and_then(|at| at.version),
        at.is_some_and(|at| at.opens_version),
        at.and_then(|at| at.previous),
        at.map_or(0, |at| at.turn),
        at.is_some_and(|at| at.joined),
        changed.is_some_and(|changed| changed.gap),
    ])?;
    if let Some(Changed { changes, .. }) = changed.filter(|changed| !changed.changes.is_empty()) {
        happenings::note_changed_fields(transaction, delivery.id.into(), event.step.created_ms, changes)?;
        insert_changes(transaction, delivery.id.into(), changes)?;
    }
    Ok(())
}

/// An event's public id: the same for the same delivery in every library.
fn public_id(dedupe: &[u8]) -> String {
    hex(dedupe)
}

/// Those of some deliveries that made an event already.
pub(super) fn known_among(
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

/// Two states with the same content are one version: what moves with every look at an asset is left out.
fn content_hash(state: &AssetState) -> Result<i64, LibraryError> {
    let content = (
        (&state.filename, &state.title, &state.description, &state.byline, &state.tags),
        (state.file_size, state.pixel_width, state.pixel_height, &state.metadata),
    );
    hash(&content)
}

fn hash(content: &impl Serialize) -> Result<i64, LibraryError> {
    let digest = Sha256::digest(serde_json::to_vec(content)?);
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    Ok(i64::from_be_bytes(first))
}

/// An event of a cluster, with where it was placed last and what its asset's row is made from.
pub(super) struct ClusterEvent {
    pub step: Step,
    pub received_ms: i64,
    pub change: String,
    pub filename: String,
    pub archive: String,
    pub doctype: String,
    pub ratio: Option<f64>,
    placed: Option<(AssetId, PlacedStep)>,
}

pub(super) fn of_cluster(connection: &Connection, cluster: i64) -> Result<Vec<ClusterEvent>, LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT id, created_ms, modified_ms, public_id, kind, identity, state_hash, received_ms, change, filename,
            ratio, asset, version, opens_version, previous, turn, joined, archive, doctype
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
            step: Step {
                event,
                created_ms: row.get(1)?,
                modified_ms: row.get(2)?,
                tie: row.get(3)?,
                kind: EventKind::parse(row.get_ref(4)?.as_str().unwrap_or_default()).unwrap_or(EventKind::Unknown),
                identity: serde_json::from_str(row.get_ref(5)?.as_str().unwrap_or_default())?,
                state_hash: row.get(6)?,
            },
            received_ms: row.get(7)?,
            change: row.get(8)?,
            filename: row.get(9)?,
            archive: row.get(17)?,
            doctype: row.get(18)?,
            ratio: row.get(10)?,
            placed: asset.map(|asset| (asset, placed)),
        });
    }
    Ok(events)
}

impl ClusterEvent {
    /// As a delivery tells it, not yet placed.
    pub(super) fn of(delivery: &StoredDelivery) -> Result<Self, LibraryError> {
        let notice = &delivery.notice;
        let state = &notice.state;
        let created = notice.created.map(|moment| moment.0).or(state.modified_ms).unwrap_or(delivery.received.0);
        Ok(Self {
            step: Step {
                event: delivery.id.into(),
                created_ms: created,
                modified_ms: state.modified_ms.unwrap_or(0),
                tie: public_id(&delivery.dedupe),
                kind: notice.kind,
                identity: notice.identity.clone(),
                state_hash: content_hash(state)?,
            },
            received_ms: delivery.received.0,
            change: notice.change.as_str().to_owned(),
            filename: state.filename.clone(),
            archive: state.archive.clone(),
            doctype: state.doctype.clone(),
            ratio: notice.ratio,
            placed: None,
        })
    }

    pub(super) fn is_placed(&self, asset: AssetId, at: &PlacedStep) -> bool {
        self.placed == Some((asset, *at))
    }

    /// Whether the version before this event's is another one than it was, so that its changes must be told anew.
    pub(super) fn follows_another(&self, at: &PlacedStep) -> bool {
        self.placed.is_none_or(|(_, placed)| placed.previous != at.previous)
    }
}

pub(super) fn place(transaction: &Transaction<'_>, asset: AssetId, at: &PlacedStep) -> Result<(), LibraryError> {
    let mut update = transaction.prepare_cached(
        "UPDATE events SET asset = ?2, version = ?3, opens_version = ?4, previous = ?5, turn = ?6, joined = ?7
         WHERE id = ?1",
    )?;
    update.execute(params![at.event, asset, at.version, at.opens_version, at.previous, at.turn, at.joined])?;
    Ok(())
}

pub(super) fn cluster(connection: &Connection, event: EventId) -> Result<i64, LibraryError> {
    let mut select = connection.prepare_cached("SELECT cluster FROM events WHERE id = ?1")?;
    Ok(select.query_row([event], |row| row.get(0))?)
}

/// Moves events to another cluster, when a notice shows that two are one.
pub(super) fn move_cluster(transaction: &Transaction<'_>, from: i64, to: i64) -> Result<(), LibraryError> {
    transaction.prepare_cached("UPDATE events SET cluster = ?2 WHERE cluster = ?1")?.execute([from, to])?;
    Ok(())
}

/// The state that an event told, read from its delivery.
pub fn state(connection: &Connection, event: EventId) -> Result<Option<AssetState>, LibraryError> {
    Ok(deliveries::notice(connection, event.into())?.map(|notice| notice.state))
}

/// Writes down what an event changed, which may have been told otherwise before.
pub(super) fn write_changes(
    transaction: &Transaction<'_>,
    event: &ClusterEvent,
    Changed { changes, gap }: &Changed,
) -> Result<(), LibraryError> {
    let (event, created_ms) = (event.step.event, event.step.created_ms);
    happenings::forget_changed_fields(transaction, event, created_ms)?;
    happenings::note_changed_fields(transaction, event, created_ms, changes)?;
    let mut update = transaction.prepare_cached("UPDATE events SET gap = ?2 WHERE id = ?1 AND gap <> ?2")?;
    update.execute(params![event, gap])?;
    if changes.is_empty() {
        transaction.prepare_cached("DELETE FROM changes WHERE event = ?1")?.execute([event])?;
        return Ok(());
    }
    insert_changes(transaction, event, changes)
}

fn insert_changes(transaction: &Transaction<'_>, event: EventId, changes: &[FieldChange]) -> Result<(), LibraryError> {
    let mut upsert = transaction.prepare_cached("INSERT OR REPLACE INTO changes (event, changes) VALUES (?1, ?2)")?;
    upsert.execute(params![event, serde_json::to_string(changes)?])?;
    Ok(())
}
