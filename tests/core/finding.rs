//! What helps to find: suggestions, facets, and searches that are kept.

use serde_json::{Value, json};

use crate::desk::OpenDesk;
use crate::notice::{about, in_archive, with_fields};

/// Four assets: two of Ingrid Solberg's, one of them rated, in two archives.
async fn desk() -> OpenDesk {
    let desk = OpenDesk::new().await;
    let words = |nth: i64, archive: &str, byline: &str, keywords: &[&str], rating: Option<u8>, city: &str| {
        let notice = in_archive(archive, &nth.to_string(), nth, &format!("{nth}.jpg"));
        let notice = with_fields(notice, [("80", json!(byline)), ("25", json!(keywords)), ("90", json!(city))]);
        match rating {
            Some(rating) => with_fields(notice, [("320", json!(rating))]),
            None => notice,
        }
    };
    for notice in [
        words(1, "5000-All-files", "Ingrid Solberg", &["harbour", "dawn"], Some(5), "Vardø"),
        words(2, "5000-All-files", "Ingrid Solberg", &["harbour"], None, "New York"),
        words(3, "5001-My-Uploads", "Per Aas", &["market"], Some(3), "New Delhi"),
        words(4, "5001-My-Uploads", "INGRID SOLBERG", &["Harbour"], Some(5), "York"),
    ] {
        desk.take("ingested", &notice).await;
    }
    desk.caught_up().await;
    desk
}

fn coded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn suggested(desk: &OpenDesk, typed: &str) -> (Vec<String>, Vec<String>) {
    let told = desk.get(&format!("/api/suggestions?term={}", coded(typed))).await;
    let terms = |list: &Value, with_count: bool| {
        let told = |one: &Value| match one["assets"].as_u64().filter(|_| with_count) {
            Some(assets) => format!("{} {assets}", one["term"].as_str().unwrap()),
            None => one["term"].as_str().unwrap().to_owned(),
        };
        list.as_array().unwrap().iter().map(told).collect()
    };
    (terms(&told["fields"], false), terms(&told["values"], true))
}

#[tokio::test]
async fn fields_are_suggested_first_and_then_values_with_their_counts() {
    let desk = desk().await;
    let (fields, values) = suggested(&desk, "cit").await;
    assert_eq!((fields[0].as_str(), values.len()), ("city:", 0));
    assert!(fields.contains(&"\"Contact city\":".to_owned()), "a later word of a name counts: {fields:?}");
    assert_eq!(suggested(&desk, "city:").await.1.len(), 4);
    let new = ["city:\"New Delhi\" 1", "city:\"New York\" 1"].map(str::to_owned);
    assert_eq!(suggested(&desk, "-city:\"new").await.1, new);
    assert_eq!(suggested(&desk, "city:york").await.1, ["city:\"New York\" 1", "city:\"York\" 1"]);
    assert_eq!(suggested(&desk, "field:90=v").await.1, ["city:\"Vardø\" 1"]);
    assert_eq!(suggested(&desk, "byline:sol").await.1, ["byline:\"Ingrid Solberg\" 3"]);
    assert_eq!(suggested(&desk, "harb").await.1, ["keywords:\"harbour\" 3"]);
    assert_eq!(suggested(&desk, "is:d").await.1, ["is:deleted"]);
    assert_eq!(suggested(&desk, "nothing:x").await, (Vec::new(), Vec::new()));
    for strange in ["%", "_", "\"", ":", "-", "city:%", "city:_", "\0", "ﷺ"] {
        let (_, values) = suggested(&desk, strange).await;
        assert!(values.len() < 4, "{strange} is no pattern: {values:?}");
    }
}

/// Each suggestion finds as many as it says, also where a site's label means several fields.
#[tokio::test]
async fn a_suggestion_finds_what_it_says() {
    let desk = desk().await;
    for (field, label) in [("90", "Place"), ("95", "Place"), ("110", "Type")] {
        desk.send("PUT", &format!("/api/fields/{field}"), &json!({ "label": label })).await;
    }
    for typed in ["place:", "byline:", "keywords:", "rating:", "archive:", "type:", "new"] {
        let told = desk.get(&format!("/api/suggestions?term={}", coded(typed))).await;
        let values = told["values"].as_array().unwrap();
        assert!(!values.is_empty(), "{typed}");
        for value in values {
            let term = value["term"].as_str().unwrap();
            let found = desk.found(term).await.len() as u64;
            assert!(found >= value["assets"].as_u64().unwrap(), "{term} finds {found}");
        }
    }
    assert!(suggested(&desk, "place:new").await.1[0].starts_with("field:90=\"New"), "Place is two fields");
}

async fn facet(desk: &OpenDesk, query: &str, name: &str) -> Vec<(String, u64)> {
    let told = desk.get(&format!("/api/facets?query={}", coded(query))).await;
    let facets = told["items"].as_array().unwrap().clone();
    let Some(facet) = facets.into_iter().find(|facet| facet["name"] == name) else { return Vec::new() };
    let values = facet["values"].as_array().unwrap().iter();
    values.map(|value| (value["term"].as_str().unwrap().to_owned(), value["assets"].as_u64().unwrap())).collect()
}

fn counts(counts: &[(&str, u64)]) -> Vec<(String, u64)> {
    counts.iter().map(|(term, assets)| ((*term).to_owned(), *assets)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn facets_count_what_the_search_finds_and_follow_what_changes() {
    let desk = desk().await;
    assert_eq!(
        facet(&desk, "", "byline").await,
        counts(&[("byline:\"Ingrid Solberg\"", 3), ("byline:\"Per Aas\"", 1)])
    );
    assert_eq!(facet(&desk, "", "rating").await, counts(&[("rating:5", 2), ("rating:3", 1)]));
    assert_eq!(facet(&desk, "archive:uploads", "byline").await.len(), 2);
    assert_eq!(facet(&desk, "rating:5", "archive").await.len(), 2);
    assert_eq!(facet(&desk, "per", "keyword").await, counts(&[("keywords:\"market\"", 1)]));
    assert_eq!(facet(&desk, "nobody", "byline").await, []);
    for (term, assets) in facet(&desk, "", "keyword").await {
        assert_eq!(desk.found(&term).await.len() as u64, assets, "{term}");
    }

    let mut changed = with_fields(about("9", 1, "1.jpg"), [("80", json!("Per Aas"))]);
    changed["created"] = "2026-03-04T12:00:09Z".into();
    desk.take("modified", &changed).await;
    desk.caught_up().await;
    let expected = counts(&[("byline:\"Ingrid Solberg\"", 2), ("byline:\"Per Aas\"", 2)]);
    assert_eq!(facet(&desk, "", "byline").await, expected);
    assert_eq!(facet(&desk, "jpg", "byline").await, expected);
    desk.desk.library.rebuild().await.unwrap();
    assert_eq!(facet(&desk, "", "byline").await, expected);
    assert_eq!(facet(&desk, "jpg", "byline").await, expected);
}

#[tokio::test]
async fn searches_are_kept_in_their_order_with_how_many_they_find() {
    let desk = desk().await;
    let search = |name: &str, query: &str| json!({ "name": name, "query": query });
    let items = json!({ "items": [
        search("Five stars", "rating:5"),
        { "name": " Uploads ", "query": "", "archive": "My Uploads", "state": "present", "notify": true },
    ] });
    let kept = desk.send("PUT", "/api/searches", &items).await;
    assert_eq!(kept.status, 200, "{}", kept.text());
    let told = desk.get("/api/searches").await;
    let found: Vec<_> =
        told["items"].as_array().unwrap().iter().map(|one| (one["name"].clone(), one["assets"].clone())).collect();
    assert_eq!(found, [(json!("Five stars"), json!(2)), (json!("Uploads"), json!(2))]);
    assert_eq!(
        (told["items"][1]["notify"].clone(), told["items"][1]["state"].clone()),
        (json!(true), json!("present"))
    );

    for wrong in [
        json!({ "items": [search(" ", "a")] }),
        json!({ "items": [search(&"x".repeat(81), "a")] }),
        json!({ "items": [{ "name": "a", "query": "", "state": "gone" }] }),
        json!({ "items": vec![search("a", "b"); 51] }),
    ] {
        assert_eq!(desk.send("PUT", "/api/searches", &wrong).await.status, 422);
    }
    assert_eq!(desk.get("/api/searches").await, told, "what is refused changes nothing");
}
