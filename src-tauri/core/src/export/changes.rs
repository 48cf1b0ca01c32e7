//! A row a changed field, in order of time.

use super::sheet::{Cell, Sheet};
use super::{Chosen, ExportError, Progress, Scope};
use crate::clock::Timestamp;
use crate::fotoware::Subject;
use crate::library::Snapshot;

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

pub(super) fn write(
    now: &Snapshot<'_>,
    scope: &Scope,
    at: Option<Timestamp>,
    sheet: &mut dyn Sheet,
    progress: &Progress,
) -> Result<(), ExportError> {
    let chosen = Chosen::of(now, scope, at)?;
    let labels = now.fields().labels()?;
    sheet.header(&COLUMNS)?;
    now.export().each_change(
        at,
        |asset| chosen.has(asset),
        |row| {
            for change in &row.changes {
                let label = labels.of_subject(change.subject);
                let field = match change.subject {
                    Subject::Field(id) => Cell::Number(i64::from(id)),
                    Subject::Filename | Subject::FileSize | Subject::Pixels | Subject::Archive => Cell::Empty,
                };
                let (added, removed) = (change.added(), change.removed());
                sheet.row(&[
                    Cell::text(row.asset_id),
                    Cell::text(row.filename),
                    Cell::number(row.version),
                    Cell::Time(row.created),
                    Cell::text(row.operation),
                    field,
                    Cell::text(&label),
                    Cell::list(&change.old),
                    Cell::list(&change.new),
                    Cell::list(&added),
                    Cell::list(&removed),
                ])?;
                progress.step()?;
            }
            Ok(())
        },
    )
}
