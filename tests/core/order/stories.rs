//! The stories: those of the pretend tenant, and some by hand that are harder on whoever keeps assets apart.

use lysbord_core::demo::{Site, Story};
use lysbord_core::fotoware::HookKind::{self, Action, Any, Deleted, Ingested, Marker, Modified};
use serde_json::{Value, json};

use super::shelf::Delivery;
use crate::desk::NOON;
use crate::notice::{about, in_archive, renamed, with_fields, wrapped};

type Told = (&'static str, Vec<Delivery>);

pub fn of_the_tenant() -> Vec<Told> {
    let site = Site::new("https://dam.example", 1);
    let tell = |(index, story): (usize, Story)| {
        let steps = story.tell(3, index, NOON, 60_000).into_iter();
        let deliveries = steps.map(|step| {
            let hook = HookKind::parse(step.kind().as_str()).unwrap();
            Delivery { hook, body: step.body(&site, NOON).to_string() }
        });
        (story.name(), deliveries.collect())
    };
    Story::ALL.into_iter().enumerate().map(tell).collect()
}

pub fn by_hand() -> Vec<Told> {
    let keywords = |notice, words: &[&str]| with_fields(notice, [("25", json!(words))]);
    vec![
        story(
            "a rename chain and back",
            [
                (Ingested, about("1", 1, "a.jpg")),
                (Modified, renamed("2", 2, "a.jpg", "b.jpg")),
                (Modified, keywords(about("3", 3, "b.jpg"), &["one"])),
                (Modified, renamed("4", 4, "b.jpg", "c.jpg")),
                (Modified, renamed("5", 5, "c.jpg", "a.jpg")),
                (Modified, keywords(about("6", 6, "a.jpg"), &["one", "two"])),
            ],
        ),
        story(
            "two assets swap their names",
            [
                (Ingested, keywords(about("1", 1, "a.jpg"), &["left"])),
                (Ingested, keywords(about("2", 2, "b.jpg"), &["right"])),
                (Modified, keywords(renamed("3", 3, "a.jpg", "t.jpg"), &["left"])),
                (Modified, keywords(renamed("4", 4, "b.jpg", "a.jpg"), &["right"])),
                (Modified, keywords(renamed("5", 5, "t.jpg", "b.jpg"), &["left"])),
                (Modified, keywords(about("6", 6, "b.jpg"), &["left", "again"])),
                (Deleted, about("7", 7, "a.jpg")),
            ],
        ),
        story(
            "a name is used again after a deletion",
            [
                (Ingested, keywords(about("1", 1, "a.jpg"), &["first"])),
                (Deleted, about("2", 2, "a.jpg")),
                (Ingested, keywords(about("3", 3, "a.jpg"), &["second"])),
                (Modified, keywords(about("4", 4, "a.jpg"), &["second", "edited"])),
                (Deleted, about("5", 5, "a.jpg")),
                (Ingested, keywords(about("6", 6, "a.jpg"), &["third"])),
            ],
        ),
        story(
            "a name is used again after a rename",
            [
                (Ingested, about("1", 1, "a.jpg")),
                (Modified, renamed("2", 2, "a.jpg", "b.jpg")),
                (Ingested, about("3", 3, "a.jpg")),
                (Modified, renamed("4", 4, "a.jpg", "c.jpg")),
                (Modified, keywords(about("5", 5, "b.jpg"), &["first"])),
                (Modified, keywords(about("6", 6, "c.jpg"), &["second"])),
            ],
        ),
        story(
            "a rename onto the name of a deleted asset",
            [
                (Ingested, about("1", 1, "a.jpg")),
                (Ingested, about("2", 2, "b.jpg")),
                (Deleted, about("3", 3, "b.jpg")),
                (Modified, renamed("4", 4, "a.jpg", "b.jpg")),
                (Modified, keywords(about("5", 5, "b.jpg"), &["kept"])),
            ],
        ),
        story(
            "the first half of a rename never comes",
            [(Modified, renamed("2", 2, "a.jpg", "b.jpg")), (Modified, keywords(about("3", 3, "b.jpg"), &["late"]))],
        ),
        story(
            "everything in one moment",
            [
                (Ingested, about("1", 1, "a.jpg")),
                (Modified, renamed("2", 1, "a.jpg", "b.jpg")),
                (Modified, keywords(about("3", 1, "b.jpg"), &["same", "second"])),
                (Modified, wrapped(keywords(about("4", 1, "b.jpg"), &["same"]), "upload")),
            ],
        ),
        story(
            "seen through two archives",
            [
                (Ingested, in_archive("5001-My-Uploads", "1", 1, "a.jpg")),
                (Modified, keywords(in_archive("5000-All-files", "2", 2, "a.jpg"), &["all"])),
                (Modified, keywords(in_archive("5001-My-Uploads", "3", 3, "a.jpg"), &["mine"])),
            ],
        ),
        story(
            "clicks before and between",
            [
                (Marker, keywords(about("1", 1, "a.jpg"), &["seen by a click"])),
                (Ingested, about("2", 2, "a.jpg")),
                (Action, about("3", 3, "a.jpg")),
                (Marker, keywords(about("4", 4, "a.jpg"), &["nobody told"])),
                (Modified, keywords(about("5", 5, "a.jpg"), &["nobody told"])),
                (Deleted, about("6", 6, "a.jpg")),
                (Marker, about("7", 7, "a.jpg")),
            ],
        ),
        story("only ever deleted", [(Deleted, about("1", 1, "a.jpg")), (Deleted, about("2", 2, "a.jpg"))]),
        story(
            "a form among JSON",
            [
                (Ingested, flat(about("1", 1, "a.jpg"))),
                (Modified, keywords(about("2", 2, "a.jpg"), &["full"])),
                (Modified, flat(about("3", 3, "a.jpg"))),
                (Modified, flat(renamed("4", 4, "a.jpg", "b.jpg"))),
                (Any, keywords(about("5", 5, "b.jpg"), &["unknown kind"])),
            ],
        ),
        story(
            "a moved asset with an id that lasts",
            [
                (Ingested, lasting(about("1", 1, "a.jpg"))),
                (Modified, lasting(about("2", 2, "moved away.jpg"))),
                (Ingested, about("3", 3, "a.jpg")),
                (Modified, lasting(about("4", 4, "moved away.jpg"))),
            ],
        ),
        story(
            "what it was before is told",
            [
                (Modified, was(about("2", 2, "b.jpg"), about("", 0, "a.jpg"), &["old"])),
                (Modified, was(about("3", 3, "b.jpg"), about("", 0, "b.jpg"), &["older"])),
                (Ingested, about("1", 1, "a.jpg")),
            ],
        ),
        story(
            "labels that a site changed its mind about",
            [
                (Modified, labelled(about("1", 1, "a.jpg"), "Subject")),
                (Modified, labelled(about("2", 2, "a.jpg"), "Keywords")),
                (Modified, labelled(about("3", 2, "b.jpg"), "Schlagworte")),
            ],
        ),
        story(
            "names that differ in form only",
            [
                (Ingested, about("1", 1, "caf\u{e9}.jpg")),
                (Modified, keywords(about("2", 2, "cafe\u{301}.jpg"), &["the same"])),
                (Ingested, about("3", 3, "CAF\u{c9}.jpg")),
            ],
        ),
        story(
            "no asset at all, but a name for each",
            [
                (Modified, json!({"id": "1", "created": "2026-03-04T12:00:01Z", "data": {"filename": "a.jpg"}})),
                (Modified, json!({"id": "2", "created": "2026-03-04T12:00:02Z", "data": {"filename": "a.jpg"}})),
            ],
        ),
    ]
}

fn story<const N: usize>(name: &'static str, steps: [(HookKind, Value); N]) -> Told {
    let deliveries = steps.into_iter().map(|(hook, body)| Delivery { hook, body: body.to_string() });
    (name, deliveries.collect())
}

/// As a form would leave it: the envelope alone.
fn flat(mut notice: Value) -> Value {
    notice.as_object_mut().unwrap().remove("data");
    notice
}

fn lasting(mut notice: Value) -> Value {
    notice["data"]["uniqueid"] = "lasts-for-ever".into();
    notice
}

fn was(notice: Value, before: Value, keywords: &[&str]) -> Value {
    let mut notice = wrapped(notice, "updateMetadata");
    notice["data"]["assetBefore"] = with_fields(before, [("25", json!(keywords))])["data"].clone();
    notice
}

fn labelled(notice: Value, label: &str) -> Value {
    let mut notice = wrapped(with_fields(notice, [("25", json!([label]))]), "updateMetadata");
    notice["data"]["metadataDiff"] = json!({"changedFields": [{"field": {"id": 25, "label": label}}]});
    notice
}
