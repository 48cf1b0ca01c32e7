//! A row a delivery, the newest first: the log as it is now.

use super::columns::{Column, Holds};
use super::sheet::{Cell, Row, Sheet};
use super::{ExportError, Progress};
use crate::library::{LogFilter, Snapshot};

static COLUMNS: [Column; 15] = [
    Column::new("delivery_id", "Delivery", Holds::Word),
    Column::new("received_at", "Received", Holds::Time),
    Column::new("kind", "Kind", Holds::Word),
    Column::new("outcome", "Outcome", Holds::Word),
    Column::new("problem", "Problem", Holds::Text),
    Column::new("filename", "File name", Holds::Line),
    Column::new("content_type", "Content type", Holds::Line),
    Column::new("size", "Size (bytes)", Holds::Amount),
    Column::new("asset_id", "Asset", Holds::Id),
    Column::new("event_id", "Event", Holds::Id),
    Column::new("original", "Repeats delivery", Holds::Word),
    Column::new("sender", "Sender", Holds::Word),
    Column::new("user_agent", "User agent", Holds::Line),
    Column::new("answer", "Answer", Holds::Word),
    Column::new("took_us", "Took (microseconds)", Holds::Amount),
];

/// So many are read at once.
const PAGE: usize = 1_000;

pub(super) fn columns() -> &'static [Column] {
    &COLUMNS
}

pub(super) fn write(
    now: &Snapshot<'_>,
    filter: &LogFilter,
    sheet: &mut dyn Sheet,
    progress: &Progress,
) -> Result<(), ExportError> {
    let deliveries = now.deliveries().matching(filter)?;
    progress.expect(deliveries.len());
    sheet.header(&COLUMNS, deliveries.len() as u64)?;
    for page in deliveries.chunks(PAGE) {
        for delivery in now.deliveries().lines(page)? {
            let filename = delivery.filename.as_deref().unwrap_or_default();
            let number = |number: Option<i64>| number.map_or(Cell::text(""), Cell::Number);
            let cells = [
                Cell::Number(delivery.id.0),
                Cell::Time(delivery.received),
                Cell::text(delivery.kind.as_str()),
                Cell::text(delivery.outcome.as_str()),
                Cell::text(delivery.problem.as_deref().unwrap_or_default()),
                Cell::text(filename),
                Cell::text(delivery.content_type.as_deref().unwrap_or_default()),
                Cell::Number(delivery.size as i64),
                Cell::text(delivery.asset_id.as_deref().unwrap_or_default()),
                Cell::text(delivery.event_id.as_deref().unwrap_or_default()),
                number(delivery.original.map(|original| original.0)),
                Cell::text(delivery.sender.as_deref().unwrap_or_default()),
                Cell::text(delivery.user_agent.as_deref().unwrap_or_default()),
                number(delivery.answer.map(i64::from)),
                number(delivery.took_us.map(|took| took as i64)),
            ];
            sheet.row(Row { cells: &cells, filename, picture: None, preview: None, link: "" })?;
            progress.step()?;
        }
    }
    Ok(())
}
