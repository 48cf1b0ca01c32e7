//! Events by how their notices came: late, or more than once.

use fixedbitset::FixedBitSet;
use rusqlite::Connection;
use utoipa::ToSchema;

use crate::fotoware::words;
use crate::library::error::LibraryError;
use crate::library::store::ids::EventId;

words! {
    /// How a notice came.
    #[derive(ToSchema)]
    #[schema(as = Arrival)]
    Arrival {
        /// An hour or more after it happened.
        Late = "late",
        /// More than once.
        Repeated = "repeated",
    }
}

/// The events whose notices came in one way.
pub(super) struct Arrived(FixedBitSet);

impl Arrived {
    /// Reads which they are: late ones from their own index, repeated ones from that of the duplicates.
    pub(super) fn read(connection: &Connection, arrival: Arrival) -> Result<Self, LibraryError> {
        let sql = match arrival {
            Arrival::Late => LATE,
            Arrival::Repeated => REPEATED,
        };
        let mut events = FixedBitSet::new();
        for event in connection.prepare_cached(sql)?.query_map([], |row| row.get::<_, i64>(0))? {
            events.grow_and_insert(event? as usize);
        }
        Ok(Self(events))
    }

    pub(super) fn has(&self, event: EventId) -> bool {
        self.0.contains(event.0 as usize)
    }
}

/// An hour or more after it happened, by both clocks.
pub(super) const LATE: &str = "SELECT id FROM events INDEXED BY events_late WHERE received_ms - created_ms >= 3600000";
pub(super) const REPEATED: &str = "SELECT e.id FROM deliveries t INDEXED BY deliveries_again
     CROSS JOIN events e ON e.public_id = lower(hex(t.dedupe)) WHERE t.outcome = 'duplicate'";
