//! Where the user has a word: assets joined and split, and fields by his own names.

use axum::http::StatusCode;
use lysbord_core::export::What;
use serde_json::{Value, json};

use crate::desk::{OpenDesk, list, text};
use crate::notice::{about, renamed, with_fields};

/// Two assets of which a person knows that they are one: the rename between them never came.
async fn apart() -> (OpenDesk, String, String) {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 1, "a.jpg")).await;
    desk.take("modified", &renamed("3", 3, "b.jpg", "c.jpg")).await;
    desk.caught_up().await;
    let first = text(&desk.found_by_name("a.jpg").await["id"]);
    let second = text(&desk.found_by_name("c.jpg").await["id"]);
    (desk, first, second)
}

async fn joined(desk: &OpenDesk, ids: &[&str]) -> String {
    let answer = desk.send("POST", "/api/assets/join", &json!({ "ids": ids })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    text(&answer.json()["id"])
}

async fn decisions(desk: &OpenDesk) -> Vec<Value> {
    list(&desk.get("/api/decisions").await["items"])
}

fn kinds(version: &Value) -> Vec<String> {
    list(&version["notes"]).iter().map(|note| text(&note["kind"])).collect()
}

#[tokio::test]
async fn what_is_joined_stays_joined_through_a_rebuild_until_it_is_taken_back() {
    let (desk, first, second) = apart().await;
    assert_eq!(joined(&desk, &[&second, &first]).await, first, "the one that was there first takes in the other");
    for _ in 0..2 {
        let asset = desk.only_asset().await;
        assert_eq!(asset["version_count"], 2);
        assert_eq!(asset["former_names"], json!(["a.jpg"]));
        let versions = list(&asset["versions"]);
        assert!(kinds(&versions[0]).contains(&"joined".to_owned()));
        assert!(kinds(&versions[0]).contains(&"gap".to_owned()), "it was called b.jpg, and nobody told");
        assert!(!kinds(&versions[1]).contains(&"joined".to_owned()));
        assert_eq!(desk.found("filename:a.jpg").await, ["c.jpg"]);
        desk.desk.library.rebuild().await.unwrap();
    }
    let decided = decisions(&desk).await;
    assert_eq!(decided[0]["kind"], "join");
    assert_eq!(decided[0]["asset_ids"], json!([first]));
    assert!(text(&decided[0]["words"]).contains("a.jpg"));

    // What comes later belongs to the joined asset, under either name.
    desk.take("modified", &about("4", 4, "c.jpg")).await;
    desk.caught_up().await;
    assert_eq!(desk.only_asset().await["version_count"], 3);

    let undo = format!("/api/decisions/{}", decided[0]["id"]);
    assert_eq!(desk.send("DELETE", &undo, &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(desk.send("DELETE", &undo, &Value::Null).await.status, StatusCode::NOT_FOUND);
    assert!(decisions(&desk).await.is_empty());
    assert_eq!(desk.found("").await, ["a.jpg", "c.jpg"]);
    assert_eq!(text(&desk.found_by_name("c.jpg").await["id"]), second, "each has its id again");
}

#[tokio::test]
async fn a_split_makes_two_and_says_which() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 1, "cover.jpg")).await;
    desk.take("ingested", &with_fields(about("2", 2, "cover.jpg"), [("25", json!(["april"]))])).await;
    desk.take("modified", &with_fields(about("3", 3, "cover.jpg"), [("25", json!(["april", "print"]))])).await;
    desk.caught_up().await;
    let asset = desk.only_asset().await;
    let id = text(&asset["id"]);
    let events: Vec<String> = list(&asset["versions"]).iter().map(|version| text(&version["event_id"])).collect();

    let cut = |event: &str| (format!("/api/assets/{id}/split"), json!({ "event_id": event }));
    let (path, body) = cut(&events[2]);
    assert_eq!(desk.send("POST", &path, &body).await.status, StatusCode::UNPROCESSABLE_ENTITY, "the first step");
    let (path, body) = cut("0123");
    assert_eq!(desk.send("POST", &path, &body).await.status, StatusCode::UNPROCESSABLE_ENTITY, "no step of it");

    let revision = desk.desk.library.change_feed().current();
    let (path, body) = cut(&events[1]);
    let answer = desk.send("POST", &path, &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let ids: Vec<String> = list(&answer.json()["ids"]).iter().map(text).collect();
    assert_eq!(ids[0], id);
    let told = desk.desk.library.change_feed().changed_since(revision).unwrap();
    assert!(ids.iter().all(|id| told.contains(id)), "the page is told of both");
    for _ in 0..2 {
        assert_eq!(desk.get(&format!("/api/assets/{}", ids[0])).await["version_count"], 1);
        assert_eq!(desk.get(&format!("/api/assets/{}", ids[1])).await["version_count"], 2);
        desk.desk.library.rebuild().await.unwrap();
    }
    assert_eq!(decisions(&desk).await[0]["asset_ids"], json!(ids));

    assert_eq!(joined(&desk, &[&ids[0], &ids[1]]).await, id, "joining takes a split back as well");
    assert_eq!(desk.only_asset().await["version_count"], 3);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_in_words() {
    let (desk, first, _) = apart().await;
    for (ids, status) in [
        (json!([first]), StatusCode::UNPROCESSABLE_ENTITY),
        (json!([first, first]), StatusCode::UNPROCESSABLE_ENTITY),
        (json!([first, "gone"]), StatusCode::NOT_FOUND),
    ] {
        let answer = desk.send("POST", "/api/assets/join", &json!({ "ids": ids })).await;
        assert_eq!(answer.status, status, "{}", answer.text());
        assert!(text(&answer.json()["detail"]).ends_with('.'));
    }
    let mut elsewhere = about("9", 9, "x.jpg");
    elsewhere["href"] = "https://other.example/fotoweb/archives/1-A/x.jpg.info".into();
    desk.take("ingested", &elsewhere).await;
    desk.caught_up().await;
    let other = text(&desk.found_by_name("x.jpg").await["id"]);
    let answer = desk.send("POST", "/api/assets/join", &json!({ "ids": [first, other] })).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "one site knows nothing of another's assets");
    assert!(decisions(&desk).await.is_empty());
}

#[tokio::test]
async fn a_field_has_the_users_name_everywhere() {
    let desk = OpenDesk::new().await;
    let fields = [("25", json!(["boats"])), ("571", json!("2026"))];
    desk.take("ingested", &with_fields(about("1", 1, "a.jpg"), fields)).await;
    desk.take("modified", &with_fields(about("2", 2, "a.jpg"), [("25", json!(["dawn"]))])).await;
    desk.caught_up().await;

    let answer = desk.send("PUT", "/api/fields/25", &json!({ "label": " Subjects " })).await;
    assert_eq!(
        answer.json(),
        json!({ "id": 25, "label": "Subjects", "default_label": "Keywords", "given": "Subjects", "used": 0 })
    );
    let fields = list(&desk.get("/api/fields").await["items"]);
    let of = |id: u32| fields.iter().find(|field| field["id"] == id).unwrap().clone();
    assert_eq!((&of(25)["label"], &of(25)["used"]), (&json!("Subjects"), &json!(1)));
    assert_eq!(of(120), json!({ "id": 120, "label": "Caption", "default_label": "Caption", "given": null, "used": 0 }));
    desk.desk.library.rebuild().await.unwrap();
    assert_eq!(list(&desk.only_asset().await["versions"])[0]["changes"][0]["label"], "Subjects");
    assert!(desk.rows(What::Assets).await[0].contains_key("25 Subjects"));
    assert_eq!(desk.rows(What::Changes).await[0]["field_label"], "Subjects");

    desk.send("PUT", "/api/fields/25", &json!({ "label": null })).await;
    assert!(desk.rows(What::Assets).await[0].contains_key("25 Keywords"));
    let too_long = desk.send("PUT", "/api/fields/25", &json!({ "label": "x".repeat(121) })).await;
    assert_eq!(too_long.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_field_of_the_sites_own_can_be_named_once_it_was_met() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &with_fields(about("1", 1, "a.jpg"), [("571", json!("2026"))])).await;
    desk.caught_up().await;
    let fields = list(&desk.get("/api/fields").await["items"]);
    assert!(fields.iter().any(|field| field["id"] == 571 && field["label"] == "Field 571"));
}

#[tokio::test]
async fn a_change_of_words_comes_in_pieces_and_odd_steps_with_notes() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &with_fields(about("1", 1, "a.jpg"), [("120", json!("Boats at noon"))])).await;
    let edited = with_fields(about("2", 2, "a.jpg"), [("120", json!("Boats at dawn"))]);
    desk.take("modified", &edited).await;
    desk.take("modified", &edited).await;
    desk.clock.advance(14 * 60_000);
    desk.take("modified", &renamed("4", 4, "a.jpg", "b.jpg")).await;
    desk.caught_up().await;
    let versions =
        list(&desk.get(&format!("/api/assets/{}", text(&desk.found_by_name("b.jpg").await["id"]))).await["versions"]);
    let edit = versions
        .iter()
        .find(|version| version["changes"][0]["id"] == 120 && version["changes"][0]["new"] == json!(["Boats at dawn"]));
    let edit = edit.unwrap_or(&Value::Null);
    assert_eq!(
        edit["changes"][0]["pieces"],
        json!([
            { "kind": "same", "text": "Boats at " },
            { "kind": "removed", "text": "noon" },
            { "kind": "added", "text": "dawn" }
        ])
    );
    assert_eq!(edit["changes"][0]["property"], Value::Null);
    assert_eq!(edit["notes"], json!([{ "kind": "sent_again", "times": 1 }]));
    let rename = versions.iter().find(|version| version["previous_name"] == "a.jpg").unwrap();
    assert_eq!(rename["changes"][0]["property"], "filename");
    assert_eq!(rename["notes"][0], json!({ "kind": "late", "seconds": 836 }));
}
