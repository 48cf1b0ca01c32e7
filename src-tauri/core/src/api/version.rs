//! A version of an asset, and what it changed, by the names of its fields.

use serde::Serialize;
use utoipa::ToSchema;

use crate::fotoware::{self, Change, EventKind, Piece, Subject};
use crate::library::{HistoryEntry, Labels, Note, RenditionState};

/// One step in an asset's history.
#[derive(Serialize, ToSchema)]
pub(super) struct Version {
    /// The version that the asset is at after this step.
    pub number: u64,
    pub event_id: String,
    pub change: Change,
    #[schema(value_type = String)]
    pub kind: EventKind,
    pub operation: Option<String>,
    pub created_at: String,
    pub received_at: String,
    pub filename: String,
    pub previous_name: Option<String>,
    pub title: String,
    pub archive: String,
    pub file_size: Option<u64>,
    pub pixel_width: Option<u64>,
    pub pixel_height: Option<u64>,
    pub changes: Vec<FieldChange>,
    pub thumbnail: RenditionState,
    pub preview: RenditionState,
    pub large: Option<RenditionState>,
    /// What is odd about it.
    pub notes: Vec<Note>,
    pub delivery_id: i64,
}

impl Version {
    pub(super) fn new(step: HistoryEntry, labels: &Labels) -> Self {
        Self {
            number: step.version,
            delivery_id: step.delivery().0,
            notes: step.notes,
            changes: step.changes.iter().map(|change| FieldChange::new(change, labels)).collect(),
            event_id: step.public_id,
            change: step.change,
            kind: step.kind,
            operation: step.operation,
            created_at: step.created.to_string(),
            received_at: step.received.to_string(),
            filename: step.filename,
            previous_name: step.previous_name,
            title: step.title,
            archive: step.archive,
            file_size: step.file_size,
            pixel_width: step.pixel_width,
            pixel_height: step.pixel_height,
            thumbnail: step.thumbnail,
            preview: step.preview,
            large: step.large,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct FieldChange {
    /// The number of a metadata field; null for a property of the file.
    pub id: Option<u32>,
    /// Which property of the file; null for a metadata field. A size is a bare number of bytes.
    pub property: Option<Property>,
    pub label: String,
    pub old: Vec<String>,
    pub new: Vec<String>,
    pub added: Vec<String>,
    pub removed: Vec<String>,
    /// To colour: the words of a text, the values of a list that came and went, or the old value and the new one. Empty
    /// if only the order of values changed.
    pub pieces: Vec<Piece>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Property {
    Filename,
    FileSize,
    Pixels,
    Archive,
}

impl FieldChange {
    pub(super) fn new(change: &fotoware::FieldChange, labels: &Labels) -> Self {
        let owned = |values: Vec<&str>| values.into_iter().map(str::to_owned).collect();
        let (id, property) = match change.subject {
            Subject::Field(id) => (Some(id), None),
            Subject::Filename => (None, Some(Property::Filename)),
            Subject::FileSize => (None, Some(Property::FileSize)),
            Subject::Pixels => (None, Some(Property::Pixels)),
            Subject::Archive => (None, Some(Property::Archive)),
        };
        Self {
            id,
            property,
            pieces: change.pieces(),
            label: labels.of_subject(change.subject),
            added: owned(change.added()),
            removed: owned(change.removed()),
            old: change.old.clone(),
            new: change.new.clone(),
        }
    }
}
