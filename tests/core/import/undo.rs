//! An import that is taken back leaves the library as though it had never been.

use axum::http::StatusCode;
use lysbord_core::clock::Timestamp;
use lysbord_core::export::What;
use lysbord_core::fotoware::HookKind;
use lysbord_core::library::{ImportId, Incoming};
use serde_json::{Value, json};

use crate::desk::{NOON, OpenDesk, Row};
use crate::notice::{about, renamed, wrapped};

/// Imports notices, each with the hook it came by.
async fn import(desk: &OpenDesk, notices: &[(HookKind, Value)]) -> ImportId {
    let import = desk.desk.library.begin_import("saved".to_owned(), NOON).await.unwrap();
    for (hook, notice) in notices {
        let body = notice.to_string();
        let incoming = Incoming::new(*hook, None, body.as_bytes(), Timestamp(NOON.0 + 60_000)).unwrap();
        desk.desk.library.take_in(incoming.imported(import)).await.unwrap();
    }
    desk.desk.library.end_import(import, NOON).await.unwrap();
    desk.caught_up().await;
    import
}

async fn take_back(desk: &OpenDesk, import: ImportId) -> StatusCode {
    let answer = desk.send("DELETE", &format!("/api/imports/{}", import.0), &Value::Null).await;
    desk.caught_up().await;
    answer.status
}

/// All that is shown, but for the numbers of deliveries.
#[derive(Debug, PartialEq)]
struct Shown {
    rows: Vec<Vec<Row>>,
    sidebar: Value,
    found: Vec<String>,
    histogram: Value,
    decisions: Value,
}

/// An answer without the number of the library's revision.
async fn told(desk: &OpenDesk, path: &str) -> Value {
    let mut answer = desk.get(path).await;
    if let Some(members) = answer.as_object_mut() {
        members.remove("revision");
    }
    answer
}

async fn shown(desk: &OpenDesk) -> Shown {
    let mut rows = Vec::new();
    for what in [What::Assets, What::Events, What::Changes] {
        let mut of = desk.rows(what).await;
        for row in &mut of {
            row.remove("delivery_id");
        }
        rows.push(of);
    }
    Shown {
        rows,
        sidebar: told(desk, "/api/sidebar").await,
        found: desk.found("jpg").await,
        histogram: told(desk, "/api/histogram").await,
        decisions: desk.get("/api/decisions").await,
    }
}

/// What is shown, which a rebuild has to show too; and nothing is wrong with the library.
async fn shown_and_sound(desk: &OpenDesk) -> Shown {
    let before = shown(desk).await;
    desk.desk.library.rebuild().await.unwrap();
    desk.caught_up().await;
    assert_eq!(shown(desk).await, before, "a rebuild shows something else");
    let checkup = lysbord_core::library::check_up(&desk.desk.folder).unwrap();
    assert!(checkup.faults.is_empty(), "{:?}", checkup.faults);
    before
}

#[tokio::test]
async fn what_an_import_brought_is_gone_with_it_and_comes_again_with_another() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.take("modified", &wrapped(about("2", 10, "a.jpg"), "updateMetadata")).await;
    desk.take("ingested", &about("3", 0, "other.jpg")).await;
    desk.caught_up().await;
    let before = shown_and_sound(&desk).await;
    let brought = [
        (HookKind::Ingested, about("1", 0, "a.jpg")),
        (HookKind::Modified, renamed("4", 5, "a.jpg", "b.jpg")),
        (HookKind::Modified, renamed("5", 20, "other.jpg", "b.jpg")),
        (HookKind::Deleted, about("6", 30, "a.jpg")),
        (HookKind::Ingested, about("7", 2, "c.jpg")),
        (HookKind::Ingested, json!({"nothing": "that can be read"})),
    ];

    let first = import(&desk, &brought).await;
    let with_import = shown_and_sound(&desk).await;
    assert_ne!(with_import, before);
    let listed = desk.get("/api/imports").await;
    let line = &listed["items"][0];
    let counts = (&line["events"], &line["duplicates"], &line["unreadable"]);
    assert_eq!(counts, (&json!(4), &json!(1), &json!(1)), "{listed}");

    assert_eq!(take_back(&desk, first).await, StatusCode::NO_CONTENT);
    assert_eq!(shown_and_sound(&desk).await, before);
    assert_eq!(desk.outcomes().await, ["event"; 3]);
    assert_eq!(desk.get("/api/imports").await["items"], json!([]));
    assert_eq!(take_back(&desk, first).await, StatusCode::NOT_FOUND);

    let second = import(&desk, &brought).await;
    assert_ne!(second, first, "no number is given twice");
    assert_eq!(shown_and_sound(&desk).await, with_import);
    desk.shut_down().await;
}

#[tokio::test]
async fn what_came_by_itself_as_well_stays() {
    let desk = OpenDesk::new().await;
    let notice = about("1", 0, "a.jpg");
    let import = import(&desk, &[(HookKind::Ingested, notice.clone())]).await;
    desk.take("ingested", &notice).await;
    desk.take("ingested", &notice).await;
    desk.caught_up().await;
    assert_eq!(desk.outcomes().await, ["event", "duplicate", "duplicate"]);

    assert_eq!(take_back(&desk, import).await, StatusCode::NO_CONTENT);
    assert_eq!(desk.outcomes().await, ["event", "duplicate"]);
    shown_and_sound(&desk).await;
    assert_eq!(desk.only_asset().await["filename"], "a.jpg");

    desk.take("ingested", &notice).await;
    desk.caught_up().await;
    assert_eq!(desk.outcomes().await, ["event", "duplicate", "duplicate"]);
    desk.shut_down().await;
}

#[tokio::test]
async fn one_import_is_taken_back_and_another_stays() {
    let desk = OpenDesk::new().await;
    let first = import(&desk, &[(HookKind::Ingested, about("1", 0, "a.jpg"))]).await;
    let second = import(
        &desk,
        &[(HookKind::Ingested, about("1", 0, "a.jpg")), (HookKind::Modified, renamed("2", 5, "a.jpg", "b.jpg"))],
    )
    .await;
    assert_eq!(take_back(&desk, first).await, StatusCode::NO_CONTENT);
    assert_eq!(desk.outcomes().await, ["event", "event"], "what both brought is the second one's now");
    shown_and_sound(&desk).await;
    assert_eq!(take_back(&desk, second).await, StatusCode::NO_CONTENT);
    let empty = shown_and_sound(&desk).await;
    assert!(empty.rows.iter().all(Vec::is_empty), "{empty:?}");
    desk.shut_down().await;
}

#[tokio::test]
async fn what_was_decided_about_an_import_goes_with_it() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.caught_up().await;
    let before = shown_and_sound(&desk).await;
    let import =
        import(&desk, &[(HookKind::Ingested, about("2", 5, "b.jpg")), (HookKind::Modified, about("3", 9, "b.jpg"))])
            .await;
    let ids: Vec<Value> = desk.tiles("").await.iter().map(|tile| tile["id"].clone()).collect();
    let joined = desk.send("POST", "/api/assets/join", &json!({ "ids": ids })).await;
    assert_eq!(joined.status, StatusCode::OK, "{}", joined.text());
    assert_eq!(desk.tiles("").await.len(), 1);

    assert_eq!(take_back(&desk, import).await, StatusCode::NO_CONTENT);
    assert_eq!(shown_and_sound(&desk).await, before);
    desk.shut_down().await;
}
