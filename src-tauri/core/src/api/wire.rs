//! The shapes that go over the wire, in the words of the OpenAPI document.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::unattended::{Background, Notifications};
use crate::clock::Moment;
use crate::desk::{JobState, JobStatus};
use crate::export;
use crate::fotoware::{self, FieldChange as Difference, Subject};
use crate::library::{self, Labels, LoggedDelivery, RenditionState, Step, Tile};

/// A picture of a version. It may have a URL though it is missing or waiting: then another one is shown for it.
#[derive(Serialize, ToSchema)]
pub(super) struct Picture {
    pub state: Standing,
    pub url: Option<String>,
    /// The bytes as they came, where something else is shown for them, or where this program cannot show them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_url: Option<String>,
    /// The end of the picture never came: what there is, is shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// The version whose picture is shown instead, while its own is missing or waiting; null if the URL is of this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier_version: Option<u64>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Why it is missing, in words.
    pub reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Standing {
    Kept,
    Waiting,
    Missing,
}

impl From<RenditionState> for Picture {
    fn from(rendition: RenditionState) -> Self {
        let address = |hash| format!("/api/blobs/{hash}");
        Self {
            state: match rendition.state.as_str() {
                "kept" => Standing::Kept,
                "waiting" => Standing::Waiting,
                _ => Standing::Missing,
            },
            url: rendition.shown.map(address),
            original_url: rendition
                .hash
                .filter(|hash| rendition.shown != Some(*hash))
                .or(rendition.unshown)
                .map(address),
            partial: rendition.is_partial,
            earlier_version: rendition.earlier_version,
            width: rendition.width,
            height: rendition.height,
            reason: rendition.reason,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct AssetTile {
    pub id: String,
    pub filename: String,
    pub title: String,
    /// `present` or `deleted`.
    pub state: String,
    /// What the last event did, see `Change`.
    #[schema(value_type = Change)]
    pub change: String,
    pub changed_at: String,
    pub version_count: u64,
    /// Width over height.
    pub ratio: f64,
    pub archive: String,
    pub doctype: Option<String>,
    /// Stars, where they were asked for and there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
    pub thumbnail: Picture,
    pub preview: Picture,
    /// A thumbhash in base64.
    pub placeholder: Option<String>,
}

/// What an event did.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used: the library has the word itself")]
pub(super) enum Change {
    Ingested,
    Metadata,
    Renamed,
    NewVersion,
    Restored,
    Deleted,
    Marker,
    Action,
    Modified,
    Unknown,
}

impl From<Tile> for AssetTile {
    fn from(tile: Tile) -> Self {
        Self {
            id: tile.public_id,
            filename: tile.filename,
            title: tile.title,
            state: tile.state,
            change: tile.change,
            changed_at: tile.last.to_string(),
            version_count: tile.version_count,
            ratio: (tile.ratio * 1000.0).round() / 1000.0,
            archive: tile.archive,
            doctype: Some(tile.doctype).filter(|doctype| !doctype.is_empty()),
            rating: None,
            thumbnail: tile.thumbnail.into(),
            preview: tile.preview.into(),
            placeholder: tile.placeholder.filter(|hash| !hash.is_empty()).map(|hash| base64(&hash)),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct AssetPage {
    pub revision: u64,
    pub total: usize,
    pub offset: usize,
    pub items: Vec<AssetTile>,
}

/// Where a heading begins and how much is below it.
#[derive(Serialize, ToSchema)]
pub(super) struct GalleryGroup {
    /// A day such as `2026-03-04`, or a first letter.
    pub key: String,
    pub assets: usize,
    /// Everything that happened on that day, where nothing is filtered.
    pub events: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Gallery {
    pub revision: u64,
    pub total: usize,
    pub groups: Vec<GalleryGroup>,
    /// Base64 of one byte for each asset in order: width over height is 0.2 · 25^(byte/255).
    pub ratios: String,
    /// Where the asset stands that was asked for.
    pub anchor_index: Option<usize>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct AssetIds {
    pub ids: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct FieldValue {
    pub id: u32,
    pub label: String,
    pub values: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Fact {
    pub label: String,
    pub value: String,
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

#[derive(Serialize, ToSchema)]
pub(super) struct Piece {
    pub kind: PieceKind,
    pub text: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PieceKind {
    Same,
    Added,
    Removed,
}

impl From<fotoware::Piece> for Piece {
    fn from(piece: fotoware::Piece) -> Self {
        let kind = match piece.kind {
            fotoware::PieceKind::Same => PieceKind::Same,
            fotoware::PieceKind::Added => PieceKind::Added,
            fotoware::PieceKind::Removed => PieceKind::Removed,
        };
        Self { kind, text: piece.text }
    }
}

impl FieldChange {
    pub(super) fn new(change: &Difference, labels: &Labels) -> Self {
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
            pieces: change.pieces().into_iter().map(Into::into).collect(),
            label: labels.of_subject(change.subject),
            added: owned(change.added()),
            removed: owned(change.removed()),
            old: change.old.clone(),
            new: change.new.clone(),
        }
    }
}

/// One step in an asset's history.
#[derive(Serialize, ToSchema)]
pub(super) struct Version {
    /// The version that the asset is at after this step.
    pub number: u64,
    pub event_id: String,
    #[schema(value_type = Change)]
    pub change: String,
    pub kind: String,
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
    pub thumbnail: Picture,
    pub preview: Picture,
    pub large: Option<Picture>,
    /// What is odd about it.
    pub notes: Vec<Note>,
    pub delivery_id: i64,
}

impl Version {
    pub(super) fn new(step: Step, labels: &Labels) -> Self {
        Self {
            number: step.version,
            delivery_id: step.delivery().0,
            notes: step.notes.iter().copied().map(Into::into).collect(),
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
            thumbnail: step.thumbnail.into(),
            preview: step.preview.into(),
            large: step.large.map(Into::into),
        }
    }
}

/// Something odd about a step.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Note {
    /// It came so long after Fotoware made it.
    Late { seconds: u64 },
    /// It tells of something before it that no notice told: that one is missing.
    Gap,
    /// It came so many times more.
    SentAgain { times: u64 },
    /// It is the same again as that earlier version.
    Restores { version: u64 },
    /// The user brought it here by joining assets.
    Joined,
}

impl From<library::Note> for Note {
    fn from(note: library::Note) -> Self {
        match note {
            library::Note::Late { seconds } => Self::Late { seconds },
            library::Note::Gap => Self::Gap,
            library::Note::SentAgain { times } => Self::SentAgain { times },
            library::Note::Restores { version } => Self::Restores { version },
            library::Note::Joined => Self::Joined,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct AssetDetail {
    pub id: String,
    pub filename: String,
    pub title: String,
    pub description: String,
    pub byline: String,
    pub tags: Vec<String>,
    pub archive: String,
    pub archives: Vec<String>,
    pub href: String,
    pub doctype: Option<String>,
    pub file_size: Option<u64>,
    pub pixel_width: Option<u64>,
    pub pixel_height: Option<u64>,
    pub created_at: Option<String>,
    pub modified_at: Option<String>,
    pub first_seen: String,
    pub last_seen: String,
    pub state: String,
    #[schema(value_type = Change)]
    pub change: String,
    pub changed_at: String,
    pub version_count: u64,
    pub ratio: f64,
    pub fields: Vec<FieldValue>,
    /// Camera, colour space and the like.
    pub facts: Vec<Fact>,
    pub former_names: Vec<String>,
    pub thumbnail: Picture,
    pub preview: Picture,
    pub large: Option<Picture>,
    pub placeholder: Option<String>,
    /// The latest first; deletions and clicks among them.
    pub versions: Vec<Version>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Delivery {
    pub id: i64,
    pub received_at: String,
    pub kind: String,
    pub content_type: Option<String>,
    pub outcome: Outcome,
    /// Why it is unreadable, damaged or set aside, in words.
    pub problem: Option<String>,
    pub size: u64,
    pub asset_id: Option<String>,
    pub filename: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    Event,
    /// It came before, and has no further effect.
    Duplicate,
    /// It tells nothing that can be read, and is kept as it came.
    Unreadable,
    /// Its bytes changed on this disk after it came.
    Damaged,
    /// It can be read, and showing it failed; all others are shown.
    SetAside,
}

impl Outcome {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Duplicate => "duplicate",
            Self::Unreadable => "unreadable",
            Self::Damaged => "damaged",
            Self::SetAside => "set_aside",
        }
    }
}

impl From<LoggedDelivery> for Delivery {
    fn from(logged: LoggedDelivery) -> Self {
        Self {
            id: logged.id.0,
            received_at: logged.received.to_string(),
            kind: logged.kind,
            content_type: logged.content_type,
            outcome: match logged.outcome.as_str() {
                "event" => Outcome::Event,
                "duplicate" => Outcome::Duplicate,
                "damaged" => Outcome::Damaged,
                "set_aside" => Outcome::SetAside,
                _ => Outcome::Unreadable,
            },
            problem: logged.problem,
            size: logged.size,
            asset_id: logged.asset_id,
            filename: logged.filename,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct DeliveryPage {
    pub items: Vec<Delivery>,
    pub next_before: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct DeliveryBody {
    pub id: i64,
    /// As it came, secrets redacted.
    pub body: String,
    pub is_json: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ArchiveCount {
    pub name: String,
    pub assets: u64,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Sidebar {
    pub revision: u64,
    pub assets: u64,
    pub events: u64,
    pub present: u64,
    pub new_versions: u64,
    pub deleted: u64,
    pub missing_picture: u64,
    /// Deliveries that tell nothing that can be read.
    pub unreadable: u64,
    /// Deliveries that changed on this disk, or that could not be shown.
    pub set_aside: u64,
    pub archives: Vec<ArchiveCount>,
}

/// Something that is wrong at present, in words for people.
#[derive(Serialize, ToSchema)]
pub(super) struct Trouble {
    /// What kind of trouble this is; branch on it.
    pub code: &'static str,
    pub happened: String,
    /// What is safe in spite of it.
    pub kept: &'static str,
    /// What to do.
    pub advice: &'static str,
}

impl From<library::Trouble> for Trouble {
    fn from(trouble: library::Trouble) -> Self {
        let library::Trouble { code, happened, kept, advice } = trouble;
        Self { code, happened, kept, advice }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct HooksStatus {
    /// Without its last part, such as `http://127.0.0.1:7474/hooks/…`; null while nothing listens.
    pub url: Option<String>,
    pub listening: bool,
    pub problem: Option<String>,
    /// What the last check of the public address found; null before the first.
    pub reachable: Option<CheckedHooks>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct CheckedHooks {
    /// The hook URLs that were checked, without their last part; null if there were none to check.
    pub url: Option<String>,
    pub way: super::reach::Way,
    pub checked_at: String,
    pub ok: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct DemoStatus {
    pub running: bool,
    pub base_url: Option<String>,
    pub posted: u64,
    /// Whether a demo has left anything that can be removed.
    pub left_something: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Status {
    pub revision: u64,
    pub version: String,
    pub shell: ShellName,
    pub data_dir: String,
    pub hooks: HooksStatus,
    /// Whether Fotoware is asked to come again.
    pub paused: bool,
    pub last_delivery_at: Option<String>,
    pub pictures_waiting: usize,
    pub picture_median_ms: Option<u64>,
    pub library_bytes: u64,
    pub tenants: Vec<String>,
    pub demo: DemoStatus,
    /// While the library is made anew from its deliveries.
    pub rebuild: Option<RebuildStatus>,
    /// What is wrong at present; empty if all is well.
    pub trouble: Vec<Trouble>,
}

/// How far a rebuild is, in deliveries.
#[derive(Serialize, ToSchema)]
pub(super) struct RebuildStatus {
    pub done: u64,
    pub total: u64,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ShellName {
    Window,
    Browser,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Changes {
    pub revision: u64,
    /// Null if they are too many to name.
    pub asset_ids: Option<Vec<String>>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Settings {
    /// Web addresses of the tenants that the user vouches for.
    pub tenants: Vec<String>,
    /// Long side of the largest picture to keep; 0 keeps none.
    #[schema(maximum = 2400)]
    pub large_px: u32,
    pub reach: super::reach::Choice,
    pub background: Background,
    pub notifications: Notifications,
    pub export: ExportChoice,
    pub first_start_done: bool,
}

/// What is to change; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
pub(super) struct SettingsChange {
    pub tenants: Option<Vec<String>>,
    #[schema(maximum = 2400)]
    pub large_px: Option<u32>,
    pub reach: Option<super::reach::Choice>,
    pub background: Option<Background>,
    pub notifications: Option<Notifications>,
    pub export: Option<ExportChoice>,
    pub first_start_done: Option<bool>,
}

/// How the user exported last, for the next time.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct ExportChoice {
    pub format: export::Format,
    pub delimiter: export::Delimiter,
    pub bom: bool,
}

impl From<ExportChoice> for crate::settings::ExportChoice {
    fn from(chosen: ExportChoice) -> Self {
        let (format, delimiter) = (chosen.format.as_str().to_owned(), chosen.delimiter.as_str().to_owned());
        Self { format, delimiter, bom: chosen.bom }
    }
}

impl From<crate::settings::ExportChoice> for ExportChoice {
    fn from(kept: crate::settings::ExportChoice) -> Self {
        Self {
            format: export::Format::parse(&kept.format).unwrap_or_default(),
            delimiter: export::Delimiter::parse(&kept.delimiter).unwrap_or_default(),
            bom: kept.bom,
        }
    }
}

/// What to export.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct ExportRequest {
    pub what: export::What,
    #[serde(default)]
    pub format: export::Format,
    /// Between the cells of a CSV file.
    #[serde(default)]
    pub delimiter: export::Delimiter,
    /// A byte order mark, for Excel.
    #[serde(default)]
    pub bom: bool,
    pub scope: ExportScope,
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ExportScope {
    All {
        /// Look back: as it was at this moment, by Fotoware's time (RFC 3339).
        #[serde(default)]
        at: Option<String>,
    },
    Search(super::filter::FilterParams),
    Selection {
        ids: Vec<String>,
        /// Look back: as it was at this moment, by Fotoware's time (RFC 3339).
        #[serde(default)]
        at: Option<String>,
    },
}

/// Events by Fotoware's time, in spans of equal length.
#[derive(Serialize, ToSchema)]
pub(super) struct Histogram {
    pub revision: u64,
    /// The first and the last event of all; null if there is none.
    pub first: Option<String>,
    pub last: Option<String>,
    /// Where the first bucket begins and the last one ends: what was asked for, made larger to whole buckets. Null if there
    /// is no event at all.
    pub from: Option<String>,
    pub until: Option<String>,
    pub bucket_ms: i64,
    pub counts: Vec<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct ExportJob {
    pub id: String,
    pub state: ExportState,
    pub rows: u64,
    pub total: u64,
    pub bytes: u64,
    pub file_name: String,
    pub path: Option<String>,
    pub problem: Option<String>,
    /// Cells that are longer than a spreadsheet takes.
    pub long_cells: Option<export::LongCells>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    Running,
    Done,
    Cancelled,
    Failed,
}

impl From<JobStatus> for ExportJob {
    fn from(job: JobStatus) -> Self {
        Self {
            id: job.id,
            state: match job.state {
                JobState::Running => ExportState::Running,
                JobState::Done => ExportState::Done,
                JobState::Cancelled => ExportState::Cancelled,
                JobState::Failed => ExportState::Failed,
            },
            rows: job.rows,
            total: job.total,
            bytes: job.bytes,
            file_name: job.file_name,
            path: job.path.map(|path| path.to_string_lossy().into_owned()),
            problem: job.problem,
            long_cells: job.long_cells,
        }
    }
}

pub(super) fn time(moment: Option<i64>) -> Option<String> {
    moment.map(|millis| Moment(millis).to_string())
}

pub(super) fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Metadata by name, ascending by number.
pub(super) fn fields(metadata: BTreeMap<u32, Vec<String>>, labels: &Labels) -> Vec<FieldValue> {
    metadata.into_iter().map(|(id, values)| FieldValue { id, label: labels.of(id), values }).collect()
}
