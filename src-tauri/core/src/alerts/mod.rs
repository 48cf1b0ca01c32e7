//! What is worth interrupting somebody for: which changes ([`Rules`]), how many at once ([`Bundler`]), when ([`Quiet`]), and
//! in which words ([`Alert`]). Pure: time comes in as an argument, and it knows neither the library nor how a desktop
//! shows a notification.

mod alert;
mod bundler;
mod quiet;
mod rules;

pub use alert::Alert;
pub use bundler::{Bundler, Pace};
pub use quiet::{NotATime, Quiet, TimeOfDay};
pub use rules::Rules;

use crate::fotoware::Change;

/// An event, as far as an alert tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    pub asset_id: String,
    pub change: Change,
    pub filename: String,
    pub archive: String,
}
