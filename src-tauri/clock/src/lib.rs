//! Time comes in from here and nowhere else, so that tests can set it.
//! Moments are milliseconds since 1970 UTC; people and files see RFC 3339.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A moment, in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads ISO 8601 as Fotoware writes it: with 0, 3 or 6 decimals, `Z` or an offset (docs/fotoware.md 1.3).
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let timestamp: jiff::Timestamp = text.parse().ok()?;
        Some(Self(timestamp.as_millisecond()))
    }

    /// Milliseconds from `earlier` to this moment; negative if this one came first.
    pub fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339, UTC, milliseconds: `2026-03-04T09:15:22.481Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp:.3}"),
            Err(_) => f.write_str("out of range"),
        }
    }
}

/// Tells the time: the system's, or one that a test moves by hand.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    ByHand(Arc<AtomicI64>),
}

impl Clock {
    pub fn by_hand(start: Timestamp) -> Self {
        Self::ByHand(Arc::new(AtomicI64::new(start.0)))
    }

    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(jiff::Timestamp::now().as_millisecond()),
            Self::ByHand(at) => Timestamp(at.load(Ordering::Relaxed)),
        }
    }

    /// Moves a clock that is set by hand; the system's goes its own way.
    pub fn advance(&self, millis: i64) {
        if let Self::ByHand(at) = self {
            at.fetch_add(millis, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn dates_with_no_three_or_six_decimals_are_read_alike() {
        let whole = Timestamp::parse("2026-03-04T09:15:22Z").unwrap();
        assert_eq!(Timestamp::parse("2026-03-04T09:15:22.000Z"), Some(whole));
        assert_eq!(Timestamp::parse("2026-03-04T09:15:22.000000Z"), Some(whole));
        assert_eq!(Timestamp::parse("2026-03-04T10:15:22+01:00"), Some(whole));
        assert_eq!(whole.to_string(), "2026-03-04T09:15:22.000Z");
        assert_eq!(Timestamp::parse("soon"), None);
    }
}
