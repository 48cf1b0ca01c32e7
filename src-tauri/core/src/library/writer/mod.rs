//! The one writer of the library's file.
//!
//! A turn has two halves. First what somebody waits for: pictures are written down, all that wait in one transaction, and
//! changes made. Then, while nobody waits, deliveries that were acknowledged get their rows, what has its row is projected
//! into events, assets and versions, and assets into the search index. In a flood of deliveries the second half is put
//! off, and made in large pieces. A crash in between loses nothing: deliveries are in the spool, and the projection goes on
//! from where the library says it is.

pub(in crate::library) mod change_feed;
mod deferred;
pub(in crate::library) mod message;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction};
use tokio::sync::mpsc;

use crate::folder::FileIdentity;
use crate::library::error::LibraryError;
use crate::library::ingest::backlog::{Kept, Pending};
use crate::library::projection::cursor::{Batch, Unprojected};
use crate::library::projection::{self, cursor, pictures, search_index};
use crate::library::rebuild::twin_tables;
use crate::library::store::delivery_record::{Accepted, Dedupe};
use crate::library::store::ids::DeliveryId;
use crate::library::store::{connection, deliveries, events, search_log};
use crate::library::writer::change_feed::Revisions;
use crate::library::writer::deferred::Misses;
use crate::library::writer::message::{Change, RebuildStep, Reply, Write};
use crate::model::Settled;

/// How many groups of pictures one transaction may carry.
const GATHER: usize = 512;
/// How many deliveries are projected between two looks at who is waiting.
const PROJECT: usize = 64;
/// In a flood the gallery moves on so often, no oftener.
const FLOOD_PROJECT_EVERY: Duration = Duration::from_millis(500);
/// Beyond this the projection goes first, so that it cannot fall behind for ever.
const FAR_BEHIND: usize = 65_536;
/// So many, or so many assets indexed for search, if nobody came in a while: the more a transaction does, the fewer times
/// is each page of an index written, and the fewer pieces of the search index have to be merged.
const PROJECT_UNDISTURBED: usize = 512;
/// In a flood the writer takes so much of a rest before a turn: the more wait for it, the less each costs.
const LULL: Duration = Duration::from_millis(20);
/// After a failure rows are tried again so often.
const STORE_AGAIN: Duration = Duration::from_secs(1);
/// So long other things may wait for the end of a rebuild.
const TRADE_PLACES: Duration = Duration::from_millis(200);

type Pictures = Vec<(Vec<Settled>, Reply<()>)>;

enum Next {
    Serve(Write),
    /// Nobody waits.
    Quiet,
    /// Somebody is about to.
    Again,
    End,
}

pub(in crate::library) struct Writer {
    connection: Connection,
    anchor: FileIdentity,
    inbox: mpsc::Receiver<Write>,
    revisions: Arc<Revisions>,
    large_px: Arc<std::sync::atomic::AtomicU32>,
    pending: Arc<Pending>,
    store_failed: Option<Instant>,
    unprojected: Unprojected,
    misses: Misses,
    last_projected: Instant,
    catching_up: Vec<Reply<()>>,
    search_stale: bool,
    /// From [`PROJECT`] to [`PROJECT_UNDISTURBED`].
    portion: usize,
    closing: bool,
}

impl Writer {
    /// What was acknowledged before gets its rows at once.
    pub(in crate::library) fn new(
        connection: Connection,
        anchor: FileIdentity,
        inbox: mpsc::Receiver<Write>,
        revisions: Arc<Revisions>,
        large_px: Arc<std::sync::atomic::AtomicU32>,
        pending: Arc<Pending>,
    ) -> Result<Self, LibraryError> {
        let unprojected = Unprojected::left_by_a_crash(&connection)?;
        let mut writer = Self {
            connection,
            anchor,
            inbox,
            revisions,
            large_px,
            pending,
            store_failed: None,
            unprojected,
            misses: Misses::default(),
            last_projected: Instant::now(),
            catching_up: Vec::new(),
            search_stale: true,
            portion: PROJECT,
            closing: false,
        };
        // A failure is told, and no reason not to show what is there.
        let _ = writer.store();
        Ok(writer)
    }

    /// Works until it is closed, and leaves nothing that was promised undone.
    pub(in crate::library) fn run(mut self) {
        while !self.closing {
            match self.next() {
                Next::Serve(write) => self.serve(write),
                Next::Quiet => self.use_the_quiet(),
                Next::Again => {}
                Next::End => break,
            }
            if self.pending.is_due() && !self.waits_after_failure() {
                let _ = self.store();
            }
            let starved = !self.unprojected.is_empty() && self.last_projected.elapsed() > FLOOD_PROJECT_EVERY;
            if starved || self.unprojected.len() > FAR_BEHIND {
                self.project();
            }
        }
        let _ = self.store();
        self.write_down_misses();
        if let Err(error) = self.connection.pragma_update(None, "wal_checkpoint", "truncate") {
            tracing::debug!(%error, "the write-ahead log stays until the next start");
        }
    }

    fn next(&mut self) -> Next {
        let stored = self.pending.is_empty();
        let idle =
            self.unprojected.is_empty() && self.misses.is_empty() && !self.search_stale && self.catching_up.is_empty();
        if idle && stored {
            return self.inbox.blocking_recv().map_or(Next::End, Next::Serve);
        }
        match self.inbox.try_recv() {
            Ok(write) => Next::Serve(write),
            Err(mpsc::error::TryRecvError::Disconnected) if self.unprojected.is_empty() => Next::End,
            Err(_) if self.in_a_flood() || (idle && self.waits_after_failure()) => {
                std::thread::sleep(LULL);
                Next::Again
            }
            Err(_) => Next::Quiet,
        }
    }

    /// Whether it is better to wait for more than to begin something.
    fn in_a_flood(&self) -> bool {
        self.pending.is_flooded() && self.last_projected.elapsed() < FLOOD_PROJECT_EVERY
    }

    fn waits_after_failure(&self) -> bool {
        self.store_failed.is_some_and(|failed| failed.elapsed() < STORE_AGAIN)
    }

    /// The half that somebody waits for.
    fn serve(&mut self, first: Write) {
        if self.pending.is_flooded() {
            std::thread::sleep(LULL);
        }
        let (mut pictures, mut rows_wanted) = (Vec::new(), Vec::new());
        let (mut changes, mut overhauls, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(write) = next {
            match write {
                Write::Store => {}
                Write::StoreNow(reply) => rows_wanted.push(reply),
                Write::Settle(settled, reply) => match self.misses.hold_back(settled, self.unprojected.through()) {
                    none if none.is_empty() => _ = reply.send(Ok(())),
                    settled => pictures.push((settled, reply)),
                },
                Write::Change(change, reply) => changes.push((change, reply)),
                Write::Overhaul(change, reply) => overhauls.push((change, reply)),
                Write::Rebuild(step, reply) => steps.push((step, reply)),
                Write::TradePlaces(through, reply) => {
                    let _ = reply.send(self.trade_places(through));
                }
                Write::CatchUp(reply) => match self.store() {
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
        self.settle(pictures);
        // A failure is told to those who wait for rows; the others find out whether they can do without.
        for reply in rows_wanted {
            let _ = reply.send(self.store());
        }
        if !changes.is_empty() || !overhauls.is_empty() {
            let _ = self.store();
        }
        for (change, reply) in changes {
            self.change(change, reply);
        }
        for (change, reply) in overhauls {
            while !self.unprojected.is_empty() {
                self.project();
            }
            self.change(change, reply);
        }
        for (step, reply) in steps {
            let _ = reply.send(self.take_step(step));
        }
    }

    /// All that wait share a flush to the disk.
    fn settle(&mut self, pictures: Pictures) {
        if pictures.is_empty() {
            return;
        }
        self.portion = PROJECT;
        let settled = self.in_transaction(|transaction| {
            pictures::settle(transaction, pictures.iter().flat_map(|(settled, _)| settled))
        });
        if let Err(error) = &settled {
            tracing::error!(%error, "pictures are on disk but not written down; they are taken up at the next start");
        }
        for (_, reply) in pictures {
            let _ = reply.send(settled.as_ref().map(|_| ()).map_err(LibraryError::again));
        }
        if let Ok(assets) = settled {
            self.revisions.bump(&assets);
        }
    }

    /// All of them, without their events.
    fn write_down_misses(&mut self) {
        let misses = self.misses.through(DeliveryId(i64::MAX));
        if misses.is_empty() {
            return;
        }
        match self.in_transaction(|transaction| pictures::settle(transaction, &misses)) {
            Ok(assets) => self.revisions.bump(&assets),
            Err(error) => tracing::error!(%error, "pictures that cannot be had are looked for again at the next start"),
        }
        self.misses.forget(&misses);
    }

    /// Gives their rows to deliveries that were acknowledged. What cannot be written stays in the spool.
    fn store(&mut self) -> Result<(), LibraryError> {
        while self.unprojected.len() > FAR_BEHIND {
            self.project();
        }
        let mut kept = self.pending.take();
        let Some(last) = kept.last().map(|kept| kept.record.id) else { return Ok(()) };
        let pending = self.pending.clone();
        let stored = self.in_transaction(|transaction| {
            take_over_what_left(transaction, &pending, &mut kept)?;
            kept.iter().try_for_each(|kept| deliveries::append(transaction, &kept.record, kept.accepted))
        });
        match &stored {
            Ok(()) => {
                if self.unprojected.is_empty() {
                    // The projection is not late for what comes only now.
                    self.last_projected = Instant::now();
                }
                self.store_failed = None;
                self.unprojected.reaches(last);
                self.pending.stored(last);
                self.revisions.bump(&[]);
            }
            Err(error) => {
                tracing::error!(%error, count = kept.len(), "deliveries are kept in the spool, but not in the library yet");
                self.store_failed = Some(Instant::now());
                self.pending.give_back(kept);
                for reply in self.catching_up.drain(..) {
                    let _ = reply.send(Err(error.again()));
                }
            }
        }
        stored
    }

    fn change(&mut self, change: Change, reply: Reply<()>) {
        let changed = self.in_transaction(change);
        self.search_stale = true;
        let _ = reply.send(changed.map(|assets| self.revisions.bump(&assets)));
    }

    /// Nothing depends on a step being on the disk before the last one is.
    fn take_step(&mut self, step: RebuildStep) -> Result<(), LibraryError> {
        self.connection.pragma_update(None, "synchronous", "normal")?;
        self.connection.pragma_update(None, "foreign_keys", false)?;
        connection::checkpoint_by_itself(&self.connection, false)?;
        let taken = connection::with_file_beside(&mut self.connection, step.beside, |connection| {
            in_transaction(connection, &self.anchor, step.take)
        });
        connection::checkpoint_by_itself(&self.connection, true)?;
        self.connection.pragma_update(None, "foreign_keys", true)?;
        self.connection.pragma_update(None, "synchronous", "full")?;
        taken
    }

    /// From here on the rebuilt library is the one that is read. What came while it was made is projected first, as far
    /// as nobody has to wait for that; the rest follows as ever.
    fn trade_places(&mut self, through: DeliveryId) -> Result<(), LibraryError> {
        let large_px = self.large_px();
        let begun = Instant::now();
        let pending = self.pending.clone();
        let (reached, dedupes) = self.in_transaction(|transaction| {
            twin_tables::trade_places(transaction)?;
            search_log::note_all(transaction)?;
            twin_tables::refresh_pictures(transaction)?;
            cursor::is_ours(transaction, through)?;
            let mut reached = through;
            while begun.elapsed() < TRADE_PLACES {
                let (deliveries, last) = deliveries::events_after(transaction, reached, PROJECT)?;
                let Some(last) = last else { break };
                projection::project(transaction, &Batch { deliveries, through: last }, large_px)?;
                reached = last;
            }
            let dedupes = deliveries::dedupes_after(transaction, reached)?;
            pending.learn(&dedupes);
            Ok((reached, dedupes))
        })?;
        self.unprojected.go_on_from(reached);
        self.pending.learn_anew(dedupes);
        self.search_stale = true;
        self.revisions.bump_all();
        Ok(())
    }

    /// The half that nobody waits for.
    fn use_the_quiet(&mut self) {
        if !self.pending.is_empty() && !self.waits_after_failure() {
            let _ = self.store();
        } else if !self.unprojected.is_empty() {
            self.project();
        } else if !self.misses.is_empty() {
            // Of deliveries that are shown by now, or that there is no row for.
            self.write_down_misses();
        } else if self.search_stale {
            let portion = self.portion;
            match self.in_transaction(|transaction| search_index::index_stale(transaction, portion)) {
                Ok(indexed) => {
                    self.search_stale = indexed == portion;
                    self.was_undisturbed(indexed);
                    if indexed > 0 {
                        self.revisions.bump(&[]);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "search lags behind: the index could not be written");
                    self.search_stale = false;
                }
            }
        } else {
            for reply in self.catching_up.drain(..) {
                let _ = reply.send(Ok(()));
            }
        }
    }

    /// What is done between two looks grows while nobody waits for pictures to be written down.
    fn was_undisturbed(&mut self, done: usize) {
        self.portion = if done < self.portion { PROJECT } else { (2 * self.portion).min(PROJECT_UNDISTURBED) };
    }

    fn project(&mut self) {
        self.last_projected = Instant::now();
        let batch = self.unprojected.next(&self.connection, self.portion);
        let large_px = self.large_px();
        let projected = batch.and_then(|batch| {
            let misses = self.misses.through(batch.through);
            let assets = self.in_transaction(|transaction| {
                pictures::settle(transaction, &misses)?;
                projection::project(transaction, &batch, large_px)
            })?;
            Ok((assets, batch, misses))
        });
        match projected {
            Ok((assets, batch, misses)) => {
                self.unprojected.done(&batch);
                self.was_undisturbed(batch.deliveries.len());
                self.misses.forget(&misses);
                self.pending.forget(batch.deliveries.iter().map(|delivery| &delivery.dedupe));
                self.search_stale = true;
                self.revisions.bump(&assets);
            }
            Err(error) => {
                tracing::error!(%error, "deliveries are kept, but cannot be shown yet");
                self.unprojected.pause();
                for reply in self.catching_up.drain(..) {
                    let _ = reply.send(Err(error.again()));
                }
            }
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

/// A delivery that was a duplicate when it came, of an event that has been taken away since, is the event now.
fn take_over_what_left(
    transaction: &Transaction<'_>,
    pending: &Pending,
    kept: &mut [Kept],
) -> Result<(), LibraryError> {
    let dedupes: Vec<Dedupe> = kept.iter().filter(|kept| kept.is_duplicate()).map(|kept| kept.record.dedupe).collect();
    if dedupes.is_empty() {
        return Ok(());
    }
    let mut known = pending.known_among(dedupes.iter().copied());
    known.extend(events::known_among(transaction, dedupes.iter().copied())?);
    for kept in kept.iter_mut().filter(|kept| kept.is_duplicate()) {
        if known.insert(kept.record.dedupe) {
            kept.accepted = Accepted::Event(kept.record.id);
            pending.learn(&HashSet::from([kept.record.dedupe]));
        }
    }
    Ok(())
}

fn in_transaction<T>(
    connection: &mut Connection,
    anchor: &FileIdentity,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, LibraryError>,
) -> Result<T, LibraryError> {
    if !anchor.holds() {
        return Err(LibraryError::Gone);
    }
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let done = work(&transaction)?;
    transaction.commit()?;
    Ok(done)
}
