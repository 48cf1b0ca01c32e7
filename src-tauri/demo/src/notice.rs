//! What happened in the tenant, before it is put into Fotoware's words.

use super::asset::Asset;
use lysbord_clock::Timestamp;

/// Which of the tenant's hooks fires; only the URL tells them apart (docs/fotoware.md 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HookKind {
    Ingested,
    Modified,
    Deleted,
    Marker,
    Action,
    /// The catch-all, for whoever set up only one.
    Any,
}

impl HookKind {
    /// The last part of the hook URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingested => "ingested",
            Self::Modified => "modified",
            Self::Deleted => "deleted",
            Self::Marker => "marker",
            Self::Action => "action",
            Self::Any => "any",
        }
    }
}

/// One firing of a hook.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The webhook's id: the same again means the same notice again.
    pub id: String,
    pub kind: HookKind,
    pub created: Timestamp,
    pub operation: Option<Operation>,
    pub previous_name: Option<String>,
    pub asset: Asset,
    /// With it, `data` wraps the asset (modified, version 2); `None` for the bare shape.
    pub wrapped: Option<Wrapped>,
    pub oddity: Option<Oddity>,
}

/// What stands beside the asset in version 2 of *modified*.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrapped {
    pub before: Option<Asset>,
    /// What the site calls a field, where that is not what all others call it.
    pub label: Option<(u16, &'static str)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Upload,
    UpdateMetadata,
    Rename,
    RestoreRevision,
    /// One that no document names.
    Unknown,
}

impl Operation {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::UpdateMetadata => "updateMetadata",
            Self::Rename => "rename",
            Self::RestoreRevision => "restoreRevision",
            Self::Unknown => "applyPreset",
        }
    }
}

/// How a payload differs from the captured ones, yet must be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// Keys that no picture or identity hangs on are left out.
    MissingKeys,
    /// The same keys are there, and `null`.
    NullKeys,
    /// Numbers inside the asset arrive as strings, and those of the envelope as numbers.
    SwappedNumbers,
    /// Dates with that many decimals: 0, 3 or 6.
    Decimals(u8),
    /// Keys that no document names, at all levels.
    UnknownKeys,
    /// Paths in `href` are not percent-encoded.
    RawHrefs,
    /// Nothing tells which asset it is.
    Nameless,
}
