//! Fills the full-text index while nobody waits, a moment behind the gallery.

use std::borrow::Cow;

use rusqlite::{Connection, Transaction, params};

use crate::fotoware::AssetState;
use crate::library::error::LibraryError;
use crate::library::store::events;
use crate::library::store::ids::{AssetId, EventId};
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
            let state_of = |event| Ok(events::state(transaction, event)?.map(Cow::Owned));
            let steps = steps_of(transaction, *asset)?;
            let steps = steps.iter().map(|(event, shown, name)| (*event, *shown, name.as_str()));
            let earlier = earlier_texts(steps, row.get(1)?, &present, &state_of)?;
            if earlier.is_empty() {
                transaction.prepare_cached("DELETE FROM search_earlier WHERE rowid = ?1")?.execute([asset])?;
            } else {
                transaction
                    .prepare_cached("INSERT OR REPLACE INTO search_earlier (rowid, text) VALUES (?1, ?2)")?
                    .execute(params![asset, earlier])?;
            }
        }
        transaction.prepare_cached("UPDATE assets SET search_stale = 0 WHERE id = ?1")?.execute([asset])?;
    }
    Ok(stale.len())
}

/// The state that an event told, from wherever it is at hand.
pub(in crate::library) type StateOf<'a, 's> = &'a dyn Fn(EventId) -> Result<Option<Cow<'s, AssetState>>, LibraryError>;

/// An asset's events in their order, with the event that it showed after each, and the name it had.
fn steps_of(connection: &Connection, asset: AssetId) -> Result<Vec<(EventId, EventId, String)>, LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT m.event, m.shown, e.filename FROM moments m JOIN events e ON e.id = m.event
         WHERE m.asset = ?1 ORDER BY m.nth",
    )?;
    let steps = select.query_map([asset], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(steps.collect::<Result<_, _>>()?)
}

/// What earlier versions said and the present one does not: together they have every text that a search as of any
/// moment could find. The names need nothing, as the present text has all of them, but for the order they stood in.
/// `steps` are the asset's events in their order: each with the one shown after it and the name that it told.
pub(in crate::library) fn earlier_texts<'n>(
    steps: impl Iterator<Item = (EventId, EventId, &'n str)>,
    shown: EventId,
    present: &Texts,
    state_of: StateOf<'_, '_>,
) -> Result<String, LibraryError> {
    let mut earlier: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for (event, shown_then, name) in steps {
        if !name.is_empty() && names.first().is_none_or(|last| last != name) {
            names.retain(|known| known != name);
            names.insert(0, name.to_owned());
        }
        if event == shown || event != shown_then {
            continue;
        }
        let then = Texts::of(&state_of(event)?.unwrap_or_default(), &names);
        for (nth, (then, now)) in then.0.into_iter().zip(&present.0).enumerate() {
            let told = if nth == 0 { now.ends_with(&then) } else { *now == then };
            if !told && !then.is_empty() && !earlier.contains(&then) {
                earlier.push(then);
            }
        }
    }
    Ok(earlier.join(" "))
}
