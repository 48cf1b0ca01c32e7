//! A library without a desk, and what it shows as one text.

use std::fmt::Write;
use std::path::Path;

use lysbord_core::clock::Moment;
use lysbord_core::export::{self, Format, Progress, Request, Scope, What};
use lysbord_core::folder::Folder;
use lysbord_core::fotoware::HookKind;
use lysbord_core::library::{self, Incoming, Library, Sort, WriterThread};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::desk::{NOON, rows_of};

/// What is posted, and to which hook.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub hook: HookKind,
    pub body: String,
}

pub struct Shelf {
    pub library: Library,
    writer: WriterThread,
    folder: Folder,
    _on_disk: TempDir,
}

impl Shelf {
    pub fn new() -> Self {
        // In memory where there is such a place: here nothing is asked of the disk.
        let memory = Path::new("/dev/shm");
        let on_disk = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap();
        let folder = Folder::create(on_disk.path()).unwrap();
        let (library, writer) = Library::open(&folder, Box::new(|_| {})).unwrap();
        Self { library, writer, folder, _on_disk: on_disk }
    }

    pub async fn take(&self, delivery: &Delivery, position: usize) {
        let received = Moment(NOON.0 + 1000 * position as i64);
        let incoming = Incoming::new(delivery.hook, None, delivery.body.as_bytes(), received).unwrap();
        self.library.take_in(incoming).await.unwrap();
    }

    /// Everything that is shown, without what tells of the arrival.
    pub async fn picture(&self) -> String {
        self.library.caught_up().await.unwrap();
        let checkup = library::check_up(&self.folder).unwrap();
        let picture = self.library.read(|connection| Ok(picture(connection))).await.unwrap();
        format!("{:?}\n{picture}", checkup.faults)
    }

    pub async fn end(self) -> String {
        let picture = self.picture().await;
        self.library.close().await;
        self.writer.join();
        picture
    }
}

fn picture(connection: &Connection) -> String {
    let mut picture = String::new();
    for what in [What::Assets, What::Events, What::Changes] {
        let request = Request { what, format: Format::Csv, bom: false, scope: Scope::All, at: None };
        let mut csv = Vec::new();
        export::write(connection, &request, &mut csv, &Progress::default()).unwrap();
        for mut row in rows_of(std::str::from_utf8(&csv).unwrap()) {
            for arrival in ["received_at", "first_seen", "last_seen", "delivery_id"] {
                row.remove(arrival);
            }
            writeln!(picture, "{}: {row:?}", what.as_str()).unwrap();
        }
    }
    writeln!(picture, "{:?}", library::overview(connection, None).unwrap()).unwrap();
    for (place, sort) in [(1, Sort::Newest), (2, Sort::Name)] {
        let assets: Vec<_> = places(connection, "", sort);
        writeln!(picture, "order {place}: {assets:?}").unwrap();
    }
    for id in places(connection, "", Sort::Name) {
        let detail = library::detail(connection, &id, None).unwrap().unwrap();
        writeln!(picture, "{id} {:?} {:?} {:?}", detail.former_names, detail.archives, detail.shown).unwrap();
        for step in detail.steps {
            writeln!(
                picture,
                "  {} {} {} {:?} {:?} {:?} {:?}",
                step.public_id, step.version, step.change, step.filename, step.changes, step.thumbnail, step.large
            )
            .unwrap();
        }
        for name in detail.former_names.iter().chain([&detail.tile.filename]) {
            let found = places(connection, &format!("filename:\"{name}\""), Sort::Name);
            writeln!(picture, "  {name:?} finds {found:?}").unwrap();
        }
    }
    picture
}

/// Public ids in the order of a gallery.
fn places(connection: &Connection, query: &str, sort: Sort) -> Vec<String> {
    let filter = library::Filter::parse(query, NOON, &jiff::tz::TimeZone::UTC);
    let places = library::places(connection, &filter, sort).unwrap();
    library::public_ids(connection, &places.iter().map(|place| place.asset).collect::<Vec<_>>()).unwrap()
}
