//! What is acknowledged stays, whatever happens in between.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use lysbord_core::fotoware::Role;
use lysbord_core::model::{BlobHash, Flaw, Format, Landed, Picture, RenditionKey};
use lysbord_core::renditions::{BlobError, BlobStore, Condition};
use rusqlite::Connection;
use tempfile::TempDir;

const SMALL: &[u8] = b"a small picture";

/// Large enough for a file of its own.
fn large(mark: u8) -> Bytes {
    vec![mark; 150_000].into()
}

fn home_of(folder: &Path, hash: BlobHash) -> PathBuf {
    let name = hash.to_string();
    folder.join("blobs").join(&name[..2]).join(name)
}

fn incoming(folder: &Path) -> PathBuf {
    folder.join("blobs/new")
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

#[tokio::test]
async fn pictures_of_every_size_are_there_after_a_restart() {
    let folder = TempDir::new().unwrap();
    let blobs = BlobStore::open(folder.path()).unwrap();
    let small = blobs.put(Bytes::from_static(SMALL)).await.unwrap();
    let large_one = blobs.put(large(1)).await.unwrap();
    drop(blobs);

    let blobs = BlobStore::open(folder.path()).unwrap();

    assert_eq!(small, BlobHash::of(SMALL));
    assert_eq!(blobs.read(&small).unwrap().as_deref(), Some(SMALL));
    assert_eq!(blobs.read(&large_one).unwrap(), Some(large(1).to_vec()));
    assert_eq!(blobs.size(&large_one).unwrap(), Some(150_000));
    assert_eq!(blobs.total_bytes().unwrap(), 150_000 + SMALL.len() as u64);
    let mut all = vec![(small, SMALL.len() as u64), (large_one, 150_000)];
    all.sort();
    assert_eq!(blobs.list().unwrap(), all);
    assert!(home_of(folder.path(), large_one).exists());
    assert!(is_empty(&incoming(folder.path())));
}

#[tokio::test]
async fn a_rush_of_pictures_with_repetitions_is_kept_once_each() {
    let folder = TempDir::new().unwrap();
    let blobs = BlobStore::open(folder.path()).unwrap();

    let puts: Vec<_> = (0..600_u32)
        .map(|number| {
            let (blobs, number) = (blobs.clone(), number % 200);
            let bytes = if number < 10 { large(number as u8) } else { number.to_le_bytes().to_vec().into() };
            tokio::spawn(async move { blobs.put(bytes).await })
        })
        .collect();
    for put in puts {
        put.await.unwrap().unwrap();
    }

    assert_eq!(blobs.list().unwrap().len(), 200);
    assert_eq!(blobs.total_bytes().unwrap(), 10 * 150_000 + 190 * 4);
    for (hash, _) in blobs.list().unwrap() {
        assert_eq!(blobs.check(&hash).unwrap(), Condition::Whole);
    }
    assert!(is_empty(&incoming(folder.path())));
}

#[tokio::test]
async fn what_is_acknowledged_is_seen_by_others_at_once() {
    let folder = TempDir::new().unwrap();
    let blobs = BlobStore::open(folder.path()).unwrap();
    let beside = BlobStore::open_for_reading(folder.path()).unwrap();

    let hash = blobs.put(Bytes::from_static(SMALL)).await.unwrap();

    assert!(beside.contains(&hash).unwrap());
    assert_eq!(beside.total_bytes().unwrap(), SMALL.len() as u64);
    assert!(matches!(beside.put(large(1)).await, Err(BlobError::ReadOnly)));
    assert!(matches!(beside.remove(vec![hash], |_| false).await, Err(BlobError::ReadOnly)));
}

#[tokio::test]
async fn a_closed_store_can_be_read() {
    let folder = TempDir::new().unwrap();
    assert!(matches!(BlobStore::open_for_reading(folder.path()), Err(BlobError::NoStore(_))));
    let blobs = BlobStore::open(folder.path()).unwrap();
    let hash = blobs.put(Bytes::from_static(SMALL)).await.unwrap();
    drop(blobs);

    let reading = BlobStore::open_for_reading(folder.path()).unwrap();

    assert_eq!(reading.check(&hash).unwrap(), Condition::Whole);
}

#[tokio::test]
async fn what_is_removed_is_gone_and_can_come_again() {
    let folder = TempDir::new().unwrap();
    let blobs = BlobStore::open(folder.path()).unwrap();
    let small = blobs.put(Bytes::from_static(SMALL)).await.unwrap();
    let large_one = blobs.put(large(1)).await.unwrap();

    blobs.remove(vec![small, large_one, BlobHash::of(b"never here")], |_| false).await.unwrap();

    assert_eq!(blobs.check(&small).unwrap(), Condition::Absent);
    assert_eq!(blobs.check(&large_one).unwrap(), Condition::Absent);
    assert_eq!(blobs.total_bytes().unwrap(), 0);
    assert!(!home_of(folder.path(), large_one).exists());
    assert!(is_empty(&incoming(folder.path())));
    assert_eq!(blobs.put(large(1)).await.unwrap(), large_one);
    assert_eq!(blobs.check(&large_one).unwrap(), Condition::Whole);
}

#[tokio::test]
async fn damage_is_found() {
    let folder = TempDir::new().unwrap();
    let blobs = BlobStore::open(folder.path()).unwrap();
    let small = blobs.put(Bytes::from_static(SMALL)).await.unwrap();
    let altered = blobs.put(large(1)).await.unwrap();
    let lost = blobs.put(large(2)).await.unwrap();

    Connection::open(folder.path().join("pictures.db"))
        .unwrap()
        .execute("UPDATE pictures SET bytes = x'00' WHERE hash = ?1", [small.as_bytes()])
        .unwrap();
    fs::write(home_of(folder.path(), altered), b"something else").unwrap();
    fs::remove_file(home_of(folder.path(), lost)).unwrap();

    assert_eq!(blobs.check(&small).unwrap(), Condition::Damaged);
    assert_eq!(blobs.check(&altered).unwrap(), Condition::Damaged);
    assert_eq!(blobs.check(&lost).unwrap(), Condition::Absent);
    assert_eq!(blobs.put(large(2)).await.unwrap(), lost, "a lost file is mended by the next put");
    assert_eq!(blobs.check(&lost).unwrap(), Condition::Whole);
}

#[tokio::test]
async fn a_crash_before_the_commit_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let blobs = BlobStore::open(folder.path()).unwrap();
    let kept = blobs.put(large(1)).await.unwrap();
    drop(blobs);
    let never = BlobHash::of(&large(2));
    fs::write(incoming(folder.path()).join(format!("{never}-7")), large(2)).unwrap();
    fs::write(incoming(folder.path()).join(format!("{kept}-8")), b"half of i").unwrap();
    let strange = incoming(folder.path()).join("readme.txt");
    fs::write(&strange, b"not ours").unwrap();

    let blobs = BlobStore::open(folder.path()).unwrap();

    assert_eq!(blobs.list().unwrap(), [(kept, 150_000)]);
    assert_eq!(blobs.check(&kept).unwrap(), Condition::Whole);
    assert_eq!(blobs.check(&never).unwrap(), Condition::Absent);
    assert_eq!(fs::read_dir(incoming(folder.path())).unwrap().count(), 1);
    assert!(strange.exists(), "what is not ours is left alone");
}

#[tokio::test]
async fn a_crash_between_commit_and_move_loses_nothing() {
    let folder = TempDir::new().unwrap();
    let blobs = BlobStore::open(folder.path()).unwrap();
    let hash = blobs.put(large(1)).await.unwrap();
    drop(blobs);
    fs::rename(home_of(folder.path(), hash), incoming(folder.path()).join(format!("{hash}-0"))).unwrap();

    let reading = BlobStore::open_for_reading(folder.path()).unwrap();
    assert_eq!(reading.check(&hash).unwrap(), Condition::Whole, "a reader finds it where it is");

    let blobs = BlobStore::open(folder.path()).unwrap();
    assert!(home_of(folder.path(), hash).exists());
    assert_eq!(blobs.check(&hash).unwrap(), Condition::Whole);
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_crash() {
    let folder = TempDir::new().unwrap();
    let blobs = BlobStore::open(folder.path()).unwrap();
    let hash = blobs.put(Bytes::from_static(SMALL)).await.unwrap();

    // What a crash at this moment would leave: the files, and nobody who closes them.
    for open in [BlobStore::open_for_reading, BlobStore::open] {
        let left = TempDir::new().unwrap();
        for name in ["pictures.db", "pictures.db-wal"] {
            fs::copy(folder.path().join(name), left.path().join(name)).unwrap();
        }
        assert_eq!(open(left.path()).unwrap().check(&hash).unwrap(), Condition::Whole);
    }
}

#[test]
fn a_put_that_is_given_up_leaves_nothing_half_done() {
    let folder = TempDir::new().unwrap();
    let blobs = BlobStore::open(folder.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        tokio::select! {
            biased;
            _ = blobs.put(large(1)) => panic!("it cannot be ready at once"),
            () = std::future::ready(()) => {}
        }
    });
    // Waits for what blocks.
    drop(runtime);

    assert!(is_empty(&incoming(folder.path())));
    assert!(!blobs.contains(&BlobHash::of(&large(1))).unwrap());
}

#[tokio::test]
async fn nothing_is_acknowledged_into_a_file_that_is_gone() {
    for deed in ["moved", "replaced", "log deleted"] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("pictures.db");
        let blobs = BlobStore::open(folder.path()).unwrap();
        blobs.put(Bytes::from_static(b"before")).await.unwrap();

        match deed {
            "moved" => fs::rename(&path, folder.path().join("elsewhere.db")).unwrap(),
            "replaced" => {
                fs::copy(&path, folder.path().join("copy.db")).unwrap();
                fs::rename(folder.path().join("copy.db"), &path).unwrap();
            }
            _ => fs::remove_file(folder.path().join("pictures.db-wal")).unwrap(),
        }

        let refused = blobs.put(Bytes::from_static(SMALL)).await;
        assert!(matches!(refused, Err(BlobError::Replaced(_))), "{deed}: {refused:?}");
    }
}

#[tokio::test]
async fn a_folder_that_is_gone_is_told_in_words() {
    let folder = TempDir::new().unwrap();
    let blobs = BlobStore::open(folder.path()).unwrap();
    fs::remove_dir(incoming(folder.path())).unwrap();

    let failed = blobs.put(large(1)).await.unwrap_err();

    assert!(failed.to_string().contains("blobs/new"), "{failed}");
    assert!(blobs.put(Bytes::from_static(SMALL)).await.is_ok(), "what needs no folder is kept");
}

#[test]
fn pictures_of_a_newer_lysbord_are_left_alone() {
    let folder = TempDir::new().unwrap();
    drop(BlobStore::open(folder.path()).unwrap());
    let database = Connection::open(folder.path().join("pictures.db")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);

    for opened in [BlobStore::open(folder.path()), BlobStore::open_for_reading(folder.path())] {
        let refused = opened.err().unwrap();
        assert!(matches!(refused, BlobError::Newer { found: 99, .. }), "{refused}");
    }
}

#[tokio::test]
async fn pictures_of_the_first_lysbord_are_brought_along() {
    let folder = TempDir::new().unwrap();
    let blobs = BlobStore::open(folder.path()).unwrap();
    let hash = blobs.put(Bytes::from_static(SMALL)).await.unwrap();
    drop(blobs);
    let database = Connection::open(folder.path().join("pictures.db")).unwrap();
    database.execute_batch("DROP TABLE landed; PRAGMA user_version = 1;").unwrap();
    drop(database);

    // Who only reads leaves it as it is.
    let beside = BlobStore::open_for_reading(folder.path()).unwrap();
    assert_eq!(beside.check(&hash).unwrap(), Condition::Whole);
    drop(beside);

    let blobs = BlobStore::open(folder.path()).unwrap();
    assert_eq!(blobs.check(&hash).unwrap(), Condition::Whole);
    let landed = whose(1)(hash);
    assert!(blobs.also_for(landed).await.unwrap());
    assert_eq!(blobs.landed(None, 9).unwrap(), [landed]);
}

/// The thumbnail of a delivery.
fn whose(delivery: i64) -> impl Fn(BlobHash) -> Landed {
    move |hash| Landed {
        key: RenditionKey { delivery, role: Role::Thumbnail },
        picture: Picture { hash, format: Format::Jpeg, bytes: 7, width: 3, height: 2, flaw: Some(Flaw::Partial) },
        derived: false,
        took: Duration::from_millis(12),
    }
}

#[tokio::test]
async fn whose_a_picture_is_stays_until_it_is_recorded_and_no_longer() {
    let folder = TempDir::new().unwrap();
    let blobs = BlobStore::open(folder.path()).unwrap();
    let small = blobs.put_for(Bytes::from_static(SMALL), whose(1)).await.unwrap();
    let large_one = blobs.put_for(large(1), whose(2)).await.unwrap();
    let again = blobs.put_for(large(1), whose(3)).await.unwrap();
    assert_eq!(again.picture.hash, large_one.picture.hash);
    drop(blobs);

    let blobs = BlobStore::open(folder.path()).unwrap();
    assert_eq!(blobs.landed(None, 9).unwrap(), [small, large_one, again]);
    assert_eq!(blobs.landed(Some(small.key), 1).unwrap(), [large_one]);
    blobs.recorded(vec![(small.key, small.picture.hash), (large_one.key, small.picture.hash)]).await.unwrap();
    drop(blobs);

    let blobs = BlobStore::open(folder.path()).unwrap();
    assert_eq!(blobs.landed(None, 9).unwrap(), [large_one, again], "another picture than the one that was recorded");
    assert!(blobs.contains(&small.picture.hash).unwrap());
}

#[tokio::test]
async fn what_somebody_names_is_not_removed() {
    let folder = TempDir::new().unwrap();
    let blobs = BlobStore::open(folder.path()).unwrap();
    for bytes in [Bytes::from_static(SMALL), large(1)] {
        let landed = blobs.put_for(bytes, whose(1)).await.unwrap();
        let hash = landed.picture.hash;

        blobs.remove(vec![hash], |_| panic!("what landed is not asked about")).await.unwrap();
        assert_eq!(blobs.check(&hash).unwrap(), Condition::Whole, "the library has still to record it");

        blobs.recorded(vec![(landed.key, hash)]).await.unwrap();
        blobs.remove(vec![hash], move |named| *named == hash).await.unwrap();
        assert_eq!(blobs.check(&hash).unwrap(), Condition::Whole, "the library names it");

        blobs.remove(vec![hash], |_| false).await.unwrap();
        assert_eq!(blobs.check(&hash).unwrap(), Condition::Absent);
        assert!(!blobs.also_for(landed).await.unwrap(), "nobody is told that it is here");
    }
}

#[tokio::test]
async fn puts_and_removals_that_race_never_leave_a_name_without_bytes() {
    let folder = TempDir::new().unwrap();
    let blobs = BlobStore::open(folder.path()).unwrap();
    let hash = blobs.put(large(1)).await.unwrap();
    for round in 0..60 {
        let bytes = if round % 2 == 0 { Bytes::from_static(SMALL) } else { large(1) };
        let removed = BlobHash::of(&bytes);
        let (put, removal) =
            tokio::join!(blobs.put_for(bytes, whose(round)), blobs.remove(vec![hash, removed], |_| false));
        removal.unwrap();
        let landed = put.unwrap();
        assert_eq!(blobs.check(&landed.picture.hash).unwrap(), Condition::Whole, "round {round}");
        blobs.recorded(vec![(landed.key, landed.picture.hash)]).await.unwrap();
    }
}
