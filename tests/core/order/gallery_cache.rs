//! A library without a desk, and what it shows as one text.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use lysbord_core::clock::Timestamp;
use lysbord_core::export::{self, Progress, Request, What};
use lysbord_core::folder::Folder;
use lysbord_core::fotoware::{HookKind, Role};
use lysbord_core::library::{
    self, DeliveryId, EventFilter, Filter, Incoming, Library, LibraryThread, Note, Snapshot, Sort,
};
use lysbord_core::model::{BlobHash, Format as Kind, Outcome, Picture, RenditionKey, RenditionOutcome};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::desk::{NOON, rows_of};

/// What is posted, and to which hook.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub hook: HookKind,
    pub body: String,
}

pub struct GalleryCache {
    pub library: Library,
    writer: LibraryThread,
    pub folder: Folder,
    on_disk: TempDir,
}

impl GalleryCache {
    pub fn new() -> Self {
        // In memory where there is such a place: here nothing is asked of the disk.
        let memory = Path::new("/dev/shm");
        let on_disk = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap();
        let folder = Folder::create(on_disk.path()).unwrap();
        Self::on(folder, on_disk)
    }

    fn on(folder: Folder, on_disk: TempDir) -> Self {
        let (library, writer) = Library::open(&folder, Box::new(|_| {})).unwrap();
        Self { library, writer, folder, on_disk }
    }

    /// Closes the library, lets something happen to its file, and opens it again.
    pub async fn reopened(self, meanwhile: impl FnOnce(&Connection)) -> Self {
        self.library.close().await;
        self.writer.join();
        meanwhile(&Connection::open(self.folder.library()).unwrap());
        Self::on(self.folder, self.on_disk)
    }

    /// The library's file, beside whoever writes it: for what no question of the library tells.
    pub fn file(&self) -> Connection {
        Connection::open(self.folder.library()).unwrap()
    }

    pub async fn take(&self, delivery: &Delivery, position: usize) {
        self.take_at(delivery, Timestamp(NOON.0 + 1000 * position as i64)).await;
    }

    pub async fn take_at(&self, delivery: &Delivery, received: Timestamp) {
        let incoming = Incoming::new(delivery.hook, None, delivery.body.as_bytes(), received).unwrap();
        self.library.take_in(incoming).await.unwrap();
    }

    /// All that search has indexed: each word with where it stands, each number, each value with its count.
    pub fn index(&self) -> String {
        let file = self.file();
        file.execute_batch(
            "CREATE VIRTUAL TABLE temp.words USING fts5vocab (main, search, instance);
             CREATE VIRTUAL TABLE temp.earlier USING fts5vocab (main, search_earlier, instance);",
        )
        .unwrap();
        let mut lines = String::new();
        for select in [
            "SELECT asset, facts, fields, numbers FROM asset_fields ORDER BY 1",
            "SELECT term, doc, col, offset FROM temp.words ORDER BY 1, 2, 3, 4",
            "SELECT term, doc, col, offset FROM temp.earlier ORDER BY 1, 2, 3, 4",
            "SELECT asset, field, number, '' FROM field_numbers",
            "SELECT field, folded, assets, '' FROM field_values ORDER BY field, folded",
            "SELECT v.asset, f.field, f.folded, '' FROM asset_values v, json_each(v.vals) j
             JOIN field_values f ON f.id = j.value ORDER BY 1, 2, 3",
        ] {
            let mut select = file.prepare(select).unwrap();
            let mut rows = select.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let cells: Vec<rusqlite::types::Value> = (0..4).map(|column| row.get(column).unwrap()).collect();
                writeln!(lines, "{cells:?}").unwrap();
            }
        }
        lines
    }

    /// The public ids of all events, in order of arrival.
    pub async fn events(&self) -> Vec<String> {
        self.library.caught_up().await.unwrap();
        let file = self.file();
        let mut select = file.prepare("SELECT public_id FROM events ORDER BY id").unwrap();
        let ids = select.query_map([], |row| row.get(0)).unwrap();
        ids.collect::<Result<_, _>>().unwrap()
    }

    /// The public id of the asset that an event belongs to.
    pub async fn asset_of(&self, event: &str) -> String {
        self.library.caught_up().await.unwrap();
        let sql = "SELECT a.public_id FROM events e JOIN assets a ON a.id = e.asset WHERE e.public_id = ?1";
        self.file().query_row(sql, [event], |row| row.get(0)).unwrap()
    }

    /// Takes over what was decided in another library.
    pub fn decide_as(&self, other: &GalleryCache) {
        let theirs = other.file();
        let sql = "SELECT d.id, d.kind, e.event, e.cut FROM decisions d JOIN decision_events e ON e.decision = d.id";
        let mut select = theirs.prepare(sql).unwrap();
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
        let decided: Vec<(i64, String, String, bool)> = rows.collect::<Result<_, _>>().unwrap();
        let connection = self.file();
        for (id, kind, event, cut) in decided {
            let decision = "INSERT OR IGNORE INTO decisions (id, kind, made_ms, words) VALUES (?1, ?2, 0, '')";
            connection.execute(decision, rusqlite::params![id, kind]).unwrap();
            let named = "INSERT INTO decision_events (decision, event, cut) VALUES (?1, ?2, ?3)";
            connection.execute(named, rusqlite::params![id, event, cut]).unwrap();
        }
    }

    /// Which asset and version each event up to a moment belongs to.
    pub async fn placed_until(&self, until: i64) -> String {
        self.library.caught_up().await.unwrap();
        let file = self.file();
        let mut select = file
            .prepare(
                "SELECT e.public_id, a.public_id, e.version, e.opens_version, e.turn, e.joined, p.public_id, c.changes
                 FROM events e JOIN assets a ON a.id = e.asset LEFT JOIN events p ON p.id = e.previous
                 LEFT JOIN changes c ON c.event = e.id AND e.opens_version
                 WHERE e.created_ms <= ?1 ORDER BY e.created_ms, e.turn, e.public_id",
            )
            .unwrap();
        let mut rows = select.query([until]).unwrap();
        let mut lines = String::new();
        while let Some(row) = rows.next().unwrap() {
            let cells: Vec<rusqlite::types::Value> = (0..8).map(|column| row.get(column).unwrap()).collect();
            writeln!(lines, "{cells:?}").unwrap();
        }
        lines
    }

    /// The thumbnails of about half of the events come, the same whichever way they arrived.
    pub async fn thumbnails_come(&self) {
        self.library.caught_up().await.unwrap();
        let everything = EventFilter::default();
        let events = self.library.read(move |now| now.events().page(&everything, None, 100_000));
        let events = events.await.unwrap().0.into_iter().map(|line| (DeliveryId::from(line.event).0, line.public_id));
        let kept = events.filter_map(|(delivery, public_id)| {
            let hash = BlobHash::of(public_id.as_bytes());
            let picture = Picture {
                hash,
                format: Kind::Jpeg,
                bytes: 1,
                width: 1 + u32::from(hash.as_bytes()[1]),
                height: 9,
                flaw: None,
            };
            let outcome = Outcome::Kept { picture, derived: false, took: Duration::ZERO };
            let key = RenditionKey { delivery, role: Role::Thumbnail };
            hash.as_bytes()[0].is_multiple_of(2).then_some(RenditionOutcome { key, outcome })
        });
        self.library.record_outcomes(kept.collect()).await.unwrap();
    }

    /// Everything that is shown, without what tells of the arrival.
    pub async fn picture(&self) -> String {
        self.library.caught_up().await.unwrap();
        let checkup = library::check_up(&self.folder).unwrap();
        let picture = self.library.read(|now| Ok(picture(now))).await.unwrap();
        format!("{:?}\n{picture}", checkup.faults)
    }

    pub async fn end(self) -> String {
        let picture = self.picture().await;
        self.library.close().await;
        self.writer.join();
        picture
    }
}

fn picture(now: &Snapshot<'_>) -> String {
    let mut picture = String::new();
    let (events, _) = now.events().page(&EventFilter::default(), None, 10_000).unwrap();
    for event in events {
        writeln!(picture, "{} shows {:?}", event.public_id, event.thumbnail).unwrap();
    }
    for what in [What::Assets, What::Events, What::Changes] {
        let request = Request::csv(what);
        let mut csv = Vec::new();
        export::write(now, None, &request, &mut csv, &Progress::default()).unwrap();
        for mut row in rows_of(std::str::from_utf8(&csv).unwrap()) {
            for arrival in ["received_at", "first_seen", "last_seen", "delivery_id"] {
                row.remove(arrival);
            }
            writeln!(picture, "{}: {row:?}", what.as_str()).unwrap();
        }
    }
    writeln!(picture, "{:?}", now.gallery().overview(None).unwrap()).unwrap();
    for (place, sort) in [(1, Sort::Newest), (2, Sort::Name)] {
        let assets: Vec<_> = slots(now, "", sort);
        writeln!(picture, "order {place}: {assets:?}").unwrap();
    }
    for id in slots(now, "", Sort::Name) {
        let detail = now.assets().detail(&id, None).unwrap().unwrap();
        writeln!(picture, "{id} {:?} {:?} {:?}", detail.former_names, detail.archives, detail.shown).unwrap();
        for step in detail.steps {
            writeln!(
                picture,
                "  {} {} {} {:?} {:?} {:?} {:?} {:?}",
                step.public_id,
                step.version,
                step.change.as_str(),
                step.filename,
                step.changes,
                step.thumbnail,
                step.large,
                step.notes
                    .iter()
                    .filter(|note| !matches!(note, Note::Late { .. } | Note::SentAgain { .. }))
                    .collect::<Vec<_>>()
            )
            .unwrap();
        }
        for name in detail.former_names.iter().chain([&detail.tile.filename]) {
            let found = slots(now, &format!("filename:\"{name}\""), Sort::Name);
            writeln!(picture, "  {name:?} finds {found:?}").unwrap();
        }
    }
    picture
}

/// Public ids in the order of a gallery.
fn slots(now: &Snapshot<'_>, query: &str, sort: Sort) -> Vec<String> {
    let filter = Filter::parse(query, NOON, &jiff::tz::TimeZone::UTC);
    let slots = now.gallery().slots(&filter, sort).unwrap();
    now.assets().public_ids(&slots.iter().map(|place| place.asset).collect::<Vec<_>>()).unwrap()
}
