//! The full-text index of all assets at once, in a file of its own.

use std::path::PathBuf;

use super::Site;
use super::shard::{self, Shard};
use crate::library::{LibraryError, search};

/// So much is gathered in memory before it is written: few large pieces are merged sooner than many small ones.
const HASH_BYTES: usize = 64 << 20;
const HASH_BYTES_AS_EVER: usize = 1 << 20;

pub(super) fn index(site: &Site, shards: &[Shard]) -> Result<PathBuf, LibraryError> {
    let path = site.workshop.join("search.db");
    let mut connection = shard::open(&path)?;
    connection.execute("ATTACH ?1 AS library", [site.library.to_string_lossy()])?;
    let made_by: String =
        connection.query_row("SELECT sql FROM library.sqlite_schema WHERE name = 'search'", [], |row| row.get(0))?;
    connection.execute_batch("DETACH library")?;
    connection.execute_batch(&made_by)?;
    connection.execute_batch(&format!(
        "INSERT INTO search (search, rank) VALUES ('hashsize', {HASH_BYTES}), ('automerge', 0)"
    ))?;
    for shard in shards {
        connection.execute("ATTACH ?1 AS shard", [shard.path.to_string_lossy()])?;
        let transaction = connection.transaction()?;
        {
            let mut select = transaction.prepare(
                "SELECT a.id, names, title, description, byline, tags, fields
                 FROM shard.assets a JOIN shard.asset_fields f ON f.asset = a.id ORDER BY a.id",
            )?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                search::index(&transaction, row)?;
            }
        }
        transaction.commit()?;
        connection.execute_batch("DETACH shard")?;
    }
    connection.execute_batch(&format!(
        "INSERT INTO search (search) VALUES ('optimize');
         INSERT INTO search (search, rank) VALUES ('hashsize', {HASH_BYTES_AS_EVER}), ('automerge', 4)"
    ))?;
    Ok(path)
}
