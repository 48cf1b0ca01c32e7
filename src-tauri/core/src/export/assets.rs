//! A row an asset: its facts, how its pictures stand, and a column for each metadata field that occurs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

use rusqlite::{Connection, OptionalExtension, Row};
use serde::Deserialize;

use super::sheet::{Cell, Sheet};
use super::{ExportError, Progress, Scope, chosen};
use crate::clock::Moment;
use crate::fotoware::FieldId;
use crate::library::{self, AsOf, AssetId, Labels};
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

const SELECT: &str =
    "SELECT a.public_id, a.filename, a.title, a.byline, a.description, a.tags, a.archive, a.href, a.doctype,
        a.file_size, a.pixel_width, a.pixel_height, a.asset_created_ms, a.asset_modified_ms, a.first_seen_ms,
        a.last_seen_ms, a.state, a.version_count, a.change, a.thumbnail_state, a.preview_state, a.preview, b.format,
        f.fields, f.numbers";

/// One of them.
const ONE: &str = "FROM assets a JOIN asset_fields f ON f.asset = a.id LEFT JOIN blobs b ON b.hash = a.preview
     WHERE a.id = ?1";

/// All of them in the order of the gallery, read as they are met: nothing is remembered of what was read.
const ALL: &str = "FROM assets a INDEXED BY assets_newest CROSS JOIN asset_fields f ON f.asset = a.id
     LEFT JOIN blobs b ON b.hash = a.preview ORDER BY a.last_ms DESC, a.public_id";

/// The assets of an export.
enum Chosen {
    /// All as they are now.
    All,
    These(Vec<AssetId>),
}

impl Chosen {
    fn of(connection: &Connection, scope: &Scope, at: Option<Moment>) -> Result<Self, ExportError> {
        if *scope == Scope::All && at.is_none() {
            return Ok(Self::All);
        }
        Ok(Self::These(chosen(connection, scope, at)?))
    }

    fn count(&self, connection: &Connection) -> Result<usize, ExportError> {
        Ok(match self {
            Self::All => library::overview(connection, None)?.assets as usize,
            Self::These(assets) => assets.len(),
        })
    }
}

pub(super) fn write(
    connection: &Connection,
    scope: &Scope,
    at: Option<Moment>,
    sheet: &mut dyn Sheet,
    progress: &Progress,
) -> Result<(), ExportError> {
    let assets = Chosen::of(connection, scope, at)?;
    progress.expect(assets.count(connection)?);
    let fields = fields_that_occur(connection, &assets, at)?;
    let labels = Labels::load(connection)?;
    let field_names: Vec<String> = fields.iter().map(|id| format!("{id} {}", labels.of(*id))).collect();
    let names: Vec<&str> = COLUMNS.into_iter().chain(field_names.iter().map(String::as_str)).collect();
    sheet.header(&names)?;

    // One thread reads while another writes: each takes about half of the time.
    std::thread::scope(|threads| {
        let (read, to_write) = sync_channel::<Vec<AssetRow>>(BATCHES);
        let writing = threads.spawn(|| -> Result<(), ExportError> {
            for row in to_write.into_iter().flatten() {
                write_row(&row, &fields, sheet)?;
                progress.step()?;
            }
            Ok(())
        });
        let reading = read_rows(connection, &assets, at, &read);
        drop(read);
        let written = writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        written.and(reading)
    })
}

/// Rows that go from thread to thread together, and how many of such batches may wait.
const BATCH: usize = 256;
const BATCHES: usize = 8;

/// What one row of the file is made from.
struct AssetRow {
    /// The texts of the row one after the other, and where each ends.
    text: String,
    ends: [usize; TEXTS.len()],
    numbers: [Option<i64>; NUMBERS.len()],
    preview_file: Option<String>,
}

/// Where texts and numbers stand in [`SELECT`].
const TEXTS: [usize; 15] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 18, 19, 20, 23, 24];
const NUMBERS: [usize; 8] = [9, 10, 11, 12, 13, 14, 15, 17];

impl AssetRow {
    fn read(row: &Row<'_>) -> Result<Self, ExportError> {
        let mut text = String::with_capacity(1024);
        let mut ends = [0; TEXTS.len()];
        for (end, column) in ends.iter_mut().zip(TEXTS) {
            text.push_str(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?);
            *end = text.len();
        }
        let mut numbers = [None; NUMBERS.len()];
        for (number, column) in numbers.iter_mut().zip(NUMBERS) {
            *number = row.get(column)?;
        }
        Ok(Self { text, ends, numbers, preview_file: preview_file(row)? })
    }

    /// From the same facts as they were at a moment.
    fn then(then: &AsOf) -> Result<Self, ExportError> {
        let AsOf { tile, state, .. } = then;
        let fields = serde_json::to_string(&state.metadata)?;
        let of_numbers: Vec<String> = state.numbers.iter().map(ToString::to_string).collect();
        let of_numbers = of_numbers.join(",");
        let tags = state.tags.join("; ");
        let texts: [&str; TEXTS.len()] = [
            &tile.public_id,
            &tile.filename,
            &tile.title,
            &state.byline,
            &state.description,
            &tags,
            &tile.archive,
            &state.href,
            &tile.doctype,
            &tile.state,
            &tile.change,
            &tile.thumbnail.state,
            &tile.preview.state,
            &fields,
            &of_numbers,
        ];
        let mut text = String::with_capacity(1024);
        let mut ends = [0; TEXTS.len()];
        for (end, told) in ends.iter_mut().zip(texts) {
            text.push_str(told);
            *end = text.len();
        }
        let whole = |number: Option<u64>| number.map(|number| number as i64);
        let numbers = [
            whole(state.file_size),
            whole(state.pixel_width),
            whole(state.pixel_height),
            state.created_ms,
            state.modified_ms,
            Some(then.first_seen.0),
            Some(then.last_seen.0),
            whole(Some(tile.version_count)),
        ];
        let preview = &tile.preview;
        let own = preview.hash.filter(|_| preview.state == "kept");
        let preview_file = own.zip(then.preview_format).map(|(hash, format)| file_name(hash, format));
        Ok(Self { text, ends, numbers, preview_file })
    }

    fn text(&self, nth: usize) -> &str {
        let start = nth.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[nth]]
    }
}

/// Stops early if nobody writes any more: then the writer tells why.
fn read_rows(
    connection: &Connection,
    assets: &Chosen,
    at: Option<Moment>,
    read: &SyncSender<Vec<AssetRow>>,
) -> Result<(), ExportError> {
    match assets {
        Chosen::All => read_all(connection, read),
        Chosen::These(assets) => read_these(connection, assets, at, read),
    }
}

fn read_all(connection: &Connection, read: &SyncSender<Vec<AssetRow>>) -> Result<(), ExportError> {
    let mut select = connection.prepare(&format!("{SELECT} {ALL}"))?;
    let mut rows = select.query([])?;
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(row) = rows.next()? {
        batch.push(AssetRow::read(row)?);
        if batch.len() == BATCH && read.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).is_err() {
            return Ok(());
        }
    }
    let _ = read.send(batch);
    Ok(())
}

fn read_these(
    connection: &Connection,
    assets: &[AssetId],
    at: Option<Moment>,
    read: &SyncSender<Vec<AssetRow>>,
) -> Result<(), ExportError> {
    let mut select = connection.prepare(&format!("{SELECT} {ONE}"))?;
    for assets in assets.chunks(BATCH) {
        let mut batch = Vec::with_capacity(assets.len());
        for asset in assets {
            if let Some(at) = at {
                let then = library::as_of(connection, *asset, at)?;
                batch.extend(then.as_ref().map(AssetRow::then).transpose()?);
                continue;
            }
            let mut rows = select.query([asset])?;
            if let Some(row) = rows.next()? {
                batch.push(AssetRow::read(row)?);
            }
        }
        if read.send(batch).is_err() {
            break;
        }
    }
    Ok(())
}

/// One value of a field, copied only where JSON has escaped it.
#[derive(Deserialize)]
#[serde(transparent)]
struct Value<'a>(#[serde(borrow)] Cow<'a, str>);

impl AsRef<str> for Value<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

fn write_row(row: &AssetRow, fields: &[FieldId], sheet: &mut dyn Sheet) -> Result<(), ExportError> {
    let mut cells = Vec::with_capacity(COLUMNS.len() + fields.len());
    cells.extend((0..9).map(|nth| Cell::text(row.text(nth))));
    cells.extend(row.numbers[..3].iter().copied().map(Cell::number));
    cells.extend(row.numbers[3..7].iter().copied().map(Cell::time));
    cells.push(Cell::text(row.text(9)));
    cells.push(Cell::number(row.numbers[7]));
    cells.extend((10..13).map(|nth| Cell::text(row.text(nth))));
    cells.push(row.preview_file.as_deref().map_or(Cell::Empty, Cell::Text));

    let values: BTreeMap<FieldId, Vec<Value<'_>>> = serde_json::from_str(row.text(13))?;
    let numbers: Vec<FieldId> = row.text(14).split(',').filter_map(|id| id.parse().ok()).collect();
    cells.extend(fields.iter().map(|field| match values.get(field).map(Vec::as_slice) {
        Some([number]) if numbers.contains(field) => Cell::digits(number.as_ref()),
        values => Cell::list(values.unwrap_or_default()),
    }));
    sheet.row(&cells)
}

/// The name of the picture's file: its content hash and type. An asset whose own preview is missing has none, though an
/// earlier one may be shown for it.
fn preview_file(row: &Row<'_>) -> Result<Option<String>, ExportError> {
    let own_is_kept = row.get_ref(20)?.as_str().is_ok_and(|state| state == "kept");
    let hash: Option<[u8; 32]> = row.get(21)?;
    let format: Option<String> = row.get(22)?;
    let named = hash.filter(|_| own_is_kept).and_then(|hash| {
        let format = Format::parse(format.as_deref()?)?;
        Some(file_name(BlobHash::from_slice(&hash)?, format))
    });
    Ok(named)
}

fn file_name(hash: BlobHash, format: Format) -> String {
    format!("{hash}.{}", format.extension())
}

/// Ascending by number. Few combinations occur, however many assets there are.
fn fields_that_occur(
    connection: &Connection,
    assets: &Chosen,
    at: Option<Moment>,
) -> Result<Vec<FieldId>, ExportError> {
    let mut combinations: HashSet<String> = HashSet::new();
    let mut note = |ids: &str| {
        if !combinations.contains(ids) {
            combinations.insert(ids.to_owned());
        }
    };
    match (assets, at) {
        (Chosen::All, _) => {
            let mut select = connection.prepare("SELECT ids FROM asset_fields")?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                note(row.get_ref(0)?.as_str().unwrap_or_default());
            }
        }
        (Chosen::These(assets), None) => {
            let mut select = connection.prepare("SELECT ids FROM asset_fields WHERE asset = ?1")?;
            for asset in assets {
                let mut rows = select.query([asset])?;
                if let Some(row) = rows.next()? {
                    note(row.get_ref(0)?.as_str().unwrap_or_default());
                }
            }
        }
        (Chosen::These(assets), Some(at)) => {
            let mut ids = BTreeSet::new();
            for asset in assets {
                ids.extend(library::state_at(connection, *asset, at)?.unwrap_or_default().metadata.into_keys());
            }
            return Ok(ids.into_iter().collect());
        }
    }
    let ids: BTreeSet<FieldId> =
        combinations.iter().flat_map(|ids| ids.split(',')).filter_map(|id| id.parse().ok()).collect();
    Ok(ids.into_iter().collect())
}

/// Writes the previews of a scope as files under the names that the column `preview_file` gives. Returns how many. One whose bytes
/// are gone does not keep the others from coming.
pub fn write_pictures(
    connection: &Connection,
    blobs: &BlobStore,
    scope: &Scope,
    folder: &Path,
    progress: &Progress,
) -> Result<u64, ExportError> {
    fs::create_dir_all(folder)?;
    let mut select = connection.prepare_cached(
        "SELECT b.hash, b.format FROM assets a JOIN blobs b ON b.hash = a.preview
         WHERE a.id = ?1 AND a.preview_state = 'kept'",
    )?;
    let mut met = HashSet::new();
    let mut written = 0;
    for asset in chosen(connection, scope, None)? {
        let found =
            select.query_row([asset], |row| Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, String>(1)?))).optional()?;
        let named = found.and_then(|(hash, format)| Some((BlobHash::from_slice(&hash)?, Format::parse(&format)?)));
        if let Some((hash, format)) = named
            && met.insert(hash)
        {
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
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_assets_come_in_order_without_being_sorted() {
        let dir = tempfile::tempdir().unwrap();
        let folder = crate::folder::Folder::create(dir.path()).unwrap();
        let (library, thread) = library::Library::open(&folder, Box::new(|_| {})).unwrap();
        library.close().await;
        thread.join();
        let connection = library::read_only(&folder).unwrap();
        let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {SELECT} {ALL}")).unwrap();
        let plan = explain.query_map([], |row| row.get::<_, String>(3)).unwrap();
        let plan = plan.collect::<Result<Vec<_>, _>>().unwrap().join("; ");
        assert!(plan.contains("SCAN a USING INDEX assets_newest"), "{plan}");
        assert!(plan.contains("SEARCH f USING INTEGER PRIMARY KEY") && !plan.contains("TEMP B-TREE"), "{plan}");
        let mapped: i64 = connection.pragma_query_value(None, "mmap_size", |row| row.get(0)).unwrap();
        assert_eq!(mapped, 0, "an error of the disk is an error and not the end of the process");
    }
}
