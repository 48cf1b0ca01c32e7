//! A row an event, and a row a version that changed something, in order of time.

use fixedbitset::FixedBitSet;
use rusqlite::Row;

use crate::clock::Timestamp;
use crate::fotoware::FieldChange;
use crate::library::error::LibraryError;
use crate::library::queries::snapshot::ExportQueries;
use crate::library::store::ids::{AssetId, DeliveryId, EventId};
use crate::model::BlobHash;

/// An event as a row. Unknown texts are empty.
pub struct EventRow<'r> {
    pub public_id: &'r str,
    pub received: Timestamp,
    pub created: Timestamp,
    pub kind: &'r str,
    pub operation: &'r str,
    /// Public id of its asset.
    pub asset_id: &'r str,
    /// The version that the asset is at after it; `None` before the first.
    pub version: Option<i64>,
    pub filename: &'r str,
    pub previous_name: &'r str,
    pub title: &'r str,
    pub archive: &'r str,
    pub href: &'r str,
    pub webhook_id: &'r str,
    /// What the version changed that this event opens.
    pub changes: Vec<FieldChange>,
    pub thumbnail: &'r str,
    pub preview: &'r str,
    pub delivery: DeliveryId,
    /// Its own thumbnail; `None` if that is not kept.
    pub picture: Option<BlobHash>,
}

/// What a version changed, as a row. Unknown texts are empty.
pub struct ChangeRow<'r> {
    /// Public id of its asset.
    pub asset_id: &'r str,
    pub filename: &'r str,
    pub version: Option<i64>,
    pub created: Timestamp,
    pub operation: &'r str,
    /// At least one.
    pub changes: Vec<FieldChange>,
    /// The thumbnail of the event; `None` if that is not kept.
    pub picture: Option<BlobHash>,
}

const EVENTS: &str =
    "SELECT e.public_id, e.received_ms, e.created_ms, e.kind, e.operation, a.public_id, e.version, e.filename,
        e.previous_name, e.title, e.archive, e.href, e.webhook_id, c.changes, t.state, p.state, e.id, e.asset,
        CASE t.state WHEN 'kept' THEN t.blob END
     FROM events e INDEXED BY events_by_time
     LEFT JOIN assets a ON a.id = e.asset
     LEFT JOIN changes c ON c.event = e.id AND e.opens_version
     LEFT JOIN renditions t ON t.event = e.id AND t.role = 'thumbnail'
     LEFT JOIN renditions p ON p.event = e.id AND p.role = 'preview'
     WHERE e.created_ms <= ?1
     ORDER BY e.created_ms, e.turn, e.public_id";

/// Pictures are looked up only for files that hold them.
fn changes_sql(with_pictures: bool) -> String {
    let (picture, pictures) = if with_pictures {
        ("t.blob", "LEFT JOIN renditions t ON t.event = e.id AND t.role = 'thumbnail' AND t.state = 'kept'")
    } else {
        ("NULL", "")
    };
    format!(
        "SELECT a.public_id, e.filename, e.version, e.created_ms, e.operation, c.changes, e.id, e.asset, {picture}
         FROM events e INDEXED BY events_by_time
         JOIN changes c ON c.event = e.id
         JOIN assets a ON a.id = e.asset
         {pictures}
         WHERE e.opens_version AND e.created_ms <= ?1
         ORDER BY e.created_ms, e.turn, e.public_id"
    )
}

/// Which events there are, without their rows.
const PLACES: &str = "SELECT e.id, e.asset FROM events e INDEXED BY events_by_time WHERE e.created_ms <= ?1";

const CHANGE_PLACES: &str = "SELECT e.id, e.asset, json_array_length(c.changes)
     FROM events e INDEXED BY events_by_time
     JOIN changes c ON c.event = e.id
     WHERE e.opens_version AND e.asset IS NOT NULL AND e.created_ms <= ?1";

impl ExportQueries<'_> {
    /// How many events up to `at`, or of all time, are `wanted`.
    pub fn count_events(
        self,
        at: Option<Timestamp>,
        wanted: impl Fn(EventId, Option<AssetId>) -> bool,
    ) -> Result<usize, LibraryError> {
        let mut count = 0;
        self.each_row(PLACES, at, |row| -> Result<(), LibraryError> {
            count += usize::from(wanted(row.get(0)?, row.get(1)?));
            Ok(())
        })?;
        Ok(count)
    }

    /// The assets that some events belong to, by their numbers.
    pub fn assets_of_events(self, events: &FixedBitSet) -> Result<FixedBitSet, LibraryError> {
        let mut select = self.0.connection.prepare_cached("SELECT asset FROM events WHERE id = ?1")?;
        let mut assets = FixedBitSet::new();
        for event in events.ones() {
            let mut rows = select.query([event as i64])?;
            if let Some(row) = rows.next()?
                && let Some(asset) = row.get::<_, Option<AssetId>>(0)?
            {
                assets.grow_and_insert(asset.0 as usize);
            }
        }
        Ok(assets)
    }

    /// How many fields were changed by the `wanted` events up to `at`, or of all time.
    pub fn count_changes(
        self,
        at: Option<Timestamp>,
        wanted: impl Fn(EventId, Option<AssetId>) -> bool,
    ) -> Result<usize, LibraryError> {
        let mut count = 0;
        self.each_row(CHANGE_PLACES, at, |row| -> Result<(), LibraryError> {
            if wanted(row.get(0)?, row.get(1)?) {
                count += row.get::<_, i64>(2)? as usize;
            }
            Ok(())
        })?;
        Ok(count)
    }

    /// Hands over a row for each `wanted` event up to `at`, or of all time. Ends with the first error.
    pub fn each_event<E: From<LibraryError>>(
        self,
        at: Option<Timestamp>,
        wanted: impl Fn(EventId, Option<AssetId>) -> bool,
        mut each: impl FnMut(EventRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_row(EVENTS, at, |row| {
            if !is_wanted(row, 16, &wanted)? {
                return Ok(());
            }
            each(EventRow::read(row)?)
        })
    }

    /// Hands over a row for each `wanted` event up to `at`, or of all time, that opened a version and changed something.
    /// Without `with_pictures` no row has a picture. Ends with the first error.
    pub fn each_change<E: From<LibraryError>>(
        self,
        at: Option<Timestamp>,
        with_pictures: bool,
        wanted: impl Fn(EventId, Option<AssetId>) -> bool,
        mut each: impl FnMut(ChangeRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_row(&changes_sql(with_pictures), at, |row| {
            if !is_wanted(row, 6, &wanted)? {
                return Ok(());
            }
            each(ChangeRow::read(row)?)
        })
    }

    fn each_row<E: From<LibraryError>>(
        self,
        sql: &str,
        at: Option<Timestamp>,
        mut each: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut select = self.0.connection.prepare(sql).map_err(LibraryError::from)?;
        let mut rows = select.query([at.map_or(i64::MAX, |at| at.0)]).map_err(LibraryError::from)?;
        while let Some(row) = rows.next().map_err(LibraryError::from)? {
            each(row)?;
        }
        Ok(())
    }
}

impl<'r> EventRow<'r> {
    fn read(row: &'r Row<'_>) -> Result<Self, LibraryError> {
        Ok(Self {
            public_id: text(row, 0)?,
            received: Timestamp(row.get(1)?),
            created: Timestamp(row.get(2)?),
            kind: text(row, 3)?,
            operation: text(row, 4)?,
            asset_id: text(row, 5)?,
            version: row.get(6)?,
            filename: text(row, 7)?,
            previous_name: text(row, 8)?,
            title: text(row, 9)?,
            archive: text(row, 10)?,
            href: text(row, 11)?,
            webhook_id: text(row, 12)?,
            changes: changes(row, 13)?,
            thumbnail: text(row, 14)?,
            preview: text(row, 15)?,
            delivery: row.get(16)?,
            picture: picture(row, 18)?,
        })
    }
}

impl<'r> ChangeRow<'r> {
    fn read(row: &'r Row<'_>) -> Result<Self, LibraryError> {
        Ok(Self {
            asset_id: text(row, 0)?,
            filename: text(row, 1)?,
            version: row.get(2)?,
            created: Timestamp(row.get(3)?),
            operation: text(row, 4)?,
            changes: changes(row, 5)?,
            picture: picture(row, 8)?,
        })
    }
}

/// Whether a row is of a wanted event; its id and its asset stand beside each other.
fn is_wanted(
    row: &Row<'_>,
    column: usize,
    wanted: impl Fn(EventId, Option<AssetId>) -> bool,
) -> Result<bool, LibraryError> {
    Ok(wanted(row.get(column)?, row.get(column + 1)?))
}

fn picture(row: &Row<'_>, column: usize) -> Result<Option<BlobHash>, LibraryError> {
    Ok(row.get::<_, Option<[u8; 32]>>(column)?.map(BlobHash::from_bytes))
}

/// Null is the empty text.
fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str, LibraryError> {
    Ok(row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?.unwrap_or_default())
}

fn changes(row: &Row<'_>, column: usize) -> Result<Vec<FieldChange>, LibraryError> {
    match text(row, column)? {
        "" => Ok(Vec::new()),
        json => Ok(serde_json::from_str(json)?),
    }
}
