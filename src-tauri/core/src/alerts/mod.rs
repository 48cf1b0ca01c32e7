//! Decides what is worth a notification: which changes ([`Rules`]), how many in one ([`Bundler`]), when ([`Quiet`]),
//! and in which words ([`Alert`]). Pure: the time comes in as an argument. It knows neither the library nor how a
//! desktop shows a notification.

mod alert;
mod bundler;
mod quiet;
mod rules;

pub use alert::Alert;
pub use bundler::{Bundler, Pace};
pub use quiet::{NotATime, Quiet, TimeOfDay};
pub use rules::Rules;

use crate::fotoware::Change;

/// The parts of an event that an alert needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertCandidate {
    pub asset_id: String,
    pub change: Change,
    pub filename: String,
    pub archive: String,
}
