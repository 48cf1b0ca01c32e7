//! The browser's door: who may ask, under which name, and from which page.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use lysbord_core::api::browser_auth::guarded;
use serde_json::json;

use crate::desk::{Answer, OpenDesk, ask};
use crate::notice::about;

const AT: &str = "127.0.0.1:7475";

/// The API and a page beside it, as `lysbord serve` shows them at an address.
struct BrowserAuth {
    desk: OpenDesk,
    router: Router,
    token: String,
}

impl BrowserAuth {
    async fn at(at: &str) -> Self {
        let desk = OpenDesk::new().await;
        let page = Router::new().route("/", get(async || "the page")).merge(desk.api.clone());
        let router = guarded(page, at.parse::<SocketAddr>().unwrap(), desk.desk.secrets.clone());
        Self { router, token: desk.desk.secrets.token().expose().to_owned(), desk }
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        ask(&self.router, request.body(Body::from("{}")).unwrap()).await
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

#[tokio::test]
async fn without_the_token_there_is_nothing_to_see() {
    let browser_auth = BrowserAuth::at(AT).await;
    let wrong = "0".repeat(32);
    let near = format!("{}{}", &browser_auth.token[..31], if browser_auth.token.ends_with('0') { '1' } else { '0' });
    let bare = browser_auth.token.clone();
    let bearers = [
        None,
        Some(String::new()),
        Some(format!("Bearer {wrong}")),
        Some(format!("Bearer {near}")),
        Some(format!("Bearer {}", &browser_auth.token[..31])),
        Some(format!("Basic {bare}")),
        Some(bare),
        Some("Bearer ".to_owned()),
    ];
    for bearer in bearers {
        for (method, path) in [
            ("GET", "/api/assets"),
            ("GET", "/api/openapi.json"),
            ("GET", "/api/status"),
            ("PUT", "/api/settings"),
            ("POST", "/api/settings/renew-secret"),
            ("GET", "/api/nothing"),
        ] {
            let mut headers = vec![("host", AT), ("cookie", "lysbord_7474=x; token=x")];
            headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
            let answer = browser_auth.ask(method, path, &headers).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path} {bearer:?}");
            assert_eq!(answer.header("content-type"), "application/problem+json");
            assert_eq!(answer.json()["code"], "token_needed");
        }
        assert_eq!(browser_auth.ask("GET", "/", &[("host", AT)]).await.status, StatusCode::UNAUTHORIZED);
    }
    let bearer = browser_auth.bearer();
    assert_eq!(
        browser_auth.ask("GET", "/api/assets", &[("host", AT), ("authorization", &bearer)]).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_name_that_somebody_points_here_is_refused() {
    let browser_auth = BrowserAuth::at(AT).await;
    let bearer = browser_auth.bearer();
    for host in [
        "evil.example",
        "evil.example:7475",
        "127.0.0.1.evil.example:7475",
        "localhost.evil.example:7475",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1:7474",
        "127.0.0.2:7475",
        "0.0.0.0:7475",
        "[::1]:7475",
        "192.168.0.9:7475",
        "127.0.0.1:7475@evil.example",
        "evil.example#127.0.0.1:7475",
        "",
    ] {
        for path in ["/", "/api/assets", "/api/openapi.json", &format!("/?token={}", browser_auth.token)] {
            let answer = browser_auth.ask("GET", path, &[("host", host), ("authorization", &bearer)]).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{host} {path}");
            assert_eq!(answer.header("set-cookie"), "");
        }
    }
    assert_eq!(
        browser_auth.ask("GET", "/api/assets", &[("authorization", &bearer)]).await.status,
        StatusCode::MISDIRECTED_REQUEST
    );
    for host in [AT, "localhost:7475", "LOCALHOST:7475"] {
        let answer = browser_auth.ask("GET", "/api/assets", &[("host", host), ("authorization", &bearer)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn another_page_may_neither_read_nor_act() {
    let browser_auth = BrowserAuth::at(AT).await;
    let bearer = browser_auth.bearer();
    for origin in [
        "https://evil.example",
        "http://evil.example:7475",
        "null",
        "http://127.0.0.1:7474",
        "https://127.0.0.1:7475",
        "http://127.0.0.1:7475.evil.example",
        "file://",
        "",
    ] {
        for (method, path) in
            [("GET", "/api/assets"), ("PUT", "/api/settings"), ("POST", "/api/demo"), ("OPTIONS", "/api/assets")]
        {
            let headers = [("host", AT), ("origin", origin), ("authorization", &bearer)];
            let answer = browser_auth.ask(method, path, &headers).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{origin} {method} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), "");
        }
    }
    // A form on another page sends no Origin in old browsers, but says where it comes from.
    for site in ["cross-site", "same-site"] {
        let headers = [("host", AT), ("sec-fetch-site", site), ("authorization", &bearer)];
        assert_eq!(
            browser_auth.ask("POST", "/api/settings/renew-secret", &headers).await.status,
            StatusCode::MISDIRECTED_REQUEST
        );
    }
    let own = [("host", AT), ("origin", "http://127.0.0.1:7475"), ("authorization", &*bearer)];
    let answer = browser_auth.ask("GET", "/api/assets", &own).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("access-control-allow-origin"), "", "and no other page is ever allowed");
}

#[tokio::test]
async fn the_link_that_is_printed_becomes_a_cookie() {
    let browser_auth = BrowserAuth::at(AT).await;
    let wrong = browser_auth.ask("GET", &format!("/?token={}", "0".repeat(32)), &[("host", AT)]).await;
    assert_eq!((wrong.status, wrong.header("set-cookie")), (StatusCode::UNAUTHORIZED, ""));

    let let_in = browser_auth.ask("GET", &format!("/?token={}", browser_auth.token), &[("host", AT)]).await;
    assert_eq!((let_in.status, let_in.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(let_in.header("referrer-policy"), "no-referrer");
    let cookie = let_in.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let pair = cookie.split(';').next().unwrap();
    assert!(pair.starts_with("lysbord_7475="), "another Lysbord beside it has a cookie of its own");
    let among_others = format!("a=b; {pair}; c=d");
    for path in ["/", "/api/assets"] {
        let answer = browser_auth.ask("GET", path, &[("host", AT), ("cookie", &among_others)]).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!((answer.header("x-content-type-options"), answer.header("x-frame-options")), ("nosniff", "DENY"));
    }
    let renamed = pair.replace("lysbord_7475", "lysbord_74751");
    assert_eq!(
        browser_auth.ask("GET", "/", &[("host", AT), ("cookie", &renamed)]).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_door_to_the_home_network_opens_for_its_own_address_only() {
    let browser_auth = BrowserAuth::at("192.168.0.9:7475").await;
    let bearer = browser_auth.bearer();
    for (host, status) in [
        ("192.168.0.9:7475", StatusCode::OK),
        ("localhost:7475", StatusCode::MISDIRECTED_REQUEST),
        ("127.0.0.1:7475", StatusCode::MISDIRECTED_REQUEST),
        ("nas.local:7475", StatusCode::MISDIRECTED_REQUEST),
    ] {
        let answer = browser_auth.ask("GET", "/api/status", &[("host", host), ("authorization", &bearer)]).await;
        assert_eq!(answer.status, status, "{host}");
    }
    let browser_auth = BrowserAuth::at("[::1]:7475").await;
    let bearer = browser_auth.bearer();
    let answer = browser_auth.ask("GET", "/api/status", &[("host", "[::1]:7475"), ("authorization", &bearer)]).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn the_hook_secret_opens_no_door_and_the_token_no_hook() {
    let browser_auth = BrowserAuth::at(AT).await;
    let hook = format!("Bearer {}", browser_auth.desk.desk.secrets.hooks().expose());
    let answer = browser_auth.ask("GET", "/api/assets", &[("host", AT), ("authorization", &hook)]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let url = browser_auth
        .desk
        .hook("ingested")
        .replace(browser_auth.desk.desk.secrets.hooks().expose(), &browser_auth.token);
    assert_eq!(browser_auth.desk.visit(&url).await.status, StatusCode::NOT_FOUND);
}

/// Starts, is watched, fetched and cancelled as the browser does it.
#[tokio::test]
async fn a_browser_exports_and_downloads() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.caught_up().await;
    let wanted = json!({"what": "assets", "bom": true, "scope": {"kind": "search", "query": "a.jpg"}});
    let started = desk.send("POST", "/api/exports", &wanted).await;
    assert_eq!(started.status, StatusCode::CREATED);
    let job = format!("/api/exports/{}", started.json()["id"].as_str().unwrap());
    let done = loop {
        let job = desk.get(&job).await;
        if job["state"] != "running" {
            break job;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(
        (&done["state"], &done["rows"], &done["file_name"]),
        (&json!("done"), &json!(1), &json!("lysbord-a-jpg-2026-03-04.csv"))
    );
    let file = desk.ask(Request::get(format!("{job}/file")).body(Body::empty()).unwrap()).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"lysbord-a-jpg-2026-03-04.csv\"; filename*=UTF-8''lysbord%2Da%2Djpg%2D2026%2D03%2D04%2Ecsv"
    );
    assert_eq!(file.body.len() as u64, done["bytes"].as_u64().unwrap());
    assert!(file.text().starts_with("\u{feff}asset_id,") && file.text().contains(",a.jpg,"));
    let again = desk.ask(Request::get(format!("{job}/file")).body(Body::empty()).unwrap()).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "a browser that has it all leaves no file behind");
    assert_eq!(std::fs::read_dir(desk.desk.folder.exports()).unwrap().count(), 0);
    let late = desk.send("DELETE", &job, &json!({})).await;
    assert_eq!(late.json()["state"], "done", "what is done is not undone");
}
