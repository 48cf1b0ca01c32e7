//! Deliveries sent once more: as they were kept, under the guard, and every failure in words.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::desk::{NOBODY, OpenDesk, text};
use crate::notice::about;

type Posted = Arc<Mutex<Vec<(Method, Uri, HeaderMap, Bytes)>>>;

/// Something that takes webhooks, and what it was sent.
async fn receiver() -> (String, Posted) {
    let posted = Posted::default();
    let log = posted.clone();
    let take = async move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| -> Response {
        log.lock().unwrap().push((method, uri.clone(), headers, body));
        match uri.path() {
            "/elsewhere" => (StatusCode::FOUND, [("location", "http://169.254.169.254/")], "not here").into_response(),
            "/long" => "å".repeat(100_000).into_response(),
            "/slow" => {
                tokio::time::sleep(Duration::from_hours(1)).await;
                StatusCode::OK.into_response()
            }
            "/angry" => (StatusCode::BAD_REQUEST, "what is this?").into_response(),
            _ => "taken".into_response(),
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, Router::new().fallback(take)).await });
    (url, posted)
}

async fn vouching_for(url: &str) -> OpenDesk {
    OpenDesk::with(|options| options.tenants = vec![NOBODY.parse().unwrap(), url.parse().unwrap()]).await
}

async fn resend(desk: &OpenDesk, delivery: &Value, url: &str) -> (StatusCode, Value) {
    let answer = desk.send("POST", &format!("/api/deliveries/{}/resend", delivery["id"]), &json!({"url": url})).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn every_delivery_goes_out_byte_for_byte_as_it_was_kept() {
    let (url, posted) = receiver().await;
    let desk = vouching_for(&url).await;
    let mut notice = about("1", 0, "Vardø \"kai\".jpg");
    notice["data"]["previewToken"] = "secret-token".into();
    let body = serde_json::to_string_pretty(&notice).unwrap().replace('\n', "\r\n");
    desk.post("ingested", Some("application/json; charset=utf-8"), body.clone()).await;
    desk.post("ingested", Some("application/json"), body).await;
    desk.post("modified", None, b"\x00\xffwhat is this?".to_vec()).await;
    desk.caught_up().await;
    assert_eq!(desk.outcomes().await, ["event", "duplicate", "unreadable"]);

    for delivery in desk.log().await {
        let (status, answer) = resend(&desk, &delivery, &format!("{url}/take?from=desk")).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(
            (&answer["status"], &answer["answer"], &answer["is_cut"]),
            (&json!(200), &json!("taken"), &json!(false))
        );
        assert_eq!(answer["to_itself"], false);
        assert!(answer["took_ms"].is_u64());
    }
    let posted = posted.lock().unwrap();
    let kept = |index: usize| &posted[index].3[..];
    assert_eq!(posted.len(), 3);
    for (method, uri, headers, body) in posted.iter() {
        assert_eq!((method, uri.to_string().as_str()), (&Method::POST, "/take?from=desk"));
        assert!(headers["user-agent"].to_str().unwrap().starts_with("Lysbord/"));
        assert_eq!(headers["x-lysbord-resent"], "1");
        assert!(!String::from_utf8_lossy(body).contains("secret-token"), "secrets stay redacted");
    }
    assert_eq!(kept(0), kept(1), "a repetition is the same");
    assert!(String::from_utf8_lossy(kept(0)).contains("\r\n  \"href\""), "not written anew");
    assert_eq!(kept(2), b"\x00\xffwhat is this?");
    assert_eq!(posted[0].2["content-type"], "application/json; charset=utf-8");
    assert_eq!(posted[2].2.get("content-type"), None, "it came without");
}

#[tokio::test]
async fn whatever_is_answered_is_shown_and_not_followed() {
    let (url, posted) = receiver().await;
    let desk = vouching_for(&url).await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    let delivery = desk.log().await[0].clone();
    let (_, angry) = resend(&desk, &delivery, &format!("{url}/angry")).await;
    assert_eq!((&angry["status"], &angry["answer"]), (&json!(400), &json!("what is this?")));
    let (_, moved) = resend(&desk, &delivery, &format!("{url}/elsewhere")).await;
    assert_eq!((&moved["status"], &moved["answer"]), (&json!(302), &json!("not here")));
    let (_, long) = resend(&desk, &delivery, &format!("{url}/long")).await;
    assert_eq!((&long["is_cut"], text(&long["answer"]).chars().count()), (&json!(true), 32 << 10));
    assert_eq!(posted.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn the_guard_has_the_last_word_and_says_why() {
    let (url, posted) = receiver().await;
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    let delivery = desk.log().await[0].clone();
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for (to, status, words) in [
        (url.as_str(), 422, "private network"),
        ("https://169.254.169.254/latest/meta-data/", 422, "private network"),
        ("http://hooks.example/", 422, "without encryption"),
        ("https://me:word@hooks.example/", 422, "user name"),
        ("file:///etc/passwd", 422, "web address"),
        ("hooks.example", 422, "web address"),
        ("", 422, "web address"),
    ] {
        let (told, problem) = resend(&desk, &delivery, to).await;
        assert_eq!(told.as_u16(), status, "{to}: {problem}");
        assert!(text(&problem["detail"]).contains(words), "{to}: {problem}");
    }
    assert!(posted.lock().unwrap().is_empty());
    let (status, _) = resend(&desk, &json!({"id": 99}), "https://hooks.example/").await;
    assert_eq!(status, StatusCode::NOT_FOUND);

    let desk = vouching_for(&format!("http://{closed}")).await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.caught_up().await;
    let (status, problem) = resend(&desk, &delivery, &format!("http://{closed}/")).await;
    assert_eq!((status.as_u16(), &problem["code"]), (502, &json!("unreachable")));
    assert!(text(&problem["detail"]).contains("could not be reached"), "{problem}");
}

#[tokio::test]
async fn a_name_that_leads_into_the_own_network_is_not_sent_to() {
    struct Home;
    impl reqwest::dns::Resolve for Home {
        fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
            let home: Vec<std::net::SocketAddr> = vec!["127.0.0.1:0".parse().unwrap()];
            Box::pin(async { Ok(Box::new(home.into_iter()) as reqwest::dns::Addrs) })
        }
    }
    let desk = OpenDesk::with(|options| options.fetcher.resolver = Arc::new(Home)).await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    let delivery = desk.log().await[0].clone();
    let (status, problem) = resend(&desk, &delivery, "https://rebind.example/").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(&problem["detail"]).contains("private network"), "{problem}");
}

#[tokio::test]
async fn sent_to_itself_it_says_so_and_the_log_has_a_duplicate_more() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    let delivery = desk.log().await[0].clone();
    let (status, answer) = resend(&desk, &delivery, &desk.hook("ingested")).await;
    assert_eq!((status, &answer["to_itself"], &answer["status"]), (StatusCode::OK, &json!(true), &json!(200)));
    assert_eq!(desk.outcomes().await, ["event", "duplicate"]);
    let beside = desk.hook("ingested").replace("/hooks/", "/other/");
    assert_eq!(resend(&desk, &delivery, &beside).await.0, StatusCode::UNPROCESSABLE_ENTITY, "nothing else of it");
}

#[tokio::test]
async fn nobody_waits_longer_than_the_desk_is_open() {
    let (url, _) = receiver().await;
    let desk = vouching_for(&url).await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    let delivery = desk.log().await[0].clone();
    let slow = format!("{url}/slow");
    let stop = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        desk.desk.stopping().cancel();
    };
    let ((status, problem), ()) = tokio::join!(resend(&desk, &delivery, &slow), stop);
    assert_eq!((status, &problem["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("closing")));
}

#[tokio::test]
async fn a_command_for_the_shell_carries_the_same_body() {
    let desk = OpenDesk::new().await;
    desk.post("ingested", Some("application/json"), about("1", 0, "it's.jpg").to_string()).await;
    let delivery = desk.log().await[0].clone();
    let body = desk.body(&delivery).await;
    let id = &delivery["id"];
    let curl = desk.get(&format!("/api/deliveries/{id}/curl?url=http%3A%2F%2Flocalhost%3A9%2Ftake")).await;
    let command = text(&curl["command"]);
    assert!(command.starts_with("curl ") && command.ends_with("'http://localhost:9/take'"), "{command}");
    assert!(command.contains(&body.replace('\'', r"'\''")), "{command}");
    for (path, status) in [
        (format!("/api/deliveries/{id}/curl?url=file:///etc/passwd"), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("/api/deliveries/{id}/curl"), StatusCode::BAD_REQUEST),
        ("/api/deliveries/99/curl?url=http://localhost/".to_owned(), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(desk.send("GET", &path, &Value::Null).await.status, status, "{path}");
    }
}
