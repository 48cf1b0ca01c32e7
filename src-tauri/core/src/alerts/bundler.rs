//! Gathers events that come close together into one alert, so that a thousand changes are not a thousand notifications.
//! Events that come in quiet hours become one alert when those end.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::{Alert, AlertCandidate, Quiet};
use crate::clock::Timestamp;

/// How long to gather, and how often to alert.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long the first event waits for more events, and for its thumbnail to be fetched.
    pub gather: Duration,
    /// The shortest time from one alert to the next.
    pub every: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { gather: Duration::from_secs(2), every: Duration::from_secs(15) }
    }
}

#[derive(Debug, Default)]
pub struct Bundler {
    pace: Pace,
    waiting: Option<(Timestamp, Alert)>,
    told: Option<Timestamp>,
}

impl Bundler {
    pub fn new(pace: Pace) -> Self {
        Self { pace, ..Self::default() }
    }

    pub fn take(&mut self, candidate: AlertCandidate, now: Timestamp) {
        match &mut self.waiting {
            Some((_, alert)) => alert.add(candidate),
            None => self.waiting = Some((now, Alert::new(candidate))),
        }
    }

    /// When the next alert may be shown. `None` while no event waits.
    pub fn due(&self, now: Timestamp, quiet: Option<Quiet>, zone: &TimeZone) -> Option<Timestamp> {
        let (since, _) = self.waiting.as_ref()?;
        // If the clock was set back, do not wait until it reaches the old time again.
        let after =
            |then: Timestamp, wait: Duration| Timestamp(then.min(now).0.saturating_add(wait.as_millis() as i64));
        let gathered = after(*since, self.pace.gather);
        let due = self.told.map_or(gathered, |told| gathered.max(after(told, self.pace.every)));
        // An alert that has been due for some time must respect quiet hours that began meanwhile.
        let due_or_now = due.max(now);
        Some(quiet.and_then(|quiet| quiet.end(due_or_now, zone)).unwrap_or(due))
    }

    /// Takes the alert that is due now, or returns `None` if none is due. The next one waits for [`Pace::every`].
    pub fn ready(&mut self, now: Timestamp, quiet: Option<Quiet>, zone: &TimeZone) -> Option<Alert> {
        if self.due(now, quiet, zone)? > now {
            return None;
        }
        self.told = Some(now);
        self.waiting.take().map(|(_, alert)| alert)
    }

    /// Drops the events that wait: notifications were turned off.
    pub fn forget(&mut self) {
        self.waiting = None;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fotoware::Change;

    const NOON: Timestamp = Timestamp(1_772_625_600_000);

    fn candidate(asset: usize) -> AlertCandidate {
        AlertCandidate {
            asset_id: format!("a{asset}"),
            change: Change::Metadata,
            filename: format!("{asset}.jpg"),
            archive: "Press desk".into(),
        }
    }

    fn after(seconds: i64) -> Timestamp {
        Timestamp(NOON.0 + seconds * 1000)
    }

    fn night() -> Quiet {
        Quiet { from: "22:00".parse().unwrap(), until: "07:00".parse().unwrap() }
    }

    #[test]
    fn the_first_is_told_soon_and_what_follows_is_gathered() {
        let mut bundler = Bundler::new(Pace::default());
        let ready = |bundler: &mut Bundler, seconds| bundler.ready(after(seconds), None, &TimeZone::UTC);
        bundler.take(candidate(0), after(0));
        assert_eq!(ready(&mut bundler, 1), None, "others may be close behind");
        assert_eq!(ready(&mut bundler, 2).unwrap().title(), "0.jpg");
        for number in 1..=212 {
            bundler.take(candidate(number), after(3));
        }
        assert_eq!(ready(&mut bundler, 16), None);
        assert_eq!(ready(&mut bundler, 17).unwrap().title(), "212 assets changed in Press desk");
        assert_eq!(ready(&mut bundler, 1000), None);
    }

    #[test]
    fn a_night_is_told_in_one_in_the_morning() {
        let mut bundler = Bundler::new(Pace::default());
        let (evening, morning) = (after(10 * 3600 + 60), after(19 * 3600));
        bundler.take(candidate(1), evening);
        bundler.take(candidate(2), after(15 * 3600));
        assert_eq!(bundler.due(evening, Some(night()), &TimeZone::UTC), Some(morning));
        assert_eq!(bundler.ready(Timestamp(morning.0 - 1), Some(night()), &TimeZone::UTC), None);
        assert_eq!(bundler.ready(morning, Some(night()), &TimeZone::UTC).unwrap().events(), 2);
    }

    #[test]
    fn a_clock_that_is_put_back_silences_nobody() {
        let mut bundler = Bundler::new(Pace::default());
        bundler.take(candidate(1), after(86_400));
        bundler.ready(after(86_402), None, &TimeZone::UTC).unwrap();
        bundler.take(candidate(2), NOON);
        let due = bundler.due(NOON, None, &TimeZone::UTC).unwrap();
        assert!(due <= after(15), "{due}");
    }

    proptest! {
        #[test]
        fn nothing_is_told_twice_or_never_or_too_often_or_at_night(
            gaps in prop::collection::vec(0_i64..40_000, 1..200),
            start in 0_i64..86_400,
            quiet in any::<bool>(),
        ) {
            let (zone, pace, quiet) = (TimeZone::UTC, Pace::default(), quiet.then(night));
            let mut bundler = Bundler::new(pace);
            let mut told: Vec<(Timestamp, usize)> = Vec::new();
            let mut now = after(start);
            for (number, gap) in gaps.iter().enumerate() {
                let next = Timestamp(now.0 + gap);
                // Whoever follows looks again when something is due.
                while let Some(due) = bundler.due(now, quiet, &zone).filter(|due| *due <= next) {
                    now = due.max(now);
                    told.extend(bundler.ready(now, quiet, &zone).map(|alert| (now, alert.events())));
                }
                now = next;
                bundler.take(candidate(number), now);
            }
            let due = bundler.due(now, quiet, &zone).unwrap();
            let last = bundler.ready(due, quiet, &zone).unwrap();
            told.push((due, last.events()));

            prop_assert_eq!(told.iter().map(|(_, events)| events).sum::<usize>(), gaps.len());
            for pair in told.windows(2) {
                prop_assert!(pair[1].0.millis_since(pair[0].0) >= pace.every.as_millis() as i64);
            }
            for (when, _) in told {
                prop_assert_eq!(quiet.and_then(|quiet| quiet.end(when, &zone)), None);
            }
        }
    }
}
