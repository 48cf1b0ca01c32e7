//! Stored bodies that change on the disk.

use std::fmt::Write as _;
use std::fs;
use std::io::{Seek, SeekFrom, Write};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use lysbord_core::library::{DeliveryId, DeliveryOutcome};
use rusqlite::{Connection, params};
use serde_json::json;

use super::{by_an_older_program, faults, filenames, log, outcomes, rebuilt_at_start, take_all, trouble};
use crate::desk::{OpenDesk, list, text};
use crate::notice::{about, renamed, with_fields};
use crate::order::gallery_cache::GalleryCache;

/// The head of a frame that says it is so long, before what is really there.
fn lying(body: &[u8], length: u64) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0b1110_0000];
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&body[body.len().min(12)..]);
    frame
}

/// Makes of a stored body what may be found on a disk.
type Damage = fn(&[u8]) -> Vec<u8>;

/// All the ways in which a body may be found.
pub fn damages() -> Vec<(&'static str, Damage)> {
    vec![
        ("cut", |body| body[..body.len() / 2].to_vec()),
        ("empty", |_| Vec::new()),
        ("zeroes", |body| vec![0; body.len()]),
        ("a letter", |_| b"Dear Sir, this is no body at all.".to_vec()),
        ("a bit", |body| {
            let mut body = body.to_vec();
            let middle = body.len() / 2;
            body[middle] ^= 4;
            body
        }),
        ("says 4 EiB", |body| lying(body, 1 << 62)),
        ("says 16 EiB", |body| lying(body, u64::MAX - 2)),
        ("says 1 GiB", |body| lying(body, 1 << 30)),
        ("says a little more", |body| lying(body, 3000)),
    ]
}

pub fn damage(connection: &Connection, delivery: i64, how: fn(&[u8]) -> Vec<u8>) {
    let body: Vec<u8> =
        connection.query_row("SELECT body FROM deliveries WHERE id = ?1", [delivery], |row| row.get(0)).unwrap();
    connection.execute("UPDATE deliveries SET body = ?2 WHERE id = ?1", params![delivery, how(&body)]).unwrap();
}

/// As if it had been stored and the projection had not come so far.
fn left_by_a_crash(connection: &Connection, id: i64, body: &[u8]) {
    connection
        .execute(
            "INSERT INTO deliveries (id, received_ms, kind, outcome, dedupe, size, body)
             VALUES (?1, 1, 'modified', 'event', randomblob(16), 1000, ?2)",
            params![id, body],
        )
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_body_stops_neither_start_nor_projection_nor_rebuild() {
    for (name, how) in damages() {
        println!("{name}");
        let gallery_cache = GalleryCache::new();
        take_all(&gallery_cache, &[about("1", 0, "a.jpg"), about("2", 1, "b.jpg")]).await;
        let gallery_cache = gallery_cache
            .reopened(|connection| {
                let body: Vec<u8> =
                    connection.query_row("SELECT body FROM deliveries WHERE id = 2", [], |row| row.get(0)).unwrap();
                damage(connection, 1, how);
                left_by_a_crash(connection, 3, &how(&body));
            })
            .await;
        // More of the same asset, which asks for what it was before.
        take_all(
            &gallery_cache,
            &[with_fields(renamed("4", 2, "a.jpg", "c.jpg"), [("5", json!("t"))]), about("5", 3, "d.jpg")],
        )
        .await;
        assert_eq!(filenames(&gallery_cache).await, ["b.jpg", "c.jpg", "d.jpg"], "{name}");
        assert_eq!(outcomes(&gallery_cache).await, ["event", "event", "damaged", "event", "event"], "{name}");
        let told = faults(&gallery_cache);
        assert_eq!(told.len(), 2, "{name}: {told:?}");
        for (told, id) in told.iter().zip([1, 3]) {
            assert!(told.starts_with(&format!("delivery {id} is damaged on this disk: ")), "{name}: {told}");
        }
        assert_eq!(trouble(&gallery_cache).await, ["damaged_deliveries"], "{name}");
        let body = gallery_cache.library.read(|now| now.deliveries().kept(DeliveryId(3))).await;
        assert!(body.unwrap_err().to_string().contains("damaged on this disk"), "{name}");

        gallery_cache.library.rebuild().await.unwrap();
        assert_eq!(outcomes(&gallery_cache).await, ["damaged", "event", "damaged", "event", "event"], "{name}");
        assert_eq!(filenames(&gallery_cache).await, ["b.jpg", "c.jpg", "d.jpg"], "{name}");
        assert_eq!(faults(&gallery_cache), told, "{name}");
        let rebuilt = gallery_cache.picture().await;
        let gallery_cache = gallery_cache.reopened(by_an_older_program).await;
        rebuilt_at_start(&gallery_cache).await;
        assert_eq!(gallery_cache.end().await, rebuilt, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_damaged_is_shown_again_when_it_is_put_back_or_sent_again() {
    let gallery_cache = GalleryCache::new();
    take_all(&gallery_cache, &[about("1", 0, "a.jpg"), about("2", 1, "b.jpg")]).await;
    let before = gallery_cache.picture().await;
    let mut whole = Vec::new();
    let gallery_cache = gallery_cache
        .reopened(|connection| {
            whole = connection.query_row("SELECT body FROM deliveries WHERE id = 1", [], |row| row.get(0)).unwrap();
            damage(connection, 1, |_| Vec::new());
            by_an_older_program(connection);
        })
        .await;
    rebuilt_at_start(&gallery_cache).await;
    assert_eq!(filenames(&gallery_cache).await, ["b.jpg"]);

    let sent_again = gallery_cache;
    take_all(&sent_again, &[about("1", 0, "a.jpg")]).await;
    assert_eq!(filenames(&sent_again).await, ["a.jpg", "b.jpg"]);
    assert_eq!(outcomes(&sent_again).await, ["damaged", "event", "event"]);

    let put_back = sent_again
        .reopened(|connection| {
            connection.execute("UPDATE deliveries SET body = ?1 WHERE id = 1", [&whole]).unwrap();
        })
        .await;
    assert!(faults(&put_back)[0].contains("is whole now; run lysbord rebuild"), "{:?}", faults(&put_back));
    put_back.library.rebuild().await.unwrap();
    assert_eq!(outcomes(&put_back).await, ["duplicate", "event", "event"], "one of the two is the event");
    assert_eq!(put_back.end().await, before);
}

/// Not a body alone is damaged, but the page it is on: SQLite itself cannot read the row.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_page_of_the_log_costs_the_deliveries_on_it() {
    let gallery_cache = GalleryCache::new();
    let mut noise = String::new();
    let mut seed = 1_u64;
    while noise.len() < 60_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        write!(noise, "{seed:x}").unwrap();
    }
    let large = with_fields(about("2", 1, "large.jpg"), [("120", json!(noise))]);
    take_all(&gallery_cache, &[about("1", 0, "a.jpg"), large, about("3", 2, "c.jpg")]).await;
    let path = gallery_cache.folder.library();
    let gallery_cache = gallery_cache
        .reopened(|connection| {
            by_an_older_program(connection);
            let _: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).unwrap();
            let body: Vec<u8> =
                connection.query_row("SELECT body FROM deliveries WHERE id = 2", [], |row| row.get(0)).unwrap();
            // A piece from the middle of it tells the page; its first bytes say where it goes on.
            let piece = &body[body.len() / 2..][..64];
            let file = fs::read(&path).unwrap();
            let at = file.windows(piece.len()).position(|bytes| bytes == piece).unwrap();
            let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.seek(SeekFrom::Start((at / 4096 * 4096) as u64)).unwrap();
            file.write_all(&[0xff; 4]).unwrap();
        })
        .await;
    rebuilt_at_start(&gallery_cache).await;
    take_all(&gallery_cache, &[about("4", 3, "d.jpg")]).await;
    assert_eq!(filenames(&gallery_cache).await, ["a.jpg", "c.jpg", "d.jpg"]);
    let lines = log(&gallery_cache).await;
    assert_eq!(lines[1].outcome, DeliveryOutcome::Damaged, "{:?}", lines[1]);
    assert!(faults(&gallery_cache).iter().any(|fault| fault.starts_with("library.db is damaged: ")));
    assert_eq!(trouble(&gallery_cache).await, ["damaged_deliveries"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_told_what_is_damaged_and_what_to_do() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.take("ingested", &about("2", 1, "b.jpg")).await;
    desk.caught_up().await;
    assert_eq!(desk.get("/api/status").await["trouble"], json!([]));
    let folder = desk.shut_down().await;
    let connection = Connection::open(folder.path().join("library.db")).unwrap();
    damage(&connection, 1, |_| b"?".to_vec());
    by_an_older_program(&connection);
    drop(connection);

    let desk = OpenDesk::again(folder, |_| ()).await;
    desk.desk.library.rebuild().await.unwrap();
    let listed = list(&desk.get("/api/deliveries?outcome=damaged").await["items"]);
    assert_eq!((listed.len(), &listed[0]["id"], &listed[0]["outcome"]), (1, &json!(1), &json!("damaged")));
    assert!(!text(&listed[0]["problem"]).is_empty());
    assert_eq!(list(&desk.get("/api/deliveries?outcome=event").await["items"]).len(), 1);
    assert_eq!(list(&desk.get("/api/deliveries").await["items"]).len(), 2);
    assert_eq!(desk.get("/api/sidebar").await["set_aside"], 1);
    let answer = desk.ask(Request::get("/api/deliveries/1").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::GONE, &json!("damaged")));
    let trouble = &desk.get("/api/status").await["trouble"][0];
    for part in ["happened", "kept", "advice"] {
        assert!(text(&trouble[part]).ends_with('.'), "{trouble}");
    }
    assert!(text(&trouble["happened"]).starts_with("1 delivery changed on this disk"), "{trouble}");
}
