//! The webhook listener as Fotoware, a passer-by and a bad network meet it.

use std::fs;
use std::time::Duration;

use axum::http::StatusCode;
use lysbord_core::export::What;
use lysbord_core::intake::Limits;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::desk::{NOBODY, OpenDesk, text};
use crate::notice::{about, wrapped};

#[tokio::test]
async fn only_the_url_tells_the_kinds_apart() {
    let desk = OpenDesk::new().await;
    for (second, kind) in ["ingested", "modified", "deleted", "marker", "action", "any"].into_iter().enumerate() {
        desk.take(kind, &about(kind, second as i64, "a.jpg")).await;
    }
    desk.take("any", &wrapped(about("wrapped", 6, "a.jpg"), "updateMetadata")).await;
    let mut uploaded = about("uploaded", 7, "b.jpg");
    uploaded["operation-name"] = "upload".into();
    desk.take("any", &uploaded).await;
    desk.caught_up().await;

    let kinds: Vec<_> = desk.rows(What::Events).await.iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(kinds, ["ingested", "modified", "deleted", "marker", "action", "unknown", "modified", "ingested"]);
}

#[tokio::test]
async fn one_webhook_makes_one_event_however_often_and_however_fast_it_comes() {
    let desk = OpenDesk::new().await;
    let body = about("once", 0, "a.jpg").to_string();
    let posts = (0..40).map(|_| desk.post("modified", None, body.clone()));
    assert!(futures_util::future::join_all(posts).await.iter().all(|answer| answer.status == StatusCode::OK));
    desk.caught_up().await;
    desk.post("modified", None, body.clone()).await;
    desk.desk.library.rebuild().await.unwrap();
    desk.post("modified", None, body.clone()).await;
    let folder = desk.shut_down().await;

    let desk = OpenDesk::again(folder, |_| {}).await;
    desk.post("modified", None, body).await;
    desk.caught_up().await;
    let outcomes = desk.outcomes().await;
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "event").count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "duplicate").count(), outcomes.len() - 1);
    assert_eq!(desk.rows(What::Events).await.len(), 1);
    let log = desk.log().await;
    assert!(log.iter().all(|delivery| delivery["filename"] == "a.jpg"), "a duplicate names the asset too: {log:?}");
}

#[tokio::test]
async fn a_person_who_opens_a_hook_url_is_told_what_it_is_for() {
    let desk = OpenDesk::new().await;
    for (kind, words) in [("ingested", "Asset ingested"), ("modified", "version 2"), ("deleted", "Asset deleted")] {
        let page = desk.visit(&desk.hook(kind)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(page.text().contains(words), "{}", page.text());
        assert!(!page.text().contains(desk.desk.secrets.hooks().expose()), "a page that is shared gives nothing away");
    }
    assert_eq!(desk.visit(&desk.desk.hooks_url().unwrap()).await.status, StatusCode::OK);
    assert!(desk.log().await.is_empty(), "a look is no delivery");
}

#[tokio::test]
async fn a_stranger_finds_nothing() {
    let desk = OpenDesk::new().await;
    let base = desk.hook("modified");
    let secret = desk.desk.secrets.hooks().expose().to_owned();
    let root = base.split("/hooks/").next().unwrap().to_owned();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for url in [
        format!("{root}/hooks/{}/modified", "0".repeat(32)),
        format!("{root}/hooks/{}/modified", &secret[..31]),
        format!("{root}/hooks/{secret}0/modified"),
        format!("{root}/hooks/{}/modified", secret.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A")),
        format!("{root}/hooks//modified"),
        format!("{root}/hooks/{secret}/renamed"),
        format!("{root}/hooks/{secret}/Modified"),
        format!("{root}/hooks/{secret}/modified/more"),
        format!("{root}/"),
        format!("{root}/api/assets"),
        format!("{root}/api/openapi.json"),
    ] {
        for method in [reqwest::Method::POST, reqwest::Method::GET] {
            let body = about("1", 0, "a.jpg").to_string();
            let answer = client.request(method.clone(), &url).body(body).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{method} {url}");
        }
    }
    for method in [reqwest::Method::PUT, reqwest::Method::DELETE, reqwest::Method::PATCH, reqwest::Method::OPTIONS] {
        let answer = client.request(method, &base).body("{}").send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }
    assert!(desk.log().await.is_empty());
}

#[tokio::test]
async fn the_listener_sets_no_cookie_and_sends_nobody_on() {
    let desk = OpenDesk::new().await;
    let answer = desk.post("ingested", Some("application/json"), about("1", 0, "a.jpg").to_string()).await;
    assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, "{}"));
    assert_eq!(answer.header("content-type"), "application/json");
    for header in ["set-cookie", "location", "access-control-allow-origin"] {
        assert_eq!(answer.header(header), "");
    }
}

#[tokio::test]
async fn eight_mebibytes_are_taken_and_a_byte_more_is_not() {
    let desk = OpenDesk::new().await;
    let limit = Limits::default().body_bytes;
    let mut notice = about("big", 0, "a.jpg");
    notice["padding"] = "".into();
    notice["padding"] = "x".repeat(limit - notice.to_string().len()).into();
    assert_eq!(notice.to_string().len(), 8 * 1024 * 1024);
    desk.take("ingested", &notice).await;

    // Announced: refused before a single byte of it is read.
    let answer = raw(&desk, &format!("Content-Length: {}", limit + 1), &[]).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(desk.outcomes().await, ["event"]);
}

#[tokio::test]
async fn a_body_of_unknown_length_is_cut_off_at_the_limit() {
    let desk = small_limits(Limits { body_bytes: 1000, ..Limits::default() }).await;
    let chunk = format!("1f4\r\n{}\r\n", "x".repeat(500));
    let answer = raw(&desk, "Transfer-Encoding: chunked", format!("{chunk}{chunk}1\r\nx\r\n").as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");

    let whole = about("1", 0, "a.jpg").to_string();
    let chunked = format!("{:x}\r\n{whole}\r\n0\r\n\r\n", whole.len());
    let answer = raw(&desk, "Connection: close\r\nTransfer-Encoding: chunked", chunked.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(desk.outcomes().await, ["event"]);
}

#[tokio::test]
async fn a_body_cut_short_is_not_kept() {
    let desk = OpenDesk::new().await;
    let whole = about("1", 0, "a.jpg").to_string();
    let mut stream =
        begin(&desk, &format!("Content-Length: {}", whole.len()), &whole.as_bytes()[..whole.len() - 1]).await;
    stream.shutdown().await.unwrap();
    let answer = read_to_end(stream).await;
    assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    assert!(desk.log().await.is_empty());
}

#[tokio::test]
async fn a_body_that_dribbles_is_not_waited_for() {
    let desk = small_limits(Limits { body_time: Duration::from_millis(50), ..Limits::default() }).await;
    let whole = about("1", 0, "a.jpg").to_string();
    let head = format!("Content-Length: {}", whole.len());
    let stream = begin(&desk, &head, &whole.as_bytes()[..whole.len() - 1]).await;
    // Ends only because the desk hangs up: this side keeps its half open.
    let answer = read_to_end(stream).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(desk.log().await.is_empty());
}

#[tokio::test]
async fn a_renewed_secret_closes_the_old_door_at_once() {
    let desk = OpenDesk::new().await;
    let old = desk.hook("ingested");
    let answer = desk.send("POST", "/api/settings/renew-secret", &Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let renewed = text(&answer.json()["hooks"]["url"]);
    assert!(!old.starts_with(&renewed));

    assert_eq!(desk.visit(&old).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.visit(&format!("{renewed}/ingested")).await.status, StatusCode::OK);
    desk.take("ingested", &about("1", 0, "a.jpg")).await;

    let folder = desk.shut_down().await;
    let desk = OpenDesk::again(folder, |options| options.tenants = vec![NOBODY.parse().unwrap()]).await;
    let secret = renewed.rsplit('/').next().unwrap();
    assert!(desk.desk.secrets.hooks().matches(secret), "the new secret outlives the process");
    desk.shut_down().await;
}

#[tokio::test]
async fn without_its_library_the_desk_asks_fotoware_to_come_again() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.caught_up().await;
    fs::remove_file(desk.path().join("library.db")).unwrap();

    let answer = desk.post("modified", Some("application/json"), about("2", 1, "a.jpg").to_string()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text().contains("gone"), "{}", answer.text());
    assert!(!answer.header("retry-after").is_empty());
}

#[tokio::test]
async fn a_replaced_library_takes_nothing_either() {
    let desk = OpenDesk::new().await;
    let path = desk.path().join("library.db");
    fs::copy(&path, desk.path().join("copy.db")).unwrap();
    fs::rename(desk.path().join("copy.db"), &path).unwrap();
    let answer = desk.post("ingested", Some("application/json"), about("1", 0, "a.jpg").to_string()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_delivery_that_comes_again_is_logged_and_changes_nothing() {
    let desk = OpenDesk::new().await;
    let notice = about("same-id", 0, "a.jpg");
    desk.take("ingested", &notice).await;
    desk.caught_up().await;
    let before = desk.only_asset().await;

    let mut retold = notice.clone();
    retold["title"] = "told differently".into();
    for again in [&notice, &retold] {
        desk.take("ingested", again).await;
    }
    desk.caught_up().await;
    assert_eq!(desk.outcomes().await, ["event", "duplicate", "duplicate"]);
    let mut after = desk.only_asset().await;
    let notes = after["versions"][0]["notes"].take();
    assert_eq!(notes, json!([{ "kind": "sent_again", "times": 2 }]), "it is told, and nothing else");
    after["versions"][0]["notes"] = json!([]);
    assert_eq!(after, before);
    let log = desk.log().await;
    assert!(log.iter().all(|line| line["asset_id"] == before["id"]), "the log says which asset a duplicate is about");
    assert!(desk.body(&log[2]).await.contains("told differently"), "and keeps what it said");

    // The same id from another hook is another event: nothing says that ids are shared.
    desk.take("modified", &notice).await;
    desk.caught_up().await;
    assert_eq!(desk.outcomes().await.last().unwrap(), "event");
    assert_eq!(desk.rows(What::Events).await.len(), 2);
}

#[tokio::test]
async fn without_an_id_the_same_body_is_the_same_delivery() {
    let desk = OpenDesk::new().await;
    let mut nameless = about("", 0, "a.jpg");
    nameless.as_object_mut().unwrap().remove("id");
    desk.take("modified", &nameless).await;
    desk.take("modified", &nameless).await;
    nameless["created"] = json!("2026-03-04T12:00:01Z");
    desk.take("modified", &nameless).await;
    desk.caught_up().await;
    assert_eq!(desk.outcomes().await, ["event", "duplicate", "event"]);
}

async fn small_limits(limits: Limits) -> OpenDesk {
    OpenDesk::with(|options| {
        options.tenants = vec![NOBODY.parse().unwrap()];
        options.intake = limits;
    })
    .await
}

/// Begins a request on a socket of its own.
async fn begin(desk: &OpenDesk, header: &str, body: &[u8]) -> TcpStream {
    let at = desk.desk.listener.address().unwrap();
    let secret = desk.desk.secrets.hooks().expose().to_owned();
    let mut stream = TcpStream::connect(at).await.unwrap();
    let head = format!("POST /hooks/{secret}/modified HTTP/1.1\r\nHost: {at}\r\n{header}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    stream
}

async fn raw(desk: &OpenDesk, header: &str, body: &[u8]) -> String {
    read_to_end(begin(desk, header, body).await).await
}

async fn read_to_end(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset after the answer is as good an end as any.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}
