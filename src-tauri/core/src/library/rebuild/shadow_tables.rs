//! Twins of the tables that are read, and how the two are swapped.
//!
//! Each table and index of the projection gets a twin named `next_…`, created by the same SQL. To swap them, their root
//! pages in SQLite's own schema are exchanged. That is one short transaction however large they are; names and query
//! plans stay the same, and other connections read the schema again as after any other change.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, Transaction, params};

use crate::library::error::LibraryError;
use crate::library::projection::pictures;
use crate::library::rebuild::log::Log;
use crate::library::rebuild::shard::Shard;
use crate::library::rebuild::{InFlight, WriterHandle};
use crate::library::store::ids::DeliveryId;
use crate::library::store::{connection, field_values, followers, set_aside};

/// A table of the projection that shards have. A new table needs a line here.
struct Table {
    name: &'static str,
    /// If rows of different shards can have the same key, the SQL that merges them; otherwise empty.
    together: &'static str,
}

const fn rows(name: &'static str) -> Table {
    Table { name, together: "" }
}

const TABLES: &[Table] = &[
    rows("changes"),
    rows("changed_fields"),
    rows("assets"),
    rows("asset_fields"),
    rows("moments"),
    Table {
        name: "labels",
        together:
            "WHERE true ON CONFLICT (tenant, field) DO UPDATE SET label = excluded.label, created_ms = excluded.created_ms
                   WHERE (excluded.created_ms, excluded.label) > (next_labels.created_ms, next_labels.label)",
    },
];

/// Tables that are made from the log and not by shards.
const OF_THE_LOG: [&str; 5] = [KEYS, "hours", EVENTS, FACETS, set_aside::TABLE];
pub(super) const KEYS: &str = "identity_keys";
pub(super) const EVENTS: &str = "events";
const FACETS: &str = "event_facets";
/// Counted from the assets once they are copied.
const COUNTS: &str = "asset_counts";

/// The tables of the full-text indexes.
const INDEX: &[&str] = &[
    "search_data",
    "search_idx",
    "search_docsize",
    "search_config",
    "search_earlier_data",
    "search_earlier_idx",
    "search_earlier_docsize",
    "search_earlier_config",
];

/// Indexes that shards need while they are made. All others are created at the end.
const NEEDED_ON_THE_WAY: &[&str] = &["assets_by_cluster"];

fn names() -> impl Iterator<Item = &'static str> {
    let of_index = INDEX.iter().copied().chain(field_values::TABLES);
    TABLES.iter().map(|table| table.name).chain(OF_THE_LOG).chain([COUNTS]).chain(of_index)
}

/// Whether a table is made with the full-text indexes.
pub(super) fn is_of_index(table: &str) -> bool {
    field_values::TABLES.contains(&table)
}

/// An index or a table as the schema has it.
struct Entry {
    name: String,
    table: String,
    /// `None` for what a constraint made.
    sql: Option<String>,
    root: i64,
}

impl Entry {
    fn is_table(&self) -> bool {
        self.name == self.table
    }

    fn twin(&self) -> String {
        match self.name.strip_prefix("sqlite_autoindex_") {
            Some(rest) => format!("sqlite_autoindex_next_{rest}"),
            None => format!("next_{}", self.name),
        }
    }

    /// The words that make its twin.
    fn twin_sql(&self) -> Option<String> {
        let sql = self.sql.as_deref()?;
        let body = &sql[sql.find('(')?..];
        Some(if self.is_table() {
            format!("CREATE TABLE \"next_{}\" {body}", self.table)
        } else {
            let unique = if sql.starts_with("CREATE UNIQUE") { "UNIQUE " } else { "" };
            format!("CREATE {unique}INDEX \"next_{}\" ON \"next_{}\" {body}", self.name, self.table)
        })
    }
}

/// Tables and indexes of the projection, without twins, in the order in which they were created.
fn entries(connection: &Connection, schema: &str) -> Result<Vec<Entry>, LibraryError> {
    let sql =
        format!("SELECT name, tbl_name, sql, rootpage FROM {schema}.sqlite_schema WHERE rootpage > 0 ORDER BY rowid");
    let mut select = connection.prepare(&sql)?;
    let entries = select.query_map([], |row| {
        Ok(Entry { name: row.get(0)?, table: row.get(1)?, sql: row.get(2)?, root: row.get(3)? })
    })?;
    let entries: Vec<Entry> = entries.collect::<Result<_, _>>()?;
    Ok(entries.into_iter().filter(|entry| names().any(|name| name == entry.table)).collect())
}

/// Creates the empty twins.
pub(super) fn lay_out(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    clear_away(transaction)?;
    set_aside::leave_duplicates(transaction)?;
    for table in entries(transaction, "main")?.iter().filter(|entry| entry.is_table()) {
        transaction.execute_batch(&table.twin_sql().unwrap_or_default())?;
    }
    Ok(())
}

/// Creates the projection's tables in another file, as the attached `library` has them.
pub(super) fn same_tables(connection: &Connection) -> Result<(), LibraryError> {
    let wanted = |entry: &&Entry| {
        let name = entry.name.as_str();
        TABLES.iter().any(|table| table.name == name) || OF_THE_LOG.contains(&name) || NEEDED_ON_THE_WAY.contains(&name)
    };
    for entry in entries(connection, "library")?.iter().filter(wanted) {
        connection.execute_batch(entry.sql.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

/// Fills the twins of identity keys, counts by the hour and deliveries that are set aside.
pub(super) fn carry_keys(log: &Arc<Log>, writer_handle: &WriterHandle<'_>) -> Result<(), LibraryError> {
    const PORTION: usize = 16_384;
    let mut convoy = InFlight::default();
    for portion in log.keys().chunks(PORTION) {
        let keys = portion.to_vec();
        convoy.join(writer_handle.carry(move |transaction| {
            let mut insert =
                transaction.prepare_cached("INSERT INTO next_identity_keys (key, cluster) VALUES (?1, ?2)")?;
            keys.iter().try_for_each(|(key, cluster)| insert.execute(params![key.to_bytes(), cluster]).map(drop))?;
            Ok(())
        })?)?;
    }
    let hours = log.clone();
    convoy.join(writer_handle.carry(move |transaction| hours.hours.insert(transaction, "next_hours"))?)?;
    for portion in log.set_aside.chunks(PORTION) {
        let passed_over = portion.to_vec();
        convoy.join(writer_handle.carry(move |transaction| {
            passed_over.iter().try_for_each(|passed| set_aside::write(transaction, "next_set_aside", passed))
        })?)?;
    }
    convoy.arrive()
}

/// Appends all tables of a shard to their twins.
pub(super) fn carry_shard(shard: &Shard, writer_handle: &WriterHandle<'_>) -> Result<(), LibraryError> {
    TABLES.iter().try_for_each(|table| carry(&shard.path, table.name, table.together, writer_handle))
}

/// Appends events and facets to their twins.
pub(super) fn carry_events(file: &Path, writer_handle: &WriterHandle<'_>) -> Result<(), LibraryError> {
    carry(file, EVENTS, "", writer_handle)?;
    carry(file, FACETS, "", writer_handle)
}

/// Fills the twin of the counts from the assets that were copied.
pub(super) fn count_assets(writer_handle: &WriterHandle<'_>) -> Result<(), LibraryError> {
    writer_handle
        .carry(|transaction| {
            transaction.execute_batch(
            "INSERT INTO next_asset_counts SELECT archive, state, change, picture, doctype, count(*) FROM next_assets
             GROUP BY archive, state, change, picture, doctype",
        )?;
            Ok(())
        })?
        .wait()
}

/// Appends the full-text indexes, and what fields say, to their twins.
pub(super) fn carry_index(file: &Path, writer_handle: &WriterHandle<'_>) -> Result<(), LibraryError> {
    let tables = INDEX.iter().chain(&field_values::TABLES);
    tables.copied().try_for_each(|table| carry(file, table, "", writer_handle))
}

/// Appends a table to its twin. Both are created by the same SQL, so SQLite copies the records without decoding them.
fn carry(file: &Path, table: &str, together: &str, writer_handle: &WriterHandle<'_>) -> Result<(), LibraryError> {
    let sql = format!("INSERT INTO main.next_{table} SELECT * FROM beside.{table} {together}");
    writer_handle.carry_beside(file, move |transaction| Ok(transaction.execute_batch(&sql)?))?.wait()
}

/// Creates the indexes of those twins for which `of` is true, each in a transaction of its own.
pub(super) fn raise_indexes(
    library: &Path,
    of: impl Fn(&str) -> bool,
    writer_handle: &WriterHandle<'_>,
) -> Result<(), LibraryError> {
    let mut indexes = entries(&connection::open_for_reading(library)?, "main")?;
    indexes.retain(|entry| !entry.is_table() && of(&entry.table));
    for sql in indexes.iter().filter_map(Entry::twin_sql) {
        writer_handle.carry(move |transaction| Ok(transaction.execute_batch(&sql)?))?.wait()?;
    }
    Ok(())
}

/// From here on, notes which renditions change: the twins may have been made from the state before.
pub(super) fn follow_pictures(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    Ok(transaction.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS repictured (event INTEGER PRIMARY KEY);
         DELETE FROM temp.repictured;
         CREATE TEMP TRIGGER IF NOT EXISTS picture_came AFTER INSERT ON main.renditions
            BEGIN INSERT OR IGNORE INTO repictured VALUES (new.event); END;
         CREATE TEMP TRIGGER IF NOT EXISTS picture_changed AFTER UPDATE ON main.renditions
            BEGIN INSERT OR IGNORE INTO repictured VALUES (new.event); END;",
    )?)
}

/// Chooses the shown pictures again for events whose renditions changed since [`follow_pictures`], and ends that.
pub(in crate::library) fn refresh_pictures(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    let mut select = transaction.prepare(
        "SELECT e.asset, e.id FROM temp.repictured r JOIN events e ON e.id = r.event WHERE e.asset IS NOT NULL",
    )?;
    let touched = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    pictures::refresh(transaction, &touched.collect::<Result<_, _>>()?)?;
    Ok(transaction.execute_batch(
        "DROP TRIGGER temp.picture_came; DROP TRIGGER temp.picture_changed; DROP TABLE temp.repictured;",
    )?)
}

/// What was set aside and is shown now lies behind those who follow the log. Call it when the tables have changed places.
pub(in crate::library) fn take_back_followers(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    let first = "SELECT min(delivery) FROM next_set_aside WHERE delivery NOT IN (SELECT delivery FROM set_aside)";
    let first: Option<DeliveryId> = transaction.query_row(first, [], |row| row.get(0))?;
    first.map_or(Ok(()), |first| followers::take_back(transaction, followers::THUMBNAILS, first))
}

/// Swaps the tables that are read with their twins. A second call undoes the first.
pub(in crate::library) fn swap_tables(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    let root_of = |name: &str| {
        transaction
            .query_row("SELECT rootpage FROM main.sqlite_schema WHERE name = ?1", [name], |row| row.get::<_, i64>(0))
    };
    let pairs: Vec<(Entry, i64)> = entries(transaction, "main")?
        .into_iter()
        .map(|entry| root_of(&entry.twin()).map(|root| (entry, root)))
        .collect::<Result<_, _>>()?;
    let version: i64 = transaction.pragma_query_value(None, "schema_version", |row| row.get(0))?;
    transaction.pragma_update(None, "writable_schema", true)?;
    {
        let mut update = transaction.prepare("UPDATE main.sqlite_schema SET rootpage = ?2 WHERE name = ?1")?;
        for (entry, twins_root) in &pairs {
            update.execute(params![entry.name, twins_root])?;
            update.execute(params![entry.twin(), entry.root])?;
        }
    }
    // Every connection, this one first, reads the schema anew.
    transaction.pragma_update(None, "schema_version", version + 1)?;
    transaction.execute_batch("PRAGMA writable_schema = RESET")?;
    Ok(())
}

/// Drops the twins, each table and index in a transaction of its own.
pub(super) fn take_down(library: &Path, writer_handle: &WriterHandle<'_>) -> Result<(), LibraryError> {
    for sql in drops(&connection::open_for_reading(library)?)? {
        writer_handle.carry(move |transaction| Ok(transaction.execute_batch(&sql)?))?.wait()?;
    }
    Ok(())
}

/// Drops all twins that an interrupted rebuild left.
pub(in crate::library) fn clear_away(connection: &Connection) -> Result<(), LibraryError> {
    drops(connection)?.iter().try_for_each(|sql| Ok(connection.execute_batch(sql)?))
}

fn drops(connection: &Connection) -> Result<Vec<String>, LibraryError> {
    let mut select = connection.prepare(
        "SELECT type, name FROM main.sqlite_schema WHERE name LIKE 'next\\_%' ESCAPE '\\' AND sql IS NOT NULL
         ORDER BY type",
    )?;
    let drops = select.query_map([], |row| {
        Ok(format!("DROP {} IF EXISTS \"{}\"", row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    Ok(drops.collect::<Result<_, _>>()?)
}
