//! A row an event, and a row a version that changed something, in order of time.

use rusqlite::Row;

use crate::clock::Timestamp;
use crate::fotoware::FieldChange;
use crate::library::error::LibraryError;
use crate::library::queries::snapshot::ExportQueries;
use crate::library::store::ids::{AssetId, DeliveryId};

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
}

const EVENTS: &str =
    "SELECT e.public_id, e.received_ms, e.created_ms, e.kind, e.operation, a.public_id, e.version, e.filename,
        e.previous_name, e.title, e.archive, e.href, e.webhook_id, c.changes, t.state, p.state, e.id, e.asset
     FROM events e INDEXED BY events_by_time
     LEFT JOIN assets a ON a.id = e.asset
     LEFT JOIN changes c ON c.event = e.id AND e.opens_version
     LEFT JOIN renditions t ON t.event = e.id AND t.role = 'thumbnail'
     LEFT JOIN renditions p ON p.event = e.id AND p.role = 'preview'
     WHERE e.created_ms <= ?1
     ORDER BY e.created_ms, e.turn, e.public_id";

const CHANGES: &str = "SELECT a.public_id, e.filename, e.version, e.created_ms, e.operation, c.changes, e.asset
     FROM events e INDEXED BY events_by_time
     JOIN changes c ON c.event = e.id
     JOIN assets a ON a.id = e.asset
     WHERE e.opens_version AND e.created_ms <= ?1
     ORDER BY e.created_ms, e.turn, e.public_id";

impl ExportQueries<'_> {
    /// Hands over a row for each event up to `at`, or of all time, whose asset is `wanted`. Ends with the first error.
    pub fn each_event<E: From<LibraryError>>(
        self,
        at: Option<Timestamp>,
        wanted: impl Fn(Option<AssetId>) -> bool,
        mut each: impl FnMut(EventRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_row(EVENTS, at, |row| {
            if !wanted(row.get(17).map_err(LibraryError::from)?) {
                return Ok(());
            }
            each(EventRow::read(row)?)
        })
    }

    /// Hands over a row for each version up to `at`, or of all time, that changed something and whose asset is
    /// `wanted`. Ends with the first error.
    pub fn each_change<E: From<LibraryError>>(
        self,
        at: Option<Timestamp>,
        wanted: impl Fn(Option<AssetId>) -> bool,
        mut each: impl FnMut(ChangeRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_row(CHANGES, at, |row| {
            if !wanted(row.get(6).map_err(LibraryError::from)?) {
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
        })
    }
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
