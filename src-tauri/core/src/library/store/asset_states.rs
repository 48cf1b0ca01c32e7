//! The table `moments`: for each event of an asset a row that says what the asset was from that event until the next.
//! With it the gallery is walked as of any moment in the same way as now.
//!
//! The replay of an asset's events goes forward in time, so what it makes of the events up to a moment is what a
//! library would show that had heard of no others. Pictures are not history: those that are kept today are shown.

use rusqlite::{Connection, OptionalExtension, params};

use crate::clock::Timestamp;
use crate::fotoware::Change;
use crate::library::error::LibraryError;
use crate::library::store::ids::{AssetId, EventId};
use crate::library::store::words::AssetStatus;

/// The end of a span that is not over.
pub(in crate::library) const NOW: i64 = i64::MAX;

/// An asset's row at a moment.
#[derive(Debug)]
pub(in crate::library) struct AssetStateAt {
    pub shown: EventId,
    pub from: Timestamp,
    pub version_count: u64,
    pub state: AssetStatus,
    pub change: Change,
    pub archive: String,
    pub doctype: String,
    pub ratio: u8,
}

/// The row of an asset that spans a moment; `None` if the asset was not known yet.
pub(in crate::library) fn then(
    connection: &Connection,
    asset: AssetId,
    at: Timestamp,
) -> Result<Option<AssetStateAt>, LibraryError> {
    let mut select = connection.prepare_cached(THEN)?;
    let then = select.query_row(params![asset, at.0], |row| {
        Ok(AssetStateAt {
            shown: row.get(0)?,
            from: Timestamp(row.get(1)?),
            version_count: row.get::<_, i64>(2)? as u64,
            state: row.get(3)?,
            change: row.get(4)?,
            archive: row.get(5)?,
            doctype: row.get(6)?,
            ratio: row.get(7)?,
        })
    });
    Ok(then.optional()?)
}

const THEN: &str = "SELECT shown, from_ms, version_count, state, change, archive, doctype, ratio FROM moments
     WHERE asset = ?1 AND from_ms <= ?2 ORDER BY nth DESC LIMIT 1";

/// Every file name that an asset had up to a moment, the last one first, and when the first and the last of its notices
/// up to then came.
pub(in crate::library) fn names_and_arrival(
    connection: &Connection,
    asset: AssetId,
    at: Timestamp,
) -> Result<(Vec<String>, Timestamp, Timestamp), LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT e.filename, e.received_ms FROM moments m JOIN events e ON e.id = m.event
         WHERE m.asset = ?1 AND m.from_ms <= ?2 ORDER BY m.nth DESC",
    )?;
    let mut rows = select.query(params![asset, at.0])?;
    let mut names: Vec<String> = Vec::new();
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    while let Some(row) = rows.next()? {
        let name = row.get_ref(0)?.as_str().unwrap_or_default();
        if !name.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
        let received: i64 = row.get(1)?;
        (first, last) = (first.min(received), last.max(received));
    }
    Ok((names, Timestamp(first), Timestamp(last)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::query_plan::query_plan;

    #[test]
    fn an_asset_at_a_moment_is_found_without_a_look_at_others() {
        let dir = tempfile::tempdir().unwrap();
        let connection = crate::library::store::connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        assert_eq!(query_plan(&connection, THEN)[0], "SEARCH moments USING PRIMARY KEY (asset=?)");
    }
}
