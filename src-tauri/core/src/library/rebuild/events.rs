//! Writes the tables of events and facets into a file of their own, in the order of the log.

use std::collections::HashSet;
use std::path::PathBuf;

use super::log::{Log, Rows};
use super::{Dock, Site, shard, spill, twin_tables};
use crate::library::error::LibraryError;
use crate::library::store::events::Told;

/// Rows are read about so many bytes at a time.
const PORTION_BYTES: usize = 1 << 20;

/// Returns the file. Placements must be known for all events.
pub(super) fn write(site: &Site, log: &Log, dock: &Dock<'_>) -> Result<PathBuf, LibraryError> {
    let path = site.workshop.join("events.db");
    let mut connection = shard::open(&path)?;
    connection.execute("ATTACH ?1 AS library", [site.library.to_string_lossy()])?;
    twin_tables::same_tables(&connection)?;
    // Rows are only appended.
    connection.pragma_update(Some("main"), "cache_size", -4_096)?;
    let transaction = connection.transaction()?;
    let mut insert = transaction.prepare(&Told::insert_into(twin_tables::EVENTS))?;
    let mut facets = HashSet::new();
    for portion in log.rows(PORTION_BYTES)? {
        let Rows { told, places } = portion?;
        let mut rest = told.as_slice();
        for (cluster, placed) in &places {
            let (told, following) = spill::unpack::<Told<'_>>(rest)?;
            told.write(&mut insert, *cluster, placed.as_ref())?;
            let (facet, words) = told.facet();
            if facets.insert(facet) {
                words.remember(&transaction)?;
            }
            rest = following;
        }
        dock.progress.step(places.len())?;
    }
    drop(insert);
    transaction.commit()?;
    log.clear_away()?;
    Ok(path)
}
