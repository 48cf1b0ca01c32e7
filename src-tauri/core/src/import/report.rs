//! Counts what an import came to, and tells it in one line.

use std::collections::BTreeMap;
use std::fmt;

use super::LeftAlone;

/// What became of everything that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Files that at least one body was taken from.
    pub files: u64,
    /// Deliveries that became events.
    pub events: u64,
    /// Deliveries that had come before.
    pub duplicates: u64,
    /// Deliveries that cannot be read as notices. They are kept as they are.
    pub unreadable: u64,
    left_alone: BTreeMap<LeftAlone, u64>,
}

impl Report {
    /// Counts a file, or a request in one, that was left alone.
    pub fn leave_alone(&mut self, why: LeftAlone) {
        *self.left_alone.entry(why).or_default() += 1;
    }

    /// Whether nothing was found that says anything.
    pub fn has_read_nothing(&self) -> bool {
        self.events + self.duplicates == 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, events, duplicates, unreadable, left_alone } = self;
        let deliveries = events + duplicates + unreadable;
        write!(
            f,
            "{deliveries} deliveries taken in from {files} files: {events} events, {duplicates} duplicates, \
             {unreadable} unreadable; {} left alone",
            left_alone.values().sum::<u64>()
        )?;
        let reasons: Vec<String> = left_alone.iter().map(|(why, count)| format!("{count} × {why}")).collect();
        if reasons.is_empty() { Ok(()) } else { write!(f, " ({})", reasons.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_one_line_with_every_count_and_reason() {
        let mut report = Report { files: 3, events: 24, duplicates: 6, unreadable: 1, ..Report::default() };
        let counts = "31 deliveries taken in from 3 files: 24 events, 6 duplicates, 1 unreadable";
        assert_eq!(report.to_string(), format!("{counts}; 0 left alone"));
        for why in [LeftAlone::Picture, LeftAlone::Hidden, LeftAlone::Picture] {
            report.leave_alone(why);
        }
        assert_eq!(report.to_string(), format!("{counts}; 3 left alone (1 × hidden, 2 × a picture)"));
        assert!(!report.has_read_nothing());
        assert!(Report { unreadable: 4, ..Report::default() }.has_read_nothing());
    }
}
