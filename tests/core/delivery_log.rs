//! The log of deliveries, as an integrator reads it.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::desk::{OpenDesk, list, text};
use crate::notice::{about, with_fields};

fn ids(page: &Value) -> Vec<i64> {
    list(&page["items"]).iter().map(|line| line["id"].as_i64().unwrap()).collect()
}

/// Waits until the index of words has everything.
async fn searched(desk: &OpenDesk, query: &str) -> Vec<i64> {
    loop {
        let page = desk.get(&format!("/api/deliveries?query={query}")).await;
        if page["unsearched"] == 0 {
            return ids(&page);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn the_log_is_one_list_whose_length_is_known_and_whose_end_is_a_request_away() {
    let desk = OpenDesk::new().await;
    for number in 0..5 {
        desk.take("ingested", &about(&format!("{number}"), number, "a.jpg")).await;
        desk.post("modified", Some("text/plain"), "what is this").await;
    }
    desk.take("ingested", &about("0", 0, "a.jpg")).await;
    desk.caught_up().await;
    let mut seen = Vec::new();
    for offset in [0, 4, 8] {
        let page = desk.get(&format!("/api/deliveries?limit=4&offset={offset}")).await;
        assert_eq!((&page["total"], &page["offset"]), (&json!(11), &json!(offset)));
        seen.extend(ids(&page));
    }
    assert_eq!(seen.len(), 11);
    assert!(seen.is_sorted_by(|a, b| a > b), "newest first, each once");
    let page = desk.get(&format!("/api/deliveries?limit=4&around={}", seen[5])).await;
    assert_eq!((&page["offset"], ids(&page)), (&json!(4), seen[4..8].to_vec()), "the page that it stands on");
    for (outcome, count) in [("event", 5), ("unreadable", 5), ("duplicate", 1)] {
        let page = desk.get(&format!("/api/deliveries?outcome={outcome}")).await;
        assert_eq!((&page["total"], ids(&page).len()), (&json!(count), count));
        assert!(list(&page["items"]).iter().all(|line| line["outcome"] == outcome));
    }
}

#[tokio::test]
async fn the_log_is_narrowed_by_hook_time_asset_and_words() {
    let desk = OpenDesk::new().await;
    desk.take(
        "ingested",
        &with_fields(about("1", 0, "fjord.jpg"), [("120", json!("Tåke over \u{201c}Kråkøya\u{201d}"))]),
    )
    .await;
    desk.take("modified", &with_fields(about("2", 1, "fjord.jpg"), [("120", json!("Sol over vannet"))])).await;
    desk.take("ingested", &about("3", 2, "other.jpg")).await;
    desk.take("modified", &with_fields(about("2", 1, "fjord.jpg"), [("120", json!("Sol over vannet"))])).await;
    desk.post("any", Some("text/plain"), "no notice at all, but words").await;
    desk.caught_up().await;

    let of = async |query: &str| ids(&desk.get(&format!("/api/deliveries?{query}")).await);
    assert_eq!(of("kind=modified").await, [4, 2]);
    assert_eq!(of("kind=modified&outcome=duplicate").await, [4]);
    assert_eq!(of("kind=deleted").await, [0; 0]);
    let log = desk.log().await;
    let fjord = text(&log[0]["asset_id"]);
    assert_eq!(of(&format!("asset={fjord}")).await, [4, 2, 1], "also what came again");
    assert_eq!(of("asset=nobody").await, [0; 0]);
    let first = text(&log[0]["received_at"]);
    assert_eq!(of(&format!("from={first}&outcome=unreadable")).await, [5]);
    assert_eq!(of(&format!("until={first}")).await, [0; 0]);

    assert_eq!(searched(&desk, "krakoya").await, [1], "letters as people type them");
    assert_eq!(searched(&desk, "sol%20vann").await, [4, 2], "every word, the last one unfinished");
    assert_eq!(searched(&desk, "vann%20sol").await, [0; 0], "only the last one may be unfinished");
    assert_eq!(searched(&desk, "127.0.0.1").await, [5, 4, 3, 2, 1], "the address of the sender");
    assert_eq!(searched(&desk, "notice").await, [5]);
    assert_eq!(searched(&desk, "%3F!").await, [0; 0]);
    for wrong in ["kind=lost", "from=yesterday"] {
        let answer = desk.visit_api(&format!("/api/deliveries?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}

#[tokio::test]
async fn a_line_says_what_changed_who_sent_it_and_how_it_was_answered() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &with_fields(about("1", 0, "a.jpg"), [("120", json!("Old words"))])).await;
    desk.take("modified", &with_fields(about("2", 1, "a.jpg"), [("120", json!("New words"))])).await;
    let log = desk.log().await;
    let line = &log[1];
    assert_eq!((&line["change"], &line["version"], &line["answer"]), (&json!("modified"), &json!(2), &json!(200)));
    assert_eq!(
        line["changed"][0]["pieces"],
        json!([
            {"kind": "removed", "text": "Old"}, {"kind": "added", "text": "New"}, {"kind": "same", "text": " words"}
        ])
    );
    assert!(text(&line["sender"]).starts_with("127.0.0.1:"), "{line}");
    assert!(line["took_us"].as_u64().unwrap() > 0, "{line}");
}

#[tokio::test]
async fn headers_are_kept_but_for_those_that_may_hold_a_secret() {
    let desk = OpenDesk::new().await;
    let secret = desk.desk.secrets.hooks().expose().to_owned();
    let request = reqwest::Client::builder().no_proxy().build().unwrap().post(desk.hook("modified"));
    let request = request
        .header("user-agent", "FotoWare/8.1")
        .header("content-type", "application/json")
        .header("x-request-id", "4711")
        .header("authorization", "Bearer top-secret")
        .header("cookie", "session=top-secret")
        .header("via", format!("1.1 proxy (/hooks/{secret}/modified)"));
    request.body(about("1", 0, "a.jpg").to_string()).send().await.unwrap();
    let log = desk.log().await;
    assert_eq!(log[0]["user_agent"], "FotoWare/8.1");
    let detail = desk.get("/api/deliveries/1").await;
    let headers = detail["headers"].to_string();
    assert!(headers.contains("4711") && headers.contains("application/json"), "{headers}");
    for hidden in ["top-secret", "authorization", "cookie", secret.as_str()] {
        assert!(!headers.contains(hidden), "{headers}");
    }
}

#[tokio::test]
async fn what_came_around_a_delivery_outlives_a_restart() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    let before = desk.log().await;
    let desk = OpenDesk::again(desk.shut_down().await, |_| {}).await;
    assert_eq!(desk.log().await[0]["sender"], before[0]["sender"]);
    assert_eq!(desk.log().await[0]["took_us"], before[0]["took_us"]);
}

#[tokio::test]
async fn from_a_duplicate_one_finds_its_original_and_back() {
    let desk = OpenDesk::new().await;
    for _ in 0..3 {
        desk.take("ingested", &about("1", 0, "a.jpg")).await;
    }
    let log = desk.log().await;
    assert_eq!(log.iter().map(|line| line["original"].clone()).collect::<Vec<_>>(), [Value::Null, json!(1), json!(1)]);
    assert_eq!(log.iter().map(|line| line["repeats"].clone()).collect::<Vec<_>>(), [2, 0, 0]);
    assert_eq!(desk.get("/api/deliveries/1").await["repeated_by"], json!([3, 2]));
    assert_eq!(desk.get("/api/deliveries/3").await["repeated_by"], json!([]));
}

#[tokio::test]
async fn a_broken_body_is_told_where_it_breaks() {
    let desk = OpenDesk::new().await;
    desk.post("modified", Some("application/json"), "{\"data\": {\"søk\": 1 \"x\": 2}}").await;
    desk.post("modified", Some("application/json"), "{\"data\": {\"filename\": \"a.j").await;
    let log = desk.log().await;
    assert_eq!(log[1]["problem"], "the JSON ends too early, at byte 26");
    let broken = &desk.get("/api/deliveries/1").await["broken"];
    assert_eq!(*broken, json!({"byte": 20, "offset": 19, "is_end": false}), "in bytes, and as JavaScript counts");
    assert_eq!(desk.get("/api/deliveries/2").await["broken"], json!({"byte": 26, "offset": 26, "is_end": true}));
}

#[tokio::test]
async fn two_bodies_are_compared_line_by_line() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &with_fields(about("1", 0, "a.jpg"), [("120", json!("Old words"))])).await;
    desk.take("modified", &with_fields(about("1", 0, "a.jpg"), [("120", json!("New words"))])).await;
    desk.caught_up().await;
    let difference = desk.get("/api/deliveries/2/difference?with=1").await;
    let told = difference["hunks"].to_string();
    assert!(told.contains("Old words") && told.contains("New words"), "{told}");
    assert_eq!(desk.get("/api/deliveries/1/difference?with=1").await["hunks"], json!([]));
    assert_eq!(desk.visit_api("/api/deliveries/1/difference?with=9").await.status, StatusCode::NOT_FOUND);
}
