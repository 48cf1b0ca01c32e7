//! The kinds of webhook, of event and of change, in the words that the database, the API and the CSV use.

use utoipa::ToSchema;

/// Writes an enum of unit variants with the one word by which each is stored and shown. The word is taken as a token,
/// as derived code reads no literal that went through a macro.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:tt),+ $(,)? }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        $(#[$meta])*
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == word)
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What the URL says of a delivery. Only the URL tells Fotoware's notifications apart (docs/fotoware.md 4).
    HookKind {
        Ingested = "ingested",
        Modified = "modified",
        Deleted = "deleted",
        Marker = "marker",
        Action = "action",
        /// The catch-all: the body is asked for clues.
        Any = "any",
    }
}

words! {
    /// What a delivery says happened.
    EventKind {
        Ingested = "ingested",
        Modified = "modified",
        Deleted = "deleted",
        Marker = "marker",
        Action = "action",
        /// It came by the catch-all and its body does not tell; never guessed to be a deletion.
        Unknown = "unknown",
    }
}

words! {
    /// What an event did to its asset.
    #[derive(Default, ToSchema)]
    Change {
        Ingested = "ingested",
        Metadata = "metadata",
        Renamed = "renamed",
        NewVersion = "new_version",
        Restored = "restored",
        Deleted = "deleted",
        Marker = "marker",
        Action = "action",
        /// Modified, without a word on how.
        Modified = "modified",
        #[default]
        Unknown = "unknown",
    }
}

impl EventKind {
    /// The URL's word, or for the catch-all what the body gives away (docs/fotoware.md 4): a wrapped asset is a
    /// modification, a bare one that was uploaded an ingestion, and of anything else nothing is known.
    pub fn of(hook: HookKind, wrapped: bool, operation: Option<&str>) -> Self {
        match hook {
            HookKind::Ingested => Self::Ingested,
            HookKind::Modified => Self::Modified,
            HookKind::Deleted => Self::Deleted,
            HookKind::Marker => Self::Marker,
            HookKind::Action => Self::Action,
            HookKind::Any if wrapped => Self::Modified,
            HookKind::Any if operation == Some("upload") => Self::Ingested,
            HookKind::Any => Self::Unknown,
        }
    }
}

impl EventKind {
    /// Its place among events of the same asset and millisecond, lowest first: an asset is ingested before anything
    /// else happens to it, and deleted last.
    pub fn rank(self) -> u8 {
        match self {
            Self::Ingested => 0,
            Self::Modified | Self::Marker | Self::Action | Self::Unknown => 1,
            Self::Deleted => 2,
        }
    }

    /// Whether an event of this kind opens a version. `differs` says whether its state differs from that of the last
    /// version; `None` is that there is none yet. A deletion opens one only if there is none; a click on a marker or an
    /// action also if it shows a state that no notice before it told.
    pub fn opens_version(self, differs: Option<bool>) -> bool {
        match self {
            Self::Ingested | Self::Modified | Self::Unknown => true,
            Self::Deleted => differs.is_none(),
            Self::Marker | Self::Action => differs.unwrap_or(true),
        }
    }
}

impl Change {
    /// For people, as a sentence begins: in notifications and in the tray.
    pub fn label(self) -> &'static str {
        match self {
            Self::Ingested => "Ingested",
            Self::Metadata => "Metadata changed",
            Self::Renamed => "Renamed",
            Self::NewVersion => "New version",
            Self::Restored => "Restored",
            Self::Deleted => "Deleted",
            Self::Marker => "Marker changed",
            Self::Action => "Action run",
            Self::Modified => "Modified",
            Self::Unknown => "Something happened",
        }
    }

    /// `operation-name` is spelled as Fotoware documents it; an unknown one is a plain modification.
    pub fn of(kind: EventKind, operation: Option<&str>) -> Self {
        match (kind, operation) {
            (EventKind::Ingested, _) => Self::Ingested,
            (EventKind::Deleted, _) => Self::Deleted,
            (EventKind::Marker, _) => Self::Marker,
            (EventKind::Action, _) => Self::Action,
            (_, Some("updateMetadata")) => Self::Metadata,
            (_, Some("rename")) => Self::Renamed,
            (_, Some("upload")) => Self::NewVersion,
            (_, Some("restoreRevision")) => Self::Restored,
            (EventKind::Modified, _) => Self::Modified,
            (EventKind::Unknown, _) => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catch_all_never_guesses_a_deletion() {
        assert_eq!(EventKind::of(HookKind::Any, true, None), EventKind::Modified);
        assert_eq!(EventKind::of(HookKind::Any, false, Some("upload")), EventKind::Ingested);
        assert_eq!(EventKind::of(HookKind::Any, false, None), EventKind::Unknown);
    }

    #[test]
    fn an_ingestion_says_upload_and_is_no_new_version() {
        assert_eq!(Change::of(EventKind::Ingested, Some("upload")), Change::Ingested);
        assert_eq!(Change::of(EventKind::Modified, Some("upload")), Change::NewVersion);
        assert_eq!(Change::of(EventKind::Modified, Some("somethingNew")), Change::Modified);
    }
}
