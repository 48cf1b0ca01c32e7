//! When to try again. Only decides; knows neither jobs nor servers.

use std::time::Duration;

/// The pauses between attempts at one picture.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Before the second attempt, the third, and so on.
    pub pauses: Vec<Duration>,
    /// No attempt starts later than this after the notice. The first one is always made.
    pub within: Duration,
    /// The share by which a pause varies, so that pictures that failed together do not come back together.
    pub jitter: f64,
    /// How often *not found* is believed to mean *not yet*.
    pub tries_when_absent: usize,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            pauses: [0, 250, 1_000, 3_000, 8_000, 15_000, 25_000].map(Duration::from_millis).to_vec(),
            within: Duration::from_mins(1),
            jitter: 0.2,
            tries_when_absent: 5,
        }
    }
}

impl Schedule {
    /// The pause before the next attempt after `tries` made, `elapsed` after the notice; `None` when enough was tried.
    /// A server's wish to wait longer is heeded unless it would make this the last attempt. `luck` is from -1 to 1.
    pub(super) fn pause(
        &self,
        tries: usize,
        elapsed: Duration,
        wished: Option<Duration>,
        luck: f64,
    ) -> Option<Duration> {
        let planned = *self.pauses.get(tries.checked_sub(1)?)?;
        let planned = planned.mul_f64(1.0 + self.jitter * luck);
        let fits = |pause: &Duration| elapsed.saturating_add(*pause) <= self.within;
        wished.filter(fits).map_or(Some(planned), |wished| Some(planned.max(wished))).filter(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses_grow_and_end_within_the_first_minute() {
        let schedule = Schedule::default();
        for luck in [-1.0, 0.0, 1.0] {
            let mut elapsed = Duration::ZERO;
            let mut tries = 1;
            while let Some(pause) = schedule.pause(tries, elapsed, None, luck) {
                elapsed += pause + SECOND / 10;
                tries += 1;
            }
            assert!(tries >= 7, "{tries} tries at luck {luck}");
            assert!(elapsed <= schedule.within + SECOND / 10, "{elapsed:?} at luck {luck}");
        }
    }

    #[test]
    fn the_second_attempt_comes_at_once() {
        assert_eq!(Schedule::default().pause(1, Duration::ZERO, None, 1.0), Some(Duration::ZERO));
    }

    #[test]
    fn a_server_may_ask_for_patience_but_not_beyond_the_minute() {
        let schedule = Schedule::default();
        assert_eq!(schedule.pause(1, SECOND, Some(5 * SECOND), 0.0), Some(5 * SECOND));
        assert_eq!(schedule.pause(4, SECOND, Some(SECOND), 0.0), Some(3 * SECOND));
        assert_eq!(schedule.pause(1, SECOND, Some(3600 * SECOND), 0.0), Some(Duration::ZERO));
        assert_eq!(schedule.pause(1, SECOND, Some(Duration::MAX), 0.0), Some(Duration::ZERO));
    }

    #[test]
    fn after_the_minute_nothing_is_tried_again() {
        assert_eq!(Schedule::default().pause(1, 61 * SECOND, None, 0.0), None);
    }
}
