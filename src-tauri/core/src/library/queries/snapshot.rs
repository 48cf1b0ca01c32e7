//! The library at one moment, for everybody outside of this room: a small handle for each subject, whose questions
//! stand beside their SQL. That there is SQLite behind it, nobody else knows.

use rusqlite::Connection;

use crate::folder::Folder;
use crate::library::error::LibraryError;
use crate::library::queries::found_terms::FoundTerms;
use crate::library::store::set_aside::SetAsideCounts;
use crate::library::store::{readers, set_aside, settings};
use crate::settings::Settings;

/// One read transaction. All questions are answered from the same moment, whatever is written meanwhile.
///
/// Questions block on the disk. The transaction ends with the closure that was given the snapshot; a long one keeps the
/// library's log of writes from being cleared away.
#[derive(Clone, Copy)]
pub struct Snapshot<'a> {
    pub(super) connection: &'a Connection,
    pub(super) found_terms: &'a FoundTerms,
}

/// Declares the handles: each is the snapshot, with the questions of one subject.
macro_rules! handles {
    ($($(#[doc = $doc:literal])+ $name:ident = $method:ident),+ $(,)?) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy)]
            pub struct $name<'a>(pub(super) Snapshot<'a>);
        )+

        impl<'a> Snapshot<'a> {
            $(
                $(#[doc = $doc])+
                pub fn $method(self) -> $name<'a> {
                    $name(self)
                }
            )+
        }
    };
}

handles! {
    /// Which assets a search leaves, in which order, and the numbers beside them.
    GalleryQueries = gallery,
    /// Single assets: tiles, details, ids.
    AssetQueries = assets,
    /// What happened: the list of events, counts over time, what came in last.
    EventQueries = events,
    /// The log of deliveries, and their bodies.
    DeliveryQueries = deliveries,
    /// Pictures: which are waited for, which are to be decoded, what format a blob has.
    RenditionQueries = renditions,
    /// The rows of exported files, one after the other.
    ExportQueries = export,
    /// Names of metadata fields.
    FieldQueries = fields,
    /// What the user decided about assets.
    DecisionQueries = decisions,
    /// Imports that were not taken back.
    ImportQueries = imports,
    /// Who follows the log of deliveries, and how far each has come.
    FollowerQueries = followers,
}

impl<'a> Snapshot<'a> {
    /// A connection in a transaction of its own.
    pub(in crate::library) fn of(connection: &'a Connection, found_terms: &'a FoundTerms) -> Self {
        Self { connection, found_terms }
    }

    /// What the user chose, with defaults where nothing was saved and where it cannot be read.
    pub fn settings(self) -> Result<Settings, LibraryError> {
        settings::load(self.connection)
    }

    /// What of the settings cannot be read and so has its default, a sentence each.
    pub(in crate::library) fn settings_not_understood(self) -> Result<Vec<String>, LibraryError> {
        settings::not_understood(self.connection)
    }

    /// How many deliveries are set aside.
    pub(in crate::library) fn set_aside(self) -> Result<SetAsideCounts, LibraryError> {
        set_aside::set_aside_counts(self.connection)
    }
}

/// A library that is opened for reading alone, beside whoever writes it: for exports and commands.
///
/// It sees what is in `library.db`. Deliveries that are only in the journal so far are not there yet.
pub struct ReadOnlyLibrary {
    connection: Connection,
    found_terms: FoundTerms,
}

impl ReadOnlyLibrary {
    /// Opens the library of a folder. Fails if there is none, or if a newer program wrote it.
    pub fn open(folder: &Folder) -> Result<Self, LibraryError> {
        Ok(Self { connection: readers::read_only(folder)?, found_terms: FoundTerms::default() })
    }

    /// Answers a question from one moment. Blocks.
    pub fn read<T, E: From<LibraryError>>(&self, question: impl FnOnce(&Snapshot<'_>) -> Result<T, E>) -> Result<T, E> {
        let transaction = self.connection.unchecked_transaction().map_err(LibraryError::from)?;
        question(&Snapshot::of(&transaction, &self.found_terms))
    }
}
