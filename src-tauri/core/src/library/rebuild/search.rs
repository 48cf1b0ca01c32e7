//! The full-text indexes of all assets at once, in a file of their own.

use std::path::PathBuf;

use super::Site;
use super::shard::{self, Shard};
use crate::library::LibraryError;
use crate::library::search::Texts;

/// Of what assets say now, and of what they said before.
const INDEXES: [&str; 2] = ["search", "search_earlier"];

/// So much is gathered in memory before it is written: few large pieces are merged sooner than many small ones.
const HASH_BYTES: usize = 64 << 20;
const HASH_BYTES_AS_EVER: usize = 1 << 20;

pub(super) fn index(site: &Site, shards: &[Shard]) -> Result<PathBuf, LibraryError> {
    let path = site.workshop.join("search.db");
    let mut connection = shard::open(&path)?;
    connection.execute("ATTACH ?1 AS library", [site.library.to_string_lossy()])?;
    let made_by = |name| -> Result<String, LibraryError> {
        let select = "SELECT sql FROM library.sqlite_schema WHERE name = ?1";
        Ok(connection.query_row(select, [name], |row| row.get(0))?)
    };
    let made_by = [made_by("search")?, made_by("search_earlier")?];
    connection.execute_batch("DETACH library")?;
    made_by.iter().try_for_each(|sql| connection.execute_batch(sql))?;
    for index in INDEXES {
        connection.execute_batch(&format!(
            "INSERT INTO {index} ({index}, rank) VALUES ('hashsize', {HASH_BYTES}), ('automerge', 0)"
        ))?;
    }
    for shard in shards {
        connection.execute("ATTACH ?1 AS shard", [shard.path.to_string_lossy()])?;
        let transaction = connection.transaction()?;
        {
            let mut select = transaction.prepare(
                "SELECT a.id, shown, names, title, description, byline, tags, fields
                 FROM shard.assets a JOIN shard.asset_fields f ON f.asset = a.id ORDER BY a.id",
            )?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                Texts::read(row)?.insert(&transaction, row.get(0)?)?;
            }
            transaction.execute(
                "INSERT INTO search_earlier (rowid, text) SELECT asset, text FROM shard.earlier_texts ORDER BY asset",
                [],
            )?;
        }
        transaction.commit()?;
        connection.execute_batch("DETACH shard")?;
    }
    for index in INDEXES {
        connection.execute_batch(&format!(
            "INSERT INTO {index} ({index}) VALUES ('optimize');
             INSERT INTO {index} ({index}, rank) VALUES ('hashsize', {HASH_BYTES_AS_EVER}), ('automerge', 4)"
        ))?;
    }
    Ok(path)
}
