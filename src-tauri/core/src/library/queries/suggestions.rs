//! What a search may go on with while it is typed: fields by their names, then values with how many assets have them.

use rusqlite::{Connection, params};
use serde::Serialize;
use utoipa::ToSchema;

use crate::fold::{fold, is_word};
use crate::fotoware::{Change, FieldId};
use crate::library::error::LibraryError;
use crate::library::queries::field_names::Labels;
use crate::library::queries::field_terms::FieldNames;
use crate::library::queries::filter::FieldName;
use crate::library::queries::search_language::{self, OwnName};
use crate::library::queries::snapshot::FieldQueries;
use crate::library::store::search_fields::{BYLINE, CAPTION, KEYWORDS, Property, SearchField, TITLE, squeezed};

/// Fields that begin as what is typed, and values of fields that have it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Suggestions {
    pub fields: Vec<SuggestedField>,
    /// Those that most assets have come first.
    pub values: Vec<SuggestedValue>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestedField {
    /// What to type for it: `city:`, or `field:200=` where its label means others as well.
    pub term: String,
    pub label: String,
    /// Fotoware's number; null for what is no metadata field.
    pub number: Option<FieldId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestedValue {
    /// The whole term: `city:"New York"`.
    pub term: String,
    /// What its field is called.
    pub label: String,
    pub value: String,
    /// How many assets have it now; null where that is not counted.
    pub assets: Option<u64>,
}

/// How many fields and how many values are suggested.
const MOST: usize = 8;
/// How many values of a field are compared with what is typed. A field with more is one of texts and numbers, of which
/// nobody wants a list.
const COMPARED: i64 = 20_000;
/// Where a word without a field is looked for.
const USUAL: [SearchField; 12] = [
    SearchField::Metadata(BYLINE),
    SearchField::Metadata(KEYWORDS),
    SearchField::Metadata(90),
    SearchField::Metadata(95),
    SearchField::Metadata(101),
    SearchField::Metadata(110),
    SearchField::Metadata(115),
    SearchField::Metadata(300),
    SearchField::Metadata(820),
    SearchField::Property(Property::Archive),
    SearchField::Property(Property::Doctype),
    SearchField::Property(Property::Camera),
];

impl FieldQueries<'_> {
    /// Suggestions for one term as far as it is typed, such as `ci` or `city:new y`. A minus before it is ignored.
    pub fn suggestions(self, typed: &str) -> Result<Suggestions, LibraryError> {
        let connection = self.0.connection;
        let (key, text) = search_language::unfinished(typed);
        let (names, labels) = (FieldNames::read(connection)?, self.labels()?);
        let Some(key) = key else {
            let fields = fields_like(&text, &names, &labels);
            let values = if text.chars().nth(1).is_some() {
                values_of(connection, &USUAL, &text, &names, &labels)?
            } else {
                Vec::new()
            };
            return Ok(Suggestions { fields, values });
        };
        let own = match &key {
            FieldName::Label(label) => search_language::own_values(label).map(|values| (label, values)),
            FieldName::Number(_) => None,
        };
        let Some((label, values)) = own else {
            let values = values_of(connection, &names.of(&key), &text, &names, &labels)?;
            return Ok(Suggestions { fields: Vec::new(), values });
        };
        let typed = fold(&text);
        let values = values.into_iter().filter(|value| fold(value).starts_with(&typed)).map(|value| {
            let term = format!("{}:{value}", fold(label));
            SuggestedValue { term, label: label.clone(), value, assets: None }
        });
        Ok(Suggestions { fields: Vec::new(), values: values.collect() })
    }
}

impl FieldQueries<'_> {
    /// How a term for each of these fields begins, such as `city:` or `field:200=`, in their order.
    pub fn begun_terms(self, fields: impl Iterator<Item = FieldId>) -> Result<Vec<String>, LibraryError> {
        let (names, labels) = (FieldNames::read(self.0.connection)?, self.labels()?);
        Ok(fields.map(|id| names.term_of(SearchField::Metadata(id), &labels.of(id))).collect())
    }
}

/// Fields of which a word of the name begins as what is typed; those whose name begins so come first.
fn fields_like(typed: &str, names: &FieldNames, labels: &Labels) -> Vec<SuggestedField> {
    let typed = fold(typed.trim());
    if typed.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(bool, usize, SuggestedField)> = Vec::new();
    for field in names.all() {
        let called = called(field, labels);
        let rank = called.iter().filter_map(|name| {
            let name = fold(name);
            let begins = name.starts_with(&typed);
            let has = begins || name.split(|letter| !is_word(letter)).any(|word| word.starts_with(&typed));
            has.then_some((!begins, name.chars().count()))
        });
        if let Some((later, length)) = rank.min() {
            let label = called[0].clone();
            let number = match field {
                SearchField::Metadata(id) => Some(id),
                SearchField::Property(_) => None,
            };
            let term = names.term_of(field, &label);
            found.push((later, length, SuggestedField { term, label, number }));
        }
    }
    found.sort_by(|(later, length, one), (other_later, other_length, other)| {
        (later, length, &one.label).cmp(&(other_later, other_length, &other.label))
    });
    found.into_iter().take(MOST).map(|(.., field)| field).collect()
}

fn values_of(
    connection: &Connection,
    fields: &[SearchField],
    typed: &str,
    names: &FieldNames,
    labels: &Labels,
) -> Result<Vec<SuggestedValue>, LibraryError> {
    let typed = fold(typed.trim());
    let mut found: Vec<(i64, SearchField, String)> = Vec::new();
    let mut select = connection.prepare_cached(VALUES)?;
    for field in fields {
        let values = select.query_map(params![field.number(), typed, COMPARED, MOST as i64], |row| {
            Ok((row.get(1)?, *field, row.get(0)?))
        })?;
        found.extend(values.collect::<Result<Vec<_>, _>>()?);
    }
    found.sort_by(|(assets, _, value), (others, _, other)| others.cmp(assets).then_with(|| value.cmp(other)));
    found.truncate(MOST);
    let told = found.into_iter().map(|(assets, field, value)| {
        let label = called(field, labels).swap_remove(0);
        let term = value_term(&names.term_of(field, &label), &value);
        SuggestedValue { term, label, value, assets: u64::try_from(assets).ok() }
    });
    Ok(told.collect())
}

/// The values of a field of which a word begins as what is typed. What is compared stands in the index alone; rows are
/// read of those that are found.
const VALUES: &str = "SELECT v.value, v.assets FROM
        (SELECT id FROM (SELECT id, folded FROM field_values INDEXED BY field_values_by_text WHERE field = ?1 LIMIT ?3)
         WHERE substr(folded, 1, length(?2)) = ?2 OR instr(folded, ' ' || ?2)) f
     JOIN field_values v ON v.id = f.id ORDER BY v.assets DESC, v.folded LIMIT ?4";

/// A term for exactly this value. `field` is `city:` or `field:90=`.
pub(super) fn value_term(field: &str, value: &str) -> String {
    let is_plain = value.chars().all(|letter| letter.is_ascii_digit()) || matches!(field, "type:");
    if is_plain { format!("{field}{value}") } else { format!("{field}\"{}\"", value.replace('"', " ")) }
}

impl FieldNames {
    /// How a term for a field begins: by its label where that means this field alone, else by its number.
    pub(super) fn term_of(&self, field: SearchField, label: &str) -> String {
        let means_it = match search_language::own_name(&squeezed(label)) {
            Some(OwnName::Field(own)) => field == own,
            Some(OwnName::Filter) => false,
            None => self.is_of_one(label, field),
        };
        match field {
            SearchField::Property(Property::Archive) => "archive:".to_owned(),
            SearchField::Property(Property::Doctype) => "type:".to_owned(),
            _ if means_it && label.chars().all(char::is_alphabetic) => format!("{}:", label.to_lowercase()),
            _ if means_it && !label.contains('"') && label.starts_with(char::is_alphabetic) => format!("\"{label}\":"),
            // Their English names are theirs alone.
            SearchField::Property(property) => format!("\"{}\":", property.names()[0]),
            SearchField::Metadata(id) => format!("field:{id}="),
        }
    }
}

/// What a field is called: by its label first, then by names that a search also takes for it.
pub(super) fn called(field: SearchField, labels: &Labels) -> Vec<String> {
    match field {
        SearchField::Metadata(id) => {
            let name = labels.name(id);
            let english = crate::fotoware::default_label(id).map(str::to_owned);
            [name.label, name.default_label].into_iter().chain(english).collect()
        }
        SearchField::Property(property) => property.names().iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// The places that have names of their own in a search.
pub(super) fn field_of_column(column: &str) -> Option<SearchField> {
    Some(SearchField::Metadata(match column {
        "title" => TITLE,
        "caption" => CAPTION,
        "byline" => BYLINE,
        "keywords" => KEYWORDS,
        _ => return None,
    }))
}

/// The words of `event:`.
pub(super) fn events() -> Vec<String> {
    Change::ALL.iter().map(|change| change.as_str().replace('_', "-")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::query_plan::query_plan;

    #[test]
    fn values_are_compared_in_the_index_of_their_field_alone() {
        let dir = tempfile::tempdir().unwrap();
        let connection = crate::library::store::connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        let plan = query_plan(&connection, VALUES).join("; ");
        assert!(plan.contains("SEARCH field_values USING COVERING INDEX field_values_by_text (field=?)"), "{plan}");
        assert!(plan.contains("SEARCH v USING INTEGER PRIMARY KEY (rowid=?)"), "{plan}");
    }
}
