//! What the program says of itself, and to those who use it wrongly.

use crate::program::{Place, finish};

#[test]
fn help_tells_of_every_command_and_its_options() {
    let place = Place::new();
    let desk = ["--hooks <ADDR:PORT>", "--tenant <URL>", "--json", "127.0.0.1:7474"];
    let told: [(&[&str], &[&str]); 7] = [
        (&["--help"], &["serve", "demo", "import", "export", "rebuild", "doctor", "--data-dir", "LYSBORD_DATA_DIR"]),
        (&["serve", "--help"], &["--ui <ADDR:PORT>", "127.0.0.1:7475", "--data-dir"]),
        (&["demo", "--help"], &["--to", "--listen", "127.0.0.1:7476", "--assets", "--lifetime", "--rate", "--form"]),
        (&["import", "--help"], &["[PATH]...", "--list", "--undo", "--data-dir"]),
        (
            &["export", "--help"],
            &[
                "assets, events, changes",
                "--format",
                "csv, jsonl",
                "--delimiter",
                "comma, semicolon, tab",
                "--query",
                "--out",
                "--bom",
                "--pictures",
            ],
        ),
        (&["rebuild", "--help"], &["--data-dir"]),
        (&["doctor", "--help"], &["--data-dir"]),
    ];
    for (arguments, words) in told {
        let help = place.done(arguments);
        assert!(words.iter().all(|word| help.contains(word)), "lysbord {arguments:?}: {help}");
        if matches!(arguments[0], "--help" | "serve") {
            assert!(desk.iter().all(|word| help.contains(word)), "lysbord {arguments:?}: {help}");
        }
    }
    assert!(!place.data().exists(), "who asks for help has no library yet");
}

#[test]
fn wrong_usage_is_told_as_such() {
    let place = Place::new();
    let wrong: [&[&str]; 23] = [
        &["develop"],
        &["--colour"],
        &["serve", "--colour"],
        &["serve", "--hooks", "7474"],
        &["serve", "--hooks", "somewhere"],
        &["serve", "--ui", "0.0.0.0:0"],
        &["serve", "--ui", "8.8.8.8:0"],
        &["serve", "--ui", "[::]:0"],
        &["serve", "--tenant", "ftp://archive.example"],
        &["--hooks", "127.0.0.1:0", "export", "assets"],
        &["demo"],
        &["demo", "--to", "http://127.0.0.1:1/hooks/x", "--rate", "0"],
        &["import"],
        &["export"],
        &["export", "pictures"],
        &["export", "assets", "--format", "ods"],
        &["export", "deliveries", "--archive", "Photos"],
        &["export", "assets", "--kind", "deleted"],
        &["export", "assets", "--thumbnails", "yes"],
        &["export", "assets", "--columns", "title", "--preset", "press"],
        &["export", "assets", "--columns", "=x"],
        &["export", "assets", "--delimiter", "|"],
        &["export", "assets", "--format", "jsonl", "--delimiter", "tab"],
    ];
    for arguments in wrong {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(2), "lysbord {arguments:?}: {ran:?}");
        assert!(ran.err.starts_with("error: ") && ran.out.is_empty(), "lysbord {arguments:?}: {ran:?}");
    }
    assert!(!place.data().exists());
}

#[test]
fn the_data_folder_may_be_named_before_the_command_behind_it_or_by_the_environment() {
    let place = Place::new();
    place.serve(&[]).close();

    for (before, behind, named) in [(true, false, false), (false, true, false), (false, false, true)] {
        let data = place.data();
        let mut doctor = std::process::Command::new(env!("CARGO_BIN_EXE_lysbord"));
        doctor.env_remove("LYSBORD_DATA_DIR");
        if before {
            doctor.arg("--data-dir").arg(&data);
        }
        doctor.arg("doctor");
        if behind {
            doctor.arg("--data-dir").arg(&data);
        }
        if named {
            doctor.env("LYSBORD_DATA_DIR", &data);
        }
        let ran = finish(doctor);
        assert_eq!(ran.code, Some(0), "{before} {behind} {named}: {ran:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_display_there_is_no_window_but_a_word_about_it() {
    let place = Place::new();
    let mut window = place.command(&[]);
    window.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");

    let told = finish(window).one_line_of_words();

    assert!(told.contains("lysbord serve"), "{told}");
}
