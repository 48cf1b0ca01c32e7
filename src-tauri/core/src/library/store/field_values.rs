//! The tables of what fields say: `field_numbers` for ranges, `field_values` and `asset_values` for the values that
//! people choose from.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension, params};

use crate::fold::fold;
use crate::library::error::LibraryError;
use crate::library::store::comparable::Comparable;
use crate::library::store::ids::AssetId;
use crate::library::store::search_fields::SearchField;
use crate::library::store::searched::Searched;

/// The tables, which are made with the full-text index.
pub(in crate::library) const TABLES: [&str; 3] = ["field_numbers", "field_values", "asset_values"];

/// Brings the rows of an asset up to date. Only what differs is written.
pub(in crate::library) fn update(
    connection: &Connection,
    asset: AssetId,
    searched: &Searched<'_>,
) -> Result<(), LibraryError> {
    update_numbers(connection, asset, searched)?;
    update_values(connection, asset, searched)
}

fn update_numbers(connection: &Connection, asset: AssetId, searched: &Searched<'_>) -> Result<(), LibraryError> {
    let mut select = connection.prepare_cached("SELECT field, number FROM field_numbers WHERE asset = ?1")?;
    let known = select.query_map([asset], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let known: BTreeSet<(i64, i64)> = known.collect::<Result<_, _>>()?;
    let told = numbers_of(searched);
    let mut delete =
        connection.prepare_cached("DELETE FROM field_numbers WHERE asset = ?1 AND field = ?2 AND number = ?3")?;
    for (field, number) in known.difference(&told) {
        delete.execute(params![asset, field, number])?;
    }
    let mut insert =
        connection.prepare_cached("INSERT INTO field_numbers (asset, field, number) VALUES (?1, ?2, ?3)")?;
    for (field, number) in told.difference(&known) {
        insert.execute(params![asset, field, number])?;
    }
    Ok(())
}

fn numbers_of(searched: &Searched<'_>) -> BTreeSet<(i64, i64)> {
    let numbers = searched.numbers().chain(searched.arrival());
    numbers.map(|(field, Comparable(number))| (field.number(), number)).collect()
}

fn update_values(connection: &Connection, asset: AssetId, searched: &Searched<'_>) -> Result<(), LibraryError> {
    let mut select = connection.prepare_cached("SELECT vals FROM asset_values WHERE asset = ?1")?;
    let known: Option<String> = select.query_row([asset], |row| row.get(0)).optional()?;
    let known: BTreeSet<i64> = known.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default();
    let mut find = connection.prepare_cached("SELECT id FROM field_values WHERE field = ?1 AND folded = ?2")?;
    let mut insert =
        connection.prepare_cached("INSERT INTO field_values (field, folded, value, assets) VALUES (?1, ?2, ?3, 0)")?;
    let mut told = BTreeSet::new();
    for (field, value) in searched.values() {
        let (field, folded) = (field.number(), folded(value));
        let found = find.query_row(params![field, folded], |row| row.get(0)).optional()?;
        let id = if let Some(id) = found {
            id
        } else {
            insert.execute(params![field, folded, value.trim()])?;
            connection.last_insert_rowid()
        };
        told.insert(id);
    }
    if told == known {
        return Ok(());
    }
    let mut count = connection.prepare_cached("UPDATE field_values SET assets = assets + ?2 WHERE id = ?1")?;
    for id in told.difference(&known) {
        count.execute([*id, 1])?;
    }
    let mut forget = connection.prepare_cached("DELETE FROM field_values WHERE id = ?1 AND assets <= 0")?;
    for id in known.difference(&told) {
        count.execute([*id, -1])?;
        forget.execute([id])?;
    }
    let mut replace = connection.prepare_cached("INSERT OR REPLACE INTO asset_values (asset, vals) VALUES (?1, ?2)")?;
    replace.execute(params![asset, serde_json::to_string(&told)?])?;
    Ok(())
}

/// Writes the rows of many assets into empty tables: values are counted in memory, and written once.
#[derive(Default)]
pub(in crate::library) struct Filling {
    values: HashMap<(i64, String), Counted>,
}

struct Counted {
    id: i64,
    value: String,
    assets: i64,
}

impl Filling {
    pub(in crate::library) fn add(
        &mut self,
        connection: &Connection,
        asset: AssetId,
        searched: &Searched<'_>,
    ) -> Result<(), LibraryError> {
        let mut insert =
            connection.prepare_cached("INSERT INTO field_numbers (asset, field, number) VALUES (?1, ?2, ?3)")?;
        for (field, number) in numbers_of(searched) {
            insert.execute(params![asset, field, number])?;
        }
        let mut told = BTreeSet::new();
        for (field, value) in searched.values() {
            let next = self.values.len() as i64 + 1;
            let new = || Counted { id: next, value: value.trim().to_owned(), assets: 0 };
            let counted = self.values.entry((field.number(), folded(value))).or_insert_with(new);
            counted.assets += i64::from(told.insert(counted.id));
        }
        let mut insert = connection.prepare_cached("INSERT INTO asset_values (asset, vals) VALUES (?1, ?2)")?;
        insert.execute(params![asset, serde_json::to_string(&told)?])?;
        Ok(())
    }

    pub(in crate::library) fn finish(self, connection: &Connection) -> Result<(), LibraryError> {
        let mut values: Vec<_> = self.values.into_iter().collect();
        values.sort_unstable_by_key(|(_, counted)| counted.id);
        let mut insert = connection.prepare_cached(
            "INSERT INTO field_values (id, field, folded, value, assets) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for ((field, folded), Counted { id, value, assets }) in values {
            insert.execute(params![id, field, folded, value, assets])?;
        }
        Ok(())
    }
}

/// A value as it is compared.
pub(in crate::library) fn folded(value: &str) -> String {
    fold(value.trim())
}

/// Whether any asset has a short value in this field.
pub(in crate::library) fn is_met(connection: &Connection, field: SearchField) -> Result<bool, LibraryError> {
    let mut select = connection.prepare_cached("SELECT 1 FROM field_values WHERE field = ?1 LIMIT 1")?;
    Ok(select.exists([field.number()])?)
}
