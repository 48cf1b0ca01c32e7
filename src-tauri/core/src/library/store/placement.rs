//! What the replay of identities reads of an event, and where it puts it.

use crate::fotoware::{EventKind, Identity};
use crate::library::store::ids::EventId;

/// What the replay of identities reads of an event.
#[derive(Clone, Debug)]
pub(in crate::library) struct ReplayEvent {
    pub event: EventId,
    pub created_ms: i64,
    pub modified_ms: i64,
    /// The event's public id. Breaks ties in the same way whatever the order of arrival.
    pub tie: String,
    pub kind: EventKind,
    pub identity: Identity,
    /// A hash of the state's content: two states with the same hash are the same version.
    pub state_hash: i64,
}

/// Where the replay puts an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::library) struct PlacedStep {
    pub event: EventId,
    /// Its turn among the events of this asset that were created in the same millisecond, from 0. Wherever events are
    /// listed they come by time, then by turn.
    pub turn: u32,
    /// The version that the asset is at after the event, from 1. `None` before the first.
    pub version: Option<u32>,
    pub opens_version: bool,
    /// The event of the version before; of an event that opens no version, the event of its own version.
    pub previous: Option<EventId>,
    /// The user brought it to this asset.
    pub joined: bool,
}
