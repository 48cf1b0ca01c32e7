//! The language of the search field and of `--query`.
//!
//! Words must all occur, each may go on (`harb` finds *harbour*); `"in quotes"` is a phrase; `-word` must not occur.
//! `byline:`, `caption:`, `keywords:`, `title:`, `filename:` look in one place; `archive:`, `is:`, `event:`, `changed:`
//! and `type:` filter. What is no such term is looked for as text: a search never fails.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::clock::Timestamp;
use crate::fold::fold;
use crate::fotoware::Change;

/// Which assets to show: a search, and the filters beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    pub terms: Vec<Term>,
    /// An archive by its exact name.
    pub archive: Option<String>,
    pub change: Option<Change>,
    pub status: Option<StatusFilter>,
    /// Something happened to the asset in this half-open span, by Fotoware's time.
    pub within: Option<(Timestamp, Timestamp)>,
    /// As it was at this moment, by Fotoware's time; `None` is now.
    pub at: Option<Timestamp>,
}

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
    /// Text in one column of the index, or in any.
    Text {
        column: Option<&'static str>,
        text: String,
        whole: bool,
    },
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

impl Filter {
    /// Reads a search. `now` and `zone` say what *today* is.
    pub fn parse(query: &str, now: Timestamp, zone: &TimeZone) -> Self {
        let terms = split(query).into_iter().filter_map(|raw| raw.read(now, zone)).collect();
        Self { terms, ..Self::default() }
    }

    /// Whether no asset is left out.
    pub fn is_everything(&self) -> bool {
        let Self { terms, archive, change, status, within, at: _ } = self;
        terms.is_empty() && archive.is_none() && change.is_none() && status.is_none() && within.is_none()
    }

    /// Whether it has nothing but texts.
    pub(in crate::library) fn is_texts_only(&self) -> bool {
        let Self { terms, archive, change, status, within, at: _ } = self;
        let texts = terms.iter().all(|term| matches!(term.what, Sought::Text { .. }));
        texts && archive.is_none() && change.is_none() && status.is_none() && within.is_none()
    }

    /// Whether it asks for assets that changed in a span of time.
    pub(in crate::library) fn spans_of_time(&self) -> bool {
        self.within.is_some() || self.terms.iter().any(|term| matches!(term.what, Sought::Changed { .. }))
    }
}

/// A term as it was typed.
#[derive(Debug, Default)]
struct RawTerm {
    negated: bool,
    key: Option<String>,
    text: String,
    quoted: bool,
}

impl RawTerm {
    fn read(self, now: Timestamp, zone: &TimeZone) -> Option<Term> {
        let Self { negated, key, text, quoted } = self;
        let known = key.as_deref().and_then(|key| sought(key, &text, quoted, now, zone));
        let what = known.or_else(|| {
            let text = match key {
                Some(key) => format!("{key} {text}"),
                None => text,
            };
            has_anything(&text).then_some(Sought::Text { column: None, text, whole: quoted })
        })?;
        Some(Term { negated, what })
    }
}

fn sought(key: &str, text: &str, quoted: bool, now: Timestamp, zone: &TimeZone) -> Option<Sought> {
    let column = match key {
        "filename" | "name" | "file" => Some("filename"),
        "title" => Some("title"),
        "caption" | "description" => Some("caption"),
        "byline" | "by" => Some("byline"),
        "keywords" | "keyword" | "tags" | "tag" => Some("keywords"),
        _ => None,
    };
    if column.is_some() {
        let text = text.to_owned();
        return has_anything(&text).then_some(Sought::Text { column, text, whole: quoted });
    }
    match key {
        "archive" => Some(Sought::Archive(text.to_owned())),
        "is" => StatusFilter::parse(text).map(Sought::Status),
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

/// Splits at spaces outside quotes. `key:` belongs to what follows it.
fn split(query: &str) -> Vec<RawTerm> {
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
            ':' if !in_quotes
                && term.key.is_none()
                && !term.text.is_empty()
                && term.text.chars().all(char::is_alphabetic)
                && !term.quoted =>
            {
                term.key = Some(fold(&std::mem::take(&mut term.text)));
            }
            other => term.text.push(other),
        }
    }
    terms.push(term);
    // A dash that nothing follows is a sign like others.
    for dash in
        terms.iter_mut().filter(|term| term.negated && term.text.is_empty() && !term.quoted && term.key.is_none())
    {
        *dash = RawTerm { text: "-".to_owned(), ..RawTerm::default() };
    }
    terms.retain(|term| !term.text.is_empty());
    terms
}

/// A text of spaces alone is none. Signs are looked for as words are.
fn has_anything(text: &str) -> bool {
    text.chars().any(|letter| !letter.is_whitespace() && !letter.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Vec<Term> {
        let now = Timestamp::parse("2026-03-04T12:00:00Z").unwrap();
        Filter::parse(query, now, &TimeZone::UTC).terms
    }

    fn text(column: Option<&'static str>, text: &str, whole: bool) -> Sought {
        Sought::Text { column, text: text.into(), whole }
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
        assert_eq!(parse("is:beautiful")[0].what, text(None, "is beautiful", false));
        assert_eq!(parse("12:30")[0].what, text(None, "12:30", false));
        assert!(parse(" \"\" \" \" title: \0").is_empty(), "nothing to look for is no term");
        let signs: Vec<_> = parse("- : * C++ 🚤 title:?").into_iter().map(|term| term.what).collect();
        let expected = ["-", ":", "*", "C++", "🚤"].map(|sign| text(None, sign, false));
        assert_eq!(signs[..5], expected, "signs are looked for");
        assert_eq!(signs[5], text(Some("title"), "?", false));
    }

    #[test]
    fn today_is_a_day_where_the_user_is() {
        let now = Timestamp::parse("2026-03-04T23:30:00Z").unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let Sought::Changed { from, until } = &Filter::parse("changed:today", now, &zone).terms[0].what else {
            panic!()
        };
        assert_eq!(
            (from.to_string(), until.to_string()),
            ("2026-03-04T23:00:00.000Z".into(), "2026-03-05T23:00:00.000Z".into())
        );
    }
}
