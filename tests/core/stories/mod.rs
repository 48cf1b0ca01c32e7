//! What comes of each story: assets, versions, words of change, notes, and the rows of the three exports, in one readable
//! text a story in `expected/`. Each of them was read and found right; one that differs is an error, or has to be read anew:
//! `LYSBORD_WRITE_STORIES=1 cargo test -p lysbord-core --test core stories`.

mod page;

use std::path::Path;
use std::sync::LazyLock;

use lysbord_core::clock::Timestamp;
use lysbord_demo::{Links, Story};

use crate::order::gallery_cache::GalleryCache;
use crate::order::telling::{self, Told};

static STORIES: LazyLock<Vec<Told>> = LazyLock::new(telling::all);

#[tokio::test]
async fn every_story_comes_out_as_expected() {
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/core/stories/expected");
    let write = std::env::var_os("LYSBORD_WRITE_STORIES").is_some();
    let mut wrong = Vec::new();
    for story in &*STORIES {
        let page = page::of(story).await;
        let path = expected.join(format!("{}.txt", story.name.replace([' ', ','], "-").replace("--", "-")));
        if write {
            std::fs::write(&path, &page).unwrap();
        }
        let known = std::fs::read_to_string(&path).unwrap_or_default();
        if known != page {
            let line = known.lines().zip(page.lines()).find(|(known, page)| known != page);
            wrong.push(format!("{}: {line:#?}", story.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_stories_enough_and_each_has_a_page() {
    assert!(Story::ALL.len() >= 40);
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/core/stories/expected");
    assert_eq!(
        std::fs::read_dir(expected).unwrap().count(),
        STORIES.len(),
        "a page without a story, or the other way round"
    );
}

/// Takes in a story as it would have come: each notice when it is made, and one that was held up after the rest.
async fn told_in_time(story: &Told) -> GalleryCache {
    let gallery_cache = GalleryCache::new();
    let mut clock = Timestamp(0);
    for (step, delivery) in story.steps.iter().zip(&story.deliveries) {
        let on_its_way = if step.links == Links::FromCreation { 1000 } else { 200 };
        clock = Timestamp((clock.0 + on_its_way).max(step.created().0 + on_its_way));
        gallery_cache.take_at(delivery, clock).await;
    }
    telling::decide(&gallery_cache, story.decisions, &gallery_cache.events().await).await;
    gallery_cache
}
