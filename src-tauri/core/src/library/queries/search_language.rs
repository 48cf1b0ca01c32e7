//! The language of the search field and of `--query`.
//!
//! Words must all occur, each may go on (`harb` finds *harbour*); `"in quotes"` is a phrase; `-word` must not occur;
//! `one OR other`. `byline:`, `caption:`, `keywords:`, `title:`, `filename:` look in one place; `archive:`, `is:`,
//! `event:`, `changed:` and `type:` filter. Every other `name:` is a field, by its label or by `field:number=`. What is no
//! such term is looked for as text: a search never fails.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::clock::Timestamp;
use crate::fold::fold;
use crate::fotoware::Change;
use crate::library::queries::filter::{Clause, FieldName, FieldTerm, Sought, StatusFilter, Term, Text};
use crate::library::queries::ranges;
use crate::library::queries::suggestions::{events, field_of_column};
use crate::library::store::search_fields::{SearchField, squeezed};

/// Reads a search: clauses that must all hold. `now` and `zone` say what *today* is.
pub(super) fn read(query: &str, now: Timestamp, zone: &TimeZone) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    let raw = split(query);
    let (mut either, count) = (false, raw.len());
    for (nth, term) in raw.into_iter().enumerate() {
        if term.is_or() && nth > 0 && nth + 1 < count && !either {
            either = true;
            continue;
        }
        let Some(term) = term.read(now, zone) else { continue };
        match clauses.last_mut().filter(|_| either) {
            Some(clause) => clause.0.push(term),
            None => clauses.push(Clause(vec![term])),
        }
        either = false;
    }
    clauses
}

/// A term as it was typed.
#[derive(Debug, Default)]
struct RawTerm {
    negated: bool,
    key: Option<Key>,
    text: String,
    quoted: bool,
}

/// What stands before the colon.
#[derive(Debug)]
struct Key {
    name: String,
    quoted: bool,
}

impl Key {
    /// Only letters, as the names of places and filters are.
    fn is_plain(&self) -> bool {
        !self.quoted && self.name.chars().all(char::is_alphabetic)
    }

    /// Fotoware's number of a field follows.
    fn is_number(&self) -> bool {
        self.name.eq_ignore_ascii_case("field")
    }
}

impl RawTerm {
    fn is_or(&self) -> bool {
        self.text == "OR" && !self.negated && !self.quoted && self.key.is_none()
    }

    fn read(self, now: Timestamp, zone: &TimeZone) -> Option<Term> {
        let Self { negated, key, text, quoted } = self;
        let what = match key {
            None => text_in(None, text, quoted),
            Some(key) => match column_of(&squeezed(&key.name)) {
                Some(column) => text_in(Some(column), text, quoted),
                None => filter(&key, &text, now, zone).or_else(|| field(&key, &text, quoted, now, zone)),
            },
        }?;
        Some(Term { negated, what })
    }
}

/// Text in one place of the index or in any; `None` if there is no text.
fn text_in(column: Option<&'static str>, words: String, whole: bool) -> Option<Sought> {
    has_anything(&words).then_some(Sought::Text(Text { column, words, whole }))
}

/// The column of a name that a search has for a place of its own; the name is squeezed.
fn column_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "filename" | "name" | "file" | "earliernames" | "formernames" => "filename",
        "title" => "title",
        "caption" | "description" => "caption",
        "byline" | "by" => "byline",
        "keywords" | "keyword" | "tags" | "tag" => "keywords",
        _ => return None,
    })
}

/// What a name means that a search has for itself.
pub(super) enum OwnName {
    Field(SearchField),
    Filter,
}

/// `None` for a name that the search leaves to fields. The name is squeezed.
pub(super) fn own_name(name: &str) -> Option<OwnName> {
    match name {
        "is" | "state" | "event" | "changed" | "archive" | "archives" | "type" | "field" => Some(OwnName::Filter),
        name => column_of(name).map(|column| field_of_column(column).map_or(OwnName::Filter, OwnName::Field)),
    }
}

/// The values of a name that has few.
pub(super) fn own_values(name: &str) -> Option<Vec<String>> {
    let words = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
    match squeezed(name).as_str() {
        "is" | "state" => words(&["present", "deleted", "missing"]),
        "changed" => words(&["today", "yesterday"]),
        "event" => Some(events()),
        _ => None,
    }
}

/// One term as far as it is typed: its name, if there is a colon after it, and the text.
pub(super) fn unfinished(typed: &str) -> (Option<FieldName>, String) {
    let RawTerm { key, text, .. } = cut(typed).pop().unwrap_or_default();
    let Some(key) = key else { return (None, text) };
    match by_number(&text).filter(|_| key.is_number()) {
        Some((number, asked)) => (Some(FieldName::Number(number)), asked.to_owned()),
        None => (Some(FieldName::Label(key.name)), text),
    }
}

fn filter(key: &Key, text: &str, now: Timestamp, zone: &TimeZone) -> Option<Sought> {
    match squeezed(&key.name).as_str() {
        "archive" | "archives" => Some(Sought::Archive(text.to_owned())),
        "is" | "state" => match squeezed(text).as_str() {
            "inthearchive" => Some(Sought::Status(StatusFilter::Present)),
            word => StatusFilter::parse(word).map(Sought::Status),
        },
        "event" => Change::parse(&text.replace('-', "_")).map(Sought::Event),
        "type" => Some(Sought::Doctype(text.to_lowercase())),
        "changed" => {
            let today = jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone()).date();
            let day = match text {
                "today" => today,
                "yesterday" => today.checked_sub(1.day()).ok()?,
                date => date.parse::<Date>().ok()?,
            };
            let start = |day: Date| Some(Timestamp(day.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond()));
            Some(Sought::Changed { from: start(day)?, until: start(day.checked_add(1.day()).ok()?)? })
        }
        _ => None,
    }
}

fn field(key: &Key, text: &str, quoted: bool, now: Timestamp, zone: &TimeZone) -> Option<Sought> {
    // As it was looked for before it was a field.
    let as_text = if key.is_plain() { format!("{} {text}", fold(&key.name)) } else { format!("{}:{text}", key.name) };
    if !has_anything(&as_text) {
        return None;
    }
    let instead = Text { column: None, words: as_text, whole: quoted || key.quoted };
    let (field, asked) = match by_number(text).filter(|_| key.is_number()) {
        Some((number, asked)) => (FieldName::Number(number), asked),
        None => (FieldName::Label(key.name.clone()), text),
    };
    if !has_anything(asked) {
        return None;
    }
    Some(Sought::Field(FieldTerm { field, value: ranges::read(asked, quoted, now, zone), instead }))
}

/// `90=Røros`, and `320>=4`, whose sign belongs to the value.
fn by_number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, asked) = (text[..end].parse().ok()?, &text[end..]);
    match asked.strip_prefix('=') {
        Some(asked) => Some((number, asked)),
        None => asked.starts_with(['<', '>']).then_some((number, asked)),
    }
}

/// The terms of a query, without those that have no text.
fn split(query: &str) -> Vec<RawTerm> {
    let mut terms = cut(query);
    // A dash that nothing follows is a sign like others.
    for dash in
        terms.iter_mut().filter(|term| term.negated && term.text.is_empty() && !term.quoted && term.key.is_none())
    {
        *dash = RawTerm { text: "-".to_owned(), ..RawTerm::default() };
    }
    terms.retain(|term| !term.text.is_empty());
    terms
}

/// Cuts at spaces outside quotes. `key:` and `"long key":` belong to what follows them. Never empty.
fn cut(query: &str) -> Vec<RawTerm> {
    let mut terms = Vec::new();
    let mut term = RawTerm::default();
    let mut in_quotes = false;
    for letter in query.chars() {
        match letter {
            '"' => {
                in_quotes = !in_quotes;
                term.quoted = true;
            }
            ' ' | '\t' | '\n' | '\u{3000}' if !in_quotes => terms.push(std::mem::take(&mut term)),
            '-' if !in_quotes && !term.negated && !term.quoted && term.key.is_none() && term.text.is_empty() => {
                term.negated = true;
            }
            ':' if !in_quotes && term.key.is_none() && is_name(&term.text) => {
                let name = std::mem::take(&mut term.text);
                term.key = Some(Key { name, quoted: std::mem::take(&mut term.quoted) });
            }
            other => term.text.push(other),
        }
    }
    terms.push(term);
    terms
}

/// Fields have names that begin with a letter: `12:30` is a time.
fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_alphabetic)
}

/// A text of spaces alone is none. Signs are looked for as words are.
fn has_anything(text: &str) -> bool {
    text.chars().any(|letter| !letter.is_whitespace() && !letter.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clauses(query: &str) -> Vec<Clause> {
        read(query, Timestamp::parse("2026-03-04T12:00:00Z").unwrap(), &TimeZone::UTC)
    }

    fn parse(query: &str) -> Vec<Term> {
        clauses(query).into_iter().flat_map(|clause| clause.0).collect()
    }

    fn text(column: Option<&'static str>, text: &str, whole: bool) -> Sought {
        Sought::Text(Text { column, words: text.into(), whole })
    }

    fn field(query: &str) -> FieldTerm {
        match parse(query).remove(0).what {
            Sought::Field(term) => term,
            other => panic!("{query}: {other:?}"),
        }
    }

    #[test]
    fn words_phrases_places_and_negations() {
        let terms = parse("harb \"at dawn\" byline:solberg -sea caption:\"leaving Vardø\"");
        let sought: Vec<_> = terms.iter().map(|term| term.what.clone()).collect();
        assert_eq!(
            sought,
            [
                text(None, "harb", false),
                text(None, "at dawn", true),
                text(Some("byline"), "solberg", false),
                text(None, "sea", false),
                text(Some("caption"), "leaving Vardø", true),
            ]
        );
        assert_eq!(terms.iter().filter(|term| term.negated).count(), 1);
    }

    #[test]
    fn filters_are_told_from_text() {
        assert_eq!(parse("is:deleted")[0].what, Sought::Status(StatusFilter::Deleted));
        assert_eq!(parse("event:new-version")[0].what, Sought::Event(Change::NewVersion));
        assert_eq!(parse("12:30")[0].what, text(None, "12:30", false));
        assert!(parse(" \"\" \" \" title: \0").is_empty(), "nothing to look for is no term");
        let signs: Vec<_> = parse("- : * C++ 🚤 title:?").into_iter().map(|term| term.what).collect();
        let expected = ["-", ":", "*", "C++", "🚤"].map(|sign| text(None, sign, false));
        assert_eq!(signs[..5], expected, "signs are looked for");
        assert_eq!(signs[5], text(Some("title"), "?", false));
    }

    #[test]
    fn what_is_no_field_is_looked_for_as_it_ever_was() {
        for (query, instead, whole) in [
            ("is:beautiful", "is beautiful", false),
            ("Foo:\"a b\"", "foo a b", true),
            ("\"some words\":here", "some words:here", true),
            ("https://example.test/a", "https //example.test/a", false),
            ("field:90", "field 90", false),
            ("a-b:c", "a-b:c", false),
        ] {
            assert_eq!(field(query).instead, Text { column: None, words: instead.into(), whole }, "{query}");
        }
    }

    #[test]
    fn a_field_is_named_by_a_label_or_a_number() {
        assert_eq!(field("city:Røros").field, FieldName::Label("city".into()));
        assert_eq!(field("-\"Created date\":2026").field, FieldName::Label("Created date".into()));
        assert!(parse("-\"Created date\":2026")[0].negated);
        assert_eq!(field("Province/State:Troms").field, FieldName::Label("Province/State".into()));
        let by_number = field("field:90=\"New York\"");
        assert_eq!((by_number.field, by_number.value.text.as_str()), (FieldName::Number(90), "New York"));
        assert!(by_number.value.quoted);
        let by_number = field("field:320>=4");
        assert_eq!((by_number.field, by_number.value.is_range), (FieldName::Number(320), true));
    }

    #[test]
    fn one_of_several_is_enough() {
        let sizes = |query: &str| clauses(query).iter().map(|clause| clause.0.len()).collect::<Vec<_>>();
        assert_eq!(sizes("a OR b c"), [2, 1]);
        assert_eq!(sizes("a OR b OR -c d"), [3, 1]);
        assert_eq!(sizes("a or b"), [1, 1, 1], "a small or is a word");
        assert_eq!(sizes("\"a\" \"OR\" b"), [1, 1, 1]);
        assert_eq!(sizes("OR a"), [1, 1], "nothing stands before it");
        assert_eq!(sizes("a OR"), [1, 1], "nothing follows it");
        assert_eq!(sizes("a OR OR b"), [2, 1], "the second is a word");
    }

    #[test]
    fn today_is_a_day_where_the_user_is() {
        let now = Timestamp::parse("2026-03-04T23:30:00Z").unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let Sought::Changed { from, until } = &read("changed:today", now, &zone)[0].0[0].what else { panic!() };
        assert_eq!(
            (from.to_string(), until.to_string()),
            ("2026-03-04T23:00:00.000Z".into(), "2026-03-05T23:00:00.000Z".into())
        );
    }
}
