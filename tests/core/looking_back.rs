//! Looking back through the API: a moment is asked for, and everything that is shown is of that moment.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::desk::{OpenDesk, list, rows_of, text};
use crate::notice::{about, in_archive, renamed, with_fields};

const INGESTED: &str = "2026-03-04T12:00:10.000Z";
const RENAMED: &str = "2026-03-04T12:00:20.000Z";
const EDITED: &str = "2026-03-04T12:00:30.000Z";
const DELETED: &str = "2026-03-04T12:00:40.000Z";

/// An asset that is renamed, edited and deleted, and another that comes before the end.
async fn a_small_past() -> OpenDesk {
    let desk = OpenDesk::new().await;
    let caption = |notice: Value, caption: &str| with_fields(notice, [("120", json!(caption))]);
    let uploads = |id, second, name| in_archive("5001-My-Uploads", id, second, name);
    // They come in another order than they happened.
    desk.take("modified", &caption(about("3", 30, "new.jpg"), "A harbour at noon")).await;
    desk.take("ingested", &caption(about("1", 10, "old.jpg"), "A harbour at dawn")).await;
    desk.take("deleted", &caption(about("5", 40, "new.jpg"), "A harbour at noon")).await;
    desk.take("modified", &caption(renamed("2", 20, "old.jpg", "new.jpg"), "A harbour at dawn")).await;
    desk.take("ingested", &caption(uploads("4", 35, "other.jpg"), "A market")).await;
    desk.caught_up().await;
    desk
}

async fn names(desk: &OpenDesk, asked: &str) -> Vec<String> {
    desk.tiles(asked).await.iter().map(|tile| text(&tile["filename"])).collect()
}

#[tokio::test]
async fn the_gallery_is_what_it_was() {
    let desk = a_small_past().await;
    let cases: [(&str, &[&str]); 14] = [
        ("", &["new.jpg", "other.jpg"]),
        ("at=2026-03-04T12:00:09.999Z", &[]),
        (&format!("at={INGESTED}"), &["old.jpg"]),
        ("at=2026-03-04T13:00:10%2B01:00", &["old.jpg"]),
        (&format!("at={RENAMED}"), &["new.jpg"]),
        (&format!("at={RENAMED}&query=event:renamed"), &["new.jpg"]),
        (&format!("at={EDITED}&query=event:renamed"), &[]),
        (&format!("at={EDITED}&query=dawn"), &[]),
        (&format!("at={RENAMED}&query=dawn"), &["new.jpg"]),
        (&format!("at={RENAMED}&query=-noon"), &["new.jpg"]),
        (&format!("at={RENAMED}&query=noon"), &[]),
        (&format!("at={INGESTED}&query=filename:new"), &[]),
        (&format!("at={EDITED}&query=is:deleted"), &[]),
        ("at=2999-01-01T00:00:00Z&archive=My%20Uploads", &["other.jpg"]),
    ];
    for (asked, expected) in cases {
        for sort in ["newest", "name"] {
            assert_eq!(names(&desk, &format!("{asked}&sort={sort}")).await, expected, "{asked}");
            let gallery = desk.get(&format!("/api/gallery?{asked}&sort={sort}&tz=UTC")).await;
            assert_eq!(gallery["total"], expected.len(), "{asked}");
            let ids = desk.get(&format!("/api/assets/ids?{asked}&sort={sort}")).await;
            assert_eq!(list(&ids["ids"]).len(), expected.len(), "{asked}");
        }
    }
    let gallery = desk.get(&format!("/api/gallery?at={RENAMED}&tz=UTC")).await;
    assert_eq!(gallery["groups"], json!([{"key": "2026-03-04", "assets": 1, "events": 2}]));
    let days = names(&desk, &format!("at={EDITED}&query=changed:today&tz=UTC")).await;
    assert_eq!(days, ["new.jpg"], "today is the day that is looked back to");
}

#[tokio::test]
async fn a_span_leaves_the_assets_to_which_something_happened_in_it() {
    let desk = a_small_past().await;
    let cases: [(&str, &[&str]); 9] = [
        (&format!("from={RENAMED}&until={EDITED}"), &["new.jpg"]),
        ("from=2026-03-04T12:00:35Z&until=2026-03-04T12:00:36Z", &["other.jpg"]),
        (&format!("from={EDITED}"), &["new.jpg", "other.jpg"]),
        (&format!("until={RENAMED}"), &["new.jpg"]),
        ("from=2026-03-04T12:00:11Z&until=2026-03-04T12:00:20Z", &[]),
        ("from=2026-03-04T12:00:00Z&until=2026-03-04T13:00:00Z&query=market", &["other.jpg"]),
        (&format!("from={RENAMED}&until={EDITED}&query=is:deleted"), &["new.jpg"]),
        (&format!("from={RENAMED}&until={DELETED}&at={RENAMED}"), &["new.jpg"]),
        (&format!("from={EDITED}&until={DELETED}&at={RENAMED}"), &[]),
    ];
    for (asked, expected) in cases {
        for sort in ["newest", "name"] {
            assert_eq!(names(&desk, &format!("{asked}&sort={sort}")).await, expected, "{asked}");
            let gallery = desk.get(&format!("/api/gallery?{asked}&sort={sort}&tz=UTC")).await;
            assert_eq!(gallery["total"], expected.len(), "{asked}");
        }
    }
    let wrong = desk.ask(Request::get("/api/gallery?from=soon").body(Body::empty()).unwrap()).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_asset_is_what_it_was() {
    let desk = a_small_past().await;
    let id = text(&desk.tiles("").await[0]["id"]);
    let at = async |moment: &str| desk.get(&format!("/api/assets/{id}?at={moment}")).await;
    let then = at(INGESTED).await;
    assert_eq!(
        (&then["filename"], &then["description"], &then["state"]),
        (&json!("old.jpg"), &json!("A harbour at dawn"), &json!("present"))
    );
    assert_eq!((&then["former_names"], &then["version_count"]), (&json!([]), &json!(1)));
    let then = at(EDITED).await;
    assert_eq!((&then["former_names"], &then["version_count"]), (&json!(["old.jpg"]), &json!(3)));
    assert_eq!(
        (&then["state"], &then["changed_at"], list(&then["versions"]).len()),
        (&json!("present"), &json!(EDITED), 3)
    );
    assert_eq!(at(DELETED).await["state"], "deleted");
    assert_eq!(at("2999-01-01T00:00:00Z").await, desk.get(&format!("/api/assets/{id}")).await);

    let get = |path: String| Request::get(path).body(Body::empty()).unwrap();
    for (path, status) in [
        (format!("/api/assets/{id}?at=2026-03-04T12:00:09Z"), StatusCode::NOT_FOUND),
        (format!("/api/assets/{id}?at=yesterday"), StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/gallery?at=12:00".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/sidebar?at=soon".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/histogram?from=soon".to_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        (format!("/api/histogram?from={EDITED}&until={INGESTED}"), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = desk.ask(get(path.clone())).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
    }
}

#[tokio::test]
async fn the_counts_are_what_they_were() {
    let desk = a_small_past().await;
    let counts = async |at: &str| {
        let sidebar = desk.get(&format!("/api/sidebar?at={at}")).await;
        ["assets", "events", "present", "deleted"].map(|count| sidebar[count].as_u64().unwrap())
    };
    assert_eq!(counts("2026-03-04T12:00:00Z").await, [0, 0, 0, 0]);
    assert_eq!(counts(RENAMED).await, [1, 2, 1, 0]);
    assert_eq!(counts("2026-03-04T12:00:36Z").await, [2, 4, 2, 0]);
    assert_eq!(counts(DELETED).await, [2, 5, 1, 1]);
    let now = desk.get("/api/sidebar").await;
    assert_eq!(desk.get("/api/sidebar?at=2999-01-01T00:00:00Z").await, now);
}

#[tokio::test]
async fn the_strip_of_time_counts_what_happened_when() {
    let desk = a_small_past().await;
    let told = desk.get("/api/histogram?buckets=3").await;
    assert_eq!((&told["first"], &told["last"]), (&json!(INGESTED), &json!(DELETED)));
    assert_eq!((&told["from"], &told["until"]), (&json!(INGESTED), &json!("2026-03-04T12:00:40.003Z")));
    assert_eq!((&told["bucket_ms"], &told["counts"]), (&json!(10_001), &json!([2, 1, 2])));
    let part = desk.get("/api/histogram?buckets=2&from=2026-03-04T00:00:00Z&until=2026-03-05T00:00:00Z").await;
    assert_eq!((&part["bucket_ms"], &part["counts"]), (&json!(43_200_000), &json!([0, 5])));
    let empty = OpenDesk::new().await.get("/api/histogram").await;
    assert_eq!((&empty["first"], &empty["from"], &empty["counts"]), (&Value::Null, &Value::Null, &json!([])));
}

#[tokio::test]
async fn an_export_is_of_the_moment_that_is_shown() {
    let desk = a_small_past().await;
    let id = text(&desk.tiles("").await[0]["id"]);
    let export = async |what: &str, scope: Value| {
        let job = desk.send("POST", "/api/exports", &json!({"what": what, "scope": scope})).await.json();
        let id = text(&job["id"]);
        while desk.get(&format!("/api/exports/{id}")).await["state"] == "running" {
            tokio::task::yield_now().await;
        }
        let file = Request::get(format!("/api/exports/{id}/file")).body(Body::empty()).unwrap();
        rows_of(&desk.ask(file).await.text())
    };
    let all = json!({"kind": "all", "at": RENAMED});
    let assets = export("assets", all.clone()).await;
    assert_eq!(assets.len(), 1);
    assert_eq!((assets[0]["filename"].as_str(), assets[0]["version_count"].as_str()), ("new.jpg", "2"));
    assert_eq!(assets[0]["description"], "A harbour at dawn");
    assert_eq!(export("events", all.clone()).await.len(), 2);
    assert_eq!(export("changes", all).await.len(), 1);
    let search = json!({"kind": "search", "query": "dawn", "at": INGESTED});
    assert_eq!(export("assets", search.clone()).await[0]["filename"], "old.jpg");
    assert_eq!(export("events", search).await.len(), 1);
    let span = json!({"kind": "search", "from": "2026-03-04T12:00:35Z", "until": "2026-03-04T12:00:36Z"});
    let changed = export("assets", span).await;
    assert_eq!((changed.len(), changed[0]["filename"].as_str()), (1, "other.jpg"), "a span narrows an export");
    let selection = json!({"kind": "selection", "ids": [id], "at": DELETED});
    assert_eq!(export("assets", selection.clone()).await[0]["state"], "deleted");
    assert_eq!(export("events", selection).await.len(), 4);
    let early = json!({"kind": "selection", "ids": [id], "at": "2026-03-04T12:00:00Z"});
    assert_eq!(export("assets", early).await.len(), 0, "what was not there yet is left out");
    let wrong =
        desk.send("POST", "/api/exports", &json!({"what": "assets", "scope": {"kind": "all", "at": "soon"}})).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}
