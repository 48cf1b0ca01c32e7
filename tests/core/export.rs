//! The exports, to the letter: scripts and spreadsheets of other people rely on them.

use std::fs;
use std::io::{self, Write};

use lysbord_core::export::{self, Delimiter, ExportError, Format, Pictures, Progress, Request, Scope, What};
use lysbord_core::library::{Filter, ReadOnlyLibrary};
use lysbord_demo::{Encoding, Story, Tenant, TenantOptions, encode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::desk::{NOON, OpenDesk, Row, rows_of, text};
use crate::notice::{about, renamed, with_fields, wrapped};

const ASSETS: &str = "asset_id,filename,title,byline,description,tags,archive,href,doctype,file_size,pixel_width,\
    pixel_height,created,modified,first_seen,last_seen,state,version_count,last_event,thumbnail,preview,preview_file";
const EVENTS: &str = "event_id,received_at,created,kind,operation,asset_id,version,filename,previous_name,title,archive,\
    href,webhook_id,changed_fields,thumbnail,preview,delivery_id";
const CHANGES: &str = "asset_id,filename,version,changed_at,operation,field_id,field_label,old,new,added,removed";

const ALL: Request = Request::csv(What::Assets);

#[tokio::test]
async fn an_empty_library_exports_its_headers() {
    let desk = OpenDesk::new().await;
    assert_eq!(desk.csv(What::Assets).await, format!("{ASSETS}\r\n"));
    assert_eq!(desk.csv(What::Events).await, format!("{EVENTS}\r\n"));
    assert_eq!(desk.csv(What::Changes).await, format!("{CHANGES}\r\n"));
    assert_eq!(desk.export(Request { format: Format::JsonLines, ..ALL }).await, "");
}

/// A whole small life, and every cell of it.
#[tokio::test]
async fn every_cell_of_a_small_life() {
    let desk = OpenDesk::new().await;
    let mut ingested = about("webhook-1", 0, "DSC_1.jpg");
    ingested["operation-name"] = "upload".into();
    ingested["title"] = "Say \"hi\", now".into();
    ingested["file-size"] = "5242880".into();
    ingested["data"]["filesize"] = json!(5_242_880);
    ingested["data"]["created"] = "2026-02-27T07:01:03.120000Z".into();
    ingested["data"]["attributes"] = json!({"imageattributes": {"pixelwidth": 6000, "pixelheight": 4000}});
    let ingested = with_fields(
        ingested,
        [
            ("5", json!("Say \"hi\", now")),
            ("80", json!(["Ingrid Solberg", "Per Aas"])),
            ("25", json!(["harbour", "boats"])),
            ("120", json!("Two\r\nlines")),
            ("811", json!(true)),
            ("812", json!(false)),
            ("10", json!(3)),
        ],
    );
    desk.take("ingested", &ingested).await;
    desk.clock.advance(90_000);
    let mut edited = ingested.clone();
    edited["id"] = "webhook-2".into();
    edited["created"] = "2026-03-04T12:00:01.500Z".into();
    edited["data"]["modified"] = "2026-03-04T12:00:01Z".into();
    let mut edited = with_fields(edited, [("25", json!(["harbour", "dawn", "-1"]))]);
    edited["data"]["metadata"].as_object_mut().unwrap().remove("812");
    let mut edited = wrapped(edited, "updateMetadata");
    edited["data"]["metadataDiff"] = json!({"changedFields": [{"field": {"id": 811, "label": "Cleared, \"yes\""}}]});
    desk.take("modified", &edited).await;
    desk.pictures_settled().await;

    let id = text(&desk.only_asset().await["id"]);
    let href = "https://dam.example/fotoweb/archives/5000-All-files/Folder%2012/DSC_1.jpg.info";
    let assets = format!(
        "{ASSETS},5 Title,10 Status,25 Keywords,80 Byline,120 Caption,\"811 Cleared, \"\"yes\"\"\"\r\n\
         {id},DSC_1.jpg,\"Say \"\"hi\"\", now\",Ingrid Solberg; Per Aas,\"Two\r\nlines\",harbour; dawn; '-1,All files,{href},\
         image,5242880,6000,4000,2026-02-27T07:01:03.120Z,2026-03-04T12:00:01.000Z,2026-03-04T12:00:00.000Z,\
         2026-03-04T12:01:30.000Z,present,2,metadata,missing,missing,,\
         \"Say \"\"hi\"\", now\",3,harbour; dawn; '-1,Ingrid Solberg; Per Aas,\"Two\r\nlines\",true\r\n"
    );
    assert_eq!(desk.csv(What::Assets).await, assets);

    let events = desk.rows(What::Events).await;
    let first = &events[0];
    let event_ids = [&events[0]["event_id"], &events[1]["event_id"]];
    assert_eq!(event_ids.map(String::len), [32, 32]);
    assert_ne!(event_ids[0], event_ids[1]);
    let told = format!(
        "{EVENTS}\r\n\
         {},2026-03-04T12:00:00.000Z,2026-03-04T12:00:00.000Z,ingested,upload,{id},1,DSC_1.jpg,,\"Say \"\"hi\"\", now\",\
         All files,{href},webhook-1,,missing,missing,{}\r\n\
         {},2026-03-04T12:01:30.000Z,2026-03-04T12:00:01.500Z,modified,updateMetadata,{id},2,DSC_1.jpg,,\
         \"Say \"\"hi\"\", now\",All files,{href},webhook-2,Keywords; Field 812,missing,missing,{}\r\n",
        first["event_id"], first["delivery_id"], events[1]["event_id"], events[1]["delivery_id"]
    );
    assert_eq!(desk.csv(What::Events).await, told);

    let changes = format!(
        "{CHANGES}\r\n\
         {id},DSC_1.jpg,2,2026-03-04T12:00:01.500Z,updateMetadata,25,Keywords,harbour; boats,harbour; dawn; '-1,dawn; '-1,boats\r\n\
         {id},DSC_1.jpg,2,2026-03-04T12:00:01.500Z,updateMetadata,812,Field 812,false,,,false\r\n"
    );
    assert_eq!(desk.csv(What::Changes).await, changes);
}

#[tokio::test]
async fn a_formula_in_any_field_is_defused_and_only_there() {
    let desk = OpenDesk::new().await;
    let traps = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", " =1", "＝1"];
    for (number, trap) in traps.into_iter().enumerate() {
        let mut notice = about(&format!("{trap}{number}"), number as i64, &format!("{trap}{number}.jpg"));
        for key in ["title", "description", "byline", "previous-name"] {
            notice[key] = trap.into();
        }
        notice["operation-name"] = trap.into();
        notice["data"]["doctype"] = trap.into();
        notice["data"]["ancestors"] = json!([{"name": trap, "href": "/fotoweb/archives/5000-All-files/"}]);
        let notice = with_fields(notice, [("5", json!(trap)), ("25", json!([trap, "b"])), ("200", json!(trap))]);
        desk.take("ingested", &notice).await;
        let mut edited = with_fields(notice, [("200", json!(format!("{trap}!")))]);
        edited["id"] = format!("{trap}edited{number}").into();
        edited["created"] = "2026-03-04T13:00:00Z".into();
        desk.take("modified", &edited).await;
    }
    let mut labelled = wrapped(with_fields(about("label", 99, "label.jpg"), [("900", json!("x"))]), "=cmd()");
    labelled["data"]["metadataDiff"] = json!({"changedFields": [{"field": {"id": 900, "label": "=cmd()"}}]});
    desk.take("modified", &labelled).await;
    desk.caught_up().await;

    for what in [What::Assets, What::Events, What::Changes] {
        let csv = desk.csv(what).await;
        assert!(csv.matches('\n').count() > traps.len());
        for record in csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes()).records() {
            for cell in &record.unwrap() {
                let runs = cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
                assert!(!runs.starts_with(['=', '+', '-', '@', '＝']), "{cell:?} would run");
            }
        }
    }
    let titles: Vec<String> = desk.rows(What::Assets).await.iter().map(|row| row["title"].clone()).collect();
    for trap in traps {
        let shown = |title: &String| title.replace('\'', "") == trap.replace('\0', "\u{2400}").replace('\'', "");
        let title = titles.iter().find(|title| shown(title));
        assert!(title.is_some_and(|title| title.starts_with('\'')), "{trap:?} is still there to be read: {titles:?}");
    }
    // No spreadsheet runs JSON: there the words are as they came.
    let lines = desk.export(Request { format: Format::JsonLines, ..ALL }).await;
    assert!(lines.contains("\"@SUM(A1)\"") && !lines.contains("'@SUM"));
}

/// Excel in Norway, in the United States, and whoever splits at tabs.
#[tokio::test]
async fn a_file_has_the_separator_that_was_asked_for_and_the_same_cells() {
    let desk = OpenDesk::new().await;
    let fields =
        [("25", json!(["harbour", "dawn"])), ("80", json!(["A", "B"])), ("120", json!("one; two,\tthree\r\nfour"))];
    desk.take("ingested", &with_fields(about("1", 0, "a;b,c.jpg"), fields)).await;
    desk.caught_up().await;
    let mut cells = Vec::new();
    for delimiter in Delimiter::ALL {
        let file = desk.export(Request { delimiter: *delimiter, ..ALL }).await;
        let letter = match delimiter {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
        };
        let mut reader = csv::ReaderBuilder::new().delimiter(letter).has_headers(false).from_reader(file.as_bytes());
        cells.push(
            reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect::<Vec<Vec<_>>>(),
        );
    }
    assert_eq!(cells[0], cells[1]);
    assert_eq!(cells[0], cells[2]);
    assert!(cells[0][1].contains(&"harbour; dawn".to_owned()), "{:?}", cells[0]);
    let semicolons = desk.export(Request { delimiter: Delimiter::Semicolon, ..ALL }).await;
    assert!(semicolons.contains(";\"harbour; dawn\";"), "a joined cell is one cell: {semicolons}");
}

#[tokio::test]
async fn what_excel_would_cut_is_whole_in_the_file_and_told() {
    let desk = OpenDesk::new().await;
    // Two units of UTF-16 each: so Excel counts.
    let (fits, long) = ("🚤".repeat(16_383), "🚤".repeat(16_384));
    desk.take("ingested", &with_fields(about("1", 0, "fits.jpg"), [("120", json!(fits))])).await;
    desk.caught_up().await;
    let library = ReadOnlyLibrary::open(&desk.desk.folder).unwrap();
    let mut written = Vec::new();
    let none = library.read(|now| export::write(now, None, &ALL, &mut written, &Progress::default())).unwrap();
    assert_eq!(none.long_cells, None);

    desk.take("ingested", &with_fields(about("2", 1, "long.jpg"), [("120", json!(long)), ("5", json!("Kai"))])).await;
    desk.caught_up().await;
    let library = ReadOnlyLibrary::open(&desk.desk.folder).unwrap();
    let mut written = Vec::new();
    let told = library
        .read(|now| export::write(now, None, &ALL, &mut written, &Progress::default()))
        .unwrap()
        .long_cells
        .unwrap();
    // In the column of the field and in that of the description.
    assert_eq!((told.count, told.row, told.column.as_str(), told.filename.as_str()), (2, 2, "description", "long.jpg"));
    let rows = rows_of(&String::from_utf8(written).unwrap());
    assert_eq!(rows[0]["120 Caption"], long);
    let words = told.to_string();
    assert!(words.starts_with("2 cells are longer than the 32,767 characters that Excel takes"), "{words}");

    let json = Request { format: Format::JsonLines, ..ALL };
    assert_eq!(
        library.read(|now| export::write(now, None, &json, &mut Vec::new(), &Progress::default())).unwrap().long_cells,
        None
    );
}

#[tokio::test]
async fn no_text_file_holds_a_nul_and_no_line_of_json_ends_early() {
    let desk = OpenDesk::new().await;
    let title = "a\0b\u{85}c\u{2028}d\u{2029}e";
    desk.take("ingested", &with_fields(about("1", 0, "a.jpg"), [("5", json!(title))])).await;
    desk.caught_up().await;
    let csv = desk.csv(What::Assets).await;
    assert!(!csv.contains('\0'));
    assert_eq!(rows_of(&csv)[0]["title"], title.replace('\0', "\u{2400}"));
    let lines = desk.export(Request { format: Format::JsonLines, ..ALL }).await;
    assert!(!lines.contains(['\0', '\u{85}', '\u{2028}', '\u{2029}']), "{lines}");
    assert!(lines.contains(r"\u2028") && lines.contains(r"\u0085"), "{lines}");
    let object: Value = serde_json::from_str(&lines).unwrap();
    assert_eq!(object["title"], title, "a reader of JSON has it as it came");
}

#[tokio::test]
async fn a_byte_order_mark_comes_first_and_once() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "Vardø 漁船 🚤.jpg")).await;
    desk.caught_up().await;
    let plain = desk.csv(What::Assets).await;
    let marked = desk.export(Request { bom: true, ..ALL }).await;
    assert_eq!(marked, format!("\u{feff}{plain}"));
    assert!(plain.contains("Vardø 漁船 🚤.jpg"));
}

#[tokio::test]
async fn json_lines_have_the_columns_of_the_csv() {
    let desk = OpenDesk::new().await;
    let fields = [("25", json!(["a", "b"])), ("80", json!("one")), ("811", json!(true))];
    desk.take("ingested", &with_fields(about("1", 0, "a.jpg"), fields)).await;
    desk.take("deleted", &about("2", 1, "b.jpg")).await;
    desk.pictures_settled().await;
    let lines = desk.export(Request { format: Format::JsonLines, ..ALL }).await;
    let objects: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let header: Vec<String> = csv_header(&desk.csv(What::Assets).await);
    assert_eq!(objects.len(), 2);
    for object in &objects {
        let mut keys: Vec<_> = object.as_object().unwrap().keys().cloned().collect();
        let mut header = header.clone();
        keys.sort();
        header.sort();
        assert_eq!(keys, header);
    }
    let (deleted, kept) = (&objects[0], &objects[1]);
    assert_eq!(kept["25 Keywords"], json!(["a", "b"]));
    assert_eq!(kept["version_count"], 1);
    assert_eq!((&deleted["state"], &deleted["25 Keywords"]), (&json!("deleted"), &Value::Null));
}

#[tokio::test]
async fn what_came_as_a_number_is_a_number_and_what_came_as_a_text_is_a_text() {
    let desk = OpenDesk::new().await;
    let fields = [("10", json!(4)), ("500", json!(-0.1278)), ("501", json!("-5")), ("502", json!("0042"))];
    desk.take("ingested", &with_fields(about("1", 0, "a.jpg"), fields)).await;
    desk.caught_up().await;
    let at = Some(desk.clock.now());
    for request in [ALL, Request { at, ..ALL }] {
        let lines = desk.export(Request { format: Format::JsonLines, ..request.clone() }).await;
        let object: Value = serde_json::from_str(&lines).unwrap();
        let values = ["10 Status", "500 Field 500", "501 Field 501", "502 Field 502"].map(|name| object[name].clone());
        assert_eq!(values, [json!(4), json!(-0.1278), json!("-5"), json!("0042")]);
        let row = &rows_of(&desk.export(request).await)[0];
        assert_eq!((row["500 Field 500"].as_str(), row["501 Field 501"].as_str()), ("-0.1278", "'-5"));
    }
}

#[tokio::test]
async fn only_fields_that_occur_in_the_scope_have_a_column() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &with_fields(about("1", 0, "a.jpg"), [("1000", json!("x")), ("9", json!("y"))])).await;
    desk.take("ingested", &with_fields(about("2", 1, "b.jpg"), [("90", json!("Vardø")), ("40", json!(null))])).await;
    desk.caught_up().await;
    let columns = |csv: &str| csv_header(csv)[22..].join("|");
    assert_eq!(columns(&desk.csv(What::Assets).await), "9 Field 9|90 City|1000 Field 1000");
    let only = desk.export(Request { scope: search("vardø"), ..ALL }).await;
    assert_eq!(columns(&only), "90 City");
}

#[tokio::test]
async fn a_search_or_a_selection_scopes_all_three_sheets() {
    let desk = OpenDesk::new().await;
    for (number, name) in ["harbour.jpg", "sea.jpg", "hill.jpg"].into_iter().enumerate() {
        let second = number as i64;
        desk.take("ingested", &about(&format!("i{number}"), second, name)).await;
        let edited = with_fields(about(&format!("m{number}"), second + 10, name), [("90", json!("Bodø"))]);
        desk.take("modified", &edited).await;
    }
    desk.take("deleted", &about("d", 30, "sea.jpg")).await;
    desk.take("modified", &renamed("r", 31, "hill.jpg", "mountain.jpg")).await;
    desk.caught_up().await;

    let names = |rows: &[Row]| rows.iter().map(|row| row["filename"].clone()).collect::<Vec<_>>();
    let scoped = async |what, scope| rows_of(&desk.export(Request { what, scope, ..ALL }).await);
    assert_eq!(names(&scoped(What::Assets, search("harb")).await), ["harbour.jpg"]);
    assert_eq!(names(&scoped(What::Events, search("harb")).await), ["harbour.jpg", "harbour.jpg"]);
    assert_eq!(names(&scoped(What::Changes, search("harb")).await), ["harbour.jpg"]);
    assert_eq!(names(&scoped(What::Assets, search("is:deleted")).await), ["sea.jpg"]);
    assert_eq!(names(&scoped(What::Assets, search("hill")).await), ["mountain.jpg"], "a former name finds it");
    assert_eq!(names(&scoped(What::Events, search("hill")).await), ["hill.jpg", "hill.jpg", "mountain.jpg"]);
    assert!(scoped(What::Events, search("nothing of the kind")).await.is_empty());

    // A selection keeps the order in which it was made, and passes over what is not there.
    let newest = scoped(What::Assets, Scope::All).await;
    assert_eq!(names(&newest), ["mountain.jpg", "sea.jpg", "harbour.jpg"]);
    let ids = [2, 0].map(|at| newest[at]["asset_id"].clone());
    let selection = Scope::Selection(vec![ids[0].clone(), "gone".into(), ids[1].clone()]);
    assert_eq!(names(&scoped(What::Assets, selection.clone()).await), ["harbour.jpg", "mountain.jpg"]);
    assert_eq!(scoped(What::Events, selection).await.len(), 5);
}

#[tokio::test]
async fn preview_file_names_a_file_that_is_written() {
    let tenant = Tenant::start(TenantOptions { clock: clock(), ..TenantOptions::default() }).await.unwrap();
    let desk = OpenDesk::with(|options| options.tenants = vec![tenant.base_url().parse().unwrap()]).await;
    for (index, story) in [Story::NewVersion, Story::IngestOnly].into_iter().enumerate() {
        for step in story.tell(1, index, NOON, 1000) {
            let body = step.body(tenant.site(), NOON);
            desk.post(step.kind().as_str(), None, encode(&body, Encoding::Json)).await;
        }
    }
    // One without a picture, and one twice.
    desk.take("ingested", &about("none", 0, "none.jpg")).await;
    desk.pictures_settled().await;

    let folder = TempDir::new().unwrap();
    let pictures = folder.path().join("pictures");
    let (blobs, to) = (desk.desk.blobs.clone(), pictures.clone());
    let written = desk.desk.library.read(move |now| {
        Ok(export::write_pictures(now, &blobs, (&Scope::All, None), Pictures::Previews, &to, &Progress::default())
            .unwrap())
    });
    assert_eq!(written.await.unwrap(), 2);
    let named: Vec<String> = desk.rows(What::Assets).await.iter().map(|row| row["preview_file"].clone()).collect();
    let mut named: Vec<_> = named.into_iter().filter(|name| !name.is_empty()).collect();
    let mut there: Vec<_> =
        fs::read_dir(&pictures).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    named.sort();
    there.sort();
    assert_eq!(named, there);
    for name in there {
        let bytes = fs::read(pictures.join(&name)).unwrap();
        image::load_from_memory(&bytes).unwrap();
        let hash = lysbord_core::model::BlobHash::of(&bytes);
        assert_eq!(name, format!("{hash}.jpg"));
    }
}

#[tokio::test]
async fn a_cancelled_or_failed_export_leaves_what_was_there() {
    let desk = OpenDesk::new().await;
    for number in 0..3 {
        desk.take("ingested", &about(&format!("{number}"), number, &format!("{number}.jpg"))).await;
    }
    desk.caught_up().await;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("assets.csv");
    fs::write(&path, "of yesterday").unwrap();
    let library = ReadOnlyLibrary::open(&desk.desk.folder).unwrap();

    let cancelled = Progress::default();
    cancelled.cancel();
    let error = library.read(|now| export::to_file(now, None, &ALL, &path, &cancelled)).unwrap_err();
    assert!(matches!(error, ExportError::Cancelled), "{error}");
    let nowhere = folder.path().join("not there").join("assets.csv");
    assert!(library.read(|now| export::to_file(now, None, &ALL, &nowhere, &Progress::default())).is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), "of yesterday");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "and nothing beside it");

    let progress = Progress::default();
    assert_eq!(library.read(|now| export::to_file(now, None, &ALL, &path, &progress)).unwrap().rows, 3);
    assert_eq!((progress.rows(), progress.total()), (3, 3));
    assert_eq!(fs::read_to_string(&path).unwrap(), desk.csv(What::Assets).await);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn an_export_is_one_moment_whatever_comes_in_meanwhile() {
    // So long that the first half of the file is written before the second is read.
    let long = "a long story ".repeat(3_000);
    let story = |kind: &str, number: i64, second: i64| {
        let mut notice = about(&format!("{kind}{number}"), second, &format!("{number}.jpg"));
        notice["title"] = format!("{kind} {long}").into();
        with_fields(notice, [("90", json!(format!("{kind} {long}"))), (&format!("{}", 200 + second), json!("x"))])
    };
    let desk = OpenDesk::new().await;
    for number in 0..12 {
        desk.take("ingested", &story("ingested", number, 0)).await;
        desk.take("modified", &story("edited", number, 1)).await;
    }
    desk.caught_up().await;
    for what in [What::Assets, What::Events, What::Changes] {
        let still = desk.csv(what).await;
        let library = ReadOnlyLibrary::open(&desk.desk.folder).unwrap();
        let (go_on, told_to_go_on) = std::sync::mpsc::channel::<()>();
        let (reached, halfway) = tokio::sync::oneshot::channel();
        let writing = tokio::task::spawn_blocking(move || {
            let mut out = Halfway { bytes: Vec::new(), reached: Some(reached), go_on: told_to_go_on };
            let request = Request { what, ..ALL };
            library.read(|now| export::write(now, None, &request, &mut out, &Progress::default())).unwrap();
            String::from_utf8(out.bytes).unwrap()
        });
        let first_half = halfway.await.unwrap();
        assert!(first_half < still.len(), "nothing is left to be read");
        for number in 0..12 {
            desk.take("modified", &story(what.as_str(), number, 2 + what as i64)).await;
        }
        desk.caught_up().await;
        drop(go_on);
        assert!(writing.await.unwrap() == still, "{} changed under way", what.as_str());
        assert!(desk.csv(what).await != still, "the next one has it all");
    }
}

/// A file that waits as soon as something is written to it, and says how much that was.
struct Halfway {
    bytes: Vec<u8>,
    reached: Option<tokio::sync::oneshot::Sender<usize>>,
    go_on: std::sync::mpsc::Receiver<()>,
}

impl Write for Halfway {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(reached) = self.reached.take() {
            let _ = reached.send(bytes.len());
            let _ = self.go_on.recv();
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn search(query: &str) -> Scope {
    Scope::Search(Filter::parse(query, NOON, &jiff::tz::TimeZone::UTC))
}

fn csv_header(csv: &str) -> Vec<String> {
    csv::Reader::from_reader(csv.as_bytes()).headers().unwrap().iter().map(str::to_owned).collect()
}

fn clock() -> lysbord_core::clock::Clock {
    lysbord_core::clock::Clock::by_hand(NOON)
}
