//! Deliveries that can be read and make everything fail that touches them, and places that fail for a while.

use std::time::Duration;

use lysbord_core::library::{DeliveryOutcome, LibraryError};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{faults, filenames, log, outcomes, take_all, trouble};
use crate::desk::OpenDesk;
use crate::notice::{about, renamed, with_fields};
use crate::order::gallery_cache::GalleryCache;

/// Nothing about an asset with such a name can be written into a table.
fn poison(connection: &Connection, table: &str) {
    connection
        .execute_batch(&format!(
            "CREATE TRIGGER poison BEFORE INSERT ON {table} WHEN new.filename LIKE 'poison%'
             BEGIN SELECT RAISE(ABORT, 'it is poison'); END"
        ))
        .unwrap();
}

fn cure(connection: &Connection) {
    connection.execute_batch("DROP TRIGGER poison").unwrap();
}

fn seventy_with_two_of_poison() -> Vec<Value> {
    let name = |number: i64| match number {
        20 | 50 => format!("poison{number}.jpg"),
        _ => format!("{number:02}.jpg"),
    };
    (0..70).map(|number| about(&number.to_string(), number, &name(number))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_cannot_be_shown_is_set_aside_and_all_others_are_shown() {
    for table in ["events", "assets"] {
        let gallery_cache = GalleryCache::new().reopened(|connection| poison(connection, table)).await;
        take_all(&gallery_cache, &seventy_with_two_of_poison()).await;
        assert_eq!(filenames(&gallery_cache).await.len(), 68, "{table}");
        let lines = log(&gallery_cache).await;
        let aside: Vec<_> = lines.iter().filter(|line| line.outcome != DeliveryOutcome::Event).collect();
        assert_eq!(aside.iter().map(|line| line.id.0).collect::<Vec<_>>(), [21, 51]);
        for line in aside {
            assert_eq!(line.outcome, DeliveryOutcome::SetAside);
            assert!(line.problem.as_deref().unwrap().contains("it is poison"), "{line:?}");
        }
        let told = faults(&gallery_cache);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].contains("delivery 21 could not be shown") && told[0].contains("it is kept"), "{told:?}");
        assert_eq!(trouble(&gallery_cache).await, ["set_aside_deliveries"]);

        // The same program leaves it; the next one tries again, without being asked.
        let gallery_cache = gallery_cache.reopened(cure).await;
        gallery_cache.library.caught_up().await.unwrap();
        assert_eq!(filenames(&gallery_cache).await.len(), 68);
        let gallery_cache = gallery_cache
            .reopened(|connection| _ = connection.execute("UPDATE set_aside SET program = '0.0.9'", []).unwrap())
            .await;
        gallery_cache.library.caught_up().await.unwrap();
        assert_eq!(filenames(&gallery_cache).await.len(), 70);
        assert!(outcomes(&gallery_cache).await.iter().all(|outcome| *outcome == "event"));
        assert_eq!((faults(&gallery_cache), trouble(&gallery_cache).await), (Vec::new(), Vec::new()));

        let live = gallery_cache.picture().await;
        gallery_cache.library.rebuild().await.unwrap();
        assert_eq!(gallery_cache.end().await, live, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_tries_again_what_was_set_aside() {
    let gallery_cache = GalleryCache::new().reopened(|connection| poison(connection, "events")).await;
    take_all(&gallery_cache, &seventy_with_two_of_poison()).await;
    let gallery_cache = gallery_cache.reopened(cure).await;
    gallery_cache.library.rebuild().await.unwrap();
    assert_eq!(filenames(&gallery_cache).await.len(), 70);
    assert_eq!((faults(&gallery_cache), trouble(&gallery_cache).await), (Vec::new(), Vec::new()));
    gallery_cache.end().await;
}

/// From now on no table of assets takes such a name, nor does one that a rebuild makes by the same words.
fn forbid(connection: &Connection, is_forbidden: bool) {
    const PLAIN: &str = ") STRICT";
    const CHECKED: &str = ", CHECK (filename NOT LIKE 'poison%')) STRICT";
    let (was, will_be) = if is_forbidden { (PLAIN, CHECKED) } else { (CHECKED, PLAIN) };
    let version: i64 = connection.pragma_query_value(None, "schema_version", |row| row.get(0)).unwrap();
    connection.pragma_update(None, "writable_schema", true).unwrap();
    let sql = "UPDATE sqlite_schema SET sql = replace(sql, ?1, ?2) WHERE name = 'assets' AND instr(sql, ?1)";
    assert_eq!(connection.execute(sql, [was, will_be]).unwrap(), 1);
    connection.pragma_update(None, "schema_version", version + 1).unwrap();
    connection.execute_batch("PRAGMA writable_schema = RESET").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_finds_the_deliveries_that_it_can_never_store_and_does_without_them() {
    let gallery_cache = GalleryCache::new();
    let mut notices = seventy_with_two_of_poison();
    // In the middle of a history: what came before it is shown.
    notices.push(renamed("r1", 71, "03.jpg", "poison3.jpg"));
    notices.push(renamed("r2", 72, "poison3.jpg", "end.jpg"));
    notices.push(renamed("r3", 73, "04.jpg", "poison4.jpg"));
    take_all(&gallery_cache, &notices).await;
    let whole = filenames(&gallery_cache).await;
    assert_eq!(whole.len(), 70);

    let gallery_cache = gallery_cache.reopened(|connection| forbid(connection, true)).await;
    assert_eq!(gallery_cache.library.rebuild().await.unwrap(), 70, "three are left out");
    let names = filenames(&gallery_cache).await;
    assert!(names.iter().all(|name| !name.starts_with("poison")), "{names:?}");
    assert!(names.contains(&"04.jpg".to_owned()), "it is shown as it was before what cannot be stored: {names:?}");
    assert!(names.contains(&"end.jpg".to_owned()), "only the state that is shown has to be stored: {names:?}");
    let aside: Vec<_> =
        log(&gallery_cache).await.into_iter().filter(|line| line.outcome == DeliveryOutcome::SetAside).collect();
    assert_eq!(aside.iter().map(|line| line.id.0).collect::<Vec<_>>(), [21, 51, 73]);
    assert!(aside.iter().all(|line| line.problem.as_deref().unwrap().contains("CHECK")), "{aside:?}");
    assert_eq!(trouble(&gallery_cache).await, ["set_aside_deliveries"]);
    let told = faults(&gallery_cache);
    assert!(told.iter().all(|told| told.contains("could not be shown")) && told.len() == 3, "{told:?}");

    // Once it can be stored a rebuild finds nothing to leave out.
    let gallery_cache = gallery_cache.reopened(|connection| forbid(connection, false)).await;
    gallery_cache.library.rebuild().await.unwrap();
    assert_eq!(filenames(&gallery_cache).await, whole);
    assert_eq!((faults(&gallery_cache), trouble(&gallery_cache).await), (Vec::new(), Vec::new()));
    gallery_cache.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_the_log_does_not_take_is_kept_beside_it_and_tried_at_each_start() {
    let gallery_cache = GalleryCache::new()
        .reopened(|connection| {
            connection
                .execute_batch(
                    "CREATE TRIGGER poison BEFORE INSERT ON deliveries WHEN new.id % 5 = 0
                     BEGIN SELECT RAISE(ABORT, 'it is poison'); END",
                )
                .unwrap();
        })
        .await;
    let notices: Vec<Value> = (0..20).map(|n| about(&n.to_string(), n, &format!("{n:02}.jpg"))).collect();
    take_all(&gallery_cache, &notices).await;
    assert_eq!(filenames(&gallery_cache).await.len(), 16);
    let told = faults(&gallery_cache);
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[3].contains("delivery 20 is kept beside the log") && told[3].contains("it is poison"), "{told:?}");
    assert_eq!(trouble(&gallery_cache).await, ["unstored_deliveries"]);

    let gallery_cache = gallery_cache.reopened(|_| ()).await;
    take_all(&gallery_cache, &[about("21", 21, "21.jpg")]).await;
    assert_eq!(filenames(&gallery_cache).await.len(), 17, "the number of the last one is not given again");
    let gallery_cache = gallery_cache.reopened(cure).await;
    gallery_cache.library.caught_up().await.unwrap();
    assert_eq!(filenames(&gallery_cache).await.len(), 21);
    assert_eq!((faults(&gallery_cache), trouble(&gallery_cache).await), (Vec::new(), Vec::new()));
    gallery_cache.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asset_that_cannot_be_indexed_leaves_search_to_the_others() {
    let gallery_cache = GalleryCache::new()
        .reopened(|connection| {
            connection
                .execute_batch(
                    "CREATE TRIGGER poison BEFORE UPDATE OF search_stale ON assets
                     WHEN new.search_stale = 0 AND new.filename LIKE 'poison%'
                     BEGIN SELECT RAISE(ABORT, 'it is poison'); END",
                )
                .unwrap();
        })
        .await;
    take_all(&gallery_cache, &seventy_with_two_of_poison()).await;
    let stale = "SELECT count(*) FROM assets WHERE search_stale = 1";
    assert_eq!(gallery_cache.file().query_row(stale, [], |row| row.get(0)), Ok(0_i64));
    assert_eq!(faults(&gallery_cache), ["2 assets cannot be found by search; run lysbord rebuild"]);
    let gallery_cache = gallery_cache.reopened(cure).await;
    gallery_cache.library.rebuild().await.unwrap();
    assert_eq!(faults(&gallery_cache), Vec::<String>::new());
    gallery_cache.end().await;
}

/// Somebody else holds the library's file for longer than a writer waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_told_and_tried_again_by_itself() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.caught_up().await;
    let other = Connection::open(desk.path().join("library.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    desk.take("ingested", &with_fields(about("2", 1, "b.jpg"), [("5", json!("t"))])).await;
    let trouble = loop {
        let status = desk.get("/api/status").await;
        if let Some(trouble) = status["trouble"].get(0) {
            break trouble.clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(trouble["code"], "not_stored", "{trouble}");
    let told = desk.desk.library.caught_up().await.unwrap_err();
    assert!(!matches!(told, LibraryError::Closing), "{told}");

    other.execute_batch("ROLLBACK").unwrap();
    // Nobody posts, nobody asks: it goes on by itself.
    while desk.tiles("").await.len() < 2 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    desk.caught_up().await;
    assert_eq!(desk.get("/api/status").await["trouble"], json!([]));
}
