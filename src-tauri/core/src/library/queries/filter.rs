//! Which assets to show: the language of searches (`search_language`), read, and the filters beside it.

use jiff::tz::TimeZone;

use crate::clock::Timestamp;
use crate::fotoware::{Change, FieldId};
use crate::library::queries::search_language;
use crate::library::store::comparable::Span;

/// Which assets to show: a search, and the filters beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// All of these must hold.
    pub clauses: Vec<Clause>,
    /// An archive by its exact name.
    pub archive: Option<String>,
    pub change: Option<Change>,
    pub status: Option<StatusFilter>,
    /// Something happened to the asset in this half-open span, by Fotoware's time.
    pub within: Option<(Timestamp, Timestamp)>,
    /// As it was at this moment, by Fotoware's time; `None` is now.
    pub at: Option<Timestamp>,
}

/// Terms of which one must hold. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Clause(pub Vec<Term>);

/// What a filter asks of an asset's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusFilter {
    Present,
    Deleted,
    /// A picture of it is missing.
    Missing,
}

impl StatusFilter {
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "present" => Self::Present,
            "deleted" => Self::Deleted,
            "missing" => Self::Missing,
            _ => return None,
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    pub negated: bool,
    pub what: Sought,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Sought {
    Text(Text),
    /// What a field says. Which field that is, the library knows.
    Field(FieldTerm),
    /// Part of an archive's name.
    Archive(String),
    Status(StatusFilter),
    Event(Change),
    /// The last event falls into this half-open span.
    Changed {
        from: Timestamp,
        until: Timestamp,
    },
    Doctype(String),
}

/// Text in one column of the index, or in any.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text {
    pub column: Option<&'static str>,
    pub words: String,
    /// The last word may not go on.
    pub whole: bool,
}

/// A value that is looked for in a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldTerm {
    pub field: FieldName,
    pub value: FieldValue,
    /// What is looked for instead if there is no such field, or if its values are nothing like this one.
    pub instead: Text,
}

/// How a search names a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FieldName {
    /// By Fotoware's number.
    Number(FieldId),
    /// By a label, as it was typed.
    Label(String),
}

/// What is asked of a field: the text, and all that it may mean as a number, a day or a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FieldValue {
    pub text: String,
    /// The last word may not go on, and it is text alone.
    pub quoted: bool,
    /// It is a range (`>=4`, `3..5`): its text is not looked for.
    pub is_range: bool,
    pub(in crate::library) numbers: Option<Span>,
    pub(in crate::library) days: Option<Span>,
    pub(in crate::library) moments: Option<Span>,
}

impl Filter {
    /// Reads a search. `now` and `zone` say what *today* is.
    pub fn parse(query: &str, now: Timestamp, zone: &TimeZone) -> Self {
        Self { clauses: search_language::read(query, now, zone), ..Self::default() }
    }

    /// Whether no asset is left out.
    pub fn is_everything(&self) -> bool {
        let Self { clauses, archive, change, status, within, at: _ } = self;
        clauses.is_empty() && archive.is_none() && change.is_none() && status.is_none() && within.is_none()
    }

    /// Whether it has nothing but clauses that are matched in the indexes of texts and fields.
    pub(in crate::library) fn is_matched_only(&self) -> bool {
        let Self { clauses, archive, change, status, within, at: _ } = self;
        let matched = clauses.iter().all(Clause::is_matched);
        matched && archive.is_none() && change.is_none() && status.is_none() && within.is_none()
    }

    /// Whether it asks for assets that changed in a span of time.
    pub(in crate::library) fn spans_of_time(&self) -> bool {
        let is_span = |term: &Term| matches!(term.what, Sought::Changed { .. });
        self.within.is_some() || self.clauses.iter().any(|clause| !clause.is_matched() && clause.0.iter().any(is_span))
    }

    /// All terms, whichever of them must hold.
    pub(in crate::library) fn terms(&self) -> impl Iterator<Item = &Term> {
        self.clauses.iter().flat_map(|clause| &clause.0)
    }
}

impl Clause {
    /// Whether it is matched asset by asset; all others are conditions of the gallery's own indexes.
    pub(in crate::library) fn is_matched(&self) -> bool {
        self.0.iter().any(|term| matches!(term.what, Sought::Text(_) | Sought::Field(_)))
    }
}
