//! How fast deliveries come in: whether there is time for anything but taking them in.

use std::time::{Duration, Instant};

/// Over which time the speed is measured.
const WINDOW: Duration = Duration::from_millis(50);
/// More than this many a second is a flood: with less there is time to project what comes as it comes.
const FLOOD_PER_SECOND: f64 = 1500.0;
/// Without a delivery for so long a flood is over.
const EBB: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(in crate::library) struct Tide {
    window_began: Instant,
    in_window: usize,
    high: bool,
    last: Instant,
}

impl Default for Tide {
    fn default() -> Self {
        let now = Instant::now();
        Self { window_began: now, in_window: 0, high: false, last: now }
    }
}

impl Tide {
    pub(in crate::library) fn note(&mut self, deliveries: usize) {
        if deliveries == 0 {
            return;
        }
        self.last = Instant::now();
        self.in_window += deliveries;
        let elapsed = self.last.duration_since(self.window_began);
        if elapsed >= WINDOW {
            self.high = self.in_window as f64 / elapsed.as_secs_f64() > FLOOD_PER_SECOND;
            (self.window_began, self.in_window) = (self.last, 0);
        }
    }

    pub(in crate::library) fn is_high(&self) -> bool {
        self.high && self.last.elapsed() < EBB
    }
}
