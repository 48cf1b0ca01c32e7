//! Writes the full-text indexes of all assets, and the tables of what fields say, into a file of their own.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Transaction, params};

use super::RebuildPaths;
use super::shard::{self, Shard};
use crate::library::error::LibraryError;
use crate::library::store::field_values::Filling;
use crate::library::store::ids::EventId;
use crate::library::store::search_texts::Texts;
use crate::library::store::searched::{COLUMNS, Searched};
use crate::library::store::{connection, field_values};

/// The index of present texts, and that of differences between earlier ones.
const INDEXES: [&str; 2] = ["search", "search_earlier"];

/// In bytes: how much FTS5 gathers in memory before it writes. Few large pieces are merged faster than many small ones.
const HASH_BYTES: usize = 32 << 20;
const HASH_BYTES_AS_EVER: usize = 1 << 20;

/// Returns the file. The shards are deleted.
pub(super) fn index(paths: &RebuildPaths, shards: Vec<Shard>) -> Result<PathBuf, LibraryError> {
    let path = paths.scratch.join("search.db");
    let mut connection = shard::open(&path)?;
    connection.execute("ATTACH ?1 AS library", [paths.library.to_string_lossy()])?;
    let made_by = |name| -> Result<String, LibraryError> {
        let select = "SELECT sql FROM library.sqlite_schema WHERE name = ?1";
        Ok(connection.query_row(select, [name], |row| row.get(0))?)
    };
    let made_by = INDEXES.iter().chain(&field_values::TABLES).copied().map(made_by).collect::<Result<Vec<_>, _>>()?;
    connection.execute_batch("DETACH library")?;
    made_by.iter().try_for_each(|sql| connection.execute_batch(sql))?;
    for index in INDEXES {
        connection.execute_batch(&format!(
            "INSERT INTO {index} ({index}, rank) VALUES ('hashsize', {HASH_BYTES}), ('automerge', 0)"
        ))?;
    }
    // All at once: each commit would leave a piece to be merged.
    let transaction = connection.transaction()?;
    let mut filling = Filling::default();
    for Shard { path } in shards {
        index_shard(&transaction, &path, &mut filling)?;
        // What cannot be removed yet is cleared away with the rest.
        let _ = fs::remove_file(path);
    }
    filling.finish(&transaction)?;
    transaction.commit()?;
    for index in INDEXES {
        connection.execute_batch(&format!(
            "INSERT INTO {index} ({index}) VALUES ('optimize');
             INSERT INTO {index} ({index}, rank) VALUES ('hashsize', {HASH_BYTES_AS_EVER}), ('automerge', 4)"
        ))?;
    }
    Ok(path)
}

fn index_shard(transaction: &Transaction<'_>, shard: &Path, filling: &mut Filling) -> Result<(), LibraryError> {
    let shard = connection::open_for_reading(shard)?;
    let sql = format!("SELECT {COLUMNS} FROM assets a JOIN asset_fields f ON f.asset = a.id ORDER BY a.id");
    let mut select = shard.prepare(&sql)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (asset, searched) = (row.get(0)?, Searched::read(row)?);
        Texts::of(&searched).insert(transaction, asset)?;
        filling.add(transaction, asset, &searched)?;
    }
    let mut select = shard.prepare("SELECT event, text FROM differences ORDER BY event")?;
    let mut insert = transaction.prepare_cached("INSERT INTO search_earlier (rowid, text) VALUES (?1, ?2)")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let text = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
        insert.execute(params![row.get::<_, EventId>(0)?, text])?;
    }
    Ok(())
}
