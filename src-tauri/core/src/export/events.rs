//! A row an event, in order of time.

use super::sheet::{Cell, Sheet};
use super::{Chosen, ExportError, Progress, Scope};
use crate::clock::Timestamp;
use crate::library::Snapshot;

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

pub(super) fn write(
    now: &Snapshot<'_>,
    scope: &Scope,
    at: Option<Timestamp>,
    sheet: &mut dyn Sheet,
    progress: &Progress,
) -> Result<(), ExportError> {
    let chosen = Chosen::of(now, scope, at)?;
    let labels = now.fields().labels()?;
    progress.expect(now.events().count_until(at)? as usize);
    sheet.header(&COLUMNS)?;
    now.export().each_event(
        at,
        |asset| chosen.has(asset),
        |row| {
            let changed: Vec<String> = row.changes.iter().map(|change| labels.of_subject(change.subject)).collect();
            sheet.row(&[
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
            ])?;
            progress.step()
        },
    )
}
