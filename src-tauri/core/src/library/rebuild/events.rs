//! Writes the tables of events and facets into a file of their own, in the order of the log.

use std::collections::HashSet;
use std::path::PathBuf;

use super::log::{Log, Rows};
use super::{RebuildPaths, WriterHandle, shadow_tables, shard, spill};
use crate::library::error::LibraryError;
use crate::library::store::events::EventFacts;

/// Rows are read about so many bytes at a time.
const PORTION_BYTES: usize = 1 << 20;

/// Returns the file. Placements must be known for all events.
pub(super) fn write(
    paths: &RebuildPaths,
    log: &Log,
    writer_handle: &WriterHandle<'_>,
) -> Result<PathBuf, LibraryError> {
    let path = paths.scratch.join("events.db");
    let mut connection = shard::open(&path)?;
    connection.execute("ATTACH ?1 AS library", [paths.library.to_string_lossy()])?;
    shadow_tables::same_tables(&connection)?;
    // Rows are only appended.
    connection.pragma_update(Some("main"), "cache_size", -4_096)?;
    let transaction = connection.transaction()?;
    let mut insert = transaction.prepare(&EventFacts::insert_into(shadow_tables::EVENTS))?;
    let mut facets = HashSet::new();
    for portion in log.rows(PORTION_BYTES)? {
        let Rows { told, places } = portion?;
        let mut rest = told.as_slice();
        for (cluster, placed) in &places {
            let (told, following) = spill::unpack::<EventFacts<'_>>(rest)?;
            told.write(&mut insert, *cluster, placed.as_ref())?;
            let (facet, words) = told.facet();
            if facets.insert(facet) {
                words.remember(&transaction)?;
            }
            rest = following;
        }
        writer_handle.progress.step(places.len())?;
    }
    drop(insert);
    transaction.commit()?;
    log.clear_away()?;
    Ok(path)
}
