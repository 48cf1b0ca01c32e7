//! Deliveries that are acknowledged and have no row yet: they are in the journal, and wait here for the writer. Shared
//! by the thread that acknowledges and the writer.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::library::ingest::load::LoadMeter;
use crate::library::store::delivery_record::Record;
use crate::library::store::delivery_record::{Accepted, Dedupe};
use crate::library::store::ids::DeliveryId;

/// Under load, rows are written at most this often: the more at once, the less each costs.
const STORE_EVERY_UNDER_LOAD: Duration = Duration::from_secs(1);
/// In bytes: with more than this waiting, rows are written without waiting longer.
const ENOUGH: usize = 8 * 1024 * 1024;

/// A delivery in the journal, and what became of it.
#[derive(Clone, Debug)]
pub(in crate::library) struct Journaled {
    pub record: Record,
    pub accepted: Accepted,
    /// The time until it was answered; `None` if nobody heard the answer, or it is not known any more.
    pub took: Option<Duration>,
}

impl Journaled {
    pub(in crate::library) fn is_duplicate(&self) -> bool {
        matches!(self.accepted, Accepted::Duplicate(_))
    }

    fn makes_event(&self) -> bool {
        matches!(self.accepted, Accepted::Event(_))
    }
}

/// The deliveries that wait for the writer, and what is needed to recognise duplicates of them.
pub(in crate::library) struct Backlog(Mutex<Waiting>);

struct Waiting {
    queue: Vec<Journaled>,
    bytes: usize,
    since: Instant,
    /// Deduplication keys of all events that the projection has not reached yet, with or without a row.
    known: HashSet<Dedupe>,
    /// All deliveries up to here have rows.
    stored: DeliveryId,
    trouble: bool,
    load_meter: LoadMeter,
}

impl Backlog {
    /// `stored` is the last delivery with a row, `known` are the keys of events with a row that are not projected.
    pub(in crate::library) fn new(stored: DeliveryId, known: HashSet<Dedupe>) -> Self {
        Self(Mutex::new(Waiting {
            queue: Vec::new(),
            bytes: 0,
            since: Instant::now(),
            known,
            stored,
            trouble: false,
            load_meter: LoadMeter::default(),
        }))
    }

    /// Those of the keys that belong to an event which is not projected yet.
    pub(in crate::library) fn known_among(&self, dedupes: impl Iterator<Item = Dedupe>) -> HashSet<Dedupe> {
        let waiting = self.waiting();
        dedupes.filter(|dedupe| waiting.known.contains(dedupe)).collect()
    }

    pub(in crate::library) fn push(&self, kept: Vec<Journaled>) {
        let mut waiting = self.waiting();
        if waiting.queue.is_empty() {
            waiting.since = Instant::now();
        }
        waiting.load_meter.note(kept.len());
        waiting.bytes += kept.iter().map(|kept| kept.record.packed.len()).sum::<usize>();
        waiting.known.extend(kept.iter().filter(|kept| kept.makes_event()).map(|kept| kept.record.dedupe));
        waiting.queue.extend(kept);
    }

    /// Takes all that wait, for the writer. It answers with [`Self::stored`] or [`Self::give_back`].
    pub(in crate::library) fn take(&self) -> Vec<Journaled> {
        let mut waiting = self.waiting();
        waiting.bytes = 0;
        std::mem::take(&mut waiting.queue)
    }

    /// What was taken has rows now, and is committed.
    pub(in crate::library) fn stored(&self, through: DeliveryId) {
        let mut waiting = self.waiting();
        (waiting.stored, waiting.trouble) = (through, false);
    }

    /// Puts back what was taken and could not be written.
    pub(in crate::library) fn give_back(&self, mut kept: Vec<Journaled>) {
        let mut waiting = self.waiting();
        waiting.bytes += kept.iter().map(|kept| kept.record.packed.len()).sum::<usize>();
        kept.append(&mut waiting.queue);
        (waiting.queue, waiting.trouble) = (kept, true);
    }

    pub(in crate::library) fn stored_through(&self) -> DeliveryId {
        self.waiting().stored
    }

    /// Whether the writer failed the last time. Then nothing may be added until it has succeeded.
    pub(in crate::library) fn is_in_trouble(&self) -> bool {
        self.waiting().trouble
    }

    pub(in crate::library) fn is_empty(&self) -> bool {
        self.waiting().queue.is_empty()
    }

    /// Whether rows should be written now even under load.
    pub(in crate::library) fn is_due(&self) -> bool {
        let waiting = self.waiting();
        !waiting.queue.is_empty() && (waiting.bytes > ENOUGH || waiting.since.elapsed() > STORE_EVERY_UNDER_LOAD)
    }

    /// Whether the load is high.
    pub(in crate::library) fn is_under_load(&self) -> bool {
        self.waiting().load_meter.is_high()
    }

    /// Drops keys that the projection has reached: they are found in the table of events.
    pub(in crate::library) fn forget<'a>(&self, dedupes: impl Iterator<Item = &'a Dedupe>) {
        let mut waiting = self.waiting();
        for dedupe in dedupes {
            waiting.known.remove(dedupe);
        }
    }

    /// Adds keys of events. Called before a rebuilt projection replaces a longer one: until it has caught up, these
    /// keys are found here only.
    pub(in crate::library) fn learn(&self, dedupes: &HashSet<Dedupe>) {
        self.waiting().known.extend(dedupes);
    }

    /// Replaces all keys of events with a row, after a rebuilt projection has replaced the old one.
    pub(in crate::library) fn learn_anew(&self, dedupes: HashSet<Dedupe>) {
        let mut waiting = self.waiting();
        let queued: Vec<Dedupe> =
            waiting.queue.iter().filter(|kept| kept.makes_event()).map(|kept| kept.record.dedupe).collect();
        waiting.known = dedupes;
        waiting.known.extend(queued);
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
