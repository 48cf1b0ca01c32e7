//! The list of everything that happened: in order, in pages, by every filter.

use std::collections::BTreeSet;

use lysbord_demo::{Site, stories};
use serde_json::{Value, json};

use crate::desk::{NOON, OpenDesk, list, text};
use crate::notice::{about, in_archive, renamed, with_fields, with_pictures, wrapped};
use crate::renditions::archive::{Archive, picture};
use crate::renditions::drawn::jpeg;

async fn names(desk: &OpenDesk, filter: &str) -> Vec<String> {
    list(&desk.get(&format!("/api/events?{filter}")).await["items"])
        .iter()
        .map(|line| text(&line["filename"]))
        .collect()
}

/// Whether a filter should leave a line.
type Leaves = Box<dyn Fn(&Value) -> bool>;

/// Every line that a filter leaves, page by page.
async fn all(desk: &OpenDesk, filter: &str, limit: usize) -> Vec<Value> {
    let (mut lines, mut before) = (Vec::new(), String::new());
    loop {
        let page = desk.get(&format!("/api/events?{filter}&limit={limit}{before}")).await;
        let items = list(&page["items"]);
        assert!(items.len() <= limit);
        lines.extend(items);
        let Some(next) = page["next"].as_str() else { return lines };
        before = format!("&before={next}");
    }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn a_line_tells_what_happened_and_what_it_changed() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &in_archive("5001-My-Uploads", "1", 0, "DSC_1.jpg")).await;
    desk.take("modified", &wrapped(with_fields(about("2", 1, "DSC_1.jpg"), [("120", json!("Kai"))]), "updateMetadata"))
        .await;
    desk.take("modified", &with_fields(renamed("3", 2, "DSC_1.jpg", "kai.jpg"), [("120", json!("Kai"))])).await;
    desk.take("deleted", &about("4", 3, "kai.jpg")).await;
    desk.pictures_settled().await;

    let page = desk.get("/api/events").await;
    let lines = list(&page["items"]);
    assert_eq!(page["next"], Value::Null);
    let told: Vec<_> = lines.iter().map(|line| (text(&line["change"]), line["version"].as_u64().unwrap())).collect();
    let expected = [("deleted", 3), ("renamed", 3), ("metadata", 2), ("ingested", 1)];
    assert_eq!(told, expected.map(|(change, version)| (change.to_owned(), version)));
    assert_eq!(lines[1]["previous_name"], "DSC_1.jpg");
    let piece = |kind: &str, text: &str| json!({"kind": kind, "text": text});
    let change = |id: Value, key: &str, label: &str, pieces: Value| json!({"id": id, "key": key, "label": label, "is_list": false, "pieces": pieces});
    let renamed = json!([piece("removed", "DSC_1.jpg"), piece("added", "kai.jpg")]);
    assert_eq!(lines[1]["changed"], json!([change(Value::Null, "filename", "File name", renamed)]));
    assert_eq!(lines[2]["changed"][0]["key"], "archive");
    assert_eq!(lines[2]["changed"][1], change(json!(120), "120", "Caption", json!([piece("added", "Kai")])));
    assert_eq!((&lines[0]["changed"], &lines[0]["kind"]), (&json!([]), &json!("deleted")));
    assert_eq!(lines[0]["thumbnail"]["reason"], "no picture was offered");
    let versions = list(&desk.only_asset().await["versions"]);
    for (line, version) in lines.iter().zip(&versions) {
        for key in ["event_id", "delivery_id", "created_at", "received_at", "operation", "kind", "title"] {
            assert_eq!(line[key], version[key], "{key}: a line opens the asset at that step");
        }
    }

    let choices = desk.get("/api/events/choices").await;
    assert_eq!(choices["kinds"], json!(["deleted", "ingested", "modified"]));
    assert_eq!(choices["operations"], json!(["rename", "updateMetadata"]));
    assert_eq!(choices["changes"], json!(["deleted", "ingested", "metadata", "renamed"]));
    assert_eq!(choices["archives"], json!(["All files", "My Uploads"]));
    let keys: Vec<_> = list(&choices["fields"]).iter().map(|field| text(&field["key"])).collect();
    assert_eq!(keys, ["archive", "filename", "120"]);
}

#[tokio::test]
async fn every_filter_leaves_what_it_says_and_pages_are_slices_of_one_order() {
    let desk = OpenDesk::new().await;
    let site = Site::new("https://dam.example", 1);
    for step in stories(1, 40, NOON) {
        desk.take(step.kind().as_str(), &step.body(&site, NOON)).await;
    }
    desk.pictures_settled().await;

    let everything = all(&desk, "", 500).await;
    let order: Vec<_> = everything.iter().map(|line| text(&line["created_at"])).collect();
    assert!(order.is_sorted_by(|a, b| a >= b), "newest first");
    assert_eq!(everything.len() as u64, desk.get("/api/sidebar").await["events"].as_u64().unwrap());
    let once: BTreeSet<_> = everything.iter().map(|line| text(&line["event_id"])).collect();
    assert_eq!(once.len(), everything.len());

    let choices = desk.get("/api/events/choices").await;
    let mut filters: Vec<(String, Leaves)> = Vec::new();
    for (parameter, menu) in
        [("kind", "kinds"), ("operation", "operations"), ("change", "changes"), ("archive", "archives")]
    {
        for value in list(&choices[menu]) {
            let filter = format!("{parameter}={}", encoded(&text(&value)));
            filters.push((filter, Box::new(move |line| line[parameter] == value)));
        }
    }
    for field in list(&choices["fields"]) {
        let key = field["key"].clone();
        let filter = format!("field={}", text(&key));
        let changes = move |line: &Value| list(&line["changed"]).iter().any(|changed| changed["key"] == key);
        filters.push((filter, Box::new(changes)));
    }
    let middle = order[order.len() / 2].clone();
    let (from, until) = (middle.clone(), middle);
    filters.push((format!("from={from}"), Box::new(move |line| text(&line["created_at"]) >= from)));
    filters.push((format!("until={until}"), Box::new(move |line| text(&line["created_at"]) < until)));
    assert!(filters.len() > 20, "the stories are rich enough");

    for (filter, leaves) in &filters {
        let expected: Vec<_> = everything.iter().filter(|line| leaves(line)).cloned().collect();
        assert!(!expected.is_empty(), "{filter} is in the menu");
        assert_eq!(all(&desk, filter, 7).await, expected, "{filter}");
    }
    for (filter, leaves) in &filters {
        for (other, leaves_too) in filters.iter().step_by(5) {
            if filter.split('=').next() != other.split('=').next() {
                let expected: Vec<_> =
                    everything.iter().filter(|line| leaves(line) && leaves_too(line)).cloned().collect();
                assert_eq!(all(&desk, &format!("{filter}&{other}"), 100).await, expected, "{filter} and {other}");
            }
        }
    }
}

#[tokio::test]
async fn a_search_leaves_the_events_of_the_assets_that_it_finds() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "harbour.jpg")).await;
    desk.take("ingested", &about("2", 1, "coast.jpg")).await;
    desk.take("modified", &renamed("3", 2, "harbour.jpg", "quay.jpg")).await;
    desk.take("deleted", &about("4", 3, "coast.jpg")).await;
    desk.caught_up().await;
    assert_eq!(names(&desk, "query=quay&tz=UTC").await, ["quay.jpg", "harbour.jpg"], "with what it was called before");
    assert_eq!(names(&desk, "query=is:deleted").await, ["coast.jpg", "coast.jpg"]);
    assert_eq!(names(&desk, "query=coast&kind=ingested").await, ["coast.jpg"]);
    assert_eq!(names(&desk, "query=nothing-of-the-kind").await, Vec::<String>::new());
    assert_eq!(names(&desk, "query=&kind=&field=").await.len(), 4, "what is empty filters nothing");
}

#[tokio::test]
async fn a_day_is_the_users_and_the_last_one_is_in_it() {
    let desk = OpenDesk::new().await;
    for (id, hour) in [(1, -13), (2, -12), (3, 11), (4, 12)] {
        desk.take("ingested", &about(&format!("{id}"), hour * 3600, &format!("{id}.jpg"))).await;
    }
    desk.caught_up().await;
    assert_eq!(names(&desk, "from=2026-03-04&until=2026-03-04&tz=UTC").await, ["3.jpg", "2.jpg"]);
    assert_eq!(names(&desk, "from=2026-03-04&until=2026-03-04&tz=Europe/Oslo").await, ["2.jpg", "1.jpg"]);
    assert_eq!(names(&desk, "from=2026-03-05").await.len(), 1);
}

#[tokio::test]
async fn events_of_one_moment_are_each_told_once_whatever_the_page() {
    let desk = OpenDesk::new().await;
    for id in 0..23 {
        desk.take("ingested", &about(&format!("{id}"), 0, &format!("{id}.jpg"))).await;
    }
    desk.caught_up().await;
    let whole = all(&desk, "", 500).await;
    for limit in [1, 2, 5, 22, 23] {
        assert_eq!(all(&desk, "", limit).await, whole, "{limit}");
        assert_eq!(all(&desk, "kind=ingested", limit).await, whole, "{limit}");
    }
    // What comes in meanwhile is not in the pages that are left.
    let first = desk.get("/api/events?limit=10").await;
    desk.take("ingested", &about("later", 60, "later.jpg")).await;
    desk.caught_up().await;
    let next = desk.get(&format!("/api/events?limit=500&before={}", text(&first["next"]))).await;
    assert_eq!(list(&next["items"]), whole[10..]);
}

#[tokio::test]
async fn a_late_notice_moves_what_was_changed() {
    let desk = OpenDesk::new().await;
    let caption = |id: &str, second, words: &str| with_fields(about(id, second, "a.jpg"), [("120", json!(words))]);
    desk.take("modified", &caption("1", 0, "Kai")).await;
    desk.take("modified", &caption("3", 20, "Kai i Vardø")).await;
    desk.caught_up().await;
    assert_eq!(names(&desk, "field=120").await.len(), 1);
    // Between the two: now the last one changes nothing, and this one does.
    desk.take("modified", &caption("2", 10, "Kai i Vardø")).await;
    desk.caught_up().await;
    let lines = list(&desk.get("/api/events?field=120").await["items"]);
    assert_eq!(lines.iter().map(|line| text(&line["created_at"])).collect::<Vec<_>>(), ["2026-03-04T12:00:10.000Z"]);

    let before = all(&desk, "field=120", 10).await;
    desk.desk.library.rebuild().await.unwrap();
    assert_eq!(all(&desk, "field=120", 10).await, before, "the same after a rebuild");
}

#[tokio::test]
async fn a_line_shows_its_own_picture_or_the_last_one_before() {
    let archive = Archive::open(async |asked| picture(jpeg(if asked.path == "/first" { 200 } else { 150 }, 100))).await;
    let desk = OpenDesk::with(|options| options.tenants = vec![archive.url("").parse().unwrap()]).await;
    let with_picture = |notice: Value, path: &str| with_pictures(notice, &archive.url(path), &archive.url(path));
    desk.take("ingested", &with_picture(about("1", 0, "a.jpg"), "/first")).await;
    desk.take("marker", &about("2", 1, "a.jpg")).await;
    desk.take(
        "modified",
        &with_picture(wrapped(with_fields(about("3", 2, "a.jpg"), [("5", json!("A"))]), "upload"), "/second"),
    )
    .await;
    desk.take("deleted", &about("4", 3, "a.jpg")).await;
    desk.pictures_looked_at().await;

    let lines = list(&desk.get("/api/events").await["items"]);
    let told: Vec<_> =
        lines.iter().map(|line| (text(&line["thumbnail"]["state"]), line["thumbnail"]["width"].as_u64())).collect();
    let expected = [("missing", 150), ("kept", 150), ("missing", 200), ("kept", 200)];
    assert_eq!(told, expected.map(|(state, width)| (state.to_owned(), Some(width))));
    assert!(lines.iter().all(|line| !text(&line["placeholder"]).is_empty()));
}

#[tokio::test]
async fn what_is_no_filter_is_refused_in_words() {
    let desk = OpenDesk::new().await;
    for wrong in ["kind=painted", "change=lost", "field=colour", "from=soon", "until=2026-13-01", "before=here"] {
        let answer = desk.send("GET", &format!("/api/events?{wrong}"), &Value::Null).await;
        assert_eq!(answer.status, 422, "{wrong}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
}

#[tokio::test]
async fn the_outline_counts_all_events_and_leads_to_each_page() {
    let desk = OpenDesk::new().await;
    for number in 0..25 {
        // Five of each second, so that pages begin among events of one moment.
        desk.take("ingested", &about(&number.to_string(), number / 5, &format!("{number}.jpg"))).await;
    }
    desk.pictures_settled().await;
    let whole = list(&desk.get("/api/events?limit=500").await["items"]);
    for filter in ["", "&kind=ingested", "&query=jpg"] {
        let outline = desk.get(&format!("/api/events/outline?limit=10&tz=UTC{filter}")).await;
        assert_eq!(
            (&outline["total"], &outline["days"]),
            (&json!(25), &json!([{"day": "2026-03-04", "events": 25}])),
            "{filter}"
        );
        let mut seen = Vec::new();
        for mark in list(&outline["marks"]) {
            let page = format!("/api/events?limit=10&at_ms={}&skip={}{filter}", mark["created_ms"], mark["skip"]);
            seen.extend(list(&desk.get(&page).await["items"]));
        }
        assert_eq!(seen, whole, "{filter}: each once, in the order of the whole");
    }
    let empty = desk.get("/api/events/outline?kind=deleted").await;
    assert_eq!(empty, json!({"total": 0, "days": [], "marks": []}));
}

#[tokio::test]
async fn what_came_late_or_more_than_once_is_found() {
    let desk = OpenDesk::new().await;
    let names = async |arrival: &str| {
        let page = desk.get(&format!("/api/events?arrival={arrival}")).await;
        let outline = desk.get(&format!("/api/events/outline?arrival={arrival}")).await;
        let names: Vec<_> = list(&page["items"]).iter().map(|line| text(&line["filename"])).collect();
        assert_eq!(outline["total"], names.len());
        names
    };
    desk.take("ingested", &about("late", -2 * 3600, "late.jpg")).await;
    desk.take("ingested", &about("once", 0, "once.jpg")).await;
    desk.take("ingested", &about("again", 1, "again.jpg")).await;
    desk.take("ingested", &about("again", 1, "again.jpg")).await;
    desk.pictures_settled().await;
    assert_eq!(names("late").await, ["late.jpg"]);
    assert_eq!(names("repeated").await, ["again.jpg"]);
    let both = desk.get("/api/events?arrival=repeated&query=once").await;
    assert_eq!(both["items"], json!([]));
}
