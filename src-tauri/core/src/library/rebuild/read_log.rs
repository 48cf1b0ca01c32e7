//! The first pass: reads every delivery once, on all processors, and finds the clusters.

use std::num::NonZero;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, OnceLock, PoisonError, mpsc};
use std::thread;

use rusqlite::Connection;

use crate::fotoware::{IdentityKey, Pictures};
use crate::library::error::LibraryError;
use crate::library::projection;
use crate::library::projection::cursor;
use crate::library::projection::identity_replay::Decisions;
use crate::library::rebuild::log::{Known, Log};
use crate::library::rebuild::reorder::ByTurns;
use crate::library::rebuild::spill;
use crate::library::rebuild::spill::{Extent, SpillWriter};
use crate::library::rebuild::ties::Ties;
use crate::library::rebuild::{InFlight, LeftOut, Progress, RebuildPaths, WriterHandle};
use crate::library::store::deliveries;
use crate::library::store::deliveries::{PackedDelivery, PackedPortion, StoredDelivery};
use crate::library::store::event_counts::Hours;
use crate::library::store::events::{ClusterEvent, EventFacts};
use crate::library::store::ids::DeliveryId;
use crate::library::store::set_aside::{SetAside, Why};
use crate::library::store::{connection, renditions};
use crate::supervise::caught;

const REPLAYS: &str = "replays";
const ROWS: &str = "rows";

/// How many deliveries are read at a time.
const PORTION: usize = 256;

pub(super) fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

pub(super) fn read(
    paths: &RebuildPaths,
    writer_handle: &WriterHandle<'_>,
    left_out: &LeftOut,
) -> Result<Log, LibraryError> {
    let connection = connection::open_for_reading(&paths.library)?;
    writer_handle.progress.total.store(deliveries::event_count(&connection)?, Ordering::Relaxed);
    let decisions = projection::user_decisions(&connection)?;
    let projected = cursor::through(&connection)?;
    let source = Mutex::new(Source { connection, projected, after: DeliveryId(0), number: 0 });
    let readers = processors();
    let (send, receive) = mpsc::sync_channel(2 * readers);
    let mut collector = Collector {
        spill: SpillWriter::create(&paths.scratch.join(REPLAYS))?,
        rows: SpillWriter::create(&paths.scratch.join(ROWS))?,
        portions: Vec::new(),
        hours: Hours::default(),
        ties: Ties::default(),
        events: Vec::new(),
        set_aside: Vec::new(),
        through: DeliveryId(0),
        without_pictures: Vec::new(),
    };
    thread::scope(|scope| {
        for _ in 0..readers {
            let (source, decisions, send) = (&source, &decisions, send.clone());
            scope.spawn(move || read_portions(source, &Reading { decisions, left_out }, writer_handle.progress, &send));
        }
        drop(send);
        // Portions are read in any order and collected in theirs.
        let mut by_turns = ByTurns::new();
        let collected: Result<(), LibraryError> = receive.iter().try_for_each(|portion| {
            let portion: Portion = portion?;
            by_turns.put(portion.number, portion);
            by_turns.by_ref().try_for_each(|portion| collector.take(portion))
        });
        // Whoever still reads hears by this that nobody listens.
        drop(receive);
        collected
    })?;
    collector.finish(paths, writer_handle)
}

/// The log, from which each reader takes the next portion in turn.
struct Source {
    connection: Connection,
    projected: DeliveryId,
    after: DeliveryId,
    number: usize,
}

struct Portion {
    number: usize,
    events: Vec<Read>,
    set_aside: Vec<SetAside>,
    packed: Packed,
    last: DeliveryId,
}

/// What readers need beside the deliveries.
struct Reading<'a> {
    decisions: &'a Decisions,
    left_out: &'a LeftOut,
}

/// Packed events, one after the other.
struct Packed {
    /// What the replay reads.
    replays: Vec<u8>,
    /// The columns of event rows that come from deliveries.
    rows: Vec<u8>,
}

impl Packed {
    /// With room for a portion of ordinary events.
    fn with_room() -> Self {
        Self { replays: Vec::with_capacity(PORTION * 2_048), rows: Vec::with_capacity(PORTION * 1_024) }
    }
}

struct Read {
    id: DeliveryId,
    created_ms: i64,
    keys: Vec<IdentityKey>,
    /// In bytes: its length in [`Packed::replays`].
    length: usize,
    /// Where its pictures are. `None` if its renditions have rows already.
    pictures: Option<Pictures>,
}

fn read_portions(
    source: &Mutex<Source>,
    reading: &Reading<'_>,
    progress: &Progress,
    send: &mpsc::SyncSender<Result<Portion, LibraryError>>,
) {
    loop {
        let portion = next_portion(source).and_then(|next| {
            let Some((number, PackedPortion { deliveries, mut set_aside, last })) = next else { return Ok(None) };
            progress.step(deliveries.len())?;
            let (mut packed, mut events) = (Packed::with_room(), Vec::with_capacity(deliveries.len()));
            for delivery in deliveries {
                match read_one(delivery, reading, &mut packed)? {
                    Ok(event) => events.push(event),
                    Err(passed_over) => set_aside.push(passed_over),
                }
            }
            Ok(last.map(|last| Portion { number, events, set_aside, packed, last }))
        });
        let (told, ended) = match portion {
            Ok(None) => return,
            Ok(Some(portion)) => (Ok(portion), false),
            Err(error) => (Err(error), true),
        };
        if send.send(told).is_err() || ended {
            return;
        }
    }
}

fn next_portion(source: &Mutex<Source>) -> Result<Option<(usize, PackedPortion)>, LibraryError> {
    let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
    let portion = deliveries::packed_after(&source.connection, source.after, PORTION, source.projected)?;
    let Some(last) = portion.last else { return Ok(None) };
    let number = source.number;
    (source.after, source.number) = (last, number + 1);
    Ok(Some((number, portion)))
}

fn read_one(
    delivery: PackedDelivery,
    reading: &Reading<'_>,
    packed: &mut Packed,
) -> Result<Result<Read, SetAside>, LibraryError> {
    if let Some(left_out) = reading.left_out.get(&delivery.id()) {
        return Ok(Err(left_out.clone()));
    }
    let delivery = match delivery.read() {
        Ok(delivery) => delivery,
        Err(passed_over) => return Ok(Err(passed_over)),
    };
    let (id, dedupe) = (delivery.id, delivery.dedupe);
    let before = (packed.replays.len(), packed.rows.len());
    match caught(|| write_down(delivery, reading.decisions, packed)).unwrap_or_else(|panicked| Err(panicked.into())) {
        Err(error) if !error.is_of_the_place() => {
            if packed.replays.len() < before.0 || packed.rows.len() < before.1 {
                // What was written down before is lost with it.
                return Err(error);
            }
            packed.replays.truncate(before.0);
            packed.rows.truncate(before.1);
            Ok(Err(SetAside { delivery: id, why: Why::Failed, dedupe: Some(dedupe), reason: error.to_string() }))
        }
        written => written.map(Ok),
    }
}

fn write_down(mut delivery: StoredDelivery, decisions: &Decisions, packed: &mut Packed) -> Result<Read, LibraryError> {
    let event = ClusterEvent::of(&delivery)?;
    spill::pack(&EventFacts::of(&delivery, &event)?, &mut packed.rows)?;
    let keys = projection::keys_of(&delivery, decisions);
    delivery.leave_what_is_replayed();
    let before = packed.replays.len();
    spill::pack_to_replay(&delivery, &event, &mut packed.replays)?;
    Ok(Read {
        id: delivery.id,
        created_ms: event.step.created_ms,
        keys,
        length: packed.replays.len() - before,
        pictures: delivery.pictures,
    })
}

struct Collector {
    spill: SpillWriter,
    rows: SpillWriter,
    portions: Vec<(Extent, usize)>,
    hours: Hours,
    ties: Ties,
    events: Vec<Known>,
    set_aside: Vec<SetAside>,
    through: DeliveryId,
    without_pictures: Vec<(DeliveryId, Pictures)>,
}

impl Collector {
    fn take(&mut self, portion: Portion) -> Result<(), LibraryError> {
        self.portions.push((self.rows.push(&portion.packed.rows)?, portion.events.len()));
        let mut all = self.spill.push(&portion.packed.replays)?;
        for Read { id, created_ms, keys, length, pictures } in portion.events {
            let place = all.split_off(length);
            self.ties.tie(&keys);
            self.hours.count(created_ms);
            self.events.push(Known { id, place, first: 0, placed: OnceLock::new() });
            self.without_pictures.extend(pictures.map(|pictures| (id, pictures)));
        }
        self.set_aside.extend(portion.set_aside);
        self.through = portion.last;
        Ok(())
    }

    fn finish(mut self, paths: &RebuildPaths, writer_handle: &WriterHandle<'_>) -> Result<Log, LibraryError> {
        self.spill.finish()?;
        self.rows.finish()?;
        for (event, known) in self.events.iter_mut().enumerate() {
            known.first = self.ties.first(event as u32);
        }
        let (mut convoy, large_px) = (InFlight::default(), paths.large_px);
        while !self.without_pictures.is_empty() {
            let few = self.without_pictures.len().min(PORTION);
            let events: Vec<_> = self.without_pictures.drain(..few).collect();
            convoy.join(writer_handle.carry(move |transaction| {
                events
                    .iter()
                    .try_for_each(|(id, pictures)| renditions::expect(transaction, (*id).into(), pictures, large_px))
            })?)?;
        }
        convoy.arrive()?;
        Ok(Log {
            spill: paths.scratch.join(REPLAYS),
            rows: (paths.scratch.join(ROWS), self.portions),
            events: self.events,
            set_aside: self.set_aside,
            hours: self.hours,
            ties: self.ties,
            through: self.through,
        })
    }
}
