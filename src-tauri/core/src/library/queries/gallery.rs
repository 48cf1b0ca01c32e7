//! The gallery's questions: which assets, in which order, of which shape. Each is answered from one covering index.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::clock::Moment;
use crate::library::error::LibraryError;
use crate::library::queries::filter::{Filter, Sought, Standing, Term};
use crate::library::queries::text_matches::Matches;
use crate::library::store::asset_states;
use crate::library::store::ids::AssetId;

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
    let now = if filter.at.is_none() { Matches::find(connection, &filter.terms)? } else { None };
    let (condition, values) = condition(filter);
    let mut select = connection.prepare_cached(&walk(sort, filter.at, &condition, ""))?;
    let mut rows = select.query(params_from_iter(values))?;
    let mut places = Vec::new();
    let mut changed_since = Vec::new();
    while let Some(row) = rows.next()? {
        let asset: AssetId = row.get(0)?;
        if now.as_ref().is_some_and(|matches| !matches.contains(asset)) {
            continue;
        }
        let name_key = row.get_ref(3)?.as_str().unwrap_or_default();
        let initial = name_key.chars().next().map_or('#', initial_of);
        places.push(Place { asset, ratio: row.get(1)?, last: Moment(row.get(2)?), initial });
        if filter.at.is_some() && row.get::<_, i64>(4)? != asset_states::NOW {
            changed_since.push(asset);
        }
    }
    if let Some(at) = filter.at
        && let Some(matches) = Matches::find_then(connection, &filter.terms, at, &changed_since)?
    {
        places.retain(|place| matches.contains(place.asset));
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
    let mut count = connection.prepare_cached(&counting(filter, &condition))?;
    let bound = count.parameter_count();
    let total: i64 = count.query_row(params_from_iter(&values[..bound]), |row| row.get(0))?;
    let sql = if sort == Sort::Name && filter.at.is_some() && total < FEW {
        sort_few(&condition)
    } else {
        walk(sort, filter.at, &condition, "LIMIT ? OFFSET ?")
    };
    let mut select = connection.prepare_cached(&sql)?;
    let slice = [limit, offset].map(|number| Value::from(i64::try_from(number).unwrap_or(i64::MAX)));
    let page = select.query_map(params_from_iter(values.iter().chain(&slice)), |row| row.get(0))?;
    let page = page.collect::<Result<_, _>>()?;
    Ok(Some((page, total as usize)))
}

/// So few are sorted by name faster than they are met on a walk by name, past all that was later.
const FEW: i64 = 512;

/// Id, ratio, last event, name, and as of a moment also the end of the span. Now it is a walk through assets, then
/// through moments: of each asset at most one row spans a moment.
fn walk(sort: Sort, at: Option<Moment>, condition: &str, limit: &str) -> String {
    let (columns, table) = match at {
        None => ("id, ratio, last_ms", "assets"),
        Some(_) => ("asset, ratio, from_ms", "moments"),
    };
    let until = if at.is_some() { ", until_ms" } else { "" };
    match sort {
        Sort::Newest => {
            let last = last_column(at);
            format!(
                "SELECT {columns}, ''{until} FROM {table} INDEXED BY {table}_newest {condition}
                 ORDER BY {last} DESC, public_id {limit}"
            )
        }
        Sort::Name => format!(
            "SELECT {columns}, name_key{until} FROM {table} INDEXED BY {table}_by_name {condition}
             ORDER BY name_key, public_id {limit}"
        ),
    }
}

/// By name, of few: sorted instead of walked to.
fn sort_few(condition: &str) -> String {
    format!(
        "SELECT asset FROM moments INDEXED BY moments_newest {condition} ORDER BY name_key, public_id LIMIT ? OFFSET ?"
    )
}

/// How many there are. Without any choice, as many as had begun.
fn counting(filter: &Filter, condition: &str) -> String {
    match filter.at {
        None => format!("SELECT count(*) FROM assets {condition}"),
        Some(_) if filter.is_everything() => {
            "SELECT count(*) FROM moments INDEXED BY moments_first WHERE nth = 0 AND from_ms <= ?".to_owned()
        }
        Some(_) => format!("SELECT count(*) FROM moments INDEXED BY moments_newest {condition}"),
    }
}

fn last_column(at: Option<Moment>) -> &'static str {
    if at.is_some() { "from_ms" } else { "last_ms" }
}

/// The filter without its texts, as SQL over the columns that the indexes carry.
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
    let last = last_column(filter.at);
    if let Some(at) = filter.at {
        add(false, "from_ms <= ?", vec![at.0.into()]);
        add(false, "until_ms > ?", vec![at.0.into()]);
    }
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
                add(*negated, &format!("{last} >= ? AND {last} < ?"), vec![from.0.into(), until.0.into()]);
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

    /// Every question of the gallery walks one covering index and sorts nothing, now and then.
    #[test]
    fn the_gallery_reads_covering_indexes_only() {
        let dir = tempfile::tempdir().unwrap();
        let connection = crate::library::store::connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        let plan_of = |sql: &str, values: &[Value]| {
            let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let bound: Vec<_> = values
                .iter()
                .cloned()
                .chain(std::iter::repeat(Value::from(9)))
                .take(explain.parameter_count())
                .collect();
            let plan = explain.query_map(params_from_iter(bound), |row| row.get::<_, String>(3)).unwrap();
            plan.collect::<Result<Vec<_>, _>>().unwrap().join("; ")
        };
        let queries = ["", "is:deleted", "event:renamed archive:press", "changed:today -type:movie"];
        let now = Moment(1_772_000_000_000);
        for (query, at) in queries.iter().flat_map(|query| [(query, None), (query, Some(now))]) {
            let filter = Filter {
                archive: (!query.is_empty()).then(|| "All files".into()),
                at,
                ..Filter::parse(query, now, &TimeZone::UTC)
            };
            let (condition, values) = condition(&filter);
            let table = if at.is_some() { "moments" } else { "assets" };
            for sort in [Sort::Newest, Sort::Name] {
                let plan = plan_of(&walk(sort, at, &condition, "LIMIT 200"), &values);
                assert!(plan.contains(&format!("USING COVERING INDEX {table}_")), "{query}: {plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{query}: {plan}");
                if at.is_some() && sort == Sort::Newest {
                    assert!(
                        plan.starts_with("SEARCH") && plan.contains("from_ms<?)"),
                        "it begins at the moment: {plan}"
                    );
                }
            }
            if at.is_some() {
                let plan = plan_of(&counting(&filter, &condition), &values);
                assert!(plan.contains("COVERING INDEX"), "{query}: {plan}");
                assert!(plan.starts_with("SEARCH"), "nothing later is counted: {plan}");
                let plan = plan_of(&sort_few(&condition), &values);
                assert!(plan.contains("SEARCH moments USING INDEX moments_newest (from_ms"), "{plan}");
            }
        }
    }
}
