//! Who comes first, and what is asked for once only.

use std::sync::Arc;
use std::time::Duration;

use lysbord_core::model::{MissingReason, Outcome};
use lysbord_core::renditions::Full;
use tokio::sync::Semaphore;

use super::archive::{Archive, picture, status};
use super::desk::{Desk, preview, thumbnail};
use super::drawn::{jpeg, jpeg_of_size};

/// An archive that answers only as often as it is allowed to.
async fn gated(gate: &Arc<Semaphore>) -> Archive {
    let gate = Arc::clone(gate);
    Archive::open(move |asked| {
        let gate = Arc::clone(&gate);
        async move {
            gate.acquire().await.unwrap().forget();
            picture(jpeg_of_size(2_000, asked.path.len() as u8))
        }
    })
    .await
}

#[tokio::test]
async fn all_thumbnails_are_fetched_before_any_preview() {
    let gate = Arc::new(Semaphore::new(0));
    let archive = gated(&gate).await;
    let mut desk = Desk::with(&[&archive.url("")], |config| config.downloads_at_once = 1);

    for delivery in 1..=3 {
        desk.fetcher.submit(preview(delivery, &[&archive.url(&format!("/preview/{delivery}"))])).unwrap();
        desk.fetcher.submit(thumbnail(delivery, &[&archive.url(&format!("/thumbnail/{delivery}"))])).unwrap();
    }
    gate.add_permits(6);
    desk.outcomes(6).await;

    // All were handed in before the first was taken, as this runtime has one thread.
    let asked = archive.asked_paths();
    let (first, last) = asked.split_at(3);
    assert!(first.iter().all(|path| path.starts_with("/thumbnail/")), "{asked:?}");
    assert!(last.iter().all(|path| path.starts_with("/preview/")), "{asked:?}");
}

#[tokio::test]
async fn the_same_url_is_fetched_once_for_all_who_want_it() {
    let gate = Arc::new(Semaphore::new(0));
    let archive = gated(&gate).await;
    let mut desk = Desk::new(&[&archive.url("")]);
    let icon = archive.url("/icon.png");

    for delivery in 1..=20 {
        desk.fetcher.submit(thumbnail(delivery, &[&icon])).unwrap();
        desk.fetcher.submit(preview(delivery, &[&icon])).unwrap();
    }
    gate.add_permits(100);
    let settled = desk.outcomes(40).await;
    let late = desk.outcome(thumbnail(21, &[&icon])).await;

    let Outcome::Kept { picture: first, .. } = settled[0].outcome else { panic!("{:?}", settled[0]) };
    for outcome in settled.iter().map(|settled| &settled.outcome).chain([&late]) {
        assert!(matches!(outcome, Outcome::Kept { picture, .. } if *picture == first), "{outcome:?}");
    }
    assert_eq!(archive.asked_paths(), ["/icon.png"]);
}

#[tokio::test]
async fn a_picture_that_was_removed_is_fetched_again() {
    let archive = Archive::open(|_| std::future::ready(picture(jpeg(60, 40)))).await;
    let mut desk = Desk::new(&[&archive.url("")]);
    let url = archive.url("/a.jpg");
    let Outcome::Kept { picture, .. } = desk.outcome(thumbnail(1, &[&url])).await else { panic!("not kept") };

    let key = thumbnail(1, &[]).key;
    desk.blobs.recorded(vec![(key, picture.hash)]).await.unwrap();
    desk.blobs.remove(vec![picture.hash], |_| false).await.unwrap();
    desk.outcome(thumbnail(2, &[&url])).await;

    assert!(desk.blobs.contains(&picture.hash).unwrap());
    assert_eq!(archive.asked().len(), 2);
}

#[tokio::test]
async fn who_wants_the_same_url_but_knows_another_way_goes_it_alone() {
    let archive = Archive::open(|asked| {
        std::future::ready(if asked.path == "/dead.jpg" { status(403) } else { picture(jpeg(60, 40)) })
    })
    .await;
    let mut desk = Desk::new(&[&archive.url("")]);
    let (dead, alive) = (archive.url("/dead.jpg"), archive.url("/alive.jpg"));

    desk.fetcher.submit(thumbnail(1, &[&dead])).unwrap();
    desk.fetcher.submit(thumbnail(2, &[&dead])).unwrap();
    desk.fetcher.submit(thumbnail(3, &[&dead, &alive])).unwrap();
    let mut settled = desk.outcomes(3).await;

    settled.sort_by_key(|settled| settled.key);
    assert_eq!(settled[0].outcome, Outcome::Missing(MissingReason::Expired));
    assert_eq!(settled[1].outcome, Outcome::Missing(MissingReason::Expired));
    assert!(matches!(settled[2].outcome, Outcome::Kept { .. }), "{:?}", settled[2]);
    assert_eq!(archive.asked_paths(), ["/dead.jpg", "/dead.jpg", "/alive.jpg"]);
}

#[tokio::test]
async fn more_jobs_than_may_wait_are_refused_and_welcome_later() {
    let gate = Arc::new(Semaphore::new(0));
    let archive = gated(&gate).await;
    let mut desk = Desk::with(&[&archive.url("")], |config| config.capacity = 2);
    let job = |delivery| thumbnail(delivery, &[&archive.url(&format!("/{delivery}"))]);

    assert_eq!(desk.fetcher.submit(job(1)), Ok(()));
    assert_eq!(desk.fetcher.submit(job(2)), Ok(()));
    assert_eq!(desk.fetcher.submit(job(3)), Err(Full));
    assert_eq!(desk.fetcher.waiting(), 2);

    gate.add_permits(3);
    desk.outcomes(2).await;
    desk.fetcher.idle().await;
    assert_eq!(desk.fetcher.waiting(), 0);
    assert!(matches!(desk.outcome(job(3)).await, Outcome::Kept { .. }));
}

#[tokio::test]
async fn a_server_that_stays_away_does_not_disturb_the_quiet() {
    let archive = Archive::open(|_| std::future::ready(status(503))).await;
    let desk = Desk::with(&[&archive.url("")], |config| config.schedule.pauses = vec![Duration::from_secs(40); 2]);

    desk.fetcher.submit(thumbnail(1, &[&archive.url("/a.jpg")])).unwrap();
    desk.fetcher.quiet().await;

    assert_eq!(archive.asked().len(), 1);
    assert_eq!(desk.fetcher.waiting(), 1);
}

#[tokio::test]
async fn no_host_gets_more_than_its_share_of_connections() {
    let gate = Arc::new(Semaphore::new(0));
    let (slow, quick) = (gated(&gate).await, Archive::open(|_| async { picture(jpeg(60, 40)) }).await);
    let mut desk = Desk::with(&[&slow.url(""), &quick.url("")], |config| {
        config.downloads_at_once = 4;
        config.downloads_per_host = 3;
    });

    for delivery in 1..=10 {
        desk.fetcher.submit(thumbnail(delivery, &[&slow.url(&format!("/{delivery}"))])).unwrap();
    }
    let outcome = desk.outcome(preview(11, &[&quick.url("/a.jpg")])).await;

    assert!(matches!(outcome, Outcome::Kept { .. }), "the quick host is not held up");
    assert!(slow.asked().len() <= 3);
    gate.add_permits(10);
    desk.outcomes(10).await;
}
