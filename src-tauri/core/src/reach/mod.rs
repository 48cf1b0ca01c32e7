//! How the world reaches this computer: the addresses it has, the tunnel that leads to it, a check that goes round by
//! the public address, and the news that any of this may have changed. It knows no library, no socket that listens
//! and no page; the desk puts them together.

mod addresses;
mod check;
mod last_words;
mod news;
mod program;
mod tunnel;

use std::ffi::OsString;
use std::time::Duration;

pub use addresses::{Address, AddressKind, Addresses};
pub use check::{Check, CheckState, Knocker, Unreached};
pub use news::{News, Watch};
pub use program::find;
pub use tunnel::{TunnelStanding, TunnelState, Tunnels};

/// What is looked at, and how patiently.
#[derive(Clone)]
pub struct Options {
    /// Where tunnel programs are looked for; `None` is the `PATH` and where installers put them besides.
    pub path: Option<OsString>,
    pub addresses: Addresses,
    /// Before a tunnel that fell is started again: each pause after one more failure.
    pub pauses: Vec<Duration>,
    /// A tunnel that was up so long has not failed when it falls.
    pub steady: Duration,
    /// How long a tunnel may take to tell its address before that is worth a word.
    pub patience: Duration,
    /// How often the clock and the addresses are looked at, beside what the system tells by itself.
    pub tick: Duration,
    /// Trusted beside those of the system when a check is sent.
    pub certificates: Vec<reqwest::Certificate>,
    /// How long a check may be on its way.
    pub check_time: Duration,
    /// After something changed, and before it is checked again: networks come up in pieces.
    pub settle: Duration,
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
            settle: Duration::from_secs(5),
        }
    }
}
