//! Finds archives by a part of their name. There are few, so they are compared here, with letters folded as people type
//! them.

use rusqlite::Connection;

use crate::fold::fold;
use crate::library::error::LibraryError;

/// The names of all archives that an asset is or ever was in, from the two tables that have each name a few times.
const NAMES: &str = "SELECT archive FROM asset_counts UNION SELECT archive FROM event_facets";

/// The names that contain `part`, whatever its case and accents.
pub(in crate::library) fn named_like(connection: &Connection, part: &str) -> Result<Vec<String>, LibraryError> {
    let part = fold(part);
    let mut select = connection.prepare_cached(NAMES)?;
    let names = select.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    Ok(names.into_iter().filter(|name| fold(name).contains(&part)).collect())
}
