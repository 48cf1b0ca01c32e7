//! The tables beside those that are read, and how the two change places.
//!
//! Each table of the projection gets a twin, made by the same words under the name `next_…`; each index likewise. To
//! change places they swap their root pages in SQLite's own schema. That is one short transaction however large they
//! are, names and plans stay as they were, and other connections read the schema anew as after any other change of it.

use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params, params_from_iter};

use super::log::Log;
use super::shard::Shard;
use super::{Convoy, Dock};
use crate::library::{AssetId, EventId, LibraryError, assets, connection, moments};

/// A table of the projection. A new one joins the rebuild by its line here.
struct Table {
    name: &'static str,
    /// How rows of several shards become one, where each asset's own rows are not simply put together.
    together: Option<&'static str>,
}

const fn rows(name: &'static str) -> Table {
    Table { name, together: None }
}

const TABLES: &[Table] = &[
    rows("events"),
    rows("changes"),
    rows("changed_fields"),
    rows("assets"),
    rows("asset_fields"),
    rows("moments"),
    Table { name: "hours", together: Some("SELECT hour, sum(events) FROM hours GROUP BY hour") },
    Table {
        name: "labels",
        together: Some(
            "SELECT field, label, created_ms FROM (SELECT *, row_number() OVER
                (PARTITION BY field ORDER BY created_ms DESC, label DESC) AS nth FROM labels) WHERE nth = 1",
        ),
    },
];

/// Known once the log is read.
const KEYS: &str = "identity_keys";

/// What the full-text indexes consist of.
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

/// By which the projection finds its own rows while it makes them. All others are made at the end.
const NEEDED_ON_THE_WAY: &[&str] = &["assets_by_cluster"];

fn names() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|table| table.name).chain([KEYS]).chain(INDEX.iter().copied())
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

/// Tables and indexes of the projection that are read, in the order in which they were made.
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

/// Makes the empty twins.
pub(super) fn lay_out(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    clear_away(transaction)?;
    for table in entries(transaction, "main")?.iter().filter(|entry| entry.is_table()) {
        transaction.execute_batch(&table.twin_sql().unwrap_or_default())?;
    }
    Ok(())
}

/// Makes the projection's tables, as the attached `library` has them, in a file of their own.
pub(super) fn same_tables(connection: &Connection) -> Result<(), LibraryError> {
    let wanted = |entry: &&Entry| {
        TABLES.iter().any(|table| table.name == entry.name) || NEEDED_ON_THE_WAY.contains(&entry.name.as_str())
    };
    for entry in entries(connection, "library")?.iter().filter(wanted) {
        connection.execute_batch(entry.sql.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

/// A portion is about so large: the writer has it in some ten milliseconds.
const PORTION_BYTES: usize = 1 << 20;

pub(super) fn carry_rows(shards: &[Shard], dock: &Dock<'_>) -> Result<(), LibraryError> {
    let connection = Connection::open_in_memory()?;
    for (number, shard) in shards.iter().enumerate() {
        connection.execute(&format!("ATTACH ?1 AS shard{number}"), [shard.path.to_string_lossy()])?;
    }
    for table in TABLES {
        let name = table.name;
        let all: Vec<_> = (0..shards.len()).map(|number| format!("SELECT * FROM shard{number}.{name}")).collect();
        connection.execute_batch(&format!("CREATE TEMP VIEW {name} AS {}", all.join(" UNION ALL ")))?;
        let key = key_of(&connection, "shard0", name)?;
        let select = table.together.map_or_else(|| format!("SELECT * FROM {name}"), str::to_owned);
        carry(&connection, &format!("{select} ORDER BY {key}"), name, dock)?;
    }
    Ok(())
}

/// Writes down to which cluster each identity key belongs.
pub(super) fn carry_keys(log: &Log, dock: &Dock<'_>) -> Result<(), LibraryError> {
    const PORTION: usize = 16_384;
    let mut convoy = Convoy::default();
    for portion in log.keys().chunks(PORTION) {
        let keys = portion.to_vec();
        convoy.join(dock.carry(Box::new(move |transaction| {
            let mut insert =
                transaction.prepare_cached(&format!("INSERT INTO next_{KEYS} (key, cluster) VALUES (?1, ?2)"))?;
            keys.iter().try_for_each(|(key, cluster)| insert.execute(params![key.to_bytes(), cluster]).map(drop))?;
            Ok(())
        }))?)?;
    }
    convoy.arrive()
}

pub(super) fn carry_index(file: &Path, dock: &Dock<'_>) -> Result<(), LibraryError> {
    let connection = Connection::open(file)?;
    for name in INDEX {
        let key = key_of(&connection, "main", name)?;
        carry(&connection, &format!("SELECT * FROM {name} ORDER BY {key}"), name, dock)?;
    }
    Ok(())
}

fn key_of(connection: &Connection, schema: &str, table: &str) -> Result<String, LibraryError> {
    let mut select = connection.prepare("SELECT name FROM pragma_table_info(?1, ?2) WHERE pk > 0 ORDER BY pk")?;
    let columns = select.query_map([table, schema], |row| row.get(0))?;
    Ok(columns.collect::<Result<Vec<String>, _>>()?.join(", "))
}

/// Reads rows in the order of their key and lets the writer append them to the twin.
fn carry(connection: &Connection, select: &str, table: &str, dock: &Dock<'_>) -> Result<(), LibraryError> {
    let mut select = connection.prepare(select)?;
    let width = select.column_count();
    let places = vec!["?"; width].join(", ");
    let insert = format!("INSERT INTO next_{table} VALUES ({places})");
    let mut rows = select.query([])?;
    let mut convoy = Convoy::default();
    let (mut portion, mut bytes, mut more) = (Vec::new(), 0, true);
    while more {
        more = match rows.next()? {
            Some(row) => {
                for column in 0..width {
                    let value: Value = row.get(column)?;
                    bytes += size_of(&value);
                    portion.push(value);
                }
                true
            }
            None => false,
        };
        if bytes >= PORTION_BYTES || !more {
            bytes = 0;
            let (insert, values) = (insert.clone(), std::mem::take(&mut portion));
            if table == "events" {
                dock.progress.step(values.len() / width)?;
            }
            convoy.join(dock.carry(Box::new(move |transaction| {
                let mut insert = transaction.prepare_cached(&insert)?;
                values.chunks(width).try_for_each(|row| insert.execute(params_from_iter(row)).map(drop))?;
                Ok(())
            }))?)?;
        }
    }
    convoy.arrive()
}

fn size_of(value: &Value) -> usize {
    8 + match value {
        Value::Text(text) => text.len(),
        Value::Blob(bytes) => bytes.len(),
        _ => 0,
    }
}

/// Makes the twins' indexes, each in a transaction of its own.
pub(super) fn raise_indexes(library: &Path, dock: &Dock<'_>) -> Result<(), LibraryError> {
    let indexes = entries(&connection::open_for_reading(library)?, "main")?;
    for sql in indexes.iter().filter(|entry| !entry.is_table()).filter_map(Entry::twin_sql) {
        dock.carry(Box::new(move |transaction| Ok(transaction.execute_batch(&sql)?)))?.wait()?;
    }
    Ok(())
}

/// From here on it is noted which pictures change: the twins know only how they stood.
pub(in crate::library) fn follow_pictures(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    Ok(transaction.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS repictured (event INTEGER PRIMARY KEY);
         DELETE FROM temp.repictured;
         CREATE TEMP TRIGGER IF NOT EXISTS picture_came AFTER INSERT ON main.renditions
            BEGIN INSERT OR IGNORE INTO repictured VALUES (new.event); END;
         CREATE TEMP TRIGGER IF NOT EXISTS picture_changed AFTER UPDATE ON main.renditions
            BEGIN INSERT OR IGNORE INTO repictured VALUES (new.event); END;",
    )?)
}

/// What was projected before a picture changed chooses again.
pub(in crate::library) fn refresh_pictures(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    let mut select = transaction.prepare(
        "SELECT e.asset, e.id FROM temp.repictured r JOIN events e ON e.id = r.event WHERE e.asset IS NOT NULL",
    )?;
    let touched = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (asset, event) in touched.collect::<Result<Vec<(AssetId, EventId)>, _>>()? {
        assets::choose_pictures(transaction, asset)?;
        moments::choose_pictures(transaction, asset, event)?;
    }
    Ok(transaction.execute_batch(
        "DROP TRIGGER temp.picture_came; DROP TRIGGER temp.picture_changed; DROP TABLE temp.repictured;",
    )?)
}

/// The tables that are read and their twins swap what they hold. Done twice, all is as it was.
pub(in crate::library) fn trade_places(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
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
pub(super) fn take_down(library: &Path, dock: &Dock<'_>) -> Result<(), LibraryError> {
    for sql in drops(&connection::open_for_reading(library)?)? {
        dock.carry(Box::new(move |transaction| Ok(transaction.execute_batch(&sql)?)))?.wait()?;
    }
    Ok(())
}

/// Drops whatever twins there are: an earlier rebuild was cut off.
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
