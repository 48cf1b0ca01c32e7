//! A row an event, in order of time.

use rusqlite::Connection;

use super::sheet::{Cell, Sheet};
use super::{ExportError, Progress, Scope, chosen_set};
use crate::clock::Moment;
use crate::fotoware::FieldChange;
use crate::library::{self, Labels};

const COLUMNS: [&str; 17] = [
    "event_id",
    "received_at",
    "created",
    "kind",
    "operation",
    "asset_id",
    "version",
    "filename",
    "previous_name",
    "title",
    "archive",
    "href",
    "webhook_id",
    "changed_fields",
    "thumbnail",
    "preview",
    "delivery_id",
];

const SELECT: &str =
    "SELECT e.public_id, e.received_ms, e.created_ms, e.kind, e.operation, a.public_id, e.version, e.filename,
        e.previous_name, e.title, e.archive, e.href, e.webhook_id, c.changes, t.state, p.state, e.id, e.asset
     FROM events e INDEXED BY events_by_time
     LEFT JOIN assets a ON a.id = e.asset
     LEFT JOIN changes c ON c.event = e.id AND e.opens_version
     LEFT JOIN renditions t ON t.event = e.id AND t.role = 'thumbnail'
     LEFT JOIN renditions p ON p.event = e.id AND p.role = 'preview'
     WHERE e.created_ms <= ?1
     ORDER BY e.created_ms, e.turn, e.public_id";

pub(super) fn write(
    connection: &Connection,
    scope: &Scope,
    at: Option<Moment>,
    sheet: &mut dyn Sheet,
    progress: &Progress,
) -> Result<(), ExportError> {
    let chosen = chosen_set(connection, scope, at)?;
    let labels = Labels::load(connection)?;
    progress.expect(library::events_until(connection, at)? as usize);
    sheet.header(&COLUMNS)?;
    let mut select = connection.prepare(SELECT)?;
    let mut rows = select.query([at.map_or(i64::MAX, |at| at.0)])?;
    while let Some(row) = rows.next()? {
        let asset: Option<i64> = row.get(17)?;
        if chosen.as_ref().is_some_and(|set| !asset.is_some_and(|asset| set.contains(asset as usize))) {
            continue;
        }
        let text = |column| Cell::of(row, column);
        let changes: Vec<FieldChange> = match row.get_ref(13)?.as_str_or_null().map_err(rusqlite::Error::from)? {
            Some(json) => serde_json::from_str(json)?,
            None => Vec::new(),
        };
        let changed: Vec<String> = changes.iter().map(|change| labels.of_subject(change.subject)).collect();
        sheet.row(&[
            text(0),
            Cell::time(row.get(1)?),
            Cell::time(row.get(2)?),
            text(3),
            text(4),
            text(5),
            Cell::number(row.get(6)?),
            text(7),
            text(8),
            text(9),
            text(10),
            text(11),
            text(12),
            Cell::list(&changed),
            text(14),
            text(15),
            Cell::number(row.get(16)?),
        ])?;
        progress.step()?;
    }
    Ok(())
}
