//! Whatever comes and whatever happens to it on the disk: each delivery is an event or is listed as what it is, the doctor
//! is content with all else, a rebuild says the same, and no thread ends.
//!
//! `make fuzz` makes it long; `make fuzz SEED=7 COUNT=100000` makes the same bodies again.

mod bodies;
mod dice;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use futures_util::StreamExt;
use futures_util::stream;
use lysbord_core::export::What;
use lysbord_core::library::{self, DeliveryOutcome, LogFilter, Part};
use rusqlite::Connection;

use super::damage::{damage, damages};
use crate::desk::{NOBODY, OpenDesk, Row};
use bodies::Bodies;
use dice::Dice;

/// How many parts a run has: the program ends and starts again in between, and the disk has its way.
const PARTS: usize = 4;
/// So many are on their way at once.
const AT_ONCE: usize = 8;

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_is_an_event_or_listed_as_what_it_is() {
    let count = from_environment("LYSBORD_FUZZ_COUNT").unwrap_or(400) as usize;
    let seed = from_environment("LYSBORD_FUZZ_SEED").unwrap_or(1956);
    println!("make fuzz SEED={seed} COUNT={count}");
    let mut bodies = Bodies::new(Dice::new(seed));
    let mut dice = Dice::new(seed ^ 0xd15c);
    let (mut taken, mut damaged) = (0, BTreeSet::new());
    let nobody = |options: &mut lysbord_core::desk::Options| options.tenants = vec![NOBODY.parse().unwrap()];
    let mut desk = OpenDesk::with(nobody).await;
    for part in 0..PARTS {
        taken += post_all(&desk, &mut bodies, count / PARTS).await;
        desk.caught_up().await;
        desk.desk.library.rebuild().await.unwrap();
        let rebuilt = Told::by(&desk, taken, &damaged).await;
        desk.desk.library.rebuild().await.unwrap();
        Told::by(&desk, taken, &damaged).await.is_the_same_as(&rebuilt);

        let folder = desk.shut_down().await;
        let connection = Connection::open(folder.path().join("library.db")).unwrap();
        if part + 1 < PARTS {
            damaged.extend(damage_some(&connection, &mut dice, taken));
        }
        drop(connection);
        desk = OpenDesk::again(folder, nobody).await;
    }
    println!("{taken} of {count} were taken, {} were damaged", damaged.len());
    desk.shut_down().await;
}

/// What is told live is what a rebuild tells, while nothing is damaged.
#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_says_the_same_as_live_of_whatever_came() {
    let count = from_environment("LYSBORD_FUZZ_COUNT").map_or(300, |count| count as usize / 4);
    let seed = from_environment("LYSBORD_FUZZ_SEED").unwrap_or(1957);
    println!("make fuzz SEED={seed}");
    let mut bodies = Bodies::new(Dice::new(!seed));
    let desk = OpenDesk::new().await;
    let taken = post_all(&desk, &mut bodies, count).await;
    let live = Told::by(&desk, taken, &BTreeSet::new()).await;
    desk.desk.library.rebuild().await.unwrap();
    Told::by(&desk, taken, &BTreeSet::new()).await.is_the_same_as(&live);
    desk.shut_down().await;
}

/// Returns how many were taken in.
async fn post_all(desk: &OpenDesk, bodies: &mut Bodies, count: usize) -> usize {
    let posts = std::iter::repeat_with(|| bodies.next()).take(count).map(|post| async move {
        let answer = desk.post(&post.hook, post.content_type, post.body).await;
        match answer.status {
            StatusCode::OK => 1,
            // A kind of hook that there is not, a body beyond all limits, and one that says it is packed and is not.
            StatusCode::NOT_FOUND | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => 0,
            other => panic!("{other}: {}", answer.text()),
        }
    });
    stream::iter(posts).buffer_unordered(AT_ONCE).fold(0, async |sum, taken| sum + taken).await
}

/// Damages a few of the stored bodies, each in its way.
fn damage_some(connection: &Connection, dice: &mut Dice, of: usize) -> Vec<i64> {
    let some = 3 + of / 100;
    let ids: BTreeSet<i64> = (0..some).map(|_| 1 + dice.below(of) as i64).collect();
    for id in &ids {
        let damages = damages();
        damage(connection, *id, damages[dice.below(damages.len())].1);
    }
    ids.into_iter().collect()
}

/// What is shown, but for what tells of the arrival.
struct Told {
    sheets: Vec<Row>,
    overview: String,
}

impl Told {
    /// Asks for everything, and looks whether it is sound.
    async fn by(desk: &OpenDesk, taken: usize, damaged: &BTreeSet<i64>) -> Self {
        desk.caught_up().await;
        each_is_something(desk, taken, damaged).await;
        the_doctor_tells_of_the_damaged_only(desk, damaged);
        let trouble = desk.desk.library.trouble().await.unwrap();
        let codes: BTreeSet<&str> = trouble.iter().map(|trouble| trouble.code).collect();
        assert!(codes.is_subset(&["damaged_deliveries"].into()), "{trouble:?}");
        let mut sheets = Vec::new();
        for what in [What::Assets, What::Events, What::Changes] {
            sheets.extend(desk.rows(what).await);
        }
        sheets.sort();
        let overview = desk.desk.library.read(|now| now.gallery().overview(None)).await.unwrap();
        Self { sheets, overview: format!("{overview:?}") }
    }

    fn is_the_same_as(&self, other: &Self) {
        for (one, other) in self.sheets.iter().zip(&other.sheets) {
            assert_eq!(one, other);
        }
        assert_eq!((self.sheets.len(), &self.overview), (other.sheets.len(), &other.overview));
    }
}

/// Whatever is not shown as an event is listed with the reason.
async fn each_is_something(desk: &OpenDesk, taken: usize, damaged: &BTreeSet<i64>) {
    let everything = LogFilter::default();
    let page = desk.desk.library.read(move |now| now.deliveries().log(&everything, Part::From(0), usize::MAX >> 1));
    let log = page.await.unwrap().items;
    assert_eq!(log.len(), taken, "what was answered 200 is in the log, once");
    for line in log {
        let is_shown = line.asset_id.is_some();
        match line.outcome {
            DeliveryOutcome::Event => assert!(is_shown, "{line:?}"),
            DeliveryOutcome::Duplicate => {}
            DeliveryOutcome::Unreadable => assert!(!is_shown && line.problem.is_some(), "{line:?}"),
            DeliveryOutcome::Damaged => assert!(damaged.contains(&line.id.0) && line.problem.is_some(), "{line:?}"),
            DeliveryOutcome::SetAside => panic!("{line:?}"),
        }
    }
}

fn the_doctor_tells_of_the_damaged_only(desk: &OpenDesk, damaged: &BTreeSet<i64>) {
    let faults = library::check_up(&desk.desk.folder).unwrap().faults;
    let told: BTreeSet<i64> = faults
        .iter()
        .map(|fault| {
            let id = fault.0.strip_prefix("delivery ").and_then(|rest| rest.split_once(" is damaged on this disk: "));
            id.unwrap_or_else(|| panic!("{fault:?}")).0.parse().unwrap()
        })
        .collect();
    assert_eq!(&told, damaged);
}
