//! The tables of renditions and blobs: which pictures are expected, which are kept, and why the others are missing.
//! No row names a picture that is not whole on disk: the fetcher settles a picture only after that.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::clock::Timestamp;
use crate::fotoware::{Pictures, Role};
use crate::library::error::LibraryError;
use crate::library::store::ids::{AssetId, EventId};
use crate::library::store::words::RenditionStatus;
use crate::model::{BlobHash, Flaw, Format, MissingReason, Picture};

/// Roles that are missing if no URL was offered. A large picture is optional.
const ALWAYS: [Role; 2] = [Role::Thumbnail, Role::Preview];

/// Inserts a row for each picture that an event should have: waiting with its candidate URLs, or missing if none was
/// offered. Rows that are there stay.
pub(in crate::library) fn expect(
    transaction: &Transaction<'_>,
    event: EventId,
    pictures: &Pictures,
    large_px: u32,
) -> Result<(), LibraryError> {
    let mut insert = transaction.prepare_cached(
        "INSERT OR IGNORE INTO renditions (event, role, state, reason, candidates) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for role in Role::ALL {
        let candidates = pictures.candidates(role, large_px);
        if !candidates.is_empty() {
            insert.execute(params![
                event,
                role.as_str(),
                RenditionStatus::Waiting,
                None::<&str>,
                serde_json::to_string(&candidates)?
            ])?;
        } else if ALWAYS.contains(&role) {
            let reason = MissingReason::NoUrl.code();
            insert.execute(params![event, role.as_str(), RenditionStatus::Missing, reason, None::<&str>])?;
        }
    }
    Ok(())
}

pub(in crate::library) fn insert_blob(
    transaction: &Transaction<'_>,
    picture: &Picture,
    decoded: i64,
) -> Result<(), LibraryError> {
    let mut insert = transaction.prepare_cached(
        "INSERT OR IGNORE INTO blobs (hash, format, size, width, height, flaw, looked_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let Picture { hash, format, bytes, width, height, flaw } = picture;
    let flaw = flaw.map(Flaw::as_str);
    insert.execute(params![hash.as_bytes(), format.as_str(), *bytes as i64, width, height, flaw, decoded])?;
    Ok(())
}

/// SQL for the blob that a web view shows for the blob named `alias`: the stand-in that was made for it, otherwise the
/// blob itself. Null for a TIFF without a stand-in, as web views cannot show it.
pub(in crate::library) fn shown_sql(alias: &str) -> String {
    format!("iif({alias}.format = 'tiff', {alias}.shown_as, coalesce({alias}.shown_as, {alias}.hash))")
}

/// The row of a rendition with the blob that is shown for it, which may be another event's.
#[derive(Clone, Debug, Default)]
pub(in crate::library) struct RenditionRow {
    pub state: RenditionStatus,
    pub reason: Option<MissingReason>,
    pub blob: Option<[u8; 32]>,
    pub shown: Option<[u8; 32]>,
    pub unshown: Option<[u8; 32]>,
    pub is_partial: bool,
    pub size: Option<(u32, u32)>,
    pub placeholder: Option<Vec<u8>>,
    pub took_ms: Option<i64>,
}

impl RenditionRow {
    /// The columns that [`RenditionRow::read`] reads, of a rendition `r` and its blob `b`.
    fn columns() -> String {
        format!(
            "r.state, r.reason, b.hash, {}, r.unshown, b.flaw IS NOT NULL, b.width, b.height, b.placeholder, r.took_ms",
            shown_sql("b")
        )
    }

    /// Shows the blob of `other` if it has none of its own. State and reason stay its own.
    fn or_blob_of(self, other: Option<&Self>) -> Self {
        match other {
            Some(other) if self.blob.is_none() => {
                Self { state: self.state, reason: self.reason, unshown: self.unshown, ..other.clone() }
            }
            _ => self,
        }
    }

    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        let size: (Option<u32>, Option<u32>) = (row.get(6)?, row.get(7)?);
        Ok(Self {
            state: row.get(0)?,
            reason: reason(row, 1)?,
            blob: row.get(2)?,
            shown: row.get(3)?,
            unshown: row.get(4)?,
            is_partial: row.get(5)?,
            size: size.0.zip(size.1),
            placeholder: row.get(8)?,
            took_ms: row.get(9)?,
        })
    }
}

/// Thumbnail and preview of one event, or those that are shown for it.
#[derive(Debug)]
pub(in crate::library) struct ShownPictures {
    pub thumbnail: RenditionRow,
    pub preview: RenditionRow,
}

impl ShownPictures {
    /// Shows the blobs of these two for what is missing here.
    pub(in crate::library) fn or_of_others(
        self,
        thumbnail: Option<&RenditionRow>,
        preview: Option<&RenditionRow>,
    ) -> Self {
        Self { thumbnail: self.thumbnail.or_blob_of(thumbnail), preview: self.preview.or_blob_of(preview) }
    }
}

/// Thumbnail and preview to show for an asset: those of `shown`, or for each that is missing the newest kept one of its
/// other events. With `at`, only events up to then count.
pub(in crate::library) fn best(
    connection: &Connection,
    asset: AssetId,
    shown: EventId,
    at: Option<Timestamp>,
) -> Result<ShownPictures, LibraryError> {
    let own = own(connection, shown)?;
    let until = at.map_or(i64::MAX, |at| at.0);
    let or_of_others = |own: RenditionRow, role: Role| {
        if own.blob.is_some() {
            return Ok(own);
        }
        let mut of_others = connection.prepare_cached(&format!(
            "SELECT {} FROM events e JOIN renditions r ON r.event = e.id AND r.role = ?2 AND r.state = 'kept'
             JOIN blobs b ON b.hash = r.blob
             WHERE e.asset = ?1 AND e.created_ms <= ?3
             ORDER BY e.created_ms DESC, e.turn DESC LIMIT 1",
            RenditionRow::columns()
        ))?;
        let other = of_others.query_row(params![asset, role.as_str(), until], RenditionRow::read).optional()?;
        Ok::<_, LibraryError>(own.or_blob_of(other.as_ref()))
    };
    Ok(ShownPictures {
        thumbnail: or_of_others(own.thumbnail, Role::Thumbnail)?,
        preview: or_of_others(own.preview, Role::Preview)?,
    })
}

/// Thumbnail and preview of one event. Those without a row are missing.
pub(in crate::library) fn own(connection: &Connection, event: EventId) -> Result<ShownPictures, LibraryError> {
    let mut select = connection.prepare_cached(&format!(
        "SELECT {}, r.role FROM renditions r LEFT JOIN blobs b ON b.hash = r.blob WHERE r.event = ?1",
        RenditionRow::columns()
    ))?;
    let mut own = ShownPictures { thumbnail: RenditionRow::default(), preview: RenditionRow::default() };
    let mut rows = select.query([event])?;
    while let Some(row) = rows.next()? {
        match Role::parse(row.get_ref("role")?.as_str().unwrap_or_default()) {
            Some(Role::Thumbnail) => own.thumbnail = RenditionRow::read(row)?,
            Some(Role::Preview) => own.preview = RenditionRow::read(row)?,
            Some(Role::Large) | None => {}
        }
    }
    Ok(own)
}

/// Why a picture is missing. `None` also for reasons that only a newer program knows.
pub(in crate::library) fn reason(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Option<MissingReason>> {
    Ok(row.get_ref(column)?.as_str_or_null()?.and_then(MissingReason::parse))
}

/// One status for thumbnail and preview: waiting if either is, otherwise missing if either is.
pub(in crate::library) fn standing(thumbnail: RenditionStatus, preview: RenditionStatus) -> RenditionStatus {
    match (thumbnail, preview) {
        (RenditionStatus::Waiting, _) | (_, RenditionStatus::Waiting) => RenditionStatus::Waiting,
        (RenditionStatus::Missing, _) | (_, RenditionStatus::Missing) => RenditionStatus::Missing,
        (RenditionStatus::Kept, RenditionStatus::Kept) => RenditionStatus::Kept,
    }
}

/// Width over height, of what has both.
pub(in crate::library) fn ratio_of(size: Option<(u32, u32)>) -> Option<f64> {
    let (width, height) = size.filter(|(width, height)| *width > 0 && *height > 0)?;
    Some(f64::from(width) / f64::from(height))
}

impl From<RenditionRow> for RenditionState {
    fn from(best: RenditionRow) -> Self {
        Self {
            state: best.state,
            reason: best.reason,
            hash: best.blob.and_then(|bytes| BlobHash::from_slice(&bytes)),
            shown: best.shown.and_then(|bytes| BlobHash::from_slice(&bytes)),
            unshown: best.unshown.and_then(|bytes| BlobHash::from_slice(&bytes)),
            is_partial: best.is_partial,
            width: best.size.map(|(width, _)| width),
            height: best.size.map(|(_, height)| height),
            took_ms: None,
            earlier_version: None,
        }
    }
}

/// A picture of an event, or the one that is shown for it. The default is a missing one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RenditionState {
    /// Of the event's own picture.
    pub state: RenditionStatus,
    /// Why it is missing.
    pub reason: Option<MissingReason>,
    /// The bytes as they came.
    pub hash: Option<BlobHash>,
    /// What a web view shows for them; `None` also while that is still to be made.
    pub shown: Option<BlobHash>,
    /// Bytes that came for a picture that is missing: kept, but no decoder of this program shows them.
    pub unshown: Option<BlobHash>,
    /// The end of the picture is missing.
    pub is_partial: bool,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub took_ms: Option<i64>,
    /// The version whose picture stands in for it; `None` if the picture is of its own version, or there is none.
    pub earlier_version: Option<u64>,
}

impl RenditionState {
    /// Says of which version the picture is that stands in for one that `version` has not.
    pub(in crate::library) fn with_version(
        self,
        connection: &Connection,
        (asset, at): (AssetId, Option<Timestamp>),
        role: Role,
        version: u64,
    ) -> Result<Self, LibraryError> {
        let Some(hash) = self.hash.filter(|_| self.state != RenditionStatus::Kept) else { return Ok(self) };
        let mut select = connection.prepare_cached(VERSIONS_WITH_BLOB)?;
        let mut rows = select.query(params![asset, role.as_str(), hash.as_bytes(), at.map_or(i64::MAX, |at| at.0)])?;
        let mut of = None;
        while let Some(row) = rows.next()? {
            let found = row.get::<_, Option<i64>>(0)?.map(|number| number as u64);
            if found == Some(version) {
                return Ok(self);
            }
            of = of.or(found);
        }
        Ok(Self { earlier_version: of, ..self })
    }
}

/// The versions of an asset that have a blob as their picture, the latest first.
const VERSIONS_WITH_BLOB: &str = "SELECT e.version FROM events e
     JOIN renditions r ON r.event = e.id AND r.role = ?2 AND r.blob = ?3 AND r.state = 'kept'
     WHERE e.asset = ?1 AND e.created_ms <= ?4 ORDER BY e.created_ms DESC, e.turn DESC";

pub(in crate::library) fn of_event(
    connection: &Connection,
    event: EventId,
    role: Role,
) -> Result<Option<RenditionState>, LibraryError> {
    let mut select = connection.prepare_cached(&format!(
        "SELECT {} FROM renditions r LEFT JOIN blobs b ON b.hash = r.blob WHERE r.event = ?1 AND r.role = ?2",
        RenditionRow::columns()
    ))?;
    let best = select.query_row(params![event, role.as_str()], RenditionRow::read).optional()?;
    Ok(best.map(|best| RenditionState { took_ms: best.took_ms, ..best.into() }))
}

/// The format of a blob; `None` if there is no row for it.
pub(in crate::library) fn blob_format(connection: &Connection, hash: BlobHash) -> Result<Option<Format>, LibraryError> {
    let mut select = connection.prepare_cached("SELECT format FROM blobs WHERE hash = ?1")?;
    let format: Option<String> = select.query_row([hash.as_bytes()], |row| row.get(0)).optional()?;
    Ok(format.and_then(|format| Format::parse(&format)))
}

/// Whether there is a row for a blob.
pub(in crate::library) fn is_named(connection: &Connection, hash: BlobHash) -> Result<bool, LibraryError> {
    let mut select = connection.prepare_cached("SELECT 1 FROM blobs WHERE hash = ?1")?;
    Ok(select.query_row([hash.as_bytes()], |_| Ok(())).optional()?.is_some())
}

/// What decoding a blob gave.
#[derive(Clone, Debug)]
pub enum DecodedBlob {
    /// It can be shown. `stand_in` is a copy that was made for web views, if they cannot show the blob itself; `size`
    /// is in pixels; `placeholder` is a thumbhash.
    Shown { placeholder: Vec<u8>, stand_in: Option<Picture>, size: (u32, u32), is_partial: bool },
    /// What an older decoder found still holds.
    AsBefore,
    /// It cannot be shown. Its bytes stay, for newer decoders.
    Hidden(Flaw),
    /// The bytes could not be read from this disk.
    NotRead,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::connection;
    use crate::library::store::query_plan::query_plan;

    #[test]
    fn whose_a_picture_is_is_read_from_the_events_of_its_asset() {
        let dir = tempfile::tempdir().unwrap();
        let connection = connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        let plan = query_plan(&connection, VERSIONS_WITH_BLOB);
        assert!(plan.iter().any(|step| step.contains("events_by_asset (asset=? AND created_ms<?)")), "{plan:?}");
        assert!(plan.iter().all(|step| !step.starts_with("SCAN")), "{plan:?}");
    }
}
