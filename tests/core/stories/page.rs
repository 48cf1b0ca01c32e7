//! A library as a page to read. Ids are given short names in the order in which they are met.

use std::collections::HashMap;
use std::fmt::Write;

use csv::StringRecord;
use lysbord_core::clock::Timestamp;
use lysbord_core::export::{self, Progress, Request, What};
use lysbord_core::fotoware::{FieldChange, PieceKind};
use lysbord_core::library::{DeliveryOutcome, Detail, HistoryEntry, Labels, LogFilter, Note, Part, Snapshot};
use rusqlite::Connection;

use super::told_in_time;
use crate::order::telling::Told;

pub async fn of(story: &Told) -> String {
    let gallery_cache = told_in_time(story).await;
    gallery_cache.library.caught_up().await.unwrap();
    let mut page = format!("{}\n", story.name);
    if !story.decisions.is_empty() {
        writeln!(page, "decided: {:?}", story.decisions).unwrap();
    }
    let ids = in_order(&gallery_cache.file());
    let told = gallery_cache.library.read(move |now| Ok(tell(now, &ids))).await.unwrap();
    gallery_cache.end().await;
    page + &told
}

fn tell(now: &Snapshot<'_>, ids: &[String]) -> String {
    let mut page = String::new();
    let log = now.deliveries().log(&LogFilter::default(), Part::From(0), 100).unwrap().items;
    for outcome in [DeliveryOutcome::Duplicate, DeliveryOutcome::Unreadable] {
        let of_this: Vec<_> = log.iter().filter(|delivery| delivery.outcome == outcome).collect();
        if !of_this.is_empty() {
            let why: Vec<_> = of_this.iter().filter_map(|delivery| delivery.problem.clone()).collect();
            writeln!(page, "{} {} {}", of_this.len(), outcome.as_str(), why.join("; ")).unwrap();
        }
    }
    let labels = now.fields().labels().unwrap();
    let mut names = Names::default();
    for id in ids {
        let detail = now.assets().detail(id, None).unwrap().unwrap();
        page.push_str(&asset(&detail, &names.of(id), &labels));
    }
    for what in [What::Assets, What::Events, What::Changes] {
        writeln!(page, "\n{}.csv", what.as_str()).unwrap();
        let request = Request::csv(what);
        let mut csv = Vec::new();
        export::write(now, None, &request, &mut csv, &Progress::default()).unwrap();
        let mut sheet = csv::Reader::from_reader(csv.as_slice());
        let columns = sheet.headers().unwrap().clone();
        for row in sheet.records() {
            writeln!(page, "  {}", cells(&columns, &row.unwrap(), &mut names)).unwrap();
        }
    }
    page
}

/// The public ids of all assets. The asset that was there first comes first.
fn in_order(connection: &Connection) -> Vec<String> {
    let sql = "SELECT a.public_id FROM assets a JOIN events e ON e.asset = a.id
         GROUP BY a.id ORDER BY min(e.created_ms), a.filename, min(e.public_id)";
    let mut select = connection.prepare(sql).unwrap();
    select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn asset(detail: &Detail, name: &str, labels: &Labels) -> String {
    let mut page = format!("\n{name}: {:?}, {}", detail.tile.filename, detail.tile.state.as_str());
    if !detail.former_names.is_empty() {
        write!(page, ", once {}", detail.former_names.join(", ")).unwrap();
    }
    writeln!(page, ", seen in {}", detail.archives.join(" and ")).unwrap();
    for step in detail.steps.iter().rev() {
        page.push_str(&version(step, labels));
    }
    page
}

fn version(step: &HistoryEntry, labels: &Labels) -> String {
    let opens = if step.opens_version { format!("v{}", step.version) } else { format!("(v{})", step.version) };
    let mut page = format!("  {opens} {} {}", minute(step.created), step.change.as_str());
    if let Some(operation) = &step.operation {
        write!(page, " [{operation}]").unwrap();
    }
    for note in &step.notes {
        write!(page, " -- {}", words(*note)).unwrap();
    }
    page.push('\n');
    for change in &step.changes {
        writeln!(page, "       {}: {}", labels.of_subject(change.subject), pieces(change)).unwrap();
    }
    page
}

fn words(note: Note) -> String {
    match note {
        Note::Late { seconds } => format!("came {} min late", seconds / 60),
        Note::Gap => "the notice before is missing".to_owned(),
        Note::SentAgain { times } => format!("sent {times} times more"),
        Note::Restores { version } => format!("equals v{version}"),
        Note::Joined => "joined by the user".to_owned(),
    }
}

fn pieces(change: &FieldChange) -> String {
    let shown = change.pieces().into_iter().map(|piece| match piece.kind {
        PieceKind::Same => piece.text,
        PieceKind::Added => format!("{{+{}+}}", piece.text),
        PieceKind::Removed => format!("[-{}-]", piece.text),
    });
    let is_list = change.old.len() > 1 || change.new.len() > 1;
    let shown = shown.collect::<Vec<_>>().join(if is_list { " " } else { "" });
    if shown.is_empty() { format!("now {}", change.new.join("; ")) } else { shown }
}

/// A row without its empty cells, and without those that are the same in every story.
fn cells(columns: &StringRecord, row: &StringRecord, names: &mut Names) -> String {
    const ALIKE: [&str; 14] = [
        "href",
        "webhook_id",
        "delivery_id",
        "thumbnail",
        "preview",
        "preview_file",
        "first_seen",
        "last_seen",
        "received_at",
        "modified",
        "doctype",
        "pixel_width",
        "pixel_height",
        "byline",
    ];
    let told = columns.iter().zip(row).filter(|(column, cell)| !ALIKE.contains(column) && !cell.is_empty());
    let told = told.map(|(column, cell)| match column {
        "asset_id" => format!("asset={}", names.of(cell)),
        "event_id" => format!("event={}", names.event(cell)),
        "created" | "changed_at" => {
            format!("{column}={}", Timestamp::parse(cell).map(minute).unwrap_or_default())
        }
        _ => format!("{column}={cell}"),
    });
    told.collect::<Vec<_>>().join(" | ")
}

fn minute(moment: Timestamp) -> String {
    moment.to_string().get(11..23).unwrap_or_default().to_owned()
}

#[derive(Default)]
struct Names {
    assets: HashMap<String, usize>,
    events: HashMap<String, usize>,
}

impl Names {
    fn of(&mut self, id: &str) -> String {
        let next = self.assets.len();
        let letter = *self.assets.entry(id.to_owned()).or_insert(next);
        format!("asset {}", char::from(b'A' + letter as u8))
    }

    fn event(&mut self, id: &str) -> String {
        let next = 1 + self.events.len();
        self.events.entry(id.to_owned()).or_insert(next).to_string()
    }
}
