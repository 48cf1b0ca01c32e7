//! What was captured, as a file: a sheet (CSV, JSON Lines, a workbook) or pages of pictures, and the pictures beside it.
//! It reads the library in one snapshot and knows nothing of windows; who asked watches the [`Progress`] and may cancel.

mod about;
mod assets;
mod changes;
mod columns;
mod contact_sheet;
mod delimited;
mod deliveries;
mod events;
mod format;
mod formula;
mod json_lines;
mod long_cells;
mod pictures;
mod presets;
mod report;
mod scope;
mod sheet;
mod small_pictures;
mod to_file;
mod with_pictures;
mod workbook;

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::tz::TimeZone;

use crate::clock::Timestamp;
use crate::library::{LibraryError, Snapshot};
use crate::renditions::BlobStore;
use columns::{Arranged, Arrangement};
use contact_sheet::ContactSheet;
use delimited::Delimited;
use json_lines::JsonLines;
use scope::Chosen;
use sheet::Sheet;
use small_pictures::SmallPictures;
use workbook::XlsxSheet;

pub use about::About;
pub use columns::{Column, ColumnChoice, NotAColumn, UnknownColumn};
pub use format::{Delimiter, Format, Layout, Pictures, What};
pub use long_cells::LongCells;
pub use pictures::write_pictures;
pub use presets::{UnknownPreset, preset};
pub use scope::Scope;
pub use to_file::to_file;
pub use with_pictures::{to_file_and_folder, to_zip};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub what: What,
    pub format: Format,
    /// Between the cells of a CSV file.
    pub delimiter: Delimiter,
    /// A byte order mark, so that Excel reads UTF-8.
    pub bom: bool,
    /// The columns in their order; `None` is all that there are.
    pub columns: Option<Vec<ColumnChoice>>,
    /// A picture in each row of a workbook; `None` is yes, unless there are very many rows.
    pub thumbnails: Option<bool>,
    /// Of a contact sheet.
    pub layout: Layout,
    /// Pictures as files beside it, for those who take it to a folder or as a download.
    pub pictures: Option<Pictures>,
    pub scope: Scope,
    /// As it was at this moment, with events and changes up to it; `None` is now.
    pub at: Option<Timestamp>,
    /// In which a workbook shows times.
    pub zone: TimeZone,
    pub about: About,
}

impl Request {
    /// Everything of a kind as CSV, with nothing chosen.
    pub const fn csv(what: What) -> Self {
        Self {
            what,
            format: Format::Csv,
            delimiter: Delimiter::Comma,
            bom: false,
            columns: None,
            thumbnails: None,
            layout: Layout::FourByFive,
            pictures: None,
            scope: Scope::All,
            at: None,
            zone: TimeZone::UTC,
            about: About { words: String::new(), day: jiff::civil::date(2000, 1, 1) },
        }
    }

    /// What a file of this is called until the user calls it something else.
    pub fn file_name(&self) -> String {
        let what = match self.what {
            // What is in most files need not be said where something else is.
            What::Assets if !self.about.words.is_empty() => "",
            what => what.as_str(),
        };
        format!("{}.{}", self.about.file_stem(what), self.extension())
    }

    /// The end of the file's name, without the dot.
    pub fn extension(&self) -> &'static str {
        self.format.extension(self.delimiter)
    }

    /// For `Content-Type`.
    pub fn mime(&self) -> &'static str {
        self.format.mime(self.delimiter)
    }

    /// Why this cannot be exported, in words, if it cannot.
    pub fn contradiction(&self) -> Option<String> {
        let (what, format) = (self.what.as_str(), self.format.as_str());
        if !self.what.formats().contains(&self.format) {
            let formats: Vec<&str> = self.what.formats().iter().map(|format| format.as_str()).collect();
            return Some(format!("{what} cannot be written as {format}, but as {}", formats.join(", ")));
        }
        if self.scope.deliveries().is_some() && self.what != What::Deliveries {
            return Some(format!("a filter of the log narrows deliveries, not {what}"));
        }
        if self.what == What::Deliveries && self.scope.deliveries().is_none() && self.scope != Scope::All {
            return Some("the log of deliveries is narrowed by its own filter only".to_owned());
        }
        None
    }
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The header not counted.
    pub rows: u64,
    pub long_cells: Option<LongCells>,
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
    #[error("{0}")]
    Contradiction(String),
    #[error("{0}")]
    UnknownColumn(Box<UnknownColumn>),
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
/// moment. Files that hold pictures have none where `blobs` is `None`.
pub fn write(
    now: &Snapshot<'_>,
    blobs: Option<&BlobStore>,
    request: &Request,
    out: &mut (dyn Write + Send),
    progress: &Progress,
) -> Result<Summary, ExportError> {
    if let Some(words) = request.contradiction() {
        return Err(ExportError::Contradiction(words));
    }
    if request.format.is_text() && (request.bom || request.format == Format::ExcelCsv) {
        out.write_all("\u{feff}".as_bytes())?;
    }
    let columns = columns(request);
    let mut sheet = sheet(blobs, request, columns.as_deref(), out)?;
    let (scope, at, sheet) = (&request.scope, request.at, sheet.as_mut());
    match request.what {
        What::Assets | What::ContactSheet => {
            assets::write(now, scope, at, columns.as_deref(), sheet, progress)?;
        }
        What::Events => events::write(now, scope, at, sheet, progress)?,
        What::Changes => changes::write(now, scope, at, sheet, progress)?,
        What::Deliveries => deliveries::write(now, &scope.deliveries().cloned().unwrap_or_default(), sheet, progress)?,
        What::Report => report::write(now, scope, &request.zone, sheet, progress)?,
    }
    let long_cells = sheet.finish()?;
    Ok(Summary { rows: progress.rows(), long_cells })
}

/// How many rows an export has, before anything is written.
pub fn count(now: &Snapshot<'_>, request: &Request) -> Result<u64, LibraryError> {
    let (scope, at) = (&request.scope, request.at);
    let rows = match request.what {
        What::Assets | What::ContactSheet => now.export().count_assets(&scope.assets(now, at)?)?,
        What::Events => Chosen::of(now, scope, at)?.count(now, at)?,
        What::Changes => Chosen::of(now, scope, at)?.count_changes(now, at)?,
        What::Deliveries => now.deliveries().count(&scope.deliveries().cloned().unwrap_or_default())?,
        What::Report => report::count(now, scope, &request.zone)?,
    };
    Ok(rows as u64)
}

/// The columns that the rows of a kind may have: those of every row, then those of metadata fields that may be met.
pub fn columns_of(now: &Snapshot<'_>, what: What) -> Result<Vec<Column>, LibraryError> {
    Ok(match what {
        What::Assets | What::ContactSheet => {
            let fields = now.fields().names()?;
            let of_fields = fields.iter().map(|field| Column::of_field(field.id, &field.label));
            assets::columns().iter().cloned().chain(of_fields).collect()
        }
        What::Events => events::columns().to_vec(),
        What::Changes => changes::columns().to_vec(),
        What::Deliveries => deliveries::columns().to_vec(),
        What::Report => report::columns().to_vec(),
    })
}

/// Which columns are wanted; `None` is all of them.
fn columns(request: &Request) -> Option<Vec<ColumnChoice>> {
    request.columns.clone().or_else(|| match request.what {
        What::ContactSheet => {
            Some(contact_sheet::USUAL_LINES.map(|key| ColumnChoice { key: key.to_owned(), name: None }).to_vec())
        }
        What::Assets | What::Events | What::Changes | What::Deliveries | What::Report => None,
    })
}

/// A sheet of the format and with the columns that were asked for.
fn sheet<'s>(
    blobs: Option<&'s BlobStore>,
    request: &'s Request,
    columns: Option<&'s [ColumnChoice]>,
    out: &'s mut (dyn Write + Send),
) -> Result<Box<dyn Sheet + 's>, ExportError> {
    let sheet: Box<dyn Sheet + 's> = match request.format {
        Format::Csv => Box::new(Delimited::new(out, request.delimiter, "; ")),
        // A semicolon in a cell confuses eyes where it separates cells, too.
        Format::ExcelCsv => Box::new(Delimited::new(out, request.delimiter, " | ")),
        Format::JsonLines => Box::new(JsonLines::new(out)),
        Format::Xlsx => {
            let blobs = blobs.filter(|_| request.thumbnails != Some(false) && request.what.has_pictures());
            let pictures = blobs.map(|blobs| SmallPictures::new(blobs, workbook::PICTURE_SIDE));
            let asked = request.thumbnails == Some(true);
            Box::new(XlsxSheet::new(out, request.what.title(), request.zone.clone(), pictures, asked)?)
        }
        Format::Pdf => {
            let pictures = blobs.map(|blobs| SmallPictures::new(blobs, contact_sheet::PICTURE_SIDE));
            Box::new(ContactSheet::new(out, pictures, request.layout, request.zone.clone(), &request.about))
        }
    };
    Ok(match (columns, request.format) {
        (Some(choices), _) => Box::new(Arranged::new(sheet, Arrangement::Chosen(choices))),
        (None, Format::Xlsx) => Box::new(Arranged::new(sheet, Arrangement::ForPeople)),
        (None, Format::Csv | Format::ExcelCsv | Format::JsonLines | Format::Pdf) => sheet,
    })
}
