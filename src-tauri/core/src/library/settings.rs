//! The table of settings: what the user chose in the window.

use rusqlite::{Connection, OptionalExtension, Transaction};
use serde::{Deserialize, Serialize};

use super::LibraryError;

/// What the user chose. What is not chosen has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Tenants that the user vouches for, as URLs.
    pub tenants: Vec<String>,
    /// Long side of the largest picture to keep, in pixels; 0 keeps no large one.
    pub large_px: u32,
    /// Pretend tenants whose assets are still here.
    pub pretend_tenants: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { tenants: Vec::new(), large_px: 1200, pretend_tenants: Vec::new() }
    }
}

impl Settings {
    pub fn load(connection: &Connection) -> Result<Self, LibraryError> {
        let select = "SELECT value FROM settings WHERE name = 'settings'";
        let json: Option<String> = connection.query_row(select, [], |row| row.get(0)).optional()?;
        Ok(json.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default())
    }

    pub(super) fn save(&self, transaction: &Transaction<'_>) -> Result<(), LibraryError> {
        let json = serde_json::to_string(self)?;
        transaction.execute("INSERT OR REPLACE INTO settings (name, value) VALUES ('settings', ?1)", [json])?;
        Ok(())
    }
}
