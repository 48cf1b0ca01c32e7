//! Settings for the time when nobody is looking: running in the background, and notifications.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::Problem;
use crate::alerts::{NotATime, Quiet};
use crate::fotoware::Change;

/// What the desktop program does while its window is closed.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct Background {
    pub keep_listening: KeepListening,
    /// Start hidden when the user logs in.
    pub start_at_login: bool,
    /// The user knows that without a tray only a second start brings a hidden window back.
    #[serde(default)]
    pub hide_without_tray: bool,
}

/// What closing the window means.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum KeepListening {
    Ask,
    Yes,
    No,
}

/// What notifications tell.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct Notifications {
    pub on: bool,
    /// Empty means every kind.
    #[schema(value_type = Vec<Change>)]
    pub kinds: Vec<String>,
    /// By their exact names; empty means every archive.
    pub archives: Vec<String>,
    /// Only of assets that this search finds.
    pub query: Option<String>,
    pub quiet: Option<QuietHours>,
}

/// By the clock on the wall, `HH:MM`; over midnight where the end is earlier.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct QuietHours {
    #[schema(example = "22:00")]
    pub from: String,
    #[schema(example = "07:00")]
    pub until: String,
}

impl From<crate::settings::Background> for Background {
    fn from(background: crate::settings::Background) -> Self {
        let keep_listening = match background.keep_listening {
            crate::settings::KeepListening::Ask => KeepListening::Ask,
            crate::settings::KeepListening::Yes => KeepListening::Yes,
            crate::settings::KeepListening::No => KeepListening::No,
        };
        Self {
            keep_listening,
            start_at_login: background.start_at_login,
            hide_without_tray: background.hide_without_tray,
        }
    }
}

impl From<Background> for crate::settings::Background {
    fn from(background: Background) -> Self {
        let keep_listening = match background.keep_listening {
            KeepListening::Ask => crate::settings::KeepListening::Ask,
            KeepListening::Yes => crate::settings::KeepListening::Yes,
            KeepListening::No => crate::settings::KeepListening::No,
        };
        Self {
            keep_listening,
            start_at_login: background.start_at_login,
            hide_without_tray: background.hide_without_tray,
        }
    }
}

impl From<crate::settings::Notifications> for Notifications {
    fn from(notifications: crate::settings::Notifications) -> Self {
        let hours = |quiet: Quiet| QuietHours { from: quiet.from.to_string(), until: quiet.until.to_string() };
        Self {
            on: notifications.on,
            kinds: notifications.kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
            archives: notifications.archives,
            query: notifications.query,
            quiet: notifications.quiet.map(hours),
        }
    }
}

impl TryFrom<Notifications> for crate::settings::Notifications {
    type Error = Problem;

    fn try_from(wanted: Notifications) -> Result<Self, Problem> {
        let kind = |word: String| {
            Change::parse(&word).ok_or_else(|| Problem::invalid(format!("There is no change {word:?}.")))
        };
        let time = |text: &str| text.parse().map_err(|why: NotATime| Problem::invalid(format!("{why}.")));
        let hours =
            |quiet: QuietHours| Ok::<_, Problem>(Quiet { from: time(&quiet.from)?, until: time(&quiet.until)? });
        Ok(Self {
            on: wanted.on,
            kinds: wanted.kinds.into_iter().map(kind).collect::<Result<_, _>>()?,
            archives: wanted.archives,
            query: wanted.query.filter(|query| !query.trim().is_empty()),
            quiet: wanted.quiet.map(hours).transpose()?,
        })
    }
}
