//! Groups of values that a search can be narrowed by, with how many of the assets that it finds have each.

use fixedbitset::FixedBitSet;
use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use crate::library::error::LibraryError;
use crate::library::queries::field_terms::FieldNames;
use crate::library::queries::gallery::GallerySlot;
use crate::library::queries::snapshot::FieldQueries;
use crate::library::queries::suggestions::{called, value_term};
use crate::library::store::search_fields::{BYLINE, KEYWORDS, Property, RATING, SearchField};

/// A field with its most frequent values among the assets of a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Facet {
    /// A word for it that does not depend on what it is called.
    pub name: FacetName,
    pub label: String,
    /// Those that most assets have come first; ratings come from the highest down.
    pub values: Vec<FacetValue>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FacetName {
    Archive,
    Type,
    Byline,
    Keyword,
    Rating,
    Colour,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetValue {
    pub value: String,
    /// The term that narrows a search to it.
    pub term: String,
    pub assets: u64,
}

/// How many values of a field are told.
const MOST: usize = 12;

const FACETS: [(FacetName, SearchField); 6] = [
    (FacetName::Archive, SearchField::Property(Property::Archive)),
    (FacetName::Type, SearchField::Property(Property::Doctype)),
    (FacetName::Byline, SearchField::Metadata(BYLINE)),
    (FacetName::Keyword, SearchField::Metadata(KEYWORDS)),
    (FacetName::Rating, SearchField::Metadata(RATING)),
    (FacetName::Colour, SearchField::Property(Property::ColourSpace)),
];

/// Up to this share of all assets, looking each up is faster than reading past all.
const FEW: usize = 8;

impl FieldQueries<'_> {
    /// The facets of all assets, or of those that a search found. They are of now: what values an earlier moment had is
    /// not counted. Facets without values are left out.
    pub fn facets(self, found: Option<&[GallerySlot]>) -> Result<Vec<Facet>, LibraryError> {
        let connection = self.0.connection;
        let (names, labels) = (FieldNames::read(connection)?, self.labels()?);
        let counted = found.map(|found| count(connection, found)).transpose()?;
        let mut facets = Vec::new();
        for (name, field) in FACETS {
            let mut values = values_of(connection, field, counted.as_deref())?;
            values.sort_by(|(value, assets), (other, others)| match name {
                FacetName::Rating => other.cmp(value),
                _ => others.cmp(assets).then_with(|| value.cmp(other)),
            });
            values.truncate(MOST);
            if values.is_empty() {
                continue;
            }
            let label = called(field, &labels).swap_remove(0);
            let term = names.term_of(field, &label);
            let told = values.into_iter().map(|(value, assets)| {
                let term = value_term(&term, &value);
                FacetValue { value, term, assets }
            });
            facets.push(Facet { name, label, values: told.collect() });
        }
        Ok(facets)
    }
}

/// The values of a field that any of the assets has, with their numbers: of all assets where nothing is `counted`.
fn values_of(
    connection: &Connection,
    field: SearchField,
    counted: Option<&[u32]>,
) -> Result<Vec<(String, u64)>, LibraryError> {
    let mut values = Vec::new();
    let Some(counted) = counted else {
        let mut select = connection.prepare_cached(OF_ALL)?;
        let rows = select
            .query_map([field.number(), MOST as i64], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
        return Ok(rows.collect::<Result<_, _>>()?);
    };
    let mut select = connection.prepare_cached(IDS)?;
    let ids = select.query_map([field.number()], |row| row.get::<_, i64>(0))?;
    let mut met: Vec<(u32, i64)> = Vec::new();
    for id in ids {
        let id = id?;
        let assets = usize::try_from(id).ok().and_then(|id| counted.get(id)).copied().unwrap_or_default();
        if assets > 0 {
            met.push((assets, id));
        }
    }
    met.sort_unstable_by_key(|(assets, id)| (std::cmp::Reverse(*assets), *id));
    let mut value = connection.prepare_cached("SELECT value FROM field_values WHERE id = ?1")?;
    for (assets, id) in met.into_iter().take(MOST) {
        values.push((value.query_row([id], |row| row.get(0))?, u64::from(assets)));
    }
    Ok(values)
}

const OF_ALL: &str = "SELECT value, assets FROM field_values INDEXED BY field_values_by_text WHERE field = ?1
     ORDER BY assets DESC, folded LIMIT ?2";
const IDS: &str = "SELECT id FROM field_values INDEXED BY field_values_by_text WHERE field = ?1";

/// How many of the assets have each value, by the value's number.
fn count(connection: &Connection, found: &[GallerySlot]) -> Result<Vec<u32>, LibraryError> {
    let assets: i64 = connection
        .prepare_cached("SELECT coalesce(sum(assets), 0) FROM asset_counts")?
        .query_row([], |row| row.get(0))?;
    let mut counted: Vec<u32> = Vec::new();
    if found.len() < assets as usize / FEW {
        let mut select = connection.prepare_cached("SELECT vals FROM asset_values WHERE asset = ?1")?;
        for slot in found {
            let mut rows = select.query([slot.asset])?;
            if let Some(row) = rows.next()? {
                tally(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?, &mut counted);
            }
        }
        return Ok(counted);
    }
    let mut wanted = FixedBitSet::new();
    for slot in found {
        wanted.grow_and_insert(slot.asset.0 as usize);
    }
    let mut select = connection.prepare_cached("SELECT asset, vals FROM asset_values")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        if wanted.contains(row.get::<_, i64>(0)? as usize) {
            tally(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?, &mut counted);
        }
    }
    Ok(counted)
}

/// Counts each number of a JSON list of whole numbers. A parser of any JSON would take most of the time of a facet.
fn tally(list: &str, counted: &mut Vec<u32>) {
    let mut number: Option<usize> = None;
    for letter in list.bytes() {
        if letter.is_ascii_digit() {
            number = Some(number.unwrap_or_default() * 10 + usize::from(letter - b'0'));
        } else if let Some(id) = number.take() {
            if id >= counted.len() {
                counted.resize(id + 1, 0);
            }
            counted[id] += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::query_plan::query_plan;

    #[test]
    fn what_is_counted_is_each_number_of_the_list() {
        let mut counted = Vec::new();
        for list in ["[]", "[1,3]", "[3]"] {
            tally(list, &mut counted);
        }
        assert_eq!(counted, [0, 1, 0, 2]);
    }

    #[test]
    fn the_values_of_a_field_are_read_from_its_index() {
        let dir = tempfile::tempdir().unwrap();
        let connection = crate::library::store::connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        for (sql, index) in [(OF_ALL, "USING INDEX"), (IDS, "USING COVERING INDEX")] {
            let plan = &query_plan(&connection, sql)[0];
            assert!(plan.contains(&format!("SEARCH field_values {index} field_values_by_text (field=?)")), "{plan}");
        }
    }
}
