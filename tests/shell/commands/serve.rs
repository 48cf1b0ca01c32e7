//! `lysbord serve` from its one line to its end, and the pretend tenant that plays to it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::thread;

use crate::archive::Archive;
use crate::program::{Place, Serving, serve_arguments, signal, until};
use crate::web;

#[test]
fn it_announces_itself_in_one_line() {
    let place = Place::new();
    let serving = place.serve(&[]);

    let keys: BTreeSet<&str> = serving.announced.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, BTreeSet::from(["api", "data_dir", "hooks", "token", "ui"]));
    let data = fs::canonicalize(place.data()).unwrap();
    assert_eq!(serving.announced["data_dir"], data.to_str().unwrap());
    assert!(serving.hooks.starts_with("http://127.0.0.1:") && serving.hooks.contains("/hooks/"));
    assert!(serving.ui.ends_with(&format!("/?token={}", serving.token)));
    assert!(serving.api.ends_with("/api"));

    assert!(serving.get("/openapi.json")["openapi"].is_string());
    let stranger = web::get(&format!("{}/status", serving.api), "0123456789abcdef0123456789abcdef").unwrap();
    assert_eq!(stranger.status, 401);
    assert!(stranger.headers["content-type"].to_str().unwrap().starts_with("application/problem+json"));

    let ran = serving.stop("TERM");
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "one line is all that it prints: {ran:?}");
}

#[test]
fn a_folder_may_have_any_name_that_the_system_allows() {
    let place = Place::new();
    for name in [&b"bilder \"2026\", \xc3\xa5rets beste"[..], b"no \xff text"] {
        let data = place.path("any").join(OsStr::from_bytes(name));
        let serving = Serving::start(Place::command_on(&data, &serve_arguments(&[])));
        assert_eq!(serving.announced["data_dir"], data.to_string_lossy().as_ref());
        assert!(serving.get("/status")["hooks"]["listening"].as_bool().unwrap());
        serving.close();
    }
}

#[test]
fn it_ends_well_when_it_is_told_to_also_at_once() {
    let place = Place::new();
    for signal in ["TERM", "INT", "TERM", "INT"] {
        let ran = place.serve(&[]).stop(signal);
        assert_eq!(ran.code, Some(0), "{signal}: {ran:?}");
    }
}

#[test]
fn nobody_who_listens_or_dawdles_keeps_it_from_ending() {
    let place = Place::new();
    let serving = place.serve(&[]);
    let idle = TcpStream::connect(serving.hooks.split('/').nth(2).unwrap()).unwrap();
    let (url, token) = (format!("{}/changes?since=1000&wait_ms=600000", serving.api), serving.token.clone());
    let listener = thread::spawn(move || web::get(&url, &token));

    assert_eq!(serving.stop("TERM").code, Some(0));

    drop((idle, listener.join()));
}

#[test]
fn secrets_are_their_owners_alone_and_in_no_log() {
    let (place, archive) = (Place::new(), Archive::open(3));
    let mut command = place.command(&serve_arguments(&[archive.url()]));
    command.env("LYSBORD_LOG", "trace");
    let serving = Serving::start(command);
    serving.keep(&archive.chapter(0, 6));
    web::get(&serving.ui, "").unwrap();
    web::post(&format!("{}/nonsense", serving.hooks), "application/json", "{}").unwrap();
    place.pictures_settled();
    let mut secrets = vec![serving.token.clone(), serving.hooks.rsplit('/').next().unwrap().to_owned()];

    let renewed = web::post_as(&format!("{}/settings/renew-secret", serving.api), &serving.token).unwrap();
    let renewed = renewed.json()["hooks"]["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    assert!(!secrets.contains(&renewed));
    secrets.push(renewed);
    let refused = serving.post(&archive.chapter(1, 1)[0]).unwrap();
    assert_eq!(refused.status, 404, "the old address is no more");

    let file = fs::metadata(place.data().join("secrets.json")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(place.data()).unwrap().permissions().mode() & 0o777, 0o700);
    let log = serving.close();
    assert!(log.lines().count() > 50, "this log is about nothing: {log}");
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "a secret is in the log");
    }
}

#[test]
fn the_pretend_tenant_plays_and_its_pictures_are_kept_until_it_is_told_to_end() {
    let place = Place::new();
    // The tenant must be vouched for before it is there, so its port has to be known.
    let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let serving = place.serve(&[&format!("http://{listen}")]);
    let secret = serving.hooks.rsplit('/').next().unwrap();

    for (assets, encoding, end) in [(6, None, "INT"), (12, Some("--form"), "TERM")] {
        let seed = assets.to_string();
        let mut demo = place.command(&["demo", "--to", &serving.hooks, "--listen", &listen, "--assets", "6"]);
        demo.args(["--rate", "100", "--lifetime", "600", "--seed", &seed]).args(encoding).env("LYSBORD_LOG", "trace");
        let child = demo.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Its weather is changeable: some pictures never come.
        until("most of its pictures are kept", || {
            let events = place.events();
            let kept = events.values().flatten().filter(|event| event["thumbnail"] == "kept").count();
            let all_came = serving.get("/assets")["total"].as_u64().unwrap() >= assets;
            (all_came && kept * 2 > events.len()).then_some(())
        });
        signal(&child, end);

        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success(), "{ended:?}");
        assert!(String::from_utf8_lossy(&ended.stdout).ends_with(" deliveries accepted, 0 given up\n"), "{ended:?}");
        assert!(!String::from_utf8_lossy(&ended.stderr).contains(secret), "the hook URL is in the log of the demo");
    }
    serving.close();
}
