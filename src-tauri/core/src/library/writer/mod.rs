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

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction};
use tokio::sync::mpsc;

use crate::folder::FileIdentity;
use crate::library::error::LibraryError;
use crate::library::ingest::backlog::{Kept, Pending};
use crate::library::ingest::unstored;
use crate::library::projection::cursor::Unprojected;
use crate::library::projection::{self, cursor, pictures, search_index};
use crate::library::rebuild::twin_tables;
use crate::library::store::delivery_record::{Accepted, Dedupe};
use crate::library::store::ids::DeliveryId;
use crate::library::store::{connection, deliveries, events, search_log, set_aside};
use crate::library::trouble::{Part, Troubles};
use crate::library::writer::change_feed::Revisions;
use crate::library::writer::deferred::Misses;
use crate::library::writer::message::{Change, RebuildStep, Reply, Write};
use crate::model::Settled;
use crate::supervise::caught;

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
/// After a failure the same is tried again so often.
const AGAIN: Duration = Duration::from_secs(1);
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
    search_failed: Option<Instant>,
    /// What another version of this program set aside, to be tried again.
    set_aside: VecDeque<DeliveryId>,
    troubles: Arc<Troubles>,
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
        troubles: Arc<Troubles>,
    ) -> Result<Self, LibraryError> {
        let unprojected = Unprojected::left_by_a_crash(&connection)?;
        let set_aside = set_aside::by_other_programs(&connection)?.into();
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
            search_failed: None,
            set_aside,
            troubles,
            portion: PROJECT,
            closing: false,
        };
        writer.try_unstored_again();
        // A failure is told, and no reason not to show what is there.
        let _ = writer.store();
        Ok(writer)
    }

    /// Works until it is closed, and leaves nothing that was promised undone. A panic costs the piece of work that it
    /// happened in: whoever waits for that hears so, and the rest goes on.
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
        self.write_down_misses();
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
        if self.pending.is_due() && !waits(self.store_failed) {
            let _ = self.store();
        }
        let starved = self.unprojected.is_due() && self.last_projected.elapsed() > FLOOD_PROJECT_EVERY;
        if starved || self.is_far_behind() {
            self.project();
        }
        true
    }

    fn next(&mut self) -> Next {
        let is_there_work = self.is_there_work();
        let waits_to_try_again = !self.pending.is_empty() || !self.unprojected.is_empty() || self.search_stale;
        if !is_there_work && !waits_to_try_again {
            return self.inbox.blocking_recv().map_or(Next::End, Next::Serve);
        }
        match self.inbox.try_recv() {
            Ok(write) => Next::Serve(write),
            Err(mpsc::error::TryRecvError::Disconnected) if !self.unprojected.is_due() => Next::End,
            Err(_) if self.in_a_flood() || !is_there_work => {
                std::thread::sleep(LULL);
                Next::Again
            }
            Err(_) => Next::Quiet,
        }
    }

    /// Whether there is something to do now that nobody waits for.
    fn is_there_work(&self) -> bool {
        (!self.pending.is_empty() && !waits(self.store_failed))
            || self.unprojected.is_due()
            || !self.misses.is_empty()
            || (self.search_stale && !waits(self.search_failed))
            || !self.set_aside.is_empty()
            || !self.catching_up.is_empty()
    }

    fn is_far_behind(&self) -> bool {
        self.unprojected.is_due() && self.unprojected.len() > FAR_BEHIND
    }

    /// Whether it is better to wait for more than to begin something.
    fn in_a_flood(&self) -> bool {
        self.pending.is_flooded() && self.last_projected.elapsed() < FLOOD_PROJECT_EVERY
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
                Write::KeepBook(work, reply) => {
                    let _ = reply.send(self.in_transaction(work));
                }
                Write::Overhaul(change, reply) => overhauls.push((change, reply)),
                Write::Rebuild(step, reply) => steps.push((step, reply)),
                Write::TradePlaces(through, reply) => {
                    let _ = reply.send(self.trade_places(through));
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
            self.overhaul(change, reply);
        }
        for (step, reply) in steps {
            let _ = reply.send(self.take_step(step));
        }
    }

    /// Once all is projected. Where it cannot be, that is told, and nothing is changed.
    fn overhaul(&mut self, change: Change, reply: Reply<()>) {
        while self.unprojected.is_due() {
            self.project();
        }
        if !self.pending.is_empty() && waits(self.store_failed) {
            let _ = reply.send(Err(LibraryError::Behind("it is not in the library yet".to_owned())));
        } else if let Err(error) = self.keeps_up() {
            let _ = reply.send(Err(error));
        } else {
            self.change(change, reply);
        }
    }

    /// Whether the projection follows the log, or why it does not.
    fn keeps_up(&self) -> Result<(), LibraryError> {
        self.unprojected.failure().map_or(Ok(()), |why| Err(LibraryError::Behind(why.to_owned())))
    }

    /// All that wait share a flush to the disk. Where one of them cannot be written down the others do without it.
    fn settle(&mut self, mut pictures: Pictures) {
        if pictures.is_empty() {
            return;
        }
        self.portion = PROJECT;
        let settled = self.in_transaction(|transaction| {
            pictures::settle(transaction, pictures.iter().flat_map(|(settled, _)| settled))
        });
        match &settled {
            Err(error) if pictures.len() > 1 && !error.is_of_the_place() => {
                let rest = pictures.split_off(pictures.len() / 2);
                self.settle(pictures);
                self.settle(rest);
                return;
            }
            Err(error) => {
                tracing::error!(%error, "pictures are on disk but not written down; they are taken up at the next start");
                self.troubles.begin(Part::Pictures, error.to_string());
            }
            Ok(_) => {}
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

    /// Gives their rows to deliveries that were acknowledged. What cannot be written stays in the spool; one that the log
    /// does not take is kept beside it.
    fn store(&mut self) -> Result<(), LibraryError> {
        while self.is_far_behind() {
            self.project();
        }
        let mut kept = self.pending.take();
        let Some(last) = kept.last().map(|kept| kept.record.id) else { return Ok(()) };
        let pending = self.pending.clone();
        let stored = self.in_transaction(|transaction| {
            take_over_what_left(transaction, &pending, &mut kept)?;
            kept.iter().try_for_each(|kept| deliveries::append(transaction, &kept.record, kept.accepted))
        });
        let stored = match stored {
            Err(error) if !error.is_of_the_place() => {
                self.in_transaction(|transaction| kept.iter().try_for_each(|kept| unstored::append(transaction, kept)))
            }
            stored => stored,
        };
        match &stored {
            Ok(()) => {
                if self.unprojected.is_empty() {
                    // The projection is not late for what comes only now.
                    self.last_projected = Instant::now();
                }
                self.store_failed = None;
                self.troubles.end(Part::Rows);
                self.unprojected.reaches(last);
                self.pending.stored(last);
                self.revisions.bump(&[]);
            }
            Err(error) => {
                if self.store_failed.is_none() {
                    tracing::error!(%error, count = kept.len(), "deliveries are kept in the spool, but not in the library yet");
                    self.revisions.bump(&[]);
                }
                self.store_failed = Some(Instant::now());
                self.troubles.begin(Part::Rows, error.to_string());
                self.pending.give_back(kept);
                self.tell_those_who_catch_up(error);
            }
        }
        stored
    }

    fn tell_those_who_catch_up(&mut self, error: &LibraryError) {
        for reply in self.catching_up.drain(..) {
            let _ = reply.send(Err(error.again()));
        }
    }

    /// What the log did not take in an earlier run.
    fn try_unstored_again(&mut self) {
        match self.in_transaction(unstored::try_again) {
            Ok(stored) => self.set_aside.extend(stored),
            Err(error) => tracing::warn!(%error, "what the log did not take could not be tried again"),
        }
    }

    fn change(&mut self, change: Change, reply: Reply<()>) {
        let changed = self.in_transaction(change);
        if let Err(LibraryError::Panicked(panicked)) = &changed {
            self.troubles.begin(Part::Mistake, panicked.message.clone());
        }
        self.search_stale = true;
        let _ = reply.send(changed.map(|assets| self.revisions.bump(&assets)));
    }

    /// Nothing depends on a step being on the disk before the last one is.
    fn take_step(&mut self, step: RebuildStep) -> Result<(), LibraryError> {
        let mut in_haste = connection::InHaste::begin(&mut self.connection)?;
        connection::with_file_beside(&mut in_haste, step.beside, |connection| {
            in_transaction(connection, &self.anchor, step.take)
        })
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
            twin_tables::come_by_the_shown_again(transaction)?;
            twin_tables::refresh_pictures(transaction)?;
            cursor::is_ours(transaction, through)?;
            let mut reached = through;
            while begun.elapsed() < TRADE_PLACES {
                let portion = deliveries::events_after(transaction, reached, PROJECT)?;
                let Some(last) = portion.last else { break };
                projection::follow(transaction, &portion, last, large_px)?;
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
        if !self.pending.is_empty() && !waits(self.store_failed) {
            let _ = self.store();
        } else if self.unprojected.is_due() {
            self.project();
        } else if !self.misses.is_empty() {
            // Of deliveries that are shown by now, or that there is no row for.
            self.write_down_misses();
        } else if !self.set_aside.is_empty() {
            self.try_set_aside_again();
        } else if self.search_stale && !waits(self.search_failed) {
            self.index();
        } else if self.search_stale {
            self.tell_those_who_catch_up(&LibraryError::Behind("the search index lags behind".to_owned()));
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

    /// Brings the search index up to date, some assets at a time.
    fn index(&mut self) {
        let portion = self.portion;
        let indexed = match self.in_transaction(|transaction| search_index::index_stale(transaction, portion)) {
            Err(error) if !error.is_of_the_place() => {
                self.in_transaction(|transaction| search_index::index_one_by_one(transaction, portion))
            }
            indexed => indexed,
        };
        match indexed {
            Ok(indexed) => {
                self.search_stale = indexed == portion;
                self.was_undisturbed(indexed);
                self.search_failed = None;
                self.troubles.end(Part::Search);
                if indexed > 0 {
                    self.revisions.bump(&[]);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "search lags behind: the index could not be written");
                self.search_failed = Some(Instant::now());
                self.troubles.begin(Part::Search, error.to_string());
                self.tell_those_who_catch_up(&error);
            }
        }
    }

    /// Projects what comes next. Where one delivery makes that fail it is set aside, and the rest goes on; where the disk
    /// or the file is at fault all is tried again later.
    fn project(&mut self) {
        self.last_projected = Instant::now();
        let next = self.unprojected.next(&self.connection, self.portion);
        let large_px = self.large_px();
        let projected = next.and_then(|(portion, through)| {
            let misses = self.misses.through(through);
            let at_once = self.in_transaction(|transaction| {
                pictures::settle(transaction, &misses)?;
                projection::project_portion(transaction, &portion, through, large_px)
            });
            let assets = match at_once {
                Err(error) if !error.is_of_the_place() => self.in_transaction(|transaction| {
                    projection::project_one_by_one(transaction, &portion, through, large_px)
                })?,
                projected => {
                    let assets = projected?;
                    self.misses.forget(&misses);
                    assets
                }
            };
            Ok((assets, portion, through))
        });
        match projected {
            Ok((assets, portion, through)) => {
                self.unprojected.done(through);
                self.was_undisturbed(portion.events.len());
                self.pending.forget(portion.dedupes());
                self.search_stale = true;
                self.troubles.end(Part::Projection);
                self.revisions.bump(&assets);
            }
            Err(error) => {
                if self.unprojected.failed(error.to_string()) {
                    tracing::error!(%error, "deliveries are kept, but cannot be shown yet");
                    self.revisions.bump(&[]);
                }
                self.unprojected.note_failure(&self.connection);
                self.troubles.begin(Part::Projection, error.to_string());
                self.tell_those_who_catch_up(&error);
            }
        }
    }

    /// Tries again what another version of this program could not show.
    fn try_set_aside_again(&mut self) {
        let large_px = self.large_px();
        let some: Vec<DeliveryId> = self.set_aside.drain(..PROJECT.min(self.set_aside.len())).collect();
        let tried = self.in_transaction(|transaction| projection::try_again(transaction, &some, large_px));
        match tried {
            Ok(assets) => {
                self.search_stale = true;
                self.revisions.bump(&assets);
            }
            Err(error) => tracing::warn!(%error, "what was set aside is tried again at the next start"),
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

/// Whether something failed so lately that it should not be tried again yet.
fn waits(failed: Option<Instant>) -> bool {
    failed.is_some_and(|failed| failed.elapsed() < AGAIN)
}

/// Does some work as one transaction. A panic in it is a failure like others: it is rolled back.
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
