//! Contact sheets: pages, pictures, links, and words in any script.

use lysbord_core::export::{self, About, ColumnChoice, Format, Layout, Progress, Request, Scope, What};
use lysbord_core::library::Filter;
use serde_json::json;

use crate::desk::{NOON, OpenDesk};
use crate::notice::{about, with_fields};

fn request() -> Request {
    let about = About { words: "Press desk, harbour".to_owned(), day: jiff::civil::date(2026, 3, 4) };
    Request { format: Format::Pdf, about, ..Request::csv(What::ContactSheet) }
}

async fn pages(desk: &OpenDesk, request: Request) -> Result<Vec<u8>, String> {
    let blobs = desk.desk.blobs.clone();
    let read = desk.desk.library.read(move |now| {
        let mut bytes = Vec::new();
        let written = export::write(now, Some(&blobs), &request, &mut bytes, &Progress::default());
        Ok(written.map(|_| bytes).map_err(|error| error.to_string()))
    });
    read.await.unwrap()
}

/// How often these bytes stand in a file.
fn count(file: &[u8], bytes: &str) -> usize {
    file.windows(bytes.len()).filter(|window| *window == bytes.as_bytes()).count()
}

fn page_count(file: &[u8]) -> usize {
    count(file, "/Type/Page") - count(file, "/Type/Pages")
}

#[tokio::test]
async fn pages_have_as_many_pictures_as_the_layout_says_and_each_leads_to_fotoware() {
    let desk = OpenDesk::new().await;
    for number in 0..36 {
        desk.take("ingested", &about(&format!("{number}"), number, &format!("{number}.jpg"))).await;
    }
    desk.caught_up().await;
    for (layout, expected) in [(Layout::FourByFive, 2), (Layout::FiveBySeven, 2)] {
        let file = pages(&desk, Request { layout, ..request() }).await.unwrap();
        assert!(file.starts_with(b"%PDF-"));
        assert_eq!(page_count(&file), expected, "{}", layout.as_str());
        assert_eq!(count(&file, "https://dam.example/fotoweb/archives/5000-All-files/"), 36);
    }
    let none = Scope::Search(Filter::parse("nowhere", NOON, &jiff::tz::TimeZone::UTC));
    assert_eq!(page_count(&pages(&desk, Request { scope: none, ..request() }).await.unwrap()), 1, "an empty page");
}

#[tokio::test]
async fn kept_pictures_are_on_it_and_any_script_is_written() {
    let (desk, _tenant) = OpenDesk::with_two_assets().await;
    let title = "Vardø · Θάλασσα · море · 漁船 · مرحبا بالعالم · שלום · हैलो · สวัสดี";
    let mut notice = with_fields(about("none", 0, "none.jpg"), [("5", json!(title))]);
    notice["title"] = title.into();
    desk.take("ingested", &notice).await;
    desk.pictures_settled().await;

    let file = pages(&desk, request()).await.unwrap();

    assert_eq!(count(&file, "/Subtype/Image"), 2, "two pictures are kept, and one is missing");
    assert_eq!(count(&file, "/Filter/DCTDecode"), 2, "they are JPEGs as they were made");
    assert_eq!(pages(&desk, request()).await.unwrap(), file, "the same pictures make the same file");
    if let Ok(folder) = std::env::var("LYSBORD_KEEP_PAGES") {
        std::fs::write(std::path::Path::new(&folder).join("contact-sheet.pdf"), &file).unwrap();
    }
}

#[tokio::test]
async fn there_is_room_for_two_lines_and_other_lines_can_be_chosen() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.caught_up().await;
    let lines = |keys: &[&str]| Some(keys.iter().map(|key| key.parse::<ColumnChoice>().unwrap()).collect());
    assert!(pages(&desk, Request { columns: lines(&["80", "created"]), ..request() }).await.is_ok());
    let many = pages(&desk, Request { columns: lines(&["title", "80", "created"]), ..request() }).await.err().unwrap();
    assert!(many.contains("room for 2 lines"), "{many}");
    let wrong = pages(&desk, Request { format: Format::Csv, ..request() }).await.err().unwrap();
    assert!(wrong.contains("cannot be written as csv, but as pdf"), "{wrong}");
}
