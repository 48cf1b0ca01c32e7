//! The tables of what the user decided: that some assets are one, or that one is two. The only truth beside the
//! deliveries.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::clock::Timestamp;
use crate::library::error::LibraryError;
use crate::library::store::ids::{AssetId, EventId};
use crate::library::store::words::DecisionKind;

/// A decision of the user. It names events by their public ids, as assets may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::library) enum Decided {
    /// The assets that these events belong to are one.
    Join(BTreeSet<String>),
    /// With this event an asset of its own begins.
    Split(String),
}

/// All decisions, for a replay.
pub(in crate::library) fn load(connection: &Connection) -> Result<Vec<(i64, Decided)>, LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT d.id, d.kind, e.event FROM decisions d JOIN decision_events e ON e.decision = d.id
         WHERE d.kind = 'join' OR e.cut ORDER BY d.id, e.event",
    )?;
    let mut rows = select.query([])?;
    let mut decided: Vec<(i64, Decided)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, event): (i64, String) = (row.get(0)?, row.get(2)?);
        match (row.get(1)?, decided.last_mut().filter(|(last, _)| *last == id)) {
            (DecisionKind::Split, _) => decided.push((id, Decided::Split(event))),
            (DecisionKind::Join, Some((_, Decided::Join(events)))) => _ = events.insert(event),
            (DecisionKind::Join, _) => decided.push((id, Decided::Join(BTreeSet::from([event])))),
        }
    }
    Ok(decided)
}

/// Forgets the decisions whose events are gone, after a tenant was removed.
pub(in crate::library) fn forget_orphans(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    transaction.execute_batch(
        "DELETE FROM decision_events WHERE NOT EXISTS (SELECT 1 FROM events WHERE public_id = decision_events.event);
         DELETE FROM decisions WHERE NOT EXISTS (SELECT 1 FROM decision_events WHERE decision = decisions.id);",
    )?;
    Ok(())
}

/// Forgets what was decided about events that leave: `leaving` is a query for their public ids. A decision goes with
/// them if too little of it is left to mean anything.
pub(in crate::library) fn forget_events(transaction: &Transaction<'_>, leaving: &str) -> Result<(), LibraryError> {
    transaction.execute_batch(&format!(
        "CREATE TEMP TABLE undone AS SELECT d.id FROM decisions d JOIN decision_events e ON e.decision = d.id
            GROUP BY d.id HAVING CASE d.kind
                WHEN 'split' THEN sum(e.cut AND e.event IN ({leaving})) > 0
                ELSE sum(e.event NOT IN ({leaving})) < 2 END;
         DELETE FROM decision_events WHERE decision IN (SELECT id FROM temp.undone) OR event IN ({leaving});
         DELETE FROM decisions WHERE id IN (SELECT id FROM temp.undone);
         DROP TABLE temp.undone;"
    ))?;
    Ok(())
}

/// Stores a decision. `assets` names an event of each asset that it is about, `cut` the event that a split begins with;
/// `words` is what the user reads in the list.
pub(in crate::library) fn write(
    transaction: &Transaction<'_>,
    kind: DecisionKind,
    now: Timestamp,
    words: &str,
    assets: &[&str],
    cut: Option<&str>,
) -> Result<(), LibraryError> {
    transaction
        .execute("INSERT INTO decisions (kind, made_ms, words) VALUES (?1, ?2, ?3)", params![kind, now.0, words])?;
    let id = transaction.last_insert_rowid();
    let events = assets.iter().copied().map(|event| (event, false)).chain(cut.map(|event| (event, true)));
    for (event, cut) in events {
        let insert = "INSERT INTO decision_events (decision, event, cut) VALUES (?1, ?2, ?3)";
        transaction.execute(insert, params![id, event, cut])?;
    }
    Ok(())
}

/// An event of an asset that a decision is about.
pub(in crate::library) struct StepOf {
    pub event: EventId,
    pub public_id: String,
    pub cluster: i64,
    pub href: String,
}

/// An asset's steps, the first one first.
pub(in crate::library) fn steps(connection: &Connection, asset: AssetId) -> Result<Vec<StepOf>, LibraryError> {
    let mut select = connection
        .prepare_cached("SELECT id, public_id, cluster, href FROM events WHERE asset = ?1 ORDER BY created_ms, turn")?;
    let steps = select.query_map([asset], read_step)?;
    Ok(steps.collect::<Result<_, _>>()?)
}

/// The events that a decision names.
pub(in crate::library) fn about(connection: &Connection, id: i64) -> Result<Vec<StepOf>, LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT e.id, e.public_id, e.cluster, e.href FROM decision_events d JOIN events e ON e.public_id = d.event
         WHERE d.decision = ?1 ORDER BY e.created_ms, e.turn, e.public_id",
    )?;
    let steps = select.query_map([id], read_step)?;
    Ok(steps.collect::<Result<_, _>>()?)
}

fn read_step(row: &rusqlite::Row<'_>) -> rusqlite::Result<StepOf> {
    Ok(StepOf { event: row.get(0)?, public_id: row.get(1)?, cluster: row.get(2)?, href: row.get(3)? })
}

/// Public ids of the assets that the events of a decision belong to now.
pub(in crate::library) fn asset_ids(connection: &Connection, id: i64) -> Result<Vec<String>, LibraryError> {
    let mut ids = Vec::new();
    for step in about(connection, id)? {
        let now = asset_of(connection, step.event)?;
        if !ids.contains(&now) {
            ids.push(now);
        }
    }
    Ok(ids)
}

/// Public id of the asset that an event belongs to; empty if it belongs to none.
pub(in crate::library) fn asset_of(connection: &Connection, event: EventId) -> Result<String, LibraryError> {
    let mut select = connection
        .prepare_cached("SELECT a.public_id FROM events e JOIN assets a ON a.id = e.asset WHERE e.id = ?1")?;
    Ok(select.query_row([event], |row| row.get(0)).optional()?.unwrap_or_default())
}

/// The present file name of an asset.
pub(in crate::library) fn name_of(connection: &Connection, asset: AssetId) -> Result<String, LibraryError> {
    let mut select = connection.prepare_cached("SELECT filename FROM assets WHERE id = ?1")?;
    Ok(select.query_row([asset], |row| row.get(0))?)
}
