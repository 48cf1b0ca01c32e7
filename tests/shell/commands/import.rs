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
    assert_eq!(first, told(sent + 1, files + 1, events, sent - events));
    assert_eq!(again, told(sent + 1, files + 1, 0, sent));
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

fn told(deliveries: usize, files: usize, events: usize, duplicates: usize) -> String {
    format!(
        "{deliveries} deliveries taken in from {files} files: {events} events, {duplicates} duplicates, 1 unreadable\n"
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
