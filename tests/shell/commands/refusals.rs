//! What cannot be done is told in one line, and changes nothing.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::archive::Archive;
use crate::program::{Place, finish, serve_arguments};

#[test]
fn a_port_that_is_taken_is_named_with_the_way_out() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();

    let hooks = place.refused(&["serve", "--hooks", &at, "--ui", "127.0.0.1:0"]);
    let ui = place.refused(&["serve", "--hooks", "127.0.0.1:0", "--ui", &at]);

    assert!(hooks.contains(&at) && hooks.contains("--hooks"), "{hooks}");
    assert!(ui.contains(&at) && ui.contains("--ui"), "{ui}");
    place.serve(&[]).close();
}

#[test]
fn a_second_process_is_told_that_the_folder_is_in_use() {
    let place = Place::new();
    let first = place.serve(&[]);
    fs::write(place.path("1.json"), "{}").unwrap();
    let saved = place.path("1.json");
    let address = |url: &str| url.split('/').nth(2).unwrap().to_owned();
    let (hooks, ui) = (address(&first.hooks), address(&first.ui));

    let seconds: [&[&str]; 5] = [
        &serve_arguments(&[]),
        // As when both are started with the usual ports: that a port is taken as well is not what matters.
        &["serve", "--hooks", &hooks, "--ui", "127.0.0.1:0"],
        &["serve", "--hooks", "127.0.0.1:0", "--ui", &ui],
        &["import", saved.to_str().unwrap()],
        &["rebuild"],
    ];
    for second in seconds {
        let told = place.refused(second);
        assert!(told.contains("another Lysbord is using the data folder"), "lysbord {second:?}: {told}");
        assert!(told.contains(&place.data().display().to_string()), "{told}");
    }

    first.close();
    place.serve(&[]).close();
}

#[test]
fn a_library_of_a_newer_program_is_refused_and_left_alone() {
    let place = Place::new();
    let archive = Archive::open(2);
    let serving = place.serve(&[archive.url()]);
    serving.keep(&archive.chapter(0, 2));
    serving.close();
    let library = place.data().join("library.db");
    let mut bytes = fs::read(&library).unwrap();
    // SQLite keeps the user version there.
    bytes[60..64].copy_from_slice(&999_u32.to_be_bytes());
    fs::write(&library, &bytes).unwrap();

    let commands: [&[&str]; 5] = [
        &serve_arguments(&[]),
        &["import", library.to_str().unwrap()],
        &["rebuild"],
        &["doctor"],
        &["export", "assets"],
    ];
    for command in commands {
        let told = place.refused(command);
        assert!(told.contains("newer Lysbord") && told.contains("999"), "lysbord {command:?}: {told}");
    }

    assert!(fs::read(&library).unwrap() == bytes, "not one byte of it may change");
}

#[test]
fn where_no_library_is_there_is_none_afterwards() {
    let place = Place::new();
    for command in [["export", "assets"].as_slice(), &["doctor"], &["rebuild"]] {
        let told = place.refused(command);
        assert!(told.contains("there is no library in"), "lysbord {command:?}: {told}");
    }
    assert!(!place.data().exists());
}

#[test]
fn a_file_in_place_of_the_folder_is_told_in_words() {
    let place = Place::new();
    fs::write(place.data(), "mine").unwrap();

    let served = place.refused(&serve_arguments(&[]));
    let exported = place.refused(&["export", "assets"]);

    assert!(served.contains("cannot be used") && served.contains("--data-dir"), "{served}");
    assert!(exported.contains("there is no library in"), "{exported}");
    assert_eq!(fs::read(place.data()).unwrap(), b"mine");
}

#[test]
fn a_folder_that_may_not_be_written_is_told_in_words() {
    let place = Place::new();
    let gallery_cache = place.path("shelf");
    fs::create_dir(&gallery_cache).unwrap();
    fs::set_permissions(&gallery_cache, fs::Permissions::from_mode(0o500)).unwrap();
    if rights_mean_nothing_in(&gallery_cache) {
        println!("root may write everywhere: nothing to see here");
        return;
    }

    let told = finish(Place::command_on(&gallery_cache.join("data"), &serve_arguments(&[]))).one_line_of_words();

    assert!(told.contains("cannot be used"), "{told}");
}

fn rights_mean_nothing_in(folder: &Path) -> bool {
    fs::write(folder.join("probe"), "").is_ok()
}

#[test]
fn secrets_that_are_broken_are_not_replaced_in_silence() {
    let place = Place::new();
    place.serve(&[]).close();
    let secrets = place.data().join("secrets.json");
    fs::write(&secrets, "{\"hooks\":").unwrap();

    let told = place.refused(&serve_arguments(&[]));

    assert!(told.contains("secrets.json") && told.contains("hook URLs change"), "{told}");
    assert_eq!(fs::read(&secrets).unwrap(), b"{\"hooks\":");
}
