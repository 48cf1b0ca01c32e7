//! Checkpoints SQLite's write-ahead log during a rebuild, on a thread of its own. The writer appends some hundred
//! megabytes, and waiting for the disk would take it a tenth of the time.

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::library::error::LibraryError;
use crate::library::store::connection;

/// Long enough that a checkpoint is worth its flushes.
const EVERY: Duration = Duration::from_millis(500);

/// Runs `work`, with checkpoints beside it.
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
