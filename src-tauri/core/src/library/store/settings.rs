//! The table of settings.

use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::library::error::LibraryError;
use crate::settings::Settings;

/// What the user chose, or the defaults where nothing was saved yet.
pub fn load(connection: &Connection) -> Result<Settings, LibraryError> {
    let select = "SELECT value FROM settings WHERE name = 'settings'";
    let json: Option<String> = connection.query_row(select, [], |row| row.get(0)).optional()?;
    Ok(json.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default())
}

pub(in crate::library) fn save(transaction: &Transaction<'_>, settings: &Settings) -> Result<(), LibraryError> {
    let json = serde_json::to_string(settings)?;
    transaction.execute("INSERT OR REPLACE INTO settings (name, value) VALUES ('settings', ?1)", [json])?;
    Ok(())
}
