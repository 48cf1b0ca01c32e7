//! Carries out what the user decides: that some assets are one, or that one is two. It stores the decision and replays
//! the events that it is about.

use std::collections::BTreeSet;

use rusqlite::Transaction;

use crate::clock::Timestamp;
use crate::library::error::LibraryError;
use crate::library::projection;
use crate::library::projection::clusters;
use crate::library::store::assets::asset_by_public_id;
use crate::library::store::decisions;
use crate::library::store::words::DecisionKind;

/// Why something cannot be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecidable {
    #[error("One of these assets is no longer in the library.")]
    Gone,
    #[error("Select two assets to merge.")]
    OnlyOne,
    #[error("These assets are from different Fotoware sites.")]
    TwoSites,
    #[error("This version belongs to another asset.")]
    OtherAsset,
    #[error("This is the first version: there is nothing before it to split from.")]
    FirstStep,
}

/// The result of a decision.
pub(in crate::library) struct Made {
    /// Public ids: of the joined asset, or of the one that was kept and the one that was split off.
    pub ids: Vec<String>,
    /// Public ids of all assets that look different now.
    pub changed: Vec<String>,
}

/// Joins assets, given by public id.
pub(in crate::library) fn join(
    transaction: &Transaction<'_>,
    ids: &[String],
    now: Timestamp,
) -> Result<Result<Made, Undecidable>, LibraryError> {
    let mut founding = Vec::new();
    let mut names = Vec::new();
    let mut sites = BTreeSet::new();
    for id in ids.iter().collect::<BTreeSet<_>>() {
        let Some(asset) = asset_by_public_id(transaction, id)? else { return Ok(Err(Undecidable::Gone)) };
        let first = decisions::steps(transaction, asset)?.swap_remove(0);
        sites.extend(site_of(&first.href));
        names.push(decisions::name_of(transaction, asset)?);
        founding.push(first);
    }
    if founding.len() < 2 {
        return Ok(Err(Undecidable::OnlyOne));
    }
    if sites.len() > 1 {
        return Ok(Err(Undecidable::TwoSites));
    }
    let events: Vec<&str> = founding.iter().map(|step| step.public_id.as_str()).collect();
    decisions::write(transaction, DecisionKind::Join, now, &names.join(", "), &events, None)?;
    let clusters = founding.iter().map(|step| step.cluster).collect();
    let cluster = clusters::merge(transaction, clusters)?;
    let changed = retrace(transaction, cluster, ids.to_vec())?;
    Ok(Ok(Made { ids: vec![decisions::asset_of(transaction, founding[0].event)?], changed }))
}

/// Splits an asset: the event and all later ones become an asset of their own.
pub(in crate::library) fn split(
    transaction: &Transaction<'_>,
    id: &str,
    event: &str,
    now: Timestamp,
) -> Result<Result<Made, Undecidable>, LibraryError> {
    let Some(asset) = asset_by_public_id(transaction, id)? else { return Ok(Err(Undecidable::Gone)) };
    let steps = decisions::steps(transaction, asset)?;
    match steps.iter().position(|step| step.public_id == event) {
        None => return Ok(Err(Undecidable::OtherAsset)),
        Some(0) => return Ok(Err(Undecidable::FirstStep)),
        Some(_) => {}
    }
    decisions::write(
        transaction,
        DecisionKind::Split,
        now,
        &decisions::name_of(transaction, asset)?,
        &[&steps[0].public_id],
        Some(event),
    )?;
    let changed = retrace(transaction, steps[0].cluster, vec![id.to_owned()])?;
    let cut = steps.iter().find(|step| step.public_id == event).map_or(steps[0].event, |step| step.event);
    Ok(Ok(Made {
        ids: vec![decisions::asset_of(transaction, steps[0].event)?, decisions::asset_of(transaction, cut)?],
        changed,
    }))
}

/// Takes a decision back. Returns the public ids of the assets that changed; `None` if there is no such decision.
pub(in crate::library) fn undo(transaction: &Transaction<'_>, id: i64) -> Result<Option<Vec<String>>, LibraryError> {
    let clusters: BTreeSet<i64> = decisions::about(transaction, id)?.into_iter().map(|step| step.cluster).collect();
    let before = decisions::asset_ids(transaction, id)?;
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

/// Replays a cluster. Returns its assets and those of `before`, each once.
fn retrace(transaction: &Transaction<'_>, cluster: i64, mut before: Vec<String>) -> Result<Vec<String>, LibraryError> {
    before.extend(projection::retrace(transaction, cluster)?);
    before.sort_unstable();
    before.dedup();
    Ok(before)
}

/// Scheme, host and port. `None` for an address without them: it may be of any site.
fn site_of(href: &str) -> Option<String> {
    let origin = url::Url::parse(href).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}
