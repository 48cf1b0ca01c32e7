//! The gallery's questions: which assets, in which order, of which shape. Each is answered from one covering index.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::query::{Filter, Sought, Standing, Term};
use super::search::Matches;
use super::{AssetId, LibraryError};
use crate::clock::Moment;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    #[default]
    Newest,
    Name,
}

/// One place in the gallery: enough to lay it out without reading the asset.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub asset: AssetId,
    /// Width over height, see `assets::byte_to_ratio`.
    pub ratio: u8,
    /// When its last event was created.
    pub last: Moment,
    /// First letter of its name, for headings.
    pub initial: char,
}

/// Every asset that the filter leaves, in order.
pub fn places(connection: &Connection, filter: &Filter, sort: Sort) -> Result<Vec<Place>, LibraryError> {
    let matches = Matches::find(connection, &filter.terms)?;
    let (condition, values) = condition(filter);
    let mut select = connection.prepare_cached(&walk(sort, &condition, ""))?;
    let mut rows = select.query(params_from_iter(values))?;
    let mut places = Vec::new();
    while let Some(row) = rows.next()? {
        let asset: AssetId = row.get(0)?;
        if matches.as_ref().is_none_or(|matches| matches.contains(asset.0)) {
            let name_key = row.get_ref(3)?.as_str().unwrap_or_default();
            let initial = name_key.chars().next().map_or('#', initial_of);
            places.push(Place { asset, ratio: row.get(1)?, last: Moment(row.get(2)?), initial });
        }
    }
    Ok(places)
}

/// A page of the gallery without walking past the rest, and how many there are in all. `None` if the filter looks for
/// text: then [`places`] must be asked.
pub fn page(
    connection: &Connection,
    filter: &Filter,
    sort: Sort,
    offset: usize,
    limit: usize,
) -> Result<Option<(Vec<AssetId>, usize)>, LibraryError> {
    if filter.terms.iter().any(|term| matches!(term.what, Sought::Text { .. })) {
        return Ok(None);
    }
    let (condition, values) = condition(filter);
    let mut select = connection.prepare_cached(&walk(sort, &condition, "LIMIT ? OFFSET ?"))?;
    let slice = [limit, offset].map(|number| Value::from(i64::try_from(number).unwrap_or(i64::MAX)));
    let page = select.query_map(params_from_iter(values.iter().chain(&slice)), |row| row.get(0))?;
    let page = page.collect::<Result<_, _>>()?;
    let mut count = connection.prepare_cached(&format!("SELECT count(*) FROM assets {condition}"))?;
    let total: i64 = count.query_row(params_from_iter(values), |row| row.get(0))?;
    Ok(Some((page, total as usize)))
}

fn walk(sort: Sort, condition: &str, limit: &str) -> String {
    match sort {
        Sort::Newest => format!(
            "SELECT id, ratio, last_ms, '' FROM assets INDEXED BY assets_newest {condition}
             ORDER BY last_ms DESC, public_id {limit}"
        ),
        Sort::Name => format!(
            "SELECT id, ratio, last_ms, name_key FROM assets INDEXED BY assets_by_name {condition}
             ORDER BY name_key, public_id {limit}"
        ),
    }
}

/// The filter without its texts, as SQL over the columns that both indexes carry.
fn condition(filter: &Filter) -> (String, Vec<Value>) {
    let mut parts: Vec<String> = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let mut add = |negated: bool, part: &str, with: Vec<Value>| {
        parts.push(if negated { format!("NOT ({part})") } else { part.to_owned() });
        values.extend(with);
    };
    let standing = |standing: Standing| match standing {
        Standing::Present => "state = 'present'",
        Standing::Deleted => "state = 'deleted'",
        Standing::Missing => "picture = 'missing'",
    };
    if let Some(archive) = &filter.archive {
        add(false, "archive = ?", vec![archive.clone().into()]);
    }
    if let Some(change) = filter.change {
        add(false, "change = ?", vec![change.as_str().to_owned().into()]);
    }
    if let Some(chosen) = filter.standing {
        add(false, standing(chosen), Vec::new());
    }
    for Term { negated, what } in &filter.terms {
        match what {
            Sought::Text { .. } => {}
            Sought::Archive(name) => add(*negated, "instr(lower(archive), lower(?)) > 0", vec![name.clone().into()]),
            Sought::Standing(chosen) => add(*negated, standing(*chosen), Vec::new()),
            Sought::Event(change) => add(*negated, "change = ?", vec![change.as_str().to_owned().into()]),
            Sought::Changed { from, until } => {
                add(*negated, "last_ms >= ? AND last_ms < ?", vec![from.0.into(), until.0.into()]);
            }
            Sought::Doctype(doctype) => add(*negated, "doctype = ?", vec![doctype.clone().into()]),
        }
    }
    let condition = if parts.is_empty() { String::new() } else { format!("WHERE {}", parts.join(" AND ")) };
    (condition, values)
}

fn initial_of(letter: char) -> char {
    if letter.is_alphabetic() { letter.to_uppercase().next().unwrap_or(letter) } else { '#' }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    /// Every question of the gallery walks one covering index and sorts nothing.
    #[test]
    fn the_gallery_reads_covering_indexes_only() {
        let dir = tempfile::tempdir().unwrap();
        let connection = super::super::connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        let queries = ["", "is:deleted", "event:renamed archive:press", "changed:today -type:movie"];
        for query in queries {
            let filter = Filter {
                archive: Some("All files".into()),
                ..Filter::parse(query, Moment(1_772_000_000_000), &TimeZone::UTC)
            };
            let (condition, values) = condition(&filter);
            for sort in [Sort::Newest, Sort::Name] {
                let sql = format!("EXPLAIN QUERY PLAN {}", walk(sort, &condition, "LIMIT 200"));
                let mut explain = connection.prepare(&sql).unwrap();
                let plan: Vec<String> = explain
                    .query_map(params_from_iter(values.clone()), |row| row.get(3))
                    .unwrap()
                    .collect::<Result<_, _>>()
                    .unwrap();
                let plan = plan.join("; ");
                assert!(plan.contains("USING COVERING INDEX assets_"), "{query}: {plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{query}: {plan}");
            }
        }
    }
}
