//! A row a delivery, the newest first: the log as it is now.

use super::columns::{Column, Holds};
use super::sheet::{Cell, Row, Sheet};
use super::{ExportError, Progress};
use crate::library::{DeliveryOutcome, Snapshot};

static COLUMNS: [Column; 9] = [
    Column::new("delivery_id", "Delivery", Holds::Word),
    Column::new("received_at", "Received", Holds::Time),
    Column::new("kind", "Kind", Holds::Word),
    Column::new("outcome", "Outcome", Holds::Word),
    Column::new("problem", "Problem", Holds::Text),
    Column::new("filename", "File name", Holds::Line),
    Column::new("content_type", "Content type", Holds::Line),
    Column::new("size", "Size (bytes)", Holds::Amount),
    Column::new("asset_id", "Asset", Holds::Id),
];

/// So many are read at once.
const PAGE: usize = 1_000;

pub(super) fn columns() -> &'static [Column] {
    &COLUMNS
}

/// `outcome` is what became of them; `None` is every delivery.
pub(super) fn write(
    now: &Snapshot<'_>,
    outcome: Option<DeliveryOutcome>,
    sheet: &mut dyn Sheet,
    progress: &Progress,
) -> Result<(), ExportError> {
    let count = now.deliveries().count(outcome)?;
    progress.expect(count);
    sheet.header(&COLUMNS, count as u64)?;
    let mut before = None;
    loop {
        let page = now.deliveries().log(outcome, before, PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        before = Some(last.id);
        for delivery in &page {
            let filename = delivery.filename.as_deref().unwrap_or_default();
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
            ];
            sheet.row(Row { cells: &cells, filename, picture: None, preview: None, link: "" })?;
            progress.step()?;
        }
    }
}
