//! A payload is a stranger's word. None of these may reach, crash or fill anything.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_LENGTH;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use lysbord_core::model::{Flaw, MissingReason, Outcome};
use lysbord_core::renditions::FetcherConfig;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::archive::{Archive, picture, redirect, streamed};
use super::desk::{Desk, brisk, thumbnail};
use super::drawn::{jpeg, jpeg_of_size, png_that_claims};

/// An archive that would gladly serve; nobody may come.
async fn tempting() -> Archive {
    Archive::open(|_| std::future::ready(picture(jpeg(60, 40)))).await
}

fn quick(config: &mut FetcherConfig) {
    config.time_limits.first_byte = Duration::from_millis(200);
    config.time_limits.whole = Duration::from_millis(400);
    config.schedule.pauses.truncate(1);
}

#[tokio::test]
async fn no_url_of_a_payload_reaches_into_the_network() {
    let archive = tempting().await;
    let port = archive.address.port();
    let mut desk = Desk::new(&[]);
    let private = [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "017700000001",
        "127.1",
        "0.0.0.0",
        "localhost",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "169.254.169.254",
        "10.0.0.1",
        "192.168.1.1",
        "[fe80::1]",
        "[fc00::1]",
    ];
    for host in private {
        let url = format!("https://{host}:{port}/a.jpg");
        let outcome = desk.outcome(thumbnail(1, &[&url])).await;
        let refused = Outcome::Missing(MissingReason::RefusedPrivateAddress);
        assert_eq!(outcome, refused, "{url}");
    }
    for (url, missing) in [
        (archive.url("/a.jpg"), MissingReason::RefusedPrivateAddress),
        (format!("http://localhost:{port}/"), MissingReason::RefusedInsecure),
        (format!("https://me@127.0.0.1:{port}/"), MissingReason::RefusedCredentials),
    ] {
        let outcome = desk.outcome(thumbnail(1, &[&url])).await;
        assert_eq!(outcome, Outcome::Missing(missing), "{url}");
    }
    assert_eq!(archive.asked_paths(), [""; 0]);
}

#[tokio::test]
async fn what_is_no_web_address_is_not_followed() {
    let mut desk = Desk::new(&[]);
    for url in [
        "file:///etc/passwd",
        "ftp://dam.example/a.jpg",
        "data:image/gif;base64,R0lGODlhAQABAAAAACw=",
        "javascript:alert(1)",
        "https://",
        "https://dam.example:99999/",
        "//dam.example/a.jpg",
        "../../etc/passwd",
        "",
        "\0\u{202e}\n",
    ] {
        let outcome = desk.outcome(thumbnail(1, &[url])).await;
        assert_eq!(outcome, Outcome::Missing(MissingReason::RefusedUrl), "{url:?}");
    }
}

#[tokio::test]
async fn a_payload_without_a_url_misses_its_picture() {
    let mut desk = Desk::new(&[]);

    assert_eq!(desk.outcome(thumbnail(1, &[])).await, Outcome::Missing(MissingReason::NoUrl));
}

/// Says that every name is this computer.
struct AllRoadsLeadHome;

impl Resolve for AllRoadsLeadHome {
    fn resolve(&self, _: Name) -> Resolving {
        let home = ["127.0.0.1:0", "[::1]:0", "[::ffff:10.0.0.1]:0"].map(|address| address.parse().unwrap());
        Box::pin(async move { Ok(Box::new(home.into_iter()) as Addrs) })
    }
}

#[tokio::test]
async fn a_name_that_leads_into_the_network_is_not_connected_to() {
    let archive = tempting().await;
    let mut desk = Desk::with(&[], |config| config.resolver = Arc::new(AllRoadsLeadHome));

    let url = format!("https://rebind.example:{}/a.jpg", archive.address.port());
    let outcome = desk.outcome(thumbnail(1, &[&url])).await;

    assert_eq!(outcome, Outcome::Missing(MissingReason::RefusedPrivateAddress));
    assert_eq!(archive.asked_paths(), [""; 0]);
}

#[tokio::test]
async fn no_redirect_leads_away_from_who_was_vouched_for() {
    let tempting = tempting().await;
    let SocketAddr::V4(address) = tempting.address else { panic!("not the address that was asked for") };
    let port = address.port();
    for (target, missing) in [
        (tempting.url("/a.jpg"), MissingReason::RefusedHost),
        (format!("//localhost:{port}/a.jpg"), MissingReason::RefusedHost),
        ("http://169.254.169.254/latest/meta-data/".to_owned(), MissingReason::RefusedHost),
        ("http://[::1]/a.jpg".to_owned(), MissingReason::RefusedHost),
        ("file:///etc/passwd".to_owned(), MissingReason::RefusedUrl),
        ("data:image/gif;base64,R0lGODlhAQABAAAAACw=".to_owned(), MissingReason::RefusedUrl),
        ("http://me:word@127.0.0.1/".to_owned(), MissingReason::RefusedCredentials),
        ("http://".to_owned(), MissingReason::RefusedUrl),
        ("/around".to_owned(), MissingReason::TooManyRedirects),
    ] {
        let location = target.clone();
        let leading = Archive::open(move |_| std::future::ready(redirect(&location))).await;
        let mut desk = Desk::new(&[&leading.url("")]);

        let outcome = desk.outcome(thumbnail(1, &[&leading.url("/a.jpg")])).await;

        assert_eq!(outcome, Outcome::Missing(missing), "{target}");
        assert!(leading.asked().len() <= 4, "{target}");
    }
    assert_eq!(tempting.asked_paths(), [""; 0]);
}

fn claiming(length: u64) -> Response {
    let beginning = Bytes::from_static(b"\xFF\xD8\xFF");
    let body = stream::iter([Ok::<_, std::io::Error>(beginning)]).chain(stream::pending());
    let headers = [(CONTENT_LENGTH, length.to_string())];
    (headers, Body::from_stream(body)).into_response()
}

fn endless() -> Response {
    let chunk = Bytes::from(vec![0xFF; 64 << 10]);
    Body::from_stream(stream::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone()))).into_response()
}

fn stalling() -> Response {
    let beginning = Bytes::from(jpeg(60, 40)[..200].to_vec());
    let body = stream::iter([Ok::<_, std::io::Error>(beginning)]).chain(stream::pending());
    Body::from_stream(body).into_response()
}

fn broken_off() -> Response {
    let beginning = Bytes::from(jpeg(60, 40)[..200].to_vec());
    let cut = std::io::Error::other("the cable was pulled");
    Body::from_stream(stream::iter([Ok(beginning), Err(cut)])).into_response()
}

#[tokio::test]
async fn no_body_fills_crashes_or_holds_anything() {
    let archive = Archive::open(|asked| async move {
        match asked.path.as_str() {
            "/huge" => claiming(5 << 30),
            "/beyond-all-bounds" => claiming(i64::MAX as u64),
            "/endless" => endless(),
            "/a-byte-too-long" => picture(jpeg_of_size((1 << 20) + 1, 0)),
            "/a-byte-too-long-unannounced" => streamed(vec![jpeg_of_size(1 << 20, 0), vec![0]]),
            "/stalling" => stalling(),
            "/silent" => std::future::pending().await,
            "/broken-off" => broken_off(),
            "/empty" => picture(Vec::new()),
            "/page" => picture(b"<!doctype html><title>Sign in</title>".to_vec()),
            "/drawing" => picture(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec()),
            "/bomb" => picture(png_that_claims(100_000, 100_000, 8, 2)),
            _ => picture(b"\xFF\xD8\xFF\xE0 and then nothing".to_vec()),
        }
    })
    .await;
    let mut desk = Desk::with(&[&archive.url("")], |config| {
        quick(config);
        config.max_bytes = 1 << 20;
    });
    for (path, missing) in [
        ("/huge", MissingReason::TooLarge),
        ("/beyond-all-bounds", MissingReason::TooLarge),
        ("/endless", MissingReason::TooLarge),
        ("/a-byte-too-long", MissingReason::TooLarge),
        ("/a-byte-too-long-unannounced", MissingReason::TooLarge),
        ("/stalling", MissingReason::TooSlow),
        ("/silent", MissingReason::TooSlow),
        ("/broken-off", MissingReason::Unreachable),
        ("/empty", MissingReason::Empty),
        ("/page", MissingReason::WebPage),
        ("/drawing", MissingReason::NotAPicture),
        ("/beginning-only", MissingReason::CutOff),
    ] {
        let outcome = desk.outcome(thumbnail(1, &[&archive.url(path)])).await;
        assert_eq!(outcome, Outcome::Missing(missing), "{path}");
    }
    assert_eq!(desk.blobs.list().unwrap(), []);

    // A picture that is larger than this program decodes may be shown by the next one: its bytes are within bounds.
    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/bomb")])).await;
    let Outcome::Kept { picture, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((picture.flaw, picture.width), (Some(Flaw::TooManyPixels), 0));
}

#[tokio::test]
async fn a_picture_may_be_just_as_large_as_allowed() {
    let archive = Archive::open(|asked| async move {
        let bytes = jpeg_of_size(1 << 20, 0);
        if asked.path == "/announced" { picture(bytes) } else { streamed(vec![bytes]) }
    })
    .await;
    let mut desk = Desk::with(&[&archive.url("")], |config| config.max_bytes = 1 << 20);

    for path in ["/announced", "/unannounced"] {
        let outcome = desk.outcome(thumbnail(1, &[&archive.url(path)])).await;
        assert!(matches!(outcome, Outcome::Kept { .. }), "{path}: {outcome:?}");
    }
}

#[tokio::test]
async fn many_large_pictures_share_little_memory_and_all_arrive() {
    let archive = Archive::open(|asked| async move {
        let mark = asked.path.trim_start_matches('/').parse().unwrap();
        let bytes = jpeg_of_size(700_000, mark);
        if mark % 2 == 0 { picture(bytes) } else { streamed(bytes.chunks(50_000).map(<[u8]>::to_vec).collect()) }
    })
    .await;
    let mut desk = Desk::with(&[&archive.url("")], |config| {
        config.max_bytes = 1 << 20;
        config.max_bytes_in_flight = 1 << 20;
    });

    for mark in 0..40 {
        desk.fetcher.submit(thumbnail(mark, &[&archive.url(&format!("/{mark}"))])).unwrap();
    }
    let settled = desk.outcomes(40).await;

    assert!(settled.iter().all(|settled| matches!(settled.outcome, Outcome::Kept { .. })));
    assert_eq!(desk.blobs.list().unwrap().len(), 40);
}

#[tokio::test]
async fn an_attacker_does_not_make_us_ask_more_often_than_the_schedule_says() {
    let archive = Archive::open(|_| std::future::ready(broken_off())).await;
    let mut desk = Desk::new(&[&archive.url("")]);

    desk.outcome(thumbnail(1, &[&archive.url("/a.jpg")])).await;

    assert_eq!(archive.asked().len(), brisk().pauses.len() + 1);
}
