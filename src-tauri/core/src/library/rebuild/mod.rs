//! Makes the projection again from the log, beside the one that is read, and then swaps the two.
//!
//! All the work is done on threads of its own, in files of its own (the folder `rebuild`), with the projection's own
//! code: the log is read once (`read_log`), the clusters are known before the first row is written, and each is
//! replayed once (`shard`). What is finished is carried into tables beside the read ones (`shadow_tables`), and in one
//! short transaction the tables change places. Until then nothing that is read has changed, and a rebuild that is cut
//! off leaves nothing behind that the next start does not clear away.

mod checkpoints;
mod events;
mod log;
mod read_log;
mod reorder;
mod search;
pub(in crate::library) mod shadow_tables;
mod shard;
mod spill;
mod ties;

use std::collections::{HashMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Transaction;
use tokio::sync::{mpsc, oneshot, watch};

use crate::library::error::LibraryError;
use crate::library::store::ids::DeliveryId;
use crate::library::store::set_aside::SetAside;
use crate::library::trouble::{Part, Troubles};
use crate::library::writer::message::{RebuildStep, Write};
use crate::supervise::{Panicked, caught};
pub(in crate::library) use shadow_tables::clear_away;
use shadow_tables::follow_pictures;

/// How far a rebuild has come, in deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuilding {
    pub done: u64,
    pub total: u64,
}

/// Paths and settings of a rebuild.
#[derive(Clone, Debug)]
pub(in crate::library) struct RebuildPaths {
    pub library: PathBuf,
    /// A folder for temporary files, used by nobody else.
    pub scratch: PathBuf,
    pub large_px: u32,
}

/// The rebuild that runs, if any. There is one at a time, and none while an overhaul changes what it reads.
#[derive(Debug, Default)]
pub(in crate::library) struct Rebuilds {
    present: Mutex<Present>,
    exclusive_change_left: Condvar,
    troubles: Arc<Troubles>,
}

#[derive(Debug, Default)]
struct Present {
    running: Option<Running>,
    exclusive_changes: usize,
}

/// Held while a library-wide change runs. A rebuild that is started meanwhile waits until this guard is dropped; what
/// was sent to the writer by then is done before anything that the rebuild asks for.
pub(in crate::library) struct Pass(Arc<Rebuilds>);

impl Drop for Pass {
    fn drop(&mut self) {
        self.0.present().exclusive_changes -= 1;
        self.0.exclusive_change_left.notify_all();
    }
}

#[derive(Clone, Debug)]
struct Running {
    progress: Arc<Progress>,
    /// How it ended, and how many events were read.
    ended: watch::Receiver<Option<Result<u64, String>>>,
}

impl Running {
    /// False also if its thread died.
    fn is_under_way(&self) -> bool {
        self.ended.borrow().is_none() && self.ended.has_changed().is_ok()
    }
}

/// Each event counts three times: when it is read, replayed and copied.
const STAGES: u64 = 3;

#[derive(Debug, Default)]
struct Progress {
    steps: AtomicU64,
    total: AtomicU64,
    stop: AtomicBool,
}

impl Progress {
    fn step(&self, events: usize) -> Result<(), LibraryError> {
        self.steps.fetch_add(events as u64, Ordering::Relaxed);
        if self.stop.load(Ordering::Relaxed) { Err(LibraryError::Closing) } else { Ok(()) }
    }

    fn told(&self) -> Rebuilding {
        let total = self.total.load(Ordering::Relaxed);
        Rebuilding { done: (self.steps.load(Ordering::Relaxed) / STAGES).min(total), total }
    }
}

impl Rebuilds {
    pub(in crate::library) fn reporting_to(troubles: Arc<Troubles>) -> Self {
        Self { troubles, ..Self::default() }
    }

    /// Starts a rebuild on a thread of its own, unless one is running. Fails if the thread cannot be started.
    pub(in crate::library) fn begin(
        self: &Arc<Self>,
        paths: RebuildPaths,
        writer: mpsc::Sender<Write>,
    ) -> Result<(), LibraryError> {
        let mut present = self.present();
        if present.running.as_ref().is_some_and(Running::is_under_way) {
            return Ok(());
        }
        let progress = Arc::new(Progress::default());
        let (end, ended) = watch::channel(None);
        present.running = Some(Running { progress: progress.clone(), ended });
        let rebuilds = self.clone();
        std::thread::Builder::new().name("library-rebuild".into()).spawn(move || {
            rebuilds.wait_for_exclusive_changes();
            let writer_handle = WriterHandle { writer, progress: &progress };
            let rebuilt = caught(|| run(&paths, &writer_handle)).unwrap_or_else(|panicked| Err(panicked.into()));
            if rebuilt.is_ok() {
                rebuilds.troubles.end(Part::Rebuild);
            }
            if let Err(error) = &rebuilt
                && !matches!(error, LibraryError::Closing)
            {
                tracing::error!(%error, "the library could not be made anew; it is as it was");
                rebuilds.troubles.begin(Part::Rebuild, error.to_string());
                if let Err(error) = writer_handle.carry(|transaction| clear_away(transaction)).and_then(Asked::wait) {
                    tracing::warn!(%error, "unfinished tables stay until the next start");
                }
            }
            if let Err(error) = clear_scratch(&paths.scratch) {
                tracing::warn!(%error, "what a rebuild needed on its way stays until the next start");
            }
            end.send_replace(Some(rebuilt.map_err(|error| error.to_string())));
        })?;
        Ok(())
    }

    /// How far the running one is; `None` if none runs.
    pub(in crate::library) fn told(&self) -> Option<Rebuilding> {
        let running = self.running()?;
        running.is_under_way().then(|| running.progress.told())
    }

    /// Waits for the end of the one that runs. Returns how many events it read. Fails as it failed.
    pub(in crate::library) async fn ended(&self) -> Result<u64, LibraryError> {
        let Some(mut running) = self.running() else { return Err(LibraryError::Closing) };
        let ended = running.ended.wait_for(Option::is_some).await.map_err(|_| LibraryError::Closing)?;
        ended.clone().unwrap_or(Ok(0)).map_err(LibraryError::Other)
    }

    /// Stops the one that runs, and waits until it has ended.
    pub(in crate::library) async fn stop(&self) {
        if let Some(running) = self.running() {
            running.progress.stop.store(true, Ordering::Relaxed);
            let _ = self.ended().await;
        }
    }

    /// Waits for the end of the one that runs. While the guard is held, none begins.
    pub(in crate::library) async fn pass(self: &Arc<Self>) -> Pass {
        loop {
            let mut running = {
                let mut present = self.present();
                let Some(running) = present.running.clone().filter(Running::is_under_way) else {
                    present.exclusive_changes += 1;
                    return Pass(self.clone());
                };
                running
            };
            let _ = running.ended.wait_for(Option::is_some).await;
        }
    }

    fn wait_for_exclusive_changes(&self) {
        let present = self.exclusive_change_left.wait_while(self.present(), |present| present.exclusive_changes > 0);
        drop(present);
    }

    fn running(&self) -> Option<Running> {
        self.present().running.clone()
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Deletes the temporary files of an earlier rebuild.
pub(in crate::library) fn clear_scratch(scratch: &Path) -> Result<(), LibraryError> {
    match fs::remove_dir_all(scratch) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// After an attempt, the deliveries that made it fail are known and left out of the next one. A second attempt is rare,
/// and more are for failures that earlier ones hid.
const ATTEMPTS: usize = 8;

/// Returns how many events were read.
fn run(paths: &RebuildPaths, writer_handle: &WriterHandle<'_>) -> Result<u64, LibraryError> {
    let mut left_out = LeftOut::default();
    for _ in 0..ATTEMPTS {
        clear_scratch(&paths.scratch)?;
        fs::create_dir_all(&paths.scratch)?;
        crate::folder::restrict(&paths.scratch, 0o700)?;
        writer_handle.carry(shadow_tables::lay_out)?.wait()?;
        writer_handle.progress.steps.store(0, Ordering::Relaxed);
        match attempt(paths, writer_handle, &left_out)? {
            Ok(events) => return Ok(events),
            Err(culprits) => left_out.extend(culprits),
        }
    }
    Err(LibraryError::Other(format!("after {ATTEMPTS} attempts there are still deliveries that make it fail")))
}

/// Deliveries that are left out, with the reason.
type LeftOut = HashMap<DeliveryId, SetAside>;

/// Returns how many events were read, or those that make it fail.
fn attempt(
    paths: &RebuildPaths,
    writer_handle: &WriterHandle<'_>,
    left_out: &LeftOut,
) -> Result<Result<u64, LeftOut>, LibraryError> {
    let log = Arc::new(read_log::read(paths, writer_handle, left_out)?);
    writer_handle.carry(follow_pictures)?.wait()?;
    let made = checkpoints::made_beside(&paths.library, || {
        let shards = std::thread::scope(|scope| {
            let keys = scope.spawn(|| {
                shadow_tables::carry_keys(&log, writer_handle)?;
                shadow_tables::raise_indexes(&paths.library, |table| table == shadow_tables::KEYS, writer_handle)
            });
            let shards =
                shard::make_all(paths, &log, writer_handle, |shard| shadow_tables::carry_shard(shard, writer_handle));
            keys.join().map_err(|payload| Panicked::of(&*payload))??;
            shards
        })?;
        let shards = match shards {
            Ok(shards) => shards,
            Err(culprits) => return Ok(Err(culprits)),
        };
        // The writer alone appends rows and raises indexes, which takes longest: meanwhile another processor makes the
        // table of events and then the index of the texts, which are wanted in this order.
        std::thread::scope(|scope| {
            let (made, events) = std::sync::mpsc::channel();
            let index = scope.spawn(|| {
                let _ = made.send(events::write(paths, &log, writer_handle));
                drop(made);
                search::index(paths, shards)
            });
            let later = |table: &str| {
                [shadow_tables::EVENTS, shadow_tables::KEYS].contains(&table) || shadow_tables::is_of_index(table)
            };
            let others = |table: &str| !later(table);
            shadow_tables::raise_indexes(&paths.library, others, writer_handle)?;
            shadow_tables::count_assets(writer_handle)?;
            shadow_tables::carry_events(&events.recv().map_err(|_| LibraryError::Closing)??, writer_handle)?;
            shadow_tables::raise_indexes(&paths.library, |table| table == shadow_tables::EVENTS, writer_handle)?;
            shadow_tables::carry_index(&index.join().map_err(|payload| Panicked::of(&*payload))??, writer_handle)?;
            shadow_tables::raise_indexes(&paths.library, shadow_tables::is_of_index, writer_handle)
        })?;
        writer_handle.swap_tables(log.through())?;
        shadow_tables::take_down(&paths.library, writer_handle)?;
        Ok(Ok(()))
    })?;
    Ok(made.map(|()| log.len() as u64))
}

/// A handle to the writer, for a rebuild.
struct WriterHandle<'a> {
    writer: mpsc::Sender<Write>,
    progress: &'a Progress,
}

/// A step that was sent to the writer.
struct Asked(oneshot::Receiver<Result<(), LibraryError>>);

impl Asked {
    /// Blocks until the step is done.
    fn wait(self) -> Result<(), LibraryError> {
        self.0.blocking_recv().map_err(|_| LibraryError::Closing)?
    }
}

impl WriterHandle<'_> {
    fn carry(
        &self,
        step: impl FnOnce(&Transaction<'_>) -> Result<(), LibraryError> + Send + 'static,
    ) -> Result<Asked, LibraryError> {
        self.ask(RebuildStep { beside: None, take: Box::new(step) })
    }

    /// As [`Self::carry`], with a file attached as `beside`.
    fn carry_beside(
        &self,
        file: &Path,
        step: impl FnOnce(&Transaction<'_>) -> Result<(), LibraryError> + Send + 'static,
    ) -> Result<Asked, LibraryError> {
        self.ask(RebuildStep { beside: Some(file.to_owned()), take: Box::new(step) })
    }

    fn ask(&self, step: RebuildStep) -> Result<Asked, LibraryError> {
        self.progress.step(0)?;
        let (reply, answer) = oneshot::channel();
        self.writer.blocking_send(Write::Rebuild(step, reply)).map_err(|_| LibraryError::Closing)?;
        Ok(Asked(answer))
    }

    fn swap_tables(&self, through: DeliveryId) -> Result<(), LibraryError> {
        let (reply, answer) = oneshot::channel();
        self.writer.blocking_send(Write::SwapTables(through, reply)).map_err(|_| LibraryError::Closing)?;
        Asked(answer).wait()
    }
}

/// A few steps in flight, so that neither the rebuild nor the writer waits for the other.
#[derive(Default)]
struct InFlight(VecDeque<Asked>);

impl InFlight {
    const LONGEST: usize = 3;

    fn join(&mut self, asked: Asked) -> Result<(), LibraryError> {
        self.0.push_back(asked);
        if self.0.len() > Self::LONGEST { self.0.pop_front().map_or(Ok(()), Asked::wait) } else { Ok(()) }
    }

    fn arrive(self) -> Result<(), LibraryError> {
        self.0.into_iter().try_for_each(Asked::wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_rebuild_reads_nothing_before_an_overhaul_is_through() {
        let dir = tempfile::tempdir().unwrap();
        let (library, scratch) = (dir.path().join("library.db"), dir.path().join("rebuild"));
        let rebuilds = Arc::new(Rebuilds::default());
        let pass = rebuilds.pass().await;
        let (writer, mut inbox) = mpsc::channel(8);
        rebuilds.begin(RebuildPaths { library, scratch, large_px: 0 }, writer).unwrap();
        assert!(rebuilds.told().is_some());
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        assert!(inbox.try_recv().is_err(), "it waits");

        drop(pass);
        let step = inbox.recv().await;
        assert!(matches!(step, Some(Write::Rebuild(..))), "now it begins");
        drop((step, inbox));
        rebuilds.stop().await;
        assert!(rebuilds.told().is_none());
        drop(rebuilds.pass().await);
    }
}
