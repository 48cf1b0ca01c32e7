//! A follower that fails, panics, is killed, restarted, rebuilt around, and taken back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::*;
use crate::clock::Timestamp;
use crate::folder::Folder;
use crate::fotoware::HookKind;
use crate::library::{self, EventId, FollowerState, Incoming, LibraryThread};

const NAME: &str = "scribe";

struct Opened {
    library: Library,
    thread: LibraryThread,
    folder: Folder,
    dir: tempfile::TempDir,
}

fn opened(dir: tempfile::TempDir) -> Opened {
    let folder = Folder::create(&dir.path().join("data")).unwrap();
    let (library, thread) = Library::open(&folder, Box::new(|_| {})).unwrap();
    Opened { library, thread, folder, dir }
}

impl Opened {
    fn new() -> Self {
        opened(tempfile::tempdir().unwrap())
    }

    async fn take(&self, ids: std::ops::RangeInclusive<i64>) {
        for id in ids {
            let body = format!(r#"{{"id": "{id}", "href": "https://a.example/{id}.jpg.info", "data": {{}}}}"#);
            let incoming = Incoming::new(HookKind::Ingested, None, body.as_bytes(), Timestamp(id)).unwrap();
            self.library.take_in(incoming).await.unwrap();
        }
        self.library.caught_up().await.unwrap();
    }

    async fn state(&self) -> FollowerState {
        self.library.follower(NAME, DeliveryId(0)).await.unwrap()
    }

    async fn close(self) -> tempfile::TempDir {
        self.library.close().await;
        tokio::task::spawn_blocking(|| self.thread.join()).await.unwrap();
        self.dir
    }

    /// Follows until so much was handled.
    async fn follow_until(&self, scribe: Scribe, count: usize) {
        let (stop, book) = (CancellationToken::new(), scribe.book.clone());
        let enough = async {
            while book.handled().len() < count {
                sleep(Duration::from_millis(1)).await;
            }
            stop.cancel();
        };
        tokio::join!(follow(scribe, self.library.clone(), brisk(), stop.clone()), enough);
    }
}

fn brisk() -> Pause {
    Pause::between(Duration::from_millis(1), Duration::from_millis(4))
}

#[derive(Clone, Default)]
struct Book(Arc<Mutex<Vec<i64>>>);

impl Book {
    fn handled(&self) -> Vec<i64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Writes down each event, one a call, and fails as it is told to before it does.
struct Scribe {
    library: Library,
    book: Book,
    fails: Box<dyn FnMut(i64) -> Result<(), LibraryError> + Send>,
}

impl Scribe {
    fn of(opened: &Opened, fails: impl FnMut(i64) -> Result<(), LibraryError> + Send + 'static) -> Self {
        Self { library: opened.library.clone(), book: Book::default(), fails: Box::new(fails) }
    }
}

impl Follower for Scribe {
    fn name(&self) -> &'static str {
        NAME
    }

    fn what_is_behind(&self) -> &'static str {
        "Nothing is written down"
    }

    async fn handle(&mut self, after: DeliveryId) -> Result<Handled, LibraryError> {
        let after = EventId::from(after);
        let next = self.library.read(move |now| now.events().since(after, &[], 1)).await?;
        if next.through == after {
            return Ok(Handled { through: after.into(), then: Then::WhenChanged });
        }
        (self.fails)(next.through.0)?;
        self.book.0.lock().unwrap_or_else(PoisonError::into_inner).push(next.through.0);
        Ok(Handled { through: next.through.into(), then: Then::AtOnce })
    }
}

#[tokio::test]
async fn a_follower_that_fails_is_tried_again_and_nothing_is_skipped() {
    let opened = Opened::new();
    opened.take(1..=5).await;
    let mut before = Vec::new();
    let scribe = Scribe::of(&opened, move |id| {
        let times = before.iter().filter(|known| **known == id).count();
        before.push(id);
        match (id, times) {
            (2, 0..3) => Err(LibraryError::Busy),
            (4, 0..2) => panic!("poison"),
            _ => Ok(()),
        }
    });
    let book = scribe.book.clone();
    opened.follow_until(scribe, 5).await;
    assert_eq!(book.handled(), [1, 2, 3, 4, 5]);
    let state = opened.state().await;
    assert_eq!((state.through, state.failures, state.problem), (DeliveryId(5), 0, None));
    opened.close().await;
}

#[tokio::test]
async fn a_follower_that_panics_is_told_with_its_reason_until_it_goes_on() {
    let opened = Opened::new();
    opened.take(1..=3).await;
    let cured = Arc::new(AtomicBool::new(false));
    let is_cured = cured.clone();
    let scribe = Scribe::of(&opened, move |id| {
        assert!(id < 2 || is_cured.load(Ordering::Relaxed), "poison");
        Ok(())
    });
    let story = async {
        let mut state = opened.state().await;
        while state.failures < 2 {
            sleep(Duration::from_millis(1)).await;
            state = opened.state().await;
        }
        assert!(state.problem.unwrap().contains("poison"));
        assert!(state.through < DeliveryId(2), "what failed is not passed over");
        let told = opened.library.trouble().await.unwrap();
        assert_eq!(told.iter().map(|trouble| trouble.code).collect::<Vec<_>>(), ["follower_behind"]);
        assert!(told[0].happened.starts_with("Nothing is written down: ") && told[0].happened.contains("poison"));
        assert!(library::check_up(&opened.folder).unwrap().faults.iter().any(|fault| fault.0.contains(NAME)));
        cured.store(true, Ordering::Relaxed);
        // The library takes its word back once its place is written down, which are two steps.
        while opened.state().await.problem.is_some() || !opened.library.trouble().await.unwrap().is_empty() {
            sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(library::check_up(&opened.folder).unwrap().faults, []);
    };
    tokio::join!(story, opened.follow_until(scribe, 3));
    opened.close().await;
}

#[tokio::test]
async fn what_was_handled_and_not_written_down_at_a_kill_is_handled_again() {
    let opened = Opened::new();
    opened.take(1..=4).await;
    let scribe = Scribe::of(&opened, |_| Ok(()));
    let first = scribe.book.clone();
    let enough = async {
        while first.handled().len() < 3 {
            sleep(Duration::from_millis(1)).await;
        }
    };
    // It is dropped wherever it stands, as a kill would.
    tokio::select! {
        () = follow(scribe, opened.library.clone(), brisk(), CancellationToken::new()) => {}
        () = enough => {}
    }
    let kept = opened.state().await.through;
    assert!(first.handled().contains(&kept.0) || kept == DeliveryId(0));

    opened.take(5..=5).await;
    let scribe = Scribe::of(&opened, |_| Ok(()));
    let again = scribe.book.clone();
    opened.follow_until(scribe, (5 - kept.0) as usize).await;
    assert_eq!(again.handled(), (kept.0 + 1..=5).collect::<Vec<_>>());
    opened.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_outlives_restart_and_rebuild() {
    let opened = Opened::new();
    opened.take(1..=3).await;
    opened.follow_until(Scribe::of(&opened, |_| Ok(())), 3).await;
    assert_eq!(opened.state().await.through, DeliveryId(3));

    let again = self::opened(opened.close().await);
    assert_eq!(again.state().await.through, DeliveryId(3));
    again.library.rebuild().await.unwrap();
    assert_eq!(again.state().await.through, DeliveryId(3));
    again.take(4..=4).await;
    let scribe = Scribe::of(&again, |_| Ok(()));
    let book = scribe.book.clone();
    again.follow_until(scribe, 1).await;
    assert_eq!(book.handled(), [4], "events have the same numbers after a rebuild");
    again.close().await;
}

#[tokio::test]
async fn no_place_is_too_far_when_what_it_followed_is_taken_away() {
    let opened = Opened::new();
    opened.take(1..=3).await;
    opened.follow_until(Scribe::of(&opened, |_| Ok(())), 3).await;
    opened.library.remove_tenant("https://a.example".to_owned()).await.unwrap();
    opened.take(4..=5).await;
    let scribe = Scribe::of(&opened, |_| Ok(()));
    let book = scribe.book.clone();
    opened.follow_until(scribe, 2).await;
    assert_eq!(book.handled(), [4, 5], "no number is given twice");
    opened.close().await;
}

#[tokio::test]
async fn one_that_was_taken_back_meanwhile_stays_there() {
    let opened = Opened::new();
    opened.take(1..=3).await;
    opened.library.follower(NAME, DeliveryId(0)).await.unwrap();
    let reached = |from, to| opened.library.follower_reached(NAME, DeliveryId(from), DeliveryId(to));
    assert_eq!(reached(0, 3).await.unwrap(), DeliveryId(3));
    // Somebody who thinks that it is still where it was.
    assert_eq!(reached(0, 9).await.unwrap(), DeliveryId(3));
    opened.close().await;
}
