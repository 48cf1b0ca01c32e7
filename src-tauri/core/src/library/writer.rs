//! The one writer. It gathers whatever is waiting into one transaction, so that one flush to the disk pays for many
//! deliveries, and only then answers them.
//!
//! A turn has two halves. First what must not wait: deliveries are appended, pictures written down, and each sender
//! answered. Then, while nobody waits, what was appended is projected into events, assets and versions, and assets
//! into the search index. In a flood of deliveries the second half is put off: URLs die, projections do not. A crash
//! between the halves loses nothing: the projection goes on from where the library says it is.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction};
use tokio::sync::{mpsc, oneshot};

use super::incoming::{Accepted, Incoming};
use super::projection::{self, Batch, Unprojected};
use super::tide::Tide;
use super::{DeliveryId, LibraryError, Revisions, connection, deliveries, rebuild, renditions, search};
use crate::folder::Anchor;
use crate::fotoware::{Arrival, Role};
use crate::renditions::{Job, RenditionKey, Settled};

/// Called after the commit with the pictures that a delivery brought. Must not block.
pub type OnJobs = Box<dyn Fn(Vec<Job>) + Send>;

pub(super) type Reply<T> = oneshot::Sender<Result<T, LibraryError>>;
type Change = Box<dyn FnOnce(&Transaction<'_>) -> Result<Vec<String>, LibraryError> + Send>;

pub(super) enum Write {
    TakeIn(Box<Incoming>, Reply<Accepted>),
    Settle(Vec<Settled>, Reply<()>),
    /// Any other change, in a transaction of its own. It returns the assets that it changed.
    Change(Change, Reply<()>),
    /// A change that looks at everything, and waits until everything is projected.
    Overhaul(Change, Reply<()>),
    /// A step of a rebuild. It touches nothing that is read, and can be taken again.
    Rebuild(rebuild::Step, Reply<()>),
    /// The end of a rebuild, which has read the log up to here.
    TradePlaces(DeliveryId, Reply<()>),
    /// Answers when everything taken in so far is projected and searchable.
    CatchUp(Reply<()>),
    /// The last word: what comes after it is not kept, and told so.
    Close,
}

/// How many deliveries and pictures one transaction may carry.
const GATHER: usize = 512;
/// How many deliveries are projected between two looks at who is waiting.
const PROJECT: usize = 64;
/// In a flood others are given this time to join, in steps, unless enough are there.
const GATHER_IN_FLOOD: Duration = Duration::from_millis(1);
const GATHER_STEP: Duration = Duration::from_micros(200);
/// For so many a flush is worth its while. To wait for all would leave a core idle while they are made ready.
const ENOUGH: usize = 16;
/// In a flood the gallery moves on so often, no oftener.
const FLOOD_PROJECT_EVERY: Duration = Duration::from_millis(500);
/// Beyond this the projection goes first, so that it cannot fall behind for ever.
const FAR_BEHIND: usize = 65_536;
/// How many assets are indexed for search between two looks at who is waiting.
const INDEX: usize = 64;

/// So long other things may wait for the end of a rebuild.
const TRADE_PLACES: Duration = Duration::from_millis(200);

type Deliveries = Vec<(Box<Incoming>, Reply<Accepted>)>;
type Pictures = Vec<(Vec<Settled>, Reply<()>)>;

enum Next {
    Serve(Write),
    /// Nobody waits.
    Quiet,
    /// Somebody is about to.
    Again,
    End,
}

pub(super) struct Writer {
    connection: Connection,
    anchor: Anchor,
    inbox: mpsc::Receiver<Write>,
    revisions: Arc<Revisions>,
    on_jobs: OnJobs,
    large_px: Arc<std::sync::atomic::AtomicU32>,
    unprojected: Unprojected,
    tide: Tide,
    last_projected: Instant,
    catching_up: Vec<Reply<()>>,
    search_stale: bool,
    closing: bool,
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        anchor: Anchor,
        inbox: mpsc::Receiver<Write>,
        revisions: Arc<Revisions>,
        on_jobs: OnJobs,
        large_px: Arc<std::sync::atomic::AtomicU32>,
    ) -> Result<Self, LibraryError> {
        let unprojected = Unprojected::left_by_a_crash(&connection)?;
        Ok(Self {
            connection,
            anchor,
            inbox,
            revisions,
            on_jobs,
            large_px,
            unprojected,
            tide: Tide::default(),
            last_projected: Instant::now(),
            catching_up: Vec::new(),
            search_stale: true,
            closing: false,
        })
    }

    /// Works until it is closed or every handle to the library is gone, and leaves nothing that was promised undone.
    pub(super) fn run(mut self) {
        while !self.closing {
            match self.next() {
                Next::Serve(write) => self.serve(write),
                Next::Quiet => self.use_the_quiet(),
                Next::Again => {}
                Next::End => break,
            }
            let starved = !self.unprojected.is_empty() && self.last_projected.elapsed() > FLOOD_PROJECT_EVERY;
            if starved || self.unprojected.len() > FAR_BEHIND {
                self.project();
            }
        }
        if let Err(error) = self.connection.pragma_update(None, "wal_checkpoint", "truncate") {
            tracing::debug!(%error, "the write-ahead log stays until the next start");
        }
    }

    fn next(&mut self) -> Next {
        let idle = self.unprojected.is_empty() && !self.search_stale && self.catching_up.is_empty();
        if idle {
            return self.inbox.blocking_recv().map_or(Next::End, Next::Serve);
        }
        match self.inbox.try_recv() {
            Ok(write) => Next::Serve(write),
            Err(mpsc::error::TryRecvError::Disconnected) if self.unprojected.is_empty() => Next::End,
            Err(_) if self.in_a_flood() => {
                std::thread::sleep(Duration::from_micros(200));
                Next::Again
            }
            Err(_) => Next::Quiet,
        }
    }

    /// Whether it is better to wait for the next group than to begin something.
    fn in_a_flood(&self) -> bool {
        self.tide.is_high() && self.last_projected.elapsed() < FLOOD_PROJECT_EVERY
    }

    /// The half that somebody waits for.
    fn serve(&mut self, first: Write) {
        if self.tide.is_high() {
            self.let_others_join();
        }
        let (mut deliveries, mut pictures) = (Vec::new(), Vec::new());
        let (mut changes, mut overhauls, mut steps) = (Vec::new(), Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(write) = next {
            match write {
                Write::TakeIn(incoming, reply) => deliveries.push((incoming, reply)),
                Write::Settle(settled, reply) => pictures.push((settled, reply)),
                Write::Change(change, reply) => changes.push((change, reply)),
                Write::Overhaul(change, reply) => overhauls.push((change, reply)),
                Write::Rebuild(step, reply) => steps.push((step, reply)),
                Write::TradePlaces(through, reply) => {
                    let _ = reply.send(self.trade_places(through));
                }
                Write::CatchUp(reply) => self.catching_up.push(reply),
                Write::Close => self.closing = true,
            }
            next = if self.closing {
                None
            } else if deliveries.len() + pictures.len() < GATHER {
                self.inbox.try_recv().ok()
            } else {
                None
            };
        }
        self.tide.note(deliveries.len());
        if self.unprojected.is_empty() {
            // The projection is not late for what comes only now.
            self.last_projected = Instant::now();
        }
        self.keep(deliveries, pictures);
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

    /// A moment's patience lets many share a commit that would else be for few.
    fn let_others_join(&self) {
        let began = Instant::now();
        while self.inbox.len() < ENOUGH && began.elapsed() < GATHER_IN_FLOOD {
            std::thread::sleep(GATHER_STEP);
        }
    }

    /// Deliveries and pictures share a flush to the disk. Where that fails each is tried alone, so that the one does not
    /// suffer for the other.
    fn keep(&mut self, deliveries: Deliveries, pictures: Pictures) {
        if deliveries.is_empty() && pictures.is_empty() {
            return;
        }
        let unprojected = &self.unprojected;
        let kept = in_transaction(&mut self.connection, &self.anchor, |transaction| {
            let mut here = HashSet::new();
            let accepted = deliveries
                .iter()
                .map(|(incoming, _)| {
                    let came_before = unprojected.holds(&incoming.dedupe) || !here.insert(incoming.dedupe);
                    deliveries::append(transaction, incoming, came_before)
                })
                .collect::<Result<_, _>>()?;
            let assets = renditions::settle(transaction, pictures.iter().flat_map(|(settled, _)| settled))?;
            Ok((accepted, assets))
        });
        match kept {
            Ok((accepted, assets)) => {
                self.acknowledge(deliveries, accepted);
                for (_, reply) in pictures {
                    let _ = reply.send(Ok(()));
                }
                self.revisions.bump(&assets);
            }
            Err(_) if !deliveries.is_empty() && !pictures.is_empty() => {
                self.keep(deliveries, Vec::new());
                self.keep(Vec::new(), pictures);
            }
            Err(error) => {
                if !deliveries.is_empty() {
                    let count = deliveries.len();
                    tracing::error!(%error, count, "deliveries could not be kept and were not acknowledged");
                }
                if !pictures.is_empty() {
                    tracing::error!(%error, "pictures are on disk but not written down; they are taken up at the next start");
                }
                for (_, reply) in deliveries {
                    let _ = reply.send(Err(error.again()));
                }
                for (_, reply) in pictures {
                    let _ = reply.send(Err(error.again()));
                }
            }
        }
    }

    /// What was accepted is on disk: its pictures are fetched from now on, and its sender is answered.
    fn acknowledge(&mut self, deliveries: Deliveries, accepted: Vec<Accepted>) {
        let mut jobs = Vec::new();
        for ((incoming, reply), accepted) in deliveries.into_iter().zip(accepted) {
            if let (Accepted::Event(id), Ok(arrival)) = (accepted, &incoming.arrival) {
                jobs.extend(jobs_of(id, arrival, incoming.noticed, self.large_px()));
            }
            self.unprojected.push(accepted, incoming.dedupe);
            let _ = reply.send(Ok(accepted));
        }
        (self.on_jobs)(jobs);
    }

    fn change(&mut self, change: Change, reply: Reply<()>) {
        let changed = self.in_transaction(change);
        self.search_stale = true;
        let _ = reply.send(changed.map(|assets| self.revisions.bump(&assets)));
    }

    /// Nothing depends on a step being on the disk before the last one is.
    fn take_step(&mut self, step: rebuild::Step) -> Result<(), LibraryError> {
        self.connection.pragma_update(None, "synchronous", "normal")?;
        self.connection.pragma_update(None, "foreign_keys", false)?;
        connection::checkpoint_by_itself(&self.connection, false)?;
        let taken = self.in_transaction(step);
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
        let (reached, dedupes) = self.in_transaction(|transaction| {
            rebuild::trade_places(transaction)?;
            rebuild::refresh_pictures(transaction)?;
            projection::is_ours(transaction, through)?;
            let mut reached = through;
            while begun.elapsed() < TRADE_PLACES {
                let (deliveries, last) = deliveries::events_after(transaction, reached, PROJECT)?;
                let Some(last) = last else { break };
                projection::project(transaction, &Batch { deliveries, through: last }, large_px)?;
                reached = last;
            }
            Ok((reached, deliveries::dedupes_after(transaction, reached)?))
        })?;
        self.unprojected.go_on_from(reached, dedupes);
        self.search_stale = true;
        self.revisions.bump_all();
        Ok(())
    }

    /// The half that nobody waits for.
    fn use_the_quiet(&mut self) {
        if !self.unprojected.is_empty() {
            self.project();
        } else if self.search_stale {
            match self.in_transaction(|transaction| search::index_stale(transaction, INDEX)) {
                Ok(indexed) => {
                    self.search_stale = indexed == INDEX;
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

    fn project(&mut self) {
        self.last_projected = Instant::now();
        let batch = self.unprojected.next(&self.connection, PROJECT);
        let large_px = self.large_px();
        let projected = batch.and_then(|batch| {
            let assets = self.in_transaction(|transaction| projection::project(transaction, &batch, large_px))?;
            Ok((assets, batch))
        });
        match projected {
            Ok((assets, batch)) => {
                self.unprojected.done(&batch);
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

fn in_transaction<T>(
    connection: &mut Connection,
    anchor: &Anchor,
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

/// The pictures to fetch for a delivery. What it names no URL for is no job: the projection writes it down.
fn jobs_of(delivery: DeliveryId, arrival: &Arrival, noticed: Instant, large_px: u32) -> impl Iterator<Item = Job> {
    Role::ALL.into_iter().filter_map(move |role| {
        let candidates = arrival.pictures.candidates(role, large_px);
        (!candidates.is_empty()).then(|| Job {
            key: RenditionKey { delivery: delivery.0, role },
            candidates,
            token: arrival.preview_token.clone(),
            noticed,
        })
    })
}
