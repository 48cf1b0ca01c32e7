//! Notices when the computer wakes from sleep and when its addresses change. The system reports most changes. A look
//! once a minute finds sleep, and serves systems that report nothing.

use std::collections::HashSet;
use std::net::IpAddr;
use std::time::Duration;

use netwatcher::AsyncWatch;
use netwatcher::async_adapter::Tokio;
use tokio::time::{Instant, sleep_until};

use super::{Addresses, Options};
use crate::clock::{Clock, Timestamp};

/// Clock corrections are smaller than this, and a shorter sleep breaks no connection.
const SHORTEST_SLEEP: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkEvents {
    Woke,
    NetworkChanged,
}

pub struct Watch {
    clock: Clock,
    addresses: Addresses,
    tick: Duration,
    system: Option<AsyncWatch>,
    had: HashSet<IpAddr>,
    looked: (Timestamp, Instant),
    /// When to look next, even if the system reports nothing.
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

    /// Waits until the computer woke up or its addresses changed.
    pub async fn next(&mut self) -> NetworkEvents {
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
                return NetworkEvents::Woke;
            }
            if moved {
                return NetworkEvents::NetworkChanged;
            }
        }
    }

    /// Whether the computer slept: the time of day advanced more than this process's own clock. On some systems the
    /// process clock stops during sleep; on others the scheduled look comes late.
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
