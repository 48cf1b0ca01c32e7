//! A tenant that is removed leaves no trace in any table, and takes nothing of another with it.

use std::time::Duration;

use lysbord_core::fotoware::{Notice, Role};
use lysbord_core::library::DecodedBlob;
use lysbord_core::model::{BlobHash, Flaw, Format, MissingReason, Outcome, Picture, RenditionKey, RenditionOutcome};
use rusqlite::Connection;

use super::damage::damage;
use super::{by_an_older_program, filenames, rebuilt_at_start, take_all};
use crate::notice::about;
use crate::order::gallery_cache::{Delivery, GalleryCache};
use crate::order::telling;

/// How many rows each table has, whichever tables there are. Left out is what says nothing of any tenant: `search_log`
/// holds the row numbers of assets that are to be looked for again, and forgets them by itself.
fn rows(connection: &Connection) -> Vec<(String, i64)> {
    const OTHERWISE: [&str; 6] = ["settings", "projection", "followers", "sqlite_sequence", "imports", "search_log"];
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut select = connection.prepare(sql).unwrap();
    let names: Vec<String> = select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let counted = names.into_iter().filter(|name| !OTHERWISE.contains(&name.as_str())).map(|name| {
        // An empty full-text index still has its own two rows, and the version of its form.
        let of_its_own = match name.as_str() {
            name if name.ends_with("_data") => 2,
            name if name.ends_with("_config") => 1,
            _ => 0,
        };
        let sql = format!("SELECT count(*) FROM \"{name}\"");
        let count: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
        (name, count - of_its_own)
    });
    counted.filter(|(_, count)| *count > 0).collect()
}

/// Of what cannot be read nobody can say whose it is: that is left out.
fn stories() -> Vec<Delivery> {
    let all = telling::all().into_iter().flat_map(|told| told.deliveries);
    all.filter(|delivery| Notice::read(delivery.hook, None, delivery.body.as_bytes()).is_ok()).collect()
}

async fn told(gallery_cache: &GalleryCache, deliveries: &[Delivery]) {
    for (position, delivery) in deliveries.iter().enumerate() {
        gallery_cache.take(delivery, position).await;
    }
    gallery_cache.library.caught_up().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_is_removed_is_gone_from_every_table() {
    let deliveries = stories();
    let gallery_cache = GalleryCache::new();
    told(&gallery_cache, &deliveries).await;
    let labels: i64 = gallery_cache.file().query_row("SELECT count(*) FROM labels", [], |row| row.get(0)).unwrap();
    assert!(labels > 0, "it taught what its fields are called");
    // One of its deliveries is set aside, and can be read again.
    let gallery_cache = gallery_cache
        .reopened(|connection| {
            connection
                .execute_batch(
                    "CREATE TRIGGER poison BEFORE INSERT ON events WHEN new.filename LIKE 'poison%'
                     BEGIN SELECT RAISE(ABORT, 'it is poison'); END",
                )
                .unwrap();
        })
        .await;
    take_all(&gallery_cache, &[about("poison", 0, "poison.jpg")]).await;

    gallery_cache.library.remove_tenant("https://dam.example".to_owned()).await.unwrap();
    let gallery_cache = gallery_cache.reopened(|connection| assert_eq!(rows(connection), [])).await;
    gallery_cache.end().await;
}

/// Its pictures were on their way, and being looked at, when it was removed.
#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_its_pictures_after_that_leaves_no_row() {
    let gallery_cache = GalleryCache::new();
    take_all(&gallery_cache, &[about("1", 0, "a.jpg"), about("2", 1, "b.jpg")]).await;
    let picture = |name: &[u8]| Picture {
        hash: BlobHash::of(name),
        format: Format::Jpeg,
        bytes: 9,
        width: 3,
        height: 3,
        flaw: None,
    };
    let kept = |picture| Outcome::Kept { picture, derived: false, took: Duration::ZERO };
    let settled = |delivery, role, outcome| RenditionOutcome { key: RenditionKey { delivery, role }, outcome };
    let seen = picture(b"seen");
    gallery_cache.library.record_outcomes(vec![settled(1, Role::Preview, kept(seen))]).await.unwrap();
    gallery_cache.library.remove_tenant("https://dam.example".to_owned()).await.unwrap();

    let late = vec![
        settled(1, Role::Thumbnail, kept(picture(b"late"))),
        settled(2, Role::Thumbnail, Outcome::Missing(MissingReason::Failed)),
    ];
    gallery_cache.library.record_outcomes(late).await.unwrap();
    let stand_in = Some(picture(b"shown in its place"));
    let looked = [
        DecodedBlob::Shown { placeholder: vec![1], stand_in, size: (3, 3), is_partial: false },
        DecodedBlob::Hidden(Flaw::Unreadable),
        DecodedBlob::NotRead,
    ];
    for looked in looked {
        gallery_cache.library.decoded(vec![(seen.hash, looked)]).await.unwrap();
    }
    let gallery_cache = gallery_cache.reopened(|connection| assert_eq!(rows(connection), [])).await;
    gallery_cache.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_tenant_sent_stays_and_so_do_the_names_of_its_fields() {
    let deliveries = stories();
    let other: Vec<_> = deliveries
        .iter()
        .filter(|delivery| delivery.body.starts_with('{'))
        .map(|delivery| Delivery {
            hook: delivery.hook,
            body: delivery
                .body
                .replace("https://dam.example", "https://other.example")
                .replacen("\"id\":\"", "\"id\":\"other-", 1)
                .replacen("\"id\": \"", "\"id\": \"other-", 1),
        })
        .collect();
    let alone = GalleryCache::new();
    told(&alone, &other).await;
    let both = GalleryCache::new();
    told(&both, &other).await;
    told(&both, &deliveries).await;
    both.library.remove_tenant("https://dam.example".to_owned()).await.unwrap();
    assert_eq!(both.end().await, alone.end().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_deliveries_of_nobody_in_particular_stay() {
    let gallery_cache = GalleryCache::new();
    take_all(&gallery_cache, &[about("1", 0, "a.jpg"), about("2", 1, "b.jpg")]).await;
    let gallery_cache = gallery_cache
        .reopened(|connection| {
            damage(connection, 1, |_| Vec::new());
            by_an_older_program(connection);
        })
        .await;
    rebuilt_at_start(&gallery_cache).await;
    gallery_cache.library.remove_tenant("https://dam.example".to_owned()).await.unwrap();
    assert!(filenames(&gallery_cache).await.is_empty());
    assert_eq!(super::outcomes(&gallery_cache).await, ["damaged"], "nobody can say whose it was");
    gallery_cache.end().await;
}
