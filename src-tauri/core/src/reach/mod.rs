//! How the world reaches this computer: the addresses it has, the tunnel that leads to it, a check that goes round by
//! the public address, and the news that any of this may have changed. It knows no library, no socket that listens
//! and no page; the desk puts them together.

mod addresses;
mod check;
mod network_events;
mod output_tail;
mod program;
mod tunnel;

use std::ffi::OsString;
use std::time::Duration;

pub use addresses::{Address, AddressKind, Addresses};
pub use check::{Check, CheckState, SelfCheck, Unreached};
pub use network_events::{NetworkEvents, Watch};
pub use program::find;
pub use tunnel::{TunnelStanding, TunnelState, Tunnels};

/// Where to look for programs, and all waiting times.
#[derive(Clone)]
pub struct Options {
    /// Where tunnel programs are looked for. `None` means `PATH` and the folders that installers use.
    pub path: Option<OsString>,
    pub addresses: Addresses,
    /// Pauses before a failed tunnel is started again: the first after one failure, the second after two in a row, and
    /// so on.
    pub pauses: Vec<Duration>,
    /// A tunnel that was up this long before it fell starts again with the first pause.
    pub steady: Duration,
    /// How long a tunnel may take to print its address before the user is told that it is slow.
    pub patience: Duration,
    /// How often to check for sleep and changed addresses, besides what the system reports.
    pub tick: Duration,
    /// Certificates that a check trusts in addition to the system's.
    pub certificates: Vec<reqwest::Certificate>,
    /// How long a check waits for its answer.
    pub check_time: Duration,
    /// How long to wait after a network change before checking again: networks come up in several steps.
    pub record_outcomes: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            path: None,
            addresses: Addresses::default(),
            pauses: [1, 2, 5, 15, 30, 60, 120, 300].map(Duration::from_secs).into(),
            steady: Duration::from_mins(1),
            patience: Duration::from_secs(45),
            tick: Duration::from_mins(1),
            certificates: Vec::new(),
            check_time: Duration::from_secs(15),
            record_outcomes: Duration::from_secs(5),
        }
    }
}
