//! Nothing acknowledged is lost: not when the program is killed in the middle of its work, and not twenty times in a row.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::archive::{Archive, Delivery};
use crate::program::{Place, Serving, serve_arguments, until};
use crate::web;

const ROUNDS: u64 = 20;
const SENDERS: usize = 12;
/// More than the program takes in before it is killed.
const ASSETS_A_ROUND: usize = 150;

#[test]
fn what_was_acknowledged_outlives_twenty_kills() {
    let seed = std::env::var("LYSBORD_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1_u64);
    println!("LYSBORD_TEST_SEED={seed} tells the same story again");
    let (place, archive) = (Place::new(), Archive::open(seed));
    let mut chance = Chance(seed);
    let mut acknowledged: HashSet<String> = HashSet::new();
    let mut unanswered: Vec<Delivery> = Vec::new();

    for round in 1..=ROUNDS {
        let serving = place.serve(&[archive.url()]);
        all_are_there(&place, &acknowledged);
        place.done(&["doctor"]);

        // Fotoware sends again what it got no answer to.
        let before = unanswered.len();
        unanswered.extend(archive.chapter(round, ASSETS_A_ROUND));
        let after = Duration::from_millis(20 + chance.below(381));
        let rush = Rush::new(unanswered);
        rush.post_until(after, &serving.hooks.clone(), || serving.kill());
        println!("round {round}: killed after {after:?}, {} acknowledged, {before} sent again", rush.taken().len());
        acknowledged.extend(rush.taken());
        unanswered = rush.left();
    }
    assert!(acknowledged.len() as u64 > ROUNDS, "hardly anything was under way: {}", acknowledged.len());

    let serving = place.serve(&[archive.url()]);
    let rest = unanswered;
    serving.keep(&rest);
    acknowledged.extend(rest.into_iter().map(|delivery| delivery.webhook_id));
    all_are_there(&place, &acknowledged);

    let events = place.pictures_settled();
    let kept = events.values().flatten().filter(|event| event["thumbnail"] == "kept").count();
    println!("{} events, {kept} with their thumbnail", events.len());
    assert!(kept * 10 > events.len() * 8, "pictures that the archive still has were not taken up again");
    what_is_missing_has_a_reason(&serving);
    serving.close();
    place.done(&["doctor"]);
}

#[test]
fn what_was_acknowledged_and_is_no_row_yet_outlives_a_kill() {
    let (place, archive) = (Place::new(), Archive::open(44));
    let mut acknowledged = HashSet::new();
    for round in 0..5 {
        let serving = place.serve(&[archive.url()]);
        all_are_there(&place, &acknowledged);
        let deliveries = archive.chapter(round, 30);
        let (before, after) = deliveries.split_at(10);
        serving.keep(before);

        // While somebody else holds the library nothing becomes a row of it.
        let mut library = rusqlite::Connection::open(place.data().join("library.db")).unwrap();
        let held = library.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
        let rows = || held.query_row("SELECT count(*) FROM deliveries", [], |row| row.get::<_, i64>(0)).unwrap();
        let had = rows();
        serving.keep(after);
        // Again what is in the spool only, and what may be in both.
        serving.keep(&deliveries);
        serving.kill();
        assert_eq!(rows(), had, "this is a story of deliveries without rows");

        drop(held);
        drop(library);
        place.done(&["doctor"]);
        acknowledged.extend(deliveries.into_iter().map(|delivery| delivery.webhook_id));
    }
    let serving = place.serve(&[archive.url()]);
    all_are_there(&place, &acknowledged);
    serving.close();
    place.done(&["doctor"]);
}

#[test]
fn what_was_acknowledged_outlives_a_polite_end_in_the_middle_of_a_rush() {
    let (place, archive) = (Place::new(), Archive::open(41));
    let serving = place.serve(&[archive.url()]);
    let rush = Rush::new(archive.chapter(0, ASSETS_A_ROUND));

    rush.post_until(Duration::from_millis(300), &serving.hooks.clone(), || drop(serving.close()));

    println!("{} acknowledged", rush.taken().len());
    place.done(&["doctor"]);
    let serving = place.serve(&[archive.url()]);
    all_are_there(&place, &rush.taken().into_iter().collect());
    place.pictures_settled();
    serving.close();
    place.done(&["doctor"]);
}

#[test]
fn pictures_that_were_under_way_at_the_end_are_taken_up_again() {
    for end in ["TERM", "KILL"] {
        let (place, archive) = (Place::new(), Archive::silent(43));
        let serving = place.serve(&[archive.url()]);
        serving.keep(&archive.chapter(0, 6));
        let code = serving.stop(end).code;
        assert_eq!(code, (end == "TERM").then_some(0));
        place.done(&["doctor"]);

        archive.speak();
        let serving = place.serve(&[archive.url()]);
        let events = place.pictures_settled();
        let kept = events.values().flatten().filter(|event| event["preview"] == "kept").count();
        assert!(kept * 10 > events.len() * 8, "after {end} {kept} of {} were had", events.len());
        serving.close();
        place.done(&["doctor"]);
    }
}

/// Kills while pictures come in from an archive that gives each only once. `LYSBORD_TEST_KILLS=50` is the long run.
#[test]
fn no_picture_whose_bytes_are_on_disk_is_forgotten_by_a_kill() {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse().ok());
    let (seed, kills) = (number("LYSBORD_TEST_SEED").unwrap_or(7), number("LYSBORD_TEST_KILLS").unwrap_or(12));
    println!("LYSBORD_TEST_SEED={seed} LYSBORD_TEST_KILLS={kills} tells the same story again");
    let (place, archive) = (Place::new(), Archive::once(seed));
    let mut chance = Chance(seed);
    let mut sent: Vec<Delivery> = Vec::new();
    let mut on_disk = 0;

    for round in 1..=kills {
        let serving = place.serve(&[archive.url()]);
        on_disk = every_picture_is_somebodys(&place, &archive, &sent);
        let deliveries = archive.chapter(round, ASSETS_A_ROUND);
        let rush = Rush::new(deliveries.clone());
        let after = Duration::from_millis(60 + chance.below(600));
        rush.post_until(after, &serving.hooks.clone(), || serving.kill());
        println!("round {round}: {on_disk} pictures, then killed after {after:?}");
        sent.extend(deliveries);
    }
    let serving = place.serve(&[archive.url()]);
    let at_the_end = every_picture_is_somebodys(&place, &archive, &sent);
    assert!(at_the_end > 10 * kills as usize, "hardly a picture came: {at_the_end}, {on_disk} before");
    serving.close();
    place.done(&["doctor"]);
}

/// Each picture on disk is named, and no event misses one whose bytes are there. Returns how many there are.
fn every_picture_is_somebodys(place: &Place, archive: &Archive, sent: &[Delivery]) -> usize {
    if sent.is_empty() {
        return 0;
    }
    let events = place.pictures_settled();
    let hashes = |file: &str, sql: &str| -> HashSet<String> {
        let database = rusqlite::Connection::open(place.data().join(file)).unwrap();
        let mut select = database.prepare(sql).unwrap();
        let rows = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.map(|hash| hash.unwrap().to_lowercase()).collect()
    };
    // In this order: what is being recorded meanwhile is in one of both.
    let on_disk = hashes("pictures.db", "SELECT hex(hash) FROM pictures");
    let landed = hashes("pictures.db", "SELECT hex(hash) FROM landed");
    let named = hashes("library.db", "SELECT hex(blob) FROM renditions WHERE blob IS NOT NULL");
    let forgotten: Vec<_> = on_disk.iter().filter(|hash| !landed.contains(*hash) && !named.contains(*hash)).collect();
    assert!(forgotten.is_empty(), "{} pictures on disk are nobody's: {forgotten:?}", forgotten.len());

    for delivery in sent {
        let Some(told) = events.get(&delivery.webhook_id) else { continue };
        let body: serde_json::Value = serde_json::from_str(&delivery.body).unwrap();
        for role in ["thumbnail", "preview"] {
            let url = body[format!("{role}-href")].as_str().unwrap_or_default();
            let is_there = archive.kept_as(url).is_some_and(|hash| on_disk.contains(&hash));
            assert!(
                !is_there || told[0][role] == "kept",
                "the {role} of {} is on disk: {}",
                delivery.webhook_id,
                told[0]
            );
        }
    }
    on_disk.len()
}

#[test]
fn a_first_start_that_is_cut_off_is_no_obstacle_to_the_next() {
    for after in (0..200).step_by(12).map(Duration::from_millis) {
        let place = Place::new();
        let mut first =
            place.command(&serve_arguments(&[])).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        // When the kill comes is what the story is about.
        thread::sleep(after);
        first.kill().unwrap();
        first.wait().unwrap();

        place.serve(&[]).close();
        place.done(&["doctor"]);
    }
}

#[test]
fn a_rebuild_that_is_cut_off_changes_nothing() {
    let (place, archive) = (Place::new(), Archive::open(42));
    let serving = place.serve(&[archive.url()]);
    let deliveries = archive.chapter(0, 30);
    serving.keep(&deliveries);
    place.shows(&deliveries);
    place.pictures_settled();
    serving.close();
    let sheets = || ["assets", "events", "changes"].map(|what| place.done(&["export", what]));
    let before = sheets();

    for after in (0..300).step_by(20).map(Duration::from_millis) {
        let mut rebuild = place.command(&["rebuild"]).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        thread::sleep(after);
        rebuild.kill().unwrap();
        rebuild.wait().unwrap();
        assert!(sheets() == before, "killed after {after:?}");
        place.done(&["doctor"]);
    }

    place.done(&["rebuild"]);
    assert!(sheets() == before);
    place.done(&["doctor"]);
}

#[test]
fn an_import_whose_taking_back_is_cut_off_is_whole_or_gone() {
    let (place, archive) = (Place::new(), Archive::open(45));
    let serving = place.serve(&[archive.url()]);
    let heard = archive.chapter(0, 20);
    serving.keep(&heard);
    place.shows(&heard);
    place.pictures_settled();
    serving.close();
    // Some of it was heard as well, so that the taking back has to leave something.
    let saved = place.path("saved");
    for (number, delivery) in archive.chapter(1, 20).iter().chain(&heard[..10]).enumerate() {
        let folder = saved.join(delivery.hook);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{number}.json")), &delivery.body).unwrap();
    }
    let sheets = |data: &std::path::Path| {
        ["assets", "events", "changes"].map(|what| {
            let export = Place::command_on(data, &["export", what]).output().unwrap();
            assert!(export.status.success(), "{export:?}");
            export.stdout
        })
    };
    let gone = sheets(&place.data());
    place.done(&["import", saved.to_str().unwrap(), "--tenant", archive.url()]);
    let whole = sheets(&place.data());
    assert_ne!(whole, gone);

    let mut ends = BTreeSet::new();
    for after in (0..600).step_by(30).map(Duration::from_millis) {
        let copy = place.path("copy");
        copy_folder(&place.data(), &copy);
        let mut undo = Place::command_on(&copy, &["import", "--undo", "1"])
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // When the kill comes is what the story is about.
        thread::sleep(after);
        undo.kill().unwrap();
        undo.wait().unwrap();
        let left = sheets(&copy);
        assert!(left == whole || left == gone, "killed after {after:?} it is neither whole nor gone");
        ends.insert(left == gone);
        assert!(Place::command_on(&copy, &["doctor"]).output().unwrap().status.success(), "killed after {after:?}");

        // The user tries again, whatever came of it.
        let again = Place::command_on(&copy, &["import", "--undo", "1"]).output().unwrap();
        assert_eq!(again.status.success(), left == whole, "killed after {after:?}: {again:?}");
        assert!(sheets(&copy) == gone, "killed after {after:?}");
        assert!(Place::command_on(&copy, &["doctor"]).output().unwrap().status.success(), "killed after {after:?}");
        std::fs::remove_dir_all(&copy).unwrap();
    }
    println!("gone at once, by kills: {ends:?}");
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Each once, also those whose answer the kill cut off and that were sent again.
fn all_are_there(place: &Place, acknowledged: &HashSet<String>) {
    let events = until("all that was acknowledged can be seen", || {
        let events = place.events();
        acknowledged.iter().all(|id| events.contains_key(id)).then_some(events)
    });
    for (id, told) in &events {
        assert_eq!(told.len(), 1, "{id} became more than one event: {told:?}");
    }
}

fn what_is_missing_has_a_reason(serving: &Serving) {
    let mut reasons = BTreeSet::new();
    let mut offset = 0;
    loop {
        let page = serving.get(&format!("/assets?limit=500&offset={offset}"));
        let items = page["items"].as_array().unwrap();
        for picture in items.iter().flat_map(|asset| [&asset["thumbnail"], &asset["preview"]]) {
            assert_ne!(picture["state"], "waiting");
            if picture["state"] == "missing" {
                reasons.insert(picture["reason"].as_str().filter(|reason| !reason.is_empty()).unwrap().to_owned());
            }
        }
        offset += items.len();
        if items.is_empty() || page["total"] == offset {
            break;
        }
    }
    println!("why pictures are missing: {reasons:?}");
    assert!(!reasons.is_empty(), "the archive has lost some pictures");
}

/// Many senders at once, who note what they got an answer to.
struct Rush {
    todo: Mutex<VecDeque<Delivery>>,
    taken: Mutex<Vec<String>>,
    cut_off: Mutex<Vec<Delivery>>,
}

impl Rush {
    fn new(todo: Vec<Delivery>) -> Self {
        Self { todo: Mutex::new(todo.into()), taken: Mutex::default(), cut_off: Mutex::default() }
    }

    /// All senders stop at the first delivery that gets no answer.
    fn post_until(&self, after: Duration, hooks: &str, end: impl FnOnce()) {
        thread::scope(|scope| {
            for _ in 0..SENDERS {
                scope.spawn(|| self.send_to(hooks));
            }
            // This is no wait for something: when the end comes is what the story is about.
            thread::sleep(after);
            end();
        });
    }

    fn send_to(&self, hooks: &str) {
        loop {
            let Some(delivery) = lock(&self.todo).pop_front() else { return };
            match web::post(&format!("{hooks}/{}", delivery.hook), delivery.content_type, delivery.body.clone()) {
                Ok(answer) if answer.status == 200 => lock(&self.taken).push(delivery.webhook_id),
                Ok(answer) => panic!("a delivery was answered {}", answer.status),
                Err(_) => return lock(&self.cut_off).push(delivery),
            }
        }
    }

    fn taken(&self) -> Vec<String> {
        lock(&self.taken).clone()
    }

    /// What was cut off comes first.
    fn left(self) -> Vec<Delivery> {
        lock(&self.cut_off).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % limit
    }
}
