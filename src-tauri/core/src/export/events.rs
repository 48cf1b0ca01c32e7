//! A row an event, in order of time.

use super::columns::{Column, Holds};
use super::scope::Chosen;
use super::sheet::{Cell, Row, Sheet};
use super::{ExportError, Progress, Scope};
use crate::clock::Timestamp;
use crate::library::Snapshot;

static COLUMNS: [Column; 17] = [
    Column::new("event_id", "Event", Holds::Id),
    Column::new("received_at", "Received", Holds::Time),
    Column::new("created", "Happened", Holds::Time),
    Column::new("kind", "Kind", Holds::Word),
    Column::new("operation", "Operation", Holds::Line),
    Column::new("asset_id", "Asset", Holds::Id),
    Column::new("version", "Version", Holds::Word),
    Column::new("filename", "File name", Holds::Line),
    Column::new("previous_name", "Previous name", Holds::Line),
    Column::new("title", "Title", Holds::Line),
    Column::new("archive", "Archive", Holds::Line),
    Column::new("href", "Link", Holds::Link),
    Column::new("webhook_id", "Webhook", Holds::Id),
    Column::new("changed_fields", "Changed fields", Holds::Line),
    Column::new("thumbnail", "Thumbnail", Holds::Id),
    Column::new("preview", "Preview", Holds::Id),
    Column::new("delivery_id", "Delivery", Holds::Id),
];

pub(super) fn columns() -> &'static [Column] {
    &COLUMNS
}

pub(super) fn write(
    now: &Snapshot<'_>,
    scope: &Scope,
    at: Option<Timestamp>,
    sheet: &mut dyn Sheet,
    progress: &Progress,
) -> Result<(), ExportError> {
    let chosen = Chosen::of(now, scope, at)?;
    let labels = now.fields().labels()?;
    let count = chosen.count(now, at)?;
    progress.expect(count);
    sheet.header(&COLUMNS, count as u64)?;
    now.export().each_event(
        at,
        |event, asset| chosen.has(event, asset),
        |row| {
            let changed: Vec<String> = row.changes.iter().map(|change| labels.of_subject(change.subject)).collect();
            let cells = [
                Cell::text(row.public_id),
                Cell::Time(row.received),
                Cell::Time(row.created),
                Cell::text(row.kind),
                Cell::text(row.operation),
                Cell::text(row.asset_id),
                Cell::number(row.version),
                Cell::text(row.filename),
                Cell::text(row.previous_name),
                Cell::text(row.title),
                Cell::text(row.archive),
                Cell::text(row.href),
                Cell::text(row.webhook_id),
                Cell::list(&changed),
                Cell::text(row.thumbnail),
                Cell::text(row.preview),
                Cell::Number(row.delivery.0),
            ];
            sheet.row(Row {
                cells: &cells,
                filename: row.filename,
                picture: row.picture,
                preview: None,
                link: row.href,
            })?;
            progress.step()
        },
    )
}
