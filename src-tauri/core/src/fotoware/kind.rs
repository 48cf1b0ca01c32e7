//! The kinds of webhook, of event and of change, in the words that the database, the API and the CSV use.

use serde::{Deserialize, Serialize};

/// Writes an enum of unit variants with the one word by which each is stored and shown. The word is taken as a token, as
/// derived code reads no literal that went through a macro.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:tt),+ $(,)? }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// What an event did to its asset: the badge on a tile, the title of a step in the history.
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

impl Change {
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
