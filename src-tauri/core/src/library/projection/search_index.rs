//! Fills the full-text index and the tables of what fields say, shortly after the gallery has changed.

use std::borrow::Cow;

use rusqlite::{Connection, Transaction, params};

use crate::fotoware::AssetState;
use crate::library::error::LibraryError;
use crate::library::store::ids::{AssetId, EventId};
use crate::library::store::search_texts::Texts;
use crate::library::store::searched::Searched;
use crate::library::store::{connection, events, field_values, search_log, searched};

/// Indexes at most `limit` assets that changed. Returns how many.
pub(in crate::library) fn index_stale(transaction: &Transaction<'_>, limit: usize) -> Result<usize, LibraryError> {
    let stale = stale(transaction, limit)?;
    stale.iter().try_for_each(|asset| index(transaction, *asset))?;
    note(transaction, &stale)
}

/// As [`index_stale`], but each asset in a savepoint: one that fails is left out until it changes again.
pub(in crate::library) fn index_one_by_one(transaction: &Transaction<'_>, limit: usize) -> Result<usize, LibraryError> {
    let stale = stale(transaction, limit)?;
    for asset in &stale {
        match connection::alone(transaction, || index(transaction, *asset)) {
            Err(error) if !error.is_of_the_place() => {
                tracing::error!(asset = asset.0, %error, "an asset cannot be found by search");
                transaction.execute("UPDATE assets SET search_stale = 2 WHERE id = ?1", [asset])?;
            }
            indexed => indexed?,
        }
    }
    note(transaction, &stale)
}

/// Notes which assets were indexed, for those who remember answers of the index.
fn note(transaction: &Transaction<'_>, indexed: &[AssetId]) -> Result<usize, LibraryError> {
    if !indexed.is_empty() {
        search_log::note(transaction, indexed)?;
    }
    Ok(indexed.len())
}

/// Empties the index if there is no asset: otherwise it keeps words of deleted assets until it is merged.
pub(in crate::library) fn forget_all_if_empty(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    let is_empty = transaction.query_row("SELECT NOT EXISTS (SELECT 1 FROM assets)", [], |row| row.get(0))?;
    if is_empty {
        transaction.execute_batch(
            "INSERT INTO search (search) VALUES ('delete-all');
             INSERT INTO search_earlier (search_earlier) VALUES ('delete-all');",
        )?;
    }
    Ok(())
}

fn stale(transaction: &Transaction<'_>, limit: usize) -> Result<Vec<AssetId>, LibraryError> {
    let mut select = transaction.prepare_cached("SELECT id FROM assets WHERE search_stale = 1 LIMIT ?1")?;
    Ok(select.query_map([limit as i64], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

fn index(transaction: &Transaction<'_>, asset: AssetId) -> Result<(), LibraryError> {
    let present = searched::of_asset(transaction, asset, |searched| {
        let present = Texts::of(searched);
        present.insert(transaction, asset)?;
        field_values::update(transaction, asset, searched)?;
        Ok(present)
    })?;
    present.map_or(Ok(()), |present| index_differences(transaction, asset, present))?;
    transaction.prepare_cached("UPDATE assets SET search_stale = 0 WHERE id = ?1")?.execute([asset])?;
    Ok(())
}

/// Looks up the asset's state as an event's notice described it.
pub(in crate::library) type StateOf<'a, 's> = &'a dyn Fn(EventId) -> Result<Option<Cow<'s, AssetState>>, LibraryError>;

/// Indexes the differences between consecutive texts of an asset, from the latest back to the first that is indexed
/// already. `asset_states::write` removes those that follow a row that it rewrites.
fn index_differences(transaction: &Transaction<'_>, asset: AssetId, present: Texts) -> Result<(), LibraryError> {
    let texts =
        texts_of(steps_of(transaction, asset)?.iter().map(|(event, shown, name)| (*event, *shown, name.as_str())));
    let mut is_indexed = transaction.prepare_cached("SELECT 1 FROM search_earlier WHERE rowid = ?1")?;
    let mut insert = transaction.prepare_cached("INSERT INTO search_earlier (rowid, text) VALUES (?1, ?2)")?;
    let mut after = present;
    for (before, now) in texts.iter().zip(texts.iter().skip(1)).rev() {
        if is_indexed.exists([now.since])? {
            break;
        }
        let state = events::state(transaction, before.shown)?.unwrap_or_default();
        let before = Texts::of(&Searched::of(&state, &before.names));
        insert.execute(params![now.since, before.difference(&after)])?;
        after = before;
    }
    Ok(())
}

/// All differences between consecutive texts of an asset, each with the event that made it. `steps` are its events in
/// order, each with the event that is shown after it and the file name that it said.
pub(in crate::library) fn differences<'n>(
    steps: impl Iterator<Item = (EventId, EventId, &'n str)>,
    state_of: StateOf<'_, '_>,
) -> Result<Vec<(EventId, String)>, LibraryError> {
    let mut differences = Vec::new();
    let mut before: Option<Texts> = None;
    for told in texts_of(steps) {
        let now = Texts::of(&Searched::of(&state_of(told.shown)?.unwrap_or_default(), &told.names));
        differences.extend(before.map(|before| (told.since, before.difference(&now))));
        before = Some(now);
    }
    Ok(differences)
}

/// From which event on an asset's texts came from which state and names.
struct EventFacts {
    since: EventId,
    /// The event whose state was shown.
    shown: EventId,
    /// The file names that it had had by then, the last one first.
    names: Vec<String>,
}

/// `steps` as in [`differences`].
fn texts_of<'n>(steps: impl Iterator<Item = (EventId, EventId, &'n str)>) -> Vec<EventFacts> {
    let mut texts: Vec<EventFacts> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for (event, shown, name) in steps {
        let is_renamed = !name.is_empty() && names.first().is_none_or(|last| last != name);
        if is_renamed {
            names.retain(|known| known != name);
            names.insert(0, name.to_owned());
        }
        if is_renamed || texts.last().is_none_or(|last| last.shown != shown) {
            texts.push(EventFacts { since: event, shown, names: names.clone() });
        }
    }
    texts
}

/// An asset's events in order, each with the event that is shown after it and the file name that it said.
fn steps_of(connection: &Connection, asset: AssetId) -> Result<Vec<(EventId, EventId, String)>, LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT m.event, m.shown, e.filename FROM moments m JOIN events e ON e.id = m.event
         WHERE m.asset = ?1 ORDER BY m.nth",
    )?;
    let steps = select.query_map([asset], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(steps.collect::<Result<_, _>>()?)
}
