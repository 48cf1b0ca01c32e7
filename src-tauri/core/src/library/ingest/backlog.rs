//! What is acknowledged and no row yet: it stands in the spool and waits here for the writer. The threads that acknowledge
//! and that write share it.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::library::ingest::load::Tide;
use crate::library::store::delivery_record::Record;
use crate::library::store::delivery_record::{Accepted, Dedupe};
use crate::library::store::ids::DeliveryId;

/// In a flood rows are written so often, no oftener: the more at once, the less each costs.
const FLOOD_STORE_EVERY: Duration = Duration::from_secs(1);
/// So many bytes are written down at once, and need not wait for more.
const ENOUGH: usize = 8 * 1024 * 1024;

/// A delivery in the spool, and what became of it.
#[derive(Clone, Debug)]
pub(in crate::library) struct Kept {
    pub record: Record,
    pub accepted: Accepted,
}

impl Kept {
    pub(in crate::library) fn is_duplicate(&self) -> bool {
        matches!(self.accepted, Accepted::Duplicate(_))
    }

    fn makes_event(&self) -> bool {
        matches!(self.accepted, Accepted::Event(_))
    }
}

pub(in crate::library) struct Pending(Mutex<Waiting>);

struct Waiting {
    queue: Vec<Kept>,
    bytes: usize,
    since: Instant,
    /// What tells the events that are not projected yet, whether they are rows of the log or not.
    known: HashSet<Dedupe>,
    /// Up to here all are rows.
    stored: DeliveryId,
    trouble: bool,
    tide: Tide,
}

impl Pending {
    /// `known` are the events that the projection has not reached.
    pub(in crate::library) fn new(stored: DeliveryId, known: HashSet<Dedupe>) -> Self {
        Self(Mutex::new(Waiting {
            queue: Vec::new(),
            bytes: 0,
            since: Instant::now(),
            known,
            stored,
            trouble: false,
            tide: Tide::default(),
        }))
    }

    /// Those that are told by one of the events that are not projected yet.
    pub(in crate::library) fn known_among(&self, dedupes: impl Iterator<Item = Dedupe>) -> HashSet<Dedupe> {
        let waiting = self.waiting();
        dedupes.filter(|dedupe| waiting.known.contains(dedupe)).collect()
    }

    pub(in crate::library) fn push(&self, kept: Vec<Kept>) {
        let mut waiting = self.waiting();
        if waiting.queue.is_empty() {
            waiting.since = Instant::now();
        }
        waiting.tide.note(kept.len());
        waiting.bytes += kept.iter().map(|kept| kept.record.packed.len()).sum::<usize>();
        waiting.known.extend(kept.iter().filter(|kept| kept.makes_event()).map(|kept| kept.record.dedupe));
        waiting.queue.extend(kept);
    }

    /// All of it, for the writer to make rows of.
    pub(in crate::library) fn take(&self) -> Vec<Kept> {
        let mut waiting = self.waiting();
        waiting.bytes = 0;
        std::mem::take(&mut waiting.queue)
    }

    /// What was taken is rows now, for good.
    pub(in crate::library) fn stored(&self, through: DeliveryId) {
        let mut waiting = self.waiting();
        (waiting.stored, waiting.trouble) = (through, false);
    }

    /// What was taken could not be written.
    pub(in crate::library) fn give_back(&self, mut kept: Vec<Kept>) {
        let mut waiting = self.waiting();
        waiting.bytes += kept.iter().map(|kept| kept.record.packed.len()).sum::<usize>();
        kept.append(&mut waiting.queue);
        (waiting.queue, waiting.trouble) = (kept, true);
    }

    pub(in crate::library) fn stored_through(&self) -> DeliveryId {
        self.waiting().stored
    }

    /// Whether the writer failed the last time: then nothing may be added before it has succeeded.
    pub(in crate::library) fn is_in_trouble(&self) -> bool {
        self.waiting().trouble
    }

    pub(in crate::library) fn is_empty(&self) -> bool {
        self.waiting().queue.is_empty()
    }

    /// Whether the writer should wait no longer, even in a flood.
    pub(in crate::library) fn is_due(&self) -> bool {
        let waiting = self.waiting();
        !waiting.queue.is_empty() && (waiting.bytes > ENOUGH || waiting.since.elapsed() > FLOOD_STORE_EVERY)
    }

    /// Whether deliveries come in a flood.
    pub(in crate::library) fn is_flooded(&self) -> bool {
        self.waiting().tide.is_high()
    }

    /// The projection has reached these: they can be looked up.
    pub(in crate::library) fn forget<'a>(&self, dedupes: impl Iterator<Item = &'a Dedupe>) {
        let mut waiting = self.waiting();
        for dedupe in dedupes {
            waiting.known.remove(dedupe);
        }
    }

    /// The projection will reach no longer so far: these cannot be looked up for a while.
    pub(in crate::library) fn learn(&self, dedupes: &HashSet<Dedupe>) {
        self.waiting().known.extend(dedupes);
    }

    /// The projection is another one. Of what is in the log it has not reached these.
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
