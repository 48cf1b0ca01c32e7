//! The check of a public address: passed, and failing in each way, in words that tell what to do.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use lysbord_core::intake::MARK;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{desk_with, told};
use crate::desk::OpenDesk;
use crate::notice::about;

/// Knows no name but those of this computer.
struct Nameless;

impl Resolve for Nameless {
    fn resolve(&self, name: Name) -> Resolving {
        let here = name.as_str() == "here.example";
        Box::pin(async move {
            let address: SocketAddr = "127.0.0.1:0".parse()?;
            if here { Ok(Box::new(std::iter::once(address)) as Addrs) } else { Err("no such name".into()) }
        })
    }
}

async fn desk() -> OpenDesk {
    desk_with(|options| {
        options.fetcher.resolver = Arc::new(Nameless);
        options.reach.check_time = Duration::from_millis(500);
    })
    .await
}

/// Somebody else's server, which answers all that comes in the same way.
async fn server<F: Future<Output = Response> + Send>(
    answer: impl Fn(Request) -> F + Clone + Send + Sync + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await });
    format!("http://here.example:{}", address.port())
}

/// Leads a request on to a desk, as a proxy does.
async fn led_on(to: SocketAddr, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1000).await.unwrap();
    assert!(body.len() < 100, "a check is tiny");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = client.request(head.method, format!("http://{to}{}", head.uri)).headers(head.headers).body(body);
    let answer = asked.send().await.unwrap();
    (answer.status(), answer.headers().clone(), Body::empty()).into_response()
}

async fn checked(desk: &OpenDesk, url: &str) -> Value {
    desk.choose(json!({"way": "own_url", "public_url": url})).await;
    desk.check().await
}

#[tokio::test]
async fn a_url_of_the_users_own_is_checked_from_end_to_end() {
    let desk = desk().await;
    let at = desk.desk.listener.address().unwrap();
    let proxy = server(move |request| led_on(at, request)).await;
    let check = checked(&desk, &format!("{proxy}/")).await;
    assert_eq!((&check["state"], &check["problem"]), (&json!("arrived"), &Value::Null), "{check:#}");
    let reach = desk.get("/api/reach").await;
    assert_eq!(reach["hook_base"], format!("{proxy}/hooks/{}", desk.desk.secrets.hooks().expose()));
    assert_eq!((&reach["check"], &reach["problem"]), (&check, &Value::Null));
    let status = desk.get("/api/status").await;
    assert_eq!(status["hooks"]["reachable"]["url"], reach["hook_base"]);
    assert_eq!(status["hooks"]["reachable"]["checked_at"], check["at"]);
    assert!(desk.log().await.is_empty() && status["last_delivery_at"].is_null(), "nothing of it is kept");
    desk.shut_down().await;
}

#[tokio::test]
async fn a_desk_that_only_this_computer_reaches_is_checked_too() {
    let desk = desk().await;
    assert_eq!(desk.check().await["state"], "arrived");
    let reach = desk.get("/api/reach").await;
    assert_eq!(reach["hook_base"], desk.get("/api/status").await["hooks"]["url"]);
    desk.shut_down().await;
}

#[tokio::test]
async fn each_way_to_fail_is_told_in_words_of_its_own() {
    let desk = desk().await;
    // Not one that was free a moment ago: another test may have it by now.
    let closed = 1;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent_port = silent.local_addr().unwrap().port();
    let status = |code: u16| server(move |_| async move { StatusCode::from_u16(code).unwrap().into_response() });
    let onward =
        server(async |_| (StatusCode::FOUND, [(header::LOCATION, "https://login.example/")]).into_response()).await;
    let plain = server(async |_| StatusCode::OK.into_response()).await.replace("http:", "https:");
    let at = desk.desk.listener.address().unwrap();
    let lossy = server(move |request| async move {
        led_on(at, request).await;
        StatusCode::BAD_GATEWAY.into_response()
    })
    .await;
    for (url, words) in [
        ("https://no-such-name.example".to_owned(), "The name no-such-name.example is not known"),
        (format!("http://here.example:{closed}"), "the connection is refused"),
        (format!("http://here.example:{silent_port}"), "no answer within"),
        (plain, "certificate that can be trusted"),
        (onward, "(https://login.example/)"),
        (status(404).await, "knows no such path"),
        (status(401).await, "wants a login"),
        (status(403).await, "wants a login"),
        (status(502).await, "does not get through to Lysbord (status 502)"),
        (status(200).await, "nothing came in here"),
        (status(418).await, "status 418"),
        (lossy, "the answer was lost"),
    ] {
        let check = checked(&desk, &url).await;
        assert_eq!(check["state"], "failed", "{url}: {check:#}");
        assert!(told(&check).contains(words), "{url}: {check:#}");
        assert!(!told(&check).contains(desk.desk.secrets.hooks().expose()));
        assert_eq!(desk.get("/api/status").await["hooks"]["reachable"]["ok"], false);
    }
    drop(silent);
    assert!(desk.log().await.is_empty());
    desk.shut_down().await;
}

#[tokio::test]
async fn a_check_that_comes_to_another_lysbord_is_told_and_leaves_nothing_there() {
    let desk = desk().await;
    // A library that was copied to another computer has the same secret.
    let copy = tempfile::tempdir().unwrap();
    fs::copy(desk.path().join("secrets.json"), copy.path().join("secrets.json")).unwrap();
    let other = OpenDesk::again(Arc::new(copy), super::hasty).await;
    let stranger = desk_with(|_| {}).await;

    let to = other.desk.listener.address().unwrap();
    let check = checked(&desk, &server(move |request| led_on(to, request)).await).await;
    assert!(told(&check).contains("another Lysbord, with the same secret"), "{check:#}");
    let to = stranger.desk.listener.address().unwrap();
    let check = checked(&desk, &server(move |request| led_on(to, request)).await).await;
    assert!(told(&check).contains("a Lysbord with another secret"), "{check:#}");
    for desk in [&desk, &other, &stranger] {
        assert!(desk.log().await.is_empty());
    }
    desk.shut_down().await;
}

#[tokio::test]
async fn a_mark_that_was_not_awaited_is_no_delivery_either() {
    let desk = desk().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for mark in ["", "0123456789abcdef0123456789abcdef", "\u{e9}"] {
        let marked = client.post(desk.hook("any")).header(MARK, mark).body("{}");
        assert_eq!(marked.send().await.unwrap().status(), StatusCode::CONFLICT);
    }
    let wrong = desk.hook("any").replace(desk.desk.secrets.hooks().expose(), &"0".repeat(32));
    let marked = client.post(wrong).header(MARK, "0123").body("{}");
    assert_eq!(marked.send().await.unwrap().status(), StatusCode::NOT_FOUND, "the secret comes first");
    assert!(desk.log().await.is_empty());
    desk.shut_down().await;
}

#[tokio::test]
async fn paused_the_desk_asks_fotoware_to_come_again() {
    let desk = desk().await;
    assert_eq!(desk.get("/api/status").await["paused"], false);
    let paused = desk.send("POST", "/api/pause", &json!({"on": true})).await;
    assert_eq!(paused.json()["paused"], true);
    let answer = desk.post("ingested", Some("application/json"), about("1", 0, "a.jpg").to_string()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.header("retry-after").is_empty() && answer.text().contains("paused"));
    let stranger = desk.hook("ingested").replace(desk.desk.secrets.hooks().expose(), &"0".repeat(32));
    assert_eq!(desk.visit(&stranger).await.status, StatusCode::NOT_FOUND);
    assert!(told(&desk.check().await).contains("paused"));

    desk.send("POST", "/api/pause", &json!({"on": false})).await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    assert_eq!(desk.check().await["state"], "arrived");
    desk.caught_up().await;
    assert_eq!(desk.log().await.len(), 1);
    desk.shut_down().await;
}

#[tokio::test]
async fn after_a_sleep_what_was_checked_is_checked_again_and_nothing_else() {
    let desk = desk().await;
    let at = desk.desk.listener.address().unwrap();
    let knocks = Arc::new(AtomicUsize::new(0));
    let counted = knocks.clone();
    let proxy = server(move |request| {
        counted.fetch_add(1, Ordering::SeqCst);
        led_on(at, request)
    })
    .await;
    desk.choose(json!({"way": "own_url", "public_url": proxy})).await;
    desk.clock.advance(8 * 3_600_000);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(knocks.load(Ordering::SeqCst), 0, "nobody asked yet");

    let first = desk.check().await;
    desk.clock.advance(8 * 3_600_000);
    let reach =
        desk.reach_until(|reach| reach["check"]["at"] != first["at"] && reach["check"]["state"] == "arrived").await;
    assert_ne!(reach["check"]["at"], first["at"]);
    assert_eq!(knocks.load(Ordering::SeqCst), 2);
    desk.shut_down().await;
}

#[tokio::test]
async fn two_who_ask_at_once_share_one_check() {
    let desk = desk().await;
    let at = desk.desk.listener.address().unwrap();
    let knocks = Arc::new(AtomicUsize::new(0));
    let counted = knocks.clone();
    let slow = server(move |request| {
        let counted = counted.clone();
        async move {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(100)).await;
            led_on(at, request).await
        }
    })
    .await;
    desk.choose(json!({"way": "own_url", "public_url": slow})).await;
    let (one, other) = tokio::join!(desk.check(), desk.check());
    assert_eq!((&one["state"], &one), (&json!("arrived"), &other));
    assert_eq!(knocks.load(Ordering::SeqCst), 1);
    desk.shut_down().await;
}
