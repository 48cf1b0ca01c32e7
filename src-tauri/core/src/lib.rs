//! Lysbord without its window: everything that keeps, fetches, answers and exports.
//!
//! # The way of one delivery
//!
//! 1. [`intake`] takes the request, reads its body under limits and checks the secret of the URL.
//! 2. [`fotoware`] reads the body into a notice; [`library::Incoming`] takes its secrets out and packs it.
//! 3. [`library`] appends it to its spool with all others that wait, flushes once, and only then is Fotoware answered.
//! 4. At once the [`renditions`] fetcher gets the picture URLs; the guard judges each; the bytes become durable blobs.
//! 5. While nobody waits, the library's one writer gives it its row, and projects it into events, assets and versions.
//! 6. [`desk`] runs all this with one owner and one shutdown, and looks at pictures in full when the rush is over.
//! 7. [`api`] shows it through two doors, [`export`] writes it out.
//!
//! Rooms know only what they need: `fotoware` knows none; `library` and `renditions` know `fotoware`; `intake`, `api` and
//! `export` know `library`; [`reach`] leads the world to `intake`; `desk` puts them together. The pretend
//! tenant is a crate of its own, `lysbord-demo`, and so is the clock, `lysbord-clock`.

pub use lysbord_clock as clock;

pub mod alerts;
pub mod api;
mod content_coding;
pub mod desk;
pub mod export;
mod fold;
pub mod folder;
mod followers;
pub mod fotoware;
pub mod import;
pub mod intake;
pub mod library;
pub mod model;
pub mod net;
pub mod reach;
pub mod renditions;
pub mod secrets;
pub mod server;
pub mod settings;
mod sqlite;
pub mod supervise;
