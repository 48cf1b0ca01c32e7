//! Tells when the computer woke from sleep, and when its addresses changed. Mostly the system says so by itself; the
//! look once a minute finds a sleep, and is there for systems that say nothing.

use std::collections::HashSet;
use std::net::IpAddr;
use std::time::Duration;

use netwatcher::AsyncWatch;
use netwatcher::async_adapter::Tokio;
use tokio::time::{Instant, sleep_until};

use super::{Addresses, Options};
use crate::clock::{Clock, Moment};

/// Clocks that are set right move less; naps that short break nothing.
const SHORTEST_SLEEP: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    Woke,
    NetworkChanged,
}

pub struct Watch {
    clock: Clock,
    addresses: Addresses,
    tick: Duration,
    system: Option<AsyncWatch>,
    had: HashSet<IpAddr>,
    looked: (Moment, Instant),
    /// When to look next, whatever happens meanwhile.
    due: Instant,
}

impl Watch {
    pub fn new(options: &Options, clock: Clock) -> Self {
        let system = netwatcher::watch_interfaces_async::<Tokio>()
            .inspect_err(|error| tracing::info!(%error, "changes of the network are looked for once a minute only"));
        Self {
            had: ips(&options.addresses),
            looked: (clock.now(), Instant::now()),
            due: Instant::now() + options.tick,
            addresses: options.addresses.clone(),
            tick: options.tick,
            system: system.ok(),
            clock,
        }
    }

    /// Waits for the next piece of news.
    pub async fn next(&mut self) -> News {
        loop {
            tokio::select! {
                () = told(&mut self.system) => {}
                () = sleep_until(self.due) => {}
            }
            self.due = Instant::now() + self.tick;
            let slept = self.slept();
            let have = ips(&self.addresses);
            let moved = have != self.had;
            self.had = have;
            if slept {
                return News::Woke;
            }
            if moved {
                return News::NetworkChanged;
            }
        }
    }

    /// Whether the time of day ran ahead of the time that this program lived through. In a sleep the latter stands still
    /// on some systems, and on the others the look that was due comes late.
    fn slept(&mut self) -> bool {
        let (day, lived) = std::mem::replace(&mut self.looked, (self.clock.now(), Instant::now()));
        let passed = Duration::from_millis(u64::try_from(self.clock.now().millis_since(day)).unwrap_or_default());
        passed > lived.elapsed().min(self.tick) + SHORTEST_SLEEP
    }
}

async fn told(system: &mut Option<AsyncWatch>) {
    match system {
        Some(system) => drop(system.changed().await),
        None => std::future::pending().await,
    }
}

fn ips(addresses: &Addresses) -> HashSet<IpAddr> {
    addresses.list().into_iter().map(|address| address.ip).collect()
}
