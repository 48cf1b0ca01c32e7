//! A rebuild makes the same library again, while it is read, and while deliveries and pictures go on coming in.

use std::time::Duration;

use axum::http::{Request, StatusCode};
use lysbord_core::fotoware::Role;
use lysbord_core::library::{Filter, Snapshot, Sort};
use lysbord_core::model::{MissingReason, Outcome, RenditionKey, RenditionOutcome};
use rusqlite::Connection;
use serde_json::Value;

use crate::desk::{NOON, OpenDesk};
use crate::notice::about;
use crate::order::gallery_cache::{Delivery, GalleryCache};
use crate::order::telling;

/// Every story of the tenant so often, each time about other assets.
fn told(times: usize) -> Vec<Delivery> {
    let stories: Vec<_> = telling::all().into_iter().flat_map(|told| told.deliveries).collect();
    let again = |round: usize| {
        stories.iter().filter_map(move |delivery| {
            let body = delivery.body.replace("https://dam.example", &format!("https://dam{round}.example"));
            // A form says nothing here that JSON does not.
            let mut body: Value = serde_json::from_str(&body).ok()?;
            body["id"] = format!("{round}-{}", body["id"].as_str().unwrap_or_default()).into();
            Some(Delivery { hook: delivery.hook, body: body.to_string() })
        })
    };
    (0..times).flat_map(again).collect()
}

async fn full(deliveries: &[Delivery]) -> GalleryCache {
    let gallery_cache = GalleryCache::new();
    for (position, delivery) in deliveries.iter().enumerate() {
        gallery_cache.take(delivery, position).await;
    }
    gallery_cache.library.caught_up().await.unwrap();
    gallery_cache
}

/// Thumbnail after thumbnail is settled.
async fn record_outcomes(gallery_cache: &GalleryCache, delivery: i64) {
    let key = RenditionKey { delivery, role: Role::Thumbnail };
    gallery_cache
        .library
        .record_outcomes(vec![RenditionOutcome { key, outcome: Outcome::Missing(MissingReason::Expired) }])
        .await
        .unwrap();
}

fn schema(connection: &Connection) -> Vec<(String, Option<String>)> {
    let mut select = connection.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").unwrap();
    select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_in_meanwhile_is_there_in_the_end() {
    let deliveries = told(8);
    let (before, meanwhile) = deliveries.split_at(deliveries.len() * 2 / 3);
    let straight = full(&deliveries).await;
    let gallery_cache = full(before).await;

    gallery_cache.library.begin_rebuild().unwrap();
    let mut under_way = 0;
    for (nth, delivery) in meanwhile.iter().enumerate() {
        under_way += usize::from(gallery_cache.library.rebuilding().is_some());
        gallery_cache.take(delivery, before.len() + nth).await;
        record_outcomes(&gallery_cache, 1 + nth as i64).await;
    }
    // What comes twice is known, whichever of the two libraries knows it at this moment.
    for delivery in deliveries.iter().rev().take(40) {
        gallery_cache.take(delivery, deliveries.len()).await;
        straight.take(delivery, deliveries.len()).await;
    }
    gallery_cache.library.rebuild().await.unwrap();
    println!("{under_way} of {} came while it was made", meanwhile.len());
    assert!(under_way > 0);

    for nth in 0..meanwhile.len() {
        record_outcomes(&straight, 1 + nth as i64).await;
    }
    assert_eq!(gallery_cache.end().await, straight.end().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn until_it_is_done_the_library_is_read_as_it_was() {
    let gallery_cache = full(&told(8)).await;
    let look = |now: &Snapshot<'_>| {
        let everything = Filter::parse("", NOON, &jiff::tz::TimeZone::UTC);
        let found = Filter::parse("e", NOON, &jiff::tz::TimeZone::UTC);
        let places = now.gallery().slots(&everything, Sort::Name)?;
        let ids = now.assets().public_ids(&places.iter().map(|place| place.asset).collect::<Vec<_>>())?;
        Ok((ids, now.gallery().slots(&found, Sort::Name)?.len()))
    };
    let before = gallery_cache.library.read(look).await.unwrap();
    assert!(before.1 > 0);

    gallery_cache.library.begin_rebuild().unwrap();
    let (mut looks, mut furthest) = (0, 0);
    while let Some(progress) = gallery_cache.library.rebuilding() {
        assert!(progress.done >= furthest && progress.done <= progress.total, "{progress:?} after {furthest}");
        furthest = progress.done;
        assert_eq!(gallery_cache.library.read(look).await.unwrap(), before);
        looks += 1;
    }
    println!("looked {looks} times, the last time at {furthest}");
    assert!(looks > 3 && furthest > 0);
    assert_eq!(gallery_cache.library.read(look).await.unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_of_an_older_program_is_made_anew_when_it_is_opened() {
    let gallery_cache = full(&told(2)).await;
    let before = gallery_cache.picture().await;

    let gallery_cache = gallery_cache
        .reopened(|connection| {
            connection
                .execute_batch("UPDATE projection SET format = 1; DELETE FROM changes; DELETE FROM labels")
                .unwrap();
        })
        .await;
    while gallery_cache.library.rebuilding().is_some() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(gallery_cache.picture().await, before);

    let gallery_cache = gallery_cache.reopened(|_| ()).await;
    assert_eq!(gallery_cache.library.rebuilding(), None, "once is enough");
    assert_eq!(gallery_cache.end().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_given_up_leaves_nothing_and_is_begun_again() {
    let gallery_cache = full(&told(6)).await;
    let before = gallery_cache.picture().await;
    let mut clean = Vec::new();
    let gallery_cache = gallery_cache.reopened(|connection| clean = schema(connection)).await;

    gallery_cache.library.begin_rebuild().unwrap();
    tokio::time::sleep(Duration::from_millis(30)).await;
    let gallery_cache = gallery_cache.reopened(|_| ()).await;
    let gallery_cache = gallery_cache.reopened(|connection| assert_eq!(schema(connection), clean)).await;
    assert!(!gallery_cache.folder.scratch().exists());
    assert_eq!(gallery_cache.picture().await, before);

    gallery_cache.library.rebuild().await.unwrap();
    assert_eq!(gallery_cache.picture().await, before);
    let gallery_cache = gallery_cache
        .reopened(|connection| {
            assert_eq!(schema(connection), clean);
            let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
            assert_eq!(sound, "ok");
            connection.execute_batch("INSERT INTO search (search) VALUES ('integrity-check')").unwrap();
        })
        .await;
    assert_eq!(gallery_cache.end().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_asks_for_one_and_is_told_how_far_it_is() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("one", 0, "a.jpg")).await;
    desk.caught_up().await;
    let revision = desk.get("/api/status").await["revision"].as_u64().unwrap();

    let answer = desk.ask(Request::post("/api/rebuild").body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    let done = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let status = desk.get("/api/status").await;
            if status["rebuild"].is_null() {
                break;
            }
            assert!(status["rebuild"]["total"].as_u64().unwrap() <= 1);
        }
    });
    done.await.unwrap();
    let news = desk.get(&format!("/api/changes?since={revision}")).await;
    assert!(news["asset_ids"].is_null(), "everything may have changed: {news}");
    desk.shut_down().await;
}
