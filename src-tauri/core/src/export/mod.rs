//! What was captured, as a file: CSV or JSON Lines, and the pictures beside it. It reads the library in one snapshot
//! and knows nothing of windows; who asked watches the [`Progress`] and may cancel.

mod assets;
mod changes;
mod delimited;
mod events;
mod format;
mod formula;
mod json_lines;
mod sheet;
mod to_file;

use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fixedbitset::FixedBitSet;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::library::{AssetId, Filter, LibraryError, Snapshot, Sort};
use delimited::Delimited;
use json_lines::JsonLines;
use sheet::Sheet;

pub use assets::write_pictures;
pub use format::{Delimiter, Format, What};
pub use to_file::to_file;

/// Which assets; of events and changes, those of these assets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    All,
    Search(Filter),
    /// By public id, in this order.
    Selection(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub what: What,
    pub format: Format,
    /// Between the cells of a CSV file.
    pub delimiter: Delimiter,
    /// A byte order mark, so that Excel reads UTF-8.
    pub bom: bool,
    pub scope: Scope,
    /// As it was at this moment, with events and changes up to it; `None` is now.
    pub at: Option<Timestamp>,
}

impl Request {
    /// What a file of this is called until the user calls it something else.
    pub fn file_name(&self) -> String {
        format!("lysbord-{}.{}", self.what.as_str(), self.extension())
    }

    /// The end of the file's name, without the dot.
    pub fn extension(&self) -> &'static str {
        self.format.extension(self.delimiter)
    }

    /// For `Content-Type`.
    pub fn mime(&self) -> &'static str {
        self.format.mime(self.delimiter)
    }
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The header not counted.
    pub rows: u64,
    pub long_cells: Option<LongCells>,
}

/// Cells of which Excel shows the beginning only. In the file they are whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LongCells {
    pub count: u64,
    /// The row of the first of them, as a spreadsheet counts: the header is row 1.
    pub row: u64,
    /// The name of its column.
    pub column: String,
    /// The file that its row is about.
    pub filename: String,
}

impl fmt::Display for LongCells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, row, column, filename } = self;
        let cells = if *count == 1 { "1 cell is" } else { &format!("{count} cells are") };
        let first = if *count == 1 { "it is" } else { "the first is" };
        write!(
            f,
            "{cells} longer than the 32,767 characters that Excel takes; {first} {column} of {filename}, in row {row}. "
        )?;
        write!(f, "In the file nothing is cut.")
    }
}

/// How far an export has come, and the way to stop it.
#[derive(Debug, Default)]
pub struct Progress {
    rows: AtomicU64,
    total: AtomicU64,
    cancelled: AtomicBool,
}

impl Progress {
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// 0 until it is known.
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    fn expect(&self, total: usize) {
        self.total.store(total as u64, Ordering::Relaxed);
    }

    fn step(&self) -> Result<(), ExportError> {
        self.rows.fetch_add(1, Ordering::Relaxed);
        if self.cancelled.load(Ordering::Relaxed) { Err(ExportError::Cancelled) } else { Ok(()) }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("the export was cancelled; no file was left")]
    Cancelled,
    #[error("the export could not be written: {0}. No file was left, and the library is unharmed.")]
    Write(#[from] io::Error),
    #[error(transparent)]
    Library(#[from] LibraryError),
    #[error("a picture could not be read: {0}")]
    Picture(#[from] crate::renditions::BlobError),
}

impl From<csv::Error> for ExportError {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::Write(error),
            other => Self::Write(io::Error::other(format!("{other:?}"))),
        }
    }
}

impl From<serde_json::Error> for ExportError {
    fn from(error: serde_json::Error) -> Self {
        if error.is_io() { Self::Write(error.into()) } else { Self::Library(error.into()) }
    }
}

/// Writes an export. Blocks. However long it takes and whatever comes in meanwhile, the file is of the snapshot's
/// moment.
pub fn write(
    now: &Snapshot<'_>,
    request: &Request,
    out: &mut (dyn Write + Send),
    progress: &Progress,
) -> Result<Summary, ExportError> {
    if request.bom && request.format.is_text() {
        out.write_all("\u{feff}".as_bytes())?;
    }
    let mut sheet: Box<dyn Sheet + '_> = match request.format {
        Format::Csv => Box::new(Delimited::new(out, request.delimiter)),
        Format::JsonLines => Box::new(JsonLines::new(out)),
    };
    match request.what {
        What::Assets => assets::write(now, &request.scope, request.at, sheet.as_mut(), progress)?,
        What::Events => events::write(now, &request.scope, request.at, sheet.as_mut(), progress)?,
        What::Changes => changes::write(now, &request.scope, request.at, sheet.as_mut(), progress)?,
    }
    let long_cells = sheet.finish()?;
    Ok(Summary { rows: progress.rows(), long_cells })
}

/// The assets of a scope, newest first, or as they were selected.
fn chosen(now: &Snapshot<'_>, scope: &Scope, at: Option<Timestamp>) -> Result<Vec<AssetId>, LibraryError> {
    Ok(match scope {
        Scope::All => in_gallery_order(now, &Filter { at, ..Filter::default() })?,
        Scope::Search(filter) => in_gallery_order(now, &Filter { at, ..filter.clone() })?,
        Scope::Selection(ids) => {
            let found: Result<Vec<_>, _> = ids.iter().map(|id| now.assets().id_of(id)).collect();
            found?.into_iter().flatten().collect()
        }
    })
}

fn in_gallery_order(now: &Snapshot<'_>, filter: &Filter) -> Result<Vec<AssetId>, LibraryError> {
    let places = now.gallery().slots(filter, Sort::Newest)?;
    Ok(places.into_iter().map(|place| place.asset).collect())
}

/// The assets whose events and changes are exported.
enum Chosen {
    All,
    These(FixedBitSet),
}

impl Chosen {
    fn of(now: &Snapshot<'_>, scope: &Scope, at: Option<Timestamp>) -> Result<Self, LibraryError> {
        if *scope == Scope::All {
            return Ok(Self::All);
        }
        let mut these = FixedBitSet::new();
        for asset in chosen(now, scope, at)? {
            these.grow_and_insert(asset.0 as usize);
        }
        Ok(Self::These(these))
    }

    /// `None` is an event that belongs to no asset.
    fn has(&self, asset: Option<AssetId>) -> bool {
        match self {
            Self::All => true,
            Self::These(these) => asset.is_some_and(|asset| these.contains(asset.0 as usize)),
        }
    }
}
