//! A pretend Fotoware tenant for newcomers, tests and benches. It draws its own pictures, serves them at URLs that expire, and
//! posts webhook deliveries about them. It knows nothing of Lysbord but the clock: what it says, a real tenant could have said.

pub mod asset;
mod chance;
mod link;
mod metadata;
mod mint;
mod notice;
pub mod payload;
mod picture;
mod play;
mod scene;
mod sender;
mod story;
mod studio;
mod tenant;

use std::io;
use std::net::SocketAddr;

pub use link::{Site, Ticket};
pub use mint::Mint;
pub use notice::{HookKind, Notice, Oddity, Operation};
pub use payload::{Encoding, encode};
pub use picture::{Frame, Picture};
pub use play::{AfterBacklog, Demo, DemoOptions, Prepared, Report, run};
pub use scene::{Subject, jpeg};
pub use sender::{Outcome, Sender};
pub use story::{Links, Spelling, StepName, Story, StoryStep, live, named, stories};
pub use tenant::{Tenant, TenantOptions, Weather};

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(
        "the pretend tenant cannot listen at {at}: {source}. Give it another address with --listen, or port 0 to let the system choose"
    )]
    Listen { at: SocketAddr, source: io::Error },
    #[error("\"{0}\" is not a hook URL: it has to look like http://127.0.0.1:7474/hooks/SECRET")]
    Target(String),
    #[error("the pretend tenant could not prepare its connections: {0}")]
    Client(reqwest::Error),
}
