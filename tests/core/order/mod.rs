//! The order of arrival does not matter: any permutation and any repetition of the same deliveries gives the same
//! assets, versions, states and exports, and so does a rebuild.

mod looking_back;
mod shelf;
mod soup;
mod stories;

use std::sync::LazyLock;

use lysbord_core::demo::Story;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use tokio::runtime::Runtime;

use shelf::{Delivery, Shelf};
use stories::{Told, by_hand, of_the_tenant};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static STORIES: LazyLock<Vec<Told>> = LazyLock::new(|| of_the_tenant().into_iter().chain(by_hand()).collect());

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

async fn arrive(deliveries: &[Delivery], arrival: &Arrival) -> Shelf {
    let shelf = Shelf::new();
    for (position, at) in arrival.order.iter().enumerate() {
        shelf.take(&deliveries[*at], position).await;
        if arrival.pauses >> (position % 64) & 1 == 1 {
            shelf.library.caught_up().await.unwrap();
        }
    }
    shelf
}

/// Compares with the story as it was told, before and after a rebuild.
async fn assert_same(deliveries: &[Delivery], arrival: &Arrival) {
    let told = Arrival { order: (0..deliveries.len()).collect(), pauses: u64::MAX };
    let told = arrive(deliveries, &told).await.end().await;
    let shelf = arrive(deliveries, arrival).await;
    let arrived = shelf.picture().await;
    shelf.library.rebuild().await.unwrap();
    let rebuilt = shelf.end().await;
    pretty(&told, &arrived, "as it arrived");
    pretty(&told, &rebuilt, "after a rebuild");
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
            let arrivals = arrivals(story.1.len());
            (Just(story), arrivals)
        })
    ) {
        let (name, deliveries) = story;
        println!("{name}: {arrival:?}");
        RUNTIME.block_on(assert_same(&deliveries, &arrival));
    }
}

proptest! {
    #![proptest_config(cases(3))]

    #[test]
    fn all_stories_at_once_come_out_the_same(arrival in arrivals(everything().len())) {
        RUNTIME.block_on(assert_same(&everything(), &arrival));
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
        RUNTIME.block_on(assert_same(&deliveries, &arrival));
    }
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn looking_back_shows_what_was_known_then(
        (story, arrival) in prop::sample::select(&**STORIES).prop_flat_map(|story| {
            let arrivals = arrivals(story.1.len());
            (Just(story), arrivals)
        })
    ) {
        let (name, deliveries) = story;
        println!("{name}: {arrival:?}");
        RUNTIME.block_on(looking_back::assert_same_at_every_moment(&deliveries, &arrival));
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
        RUNTIME.block_on(looking_back::assert_same_at_every_moment(&deliveries, &arrival));
    }
}

/// All of the tenant's own at once: the stories by hand share their names.
fn everything() -> Vec<Delivery> {
    STORIES[..Story::ALL.len()].iter().flat_map(|(_, deliveries)| deliveries.clone()).collect()
}
