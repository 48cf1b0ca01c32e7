//! What the user chose in the window. Where it is kept is the library's business.

pub mod stored;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::alerts::Quiet;
use crate::fotoware::Change;

/// What the user chose. What is not chosen has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Tenants that the user vouches for, as URLs.
    pub tenants: Vec<String>,
    /// Long side of the largest picture to keep, in pixels; 0 keeps no large one.
    pub large_px: u32,
    /// Pretend tenants whose assets are still here.
    pub pretend_tenants: Vec<String>,
    pub reach: ReachChoice,
    /// The address that a tunnel had last: what Fotoware was probably told.
    pub known_tunnel_url: Option<String>,
    pub background: Background,
    pub notifications: Notifications,
    /// Searches that are kept under names, in the user's order.
    pub saved_searches: Vec<SavedSearch>,
    /// How the user exported last.
    pub export: ExportChoice,
    pub export_presets: Vec<ExportPreset>,
    /// Whether the questions of the first start were answered or skipped.
    pub first_start_done: bool,
}

/// What a file was written as, in the words of the export. A word that is not known there means the usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportChoice {
    pub format: String,
    pub delimiter: String,
    pub bom: bool,
}

/// The columns of an export, under a name that is given once for each kind of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportPreset {
    pub name: String,
    /// The rows that have these columns, in the words of the export.
    pub what: String,
    pub columns: Vec<PresetColumn>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresetColumn {
    /// Its name, or the number of a metadata field.
    pub key: String,
    /// What it is called; `None` leaves it as it is.
    #[serde(default)]
    pub name: Option<String>,
}

/// How Fotoware's notices reach this computer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReachChoice {
    pub way: ReachWay,
    /// Which of this computer's addresses listens; `None` leaves it to the command line.
    pub address: Option<IpAddr>,
    pub tunnel: Option<TunnelName>,
    /// Where a proxy or tunnel of the user's own is reached, without `/hooks/…`.
    pub public_url: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReachWay {
    #[default]
    ThisComputer,
    ThisNetwork,
    Tunnel,
    OwnUrl,
}

/// The tunnel programs that Lysbord can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TunnelName {
    Cloudflared,
    Ngrok,
    Tailscale,
}

/// What the desktop program does while nobody looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Background {
    pub keep_listening: KeepListening,
    pub start_at_login: bool,
    /// The user knows that on a desktop without a tray only a second start brings a hidden window back.
    pub hide_without_tray: bool,
}

/// What closing the window means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepListening {
    #[default]
    Ask,
    Yes,
    No,
}

/// What is told by notifications. Off until the user asks for it: an archive may change many times an hour, and nobody
/// wants a program to interrupt them unasked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notifications {
    pub on: bool,
    /// Empty means every kind.
    pub kinds: Vec<Change>,
    /// By their exact names; empty means every archive.
    pub archives: Vec<String>,
    /// Only assets that this search finds.
    pub query: Option<String>,
    pub quiet: Option<Quiet>,
}

/// A search and the filters beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedSearch {
    pub name: String,
    pub query: String,
    /// An archive by its exact name.
    pub archive: Option<String>,
    pub change: Option<Change>,
    /// `present`, `deleted` or `missing`.
    pub state: Option<String>,
    /// Whether what happens to its assets is told by notifications, where these are on.
    pub notify: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tenants: Vec::new(),
            large_px: 1200,
            pretend_tenants: Vec::new(),
            reach: ReachChoice::default(),
            known_tunnel_url: None,
            background: Background::default(),
            notifications: Notifications::default(),
            saved_searches: Vec::new(),
            export: ExportChoice::default(),
            export_presets: Vec::new(),
            first_start_done: false,
        }
    }
}
