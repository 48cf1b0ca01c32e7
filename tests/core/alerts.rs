//! Notifications, from the hook to the words: what is told, what is not, and that nothing is told twice.

use std::time::Duration;

use lysbord_core::alerts::{Alert, Pace};
use lysbord_core::clock::{Clock, Timestamp};
use lysbord_core::fotoware::{Change, HookKind};
use lysbord_core::library::Incoming;
use lysbord_core::settings::{Notifications, SavedSearch, Settings};
use serde_json::json;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use crate::desk::{NOON, OpenDesk};
use crate::notice::{about, in_archive, with_fields, wrapped};

const PACE: Pace = Pace { gather: Duration::from_secs(2), every: Duration::from_secs(15) };

async fn choose(desk: &OpenDesk, notifications: Notifications) {
    let settings = desk.desk.settings().await.unwrap();
    desk.desk.save_settings(Settings { notifications, ..settings }).await.unwrap();
}

fn on() -> Notifications {
    Notifications { on: true, ..Notifications::default() }
}

/// What is told once the clock has gone on. The follower sleeps by another clock, so it is woken.
async fn told(desk: &OpenDesk, alerts: &mut Receiver<Alert>, after: Duration) -> Option<Alert> {
    desk.caught_up().await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    desk.clock.advance(after.as_millis() as i64);
    desk.desk.library.change_feed().announce();
    timeout(Duration::from_secs(4), alerts.recv()).await.ok().flatten()
}

#[tokio::test]
async fn nothing_is_told_until_it_is_asked_for_and_then_only_what_is_new() {
    let desk = OpenDesk::new().await;
    let mut alerts = desk.desk.alerts(PACE);
    desk.take("ingested", &about("1", 0, "old.jpg")).await;
    assert_eq!(told(&desk, &mut alerts, PACE.gather).await, None, "nobody asked");

    choose(&desk, on()).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    desk.take("ingested", &in_archive("5001-Press", "2", 1, "new.jpg")).await;
    desk.take("ingested", &in_archive("5001-Press", "2", 1, "new.jpg")).await;

    let alert = told(&desk, &mut alerts, PACE.gather).await.unwrap();
    assert_eq!(alert.title(), "new.jpg");
    assert_eq!(alert.events(), 1, "what Fotoware sends twice happened once");
    assert_eq!(told(&desk, &mut alerts, PACE.every).await, None);
}

#[tokio::test]
async fn many_become_one_and_a_second_bundle_waits_for_its_turn() {
    let desk = OpenDesk::new().await;
    choose(&desk, on()).await;
    let mut alerts = desk.desk.alerts(PACE);
    tokio::time::sleep(Duration::from_millis(300)).await;
    for number in 0..30 {
        desk.take("ingested", &about(&number.to_string(), number, &format!("{number}.jpg"))).await;
    }
    let first = told(&desk, &mut alerts, PACE.gather).await.unwrap();
    assert_eq!(first.events(), 30);
    assert!(first.title().starts_with("30 assets ingested"), "{}", first.title());

    for number in 0..12 {
        let renamed = with_fields(about(&format!("m{number}"), 100, &format!("{number}.jpg")), [("120", json!("Kai"))]);
        desk.take("modified", &wrapped(renamed, "updateMetadata")).await;
    }
    assert_eq!(told(&desk, &mut alerts, PACE.gather).await, None, "the last was a moment ago");
    let second = told(&desk, &mut alerts, PACE.every).await.unwrap();
    assert!(second.title().starts_with("12 assets changed"), "{}", second.title());
}

#[tokio::test]
async fn rules_and_a_search_choose_what_is_told() {
    let desk = OpenDesk::new().await;
    let query = Some("filename:harbour".to_owned());
    choose(&desk, Notifications { kinds: vec![Change::Ingested], query, ..on() }).await;
    let mut alerts = desk.desk.alerts(PACE);
    tokio::time::sleep(Duration::from_millis(300)).await;
    desk.take("ingested", &about("1", 0, "mountain.jpg")).await;
    desk.take("ingested", &about("2", 1, "harbour.jpg")).await;
    desk.take("deleted", &about("3", 2, "harbour.jpg")).await;

    let alert = told(&desk, &mut alerts, PACE.gather).await.unwrap();
    assert_eq!((alert.title(), alert.events()), ("harbour.jpg".to_owned(), 1));
}

/// A search that is kept tells of its assets by itself, whatever the rules leave out.
#[tokio::test]
async fn a_kept_search_that_notifies_is_told_beside_the_rules() {
    let desk = OpenDesk::new().await;
    let search =
        |query: &str, notify| SavedSearch { name: query.into(), query: query.into(), notify, ..SavedSearch::default() };
    let saved_searches = vec![search("city:oslo", true), search("city:bergen", false)];
    let notifications = Notifications { kinds: vec![Change::Deleted], ..on() };
    let settings = desk.desk.settings().await.unwrap();
    desk.desk.save_settings(Settings { notifications, saved_searches, ..settings }).await.unwrap();
    let mut alerts = desk.desk.alerts(PACE);
    tokio::time::sleep(Duration::from_millis(300)).await;
    for (nth, city) in (1..).zip(["Bergen", "Oslo"]) {
        let notice = about(&nth.to_string(), nth, &format!("{city}.jpg"));
        desk.take("ingested", &with_fields(notice, [("90", city.into())])).await;
    }
    let alert = told(&desk, &mut alerts, PACE.gather).await.unwrap();
    assert_eq!((alert.title(), alert.events()), ("Oslo.jpg".to_owned(), 1));
}

#[tokio::test]
async fn what_was_chosen_goes_over_the_wire_and_what_is_left_out_stays() {
    let desk = OpenDesk::new().await;
    let mut settings = desk.get("/api/settings").await;
    assert_eq!(settings["notifications"]["on"], false);
    assert_eq!(settings["background"]["keep_listening"], "ask");
    settings["background"]["keep_listening"] = json!("yes");
    settings["notifications"] = json!({
        "on": true, "kinds": ["deleted"], "archives": ["Press desk"], "query": " ", "quiet": {"from": "22:00", "until": "7:00"}
    });
    desk.send("PUT", "/api/settings", &settings).await;
    desk.send("PUT", "/api/settings", &json!({"tenants": [], "large_px": 0})).await;

    let kept = desk.get("/api/settings").await;
    assert_eq!(kept["background"]["keep_listening"], "yes");
    assert_eq!(kept["notifications"]["kinds"], json!(["deleted"]));
    assert_eq!(kept["notifications"]["quiet"], json!({"from": "22:00", "until": "07:00"}));
    assert_eq!(kept["notifications"]["query"], json!(null));

    for (key, wrong) in [("kinds", json!(["exploded"])), ("quiet", json!({"from": "25:00", "until": "07:00"}))] {
        let mut settings = kept.clone();
        settings["notifications"][key] = wrong;
        assert_eq!(desk.send("PUT", "/api/settings", &settings).await.status, 422, "{key}");
    }
}

#[tokio::test]
async fn a_restart_tells_what_was_not_told_yet_and_nothing_old() {
    const HOUR: i64 = 3_600_000;
    let desk = OpenDesk::new().await;
    choose(&desk, on()).await;
    let mut alerts = desk.desk.alerts(PACE);
    desk.take("ingested", &about("1", 0, "told.jpg")).await;
    assert_eq!(told(&desk, &mut alerts, PACE.gather).await.unwrap().title(), "told.jpg");
    // It is gathered, and the end comes before it is told.
    desk.take("ingested", &about("2", 1, "untold.jpg")).await;
    desk.caught_up().await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    let folder = desk.shut_down().await;

    let desk = OpenDesk::again(folder, |_| ()).await;
    let mut alerts = desk.desk.alerts(PACE);
    let alert = told(&desk, &mut alerts, PACE.gather).await.unwrap();
    assert_eq!((alert.title().as_str(), alert.events()), ("untold.jpg", 1), "nothing is told twice");
    drop(alerts);
    // Nobody tells of these: Lysbord runs without a window, and then hears of an import.
    desk.take("ingested", &about("3", 2, "while no window was there.jpg")).await;
    desk.clock.advance(HOUR / 2);
    let import = desk.desk.library.begin_import("saved".to_owned(), desk.clock.now()).await.unwrap();
    let body = about("4", 3, "imported.jpg").to_string();
    let incoming = Incoming::new(HookKind::Ingested, None, body.as_bytes(), desk.clock.now()).unwrap();
    desk.desk.library.take_in(incoming.imported(import)).await.unwrap();
    desk.caught_up().await;
    let folder = desk.shut_down().await;

    let desk = OpenDesk::again(folder, |_| ()).await;
    let mut alerts = desk.desk.alerts(PACE);
    assert_eq!(told(&desk, &mut alerts, PACE.gather).await, None, "what the user imported is no news");
    drop(alerts);
    desk.take("ingested", &about("5", 4, "long ago.jpg")).await;
    desk.caught_up().await;
    let folder = desk.shut_down().await;

    let later = Clock::by_hand(Timestamp(NOON.0 + 2 * HOUR));
    let desk = OpenDesk::again(folder, |options| options.clock = later.clone()).await;
    let mut alerts = desk.desk.alerts(PACE);
    assert_eq!(told(&desk, &mut alerts, PACE.gather).await, None, "after an hour it is history");
    desk.take("ingested", &about("6", 5, "new.jpg")).await;
    desk.caught_up().await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    later.advance(PACE.every.as_millis() as i64);
    let alert = told(&desk, &mut alerts, PACE.every).await.unwrap();
    assert_eq!(alert.title(), "new.jpg");
}
