//! A row an asset: its facts, how its pictures stand, and a column for each metadata field that occurs.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::mpsc::{SyncSender, sync_channel};

use super::columns::{Column, ColumnChoice, Holds};
use super::sheet::{Cell, Row, Sheet};
use super::{ExportError, Progress, Scope};
use crate::clock::Timestamp;
use crate::fotoware::FieldId;
use crate::library::{AssetRow, AssetText, AssetsToExport, LibraryError, Snapshot};
use crate::model::{BlobHash, Format};

static COLUMNS: [Column; 22] = [
    Column::new("asset_id", "Asset", Holds::Id),
    Column::new("filename", "File name", Holds::Line),
    Column::new("title", "Title", Holds::Line),
    Column::new("byline", "Byline", Holds::Line),
    Column::new("description", "Caption", Holds::Text),
    Column::new("tags", "Keywords", Holds::Line),
    Column::new("archive", "Archive", Holds::Line),
    Column::new("href", "Link", Holds::Link),
    Column::new("doctype", "Type", Holds::Word),
    Column::new("file_size", "Size (bytes)", Holds::Amount),
    Column::new("pixel_width", "Width (pixels)", Holds::Amount),
    Column::new("pixel_height", "Height (pixels)", Holds::Amount),
    Column::new("created", "Created", Holds::Time),
    Column::new("modified", "Modified", Holds::Time),
    Column::new("first_seen", "First received", Holds::Time),
    Column::new("last_seen", "Last received", Holds::Time),
    Column::new("state", "State", Holds::Word),
    Column::new("version_count", "Versions", Holds::Word),
    Column::new("last_event", "Last event", Holds::Word),
    Column::new("thumbnail", "Thumbnail", Holds::Id),
    Column::new("preview", "Preview", Holds::Id),
    Column::new("preview_file", "Preview file", Holds::Id),
];

pub(super) fn columns() -> &'static [Column] {
    &COLUMNS
}

/// `choices` are the columns that are wanted; `None` is all of them, with each metadata field that occurs.
pub(super) fn write(
    now: &Snapshot<'_>,
    scope: &Scope,
    at: Option<Timestamp>,
    choices: Option<&[ColumnChoice]>,
    sheet: &mut dyn Sheet,
    progress: &Progress,
) -> Result<(), ExportError> {
    let assets = scope.assets(now, at)?;
    let count = now.export().count_assets(&assets)?;
    progress.expect(count);
    let fields = fields(now, &assets, choices)?;
    let labels = now.fields().labels()?;
    let of_fields = fields.iter().map(|id| Column::of_field(*id, &labels.of(*id)));
    let columns: Vec<Column> = COLUMNS.iter().cloned().chain(of_fields).collect();
    sheet.header(&columns, count as u64)?;

    // One thread reads while another writes: each takes about half of the time.
    std::thread::scope(|threads| {
        let (read, to_write) = sync_channel::<Vec<Asset>>(BATCHES);
        let writing = threads.spawn(|| -> Result<(), ExportError> {
            for asset in to_write.into_iter().flatten() {
                write_row(&asset, &fields, sheet)?;
                progress.step()?;
            }
            Ok(())
        });
        let reading = read_rows(now, &assets, &read);
        drop(read);
        let written = writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        written.and(reading.map_err(Into::into))
    })
}

/// The metadata fields that have a column: those that occur, or those that were chosen. A chosen field that the library
/// knows has its column, though no asset of the scope has a value for it.
fn fields(
    now: &Snapshot<'_>,
    assets: &AssetsToExport,
    choices: Option<&[ColumnChoice]>,
) -> Result<Vec<FieldId>, LibraryError> {
    let Some(choices) = choices else { return now.export().fields_of_assets(assets) };
    let mut known: BTreeSet<FieldId> = now.fields().names()?.into_iter().map(|field| field.id).collect();
    let wanted: BTreeSet<FieldId> = choices.iter().filter_map(ColumnChoice::field).collect();
    if wanted.is_subset(&known) && choices.iter().all(|choice| is_fact(choice) || choice.field().is_some()) {
        return Ok(wanted.into_iter().collect());
    }
    // One of them may be a field of old assets only, or may be none: then it is told which there are.
    known.extend(now.export().fields_of_assets(assets)?);
    Ok(known.into_iter().collect())
}

fn is_fact(choice: &ColumnChoice) -> bool {
    COLUMNS.iter().any(|column| column.key == choice.key)
}

/// Rows that go from thread to thread together, and how many of such batches may wait.
const BATCH: usize = 256;
const BATCHES: usize = 8;

/// What one row of the file is made from.
struct Asset {
    row: AssetRow,
    preview_file: Option<String>,
}

/// Stops early if nobody writes any more: then the writer tells why.
fn read_rows(now: &Snapshot<'_>, assets: &AssetsToExport, read: &SyncSender<Vec<Asset>>) -> Result<(), LibraryError> {
    let mut batch = Vec::with_capacity(BATCH);
    now.export().each_asset(assets, |row| {
        let preview_file = row.preview.map(|(hash, format)| file_name(hash, format));
        batch.push(Asset { row, preview_file });
        if batch.len() == BATCH && read.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).is_err() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    let _ = read.send(batch);
    Ok(())
}

fn write_row(asset: &Asset, fields: &[FieldId], sheet: &mut dyn Sheet) -> Result<(), ExportError> {
    use AssetText::{
        Archive, Byline, Change, Description, Doctype, Filename, Href, Preview, PublicId, State, Tags, Thumbnail, Title,
    };
    let Asset { row, preview_file } = asset;
    let mut cells = Vec::with_capacity(COLUMNS.len() + fields.len());
    let text = |text| Cell::text(row.text(text));
    let joined = |text| match row.text(text) {
        "" => Cell::Empty,
        values => Cell::Joined(values),
    };
    cells.extend([PublicId, Filename, Title].map(text));
    cells.extend([joined(Byline), text(Description), joined(Tags)]);
    cells.extend([Archive, Href, Doctype].map(text));
    cells.extend([row.file_size, row.pixel_width, row.pixel_height].map(Cell::number));
    cells.extend([row.created, row.modified, row.first_seen, row.last_seen].map(Cell::time));
    cells.push(text(State));
    cells.push(Cell::number(row.version_count));
    cells.extend([Change, Thumbnail, Preview].map(text));
    cells.push(preview_file.as_deref().map_or(Cell::Empty, Cell::Text));

    let (values, numbers) = (row.fields()?, row.number_fields());
    cells.extend(fields.iter().map(|field| match values.get(field).map(Vec::as_slice) {
        Some([number]) if numbers.contains(field) => Cell::digits(number.as_ref()),
        values => Cell::list(values.unwrap_or_default()),
    }));
    sheet.row(Row {
        cells: &cells,
        filename: row.text(Filename),
        picture: row.thumbnail,
        preview: row.preview.map(|(hash, _)| hash),
        link: row.text(Href),
    })
}

/// The name of the picture's file: its content hash and type.
pub(super) fn file_name(hash: BlobHash, format: Format) -> String {
    format!("{hash}.{}", format.extension())
}
