//! How far the projection follows the log of deliveries.

use rusqlite::{Connection, params};

use crate::library::error::LibraryError;
use crate::library::store::deliveries::{self, StoredDelivery};
use crate::library::store::ids::DeliveryId;

/// The format of what is made here. It grows whenever this code makes another projection of the same deliveries than
/// it did: a library with an older one is made anew when it is opened.
pub const FORMAT: u32 = 4;

/// The format in which the library's projection was made.
pub(in crate::library) fn format(connection: &Connection) -> Result<u32, LibraryError> {
    Ok(connection.query_row("SELECT format FROM projection", [], |row| row.get(0))?)
}

/// Says that the projection is this program's, up to a place in the log.
pub(in crate::library) fn is_ours(connection: &Connection, through: DeliveryId) -> Result<(), LibraryError> {
    connection.execute("UPDATE projection SET through = ?1, format = ?2", params![through, FORMAT])?;
    Ok(())
}

pub(in crate::library) fn through(connection: &Connection) -> Result<DeliveryId, LibraryError> {
    Ok(connection.query_row("SELECT through FROM projection", [], |row| row.get(0))?)
}

/// How far the projection follows the log.
#[derive(Debug)]
pub(in crate::library) struct Unprojected {
    through: DeliveryId,
    last: DeliveryId,
    paused: bool,
}

impl Unprojected {
    pub(in crate::library) fn left_by_a_crash(connection: &Connection) -> Result<Self, LibraryError> {
        Ok(Self { through: through(connection)?, last: deliveries::last(connection)?, paused: false })
    }

    /// The log has grown.
    pub(in crate::library) fn reaches(&mut self, last: DeliveryId) {
        (self.last, self.paused) = (last, false);
    }

    pub(in crate::library) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How far the log is ahead of the projection.
    pub(in crate::library) fn len(&self) -> usize {
        if self.paused { 0 } else { self.last.0.abs_diff(self.through.0) as usize }
    }

    /// How far the projection has come.
    pub(in crate::library) fn through(&self) -> DeliveryId {
        self.through
    }

    pub(in crate::library) fn next(&mut self, connection: &Connection, limit: usize) -> Result<Batch, LibraryError> {
        let (deliveries, last) = deliveries::events_after(connection, self.through, limit)?;
        Ok(Batch { deliveries, through: last.unwrap_or(self.last) })
    }

    pub(in crate::library) fn done(&mut self, batch: &Batch) {
        self.through = batch.through;
    }

    /// The projection is another one, which reaches this far.
    pub(in crate::library) fn go_on_from(&mut self, through: DeliveryId) {
        self.through = through;
    }

    /// After a failure nothing is tried again until something else has succeeded.
    pub(in crate::library) fn pause(&mut self) {
        self.paused = true;
    }
}

/// Some deliveries, and how far the log is projected after them.
#[derive(Debug)]
pub(in crate::library) struct Batch {
    pub deliveries: Vec<StoredDelivery>,
    pub through: DeliveryId,
}
