//! The second pass: replays every cluster once, with the projection's own code, in files beside the library. Clusters
//! have nothing to do with each other, so each processor makes a file of its own with some of them, and then the next.

mod culprits;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::log::{Cluster, Log};
use super::read_log::processors;
use super::reorder::ByTurns;
use super::shadow_tables;
use super::{LeftOut, Progress, RebuildPaths, WriterHandle};
use crate::fotoware::AssetState;
use crate::library::error::LibraryError;
use crate::library::projection;
use crate::library::projection::Fresh;
use crate::library::projection::search_index;
use crate::library::store::ids::{AssetId, EventId};
use crate::library::store::{assets, connection};
use crate::supervise::caught;

/// A database file with the projection of some clusters.
pub(super) struct Shard {
    pub path: PathBuf,
}

/// In events: a smaller shard costs more than it saves.
const WORTH_A_SHARD: usize = 2_000;
/// Several for each processor, so that none is idle for long at the end.
const SHARDS_A_PROCESSOR: usize = 4;
/// How many clusters share a transaction. Between transactions SQLite can checkpoint the library.
const PORTION: usize = 256;

/// Makes all shards on all processors. Calls `hand_over` with each in order, while others are still made. If deliveries
/// make that fail they are returned, and what was handed over must be thrown away.
pub(super) fn make_all(
    paths: &RebuildPaths,
    log: &Log,
    writer_handle: &WriterHandle<'_>,
    mut hand_over: impl FnMut(&Shard) -> Result<(), LibraryError>,
) -> Result<Result<Vec<Shard>, LeftOut>, LibraryError> {
    let clusters = log.clusters();
    let count = (SHARDS_A_PROCESSOR * processors()).min(1 + log.len() / WORTH_A_SHARD);
    let highest = connection::open_for_reading(&paths.library)?.query_row(
        "SELECT coalesce(max(id), 0) FROM assets",
        [],
        |row| row.get(0),
    )?;
    let shares = share_out(&clusters, log.len().div_ceil(count).max(1), highest);
    let (next, (send, receive)) = (AtomicUsize::new(0), mpsc::channel());
    thread::scope(|scope| {
        for _ in 0..processors() {
            let (shares, next, send) = (&shares, &next, send.clone());
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(share) = shares.get(number) else { return };
                    let path = paths.scratch.join(format!("shard-{number}.db"));
                    let made = match caught(|| make(&path, &paths.library, log, share, writer_handle.progress))
                        .unwrap_or_else(|panicked| Err(panicked.into()))
                    {
                        Err(error) if !error.is_of_the_place() => {
                            culprits::among(&path, &paths.library, log, share.clusters, error).map(Err)
                        }
                        made => made.map(|()| Ok(Shard { path })),
                    };
                    let failed = made.is_err();
                    if send.send(made.map(|made| (number, made))).is_err() || failed {
                        return;
                    }
                }
            });
        }
        drop(send);
        let (mut by_turns, mut shards, mut culprits) = (ByTurns::new(), Vec::new(), LeftOut::new());
        for made in receive {
            let (number, made) = made?;
            by_turns.put(number, made);
            for made in by_turns.by_ref() {
                match made {
                    Ok(shard) if culprits.is_empty() => {
                        hand_over(&shard)?;
                        shards.push(shard);
                    }
                    Ok(_) => {}
                    Err(found) => culprits.extend(found),
                }
            }
        }
        Ok(if culprits.is_empty() { Ok(shards) } else { Err(culprits) })
    })
}

/// The clusters of one shard.
struct Share<'a> {
    clusters: &'a [Cluster],
    /// The highest id of an asset in the library. These ids are kept.
    highest: i64,
    /// New assets get ids above this. Shares do not overlap, as there are no more assets than events.
    below: i64,
}

/// Divides the clusters into shares of about `events` events.
fn share_out(clusters: &[Cluster], events: usize, highest: i64) -> Vec<Share<'_>> {
    let (mut shares, mut begin, mut before, mut count) = (Vec::new(), 0, 0, 0);
    for (at, cluster) in clusters.iter().enumerate() {
        count += cluster.len();
        if count >= events || at + 1 == clusters.len() {
            let below = highest + 1 + before as i64;
            shares.push(Share { clusters: &clusters[begin..=at], highest, below });
            (begin, before, count) = (at + 1, before + count + 1, 0);
        }
    }
    if shares.is_empty() {
        shares.push(Share { clusters, highest, below: highest + 1 });
    }
    shares
}

/// Creates a file with the empty tables of the projection.
fn lay_out(path: &Path, library: &Path) -> Result<Connection, LibraryError> {
    let connection = open(path)?;
    // What is no table of the projection is found there.
    connection.execute("ATTACH ?1 AS library", [library.to_string_lossy()])?;
    shadow_tables::same_tables(&connection)?;
    connection.execute_batch("CREATE TABLE differences (event INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")?;
    Ok(connection)
}

fn make(path: &Path, library: &Path, log: &Log, share: &Share<'_>, progress: &Progress) -> Result<(), LibraryError> {
    let mut connection = lay_out(path, library)?;
    // Rows are numbered on from the highest that is there.
    let below = AssetId(share.below);
    let transaction = connection.transaction()?;
    assets::write(&transaction, Some(below), 0, &assets::Summary::default(), &AssetState::default())?;
    transaction.commit()?;
    let decisions = projection::user_decisions(&connection)?;
    let mut replays = log.replays()?;
    for portion in share.clusters.chunks(PORTION) {
        let transaction = connection.transaction()?;
        // Whoever holds an asset's number beside the library goes on holding it.
        let numbers = |public_id: &str| {
            let mut select =
                transaction.prepare_cached("SELECT id FROM library.assets WHERE public_id = ?1 AND id <= ?2")?;
            Ok(select.query_row(params![public_id, share.highest], |row| row.get(0)).optional()?)
        };
        let mut events = 0;
        for cluster in portion {
            let (deliveries, told) = log.read(cluster, &mut replays)?;
            let keep = |event, placed| log.place(cluster, event, placed);
            projection::make(&transaction, cluster.id, (&deliveries, &told), &decisions, &numbers, keep)?;
            note_differences(&transaction, cluster.id, &projection::at_hand(&deliveries))?;
            events += deliveries.len();
        }
        transaction.commit()?;
        progress.step(events)?;
    }
    connection.execute("DELETE FROM assets WHERE id = ?1 AND shown = ?2", params![below, EventId(0)])?;
    connection
        .execute("DELETE FROM asset_fields WHERE asset = ?1 AND asset NOT IN (SELECT id FROM assets)", [below])?;
    let transaction = connection.transaction()?;
    transaction.execute("UPDATE assets SET search_stale = 0", [])?;
    Ok(transaction.commit()?)
}

/// Stores the differences between earlier texts, for the search index. Done here because the notices are in memory.
fn note_differences(transaction: &Transaction<'_>, cluster: i64, fresh: &Fresh<'_>) -> Result<(), LibraryError> {
    let mut select = transaction.prepare_cached("SELECT id FROM assets WHERE cluster = ?1")?;
    let mut steps = transaction.prepare_cached("SELECT event, shown FROM moments WHERE asset = ?1 ORDER BY nth")?;
    let mut insert = transaction.prepare_cached("INSERT INTO differences (event, text) VALUES (?1, ?2)")?;
    let mut rows = select.query([cluster])?;
    while let Some(row) = rows.next()? {
        let asset: AssetId = row.get(0)?;
        let steps = steps.query_map([asset], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let steps: Vec<(EventId, EventId)> = steps.collect::<Result<_, _>>()?;
        if steps.len() < 2 {
            continue;
        }
        let steps = steps.iter().map(|(event, shown)| {
            (*event, *shown, fresh.get(event).map_or("", |notice| notice.state.filename.as_str()))
        });
        let state_of = |event| projection::state_of(transaction, event, fresh);
        for (event, text) in search_index::differences(steps, &state_of)? {
            insert.execute(params![event, text])?;
        }
    }
    Ok(())
}

/// Creates a temporary database. Nothing in it has to survive a crash.
pub(super) fn open(path: &Path) -> Result<Connection, LibraryError> {
    let connection = Connection::open(path)?;
    connection.pragma_update(Some("main"), "journal_mode", "off")?;
    connection.pragma_update(Some("main"), "synchronous", "off")?;
    connection.pragma_update(Some("main"), "cache_size", -65_536)?;
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.set_prepared_statement_cache_capacity(128);
    connection::keep_plans(&connection)?;
    Ok(connection)
}
