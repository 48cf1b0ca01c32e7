//! `lysbord export`, also beside a running `serve`, and `lysbord rebuild`, after which it says the same.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use crate::archive::Archive;
use crate::program::{Place, finish};

const HEADERS: [(&str, &str); 3] = [
    (
        "assets",
        "asset_id,filename,title,byline,description,tags,archive,href,doctype,file_size,pixel_width,pixel_height,created,\
         modified,first_seen,last_seen,state,version_count,last_event,thumbnail,preview,preview_file",
    ),
    (
        "events",
        "event_id,received_at,created,kind,operation,asset_id,version,filename,previous_name,title,archive,href,\
         webhook_id,changed_fields,thumbnail,preview,delivery_id",
    ),
    ("changes", "asset_id,filename,version,changed_at,operation,field_id,field_label,old,new,added,removed"),
];

/// A library with the pictures of a dozen assets.
fn filled(seed: u64) -> (Place, Archive) {
    let (place, archive) = (Place::new(), Archive::open(seed));
    let serving = place.serve(&[archive.url()]);
    let deliveries = archive.chapter(0, 12);
    serving.keep(&deliveries);
    place.shows(&deliveries);
    place.pictures_settled();
    serving.close();
    (place, archive)
}

fn rows(jsonl: &str) -> Vec<Value> {
    jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn it_works_beside_a_running_lysbord_and_says_the_same_after_its_end() {
    let (place, archive) = (Place::new(), Archive::open(6));
    let serving = place.serve(&[archive.url()]);
    let deliveries = archive.chapter(0, 12);
    serving.keep(&deliveries);
    place.shows(&deliveries);
    place.pictures_settled();
    place.done(&["doctor"]);

    for (what, header) in HEADERS {
        let csv = place.done(&["export", what]);
        assert!(csv.starts_with(header), "{csv}");
        assert!(csv.ends_with("\r\n"));
        let with_mark = place.done(&["export", what, "--bom"]);
        assert_eq!(with_mark.strip_prefix('\u{feff}'), Some(csv.as_str()));
        assert!(!rows(&place.done(&["export", what, "--format", "jsonl"])).is_empty());
    }
    let total = serving.get("/assets")["total"].as_u64().unwrap();
    let assets = rows(&place.done(&["export", "assets", "--format", "jsonl"]));
    assert_eq!(assets.len() as u64, total);

    let before = HEADERS.map(|(what, _)| place.done(&["export", what]));
    serving.close();
    assert!(before == HEADERS.map(|(what, _)| place.done(&["export", what])));
}

#[test]
fn a_search_narrows_what_is_exported() {
    let (place, _) = filled(7);
    let all = rows(&place.done(&["export", "assets", "--format", "jsonl"]));
    let name = all[0]["filename"].as_str().unwrap();
    let found = rows(&place.done(&["export", "assets", "--format", "jsonl", "--query", name]));
    assert!(!found.is_empty() && found.len() < all.len());
    assert!(found.iter().all(|asset| asset["filename"] == name), "{found:?}");

    let none = place.done(&["export", "events", "--format", "jsonl", "--query", "zzznowhere"]);
    assert_eq!(none, "");
}

#[test]
fn a_file_is_replaced_only_by_a_whole_one() {
    let (place, archive) = (Place::new(), Archive::open(8));
    let serving = place.serve(&[archive.url()]);
    let deliveries = archive.chapter(0, 12);
    serving.keep(&deliveries);
    place.shows(&deliveries);
    place.pictures_settled();
    let sheets = place.path("sheets");
    fs::create_dir(&sheets).unwrap();
    let out = sheets.join("assets.csv");
    fs::write(&out, "of last week").unwrap();

    // The disk ends before the export does.
    let mut limited = Command::new("bash");
    limited.args(["-c", "ulimit -f 1; trap '' XFSZ; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_lysbord")]);
    limited.args(["export", "assets", "--out"]).arg(&out).arg("--data-dir").arg(place.data());
    let told = finish(limited).one_line_of_words();
    assert!(told.contains("could not be written") && told.contains("No file was left"), "{told}");
    assert_eq!(fs::read(&out).unwrap(), b"of last week");

    let nowhere = place.refused(&["export", "assets", "--out", sheets.join("no/such/a.csv").to_str().unwrap()]);
    assert!(nowhere.contains("could not be written"), "{nowhere}");
    let folder = place.refused(&["export", "assets", "--out", sheets.to_str().unwrap()]);
    assert!(folder.contains("could not be written"), "{folder}");

    assert_eq!(place.done(&["export", "assets", "--out", out.to_str().unwrap()]), "");
    assert_eq!(fs::read_to_string(&out).unwrap(), place.done(&["export", "assets"]));
    assert_eq!(fs::read_dir(&sheets).unwrap().count(), 1, "nothing may lie beside it");
}

#[test]
fn for_excel_in_norway_cells_end_with_semicolons_and_long_ones_are_told() {
    let place = Place::new();
    let saved = place.path("ingested.json");
    let caption = "lang ".repeat(7_000);
    let notice = serde_json::json!({
        "id": "w-1", "created": "2026-03-04T12:00:00Z", "type": "asset",
        "href": "https://dam.example/fotoweb/archives/5000-All/a.jpg.info",
        "data": {"filename": "a.jpg", "metadata": {
            "120": {"value": caption}, "25": {"value": ["havn", "=1+1"]}, "5": {"value": "Kai; =1+1"}
        }}
    });
    fs::write(&saved, notice.to_string()).unwrap();
    place.done(&["import", saved.to_str().unwrap()]);

    let ran = place.run(&["export", "assets", "--delimiter", "semicolon", "--bom"]);

    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.starts_with("\u{feff}asset_id;filename;title;"), "{}", &ran.out[..60]);
    assert!(ran.out.contains(";\"havn; '=1+1\";") && ran.out.contains(";\"Kai; '=1+1\";"), "a joined cell is one cell");
    assert!(ran.out.contains(&caption), "nothing is cut");
    let told =
        "2 cells are longer than the 32,767 characters that Excel takes; the first is description of a.jpg, in row 2";
    assert!(ran.err.contains(told), "{}", ran.err);
    for format in [["--delimiter", "tab"], ["--format", "jsonl"]] {
        let other = place.done(&["export", "assets", format[0], format[1]]);
        assert!(other.contains("havn"), "{format:?}");
    }
}

#[test]
fn pictures_lie_beside_the_sheet_that_names_them() {
    let (place, _) = filled(9);
    let folder = place.path("pictures");

    let sheet = place.done(&["export", "assets", "--format", "jsonl", "--pictures", folder.to_str().unwrap()]);

    let named: BTreeSet<String> =
        rows(&sheet).iter().filter_map(|asset| asset["preview_file"].as_str().map(str::to_owned)).collect();
    let written: BTreeSet<String> =
        fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!named.is_empty());
    assert_eq!(named, written);
    for name in &written {
        assert!(fs::read(folder.join(name)).unwrap().starts_with(&[0xff, 0xd8, 0xff]), "{name} is no JPEG");
    }
}

#[test]
fn a_picture_that_is_gone_is_told_of_and_not_counted() {
    let (place, _) = filled(16);
    let (folder, again) = (place.path("pictures"), place.path("again"));
    place.done(&["export", "assets", "--pictures", folder.to_str().unwrap()]);
    let mut names = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let first = names.next().unwrap();
    let hash = first.split('.').next().unwrap();
    fs::remove_file(place.data().join("blobs").join(&hash[..2]).join(hash)).unwrap();

    let ran = place.run(&["export", "assets", "--pictures", again.to_str().unwrap()]);

    assert_eq!(ran.code, Some(0), "{ran:?}");
    let left = names.count();
    assert!(ran.err.contains(&format!("{left} pictures written to")) && ran.err.contains(hash), "{ran:?}");
    assert_eq!(fs::read_dir(&again).unwrap().count(), left);
}

#[test]
fn a_pipe_is_written_to_and_stays_a_pipe() {
    let (place, _) = filled(17);
    let pipe = place.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let other_end = pipe.clone();
    let reader = thread::spawn(move || fs::read_to_string(other_end).unwrap());

    place.done(&["export", "assets", "--out", pipe.to_str().unwrap()]);

    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    assert_eq!(reader.join().unwrap(), place.done(&["export", "assets"]));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let (place, archive) = (Place::new(), Archive::open(10));
    let saved = place.path("ingested.jsonl");
    let bodies: Vec<String> = archive.chapter(0, 600).into_iter().map(|delivery| delivery.body).collect();
    fs::write(&saved, bodies.join("\n")).unwrap();
    place.done(&["import", saved.to_str().unwrap()]);

    for format in ["csv", "jsonl"] {
        let whole = place.done(&["export", "assets", "--format", format]);
        assert!(whole.len() > 400_000, "{} bytes may fit into a pipe", whole.len());
        let mut export = place.command(&["export", "assets", "--format", format]);
        let mut child = export.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success() && ended.stderr.is_empty(), "{format}: {ended:?}");
    }
}

#[test]
fn rebuilt_it_says_the_same() {
    let (place, _) = filled(11);
    let sheets = || HEADERS.map(|(what, _)| place.done(&["export", what]));
    let before = sheets();

    let told = place.done(&["rebuild"]);

    let events = before[1].matches("\r\n").count() - 1;
    assert_eq!(told, format!("the library was rebuilt from {events} events\n"));
    for (before, after) in before.iter().zip(sheets()) {
        assert_eq!(*before, after);
    }
    place.done(&["doctor"]);
}

#[test]
fn columns_are_chosen_on_the_command_line_and_what_there_is_not_is_told() {
    let (place, _) = filled(18);
    let csv = place.done(&["export", "assets", "--columns", "filename=Fil,25,archive"]);
    assert!(csv.starts_with("Fil,25 Keywords,archive\r\n"), "{}", csv.lines().next().unwrap());
    let unknown = place.refused(&["export", "assets", "--columns", "filename,colour"]);
    assert!(unknown.contains("no column \"colour\"") && unknown.contains("25 (Keywords)"), "{unknown}");
    let preset = place.refused(&["export", "assets", "--preset", "Desk"]);
    assert!(preset.contains("no preset \"Desk\" for assets") && preset.contains("none was saved yet"), "{preset}");
}

#[test]
fn a_preset_that_was_saved_in_the_window_is_known_on_the_command_line() {
    let place = Place::new();
    let serving = place.serve(&[]);
    let columns = serde_json::json!([{"key": "25", "name": "Stikkord"}, {"key": "filename"}]);
    let preset = serde_json::json!({"name": "Desk", "what": "assets", "columns": columns});
    serving.put("/settings", &serde_json::json!({"export_presets": [preset]}));
    assert_eq!(place.done(&["export", "assets", "--preset", "Desk"]), "Stikkord,filename\r\n");
    let other = place.refused(&["export", "events", "--preset", "Desk"]);
    assert!(other.contains("for events"), "{other}");
    let wrong = place.refused(&["export", "assets", "--preset", "Desks"]);
    assert!(wrong.contains("there are Desk"), "{wrong}");
    serving.close();
}

#[test]
fn files_that_are_no_text_are_written_whole() {
    let (place, _) = filled(19);
    let out = |name: &str| place.path(name).to_str().unwrap().to_owned();
    for (what, name, beginning) in [
        (["assets", "--format", "xlsx"].as_slice(), "assets.xlsx", b"PK\x03\x04".as_slice()),
        (&["events", "--format", "xlsx", "--thumbnails", "no"], "events.xlsx", b"PK\x03\x04"),
        (&["contact-sheet", "--layout", "5x7"], "sheet.pdf", b"%PDF-"),
        (&["report", "--month", "2026-03"], "report.xlsx", b"PK\x03\x04"),
    ] {
        let out = out(name);
        place.done(&[&["export"], what, &["--out", &out]].concat());
        assert!(fs::read(&out).unwrap().starts_with(beginning), "{name}");
    }
}

#[test]
fn what_happened_is_narrowed_by_kind_field_and_time() {
    let (place, _) = filled(20);
    let events = |only: &[&str]| rows(&place.done(&[&["export", "events", "--format", "jsonl"], only].concat()));
    let all = events(&[]);
    let ingested = events(&["--kind", "ingested"]);
    assert!(!ingested.is_empty() && ingested.len() < all.len());
    assert!(ingested.iter().all(|event| event["kind"] == "ingested"), "{ingested:?}");
    let moment = all[all.len() / 2]["created"].as_str().unwrap();
    let before = all.iter().filter(|event| event["created"].as_str().unwrap() < moment).count();
    assert_eq!(events(&["--from", "1990-01-01", "--until", moment]).len(), before);
    assert!(events(&["--month", "1990-01"]).is_empty());
    let wrong = place.refused(&["export", "events", "--from", "soon"]);
    assert!(wrong.contains("soon"), "{wrong}");
    let deliveries = rows(&place.done(&["export", "deliveries", "--format", "jsonl"]));
    assert!(deliveries.len() >= all.len());
    assert!(rows(&place.done(&["export", "deliveries", "--format", "jsonl", "--outcome", "damaged"])).is_empty());
}

/// A field that there is not is said where nobody takes it for a row, and the file is written all the same.
#[test]
fn a_term_that_is_no_field_is_told_on_standard_error() {
    let (place, _archive) = filled(9);
    let export = |query: &str| place.run(&["export", "assets", "--format", "jsonl", "--query", query]);
    let unknown = export("nosuchfield:here");
    assert_eq!((unknown.code, unknown.out.as_str()), (Some(0), ""));
    assert!(
        unknown.err.contains("there is no field nosuchfield; looked for the text \"nosuchfield here\""),
        "{unknown:?}"
    );
    let known = export("width:>=1 OR rating:5");
    assert!(known.code == Some(0) && !known.err.contains("no field"), "{known:?}");
    assert!(!rows(&known.out).is_empty());
}
