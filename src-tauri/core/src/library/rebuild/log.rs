//! The first pass: reads every delivery once, on all processors, and finds which of them have to do with each other.
//!
//! In memory it keeps some twenty bytes an event, and each identity key once.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use rusqlite::Connection;

use super::spill::{self, Place, SpillWriter};
use super::{Convoy, Dock, Progress, Site};
use crate::fotoware::{IdentityKey, Pictures};
use crate::library::deliveries::{self, PackedDelivery};
use crate::library::lineage::Decisions;
use crate::library::{DeliveryId, LibraryError, connection, decisions, projection, renditions};

/// What the log holds: its events in order of arrival, and which cluster each belongs to.
pub(super) struct Log {
    pub spill: PathBuf,
    events: Vec<Known>,
    ties: Ties,
    through: DeliveryId,
}

struct Known {
    id: DeliveryId,
    place: Place,
    /// The first event of its cluster, once all are known.
    first: u32,
}

/// The events of one cluster, in order of arrival.
pub(super) struct Cluster {
    pub id: i64,
    pub places: Vec<Place>,
}

impl Log {
    /// The last delivery that was looked at.
    pub(super) fn through(&self) -> DeliveryId {
        self.through
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// Every identity key with the cluster that it belongs to, in the order of keys.
    pub(super) fn keys(&self) -> Vec<(IdentityKey, i64)> {
        let cluster = |event: u32| self.events[self.events[event as usize].first as usize].id.0;
        let mut keys: Vec<_> = self.ties.holders.iter().map(|(key, event)| (*key, cluster(*event))).collect();
        keys.sort_unstable();
        keys
    }

    pub(super) fn clusters(&self) -> Vec<Cluster> {
        let mut order: Vec<u32> = (0..self.events.len() as u32).collect();
        order.sort_by_key(|&event| self.events[event as usize].first);
        let known = |event: &u32| &self.events[*event as usize];
        let alike = order.chunk_by(|a, b| known(a).first == known(b).first);
        alike
            .map(|events| Cluster {
                id: self.events[known(&events[0]).first as usize].id.0,
                places: events.iter().map(|event| known(event).place).collect(),
            })
            .collect()
    }
}

/// How many deliveries are read at a time.
const PORTION: usize = 256;

pub(super) fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

pub(super) fn read(site: &Site, dock: &Dock<'_>) -> Result<Log, LibraryError> {
    let connection = connection::open_for_reading(&site.library)?;
    dock.progress.total.store(deliveries::event_count(&connection)?, Ordering::Relaxed);
    let decisions = decisions::load(&connection)?;
    let source = Mutex::new(Source { connection, after: DeliveryId(0), number: 0 });
    let readers = processors();
    let (send, receive) = mpsc::sync_channel(2 * readers);
    let mut collector = Collector {
        spill: SpillWriter::create(&site.workshop.join("log"))?,
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
        let (mut early, mut next) = (BTreeMap::new(), 0);
        let collected: Result<(), LibraryError> = receive.iter().try_for_each(|portion| {
            let portion: Portion = portion?;
            early.insert(portion.number, portion);
            while let Some(portion) = early.remove(&next) {
                collector.take(portion)?;
                next += 1;
            }
            Ok(())
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
    after: DeliveryId,
    number: usize,
}

struct Portion {
    number: usize,
    events: Vec<Read>,
    last: DeliveryId,
}

struct Read {
    id: DeliveryId,
    keys: Vec<IdentityKey>,
    packed: Vec<u8>,
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
            let events = deliveries.into_iter().filter_map(|delivery| read_one(delivery, decisions).transpose());
            Ok(Some(Portion { number, events: events.collect::<Result<_, _>>()?, last }))
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
    let (deliveries, last) = deliveries::packed_after(&source.connection, source.after, PORTION)?;
    let Some(last) = last else { return Ok(None) };
    let number = source.number;
    (source.after, source.number) = (last, number + 1);
    Ok(Some((number, deliveries, last)))
}

fn read_one(packed: PackedDelivery, decisions: &Decisions) -> Result<Option<Read>, LibraryError> {
    let expects_pictures = packed.expects_pictures;
    let Some(mut delivery) = packed.read()? else { return Ok(None) };
    let pictures = std::mem::take(&mut delivery.notice.pictures);
    Ok(Some(Read {
        id: delivery.id,
        keys: projection::keys_of(&delivery, decisions),
        packed: spill::pack(&delivery)?,
        pictures: (!expects_pictures).then_some(pictures),
    }))
}

struct Collector {
    spill: SpillWriter,
    ties: Ties,
    events: Vec<Known>,
    through: DeliveryId,
    without_pictures: Vec<(DeliveryId, Pictures)>,
}

impl Collector {
    fn take(&mut self, portion: Portion) -> Result<(), LibraryError> {
        for Read { id, keys, packed, pictures } in portion.events {
            let place = self.spill.push(&packed)?;
            self.ties.tie(&keys);
            self.events.push(Known { id, place, first: 0 });
            self.without_pictures.extend(pictures.map(|pictures| (id, pictures)));
        }
        self.through = portion.last;
        Ok(())
    }

    fn finish(mut self, site: &Site, dock: &Dock<'_>) -> Result<Log, LibraryError> {
        self.spill.finish()?;
        for (event, known) in self.events.iter_mut().enumerate() {
            known.first = self.ties.first(event as u32);
        }
        let (mut convoy, large_px) = (Convoy::default(), site.large_px);
        while !self.without_pictures.is_empty() {
            let few = self.without_pictures.len().min(PORTION);
            let events: Vec<_> = self.without_pictures.drain(..few).collect();
            convoy.join(dock.carry(Box::new(move |transaction| {
                events
                    .iter()
                    .try_for_each(|(id, pictures)| renditions::expect(transaction, (*id).into(), pictures, large_px))
            }))?)?;
        }
        convoy.arrive()?;
        Ok(Log { spill: site.workshop.join("log"), events: self.events, ties: self.ties, through: self.through })
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
