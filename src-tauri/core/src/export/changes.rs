//! A row a changed field, in order of time.

use rusqlite::Connection;

use super::sheet::{Cell, Sheet};
use super::{ExportError, Progress, Scope, chosen_set};
use crate::clock::Moment;
use crate::fotoware::{FieldChange, Subject};
use crate::library::Labels;

const COLUMNS: [&str; 11] = [
    "asset_id",
    "filename",
    "version",
    "changed_at",
    "operation",
    "field_id",
    "field_label",
    "old",
    "new",
    "added",
    "removed",
];

const SELECT: &str = "SELECT a.public_id, e.filename, e.version, e.created_ms, e.operation, c.changes, e.asset
     FROM events e INDEXED BY events_by_time
     JOIN changes c ON c.event = e.id
     JOIN assets a ON a.id = e.asset
     WHERE e.opens_version AND e.created_ms <= ?1
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
    sheet.header(&COLUMNS)?;
    let mut select = connection.prepare(SELECT)?;
    let mut rows = select.query([at.map_or(i64::MAX, |at| at.0)])?;
    while let Some(row) = rows.next()? {
        let asset: i64 = row.get(6)?;
        if chosen.as_ref().is_some_and(|set| !set.contains(asset as usize)) {
            continue;
        }
        let text = |column| Cell::of(row, column);
        let changes: Vec<FieldChange> = serde_json::from_str(row.get_ref(5)?.as_str().map_err(rusqlite::Error::from)?)?;
        for change in &changes {
            let label = labels.of_subject(change.subject);
            let field = match change.subject {
                Subject::Field(id) => Cell::Number(i64::from(id)),
                _ => Cell::Empty,
            };
            let (added, removed) = (change.added(), change.removed());
            sheet.row(&[
                text(0),
                text(1),
                Cell::number(row.get(2)?),
                Cell::time(row.get(3)?),
                text(4),
                field,
                Cell::text(&label),
                Cell::list(&change.old),
                Cell::list(&change.new),
                Cell::list(&added),
                Cell::list(&removed),
            ])?;
            progress.step()?;
        }
    }
    Ok(())
}
