//! How far the projection follows the log of deliveries.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::library::error::LibraryError;
use crate::library::store::deliveries::{self, Portion};
use crate::library::store::followers;
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
    connection.execute("UPDATE projection SET format = ?1", [FORMAT])?;
    followers::reached(connection, followers::PROJECTION, through)
}

pub(in crate::library) fn through(connection: &Connection) -> Result<DeliveryId, LibraryError> {
    Ok(followers::follower(connection, followers::PROJECTION)?.map_or(DeliveryId(0), |projection| projection.through))
}

/// How far the projection follows the log.
#[derive(Debug)]
pub(in crate::library) struct Unprojected {
    through: DeliveryId,
    last: DeliveryId,
    failed: Option<Failure>,
}

#[derive(Debug)]
struct Failure {
    at: Instant,
    why: String,
    /// It is written down, for the doctor.
    is_noted: bool,
}

/// After a failure the projection is tried again so often.
const AGAIN: Duration = Duration::from_secs(1);

impl Unprojected {
    pub(in crate::library) fn left_by_a_crash(connection: &Connection) -> Result<Self, LibraryError> {
        Ok(Self { through: through(connection)?, last: deliveries::last(connection)?, failed: None })
    }

    /// The log has grown.
    pub(in crate::library) fn reaches(&mut self, last: DeliveryId) {
        self.last = last;
    }

    pub(in crate::library) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is something to project and this is the time for it: after a failure only now and then.
    pub(in crate::library) fn is_due(&self) -> bool {
        !self.is_empty() && self.failed.as_ref().is_none_or(|failure| failure.at.elapsed() >= AGAIN)
    }

    /// How far the log is ahead of the projection.
    pub(in crate::library) fn len(&self) -> usize {
        self.last.0.abs_diff(self.through.0) as usize
    }

    /// How far the projection has come.
    pub(in crate::library) fn through(&self) -> DeliveryId {
        self.through
    }

    /// Why it does not go on at present; `None` if it does.
    pub(in crate::library) fn failure(&self) -> Option<&str> {
        self.failed.as_ref().filter(|_| !self.is_empty()).map(|failure| failure.why.as_str())
    }

    /// What comes next, and how far the log is projected after it.
    pub(in crate::library) fn next(
        &self,
        connection: &Connection,
        limit: usize,
    ) -> Result<(Portion, DeliveryId), LibraryError> {
        let portion = deliveries::events_after(connection, self.through, limit)?;
        let through = portion.last.unwrap_or(self.last);
        Ok((portion, through))
    }

    pub(in crate::library) fn done(&mut self, through: DeliveryId) {
        (self.through, self.failed) = (through, None);
    }

    /// The projection is another one, which reaches this far.
    pub(in crate::library) fn go_on_from(&mut self, through: DeliveryId) {
        self.done(through);
    }

    /// Returns whether this is another failure than the last one.
    pub(in crate::library) fn failed(&mut self, why: String) -> bool {
        let was_so = self.failed.take().filter(|failure| failure.why == why);
        let is_noted = was_so.as_ref().is_some_and(|failure| failure.is_noted);
        self.failed = Some(Failure { at: Instant::now(), why, is_noted });
        was_so.is_none()
    }

    /// Writes down why it does not go on, where that can be written: the doctor reads it. A success takes it away again.
    pub(in crate::library) fn note_failure(&mut self, connection: &Connection) {
        if let Some(failure) = self.failed.as_mut().filter(|failure| !failure.is_noted) {
            failure.is_noted = followers::failed(connection, followers::PROJECTION, &failure.why).is_ok();
        }
    }
}
