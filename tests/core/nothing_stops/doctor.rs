//! The doctor tells of whatever is wrong with what is kept; the rules about rows are tested where they stand.

use std::time::Duration;

use lysbord_core::library;

use super::{by_an_older_program, faults, rebuilt_at_start, take_all};
use crate::notice::about;
use crate::order::gallery_cache::GalleryCache;

#[tokio::test(flavor = "multi_thread")]
async fn every_body_is_unpacked_whatever_became_of_it() {
    let gallery_cache = GalleryCache::new();
    take_all(&gallery_cache, &[about("1", 0, "a.jpg"), about("1", 0, "a.jpg")]).await;
    gallery_cache
        .take(
            &crate::order::gallery_cache::Delivery {
                hook: super::delivery("any", &about("", 0, "")).hook,
                body: "?".into(),
            },
            2,
        )
        .await;
    gallery_cache.library.caught_up().await.unwrap();
    assert_eq!(super::outcomes(&gallery_cache).await, ["event", "duplicate", "unreadable"]);
    let gallery_cache = gallery_cache
        .reopened(|connection| _ = connection.execute("UPDATE deliveries SET body = x'00'", []).unwrap())
        .await;
    let told = faults(&gallery_cache);
    assert_eq!(told.len(), 3, "an event, a duplicate and an unreadable one: {told:?}");
    let gallery_cache = gallery_cache.reopened(by_an_older_program).await;
    rebuilt_at_start(&gallery_cache).await;
    assert_eq!(faults(&gallery_cache), told, "nor is any told twice after a rebuild");
    gallery_cache.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_follows_its_log_is_sound() {
    let gallery_cache = GalleryCache::new();
    take_all(&gallery_cache, &[about("1", 0, "a.jpg"), about("2", 1, "b.jpg")]).await;
    assert_eq!(faults(&gallery_cache), Vec::<String>::new());
    gallery_cache.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_projection_that_does_not_go_on_is_told_with_its_reason_and_where_it_stands() {
    let gallery_cache = GalleryCache::new();
    take_all(&gallery_cache, &[about("1", 0, "a.jpg")]).await;
    let gallery_cache = gallery_cache
        .reopened(|connection| {
            connection
                .execute_batch(
                    "CREATE TRIGGER stuck BEFORE UPDATE OF through ON followers WHEN new.name = 'projection'
                     BEGIN SELECT RAISE(ABORT, 'the needle is stuck'); END",
                )
                .unwrap();
        })
        .await;
    gallery_cache.take(&super::delivery("modified", &about("2", 1, "b.jpg")), 1).await;
    while super::trouble(&gallery_cache).await != ["not_shown"] {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let told = faults(&gallery_cache);
    assert_eq!(told.len(), 1, "{told:?}");
    for words in ["what shows deliveries came as far as delivery 1", "failed once", "the needle is stuck"] {
        assert!(told[0].contains(words), "{words}: {told:?}");
    }
    assert_eq!(library::check_up(&gallery_cache.folder).unwrap().waiting, 1);

    // With the program closed it is told just so.
    let gallery_cache =
        gallery_cache.reopened(|connection| connection.execute_batch("DROP TRIGGER stuck").unwrap()).await;
    gallery_cache.library.caught_up().await.unwrap();
    assert_eq!(faults(&gallery_cache), Vec::<String>::new());
    assert_eq!(library::check_up(&gallery_cache.folder).unwrap().waiting, 0);
    gallery_cache.end().await;
}
