//! A row a changed field, in order of time.

use super::columns::{Column, Holds};
use super::scope::Chosen;
use super::sheet::{Cell, Row, Sheet};
use super::{ExportError, Progress, Scope};
use crate::clock::Timestamp;
use crate::fotoware::Subject;
use crate::library::Snapshot;

static COLUMNS: [Column; 11] = [
    Column::new("asset_id", "Asset", Holds::Id),
    Column::new("filename", "File name", Holds::Line),
    Column::new("version", "Version", Holds::Word),
    Column::new("changed_at", "Changed", Holds::Time),
    Column::new("operation", "Operation", Holds::Line),
    Column::new("field_id", "Field number", Holds::Id),
    Column::new("field_label", "Field", Holds::Line),
    Column::new("old", "Before", Holds::Text),
    Column::new("new", "After", Holds::Text),
    Column::new("added", "Added", Holds::Line),
    Column::new("removed", "Removed", Holds::Line),
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
    let with_pictures = sheet.holds_pictures();
    let count = if with_pictures { chosen.count_changes(now, at)? } else { 0 };
    progress.expect(count);
    sheet.header(&COLUMNS, count as u64)?;
    now.export().each_change(
        at,
        with_pictures,
        |event, asset| chosen.has(event, asset),
        |row| {
            for change in &row.changes {
                let label = labels.of_subject(change.subject);
                let field = match change.subject {
                    Subject::Field(id) => Cell::Number(i64::from(id)),
                    Subject::Filename | Subject::FileSize | Subject::Pixels | Subject::Archive => Cell::Empty,
                };
                let (added, removed) = (change.added(), change.removed());
                let cells = [
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
                ];
                sheet.row(Row {
                    cells: &cells,
                    filename: row.filename,
                    picture: row.picture,
                    preview: None,
                    link: "",
                })?;
                progress.step()?;
            }
            Ok(())
        },
    )
}
