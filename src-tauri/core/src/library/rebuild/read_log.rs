//! The first pass: reads every delivery once, on all processors, and finds which of them have to do with each other.
//!
//! In memory it keeps less than a hundred bytes an event, and each identity key once.

use std::collections::HashMap;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, OnceLock, PoisonError, mpsc};
use std::thread;

use rusqlite::Connection;

use crate::fotoware::{IdentityKey, Pictures};
use crate::library::error::LibraryError;
use crate::library::projection;
use crate::library::projection::cursor;
use crate::library::projection::identity_replay::Decisions;
use crate::library::rebuild::reorder::ByTurns;
use crate::library::rebuild::spill;
use crate::library::rebuild::spill::{Place, SpillReader, SpillWriter};
use crate::library::rebuild::{Convoy, Dock, Progress, Site};
use crate::library::store::deliveries;
use crate::library::store::deliveries::{PackedDelivery, StoredDelivery};
use crate::library::store::event_counts::Hours;
use crate::library::store::events::{ClusterEvent, Placed, Told};
use crate::library::store::ids::{DeliveryId, EventId};
use crate::library::store::{connection, renditions};

/// What the log holds: its events in order of arrival, and which cluster each belongs to.
pub(super) struct Log {
    /// What clusters are replayed with, by event.
    spill: PathBuf,
    /// What the rows of events say but for their places, by portions of as many events.
    rows: (PathBuf, Vec<(Place, usize)>),
    events: Vec<Known>,
    pub hours: Hours,
    ties: Ties,
    through: DeliveryId,
}

struct Known {
    id: DeliveryId,
    place: Place,
    /// The first event of its cluster, once all are known.
    first: u32,
    /// Once its cluster is replayed.
    placed: OnceLock<Placed>,
}

/// The events of one cluster, in order of arrival.
pub(super) struct Cluster {
    pub id: i64,
    events: Vec<u32>,
}

impl Cluster {
    pub(super) fn len(&self) -> usize {
        self.events.len()
    }
}

/// Rows of events: what each says, one after the other; of each the cluster, and where it belongs.
pub(super) struct Rows {
    pub told: Vec<u8>,
    pub places: Vec<(i64, Option<Placed>)>,
}

impl Log {
    /// The last delivery that was looked at.
    pub(super) fn through(&self) -> DeliveryId {
        self.through
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    pub(super) fn replays(&self) -> Result<SpillReader, LibraryError> {
        SpillReader::open(&self.spill)
    }

    /// The deliveries of a cluster, and what they say happened.
    pub(super) fn read(
        &self,
        cluster: &Cluster,
        replays: &mut SpillReader,
    ) -> Result<(Vec<StoredDelivery>, Vec<ClusterEvent>), LibraryError> {
        let events = cluster.events.iter().map(|event| &self.events[*event as usize]);
        events.map(|event| spill::unpack_to_replay(replays.read(event.place)?)).collect()
    }

    /// Remembers where an event of a cluster belongs.
    pub(super) fn place(&self, cluster: &Cluster, event: EventId, placed: Placed) {
        let number = |number: &u32| EventId::from(self.events[*number as usize].id);
        if let Ok(at) = cluster.events.binary_search_by_key(&event, number) {
            let _ = self.events[cluster.events[at] as usize].placed.set(placed);
        }
    }

    /// All rows of events in their order, about so many bytes at a time.
    pub(super) fn rows(&self, bytes: usize) -> Result<impl Iterator<Item = Result<Rows, LibraryError>>, LibraryError> {
        let (path, portions) = &self.rows;
        let mut file = SpillReader::open(path)?;
        let (mut portions, mut events) = (portions.iter(), self.events.iter());
        Ok(std::iter::from_fn(move || {
            let mut rows = Rows { told: Vec::with_capacity(2 * bytes), places: Vec::new() };
            while rows.told.len() < bytes
                && let Some((place, count)) = portions.next()
            {
                match file.read(*place) {
                    Ok(told) => rows.told.extend_from_slice(told),
                    Err(error) => return Some(Err(error)),
                }
                let places = events.by_ref().take(*count);
                rows.places.extend(places.map(|event| (self.cluster_of(event), event.placed.get().copied())));
            }
            (!rows.places.is_empty()).then_some(Ok(rows))
        }))
    }

    /// Takes away what was spilled, once nobody reads it any more.
    pub(super) fn clear_away(&self) -> Result<(), LibraryError> {
        [&self.spill, &self.rows.0].into_iter().try_for_each(|path| Ok(std::fs::remove_file(path)?))
    }

    fn cluster_of(&self, event: &Known) -> i64 {
        self.events[event.first as usize].id.0
    }

    /// Every identity key with the cluster that it belongs to, in the order of keys.
    pub(super) fn keys(&self) -> Vec<(IdentityKey, i64)> {
        let cluster = |event: u32| self.cluster_of(&self.events[event as usize]);
        let mut keys: Vec<_> = self.ties.holders.iter().map(|(key, event)| (*key, cluster(*event))).collect();
        keys.sort_unstable();
        keys
    }

    pub(super) fn clusters(&self) -> Vec<Cluster> {
        let mut order: Vec<u32> = (0..self.events.len() as u32).collect();
        order.sort_by_key(|&event| self.events[event as usize].first);
        let known = |event: &u32| &self.events[*event as usize];
        let alike = order.chunk_by(|a, b| known(a).first == known(b).first);
        alike.map(|events| Cluster { id: self.cluster_of(known(&events[0])), events: events.to_vec() }).collect()
    }
}

const REPLAYS: &str = "replays";
const ROWS: &str = "rows";

/// How many deliveries are read at a time.
const PORTION: usize = 256;

pub(super) fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

pub(super) fn read(site: &Site, dock: &Dock<'_>) -> Result<Log, LibraryError> {
    let connection = connection::open_for_reading(&site.library)?;
    dock.progress.total.store(deliveries::event_count(&connection)?, Ordering::Relaxed);
    let decisions = projection::user_decisions(&connection)?;
    let projected = cursor::through(&connection)?;
    let source = Mutex::new(Source { connection, projected, after: DeliveryId(0), number: 0 });
    let readers = processors();
    let (send, receive) = mpsc::sync_channel(2 * readers);
    let mut collector = Collector {
        spill: SpillWriter::create(&site.workshop.join(REPLAYS))?,
        rows: SpillWriter::create(&site.workshop.join(ROWS))?,
        portions: Vec::new(),
        hours: Hours::default(),
        ties: Ties::default(),
        events: Vec::new(),
        through: DeliveryId(0),
        without_pictures: Vec::new(),
    };
    thread::scope(|scope| {
        for _ in 0..readers {
            let (source, decisions, send) = (&source, &decisions, send.clone());
            scope.spawn(move || read_portions(source, decisions, dock.progress, &send));
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
    collector.finish(site, dock)
}

/// Where the next portion comes from, by turns.
struct Source {
    connection: Connection,
    projected: DeliveryId,
    after: DeliveryId,
    number: usize,
}

struct Portion {
    number: usize,
    events: Vec<Read>,
    packed: Packed,
    last: DeliveryId,
}

/// Events written down, one after the other.
struct Packed {
    /// What they are replayed with.
    replays: Vec<u8>,
    /// Their rows but for their places.
    rows: Vec<u8>,
}

impl Packed {
    /// For a portion of usual events.
    fn with_room() -> Self {
        Self { replays: Vec::with_capacity(PORTION * 2_048), rows: Vec::with_capacity(PORTION * 1_024) }
    }
}

struct Read {
    id: DeliveryId,
    created_ms: i64,
    keys: Vec<IdentityKey>,
    /// The length of what it is replayed with.
    length: usize,
    /// Where the library does not say yet which pictures the event should have.
    pictures: Option<Pictures>,
}

fn read_portions(
    source: &Mutex<Source>,
    decisions: &Decisions,
    progress: &Progress,
    send: &mpsc::SyncSender<Result<Portion, LibraryError>>,
) {
    loop {
        let portion = next_portion(source).and_then(|next| {
            let Some((number, deliveries, last)) = next else { return Ok(None) };
            progress.step(deliveries.len())?;
            let mut packed = Packed::with_room();
            let read = |delivery| read_one(delivery, decisions, &mut packed).transpose();
            let events = deliveries.into_iter().filter_map(read).collect::<Result<_, _>>()?;
            Ok(Some(Portion { number, events, packed, last }))
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

type Next = Option<(usize, Vec<PackedDelivery>, DeliveryId)>;

fn next_portion(source: &Mutex<Source>) -> Result<Next, LibraryError> {
    let mut source = source.lock().unwrap_or_else(PoisonError::into_inner);
    let (deliveries, last) = deliveries::packed_after(&source.connection, source.after, PORTION, source.projected)?;
    let Some(last) = last else { return Ok(None) };
    let number = source.number;
    (source.after, source.number) = (last, number + 1);
    Ok(Some((number, deliveries, last)))
}

fn read_one(
    delivery: PackedDelivery,
    decisions: &Decisions,
    packed: &mut Packed,
) -> Result<Option<Read>, LibraryError> {
    let Some(mut delivery) = delivery.read()? else { return Ok(None) };
    let event = ClusterEvent::of(&delivery)?;
    spill::pack(&Told::of(&delivery, &event)?, &mut packed.rows)?;
    let keys = projection::keys_of(&delivery, decisions);
    delivery.leave_what_is_replayed();
    let before = packed.replays.len();
    spill::pack_to_replay(&delivery, &event, &mut packed.replays)?;
    Ok(Some(Read {
        id: delivery.id,
        created_ms: event.step.created_ms,
        keys,
        length: packed.replays.len() - before,
        pictures: delivery.pictures,
    }))
}

struct Collector {
    spill: SpillWriter,
    rows: SpillWriter,
    portions: Vec<(Place, usize)>,
    hours: Hours,
    ties: Ties,
    events: Vec<Known>,
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
        self.through = portion.last;
        Ok(())
    }

    fn finish(mut self, site: &Site, dock: &Dock<'_>) -> Result<Log, LibraryError> {
        self.spill.finish()?;
        self.rows.finish()?;
        for (event, known) in self.events.iter_mut().enumerate() {
            known.first = self.ties.first(event as u32);
        }
        let (mut convoy, large_px) = (Convoy::default(), site.large_px);
        while !self.without_pictures.is_empty() {
            let few = self.without_pictures.len().min(PORTION);
            let events: Vec<_> = self.without_pictures.drain(..few).collect();
            convoy.join(dock.carry(move |transaction| {
                events
                    .iter()
                    .try_for_each(|(id, pictures)| renditions::expect(transaction, (*id).into(), pictures, large_px))
            })?)?;
        }
        convoy.arrive()?;
        Ok(Log {
            spill: site.workshop.join(REPLAYS),
            rows: (site.workshop.join(ROWS), self.portions),
            events: self.events,
            hours: self.hours,
            ties: self.ties,
            through: self.through,
        })
    }
}

/// Which events are tied together, by a key that they share or through others. The first of them stands for all.
#[derive(Default)]
struct Ties {
    holders: HashMap<IdentityKey, u32>,
    towards: Vec<u32>,
}

impl Ties {
    /// The next event, with its keys.
    fn tie(&mut self, keys: &[IdentityKey]) {
        let event = self.towards.len() as u32;
        self.towards.push(event);
        for key in keys {
            let holder = *self.holders.entry(*key).or_insert(event);
            let (a, b) = (self.first(holder), self.first(event));
            self.towards[a.max(b) as usize] = a.min(b);
        }
    }

    fn first(&mut self, event: u32) -> u32 {
        let mut at = event as usize;
        while self.towards[at] as usize != at {
            let next = self.towards[at] as usize;
            self.towards[at] = self.towards[next];
            at = next;
        }
        at as u32
    }
}
