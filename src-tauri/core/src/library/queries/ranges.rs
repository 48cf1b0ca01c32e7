//! What the value of a field term may mean besides its text: `>=4`, `3..5`, `2026-03..2026-05`, `>20MB`, `today`.

use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, civil};

use crate::clock::Timestamp;
use crate::library::queries::filter::FieldValue;
use crate::library::store::comparable::{Comparable, Span};

/// Reads a value. What is in quotes is text for a field that has texts, whatever it looks like.
pub(super) fn read(text: &str, quoted: bool, now: Timestamp, zone: &TimeZone) -> FieldValue {
    let bounds = Bounds::of(text);
    let days = bounds.span(|bound| days(bound, now, zone), Comparable::of_day);
    let moments = bounds.span(|bound| moments(bound, now, zone), Comparable::of_whole);
    FieldValue {
        text: text.to_owned(),
        quoted,
        is_range: bounds.is_range && !quoted,
        numbers: bounds.span(numbers, |number: Comparable| number).map(|span| {
            let highest = Comparable::ABOVE_NUMBERS;
            span.start.max(Comparable::LOWEST_NUMBER)..span.end.min(highest)
        }),
        days: days.map(|span| span.start.max(Comparable::LOWEST_DAY)..span.end.min(Comparable::ABOVE_DAYS)),
        moments: moments.map(|span| span.start.max(Comparable::LOWEST_NUMBER)..span.end.min(Comparable::ABOVE_NUMBERS)),
    }
}

/// The two ends of a range as they were typed.
struct Bounds<'a> {
    is_range: bool,
    lower: Option<Bound<'a>>,
    upper: Option<Bound<'a>>,
}

struct Bound<'a> {
    text: &'a str,
    /// Whether what it says belongs to the range itself.
    within: bool,
}

impl<'a> Bounds<'a> {
    fn of(text: &'a str) -> Self {
        let bound = |text: &'a str, within| Some(Bound { text: text.trim(), within });
        let range = |lower, upper| Self { is_range: true, lower, upper };
        if let Some(text) = text.strip_prefix(">=").or_else(|| text.strip_prefix('≥')) {
            range(bound(text, true), None)
        } else if let Some(text) = text.strip_prefix("<=").or_else(|| text.strip_prefix('≤')) {
            range(None, bound(text, true))
        } else if let Some(text) = text.strip_prefix('>') {
            range(bound(text, false), None)
        } else if let Some(text) = text.strip_prefix('<') {
            range(None, bound(text, false))
        } else if let Some((lower, upper)) = text.split_once("..").filter(|ends| *ends != ("", "")) {
            let end = |text: &'a str| if text.is_empty() { None } else { bound(text, true) };
            range(end(lower), end(upper))
        } else {
            Self { is_range: false, lower: bound(text, true), upper: bound(text, true) }
        }
    }

    /// The range, if both of its ends can be read. `read` says what is the first of a bound, and what follows it.
    fn span<T>(&self, read: impl Fn(&str) -> Option<Range<T>>, comparable: impl Fn(T) -> Comparable) -> Option<Span> {
        let start = match &self.lower {
            None => Comparable(i64::MIN),
            Some(Bound { text, within: true }) => comparable(read(text)?.start),
            Some(Bound { text, within: false }) => comparable(read(text)?.end),
        };
        let end = match &self.upper {
            None => Comparable(i64::MAX),
            Some(Bound { text, within: true }) => comparable(read(text)?.end),
            Some(Bound { text, within: false }) => comparable(read(text)?.start),
        };
        Some(start..end)
    }
}

/// `4`, `2.5`, and with a unit of bytes or pixels `20MB`, `4000px`. With a unit it is as exact as it is written: `20MB`
/// is all that is shown as that.
fn numbers(text: &str) -> Option<Range<Comparable>> {
    let end = text.rfind(|letter: char| letter.is_ascii_digit())? + 1;
    let (digits, unit) = text.split_at(end);
    let digits = digits.replace(',', ".");
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "px" | "b" | "byte" | "bytes" => None,
        "kb" | "k" => Some(1e3),
        "mb" | "m" => Some(1e6),
        "gb" | "g" => Some(1e9),
        "tb" | "t" => Some(1e12),
        _ => return None,
    };
    let number: f64 = digits.parse().ok()?;
    let Some(factor) = factor else {
        let number = Comparable::of_number(number)?;
        return Some(number..number.next());
    };
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len().min(9));
    let half = factor / 2.0 / 10_f64.powi(decimals as i32);
    Some(Comparable::of_number(number * factor - half)?..Comparable::of_number(number * factor + half)?)
}

/// `2026`, `2026-03`, `2026-03-04`, `today`, `yesterday`: the first day, and the one that follows the last.
fn days(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Range<Date>> {
    let today = || Some(jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone()).date());
    let (first, span) = match text.to_lowercase().as_str() {
        "today" => (today()?, 1.day()),
        "yesterday" => (today()?.checked_sub(1.day()).ok()?, 1.day()),
        other => {
            let parts: Vec<&str> = other.split('-').collect();
            let is_date =
                parts[0].len() == 4 && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
            if !is_date {
                return None;
            }
            let part = |nth: usize| parts.get(nth).map_or(Some(1), |part| part.parse::<i8>().ok());
            let first = civil::Date::new(parts[0].parse().ok()?, part(1)?, part(2)?).ok()?;
            (
                first,
                match parts.len() {
                    1 => 1.year(),
                    2 => 1.month(),
                    3 => 1.day(),
                    _ => return None,
                },
            )
        }
    };
    Some(first..first.checked_add(span).ok()?)
}

/// The same days where the user is, or one moment as the API writes it, in milliseconds since 1970.
fn moments(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Range<i64>> {
    if let Some(days) = days(text, now, zone) {
        let start = |day: Date| Some(day.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond());
        return Some(start(days.start)?..start(days.end)?);
    }
    let moment = Timestamp::parse(text)?.0;
    Some(moment..moment + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn value(text: &str) -> FieldValue {
        read(text, false, Timestamp::parse("2026-03-04T12:00:00Z").unwrap(), &TimeZone::UTC)
    }

    fn has(text: &str, number: i64) -> bool {
        value(text).numbers.is_some_and(|span| span.contains(&Comparable::of_whole(number)))
    }

    #[test]
    fn ranges_of_numbers_have_the_ends_that_they_name() {
        for (text, within, without) in [
            (">=4", &[4, 5][..], &[3][..]),
            (">4", &[5], &[4]),
            ("<4", &[3, -1], &[4]),
            ("<=4", &[4], &[5]),
            ("3..5", &[3, 4, 5], &[2, 6]),
            ("3..", &[3, 99], &[2]),
            ("..5", &[5, -9], &[6]),
            ("4", &[4], &[3, 5]),
            (">20MB", &[20_600_000], &[20_000_000, 20_400_000]),
            (">=20mb", &[20_000_000], &[19_000_000]),
            ("5.2MB", &[5_150_000, 5_249_999], &[5_100_000, 5_250_000]),
            ("1..2kb", &[1, 2_400], &[2_600]),
        ] {
            assert!(within.iter().all(|number| has(text, *number)), "{text}");
            assert!(!without.iter().any(|number| has(text, *number)), "{text}");
        }
        assert!(value("four").numbers.is_none() && value(">=").numbers.is_none() && value("..").numbers.is_none());
    }

    #[test]
    fn ranges_of_days_are_as_long_as_they_are_written() {
        let has = |text: &str, day: Date| value(text).days.is_some_and(|span| span.contains(&Comparable::of_day(day)));
        for (text, first, last) in [
            ("2026", date(2026, 1, 1), date(2026, 12, 31)),
            ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
            ("2026-03..2026-05", date(2026, 3, 1), date(2026, 5, 31)),
            ("today", date(2026, 3, 4), date(2026, 3, 4)),
            ("yesterday..today", date(2026, 3, 3), date(2026, 3, 4)),
        ] {
            assert!(has(text, first) && has(text, last), "{text}");
            let outside = [first.checked_sub(1.day()).unwrap(), last.checked_add(1.day()).unwrap()];
            assert!(!outside.iter().any(|day| has(text, *day)), "{text}");
        }
        assert!(has(">2026", date(2027, 1, 1)) && !has(">2026", date(2026, 12, 31)));
        for text in ["2026-13", "26", "2026-3-4-5", "tomorrow", "Oslo"] {
            assert!(value(text).days.is_none(), "{text}");
        }
    }

    #[test]
    fn moments_are_where_the_user_is() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let span = read("2026-03-04", false, Timestamp(0), &zone).moments.unwrap();
        let at = |text: &str| Comparable::of_whole(Timestamp::parse(text).unwrap().0);
        assert_eq!((span.start, span.end), (at("2026-03-03T23:00:00Z"), at("2026-03-04T23:00:00Z")));
        let moment = value("2026-03-04T12:00:00.000Z").moments.unwrap();
        assert!(moment.contains(&at("2026-03-04T12:00:00Z")) && !moment.contains(&at("2026-03-04T12:00:00.001Z")));
    }
}
