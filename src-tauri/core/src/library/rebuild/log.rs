//! What the first pass found in the log. In memory it has less than a hundred bytes for each event, and each identity key
//! once; the rest is in spill files.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::fotoware::IdentityKey;
use crate::library::error::LibraryError;
use crate::library::rebuild::spill;
use crate::library::rebuild::spill::{Extent, SpillReader};
use crate::library::rebuild::ties::Ties;
use crate::library::store::deliveries::StoredDelivery;
use crate::library::store::event_counts::Hours;
use crate::library::store::events::{ClusterEvent, EventPlacement};
use crate::library::store::ids::{DeliveryId, EventId};
use crate::library::store::set_aside::SetAside;

/// The events of the log in order of arrival, each with its cluster.
pub(super) struct Log {
    /// A file with what the replay reads of each event.
    pub spill: PathBuf,
    /// A file with the columns of event rows that come from deliveries, and where each portion of how many events lies
    /// in it.
    pub rows: (PathBuf, Vec<(Extent, usize)>),
    pub events: Vec<Known>,
    pub hours: Hours,
    /// Deliveries that came as events and cannot be shown.
    pub set_aside: Vec<SetAside>,
    pub ties: Ties,
    pub through: DeliveryId,
}

pub(super) struct Known {
    pub id: DeliveryId,
    pub place: Extent,
    /// The first event of its cluster, once all are known.
    pub first: u32,
    /// Once its cluster is replayed.
    pub placed: OnceLock<EventPlacement>,
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

/// Some rows of events: the packed columns that come from deliveries, and for each row the cluster and the placement.
pub(super) struct Rows {
    pub told: Vec<u8>,
    pub places: Vec<(i64, Option<EventPlacement>)>,
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

    /// Reads the deliveries of a cluster, with their events.
    pub(super) fn read(
        &self,
        cluster: &Cluster,
        replays: &mut SpillReader,
    ) -> Result<(Vec<StoredDelivery>, Vec<ClusterEvent>), LibraryError> {
        let events = cluster.events.iter().map(|event| &self.events[*event as usize]);
        events.map(|event| spill::unpack_to_replay(replays.read(event.place)?)).collect()
    }

    /// Stores the placement of an event.
    pub(super) fn place(&self, cluster: &Cluster, event: EventId, placed: EventPlacement) {
        let number = |number: &u32| EventId::from(self.events[*number as usize].id);
        if let Ok(at) = cluster.events.binary_search_by_key(&event, number) {
            let _ = self.events[cluster.events[at] as usize].placed.set(placed);
        }
    }

    /// All rows of events in order of arrival, in portions of about `bytes`.
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

    /// Deletes the spill files.
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
