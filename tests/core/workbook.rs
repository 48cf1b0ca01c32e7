//! Workbooks, opened again by a library that has nothing to do with the one that wrote them.

use std::io::{Cursor, Read as _};

use calamine::{Data, Range, Reader as _, Xlsx, open_workbook_from_rs};
use lysbord_core::export::{self, ColumnChoice, ExportError, Format, LongCells, Progress, Request, Scope, What};
use lysbord_core::library::{DeliveryOutcome, EventFilter, LogFilter};
use serde_json::json;

use crate::desk::{NOON, OpenDesk};
use crate::notice::{about, with_fields, wrapped};

fn as_workbook(what: What) -> Request {
    Request { format: Format::Xlsx, ..Request::csv(what) }
}

struct Written {
    bytes: Vec<u8>,
    long_cells: Option<LongCells>,
}

async fn written(desk: &OpenDesk, request: Request) -> Result<Written, String> {
    let blobs = desk.desk.blobs.clone();
    let read = desk.desk.library.read(move |now| {
        let mut bytes = Vec::new();
        let written = export::write(now, Some(&blobs), &request, &mut bytes, &Progress::default());
        Ok(match written {
            Ok(summary) => Ok(Written { bytes, long_cells: summary.long_cells }),
            Err(ExportError::UnknownColumn(unknown)) => Err(unknown.to_string()),
            Err(error) => Err(error.to_string()),
        })
    });
    read.await.unwrap()
}

impl Written {
    fn open(&self) -> Xlsx<Cursor<&[u8]>> {
        open_workbook_from_rs(Cursor::new(self.bytes.as_slice())).unwrap()
    }

    fn sheet(&self, name: &str) -> Range<Data> {
        self.open().worksheet_range(name).unwrap()
    }

    /// A file within the workbook.
    fn part(&self, name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(self.bytes.as_slice())).unwrap();
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

fn titles(sheet: &Range<Data>) -> Vec<String> {
    sheet.rows().next().unwrap().iter().map(ToString::to_string).collect()
}

fn cell<'r>(sheet: &'r Range<Data>, row: usize, title: &str) -> &'r Data {
    let column = titles(sheet).iter().position(|found| found == title).unwrap_or_else(|| panic!("no column {title}"));
    sheet.get((row, column)).unwrap()
}

fn choices(columns: &[&str]) -> Vec<ColumnChoice> {
    columns.iter().map(|column| column.parse().unwrap()).collect()
}

#[tokio::test]
async fn dates_and_numbers_are_such_and_texts_are_never_formulas() {
    let desk = OpenDesk::new().await;
    let mut notice = about("1", 0, "-DSC_1.jpg");
    notice["data"]["filesize"] = json!(5_242_880);
    notice["data"]["created"] = "2026-02-27T07:01:03.120Z".into();
    notice["title"] = "=1+1".into();
    let fields = [("10", json!(4)), ("25", json!(["harbour", "@dawn"])), ("501", json!("0042"))];
    desk.take("ingested", &with_fields(notice, fields)).await;
    desk.caught_up().await;

    let zone = jiff::tz::TimeZone::get("Europe/Oslo").unwrap();
    let book = written(&desk, Request { zone, ..as_workbook(What::Assets) }).await.unwrap();

    let sheet = book.sheet("Assets");
    assert_eq!(cell(&sheet, 1, "File name"), &Data::String("-DSC_1.jpg".into()), "without a sign before it");
    assert_eq!(cell(&sheet, 1, "Title"), &Data::String("=1+1".into()));
    assert_eq!(cell(&sheet, 1, "Keywords"), &Data::String("harbour; @dawn".into()));
    assert_eq!(cell(&sheet, 1, "Size (bytes)"), &Data::Float(5_242_880.0));
    assert_eq!(cell(&sheet, 1, "Status"), &Data::Float(4.0));
    assert_eq!(cell(&sheet, 1, "Field 501"), &Data::String("0042".into()));
    let Data::DateTime(created) = cell(&sheet, 1, "Created") else { panic!("{:?}", cell(&sheet, 1, "Created")) };
    let (year, month, day, hour, minute, second, milli) = created.to_ymd_hms_milli();
    assert_eq!((year, month, day, hour, minute, second, milli), (2026, 2, 27, 8, 1, 3, 120), "where the user is");
    assert_eq!(cell(&sheet, 1, "Width (pixels)"), &Data::Empty);
    let told = titles(&sheet);
    assert_eq!(told.iter().filter(|title| *title == "Keywords").count(), 1, "nothing is said twice: {told:?}");
    assert_eq!(&told[told.len() - 2..], ["Preview", "Preview file"], "what is for programs comes last");

    let page = book.part("xl/worksheets/sheet1.xml");
    assert!(!page.contains("<f>"), "{page}");
    assert!(page.contains("state=\"frozen\"") && page.contains("<autoFilter ref=\"A1:"), "{page}");
    assert!(page.contains("<hyperlink ref="), "{page}");
    let links = book.part("xl/worksheets/_rels/sheet1.xml.rels");
    assert!(links.contains("https://dam.example/fotoweb/archives/5000-All-files/"), "{links}");
    assert_eq!(cell(&sheet, 1, "Link"), &Data::String("Open in Fotoware".into()));
}

#[tokio::test]
async fn each_row_has_its_own_picture_and_a_missing_one_has_none() {
    let (desk, _tenant) = OpenDesk::with_two_assets().await;
    desk.take("ingested", &about("none", 0, "none.jpg")).await;
    desk.pictures_settled().await;

    for what in [What::Assets, What::Events] {
        let book = written(&desk, as_workbook(what)).await.unwrap();
        let pictures = book.open().pictures().unwrap();
        assert!(pictures.len() >= 2, "{} in {}", pictures.len(), what.as_str());
        for (kind, bytes) in &pictures {
            let picture = image::load_from_memory(bytes).unwrap();
            assert_eq!(kind, "jpeg");
            assert!(picture.width().max(picture.height()) <= 160, "{} × {}", picture.width(), picture.height());
        }
        assert_eq!(titles(&book.sheet(if what == What::Assets { "Assets" } else { "Events" }))[0], "Picture");
        let drawing = book.part("xl/drawings/drawing1.xml");
        let anchors = drawing.matches("<xdr:from>").count();
        let kept = desk.rows(what).await.iter().filter(|row| row["thumbnail"] == "kept").count();
        assert_eq!(anchors, kept, "{}", what.as_str());
        assert!(!drawing.contains("none.jpg") && drawing.contains(".jpg"), "{drawing}");
    }
    let without = written(&desk, Request { thumbnails: Some(false), ..as_workbook(What::Assets) }).await.unwrap();
    assert!(without.open().pictures().is_none_or(|pictures| pictures.is_empty()));
    assert_ne!(titles(&without.sheet("Assets"))[0], "Picture");
}

#[tokio::test]
async fn what_a_workbook_cannot_hold_is_cut_and_told_and_the_same_rows_make_the_same_file() {
    let desk = OpenDesk::new().await;
    let long = "🚤".repeat(20_000);
    let fields = [("120", json!(long)), ("90", json!("a\u{0}b\u{b}c\r\nd"))];
    desk.take("ingested", &with_fields(about("1", 0, "long.jpg"), fields)).await;
    desk.caught_up().await;
    let book = written(&desk, as_workbook(What::Assets)).await.unwrap();
    let told = book.long_cells.clone().unwrap();
    assert!(told.are_cut && told.to_string().contains("end with an ellipsis"), "{told}");
    assert_eq!((told.count, told.row, told.filename.as_str()), (1, 2, "long.jpg"));
    let sheet = book.sheet("Assets");
    let Data::String(caption) = cell(&sheet, 1, "Caption") else { panic!() };
    assert!(caption.ends_with('…') && caption.encode_utf16().count() <= 32_767 && caption.starts_with("🚤🚤"));
    assert_eq!(cell(&sheet, 1, "City"), &Data::String("abc\nd".into()), "without what XML forbids");
    assert_eq!(written(&desk, as_workbook(What::Assets)).await.unwrap().bytes, book.bytes);
}

#[tokio::test]
async fn columns_are_chosen_ordered_and_renamed_in_every_format() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &with_fields(about("1", 0, "a.jpg"), [("25", json!(["x", "y"]))])).await;
    desk.caught_up().await;
    let columns = Some(choices(&["25=Stikkord", "filename", "103"]));
    let csv = desk.export(Request { columns: columns.clone(), ..Request::csv(What::Assets) }).await;
    assert!(csv.starts_with("Stikkord,filename,103 ") && csv.contains("\r\nx; y,a.jpg,\r\n"), "{csv}");
    let json = Request { columns: columns.clone(), format: Format::JsonLines, ..Request::csv(What::Assets) };
    let json = desk.export(json).await;
    assert!(json.starts_with("{\"Stikkord\":[\"x\",\"y\"],\"filename\":\"a.jpg\",\"103 "), "{json}");
    let book = written(&desk, Request { columns, ..as_workbook(What::Assets) }).await.unwrap();
    assert_eq!(titles(&book.sheet("Assets"))[..3], ["Picture", "Stikkord", "File name"]);
    let events = Request { columns: Some(choices(&["created", "kind"])), ..Request::csv(What::Events) };
    assert!(desk.export(events).await.starts_with("created,kind\r\n2026"));

    for (what, wrong) in [(What::Assets, "colour"), (What::Assets, "99999"), (What::Changes, "25")] {
        let request = Request { columns: Some(choices(&[wrong])), format: Format::Xlsx, ..Request::csv(what) };
        let told = written(&desk, request).await.err().unwrap();
        assert!(told.starts_with(&format!("there is no column \"{wrong}\"; there are asset_id, filename, ")), "{told}");
        assert_eq!(told.contains("25 (Keywords)"), what == What::Assets, "{told}");
    }
}

/// What Excel in most of Europe opens with a double click.
#[tokio::test]
async fn csv_for_excel_has_a_mark_semicolons_and_bars_between_values() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &with_fields(about("1", 0, "a.jpg"), [("25", json!(["x", "=y"]))])).await;
    desk.caught_up().await;
    let delimiter = Format::ExcelCsv.usual_delimiter();
    let columns = Some(choices(&["filename", "tags"]));
    let file =
        desk.export(Request { format: Format::ExcelCsv, delimiter, columns, ..Request::csv(What::Assets) }).await;
    assert_eq!(file, "\u{feff}filename;tags\r\na.jpg;x | =y\r\n");
}

#[tokio::test]
async fn exactly_the_events_that_a_filter_leaves_are_exported_with_their_changes_and_assets() {
    let desk = OpenDesk::new().await;
    for number in 0..3 {
        let name = format!("{number}.jpg");
        desk.take("ingested", &with_fields(about(&format!("a{number}"), 0, &name), [("5", json!("before"))])).await;
    }
    for (number, second) in [(0, 10), (1, 20)] {
        let name = format!("{number}.jpg");
        let edited =
            with_fields(about(&format!("b{number}"), second, &name), [("5", json!("after")), ("90", json!("x"))]);
        desk.take("modified", &wrapped(edited, "updateMetadata")).await;
    }
    desk.caught_up().await;
    let names = |csv: &str| -> Vec<String> {
        crate::desk::rows_of(csv).into_iter().map(|row| row["filename"].clone()).collect()
    };
    let filter = |from: i64, changed| EventFilter {
        changed,
        from: Some(lysbord_core::clock::Timestamp(NOON.0 + from * 1000)),
        ..EventFilter::default()
    };
    let title = Some(lysbord_core::fotoware::Subject::Field(5));
    for (from, field, expected) in [(0, None, 5), (1, None, 2), (11, None, 1), (1, title, 2), (21, title, 0)] {
        let scope = Scope::Events(filter(from, field));
        let events = Request { scope: scope.clone(), ..Request::csv(What::Events) };
        assert_eq!(names(&desk.export(events.clone()).await).len(), expected, "{events:?}");
        let counted = desk.desk.library.read(move |now| export::count(now, &events)).await.unwrap();
        assert_eq!(counted, expected as u64);
    }
    let scope = Scope::Events(filter(11, None));
    let changes = desk.export(Request { scope: scope.clone(), ..Request::csv(What::Changes) }).await;
    assert_eq!(names(&changes), ["1.jpg", "1.jpg"], "both fields that this one event changed");
    let assets = desk.export(Request { scope, ..Request::csv(What::Assets) }).await;
    assert_eq!(names(&assets), ["1.jpg"]);
}

#[tokio::test]
async fn the_log_of_deliveries_is_exported_by_outcome() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.post("ingested", Some("application/json"), b"{ broken".to_vec()).await;
    desk.caught_up().await;
    let rows = desk.rows(What::Deliveries).await;
    let outcomes: Vec<&str> = rows.iter().map(|row| row["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["unreadable", "duplicate", "event"], "the newest first");
    assert!(!rows[0]["problem"].is_empty() && rows[2]["filename"] == "a.jpg");
    let scope = Scope::Deliveries(LogFilter { outcome: Some(DeliveryOutcome::Duplicate), ..LogFilter::default() });
    let only = Request { scope: scope.clone(), ..Request::csv(What::Deliveries) };
    assert_eq!(desk.export(only).await.lines().count(), 2);
    let wrong = written(&desk, Request { scope, ..as_workbook(What::Assets) }).await.err().unwrap();
    assert!(wrong.contains("narrows deliveries"), "{wrong}");
}
