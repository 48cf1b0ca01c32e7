//! Every field as a search term: by its labels, by Fotoware's number, by its English name, and in ranges.

use lysbord_core::clock::Timestamp;
use lysbord_core::library::{Detail, Filter, Snapshot, Sort};
use lysbord_demo::{Links, Story};
use serde_json::{Value, json};

use crate::desk::{NOON, OpenDesk};
use crate::notice::{about, with_fields};
use crate::order::gallery_cache::GalleryCache;
use crate::order::telling;

fn described<const N: usize>(nth: i64, fields: [(&str, Value); N]) -> Value {
    with_fields(about(&nth.to_string(), nth, &format!("{nth}.jpg")), fields)
}

/// Three assets that differ in every field.
async fn desk() -> OpenDesk {
    let desk = OpenDesk::new().await;
    for (nth, fields) in (1..).zip([
        [("90", json!("Røros")), ("320", json!(5)), ("55", json!("20260304")), ("80", json!("Åse Solberg"))],
        [("90", json!("New York")), ("320", json!(3)), ("55", json!("2026-05-31")), ("80", json!("Per Aas"))],
        [("90", json!("York")), ("320", json!("4")), ("55", json!("20270101")), ("80", json!("City Desk"))],
    ]) {
        desk.take("ingested", &described(nth, fields)).await;
    }
    desk.caught_up().await;
    desk
}

async fn found(desk: &OpenDesk, query: &str) -> Vec<String> {
    let mut found = desk.found(query).await;
    found.sort_unstable();
    found
}

#[tokio::test]
async fn a_field_is_found_by_its_name_its_number_and_in_ranges() {
    let desk = desk().await;
    for (query, expected) in [
        ("city:Røros", &["1.jpg"][..]),
        ("CITY:roros", &["1.jpg"]),
        ("city:ror", &["1.jpg"]),
        ("city:\"ror\"", &[]),
        ("city:york", &["2.jpg", "3.jpg"]),
        ("city:\"new york\"", &["2.jpg"]),
        ("-city:york", &["1.jpg"]),
        ("city:new -city:røros", &["2.jpg"]),
        ("field:90=york", &["2.jpg", "3.jpg"]),
        ("field:90=\"New York\"", &["2.jpg"]),
        ("\"Field 90\":roros", &["1.jpg"]),
        ("author:åse", &["1.jpg"]),
        ("Photographer:per", &["2.jpg"]),
        ("city:desk", &[]),
        ("rating:5", &["1.jpg"]),
        ("rating:>=4", &["1.jpg", "3.jpg"]),
        ("-rating:>=4", &["2.jpg"]),
        ("rating:3..4", &["2.jpg", "3.jpg"]),
        ("field:320<4", &["2.jpg"]),
        ("\"Created date\":2026", &["1.jpg", "2.jpg"]),
        ("\"created date\":2026-03", &["1.jpg"]),
        ("createddate:2026-03..2026-05", &["1.jpg", "2.jpg"]),
        ("createddate:>2026", &["3.jpg"]),
        ("-\"Created date\":>=2026-05", &["1.jpg"]),
        ("city:roros OR rating:4", &["1.jpg", "3.jpg"]),
        ("city:roros OR -rating:4 york", &["2.jpg"]),
        ("is:deleted OR city:roros", &["1.jpg"]),
        ("is:present OR city:roros", &["1.jpg", "2.jpg", "3.jpg"]),
        ("is:deleted OR type:image", &["1.jpg", "2.jpg", "3.jpg"]),
        ("roros OR \"new york\"", &["1.jpg", "2.jpg"]),
        ("nowhere:roros", &[]),
    ] {
        assert_eq!(found(&desk, query).await, expected, "{query}");
    }
}

/// The user's own label, the site's and Fotoware's all go on naming the field.
#[tokio::test]
async fn a_field_that_is_named_anew_keeps_its_other_names() {
    let desk = desk().await;
    desk.send("PUT", "/api/fields/90", &json!({ "label": "Sted og by" })).await;
    for query in ["\"sted og by\":roros", "StedOgBy:Røros", "city:roros", "field:90=roros"] {
        assert_eq!(found(&desk, query).await, ["1.jpg"], "{query}");
    }
}

#[tokio::test]
async fn a_field_that_is_not_there_is_told_and_looked_for_as_text() {
    let desk = desk().await;
    let told = async |query: &str| {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let gallery = desk.get(&format!("/api/gallery?query={query}")).await;
        (gallery["not_understood"].clone(), gallery["total"].clone())
    };
    let (unknown, total) = told("town:Røros city:roros").await;
    assert_eq!(unknown, json!([{ "name": "town", "is_field": false, "text": "town Røros" }]));
    assert_eq!(total, 0);
    let (unknown, _) = told("created:someday is:beautiful").await;
    assert_eq!(
        unknown,
        json!([
            { "name": "created", "is_field": true, "text": "created someday" },
            { "name": "is", "is_field": true, "text": "is beautiful" },
        ])
    );
    assert_eq!(told("field:4711=x").await.0[0]["name"], "field:4711");
    for understood in ["city:nowhere", "rating:>=4", "field:90=x", "12:30", "https://example.test", "title:x a OR b"] {
        assert_eq!(told(understood).await.0, json!([]), "{understood}");
    }
}

/// What is remembered of ranges follows what comes, changes and goes, and a rebuild gives the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_range_follows_what_changes() {
    let desk = desk().await;
    assert_eq!(found(&desk, "rating:>=4").await, ["1.jpg", "3.jpg"]);
    let mut changed = described(1, [("320", json!(1))]);
    changed["id"] = "9".into();
    changed["created"] = "2026-03-04T12:00:09Z".into();
    desk.take("modified", &changed).await;
    desk.take("ingested", &described(4, [("320", json!(4))])).await;
    desk.caught_up().await;
    for rebuilt in [false, true] {
        if rebuilt {
            desk.desk.library.rebuild().await.unwrap();
        }
        assert_eq!(found(&desk, "rating:>=4").await, ["3.jpg", "4.jpg"], "rebuilt: {rebuilt}");
        assert_eq!(found(&desk, "city:roros").await, [""; 0]);
    }
}

/// The words of the page beside the values of one asset, each with what stands there.
fn shown(now: &Snapshot<'_>, detail: &Detail) -> Vec<(String, String)> {
    let labels = now.fields().labels().unwrap();
    let state = &detail.shown;
    let metadata = state.metadata.iter();
    let fields = metadata.flat_map(|(id, values)| values.iter().map(|value| (labels.of(*id), value.clone())));
    let facts = state.facts.iter().cloned();
    let fact = |label: &str, value: String| (label.to_owned(), value);
    let number = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
    let moment = |millis: Option<i64>| millis.map(|millis| Timestamp(millis).to_string()).unwrap_or_default();
    let pixels = state.pixel_width.zip(state.pixel_height);
    let others = [
        fact("File name", state.filename.clone()),
        fact("Earlier names", detail.former_names.first().cloned().unwrap_or_default()),
        fact("Archive", state.archive.clone()),
        fact("Archives", state.archive.clone()),
        fact("Type", state.doctype.clone()),
        fact("File size", number(state.file_size)),
        fact("Pixels", pixels.map(|(width, height)| format!("{width} × {height}")).unwrap_or_default()),
        fact("Created", moment(state.created_ms)),
        fact("Modified", moment(state.modified_ms)),
        fact("First seen here", detail.first_seen.to_string()),
        fact("Last seen here", detail.last_seen.to_string()),
        fact("State", detail.tile.state.as_str().to_owned()),
        fact("Address", state.href.clone()),
    ];
    fields.chain(facts).chain(others).filter(|(_, value)| !value.is_empty()).collect()
}

/// Every label that the inspector shows, of the stories of the pretend tenant, finds its asset by the value beside it.
#[tokio::test(flavor = "multi_thread")]
async fn every_label_of_the_inspector_is_a_term_that_finds_its_asset() {
    let words = std::fs::read_to_string("../../ui/src/text.ts").unwrap();
    let facts = &words[words.find("    fact: {").unwrap()..];
    let facts: Vec<&str> = facts[..facts.find('}').unwrap()].split('\'').skip(1).step_by(2).collect();
    assert!(facts.len() > 10, "{facts:?}");
    let mut met: std::collections::BTreeSet<String> = std::collections::BTreeSet::new();
    for story in telling::all() {
        let gallery_cache = GalleryCache::new();
        let mut clock = NOON;
        for (step, delivery) in story.steps.iter().zip(&story.deliveries) {
            clock = Timestamp((clock.0 + 200).max(step.created().0 + i64::from(step.links == Links::FromCreation)));
            gallery_cache.take_at(delivery, clock).await;
        }
        gallery_cache.library.caught_up().await.unwrap();
        let name = story.name.clone();
        let labels = gallery_cache.library.read(move |now| {
            let all = now.gallery().slots(&Filter::default(), Sort::Newest)?;
            let mut labels = Vec::new();
            for slot in all {
                let id = now.assets().public_ids(&[slot.asset])?.remove(0);
                let detail = now.assets().detail(&id, None)?.unwrap();
                for (label, value) in shown(now, &detail) {
                    let query = format!("\"{label}\":\"{}\"", value.replace('"', " "));
                    let filter = Filter::parse(&query, NOON, &jiff::tz::TimeZone::UTC);
                    let found = now.gallery().slots(&filter, Sort::Newest)?;
                    assert!(found.iter().any(|found| found.asset == slot.asset), "{name}: {query}");
                    assert_eq!(now.fields().not_understood(&filter)?, [], "{name}: {query}");
                    labels.push(label);
                }
            }
            Ok::<_, lysbord_core::library::LibraryError>(labels)
        });
        met.extend(labels.await.unwrap());
    }
    assert!(Story::ALL.len() > 30 && facts.iter().all(|label| met.contains(*label)), "{met:?}");
}
