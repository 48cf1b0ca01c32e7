//! The table of settings.

use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::library::error::LibraryError;
use crate::settings::{Settings, stored};

/// What the user chose, or the defaults where nothing was saved yet and where it cannot be read.
pub(in crate::library) fn load(connection: &Connection) -> Result<Settings, LibraryError> {
    Ok(json(connection)?.map(|json| stored::read(&json).0).unwrap_or_default())
}

/// What cannot be read of it and so has its default, a sentence each.
pub(in crate::library) fn not_understood(connection: &Connection) -> Result<Vec<String>, LibraryError> {
    Ok(json(connection)?.map(|json| stored::read(&json).1).unwrap_or_default())
}

/// Saves what is chosen, and leaves what another version of this program wrote beside it.
pub(in crate::library) fn save(transaction: &Transaction<'_>, settings: &Settings) -> Result<(), LibraryError> {
    let json = stored::merged(json(transaction)?.as_deref(), settings);
    transaction.execute("INSERT OR REPLACE INTO settings (name, value) VALUES ('settings', ?1)", [json])?;
    Ok(())
}

fn json(connection: &Connection) -> Result<Option<String>, LibraryError> {
    let select = "SELECT value FROM settings WHERE name = 'settings'";
    Ok(connection.query_row(select, [], |row| row.get(0)).optional()?)
}
