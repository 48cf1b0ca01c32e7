//! How far the projection follows the log of deliveries.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::library::error::LibraryError;
use crate::library::store::deliveries::{self, Portion};
use crate::library::store::followers;
use crate::library::store::ids::DeliveryId;

/// The format of the projection. Raise it whenever the same deliveries give another projection than before: a library
/// with an older format is rebuilt when it is opened.
pub const FORMAT: u32 = 5;

/// The format of the library's projection.
pub(in crate::library) fn format(connection: &Connection) -> Result<u32, LibraryError> {
    Ok(connection.query_row("SELECT format FROM projection", [], |row| row.get(0))?)
}

/// Stores that the projection has this program's format, and reaches `through`.
pub(in crate::library) fn is_ours(connection: &Connection, through: DeliveryId) -> Result<(), LibraryError> {
    connection.execute("UPDATE projection SET format = ?1", [FORMAT])?;
    followers::reached(connection, followers::PROJECTION, through)
}

/// The last delivery that is projected.
pub(in crate::library) fn through(connection: &Connection) -> Result<DeliveryId, LibraryError> {
    Ok(followers::follower(connection, followers::PROJECTION)?.map_or(DeliveryId(0), |projection| projection.through))
}

/// How far the projection follows the log, and whether it failed.
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

/// After a failure, how long to wait before the projection is tried again.
const AGAIN: Duration = Duration::from_secs(1);

impl Unprojected {
    /// As the library says when it is opened.
    pub(in crate::library) fn left_by_a_crash(connection: &Connection) -> Result<Self, LibraryError> {
        Ok(Self { through: through(connection)?, last: deliveries::last(connection)?, failed: None })
    }

    /// The log has grown up to `last`.
    pub(in crate::library) fn reaches(&mut self, last: DeliveryId) {
        self.last = last;
    }

    pub(in crate::library) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is something to project, and the last attempt did not just fail.
    pub(in crate::library) fn is_due(&self) -> bool {
        !self.is_empty() && self.failed.as_ref().is_none_or(|failure| failure.at.elapsed() >= AGAIN)
    }

    /// How many ids the log is ahead of the projection.
    pub(in crate::library) fn len(&self) -> usize {
        self.last.0.abs_diff(self.through.0) as usize
    }

    /// How many deliveries the log has, those that were taken away included.
    pub(in crate::library) fn log_length(&self) -> usize {
        self.last.0.max(0) as usize
    }

    /// The last delivery that is projected.
    pub(in crate::library) fn through(&self) -> DeliveryId {
        self.through
    }

    /// Why the last attempt failed; `None` if it succeeded.
    pub(in crate::library) fn failure(&self) -> Option<&str> {
        self.failed.as_ref().filter(|_| !self.is_empty()).map(|failure| failure.why.as_str())
    }

    /// The next portion of the log, and the delivery through which the log is projected after it.
    pub(in crate::library) fn next(
        &self,
        connection: &Connection,
        limit: usize,
    ) -> Result<(Portion, DeliveryId), LibraryError> {
        let portion = deliveries::events_after(connection, self.through, limit)?;
        let through = portion.last.unwrap_or(self.last);
        Ok((portion, through))
    }

    /// The log is projected through this delivery.
    pub(in crate::library) fn done(&mut self, through: DeliveryId) {
        (self.through, self.failed) = (through, None);
    }

    /// A rebuilt projection, which reaches this far, has replaced the old one.
    pub(in crate::library) fn go_on_from(&mut self, through: DeliveryId) {
        self.done(through);
    }

    /// Notes a failure. Returns whether it differs from the last one, so that the log is not filled with the same.
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
