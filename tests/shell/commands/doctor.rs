//! `lysbord doctor`: content with what is whole, and a list of what is not.

use std::fs;
use std::path::{Path, PathBuf};

use crate::archive::Archive;
use crate::program::{Place, Ran};

fn filled(seed: u64) -> Place {
    let (place, archive) = (Place::new(), Archive::open(seed));
    let serving = place.serve(&[archive.url()]);
    let deliveries = archive.chapter(0, 6);
    serving.keep(&deliveries);
    place.shows(&deliveries);
    place.pictures_settled();
    serving.close();
    place
}

/// The larger pictures.
fn files(data: &Path) -> Vec<PathBuf> {
    let homes = fs::read_dir(data.join("blobs")).unwrap().map(|home| home.unwrap());
    let files = homes.filter(|home| home.file_name() != "new").flat_map(|home| fs::read_dir(home.path()).unwrap());
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

fn flip_a_byte(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 0x20;
    fs::write(path, bytes).unwrap();
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

#[test]
fn it_is_content_with_what_is_whole() {
    let place = filled(12);
    assert!(place.done(&["doctor"]).starts_with("all is well: the library is sound and "));
}

#[test]
fn pictures_that_are_damaged_or_gone_are_listed() {
    let place = filled(13);
    let files = files(&place.data());
    flip_a_byte(&files[0], 1000);
    fs::remove_file(&files[1]).unwrap();
    fs::write(&files[2], "").unwrap();
    let database = place.data().join("pictures.db");
    let mut inside = fs::read(&database).unwrap();
    let path = b"/fotoweb/cache/";
    let places = inside.windows(path.len()).enumerate().filter(|(_, bytes)| bytes == path);
    // All of them, as SQLite leaves copies behind that no row refers to.
    for at in places.map(|(at, _)| at).collect::<Vec<_>>() {
        inside[at] = b'?';
    }
    fs::write(&database, inside).unwrap();

    let ran = place.run(&["doctor"]);

    let list: Vec<&str> = ran.out.lines().collect();
    let told = ran.one_line_of_words();
    assert!(told.contains(&format!("the doctor found {} things wrong in", list.len())), "{ran:?}");
    assert!(list.contains(&format!("picture {} is damaged", name(&files[0])).as_str()), "{ran:?}");
    assert!(list.contains(&format!("picture {} is gone", name(&files[1])).as_str()), "{ran:?}");
    assert!(list.contains(&format!("picture {} is damaged", name(&files[2])).as_str()), "{ran:?}");
    assert!(list.len() > 3, "those in pictures.db are damaged: {ran:?}");
}

#[test]
fn a_library_that_is_cut_short_or_overwritten_is_told_of() {
    let place = filled(14);
    let library = place.data().join("library.db");
    let whole = fs::read(&library).unwrap();
    let middle = whole.len() / 4096 / 2 * 4096;
    let mut overwritten = whole.clone();
    overwritten[4096..].fill(b'x');
    for damaged in [&whole[..middle], &whole[..100], &whole[..0], b"a letter, and no library at all", &overwritten] {
        fs::write(&library, damaged).unwrap();
        let ran = place.run(&["doctor"]);
        is_told(&ran);
        assert!(fs::read(&library).unwrap() == damaged, "the doctor only looks");
    }
    fs::write(&library, whole).unwrap();
    place.done(&["doctor"]);
}

fn is_told(ran: &Ran) {
    let told = ran.one_line_of_words();
    assert!(told.contains("the doctor found") && ran.out.contains("library.db is damaged: "), "{ran:?}");
}

#[test]
fn pictures_without_their_database_are_told_of() {
    let place = filled(15);
    fs::remove_file(place.data().join("pictures.db")).unwrap();
    let told = place.refused(&["doctor"]);
    assert!(told.contains("pictures"), "{told}");
    assert!(!place.data().join("pictures.db").exists(), "the doctor only looks");
}

/// Somebody else holds the library's file for good, as a disk does that takes nothing more.
#[test]
fn a_running_lysbord_that_does_not_go_on_is_told_of_and_a_closed_one_is_not() {
    let (place, archive) = (Place::new(), Archive::open(16));
    let serving = place.serve(&[archive.url()]);
    let deliveries = archive.chapter(0, 4);
    let (before, after) = deliveries.split_at(2);
    serving.keep(before);
    place.shows(before);
    let mut library = rusqlite::Connection::open(place.data().join("library.db")).unwrap();
    let held = library.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    serving.keep(after);

    let ran = place.run(&["doctor"]);
    assert!(ran.code != Some(0), "{ran:?}");
    let told = ran.out.lines().find(|line| line.contains("are not in library.db")).unwrap_or_default();
    assert!(told.contains("deliveries were acknowledged") && told.contains("see that the disk has room"), "{ran:?}");

    serving.kill();
    drop(held);
    let told = place.done(&["doctor"]);
    assert!(told.contains("wait for the next start of Lysbord"), "{told}");
    let serving = place.serve(&[archive.url()]);
    place.shows(&deliveries);
    place.pictures_settled();
    serving.close();
    assert!(!place.done(&["doctor"]).contains("wait for the next start"));
}
