//! A row an asset: its facts, how its pictures stand, and a column for each metadata field that occurs.

use std::collections::HashSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

use super::sheet::{Cell, Sheet};
use super::{ExportError, Progress, Scope, chosen};
use crate::clock::Timestamp;
use crate::fotoware::FieldId;
use crate::library::{AssetRow, AssetText, AssetsToExport, LibraryError, Snapshot};
use crate::model::{BlobHash, Format};
use crate::renditions::BlobStore;

const COLUMNS: [&str; 22] = [
    "asset_id",
    "filename",
    "title",
    "byline",
    "description",
    "tags",
    "archive",
    "href",
    "doctype",
    "file_size",
    "pixel_width",
    "pixel_height",
    "created",
    "modified",
    "first_seen",
    "last_seen",
    "state",
    "version_count",
    "last_event",
    "thumbnail",
    "preview",
    "preview_file",
];

pub(super) fn write(
    now: &Snapshot<'_>,
    scope: &Scope,
    at: Option<Timestamp>,
    sheet: &mut dyn Sheet,
    progress: &Progress,
) -> Result<(), ExportError> {
    let assets = match (scope, at) {
        (Scope::All, None) => AssetsToExport::AllNow,
        (_, None) => AssetsToExport::Now(chosen(now, scope, at)?),
        (_, Some(at)) => AssetsToExport::AsOf(chosen(now, scope, Some(at))?, at),
    };
    progress.expect(now.export().count_assets(&assets)?);
    let fields = now.export().fields_of_assets(&assets)?;
    let labels = now.fields().labels()?;
    let field_names: Vec<String> = fields.iter().map(|id| format!("{id} {}", labels.of(*id))).collect();
    let names: Vec<&str> = COLUMNS.into_iter().chain(field_names.iter().map(String::as_str)).collect();
    sheet.header(&names)?;

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
    let facts = [PublicId, Filename, Title, Byline, Description, Tags, Archive, Href, Doctype];
    cells.extend(facts.map(|text| Cell::text(row.text(text))));
    cells.extend([row.file_size, row.pixel_width, row.pixel_height].map(Cell::number));
    cells.extend([row.created, row.modified, row.first_seen, row.last_seen].map(Cell::time));
    cells.push(Cell::text(row.text(State)));
    cells.push(Cell::number(row.version_count));
    cells.extend([Change, Thumbnail, Preview].map(|text| Cell::text(row.text(text))));
    cells.push(preview_file.as_deref().map_or(Cell::Empty, Cell::Text));

    let (values, numbers) = (row.fields()?, row.number_fields());
    cells.extend(fields.iter().map(|field| match values.get(field).map(Vec::as_slice) {
        Some([number]) if numbers.contains(field) => Cell::digits(number.as_ref()),
        values => Cell::list(values.unwrap_or_default()),
    }));
    sheet.row(&cells)
}

/// The name of the picture's file: its content hash and type.
fn file_name(hash: BlobHash, format: Format) -> String {
    format!("{hash}.{}", format.extension())
}

/// Writes the previews of a scope as files, by the names that the column `preview_file` gives. Returns how many. A
/// preview whose bytes are gone is left out, and logged.
pub fn write_pictures(
    now: &Snapshot<'_>,
    blobs: &BlobStore,
    scope: &Scope,
    folder: &Path,
    progress: &Progress,
) -> Result<u64, ExportError> {
    fs::create_dir_all(folder)?;
    let mut met = HashSet::new();
    let mut written = 0;
    for asset in chosen(now, scope, None)? {
        let Some((hash, format)) = now.export().preview_of(asset)? else { continue };
        if !met.insert(hash) {
            continue;
        }
        let Some(bytes) = blobs.read(&hash)? else {
            tracing::warn!("picture {hash} is gone and was not written; lysbord doctor tells more");
            continue;
        };
        let name = file_name(hash, format);
        let beside = folder.join(format!(".{name}.part"));
        fs::write(&beside, bytes)?;
        fs::rename(beside, folder.join(name))?;
        written += 1;
        progress.step()?;
    }
    Ok(written)
}
