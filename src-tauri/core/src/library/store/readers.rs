//! Connections that read beside the writer: a few kept for the next question, and one from end to end for exports.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rusqlite::Connection;

use crate::folder::Folder;
use crate::library::error::LibraryError;
use crate::library::store::connection;

/// Reads a library beside whoever writes it, from end to end: for exports and the doctor.
pub fn read_only(folder: &Folder) -> Result<Connection, LibraryError> {
    let connection = connection::open_for_reading(&folder.library())?;
    // Rows come in the order of the gallery, not in that of the file. It is read and not mapped: a disk that fails is then
    // an error and not the end of the process, and so much memory is taken however large the file is.
    connection.pragma_update(None, "cache_size", -65_536)?;
    Ok(connection)
}

/// Connections for reading, as many as are needed at once and a few kept for the next.
pub(in crate::library) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

const IDLE_READERS: usize = 4;

impl Readers {
    pub(in crate::library) fn of(path: PathBuf) -> Self {
        Self { path, idle: Mutex::default() }
    }

    pub(in crate::library) fn path(&self) -> &Path {
        &self.path
    }

    pub(in crate::library) fn read<T>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let connection = match idle {
            Some(connection) => connection,
            None => connection::open_for_reading(&self.path)?,
        };
        // One moment, however many statements: between two of them a rebuilt library might take the place of this one.
        let moment = connection.unchecked_transaction()?;
        let answer = question(&moment);
        drop(moment);
        if let Ok(mut idle) = self.idle.lock()
            && idle.len() < IDLE_READERS
        {
            idle.push(connection);
        }
        answer
    }
}
