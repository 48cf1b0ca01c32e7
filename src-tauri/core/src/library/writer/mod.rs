//! The one writer of the library's file.
//!
//! A turn has two halves. First what somebody waits for (`requests`): all pictures that wait are written in one
//! transaction, and changes made. Then, while nobody waits (`background`), acknowledged deliveries get their rows, rows
//! are projected into events, assets and versions, and assets are indexed for search. Under load the second half is put
//! off, and done in large portions. A crash in between loses nothing: deliveries are in the journal, and the projection
//! goes on from where the library says it is.

mod background;
pub(in crate::library) mod catch_up_by_rebuild;
pub(in crate::library) mod change_feed;
mod deferred;
pub(in crate::library) mod message;
mod requests;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction};
use tokio::sync::mpsc;

use crate::folder::FileIdentity;
use crate::library::error::LibraryError;
use crate::library::ingest::backlog::Backlog;
use crate::library::projection::cursor::Unprojected;
use crate::library::store::ids::DeliveryId;
use crate::library::store::set_aside;
use crate::library::trouble::{Part, Troubles};
use crate::library::writer::catch_up_by_rebuild::CatchUpByRebuild;
use crate::library::writer::change_feed::ChangeFeed;
use crate::library::writer::deferred::DeferredFailures;
use crate::library::writer::message::{Reply, Write};
use crate::model::RenditionOutcome;
use crate::supervise::caught;

/// How many groups of pictures one transaction may carry.
const GATHER: usize = 512;
/// How many deliveries are projected between two looks at who is waiting.
const PROJECT: usize = 64;
/// Under load, project at most this often.
const PROJECT_EVERY_UNDER_LOAD: Duration = Duration::from_millis(500);
/// In deliveries: if the projection is further behind it goes first, so that it cannot fall behind for ever.
const FAR_BEHIND: usize = 65_536;
/// The most deliveries, or assets to be indexed, in one transaction, if nobody has come for a while. The more a
/// transaction does, the fewer times each page of an index is written, and the fewer pieces of the search index have to be
/// merged.
const PROJECT_UNDISTURBED: usize = 512;
/// Under load, wait this long before each turn so that one transaction serves more requests.
const LULL: Duration = Duration::from_millis(20);
/// How long to wait after a failure before the same is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// How long the end of a rebuild may keep others waiting.
const SWAP_TABLES: Duration = Duration::from_millis(200);

type Pictures = Vec<(Vec<RenditionOutcome>, Reply<()>)>;

enum Next {
    Serve(Write),
    /// Nobody waits: do background work.
    Quiet,
    /// Look again, after a pause.
    Again,
    End,
}

/// The writer's connection, and all that it has to remember between turns.
pub(in crate::library) struct Writer {
    connection: Connection,
    anchor: FileIdentity,
    inbox: mpsc::Receiver<Write>,
    change_feed: Arc<ChangeFeed>,
    large_px: Arc<std::sync::atomic::AtomicU32>,
    backlog: Arc<Backlog>,
    store_failed: Option<Instant>,
    unprojected: Unprojected,
    deferred_failures: DeferredFailures,
    last_projected: Instant,
    catching_up: Vec<Reply<()>>,
    search_stale: bool,
    search_failed: Option<Instant>,
    /// Deliveries that another version of this program set aside, to be tried again.
    set_aside: VecDeque<DeliveryId>,
    troubles: Arc<Troubles>,
    /// From [`PROJECT`] to [`PROJECT_UNDISTURBED`].
    portion: usize,
    by_rebuild: CatchUpByRebuild,
    closing: bool,
}

impl Writer {
    /// Inserts rows for what was acknowledged before. A failure at that is no error here: it is told and tried again.
    pub(in crate::library) fn new(
        connection: Connection,
        anchor: FileIdentity,
        inbox: mpsc::Receiver<Write>,
        change_feed: Arc<ChangeFeed>,
        backlog: Arc<Backlog>,
        troubles: Arc<Troubles>,
        by_rebuild: CatchUpByRebuild,
    ) -> Result<Self, LibraryError> {
        let unprojected = Unprojected::left_by_a_crash(&connection)?;
        let set_aside = set_aside::by_other_programs(&connection)?.into();
        let mut writer = Self {
            connection,
            anchor,
            inbox,
            change_feed,
            large_px: by_rebuild.large_px.clone(),
            backlog,
            store_failed: None,
            unprojected,
            deferred_failures: DeferredFailures::default(),
            last_projected: Instant::now(),
            catching_up: Vec::new(),
            search_stale: true,
            search_failed: None,
            set_aside,
            troubles,
            portion: PROJECT,
            by_rebuild,
            closing: false,
        };
        writer.try_unstored_again();
        // A failure is told, and no reason not to show what is there.
        let _ = writer.store();
        Ok(writer)
    }

    /// Works until it is closed, and finishes what was asked before. A panic costs the piece of work that it happened in:
    /// whoever waits for that gets an error, and the rest goes on.
    pub(in crate::library) fn run(mut self) {
        while !self.closing {
            match caught(|| self.turn()) {
                Ok(true) => {}
                Ok(false) => break,
                Err(panicked) => {
                    self.troubles.begin(Part::Mistake, panicked.message);
                    std::thread::sleep(AGAIN);
                }
            }
        }
        let _ = self.store();
        self.record_deferred_failures();
        if let Err(error) = self.connection.pragma_update(None, "wal_checkpoint", "truncate") {
            tracing::debug!(%error, "the write-ahead log stays until the next start");
        }
    }

    /// Returns false at the end of all work.
    fn turn(&mut self) -> bool {
        match self.next() {
            Next::Serve(write) => self.serve(write),
            Next::Quiet => self.use_the_quiet(),
            Next::Again => {}
            Next::End => return false,
        }
        if self.backlog.is_due() && !waits(self.store_failed) {
            let _ = self.store();
        }
        let starved = self.should_project() && self.last_projected.elapsed() > PROJECT_EVERY_UNDER_LOAD;
        if starved || self.is_far_behind() {
            self.project();
        }
        true
    }

    /// Whether there is something to project, and no rebuild is about to do it.
    fn should_project(&mut self) -> bool {
        self.unprojected.is_due() && !self.by_rebuild.takes_over(&self.unprojected, self.backlog.is_under_load())
    }

    fn next(&mut self) -> Next {
        let is_there_work = self.is_there_work();
        let waits_to_try_again = !self.backlog.is_empty() || !self.unprojected.is_empty() || self.search_stale;
        if !is_there_work && !waits_to_try_again {
            return self.inbox.blocking_recv().map_or(Next::End, Next::Serve);
        }
        match self.inbox.try_recv() {
            Ok(write) => Next::Serve(write),
            Err(mpsc::error::TryRecvError::Disconnected) if !self.unprojected.is_due() => Next::End,
            Err(_) if self.is_under_load() || !is_there_work => {
                std::thread::sleep(LULL);
                Next::Again
            }
            Err(_) => Next::Quiet,
        }
    }

    /// Whether there is background work that can be done now.
    fn is_there_work(&mut self) -> bool {
        (!self.backlog.is_empty() && !waits(self.store_failed))
            || self.should_project()
            || !self.deferred_failures.is_empty()
            || (self.search_stale && !waits(self.search_failed))
            || !self.set_aside.is_empty()
            || (!self.catching_up.is_empty() && self.unprojected.is_empty())
    }

    fn is_far_behind(&mut self) -> bool {
        self.unprojected.len() > FAR_BEHIND && self.should_project()
    }

    /// Under load it is cheaper to wait for a larger batch than to start projecting now.
    fn is_under_load(&self) -> bool {
        self.backlog.is_under_load() && self.last_projected.elapsed() < PROJECT_EVERY_UNDER_LOAD
    }

    /// Handles a message, and all others that are waiting: similar ones share a transaction.
    fn serve(&mut self, first: Write) {
        if self.backlog.is_under_load() {
            std::thread::sleep(LULL);
        }
        let (mut pictures, mut rows_wanted) = (Vec::new(), Vec::new());
        let (mut changes, mut exclusive_changes, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(write) = next {
            match write {
                Write::Store => {}
                Write::StoreNow(reply) => rows_wanted.push(reply),
                Write::RecordOutcomes(settled, reply) => {
                    match self.deferred_failures.hold_back(settled, self.unprojected.through()) {
                        none if none.is_empty() => _ = reply.send(Ok(())),
                        settled => pictures.push((settled, reply)),
                    }
                }
                Write::Change(change, reply) => changes.push((change, reply)),
                Write::Bookkeeping(work, reply) => {
                    let _ = reply.send(self.in_transaction(work));
                }
                Write::ExclusiveChange(change, reply) => exclusive_changes.push((change, reply)),
                Write::Rebuild(step, reply) => steps.push((step, reply)),
                Write::SwapTables(through, reply) => {
                    let _ = reply.send(self.swap_tables(through));
                }
                Write::CatchUp(reply) => match self.store().and_then(|()| self.keeps_up()) {
                    Ok(()) => self.catching_up.push(reply),
                    Err(error) => {
                        let _ = reply.send(Err(error));
                    }
                },
                Write::Close => self.closing = true,
            }
            next = if self.closing {
                None
            } else if pictures.len() < GATHER {
                self.inbox.try_recv().ok()
            } else {
                None
            };
        }
        self.record_outcomes(pictures);
        // A failure is told to those who wait for rows; the others find out whether they can do without.
        for reply in rows_wanted {
            let _ = reply.send(self.store());
        }
        if !changes.is_empty() || !exclusive_changes.is_empty() {
            let _ = self.store();
        }
        for (change, reply) in changes {
            self.change(change, reply);
        }
        for (change, reply) in exclusive_changes {
            self.exclusive_change(change, reply);
        }
        for (step, reply) in steps {
            let _ = reply.send(self.take_step(step));
        }
    }

    fn in_transaction<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        in_transaction(&mut self.connection, &self.anchor, work)
    }

    fn large_px(&self) -> u32 {
        self.large_px.load(std::sync::atomic::Ordering::Relaxed)
    }
}

/// Whether something failed less than [`AGAIN`] ago.
fn waits(failed: Option<Instant>) -> bool {
    failed.is_some_and(|failed| failed.elapsed() < AGAIN)
}

/// Runs `work` in a transaction, which is rolled back if it fails or panics. Fails if the library's file was replaced.
fn in_transaction<T>(
    connection: &mut Connection,
    anchor: &FileIdentity,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, LibraryError>,
) -> Result<T, LibraryError> {
    if !anchor.holds() {
        return Err(LibraryError::Gone);
    }
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let done = caught(|| work(&transaction))??;
    transaction.commit()?;
    Ok(done)
}
