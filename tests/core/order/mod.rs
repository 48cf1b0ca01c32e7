//! The order of arrival does not matter: any permutation and any repetition of the same deliveries gives the same
//! assets, versions, states and exports, and so does a rebuild.

pub mod gallery_cache;
mod looking_back;
mod soup;
pub mod telling;

use std::sync::LazyLock;

use lysbord_demo::Story;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tokio::runtime::Runtime;

use gallery_cache::{Delivery, GalleryCache};
use telling::{Deciding, Told};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static STORIES: LazyLock<Vec<Told>> = LazyLock::new(telling::all);

/// The same cases every time, so that a failure is there tomorrow.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(1956), ..ProptestConfig::default() }
}

/// Which delivery comes when: every one at least once, in any order, some again. A bit of the mask lets the library
/// catch up after that delivery.
#[derive(Clone, Debug)]
struct Arrival {
    order: Vec<usize>,
    pauses: u64,
}

fn arrivals(deliveries: usize) -> impl Strategy<Value = Arrival> {
    let again = proptest::collection::vec(0..deliveries, 0..4);
    let order = again.prop_flat_map(move |again| Just((0..deliveries).chain(again).collect::<Vec<_>>()).prop_shuffle());
    (order, any::<u64>()).prop_map(|(order, pauses)| Arrival { order, pauses })
}

async fn arrive(deliveries: &[Delivery], arrival: &Arrival) -> GalleryCache {
    let gallery_cache = GalleryCache::new();
    arrive_at(&gallery_cache, deliveries, arrival).await;
    gallery_cache
}

async fn arrive_at(gallery_cache: &GalleryCache, deliveries: &[Delivery], arrival: &Arrival) {
    for (position, at) in arrival.order.iter().enumerate() {
        gallery_cache.take(&deliveries[*at], position).await;
        if arrival.pauses >> (position % 64) & 1 == 1 {
            gallery_cache.library.caught_up().await.unwrap();
        }
    }
}

/// Compares with the story as it was told, before and after a rebuild. What the user decided at its end holds in another
/// library from the start.
async fn assert_same(deliveries: &[Delivery], decisions: &[Deciding], arrival: &Arrival) {
    let told = Arrival { order: (0..deliveries.len()).collect(), pauses: u64::MAX };
    let told = arrive(deliveries, &told).await;
    telling::decide(&told, decisions, &told.events().await).await;
    told.thumbnails_come().await;
    let gallery_cache = GalleryCache::new();
    gallery_cache.decide_as(&told);
    arrive_at(&gallery_cache, deliveries, arrival).await;
    gallery_cache.thumbnails_come().await;
    let told = told.end().await;
    let arrived = gallery_cache.picture().await;
    gallery_cache.library.rebuild().await.unwrap();
    let rebuilt = gallery_cache.end().await;
    pretty(&told, &arrived, "as it arrived");
    pretty(&told, &rebuilt, "after a rebuild");
}

/// The library that got only what was created up to a moment is the beginning of the one that got all.
async fn assert_prefix(deliveries: &[Delivery], decisions: &[Deciding], created: &[i64], until: i64) {
    let whole = arrive(deliveries, &Arrival { order: (0..deliveries.len()).collect(), pauses: 0 }).await;
    telling::decide(&whole, decisions, &whole.events().await).await;
    let beginning = GalleryCache::new();
    beginning.decide_as(&whole);
    let order = (0..deliveries.len()).filter(|at| created[*at] <= until).collect();
    arrive_at(&beginning, deliveries, &Arrival { order, pauses: 0 }).await;
    pretty(&whole.placed_until(until).await, &beginning.placed_until(until).await, "up to a moment");
    beginning.end().await;
    whole.end().await;
}

/// The first line that differs says more than two libraries side by side.
fn pretty(told: &str, other: &str, when: &str) {
    for (told, other) in told.lines().zip(other.lines()) {
        assert_eq!(told, other, "{when}");
    }
    assert_eq!(told.lines().count(), other.lines().count(), "{when}");
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn each_story_comes_out_the_same_however_it_arrives(
        (story, arrival) in prop::sample::select(&**STORIES).prop_flat_map(|story| {
            let arrivals = arrivals(story.deliveries.len());
            (Just(story), arrivals)
        })
    ) {
        println!("{}: {arrival:?}", story.name);
        RUNTIME.block_on(assert_same(&story.deliveries, story.decisions, &arrival));
    }
}

proptest! {
    #![proptest_config(cases(3))]

    #[test]
    fn all_stories_at_once_come_out_the_same(arrival in arrivals(everything().len())) {
        RUNTIME.block_on(assert_same(&everything(), &[], &arrival));
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn even_a_soup_of_notices_comes_out_the_same(
        (deliveries, arrival) in soup::soup().prop_flat_map(|soup| {
            let arrivals = arrivals(soup.len());
            (Just(soup), arrivals)
        })
    ) {
        RUNTIME.block_on(assert_same(&deliveries, &[], &arrival));
    }
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn looking_back_shows_what_was_known_then(
        (story, arrival) in prop::sample::select(&**STORIES).prop_flat_map(|story| {
            let arrivals = arrivals(story.deliveries.len());
            (Just(story), arrivals)
        })
    ) {
        println!("{}: {arrival:?}", story.name);
        RUNTIME.block_on(looking_back::assert_same_at_every_moment(&story.deliveries, story.decisions, &arrival));
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn looking_back_holds_even_for_a_soup_of_notices(
        (deliveries, arrival) in soup::soup().prop_flat_map(|soup| {
            let arrivals = arrivals(soup.len());
            (Just(soup), arrivals)
        })
    ) {
        RUNTIME.block_on(looking_back::assert_same_at_every_moment(&deliveries, &[], &arrival));
    }
}

/// All of the tenant's own at once: the stories by hand share their names.
fn everything() -> Vec<Delivery> {
    STORIES[..Story::ALL.len()].iter().flat_map(|story| story.deliveries.clone()).collect()
}

/// Every story at every moment of it, and a soup besides.
#[test]
fn up_to_any_moment_a_story_is_its_own_beginning() {
    for story in &*STORIES {
        let created: Vec<i64> = story.steps.iter().map(|step| step.created().0).collect();
        for until in created.iter().copied().collect::<std::collections::BTreeSet<_>>() {
            println!("{} up to {until}", story.name);
            RUNTIME.block_on(assert_prefix(&story.deliveries, story.decisions, &created, until));
        }
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn up_to_any_moment_a_soup_is_its_own_beginning(soup in soup::soup(), second in 0_i64..5) {
        let created: Vec<i64> = soup.iter().map(soup::created).collect();
        RUNTIME.block_on(assert_prefix(&soup, &[], &created, crate::desk::NOON.0 + 1000 * second));
    }
}
