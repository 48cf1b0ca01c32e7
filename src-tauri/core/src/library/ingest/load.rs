//! Measures how fast deliveries come in. Under high load everything that can wait is put off.

use std::time::{Duration, Instant};

/// The rate is measured over at least this time.
const WINDOW: Duration = Duration::from_millis(50);
/// In deliveries per second: below this there is time to project each delivery as it comes.
const LOAD_PER_SECOND: f64 = 1500.0;
/// After so long without a delivery the load is not high any more.
const QUIET_AFTER: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(in crate::library) struct LoadMeter {
    window_began: Instant,
    in_window: usize,
    high: bool,
    last: Instant,
}

impl Default for LoadMeter {
    fn default() -> Self {
        let now = Instant::now();
        Self { window_began: now, in_window: 0, high: false, last: now }
    }
}

impl LoadMeter {
    pub(in crate::library) fn note(&mut self, deliveries: usize) {
        if deliveries == 0 {
            return;
        }
        self.last = Instant::now();
        self.in_window += deliveries;
        let elapsed = self.last.duration_since(self.window_began);
        if elapsed >= WINDOW {
            self.high = self.in_window as f64 / elapsed.as_secs_f64() > LOAD_PER_SECOND;
            (self.window_began, self.in_window) = (self.last, 0);
        }
    }

    pub(in crate::library) fn is_high(&self) -> bool {
        self.high && self.last.elapsed() < QUIET_AFTER
    }
}
