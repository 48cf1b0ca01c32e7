//! Fills the full-text index while nobody waits, a moment behind the gallery.

use std::borrow::Cow;

use rusqlite::{Connection, Transaction, params};

use crate::fotoware::AssetState;
use crate::library::error::LibraryError;
use crate::library::store::events;
use crate::library::store::ids::{AssetId, EventId};
use crate::library::store::search_log;
use crate::library::store::search_texts::Texts;

/// Indexes some of the assets that changed. Returns how many.
pub(in crate::library) fn index_stale(transaction: &Transaction<'_>, limit: usize) -> Result<usize, LibraryError> {
    let mut select = transaction.prepare_cached("SELECT id FROM assets WHERE search_stale = 1 LIMIT ?1")?;
    let stale: Vec<AssetId> = select.query_map([limit as i64], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut read = transaction.prepare_cached(
        "SELECT a.id, shown, names, title, description, byline, tags, fields FROM assets a
         JOIN asset_fields f ON f.asset = a.id WHERE a.id = ?1",
    )?;
    for asset in &stale {
        let mut rows = read.query([asset])?;
        if let Some(row) = rows.next()? {
            let present = Texts::read(row)?;
            present.insert(transaction, *asset)?;
            index_differences(transaction, *asset, present)?;
        }
        transaction.prepare_cached("UPDATE assets SET search_stale = 0 WHERE id = ?1")?.execute([asset])?;
    }
    if !stale.is_empty() {
        search_log::note(transaction, &stale)?;
    }
    Ok(stale.len())
}

/// The state that an event told, from wherever it is at hand.
pub(in crate::library) type StateOf<'a, 's> = &'a dyn Fn(EventId) -> Result<Option<Cow<'s, AssetState>>, LibraryError>;

/// Indexes the differences between an asset's texts in the course of time that are not indexed yet. Those after one that
/// came out differently are gone: see `asset_states::write`.
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
        let before = Texts::of(&events::state(transaction, before.shown)?.unwrap_or_default(), &before.names);
        insert.execute(params![now.since, before.difference(&after)])?;
        after = before;
    }
    Ok(())
}

/// All differences between an asset's texts, each with the event that made it. `steps` are the asset's events in order.
pub(in crate::library) fn differences<'n>(
    steps: impl Iterator<Item = (EventId, EventId, &'n str)>,
    state_of: StateOf<'_, '_>,
) -> Result<Vec<(EventId, String)>, LibraryError> {
    let mut differences = Vec::new();
    let mut before: Option<Texts> = None;
    for told in texts_of(steps) {
        let now = Texts::of(&state_of(told.shown)?.unwrap_or_default(), &told.names);
        differences.extend(before.map(|before| (told.since, before.difference(&now))));
        before = Some(now);
    }
    Ok(differences)
}

/// What an asset's texts were made from for a while.
struct Told {
    since: EventId,
    /// The event whose state was shown.
    shown: EventId,
    /// The names that it had by then, the last one first.
    names: Vec<String>,
}

/// `steps` are an asset's events in their order: each with the one shown after it and the name that it told.
fn texts_of<'n>(steps: impl Iterator<Item = (EventId, EventId, &'n str)>) -> Vec<Told> {
    let mut texts: Vec<Told> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for (event, shown, name) in steps {
        let is_renamed = !name.is_empty() && names.first().is_none_or(|last| last != name);
        if is_renamed {
            names.retain(|known| known != name);
            names.insert(0, name.to_owned());
        }
        if is_renamed || texts.last().is_none_or(|last| last.shown != shown) {
            texts.push(Told { since: event, shown, names: names.clone() });
        }
    }
    texts
}

/// An asset's events in their order, with the event that it showed after each, and the name it had.
fn steps_of(connection: &Connection, asset: AssetId) -> Result<Vec<(EventId, EventId, String)>, LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT m.event, m.shown, e.filename FROM moments m JOIN events e ON e.id = m.event
         WHERE m.asset = ?1 ORDER BY m.nth",
    )?;
    let steps = select.query_map([asset], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(steps.collect::<Result<_, _>>()?)
}
