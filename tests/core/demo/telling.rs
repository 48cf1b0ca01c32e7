//! What the stories say.

use std::collections::HashSet;

use lysbord_core::clock::Timestamp;
use lysbord_demo::{Encoding, HookKind, Site, Spelling, Story, StoryStep, encode, named, stories};
use serde_json::Value;

const SEED: u64 = 7;
const NOON: Timestamp = Timestamp(1_772_625_600_000);
const MINUTE: i64 = 60_000;

fn site() -> Site {
    Site::new("http://127.0.0.1:7476", SEED)
}

fn told(story: Story) -> Vec<StoryStep> {
    story.tell(SEED, 3, NOON, MINUTE)
}

fn bodies(story: Story) -> Vec<Value> {
    told(story).iter().map(|step| step.body(&site(), NOON)).collect()
}

fn asset(body: &Value) -> &Value {
    let data = &body["data"];
    if data["asset"].is_object() { &data["asset"] } else { data }
}

#[test]
fn the_same_seed_tells_the_same_stories() {
    assert_eq!(stories(SEED, 40, NOON), stories(SEED, 40, NOON));
    assert_ne!(stories(SEED, 40, NOON), stories(SEED + 1, 40, NOON));
}

#[test]
fn the_backlog_has_every_story_and_ends_before_now() {
    let steps = stories(SEED, 60, NOON);
    let told: HashSet<Story> = steps.iter().map(|step| step.story).collect();
    assert_eq!(told, Story::EVERYDAY.into_iter().collect());
    assert!(steps.iter().all(|step| step.created() <= NOON));
    let days: HashSet<i64> = steps.iter().map(|step| step.created().0 / 86_400_000).collect();
    assert!(days.len() >= 5, "a gallery with day headings needs days, but the backlog has {}", days.len());
}

#[test]
fn no_two_assets_are_one_file() {
    let steps = stories(SEED, 400, NOON);
    let files: HashSet<String> = steps
        .iter()
        .filter(|step| step.kind() == HookKind::Ingested)
        .map(|step| step.notice.asset.physical_file_id())
        .collect();
    assert_eq!(files.len(), 400);
}

#[test]
fn every_story_has_a_name_by_which_it_is_found() {
    for story in Story::ALL {
        assert_eq!(Story::by_name(story.name()), Some(story));
    }
    assert_eq!(Story::by_name("no such story"), None);
}

#[test]
fn a_story_about_several_tells_of_each_with_a_picture_of_its_own() {
    let pictures: HashSet<_> = told(Story::Swap).iter().map(|step| step.notice.asset.picture).collect();
    assert_eq!(pictures.len(), 2);
    let bodies = bodies(Story::Swap);
    assert!(bodies.iter().all(|body| body["thumbnail-href"].is_string()));
    let names: Vec<_> = bodies.iter().map(|body| asset(body)["filename"].as_str().unwrap()).collect();
    assert_eq!(names, ["left.jpg", "right.jpg", "aside.jpg", "left.jpg", "right.jpg", "right.jpg"]);
}

#[test]
fn stories_by_name_come_one_after_the_other_and_share_no_file() {
    let steps = named(SEED, &[Story::Swap, Story::Swap, Story::Unreadable], NOON, 1000);
    assert!(steps.iter().all(|step| step.created() <= NOON));
    let folders: HashSet<_> = steps.iter().map(|step| step.notice.asset.folder.clone()).collect();
    assert_eq!(folders.len(), 3);
    let torn = steps.iter().find(|step| step.spelling == Spelling::Torn).unwrap();
    assert!(serde_json::from_str::<Value>(&torn.spelled(&site(), NOON, Encoding::Form).0).is_err());
}

#[test]
fn a_body_has_what_the_captured_ones_have() {
    let ingested = &bodies(Story::IngestOnly)[0];
    for key in
        ["id", "type", "created", "href", "thumbnail-href", "preview-href", "title", "description", "byline", "tags"]
    {
        assert!(ingested[key].is_string(), "{key} is missing: {ingested}");
    }
    assert_eq!(ingested["operation-name"], "upload");
    assert!(ingested["file-size"].as_str().unwrap().parse::<u64>().is_ok(), "the envelope holds numbers as strings");
    assert!(ingested["data"]["filesize"].is_u64(), "the asset holds numbers as numbers");
    assert!(
        ingested["data"]["created"].as_str().unwrap().starts_with("1970-01-01T"),
        "at ingest the date is not known yet"
    );
    let previews = ingested["data"]["previews"].as_array().unwrap();
    assert_eq!(previews.len(), 12);
    let of_200 = previews.iter().find(|preview| preview["size"] == 200 && preview["square"] == false).unwrap();
    assert_eq!(ingested["thumbnail-href"], format!("http://127.0.0.1:7476{}", of_200["href"].as_str().unwrap()));
    assert_eq!(ingested["data"]["previewToken"].as_str().unwrap().split('.').count(), 3);
}

#[test]
fn a_metadata_edit_says_what_was_before_and_what_differs() {
    let edited = &bodies(Story::CaptionAndKeywords)[1];
    assert_eq!(edited["operation-name"], "updateMetadata");
    let (before, after) = (&edited["data"]["assetBefore"], &edited["data"]["asset"]);
    assert_ne!(before["metadata"]["120"], after["metadata"]["120"]);
    let changed = edited["data"]["metadataDiff"]["changedFields"].as_array().unwrap();
    let caption = changed.iter().find(|change| change["field"]["id"] == 120).unwrap();
    assert_eq!(caption["field"]["label"], "Description");
    assert_eq!(caption["diff"]["new"]["s"], after["metadata"]["120"]["value"]);
}

#[test]
fn a_rename_chain_links_each_name_to_the_one_before() {
    let mut name = None;
    for body in bodies(Story::RenameChain) {
        if let Some(previous) = body["previous-name"].as_str() {
            assert_eq!(body["operation-name"], "rename");
            assert_eq!(Some(previous.to_owned()), name);
        }
        name = asset(&body)["filename"].as_str().map(str::to_owned);
    }
}

#[test]
fn a_new_version_shows_another_picture_and_a_restore_the_old_one() {
    let steps = told(Story::Restore);
    let pictures: Vec<_> = steps.iter().map(|step| step.notice.asset.picture).collect();
    assert_ne!(pictures[0], pictures[1]);
    assert_eq!(pictures[0], pictures[2]);
    let restored = steps[2].body(&site(), NOON);
    assert!(restored["data"]["revisionsDiff"].is_object());
}

#[test]
fn a_duplicate_repeats_its_id_and_says_nothing_new() {
    let steps = told(Story::Duplicate);
    assert_eq!(steps[0].notice, steps[1].notice);
    assert_ne!(steps[1].notice.id, steps[2].notice.id);
}

#[test]
fn what_comes_late_carries_the_links_of_its_time() {
    let steps = told(Story::LateAndReordered);
    assert!(steps.is_sorted_by(|one, next| one.created() > next.created()));
    let much_later = Timestamp(NOON.0 + 86_400_000);
    let link_of = |step: &StoryStep| {
        let body = step.body(&site(), much_later);
        let url = body["thumbnail-href"].as_str().unwrap().to_owned();
        site().read_picture_path(url.trim_start_matches("http://127.0.0.1:7476")).unwrap().minted
    };
    assert_eq!(link_of(&steps[0]), much_later, "the newest is on time");
    assert_eq!(link_of(&steps[3]), steps[3].created());
}

#[test]
fn a_file_is_met_in_two_archives_under_one_physical_id() {
    let bodies = bodies(Story::TwoArchives);
    let (ingested, modified) = (asset(&bodies[0]), asset(&bodies[1]));
    assert_eq!(ingested["archiveId"], 5001);
    assert_ne!(modified["archiveId"], 5001);
    assert_eq!(ingested["physicalFileId"], modified["physicalFileId"]);
}

#[test]
fn oddities_are_as_announced() {
    let missing = &bodies(Story::MissingKeys)[1];
    assert!(missing.get("byline").is_none() && asset(missing).get("attributes").is_none());
    let null = &bodies(Story::NullKeys)[1];
    assert!(null["byline"].is_null() && null.get("byline").is_some());
    let swapped = &bodies(Story::NumbersAsStrings)[1];
    assert!(swapped["file-size"].is_u64() && asset(swapped)["filesize"].is_string());
    let decimals: Vec<usize> =
        bodies(Story::DateDecimals).iter().map(|body| body["created"].as_str().unwrap().len()).collect();
    assert_eq!(
        decimals,
        ["2026-03-04T09:15:22Z".len(), "2026-03-04T09:15:22.481000Z".len(), "2026-03-04T09:15:22.481Z".len()]
    );
    let bare = &bodies(Story::VersionOne)[1];
    assert!(bare["data"]["href"].is_string());
}

#[test]
fn the_wire_is_ascii_whatever_the_script() {
    for step in stories(SEED, 48, NOON) {
        let body = step.body(&site(), NOON);
        for encoding in [Encoding::Json, Encoding::Form, Encoding::FlatForm] {
            assert!(encode(&body, encoding).is_ascii());
        }
        assert_eq!(serde_json::from_str::<Value>(&encode(&body, Encoding::Json)).unwrap(), body);
    }
}
