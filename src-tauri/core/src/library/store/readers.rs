//! Reading beside the writer: one question at a time, or the library from end to end for exports.

use rusqlite::Connection;

use crate::folder::Folder;
use crate::library::error::LibraryError;
use crate::library::store::connection;
use crate::sqlite::Readers;

/// Reads a library beside whoever writes it, from end to end: for exports and the doctor.
pub(in crate::library) fn read_only(folder: &Folder) -> Result<Connection, LibraryError> {
    let connection = connection::open_for_reading(&folder.library())?;
    // Rows come in the order of the gallery, not in that of the file. It is read and not mapped: a disk that fails is
    // then an error and not the end of the process, and so much memory is taken however large the file is.
    connection.pragma_update(None, "cache_size", -65_536)?;
    Ok(connection)
}

/// Asks a question of one moment, however many statements it has: between two of them a rebuilt library might take the
/// place of this one.
pub(in crate::library) fn read<T>(
    readers: &Readers,
    question: impl FnOnce(&Connection) -> Result<T, LibraryError>,
) -> Result<T, LibraryError> {
    readers.read(connection::open_for_reading, |connection| question(&*connection.unchecked_transaction()?))
}
