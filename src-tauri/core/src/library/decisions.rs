//! What the user decided: that some assets are one, or that one is two. The only truth beside the deliveries; what comes
//! of it is worked out by lineage.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::lineage::{Decided, Decisions};
use super::{AssetId, EventId, LibraryError, asset_by_public_id, clusters, projection};
use crate::clock::Moment;

/// A decision as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub id: i64,
    /// `join` or `split`.
    pub kind: String,
    pub made: Moment,
    /// The assets that it is about, as they are now.
    pub asset_ids: Vec<String>,
    /// How they were called when it was made.
    pub words: String,
}

/// Why something cannot be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecidable {
    #[error("An asset that is meant is not in the library any more.")]
    Gone,
    #[error("It takes two assets to join them.")]
    OnlyOne,
    #[error("These assets are from different Fotoware sites.")]
    TwoSites,
    #[error("This step is not of this asset.")]
    OtherAsset,
    #[error("This is the asset's first step: there is nothing before it to split from.")]
    FirstStep,
}

/// What a decision came to.
pub(super) struct Made {
    /// Of the assets that are asked for: the joined one, or the kept one and the one split off.
    pub ids: Vec<String>,
    pub changed: Vec<String>,
}

/// All decisions, for a replay.
pub(super) fn load(connection: &Connection) -> Result<Decisions, LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT d.id, d.kind, e.event FROM decisions d JOIN decision_events e ON e.decision = d.id
         WHERE d.kind = 'join' OR e.cut ORDER BY d.id, e.event",
    )?;
    let mut rows = select.query([])?;
    let mut decided: Vec<(i64, Decided)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, event): (i64, String) = (row.get(0)?, row.get(2)?);
        if row.get_ref(1)?.as_str().is_ok_and(|kind| kind == "split") {
            decided.push((id, Decided::Split(event)));
        } else if let Some((_, Decided::Join(events))) = decided.last_mut().filter(|(last, _)| *last == id) {
            events.insert(event);
        } else {
            decided.push((id, Decided::Join(BTreeSet::from([event]))));
        }
    }
    Ok(Decisions::new(decided))
}

/// The assets are one from now on.
pub(super) fn join(
    transaction: &Transaction<'_>,
    ids: &[String],
    now: Moment,
) -> Result<Result<Made, Undecidable>, LibraryError> {
    let mut founding = Vec::new();
    let mut names = Vec::new();
    let mut sites = BTreeSet::new();
    for id in ids.iter().collect::<BTreeSet<_>>() {
        let Some(asset) = asset_by_public_id(transaction, id)? else { return Ok(Err(Undecidable::Gone)) };
        let first = steps(transaction, asset)?.swap_remove(0);
        sites.extend(site_of(&first.href));
        names.push(name_of(transaction, asset)?);
        founding.push(first);
    }
    if founding.len() < 2 {
        return Ok(Err(Undecidable::OnlyOne));
    }
    if sites.len() > 1 {
        return Ok(Err(Undecidable::TwoSites));
    }
    let events: Vec<&str> = founding.iter().map(|step| step.public_id.as_str()).collect();
    write(transaction, "join", now, &names.join(", "), &events, None)?;
    let clusters = founding.iter().map(|step| step.cluster).collect();
    let cluster = clusters::merge(transaction, clusters)?;
    let changed = retrace(transaction, cluster, ids.to_vec())?;
    Ok(Ok(Made { ids: vec![asset_of(transaction, founding[0].event)?], changed }))
}

/// With this event an asset of its own begins.
pub(super) fn split(
    transaction: &Transaction<'_>,
    id: &str,
    event: &str,
    now: Moment,
) -> Result<Result<Made, Undecidable>, LibraryError> {
    let Some(asset) = asset_by_public_id(transaction, id)? else { return Ok(Err(Undecidable::Gone)) };
    let steps = steps(transaction, asset)?;
    match steps.iter().position(|step| step.public_id == event) {
        None => return Ok(Err(Undecidable::OtherAsset)),
        Some(0) => return Ok(Err(Undecidable::FirstStep)),
        Some(_) => {}
    }
    write(transaction, "split", now, &name_of(transaction, asset)?, &[&steps[0].public_id], Some(event))?;
    let changed = retrace(transaction, steps[0].cluster, vec![id.to_owned()])?;
    let cut = steps.iter().find(|step| step.public_id == event).map_or(steps[0].event, |step| step.event);
    Ok(Ok(Made { ids: vec![asset_of(transaction, steps[0].event)?, asset_of(transaction, cut)?], changed }))
}

/// Takes a decision back. `None` if there is none of that number.
pub(super) fn undo(transaction: &Transaction<'_>, id: i64) -> Result<Option<Vec<String>>, LibraryError> {
    let clusters: BTreeSet<i64> = about(transaction, id)?.into_iter().map(|step| step.cluster).collect();
    let before = asset_ids(transaction, id)?;
    transaction.execute("DELETE FROM decision_events WHERE decision = ?1", [id])?;
    if transaction.execute("DELETE FROM decisions WHERE id = ?1", [id])? == 0 {
        return Ok(None);
    }
    let mut changed = before;
    for cluster in clusters {
        changed = retrace(transaction, cluster, changed)?;
    }
    Ok(Some(changed))
}

/// Forgets the decisions whose events are gone, after a tenant was removed.
pub(super) fn forget_orphans(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    transaction.execute_batch(
        "DELETE FROM decision_events WHERE NOT EXISTS (SELECT 1 FROM events WHERE public_id = decision_events.event);
         DELETE FROM decisions WHERE NOT EXISTS (SELECT 1 FROM decision_events WHERE decision = decisions.id);",
    )?;
    Ok(())
}

/// Every decision, the latest first.
pub fn decisions(connection: &Connection) -> Result<Vec<Decision>, LibraryError> {
    let mut select = connection.prepare_cached("SELECT id, kind, made_ms, words FROM decisions ORDER BY id DESC")?;
    let listed = select.query_map([], |row| {
        let made = Moment(row.get(2)?);
        Ok(Decision { id: row.get(0)?, kind: row.get(1)?, made, asset_ids: Vec::new(), words: row.get(3)? })
    })?;
    let listed: Vec<Decision> = listed.collect::<Result<_, _>>()?;
    listed
        .into_iter()
        .map(|decision| Ok(Decision { asset_ids: asset_ids(connection, decision.id)?, ..decision }))
        .collect()
}

fn write(
    transaction: &Transaction<'_>,
    kind: &str,
    now: Moment,
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

/// Replays a cluster. Returns the assets that changed, those named before among them.
fn retrace(transaction: &Transaction<'_>, cluster: i64, mut before: Vec<String>) -> Result<Vec<String>, LibraryError> {
    before.extend(projection::retrace(transaction, cluster)?);
    before.sort_unstable();
    before.dedup();
    Ok(before)
}

struct StepOf {
    event: EventId,
    public_id: String,
    cluster: i64,
    href: String,
}

/// An asset's steps, the first one first.
fn steps(connection: &Connection, asset: AssetId) -> Result<Vec<StepOf>, LibraryError> {
    let mut select = connection
        .prepare_cached("SELECT id, public_id, cluster, href FROM events WHERE asset = ?1 ORDER BY created_ms, turn")?;
    let steps = select.query_map([asset], read_step)?;
    Ok(steps.collect::<Result<_, _>>()?)
}

/// The events that a decision names.
fn about(connection: &Connection, id: i64) -> Result<Vec<StepOf>, LibraryError> {
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

/// The assets that a decision is about, as they are now.
fn asset_ids(connection: &Connection, id: i64) -> Result<Vec<String>, LibraryError> {
    let mut ids = Vec::new();
    for step in about(connection, id)? {
        let now = asset_of(connection, step.event)?;
        if !ids.contains(&now) {
            ids.push(now);
        }
    }
    Ok(ids)
}

fn asset_of(connection: &Connection, event: EventId) -> Result<String, LibraryError> {
    let mut select = connection
        .prepare_cached("SELECT a.public_id FROM events e JOIN assets a ON a.id = e.asset WHERE e.id = ?1")?;
    Ok(select.query_row([event], |row| row.get(0)).optional()?.unwrap_or_default())
}

fn name_of(connection: &Connection, asset: AssetId) -> Result<String, LibraryError> {
    let mut select = connection.prepare_cached("SELECT filename FROM assets WHERE id = ?1")?;
    Ok(select.query_row([asset], |row| row.get(0))?)
}

/// Scheme, host and port. A notice that names no site may belong to any.
fn site_of(href: &str) -> Option<String> {
    let origin = url::Url::parse(href).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}
