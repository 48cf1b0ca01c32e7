//! The one door that strangers can reach: what it answers to whom, and that nothing half is kept.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use crate::archive::{Archive, Delivery};
use crate::program::{Place, Serving, until};
use crate::web;

const JSON: &str = "application/json";
const WRONG: &str = "0123456789abcdef0123456789abcdef";

/// Every line of the log, newest first.
fn log(serving: &Serving) -> Vec<serde_json::Value> {
    serving.get("/deliveries?limit=500")["items"].as_array().unwrap().clone()
}

#[test]
fn whoever_does_not_know_the_secret_finds_nothing() {
    let (place, archive) = (Place::new(), Archive::open(31));
    let serving = place.serve(&[archive.url()]);
    let delivery = &archive.chapter(0, 1)[0];
    let (root, secret) = serving.hooks.rsplit_once('/').unwrap();

    for path in [WRONG, "", "%00", &secret.to_uppercase(), &secret[..31], &format!("{secret}0")] {
        let refused = web::post(&format!("{root}/{path}/ingested"), JSON, delivery.body.clone()).unwrap();
        assert_eq!(refused.status, 404, "{path}");
        assert_eq!(web::get(&format!("{root}/{path}/ingested"), "").unwrap().status, 404, "{path}");
    }
    let elsewhere = web::post(&format!("{}/elsewhere", serving.hooks), JSON, delivery.body.clone()).unwrap();
    assert_eq!(elsewhere.status, 404, "there is no such kind of hook");
    let api = web::get(&format!("{}/api/status", root.strip_suffix("/hooks").unwrap()), &serving.token).unwrap();
    assert_eq!(api.status, 404, "the gallery has a door of its own");

    assert!(log(&serving).is_empty());
    assert_eq!(serving.post(delivery).unwrap().status, 200);
    serving.close();
}

#[test]
fn a_person_who_opens_a_hook_in_a_browser_is_told_what_it_is_for() {
    let place = Place::new();
    let serving = place.serve(&[]);
    for kind in ["ingested", "modified", "deleted"] {
        let page = web::get(&format!("{}/{kind}", serving.hooks), "").unwrap();
        assert_eq!(page.status, 200);
        assert!(page.body.contains("Lysbord is listening") && page.body.contains(&format!("Asset {kind}")));
    }
    assert!(log(&serving).is_empty());
    serving.close();
}

#[test]
fn what_nobody_can_read_is_kept_and_answered_as_a_retry_would_not_mend_it() {
    let place = Place::new();
    let serving = place.serve(&[]);
    let odd: [&[u8]; 7] = [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"{\"data\":", b"just words"];
    for body in odd {
        let answer = web::post(&format!("{}/ingested", serving.hooks), "text/plain", body).unwrap();
        assert_eq!(answer.status, 200, "{body:?}: {}", answer.body);
    }
    // Rows are written a moment after the answer.
    let log = until("all are in the log", || Some(log(&serving)).filter(|log| log.len() >= odd.len()));
    assert_eq!(log.len(), odd.len());
    assert!(log.iter().all(|delivery| delivery["outcome"] == "unreadable"), "{log:?}");
    serving.close();
    assert!(place.events().is_empty());
    place.done(&["doctor"]);
}

#[test]
fn what_is_larger_than_eight_megabytes_is_refused_and_what_is_just_that_is_not() {
    let (place, archive) = (Place::new(), Archive::open(32));
    let serving = place.serve(&[archive.url()]);
    let delivery = &archive.chapter(0, 1)[0];
    let limit = 8 * 1024 * 1024;
    let padded = |size: usize| format!("{}{}", delivery.body, " ".repeat(size - delivery.body.len()));

    let refused = answer(begin(&serving, &format!("content-length: {}\r\n", limit + 1), "{"));
    assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
    let chunk = format!("{:x}\r\n{}\r\n0\r\n\r\n", limit + 1, " ".repeat(limit + 1));
    let refused = answer(begin(&serving, "transfer-encoding: chunked\r\n", &chunk));
    assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
    assert!(log(&serving).is_empty());

    let taken = web::post(&format!("{}/ingested", serving.hooks), JSON, padded(limit)).unwrap();
    assert_eq!(taken.status, 200);
    serving.close();
}

#[test]
fn a_body_that_is_cut_short_is_not_kept() {
    let (place, archive) = (Place::new(), Archive::open(33));
    let serving = place.serve(&[archive.url()]);
    let Delivery { body, .. } = &archive.chapter(0, 1)[0];
    let announced = format!("content-length: {}\r\n", body.len());

    // All but the last byte: it would still be readable as a form.
    let cut_short = begin(&serving, &announced, &body[..body.len() - 1]);
    cut_short.shutdown(Shutdown::Write).unwrap();
    let refused = answer(cut_short);
    assert!(!refused.starts_with("HTTP/1.1 2"), "{refused}");

    let taken = answer(begin(&serving, &announced, body));
    assert!(taken.starts_with("HTTP/1.1 200 "), "{taken}");
    until("the whole one is in the log", || (log(&serving).len() == 1).then_some(()));
    serving.close();
}

/// Posts by hand, as a client would that is wrong about its body.
fn begin(serving: &Serving, headers: &str, body: &str) -> TcpStream {
    let (host, path) = serving.hooks.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!("POST /{path}/ingested HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    // Who is refused early finds the door closed.
    let _ = stream.write_all(body.as_bytes());
    stream
}

fn answer(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}
