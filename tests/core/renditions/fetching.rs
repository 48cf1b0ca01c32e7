//! The promise: what is settled as kept is whole on disk, and what is cut off is not settled.

use std::fs;
use std::time::Duration;

use lysbord_core::model::{Format, MissingReason, Outcome};
use lysbord_core::renditions::{BlobStore, Condition};

use super::archive::{Archive, picture};
use super::desk::{Desk, thumbnail};
use super::drawn::{jpeg, jpeg_of_size};

#[tokio::test]
async fn a_picture_is_whole_on_disk_before_it_is_settled() {
    let archive = Archive::open(|asked| async move {
        picture(if asked.path == "/large" { jpeg_of_size(300_000, 1) } else { jpeg(60, 40) })
    })
    .await;
    let mut desk = Desk::new(&[&archive.url("")]);

    for (path, size) in [("/small", (60, 40)), ("/large", (16, 12))] {
        let outcome = desk.outcome(thumbnail(1, &[&archive.url(path)])).await;

        let Outcome::Kept { picture, derived, took } = outcome else { panic!("{path}: {outcome:?}") };
        let beside = BlobStore::open_for_reading(desk.folder.path()).unwrap();
        assert_eq!(beside.check(&picture.hash).unwrap(), Condition::Whole);
        assert_eq!(beside.size(&picture.hash).unwrap(), Some(picture.bytes));
        assert_eq!((picture.format, picture.width, picture.height), (Format::Jpeg, size.0, size.1));
        assert!(!derived && took > Duration::ZERO);
    }
}

#[tokio::test]
async fn a_shutdown_settles_nothing_that_it_cuts_off() {
    let archive = Archive::open(|_| std::future::pending()).await;
    let mut desk = Desk::new(&[&archive.url("")]);
    for delivery in 1..=5 {
        desk.fetcher.submit(thumbnail(delivery, &[&archive.url(&format!("/{delivery}"))])).unwrap();
    }

    desk.stop.cancel();
    desk.tasks.end().await;
    desk.fetcher.idle().await;

    assert_eq!(desk.settled.recv().await, None);
}

#[tokio::test]
async fn a_picture_that_the_disk_will_not_take_is_never_called_kept() {
    let archive = Archive::open(|_| async { picture(jpeg(60, 40)) }).await;
    let mut desk = Desk::new(&[&archive.url("")]);
    fs::rename(desk.folder.path().join("pictures.db"), desk.folder.path().join("elsewhere.db")).unwrap();

    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/a.jpg")])).await;

    assert_eq!(outcome, Outcome::Missing(MissingReason::NotStored));
    assert_eq!(archive.asked().len(), 1, "what was fetched is not fetched again");
}
