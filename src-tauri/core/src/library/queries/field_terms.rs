//! Which field a term of a search means, and how its value is looked for there.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;
use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use crate::fotoware::{FieldId, default_label, known_fields};
use crate::library::error::LibraryError;
use crate::library::queries::filter::{FieldName, FieldTerm, FieldValue, Filter, Sought, Text};
use crate::library::queries::snapshot::FieldQueries;
use crate::library::store::comparable::Span;
use crate::library::store::field_values;
use crate::library::store::search_fields::{BYLINE, CAPTION, KEYWORDS, Property, RATING, SearchField, squeezed};
use crate::library::store::search_texts::Wanted;

/// A term of which it is told that it was looked for as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NotUnderstood {
    /// The name before the colon, as it was typed.
    pub name: String,
    /// Whether there is such a field: then it is the value that it cannot have.
    pub is_field: bool,
    /// What is looked for instead.
    pub text: String,
}

/// English words for fields that Fotoware calls otherwise.
const ALSO_CALLED: &[(&str, FieldId)] = &[
    ("author", BYLINE),
    ("photographer", BYLINE),
    ("by", BYLINE),
    ("description", CAPTION),
    ("keyword", KEYWORDS),
    ("tag", KEYWORDS),
    ("tags", KEYWORDS),
    ("stars", RATING),
];

/// Names that a search has for itself, where they are not a field's.
const OWN_NAMES: [&str; 6] = ["is", "state", "event", "changed", "archive", "type"];

/// All fields by their names, squeezed: by the user's labels, by those of the sites, and by the English ones.
pub(super) struct FieldNames(BTreeMap<String, BTreeSet<SearchField>>);

impl FieldNames {
    pub(super) fn read(connection: &Connection) -> Result<Self, LibraryError> {
        let mut names = Self(BTreeMap::new());
        for property in Property::all() {
            property.names().iter().for_each(|name| names.add(name, SearchField::Property(property)));
        }
        for id in known_fields() {
            names.add(default_label(id).unwrap_or_default(), SearchField::Metadata(id));
        }
        for (name, id) in ALSO_CALLED {
            names.add(name, SearchField::Metadata(*id));
        }
        let mut select =
            connection.prepare_cached("SELECT field, label FROM labels UNION SELECT field, label FROM field_names")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            names.add(row.get_ref(1)?.as_str().unwrap_or_default(), SearchField::Metadata(row.get(0)?));
        }
        Ok(names)
    }

    fn add(&mut self, name: &str, field: SearchField) {
        let name = squeezed(name);
        if !name.is_empty() {
            self.0.entry(name).or_default().insert(field);
        }
    }

    /// The fields of this name; several where sites call different fields alike.
    pub(super) fn of(&self, name: &FieldName) -> Vec<SearchField> {
        let label = match name {
            FieldName::Number(id) => return vec![SearchField::Metadata(*id)],
            FieldName::Label(label) => squeezed(label),
        };
        let fields: Vec<_> = self.0.get(&label).into_iter().flatten().copied().collect();
        // A field without a label is shown as `Field 815`.
        let nameless = label.strip_prefix("field").and_then(|number| number.parse().ok()).map(SearchField::Metadata);
        if fields.is_empty() { nameless.into_iter().collect() } else { fields }
    }

    /// Every field that has a name, each once.
    pub(super) fn all(&self) -> BTreeSet<SearchField> {
        self.0.values().flatten().copied().collect()
    }

    /// Whether a name means this field and no other.
    pub(super) fn is_of_one(&self, name: &str, field: SearchField) -> bool {
        self.0.get(&squeezed(name)).is_some_and(|fields| fields.iter().eq([&field]))
    }
}

/// One way to look for a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Probe {
    Words { wanted: Wanted, open: bool },
    Numbers { field: SearchField, span: Span },
}

impl Probe {
    pub(super) fn of_text(Text { column, words, whole }: &Text) -> Self {
        Self::Words { wanted: Wanted::of(words, *column), open: !whole }
    }

    /// Whatever finds the value of a field term; each is enough. Empty if there is no such field, or if it has no
    /// values like this one.
    pub(super) fn all_of(term: &FieldTerm, names: &FieldNames) -> Vec<Self> {
        names.of(&term.field).into_iter().flat_map(|field| in_field(field, &term.value)).collect()
    }
}

fn in_field(field: SearchField, value: &FieldValue) -> Vec<Probe> {
    let numbers = |field: SearchField, span: &Option<Span>| {
        span.clone().filter(|span| span.start < span.end).map(|span| Probe::Numbers { field, span })
    };
    let property = SearchField::Property;
    let text = match field {
        // It is indexed as people read it.
        SearchField::Property(Property::Address) => percent_decode_str(&value.text).decode_utf8_lossy(),
        _ => value.text.as_str().into(),
    };
    let words = || Probe::Words { wanted: Wanted::in_field(&text, field), open: !value.quoted };
    match field {
        field if field.is_of_time() => numbers(field, &value.moments).into_iter().collect(),
        field if field.is_of_number() => numbers(field, &value.numbers).into_iter().collect(),
        SearchField::Property(Property::Pixels) if value.is_range => {
            let sides = [property(Property::Width), property(Property::Height)];
            sides.into_iter().filter_map(|side| numbers(side, &value.numbers)).collect()
        }
        field if field.column().is_some() => vec![words()],
        field if value.is_range => {
            numbers(field, &value.numbers).into_iter().chain(numbers(field, &value.days)).collect()
        }
        // A day may be written in other ways than the user's.
        field if !value.quoted => [words()].into_iter().chain(numbers(field, &value.days)).collect(),
        _ => vec![words()],
    }
}

impl FieldQueries<'_> {
    /// The terms of a search that name no field, or a value that their field cannot have, in their order. They are
    /// looked for as text.
    pub fn not_understood(self, filter: &Filter) -> Result<Vec<NotUnderstood>, LibraryError> {
        let connection = self.0.connection;
        let terms = filter.terms().filter_map(|term| match &term.what {
            Sought::Field(term) => Some(term),
            Sought::Text(_)
            | Sought::Archive(_)
            | Sought::Status(_)
            | Sought::Event(_)
            | Sought::Changed { .. }
            | Sought::Doctype(_) => None,
        });
        let mut terms = terms.peekable();
        if terms.peek().is_none() {
            return Ok(Vec::new());
        }
        let names = FieldNames::read(connection)?;
        let mut told = Vec::new();
        for term in terms {
            let is_field = match &term.field {
                FieldName::Number(id) => {
                    default_label(*id).is_some() || field_values::is_met(connection, SearchField::Metadata(*id))?
                }
                FieldName::Label(label) => {
                    OWN_NAMES.contains(&squeezed(label).as_str()) || !names.of(&term.field).is_empty()
                }
            };
            // An address is no term.
            let is_address = term.value.text.starts_with("//");
            if !is_address && (!is_field || Probe::all_of(term, &names).is_empty()) {
                let name = match &term.field {
                    FieldName::Number(id) => format!("field:{id}"),
                    FieldName::Label(label) => label.clone(),
                };
                told.push(NotUnderstood { name, is_field, text: term.instead.words.clone() });
            }
        }
        Ok(told)
    }
}
