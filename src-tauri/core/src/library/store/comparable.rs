//! Numbers, days and moments in one order, so that a range of any of them is a range of one index.

use std::ops::Range;

use jiff::civil::{Date, date};

/// A number, or a day of the calendar. Days lie above all numbers, so a range of one never meets the other.
///
/// Moments are numbers: milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::library) struct Comparable(pub i64);

/// Numbers have three decimals.
const PARTS: f64 = 1000.0;
/// Numbers lie between minus this and this.
const DAYS: i64 = 1 << 60;

impl Comparable {
    pub(in crate::library) const LOWEST_NUMBER: Self = Self(-DAYS);
    pub(in crate::library) const ABOVE_NUMBERS: Self = Self(DAYS);
    pub(in crate::library) const LOWEST_DAY: Self = Self(DAYS + 1);
    pub(in crate::library) const ABOVE_DAYS: Self = Self(i64::MAX);

    /// `None` for one with more digits than are kept.
    pub(in crate::library) fn of_number(number: f64) -> Option<Self> {
        let parts = (number * PARTS).round();
        (parts.abs() < 9e15).then_some(Self(parts as i64))
    }

    pub(in crate::library) fn of_whole(number: i64) -> Self {
        Self(number.saturating_mul(PARTS as i64).clamp(-DAYS, DAYS - 1))
    }

    pub(in crate::library) fn of_day(day: Date) -> Self {
        let since = date(-9999, 1, 1).until(day).map_or(0, |span| span.get_days());
        Self(Self::LOWEST_DAY.0 + i64::from(since))
    }

    /// What follows: the end of a range that has this as its last.
    pub(in crate::library) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The day or the number that a field's value says; `None` for words. `20260304` is a day.
    pub(in crate::library) fn of_value(value: &str) -> Option<Self> {
        let value = value.trim();
        // Most values are words.
        let is_one =
            value.len() <= 40 && value.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first));
        let number = || value.replace(',', ".").parse().ok().and_then(Self::of_number);
        if is_one { day_of(value).map(Self::of_day).or_else(number) } else { None }
    }
}

pub(in crate::library) type Span = Range<Comparable>;

/// The day that a value begins with: `2026-03-04`, `20260304`, `2026:03:04`, with or without a time after it.
fn day_of(value: &str) -> Option<Date> {
    let digits =
        |part: &str| if part.bytes().all(|byte| byte.is_ascii_digit()) { part.parse::<i16>().ok() } else { None };
    let (year, month, day, rest) = match value.get(4..5)? {
        "-" | ":" | "/" | "." if value.get(7..8)? == value.get(4..5)? => {
            (value.get(..4)?, value.get(5..7)?, value.get(8..10)?, &value[10..])
        }
        _ => (value.get(..4)?, value.get(4..6)?, value.get(6..8)?, &value[8..]),
    };
    if rest.starts_with(|next: char| next.is_ascii_digit()) {
        return None;
    }
    let (month, day) = (i8::try_from(digits(month)?).ok()?, i8::try_from(digits(day)?).ok()?);
    Date::new(digits(year)?, month, day).ok().filter(|date| date.year() >= 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_however_it_is_written() {
        let day = Comparable::of_day(date(2026, 3, 4));
        for value in ["2026-03-04", "2026:03:04 12:00:00", "2026-03-04T12:00:00+01:00", "2026/03/04", "20260304"] {
            assert_eq!(Comparable::of_value(value), Some(day), "{value}");
        }
        assert!(day.next() == Comparable::of_day(date(2026, 3, 5)));
        for value in ["2026-13-04", "2026-03-041", "2026-03", "12:30", "Oslo", "", "éé-éé-éé", "２０２６-03-04"]
        {
            assert!(Comparable::of_value(value).is_none(), "{value}");
        }
    }

    #[test]
    fn numbers_are_in_order_and_below_all_days() {
        let numbers = ["-3", "0", "2.5", "2,75", "4", "1600", "900000000000"];
        let numbers = numbers.map(|value| Comparable::of_value(value).unwrap());
        assert!(numbers.is_sorted() && numbers[6] < Comparable::ABOVE_NUMBERS);
        assert!(Comparable::of_day(date(1000, 1, 1)) > Comparable::ABOVE_NUMBERS);
        assert_eq!(numbers[4], Comparable::of_whole(4));
        assert_eq!(Comparable::of_value("1e300"), None, "too large for any field");
        assert_eq!(Comparable::of_value("4 stars"), None);
    }
}
