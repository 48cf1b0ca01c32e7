//! What strangers at a door can do to others there: connections that only wait, bodies that nobody asked for.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::routing::get;
use futures_util::StreamExt;
use lysbord_core::intake;
use lysbord_core::server::{self, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::desk::{NOBODY, OpenDesk};
use crate::notice::about;

const PLACES: usize = 4;

/// A door with few places.
struct BrowserAuth {
    at: std::net::SocketAddr,
    _stop: DropGuard,
}

impl BrowserAuth {
    async fn open(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let limits = Limits { connections: PLACES, head: Duration::from_mins(5), ..Limits::default() };
        tokio::spawn(server::serve(listener, router, limits, stop.clone()));
        Self { at, _stop: stop.drop_guard() }
    }

    /// Connections that say so much and then wait.
    async fn waiting(&self, count: usize, said: &str) -> Vec<TcpStream> {
        let mut waiting = Vec::new();
        for _ in 0..count {
            let mut stream = TcpStream::connect(self.at).await.unwrap();
            // One that has lost its place is told when it speaks.
            let _ = stream.write_all(said.as_bytes()).await;
            waiting.push(stream);
        }
        waiting
    }

    async fn ask(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.at).await.unwrap();
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: door\r\n\r\n").as_bytes()).await.unwrap();
        stream
    }
}

fn hello() -> Router {
    Router::new().route("/", get(async || "hello"))
}

async fn until_it_says(stream: &mut TcpStream, words: &str) -> String {
    let mut said = Vec::new();
    while !String::from_utf8_lossy(&said).contains(words) {
        let read = stream.read_buf(&mut said).await.unwrap();
        assert!(read > 0, "it was closed after {:?}", String::from_utf8_lossy(&said));
    }
    String::from_utf8(said).unwrap()
}

#[tokio::test]
async fn who_only_waits_keeps_nobody_out_whatever_it_has_said() {
    for said in ["", "G", "POST /hooks/0123 HTTP/1.1\r\nHost: door\r\nX: ", "GET / HTTP/1.1\r\n", "\r\n", "\u{1}\u{2}"]
    {
        let browser_auth = BrowserAuth::open(hello()).await;
        let mut waiting = browser_auth.waiting(5 * PLACES, said).await;
        let answer = until_it_says(&mut browser_auth.ask("/").await, "hello").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{said:?}: {answer}");
        let mut rest = Vec::new();
        // Ends, well or badly, because the door closed it.
        let _ = waiting[0].read_to_end(&mut rest).await;
    }
}

#[tokio::test]
async fn a_connection_that_is_kept_for_another_request_gives_its_place_to_one_that_has_one() {
    let browser_auth = BrowserAuth::open(hello()).await;
    let mut kept = Vec::new();
    for _ in 0..PLACES {
        let mut stream = browser_auth.ask("/").await;
        until_it_says(&mut stream, "hello").await;
        kept.push(stream);
    }
    let mut newcomer = browser_auth.ask("/").await;
    until_it_says(&mut newcomer, "hello").await;
    assert_eq!(kept[0].read(&mut [0; 9]).await.unwrap(), 0, "the one that was idle longest is closed");
    kept[1].write_all(b"GET / HTTP/1.1\r\nHost: door\r\n\r\n").await.unwrap();
    until_it_says(&mut kept[1], "hello").await;
}

#[tokio::test]
async fn an_answer_under_way_is_not_cut_off_for_those_who_wait() {
    let go_on = Arc::new(Notify::new());
    let waits = Arc::clone(&go_on);
    let slowly = async move || {
        let rest = futures_util::stream::once(async move {
            waits.notified().await;
            Ok::<_, std::io::Error>(Bytes::from("end"))
        });
        Body::from_stream(futures_util::stream::iter([Ok(Bytes::from("begin"))]).chain(rest))
    };
    let browser_auth = BrowserAuth::open(hello().route("/slow", get(slowly))).await;
    let mut slow = browser_auth.ask("/slow").await;
    until_it_says(&mut slow, "begin").await;
    let _waiting = browser_auth.waiting(5 * PLACES, "GET").await;
    until_it_says(&mut browser_auth.ask("/").await, "hello").await;
    go_on.notify_one();
    until_it_says(&mut slow, "end").await;
}

#[tokio::test]
async fn a_wrong_secret_is_told_before_a_byte_of_the_body_is_there_and_the_connection_is_closed() {
    let desk = OpenDesk::new().await;
    let at = desk.desk.listener.address().unwrap();
    let secret = desk.desk.secrets.hooks().expose().to_owned();
    for path in [
        format!("/hooks/{}/modified", "0".repeat(32)),
        format!("/hooks/{secret}/renamed"),
        format!("/hooks/{secret}"),
        "/".to_owned(),
        "/api/assets".to_owned(),
    ] {
        for body in ["Content-Length: 8388608", "Transfer-Encoding: chunked", "Content-Length: 99999999999"] {
            let mut stream = TcpStream::connect(at).await.unwrap();
            let head = format!("POST {path} HTTP/1.1\r\nHost: {at}\r\n{body}\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.unwrap();
            let answer = String::from_utf8(answer).unwrap().to_lowercase();
            assert!(answer.starts_with("http/1.1 404"), "{path} {body}: {answer}");
            assert!(answer.contains("connection: close"), "{answer}");
        }
    }
}

#[tokio::test]
async fn bodies_that_would_take_too_much_memory_together_are_asked_to_come_again() {
    let desk = OpenDesk::with(|options| {
        options.tenants = vec![NOBODY.parse().unwrap()];
        options.intake = intake::Limits {
            body_bytes: 64 * 1024,
            bodies_bytes: 64 * 1024,
            memory_time: Duration::from_millis(20),
            ..intake::Limits::default()
        };
    })
    .await;
    let at = desk.desk.listener.address().unwrap();
    let secret = desk.desk.secrets.hooks().expose().to_owned();
    let mut notice = about("large", 0, "a.jpg");
    notice["padding"] = "x".repeat(40_000).into();
    let large = notice.to_string();

    let mut slow = TcpStream::connect(at).await.unwrap();
    let head =
        format!("POST /hooks/{secret}/modified HTTP/1.1\r\nHost: {at}\r\nContent-Length: {}\r\n\r\n", large.len());
    slow.write_all(head.as_bytes()).await.unwrap();
    slow.write_all(&large.as_bytes()[..10]).await.unwrap();
    let refused = loop {
        // Until the head of the slow one has been read.
        let answer = desk.post("ingested", Some("application/json"), large.clone()).await;
        if answer.status != StatusCode::OK {
            break answer;
        }
    };
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!refused.header("retry-after").is_empty());
    desk.take("modified", &about("small", 1, "b.jpg")).await;

    slow.write_all(&large.as_bytes()[10..]).await.unwrap();
    until_it_says(&mut slow, "HTTP/1.1 200").await;
    let again = desk.post("deleted", Some("application/json"), large).await;
    assert_eq!(again.status, StatusCode::OK, "the memory was given back");
}

/// Sends all of a body before it reads a word of the answer, as many senders do.
async fn send_all_then_read(at: std::net::SocketAddr, path: &str, bytes: usize) -> String {
    let mut stream = TcpStream::connect(at).await.unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nHost: {at}\r\nContent-Length: {bytes}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![b' '; bytes]).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn who_sends_a_body_that_is_refused_unread_hears_the_answer_all_the_same() {
    const MIB: usize = 1024 * 1024;
    let desk = OpenDesk::new().await;
    let at = desk.desk.listener.address().unwrap();
    let secret = desk.desk.secrets.hooks().expose().to_owned();
    for (path, bytes, status) in [
        (format!("/hooks/{}/modified", "0".repeat(32)), 6 * MIB, "404"),
        (format!("/hooks/{secret}/renamed"), 6 * MIB, "404"),
        (format!("/hooks/{secret}/modified"), 20 * MIB, "413"),
    ] {
        let answer = send_all_then_read(at, &path, bytes).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "who keeps connections must not keep this one: {answer}");
    }
}

#[tokio::test]
async fn a_connection_is_kept_where_the_body_was_read() {
    let desk = OpenDesk::new().await;
    let at = desk.desk.listener.address().unwrap();
    let path = format!("/hooks/{}/modified", desk.desk.secrets.hooks().expose());
    let mut stream = TcpStream::connect(at).await.unwrap();
    for _ in 0..3 {
        let ask = format!("POST {path} HTTP/1.1\r\nHost: {at}\r\nContent-Type: application/json\r\n");
        let chunked = "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
        for body in ["Content-Length: 2\r\n\r\n{}", chunked] {
            stream.write_all(format!("{ask}{body}").as_bytes()).await.unwrap();
            let answer = until_it_says(&mut stream, "\r\n\r\n{}").await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            assert!(!answer.contains("connection: close"), "{answer}");
        }
    }
}

#[tokio::test]
async fn who_lingers_after_an_answer_keeps_nobody_out() {
    let refused = hello().route("/refused", get(async || ([("connection", "close")], "refused")));
    let browser_auth = BrowserAuth::open(refused).await;
    let mut lingering = Vec::new();
    for _ in 0..5 * PLACES {
        let mut stream = browser_auth.ask("/refused").await;
        until_it_says(&mut stream, "refused").await;
        lingering.push(stream);
    }
    until_it_says(&mut browser_auth.ask("/").await, "hello").await;
}
