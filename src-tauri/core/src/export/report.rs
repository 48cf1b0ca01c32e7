//! How much happened, as a sheet: a row a day, a kind of change, an archive, a field, or one of the assets to which most
//! happened. A workbook has a page for each of these.

use jiff::tz::TimeZone;

use super::columns::{Column, Holds};
use super::sheet::{Cell, Row, Sheet};
use super::{ExportError, Progress, Scope};
use crate::clock::Timestamp;
use crate::library::{Activity, LibraryError, NamedActivity, Snapshot};

static COLUMNS: [Column; 4] = [
    Column::new("part", "Part", Holds::Word),
    Column::new("name", "Name", Holds::Text),
    Column::new("events", "Events", Holds::Amount),
    Column::new("assets", "Assets", Holds::Amount),
];

pub(super) fn columns() -> &'static [Column] {
    &COLUMNS
}

/// The span of time of a scope; all of it, where there is none.
fn activity(now: &Snapshot<'_>, scope: &Scope, zone: &TimeZone) -> Result<Activity, LibraryError> {
    let (from, until) = match scope {
        Scope::Events(filter) => (filter.from, filter.until),
        Scope::All | Scope::Search(_) | Scope::Selection(_) | Scope::Deliveries(_) => (None, None),
    };
    let (from, until) = (from.unwrap_or(Timestamp(i64::MIN)), until.unwrap_or(Timestamp(i64::MAX)));
    now.events().activity(from, until, zone)
}

/// A row: what it counts, and how often.
struct Count {
    name: String,
    events: u64,
    assets: Option<u64>,
}

/// The parts of a report: the word in a file for programs, the name of a page, and the rows.
fn parts(of: Activity) -> [(&'static str, &'static str, Vec<Count>); 6] {
    let named = |of: Vec<NamedActivity>| {
        of.into_iter().map(|of| Count { name: of.name, events: of.events, assets: Some(of.assets) }).collect()
    };
    let days = of.days.iter().map(|of| Count { name: of.day.to_string(), events: of.events, assets: None });
    let changes = of.changes.iter();
    let changes =
        changes.map(|of| Count { name: of.change.as_str().to_owned(), events: of.events, assets: Some(of.assets) });
    let busiest = of.busiest.into_iter().map(|of| Count { name: of.filename, events: of.events, assets: None });
    [
        ("all", "Overview", vec![Count { name: String::new(), events: of.events, assets: Some(of.assets) }]),
        ("day", "Days", days.collect()),
        ("change", "Changes", changes.collect()),
        ("archive", "Archives", named(of.archives)),
        ("field", "Fields", named(of.fields)),
        ("asset", "Busiest assets", busiest.collect()),
    ]
}

pub(super) fn count(now: &Snapshot<'_>, scope: &Scope, zone: &TimeZone) -> Result<usize, LibraryError> {
    Ok(parts(activity(now, scope, zone)?).iter().map(|(_, _, rows)| rows.len()).sum())
}

pub(super) fn write(
    now: &Snapshot<'_>,
    scope: &Scope,
    zone: &TimeZone,
    sheet: &mut dyn Sheet,
    progress: &Progress,
) -> Result<(), ExportError> {
    let parts = parts(activity(now, scope, zone)?);
    let rows = parts.iter().map(|(_, _, rows)| rows.len()).sum();
    progress.expect(rows);
    sheet.header(&COLUMNS, rows as u64)?;
    for (part, title, rows) in &parts {
        sheet.part(title)?;
        for Count { name, events, assets } in rows {
            let cells = [
                Cell::text(part),
                Cell::text(name),
                Cell::Number(*events as i64),
                Cell::number(assets.map(|assets| assets as i64)),
            ];
            sheet.row(Row { cells: &cells, filename: "", picture: None, preview: None, link: "" })?;
            progress.step()?;
        }
    }
    Ok(())
}
