//! Archives by their names: there are few, and their names are compared as people type them.

use rusqlite::Connection;

use crate::fold::fold;
use crate::library::error::LibraryError;

/// The names of all archives that an asset is or ever was in, from the two tables that have each name a few times.
const NAMES: &str = "SELECT archive FROM asset_counts UNION SELECT archive FROM event_facets";

/// The archives whose names have a part that reads like this.
pub(in crate::library) fn named_like(connection: &Connection, part: &str) -> Result<Vec<String>, LibraryError> {
    let part = fold(part);
    let mut select = connection.prepare_cached(NAMES)?;
    let names = select.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    Ok(names.into_iter().filter(|name| fold(name).contains(&part)).collect())
}
