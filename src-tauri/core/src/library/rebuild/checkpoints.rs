//! Brings what the writer appends for a rebuild from SQLite's write-ahead log into the library's file. It is some hundred
//! megabytes, and to wait until the disk has them is all of a tenth of the time: so somebody else than the writer waits.

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::library::error::LibraryError;
use crate::library::store::connection;

/// So much is written meanwhile that a checkpoint is worth its flushes.
const EVERY: Duration = Duration::from_millis(500);

/// Does the work, with checkpoints beside it.
pub(super) fn made_beside<T>(
    library: &Path,
    work: impl FnOnce() -> Result<T, LibraryError>,
) -> Result<T, LibraryError> {
    let connection = connection::open_for_checkpoints(library)?;
    let (done, ended) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            while ended.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                // Where it fails, the writer makes them itself when it is served something else.
                if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
                    tracing::debug!(%error, "the write-ahead log grows on");
                }
            }
        });
        let worked = work();
        drop(done);
        worked
    })
}
