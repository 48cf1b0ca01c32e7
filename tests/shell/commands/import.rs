//! `lysbord import`: saved bodies of all kinds, and the same again.

use std::collections::{HashMap, HashSet};
use std::fs;

use lysbord_demo::Encoding;

use crate::archive::{Archive, Delivery};
use crate::program::Place;

#[test]
fn saved_bodies_of_all_kinds_are_taken_in_once() {
    let (place, archive) = (Place::new(), Archive::open(4));
    let lines = archive.chapter(0, 24);
    let single = archive.chapter(1, 1);
    let listed = archive.chapter(2, 2);
    let forms = archive.told_as(3, 1, Encoding::Form);
    let saved = place.path("saved");
    let files = save(&saved, &lines, &single, &listed, &forms);
    fs::write(saved.join("broken.json"), "{\"id\": \"cut short").unwrap();
    fs::write(saved.join(".hidden"), "not mine").unwrap();
    let all: Vec<&Delivery> = lines.iter().chain(&single).chain(&listed).chain(&forms).collect();
    let different: HashSet<_> = all.iter().map(|delivery| (delivery.hook, &delivery.webhook_id)).collect();
    let import = ["import", saved.to_str().unwrap(), "--tenant", archive.url()];

    let first = place.done(&import);
    let again = place.done(&import);

    let (sent, events) = (all.len(), different.len());
    assert!(sent > events, "this story should have a duplicate");
    assert_eq!(first, told(1, sent + 1, files + 1, events, sent - events));
    assert_eq!(again, told(2, sent + 1, files + 1, 0, sent));
    let shown = place.events();
    assert_eq!(shown.values().flatten().count(), events);
    for delivery in all {
        let kinds: Vec<_> = shown[&delivery.webhook_id].iter().map(|event| &event["kind"]).collect();
        assert!(kinds.iter().any(|kind| *kind == delivery.hook), "{delivery:?} became {kinds:?}");
    }
    let kept = shown.values().flatten().filter(|event| event["thumbnail"] == "kept").count();
    assert!(kept * 10 > events * 8, "the archive still has these pictures, and {kept} of {events} are kept");
    place.done(&["doctor"]);
}

#[test]
fn a_path_that_is_not_there_stops_it_before_anything_is_taken_in() {
    let (place, archive) = (Place::new(), Archive::open(5));
    let there = place.path("ingested.json");
    fs::write(&there, &archive.chapter(0, 1)[0].body).unwrap();
    let missing = place.path("not-there.json");

    let told = place.refused(&["import", there.to_str().unwrap(), missing.to_str().unwrap()]);

    assert!(told.contains("not-there.json cannot be read"), "{told}");
    assert!(!place.data().exists());
}

#[test]
fn what_is_no_delivery_is_left_alone_and_told_and_nothing_at_all_is_a_failure() {
    let (place, archive) = (Place::new(), Archive::open(6));
    let saved = place.path("saved");
    fs::create_dir_all(saved.join("ingested")).unwrap();
    fs::write(saved.join("README"), "These were saved in March.\n").unwrap();
    fs::write(saved.join("picture.jpg"), b"\xff\xd8\xff\xe0\0\x10JFIF").unwrap();
    fs::write(saved.join("Thumbs.db"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0").unwrap();
    fs::write(saved.join(".DS_Store"), b"\0\0\0\x01Bud1").unwrap();
    std::os::unix::fs::symlink(&saved, saved.join("ingested/up")).unwrap();
    std::os::unix::fs::symlink("itself", saved.join("itself")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(saved.join("pipe")).status().unwrap().success());
    let import = ["import", saved.to_str().unwrap()];

    let nothing = place.refused(&import);
    assert!(nothing.contains("0 deliveries taken in from 0 files") && nothing.contains("7 left alone"), "{nothing}");
    for why in ["1 × a picture", "1 × hidden", "1 × not text", "2 × a link", "1 × no file", "1 × text without"] {
        assert!(nothing.contains(why), "{why}: {nothing}");
    }
    assert!(place.done(&["import", "--list"]).is_empty(), "an import that brought nothing is none");

    fs::write(saved.join("ingested/1.json"), &archive.chapter(0, 1)[0].body).unwrap();
    let ran = place.run(&import);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.starts_with("1 deliveries taken in from 1 files: 1 events"), "{ran:?}");
    for name in ["README", "picture.jpg", "Thumbs.db", ".DS_Store", "up", "itself", "pipe"] {
        assert!(ran.err.lines().any(|line| line.contains(&format!("{name} is left alone"))), "{name}: {}", ran.err);
    }
}

#[test]
fn an_import_is_listed_and_taken_back_with_its_pictures() {
    let (place, archive) = (Place::new(), Archive::open(7));
    let deliveries = archive.chapter(0, 6);
    let saved = place.path("ingested.jsonl");
    let lines = deliveries.iter().fold(String::new(), |lines, delivery| lines + &delivery.body + "\n");
    fs::write(&saved, lines).unwrap();
    let import = ["import", saved.to_str().unwrap(), "--tenant", archive.url()];

    let first = place.done(&import);
    let brought = place.events();
    let listed = place.done(&["import", "--list"]);
    let fields: Vec<&str> = listed.trim_end().split('\t').collect();
    assert!(listed.lines().count() == 1 && fields[0] == "1" && fields[3] == saved.to_str().unwrap(), "{listed}");
    assert!(first.contains(&fields[2].replace(", cut off", "")), "{first} {listed}");
    assert!(brought.values().flatten().any(|event| event["thumbnail"] == "kept"));
    assert!(kept_pictures(&place) > 0);

    let told = place.done(&["import", "--undo", "1"]);
    assert!(told.starts_with(&format!("import 1 is taken back: {} deliveries", deliveries.len())), "{told}");
    assert!(place.events().is_empty() && place.done(&["import", "--list"]).is_empty());
    assert_eq!(kept_pictures(&place), 0);
    place.done(&["doctor"]);
    let unknown = place.refused(&["import", "--undo", "1"]);
    assert!(unknown.contains("there is no import 1"), "{unknown}");

    let again = place.done(&import);
    assert_eq!(again.lines().next(), first.lines().next());
    assert_eq!(place.events().keys().collect::<HashSet<_>>(), brought.keys().collect());
    place.done(&["doctor"]);
}

#[test]
fn what_is_asked_for_is_one_thing() {
    let place = Place::new();
    for wrong in [
        &["import"][..],
        &["import", "--list", "--undo", "1"],
        &["import", "saved", "--undo", "1"],
        &["import", "--undo", "x"],
    ] {
        assert_eq!(place.run(wrong).code, Some(2), "{wrong:?}");
    }
}

fn kept_pictures(place: &Place) -> i64 {
    let connection = rusqlite::Connection::open(place.data().join("pictures.db")).unwrap();
    connection.query_row("SELECT count(*) FROM pictures", [], |row| row.get(0)).unwrap()
}

fn told(import: u32, deliveries: usize, files: usize, events: usize, duplicates: usize) -> String {
    format!(
        "{deliveries} deliveries taken in from {files} files: {events} events, {duplicates} duplicates, 1 unreadable; \
         1 left alone (1 × hidden)\nThis is import {import}; lysbord import --undo {import} takes it back.\n"
    )
}

/// Lines by hook, files in folders, a list, and forms. Returns how many files there are.
fn save(
    saved: &std::path::Path,
    lines: &[Delivery],
    single: &[Delivery],
    listed: &[Delivery],
    forms: &[Delivery],
) -> usize {
    let mut files: HashMap<String, String> = HashMap::new();
    for Delivery { hook, body, .. } in lines {
        files.entry(format!("2026-03-04-{hook}.jsonl")).or_default().extend([body, "\n"]);
    }
    for (number, Delivery { hook, body, .. }) in single.iter().enumerate() {
        files.insert(format!("{hook}/{number}.json"), body.clone());
    }
    for (number, Delivery { hook, body, .. }) in forms.iter().enumerate() {
        files.insert(format!("{hook}/{number}.txt"), body.clone());
    }
    let mut lists: HashMap<&str, Vec<&str>> = HashMap::new();
    for Delivery { hook, body, .. } in listed {
        lists.entry(hook).or_default().push(body);
    }
    for (hook, bodies) in lists {
        files.insert(format!("list_{hook}.json"), format!("[{}]", bodies.join(",\n")));
    }
    for (name, text) in &files {
        let path = saved.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    files.len()
}
