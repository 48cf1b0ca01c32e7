//! Which assets' texts changed in the search index, so that an answer that is remembered can be brought up to date.

use rusqlite::{Connection, Transaction, params};

use crate::library::error::LibraryError;
use crate::library::store::ids::AssetId;

/// How many changes are kept.
const KEPT: i64 = 512;

/// Appends a change: these assets were indexed again or removed.
pub(in crate::library) fn note(transaction: &Transaction<'_>, assets: &[AssetId]) -> Result<(), LibraryError> {
    let assets: Vec<i64> = assets.iter().map(|asset| asset.0).collect();
    append(transaction, Some(serde_json::to_string(&assets)?))
}

/// Appends a change of the whole index.
pub(in crate::library) fn note_all(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    append(transaction, None)
}

fn append(transaction: &Transaction<'_>, assets: Option<String>) -> Result<(), LibraryError> {
    transaction.prepare_cached("INSERT INTO search_log (assets) VALUES (?1)")?.execute([assets])?;
    let last = transaction.last_insert_rowid();
    transaction.prepare_cached("DELETE FROM search_log WHERE number <= ?1")?.execute([last - KEPT])?;
    Ok(())
}

/// The number of the last change; 0 if there was none.
pub(in crate::library) fn last(connection: &Connection) -> Result<i64, LibraryError> {
    let select = "SELECT coalesce(max(number), 0) FROM search_log";
    Ok(connection.prepare_cached(select)?.query_row([], |row| row.get(0))?)
}

/// The assets that changed after the change of this number. `None` if the whole index changed, or if the log does not
/// reach back so far.
pub(in crate::library) fn since(connection: &Connection, number: i64) -> Result<Option<Vec<AssetId>>, LibraryError> {
    let mut select =
        connection.prepare_cached("SELECT number, assets FROM search_log WHERE number > ?1 ORDER BY number")?;
    let mut rows = select.query(params![number])?;
    let (mut changed, mut next) = (Vec::new(), number + 1);
    while let Some(row) = rows.next()? {
        let assets: Option<String> = row.get(1)?;
        let Some(assets) = assets.filter(|_| row.get::<_, i64>(0) == Ok(next)) else { return Ok(None) };
        changed.extend(serde_json::from_str::<Vec<i64>>(&assets)?.into_iter().map(AssetId));
        next += 1;
    }
    Ok(Some(changed))
}
