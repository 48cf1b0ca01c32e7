//! A row an asset, with its metadata.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::ControlFlow;

use rusqlite::Row;
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::fotoware::FieldId;
use crate::library::error::LibraryError;
use crate::library::queries::asset::{AsOf, as_of, state_at};
use crate::library::queries::snapshot::ExportQueries;
use crate::library::store::ids::AssetId;
use crate::library::store::words::RenditionStatus;
use crate::model::{BlobHash, Format};

/// Which assets to export, and as of when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssetsToExport {
    /// All as they are now, the newest first.
    AllNow,
    /// These as they are now, in this order.
    Now(Vec<AssetId>),
    /// These as they were at a moment, in this order.
    AsOf(Vec<AssetId>, Timestamp),
}

/// The texts of a row, in the order in which they are selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssetText {
    PublicId,
    Filename,
    Title,
    Byline,
    Description,
    /// Joined with `; `.
    Tags,
    Archive,
    Href,
    Doctype,
    /// `present` or `deleted`.
    State,
    /// What the last event did.
    Change,
    /// `kept`, `waiting` or `missing`.
    Thumbnail,
    Preview,
    /// A JSON object; [`AssetRow::fields`] reads it.
    Fields,
    /// Joined with `,`; [`AssetRow::number_fields`] reads it.
    NumberFields,
}

const TEXTS: usize = AssetText::NumberFields as usize + 1;

/// An asset as a row. Unknown texts are empty, unknown numbers and times `None`.
pub struct AssetRow {
    /// The texts one after the other, and where each ends: one allocation a row.
    texts: String,
    ends: [usize; TEXTS],
    /// In bytes.
    pub file_size: Option<i64>,
    pub pixel_width: Option<i64>,
    pub pixel_height: Option<i64>,
    pub created: Option<Timestamp>,
    pub modified: Option<Timestamp>,
    pub first_seen: Option<Timestamp>,
    pub last_seen: Option<Timestamp>,
    pub version_count: Option<i64>,
    /// The preview of the version that is shown. `None` if that is not kept, even if an earlier one is shown for it.
    pub preview: Option<(BlobHash, Format)>,
    /// The thumbnail of the version that is shown; `None` if that is not kept.
    pub thumbnail: Option<BlobHash>,
}

/// One value of a field, copied only where JSON has escaped it.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct FieldText<'a>(#[serde(borrow)] Cow<'a, str>);

impl AsRef<str> for FieldText<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

const SELECT: &str =
    "SELECT a.public_id, a.filename, a.title, a.byline, a.description, a.tags, a.archive, a.href, a.doctype, a.state,
        a.change, a.thumbnail_state, a.preview_state, f.fields, f.numbers, a.file_size, a.pixel_width, a.pixel_height,
        a.asset_created_ms, a.asset_modified_ms, a.first_seen_ms, a.last_seen_ms, a.version_count, a.preview, b.format, a.thumbnail";

/// One of them.
const ONE: &str = "FROM assets a JOIN asset_fields f ON f.asset = a.id LEFT JOIN blobs b ON b.hash = a.preview
     WHERE a.id = ?1";

/// All of them in the order of the gallery, read as they are met: nothing is remembered of what was read.
const ALL: &str = "FROM assets a INDEXED BY assets_newest CROSS JOIN asset_fields f ON f.asset = a.id
     LEFT JOIN blobs b ON b.hash = a.preview ORDER BY a.last_ms DESC, a.public_id";

impl ExportQueries<'_> {
    /// How many rows [`Self::each_asset`] reads, unless assets go meanwhile.
    pub fn count_assets(self, assets: &AssetsToExport) -> Result<usize, LibraryError> {
        Ok(match assets {
            AssetsToExport::AllNow => self.0.gallery().overview(None)?.assets as usize,
            AssetsToExport::Now(assets) | AssetsToExport::AsOf(assets, _) => assets.len(),
        })
    }

    /// Hands over a row for each asset, until `each` breaks off. Assets that are not there, or were not yet, are left
    /// out.
    pub fn each_asset(
        self,
        assets: &AssetsToExport,
        mut each: impl FnMut(AssetRow) -> ControlFlow<()>,
    ) -> Result<(), LibraryError> {
        let connection = self.0.connection;
        match assets {
            AssetsToExport::AllNow => {
                let mut select = connection.prepare(&format!("{SELECT} {ALL}"))?;
                let mut rows = select.query([])?;
                while let Some(row) = rows.next()? {
                    if each(AssetRow::read(row)?).is_break() {
                        break;
                    }
                }
            }
            AssetsToExport::Now(assets) => {
                let mut select = connection.prepare(&format!("{SELECT} {ONE}"))?;
                for asset in assets {
                    let mut rows = select.query([asset])?;
                    let row = rows.next()?.map(AssetRow::read).transpose()?;
                    if row.is_some_and(|row| each(row).is_break()) {
                        break;
                    }
                }
            }
            AssetsToExport::AsOf(assets, at) => {
                for asset in assets {
                    let row = as_of(connection, *asset, *at)?.as_ref().map(AssetRow::as_of).transpose()?;
                    if row.is_some_and(|row| each(row).is_break()) {
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// The metadata fields that any of these assets has, ascending by number.
    pub fn fields_of_assets(self, assets: &AssetsToExport) -> Result<Vec<FieldId>, LibraryError> {
        let connection = self.0.connection;
        // Few combinations occur, however many assets there are.
        let mut combinations: HashSet<String> = HashSet::new();
        let mut note = |ids: &str| {
            if !combinations.contains(ids) {
                combinations.insert(ids.to_owned());
            }
        };
        match assets {
            AssetsToExport::AllNow => {
                let mut select = connection.prepare("SELECT ids FROM asset_fields")?;
                let mut rows = select.query([])?;
                while let Some(row) = rows.next()? {
                    note(row.get_ref(0)?.as_str().unwrap_or_default());
                }
            }
            AssetsToExport::Now(assets) => {
                let mut select = connection.prepare("SELECT ids FROM asset_fields WHERE asset = ?1")?;
                for asset in assets {
                    let mut rows = select.query([asset])?;
                    if let Some(row) = rows.next()? {
                        note(row.get_ref(0)?.as_str().unwrap_or_default());
                    }
                }
            }
            AssetsToExport::AsOf(assets, at) => {
                let mut ids = BTreeSet::new();
                for asset in assets {
                    ids.extend(state_at(connection, *asset, *at)?.unwrap_or_default().metadata.into_keys());
                }
                return Ok(ids.into_iter().collect());
            }
        }
        let ids: BTreeSet<FieldId> =
            combinations.iter().flat_map(|ids| ids.split(',')).filter_map(|id| id.parse().ok()).collect();
        Ok(ids.into_iter().collect())
    }
}

impl AssetRow {
    fn read(row: &Row<'_>) -> Result<Self, LibraryError> {
        let mut texts = String::with_capacity(1024);
        let mut ends = [0; TEXTS];
        for (column, end) in ends.iter_mut().enumerate() {
            texts.push_str(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?);
            *end = texts.len();
        }
        let time = |column| Ok::<_, LibraryError>(row.get::<_, Option<i64>>(column)?.map(Timestamp));
        let mut read = Self {
            texts,
            ends,
            file_size: row.get(15)?,
            pixel_width: row.get(16)?,
            pixel_height: row.get(17)?,
            created: time(18)?,
            modified: time(19)?,
            first_seen: time(20)?,
            last_seen: time(21)?,
            version_count: row.get(22)?,
            preview: None,
            thumbnail: None,
        };
        if read.text(AssetText::Preview) == RenditionStatus::Kept.as_str() {
            let hash: Option<[u8; 32]> = row.get(23)?;
            let format = row.get_ref(24)?.as_str().ok().and_then(Format::parse);
            read.preview = hash.map(BlobHash::from_bytes).zip(format);
        }
        if read.text(AssetText::Thumbnail) == RenditionStatus::Kept.as_str() {
            read.thumbnail = row.get::<_, Option<[u8; 32]>>(25)?.map(BlobHash::from_bytes);
        }
        Ok(read)
    }

    fn as_of(then: &AsOf) -> Result<Self, LibraryError> {
        let AsOf { tile, state, first_seen, last_seen, preview } = then;
        let fields = serde_json::to_string(&state.metadata)?;
        let number_fields: Vec<String> = state.numbers.iter().map(ToString::to_string).collect();
        let number_fields = number_fields.join(",");
        let tags = state.tags.join("; ");
        // In the order of `AssetText`.
        let told: [&str; TEXTS] = [
            &tile.public_id,
            &tile.filename,
            &tile.title,
            &state.byline,
            &state.description,
            &tags,
            &tile.archive,
            &state.href,
            &tile.doctype,
            tile.state.as_str(),
            tile.change.as_str(),
            tile.thumbnail.state.as_str(),
            tile.preview.state.as_str(),
            &fields,
            &number_fields,
        ];
        let mut texts = String::with_capacity(1024);
        let mut ends = [0; TEXTS];
        for (end, text) in ends.iter_mut().zip(told) {
            texts.push_str(text);
            *end = texts.len();
        }
        let number = |number: Option<u64>| number.map(|number| number as i64);
        Ok(Self {
            texts,
            ends,
            file_size: number(state.file_size),
            pixel_width: number(state.pixel_width),
            pixel_height: number(state.pixel_height),
            created: state.created_ms.map(Timestamp),
            modified: state.modified_ms.map(Timestamp),
            first_seen: Some(*first_seen),
            last_seen: Some(*last_seen),
            version_count: number(Some(tile.version_count)),
            preview: *preview,
            thumbnail: tile.thumbnail.hash.filter(|_| tile.thumbnail.state == RenditionStatus::Kept),
        })
    }

    pub fn text(&self, text: AssetText) -> &str {
        let at = text as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.texts[start..self.ends[at]]
    }

    /// The metadata: for each field its values. Fails if the row is damaged.
    pub fn fields(&self) -> Result<BTreeMap<FieldId, Vec<FieldText<'_>>>, LibraryError> {
        Ok(serde_json::from_str(self.text(AssetText::Fields))?)
    }

    /// The fields whose value is a number in Fotoware.
    pub fn number_fields(&self) -> Vec<FieldId> {
        self.text(AssetText::NumberFields).split(',').filter_map(|id| id.parse().ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::query_plan::query_plan;
    use crate::library::store::{connection, readers};

    #[test]
    fn all_assets_come_in_order_without_being_sorted() {
        let dir = tempfile::tempdir().unwrap();
        let folder = crate::folder::Folder::create(dir.path()).unwrap();
        drop(connection::open_for_writing(&folder.library()).unwrap());
        let connection = readers::read_only(&folder).unwrap();
        let plan = query_plan(&connection, &format!("{SELECT} {ALL}")).join("; ");
        assert!(plan.contains("SCAN a USING INDEX assets_newest"), "{plan}");
        assert!(plan.contains("SEARCH f USING INTEGER PRIMARY KEY") && !plan.contains("TEMP B-TREE"), "{plan}");
        let mapped: i64 = connection.pragma_query_value(None, "mmap_size", |row| row.get(0)).unwrap();
        assert_eq!(mapped, 0, "an error of the disk is an error and not the end of the process");
    }
}
