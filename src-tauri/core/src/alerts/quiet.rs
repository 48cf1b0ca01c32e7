//! Quiet hours in local time. They may span midnight, and stay right in a night when daylight saving time begins or
//! ends.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan as _;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// Quiet from `from` (included) until `until` (excluded). If both are the same there are no quiet hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    pub from: TimeOfDay,
    pub until: TimeOfDay,
}

/// Hours and minutes: `22:30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(Time);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time of the day such as 22:30")]
pub struct NotATime(String);

impl Quiet {
    /// When the quiet hours that contain `now` end, or `None` if it is not quiet now.
    pub fn end(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let here = jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone.clone());
        let (time, from, until) = (here.time(), self.from.0, self.until.0);
        let over_midnight = until < from;
        let quiet = if over_midnight { time >= from || time < until } else { from <= time && time < until };
        if !quiet {
            return None;
        }
        let tomorrow = over_midnight && time >= from;
        let day = if tomorrow { here.date().checked_add(1.day()).ok()? } else { here.date() };
        let end = Timestamp(day.to_datetime(until).to_zoned(zone.clone()).ok()?.timestamp().as_millisecond());
        // When an hour repeats as daylight saving time ends, the computed end can lie in the past.
        (end > now).then_some(end)
    }
}

impl FromStr for TimeOfDay {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let wrong = || NotATime(text.to_owned());
        let (hour, minute) = text.trim().split_once(':').ok_or_else(wrong)?;
        let number = |text: &str| {
            let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten().ok_or_else(wrong)
        };
        Time::new(number(hour)?, number(minute)?, 0, 0).map(Self).map_err(|_| wrong())
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = NotATime;

    fn try_from(text: String) -> Result<Self, NotATime> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quiet(from: &str, until: &str) -> Quiet {
        Quiet { from: from.parse().unwrap(), until: until.parse().unwrap() }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn the_night_goes_over_midnight() {
        let (night, zone) = (quiet("22:00", "07:00"), TimeZone::get("Europe/Oslo").unwrap());
        let end = |now: &str| night.end(at(now), &zone).map(|end| end.to_string());
        assert_eq!(end("2026-03-04T21:59:59+01:00"), None);
        assert_eq!(end("2026-03-04T22:00:00+01:00").unwrap(), "2026-03-05T06:00:00.000Z");
        assert_eq!(end("2026-03-05T06:59:59+01:00").unwrap(), "2026-03-05T06:00:00.000Z");
        assert_eq!(end("2026-03-05T07:00:00+01:00"), None);
    }

    #[test]
    fn a_night_in_which_clocks_change_ends_by_the_clock_on_the_wall() {
        let (night, zone) = (quiet("22:00", "07:00"), TimeZone::get("Europe/Oslo").unwrap());
        let end = night.end(at("2026-03-28T23:00:00+01:00"), &zone).unwrap();
        assert_eq!(end.to_string(), "2026-03-29T05:00:00.000Z", "7 o'clock is summer time already");
    }

    #[test]
    fn the_same_time_twice_is_no_quiet_at_all() {
        assert_eq!(quiet("12:00", "12:00").end(at("2026-03-04T12:00:00Z"), &TimeZone::UTC), None);
    }

    #[test]
    fn a_time_of_day_is_hours_and_minutes_and_nothing_else() {
        assert_eq!("7:05".parse::<TimeOfDay>().unwrap().to_string(), "07:05");
        for wrong in ["", "7", "24:00", "12:60", "-1:00", "12:00:00", "+1:00", "noon", "١٢:٠٠"] {
            assert!(wrong.parse::<TimeOfDay>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn quiet_ends_within_a_day_and_is_over_then(
            from in 0_i8..24, until in 0_i8..24, minute in 0_i8..60,
            now in 1_700_000_000_000_i64..1_900_000_000_000,
            zone in prop::sample::select(vec!["Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "UTC"]),
        ) {
            let zone = TimeZone::get(zone).unwrap();
            let quiet = quiet(&format!("{from}:{minute}"), &format!("{until}:{minute}"));
            if let Some(end) = quiet.end(Timestamp(now), &zone) {
                prop_assert!(end.0 > now && end.0 - now <= 25 * 3_600_000);
                prop_assert_eq!(quiet.end(end, &zone), None);
            }
        }
    }
}
