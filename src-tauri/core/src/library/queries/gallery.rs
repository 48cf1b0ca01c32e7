//! Which assets the gallery shows, in which order and shape. Each query is answered from one covering index.

use std::cmp::Reverse;
use std::ops::Range;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::library::error::LibraryError;
use crate::library::queries::conditions::{Condition, WITHIN_OF_ALL, WITHIN_OF_ONE, last_column};
use crate::library::queries::filter::Filter;
use crate::library::queries::snapshot::{GalleryQueries, Snapshot};
use crate::library::queries::text_matches::Matches;
use crate::library::store::ids::AssetId;

/// The order of the gallery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Order)]
pub enum Sort {
    #[default]
    Newest,
    Name,
}

/// One asset in the order of the gallery: enough to lay it out without reading the asset.
#[derive(Clone, Debug, PartialEq)]
pub struct GallerySlot {
    pub asset: AssetId,
    /// Width over height is 0.2 · 25^(ratio/255).
    pub ratio: u8,
    /// When its last event was created.
    pub last: Timestamp,
    /// First letter of its name in upper case, for headings; `#` if that is no letter, or if the order is not by name.
    pub initial: char,
}

impl GalleryQueries<'_> {
    /// Every asset that the filter leaves, in order.
    pub fn slots(self, filter: &Filter, sort: Sort) -> Result<Vec<GallerySlot>, LibraryError> {
        let Snapshot { connection, found_terms } = self.0;
        let matches = Matches::find(connection, found_terms, filter)?;
        let condition = Condition::of(connection, filter)?;
        if let Some(few) = matches.as_ref().and_then(|matches| matches.few(FEW_MATCHES)) {
            return sorted(connection, filter, sort, &condition, &few, matches.as_ref());
        }
        let mut select = connection.prepare_cached(&walk(sort, filter.at, &condition.sql, ""))?;
        let mut rows = select.query(params_from_iter(&condition.values))?;
        let mut slots = Vec::new();
        while let Some(row) = rows.next()? {
            let place = GallerySlot::read(row, sort)?;
            if is_match(matches.as_ref(), place.asset)? {
                slots.push(place);
            }
        }
        Ok(slots)
    }

    /// A page of the gallery, and the number of assets on all pages. Faster than [`Self::slots`], except where a
    /// search that matches many is narrowed by a filter: then all that match are walked past.
    pub fn page(
        self,
        filter: &Filter,
        sort: Sort,
        offset: usize,
        limit: usize,
    ) -> Result<(Vec<AssetId>, usize), LibraryError> {
        let Snapshot { connection, found_terms } = self.0;
        let condition = Condition::of(connection, filter)?;
        let Some(matches) = Matches::find(connection, found_terms, filter)? else {
            return page_without_texts(connection, filter, sort, &condition, offset..offset.saturating_add(limit));
        };
        if let Some(few) = matches.few(FEW_MATCHES) {
            let slots = sorted(connection, filter, sort, &condition, &few, Some(&matches))?;
            let page = slots.iter().skip(offset).take(limit).map(|place| place.asset).collect();
            return Ok((page, slots.len()));
        }
        let counted =
            if filter.is_matched_only() { Some(count_matches(connection, filter.at, &matches)?) } else { None };
        let mut select = connection.prepare_cached(&walk(sort, filter.at, &condition.sql, ""))?;
        let mut rows = select.query(params_from_iter(&condition.values))?;
        let (mut page, mut met) = (Vec::new(), 0);
        while let Some(row) = rows.next()?
            && (counted.is_none() || page.len() < limit)
        {
            let asset = row.get(0)?;
            if matches.contains(asset)? {
                if met >= offset && page.len() < limit {
                    page.push(asset);
                }
                met += 1;
            }
        }
        Ok((page, counted.unwrap_or(met)))
    }
}

fn page_without_texts(
    connection: &Connection,
    filter: &Filter,
    sort: Sort,
    Condition { sql: condition, values }: &Condition,
    slice: Range<usize>,
) -> Result<(Vec<AssetId>, usize), LibraryError> {
    let mut count = connection.prepare_cached(&counting(filter, condition))?;
    let bound = count.parameter_count();
    let total: i64 = count.query_row(params_from_iter(&values[..bound]), |row| row.get(0))?;
    let sql = if sort == Sort::Name && filter.at.is_some() && total < FEW {
        sort_few(condition)
    } else {
        walk(sort, filter.at, condition, "LIMIT ? OFFSET ?")
    };
    let mut select = connection.prepare_cached(&sql)?;
    let slice = [slice.len(), slice.start].map(|number| Value::from(i64::try_from(number).unwrap_or(i64::MAX)));
    let page = select.query_map(params_from_iter(values.iter().chain(&slice)), |row| row.get(0))?;
    Ok((page.collect::<Result<_, _>>()?, total as usize))
}

/// How many assets match a search that has texts only.
fn count_matches(connection: &Connection, at: Option<Timestamp>, matches: &Matches<'_>) -> Result<usize, LibraryError> {
    let Some(at) = at else {
        let assets: i64 = connection.prepare_cached(ASSETS)?.query_row([], |row| row.get(0))?;
        return Ok(matches.count_now(assets as usize));
    };
    let mut select = connection.prepare_cached(BEGUN)?;
    let mut rows = select.query([at.0])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += usize::from(matches.contains(row.get(0)?)?);
    }
    Ok(count)
}

const ASSETS: &str = "SELECT coalesce(sum(assets), 0) FROM asset_counts";
const BEGUN: &str = "SELECT asset FROM moments INDEXED BY moments_first WHERE nth = 0 AND from_ms <= ?1";

/// Up to so many matches, looking each up and sorting is faster than walking past all assets.
const FEW_MATCHES: usize = 2_000;

/// Looks up a few assets and sorts those that match.
fn sorted(
    connection: &Connection,
    filter: &Filter,
    sort: Sort,
    condition: &Condition,
    few: &[AssetId],
    matches: Option<&Matches<'_>>,
) -> Result<Vec<GallerySlot>, LibraryError> {
    let mut select = connection.prepare_cached(&look_up(filter.at, &condition.sql))?;
    let mut found = Vec::new();
    for asset in few {
        if !is_match(matches, *asset)? {
            continue;
        }
        let mut rows = select.query(params_from_iter(condition.values.iter().chain([&Value::from(asset.0)])))?;
        if let Some(row) = rows.next()? {
            let place = GallerySlot::read(row, sort)?;
            let key = match sort {
                Sort::Newest => (Reverse(place.last.0), String::new()),
                Sort::Name => (Reverse(0), row.get::<_, String>(3)?),
            };
            found.push((key, row.get::<_, String>(4)?, place));
        }
    }
    found.sort_unstable_by(|(one, one_id, _), (other, other_id, _)| (one, one_id).cmp(&(other, other_id)));
    Ok(found.into_iter().map(|(.., place)| place).collect())
}

/// SQL for one asset, with the columns of [`walk`] and its name and public id.
fn look_up(at: Option<Timestamp>, condition: &str) -> String {
    let (columns, table, id) = match at {
        None => ("id, ratio, last_ms", "assets", "id"),
        Some(_) => ("asset, ratio, from_ms", "moments", "asset"),
    };
    let condition = condition.replace(WITHIN_OF_ALL, WITHIN_OF_ONE).replace("{id}", &format!("{table}.{id}"));
    let and = if condition.is_empty() { "WHERE".to_owned() } else { format!("{condition} AND") };
    format!("SELECT {columns}, name_key, public_id FROM {table} {and} {id} = ?")
}

fn is_match(matches: Option<&Matches<'_>>, asset: AssetId) -> Result<bool, LibraryError> {
    matches.map_or(Ok(true), |matches| matches.contains(asset))
}

impl GallerySlot {
    /// From a row that begins with id, ratio, last event and name.
    fn read(row: &Row<'_>, sort: Sort) -> Result<Self, LibraryError> {
        let initial = match sort {
            Sort::Newest => '#',
            Sort::Name => row.get_ref(3)?.as_str().unwrap_or_default().chars().next().map_or('#', initial_of),
        };
        Ok(Self { asset: row.get(0)?, ratio: row.get(1)?, last: Timestamp(row.get(2)?), initial })
    }
}

/// Up to so many, sorting by name is faster than a walk by name past all later rows.
const FEW: i64 = 512;

/// SQL for id, ratio, last event and name. Now it walks through `assets`; as of a moment through `moments`, where at
/// most one row of each asset spans that moment.
fn walk(sort: Sort, at: Option<Timestamp>, condition: &str, limit: &str) -> String {
    let (columns, table) = match at {
        None => ("id, ratio, last_ms", "assets"),
        Some(_) => ("asset, ratio, from_ms", "moments"),
    };
    match sort {
        Sort::Newest => {
            let last = last_column(at);
            format!(
                "SELECT {columns}, '' FROM {table} INDEXED BY {table}_newest {condition}
                 ORDER BY {last} DESC, public_id {limit}"
            )
        }
        Sort::Name => format!(
            "SELECT {columns}, name_key FROM {table} INDEXED BY {table}_by_name {condition}
             ORDER BY name_key, public_id {limit}"
        ),
    }
}

/// SQL for a page by name, sorted instead of walked.
fn sort_few(condition: &str) -> String {
    format!(
        "SELECT asset FROM moments INDEXED BY moments_newest {condition} ORDER BY name_key, public_id LIMIT ? OFFSET ?"
    )
}

/// SQL for the number of assets. As of a moment without any filter, it counts the assets that had begun.
fn counting(filter: &Filter, condition: &str) -> String {
    match filter.at {
        None if filter.spans_of_time() => format!("SELECT count(*) FROM assets {condition}"),
        None => format!("{ASSETS} {condition}"),
        Some(_) if filter.is_everything() => {
            "SELECT count(*) FROM moments INDEXED BY moments_first WHERE nth = 0 AND from_ms <= ?".to_owned()
        }
        Some(_) => format!("SELECT count(*) FROM moments INDEXED BY moments_newest {condition}"),
    }
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
        let queries = [
            "",
            "is:deleted",
            "event:renamed archive:press",
            "changed:today -type:movie",
            "is:deleted OR -changed:today OR archive:press",
        ];
        let now = Timestamp(1_772_000_000_000);
        let asked = queries.iter().flat_map(|query| [(query, None), (query, Some(now))]);
        for (query, at, within) in asked.flat_map(|(query, at)| [(query, at, None), (query, at, Some((now, now)))]) {
            let filter = Filter {
                archive: (!query.is_empty()).then(|| "All files".into()),
                within,
                at,
                ..Filter::parse(query, now, &TimeZone::UTC)
            };
            let Condition { sql: condition, values } = Condition::of(&connection, &filter).unwrap();
            let table = if at.is_some() { "moments" } else { "assets" };
            let plan = plan_of(&look_up(at, &condition), &values);
            let found = if at.is_some() { "PRIMARY KEY (asset=?)" } else { "INTEGER PRIMARY KEY (rowid=?)" };
            assert!(plan.starts_with("SEARCH") && plan.contains(found), "{query}: {plan}");
            assert!(!plan.contains("moments_newest"), "one asset's own events: {plan}");
            for sort in [Sort::Newest, Sort::Name] {
                let plan = plan_of(&walk(sort, at, &condition, "LIMIT 200"), &values);
                assert!(plan.contains(&format!("USING COVERING INDEX {table}_")), "{query}: {plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{query}: {plan}");
                if within.is_some() {
                    let span = "SEARCH w USING COVERING INDEX moments_newest (from_ms>? AND from_ms<?)";
                    assert!(plan.contains(span), "the events of the span alone: {plan}");
                }
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
