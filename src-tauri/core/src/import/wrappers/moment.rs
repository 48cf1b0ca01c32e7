//! When a request came, as the programs that recorded it write it down.

use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

use crate::clock::Timestamp;

/// No webhook was recorded before 2000, nor after 2100: such a number is something else.
const SENSIBLE: std::ops::Range<i64> = 946_684_800_000..4_102_444_800_000;

/// Reads RFC 3339, `2019-10-03 19:06:35` (UTC), an HTTP date, or seconds, milliseconds or microseconds since 1970. `None`
/// for anything else.
pub(in crate::import) fn of_text(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let at = match text.parse::<f64>() {
        Ok(number) => of_number(number),
        Err(_) => of_date(text),
    };
    at.filter(|at| SENSIBLE.contains(&at.0))
}

fn of_number(number: f64) -> Option<Timestamp> {
    let millis = if number.abs() < 1e11 {
        number * 1e3
    } else if number.abs() < 1e14 {
        number
    } else {
        number / 1e3
    };
    millis.is_finite().then_some(Timestamp(millis as i64))
}

fn of_date(text: &str) -> Option<Timestamp> {
    let zoned = || text.parse::<jiff::Timestamp>().ok();
    let utc = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let http = || rfc2822::parse(text).ok().map(|zoned| zoned.timestamp());
    zoned().or_else(utc).or_else(http).map(|at| Timestamp(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_however_it_is_written() {
        let expected = Timestamp::parse("2019-10-03T19:06:35Z");
        for text in [
            "2019-10-03T19:06:35Z",
            "2019-10-03T21:06:35+02:00",
            "2019-10-03T19:06:35.000Z",
            "2019-10-03 19:06:35",
            "2019-10-03T19:06:35",
            "Thu, 03 Oct 2019 19:06:35 GMT",
            "1570129595",
            "1570129595000",
            "1570129595000000",
            "1570129595.0",
        ] {
            assert_eq!(of_text(text), expected, "{text}");
        }
        for text in [
            "",
            "soon",
            "0",
            "0.0015230178833007812",
            "-5",
            "1e300",
            "NaN",
            "2019-13-03 19:06:35",
            "0001-01-01T00:00:00Z",
        ] {
            assert_eq!(of_text(text), None, "{text}");
        }
    }
}
