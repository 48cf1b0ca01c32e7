//! What is wrong at present, in plain words, for as long as it lasts: for the status line.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use utoipa::ToSchema;

use crate::library::store::set_aside::SetAsideCounts;

/// Something that is wrong at present, in words for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Trouble {
    /// What kind of trouble this is; branch on it.
    pub code: &'static str,
    pub happened: String,
    /// What is safe in spite of it.
    pub kept: &'static str,
    /// What to do.
    pub advice: &'static str,
}

/// What can fail while the library works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::library) enum Part {
    Rows,
    Projection,
    Search,
    Pictures,
    Rebuild,
    Mistake,
}

impl Part {
    fn tell(self, why: &str) -> Trouble {
        let (code, happened, kept, advice) = match self {
            Self::Rows => (
                "not_stored",
                "Deliveries cannot be written to the library",
                "Everything received so far is safe. Fotoware retries new deliveries until this is solved.",
                "Lysbord retries every second. Free up disk space, or check that the data folder is writable.",
            ),
            Self::Projection => (
                "not_shown",
                "The latest deliveries cannot be shown",
                "Everything received is kept.",
                "Lysbord retries every second. If it continues although there is disk space, run lysbord doctor.",
            ),
            Self::Search => (
                "not_searchable",
                "The latest deliveries cannot be searched yet",
                "Everything received is kept and shown.",
                "Lysbord retries every second.",
            ),
            Self::Pictures => (
                "pictures_not_noted",
                "Pictures that arrived cannot be recorded",
                "The pictures are kept, and are picked up at the next start.",
                "Free up disk space, then restart Lysbord.",
            ),
            Self::Rebuild => (
                "not_rebuilt",
                "The library could not be rebuilt",
                "Everything is shown as before.",
                "Try again under Settings or with lysbord rebuild.",
            ),
            Self::Mistake => (
                "mistake",
                "An internal error occurred, and Lysbord continued without that step",
                "Everything received is safe.",
                "If something is missing, restart Lysbord. Please report this with the log.",
            ),
        };
        Trouble { code, happened: format!("{happened}: {why}."), kept, advice }
    }
}

/// What is wrong now. Shared by the threads that fail and those that report it.
#[derive(Debug, Default)]
pub(in crate::library) struct Troubles {
    parts: Mutex<BTreeMap<Part, String>>,
    followers: Mutex<BTreeMap<&'static str, Trouble>>,
}

impl Troubles {
    pub(in crate::library) fn begin(&self, part: Part, why: impl Into<String>) {
        self.present().insert(part, why.into());
    }

    pub(in crate::library) fn end(&self, part: Part) {
        self.present().remove(&part);
    }

    pub(in crate::library) fn told(&self) -> Vec<Trouble> {
        let mut told: Vec<Trouble> = self.present().iter().map(|(part, why)| part.tell(why)).collect();
        told.extend(self.of_followers().values().cloned());
        told
    }

    /// Returns whether something else is told of the follower than before.
    pub(in crate::library) fn tell_of_follower(&self, name: &'static str, trouble: Option<Trouble>) -> bool {
        let mut present = self.of_followers();
        let was_told = match &trouble {
            Some(trouble) => present.insert(name, trouble.clone()),
            None => present.remove(name),
        };
        was_told != trouble
    }

    fn present(&self) -> MutexGuard<'_, BTreeMap<Part, String>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of_followers(&self) -> MutexGuard<'_, BTreeMap<&'static str, Trouble>> {
        self.followers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Troubles because of deliveries that are set aside.
pub(in crate::library) fn of_set_aside(counts: SetAsideCounts) -> Vec<Trouble> {
    let deliveries = |count: u64| match count {
        1 => "1 delivery".to_owned(),
        count => format!("{count} deliveries"),
    };
    let damaged = (counts.damaged > 0).then(|| Trouble {
        code: "damaged_deliveries",
        happened: format!("{} changed on this disk and can no longer be read.", deliveries(counts.damaged)),
        kept: "All others are shown.",
        advice: "Check the disk. A backup of the data folder may still have them intact.",
    });
    let failed = (counts.failed > 0).then(|| Trouble {
        code: "set_aside_deliveries",
        happened: format!("{} could not be shown and were set aside.", deliveries(counts.failed)),
        kept: "They are kept as received; all others are shown.",
        advice: "A later version of Lysbord retries them by itself. Please report this with the log.",
    });
    let unstored = (counts.unstored > 0).then(|| Trouble {
        code: "unstored_deliveries",
        happened: format!("{} could not be added to the log.", deliveries(counts.unstored)),
        kept: "They are kept separately and retried at each start.",
        advice: "Run lysbord doctor, and please report what it says.",
    });
    [damaged, failed, unstored].into_iter().flatten().collect()
}

/// The same of settings that another version of this program wrote.
pub(in crate::library) fn of_settings(not_understood: &[String]) -> Option<Trouble> {
    (!not_understood.is_empty()).then(|| Trouble {
        code: "settings",
        happened: format!("Of the settings, {}.", not_understood.join("; ")),
        kept: "The stored value is kept; the default applies until it can be read.",
        advice: "Set it again under Settings, or install the newer Lysbord that wrote it.",
    })
}

#[cfg(test)]
mod tests {
    //! The library's threads when a piece of work panics, and when one of them ends for good.

    use std::panic::panic_any;

    use rusqlite::Transaction;

    use crate::clock::Timestamp;
    use crate::folder::Folder;
    use crate::fotoware::HookKind;
    use crate::library::{Incoming, Library, LibraryError, LibraryThread, Snapshot};

    struct Opened {
        library: Library,
        thread: LibraryThread,
        _dir: tempfile::TempDir,
    }

    fn opened() -> Opened {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::create(&dir.path().join("data")).unwrap();
        let (library, thread) = Library::open(&folder, Box::new(|_| {})).unwrap();
        Opened { library, thread, _dir: dir }
    }

    fn incoming(id: &str) -> Incoming {
        let body = format!(r#"{{"id": "{id}", "href": "https://a.example/{id}.jpg.info", "data": {{}}}}"#);
        Incoming::new(HookKind::Ingested, None, body.as_bytes(), Timestamp(1)).unwrap()
    }

    async fn codes(library: &Library) -> Vec<&'static str> {
        library.trouble().await.unwrap().into_iter().map(|trouble| trouble.code).collect()
    }

    /// Panics once more whenever it is dropped: so a panic gets through so many that catch it.
    struct Bomb(u8);

    impl Drop for Bomb {
        fn drop(&mut self) {
            if let Some(left) = self.0.checked_sub(1) {
                panic_any(Bomb(left));
            }
        }
    }

    fn explode(bomb: Bomb) -> impl FnOnce(&Transaction<'_>) -> Result<Vec<String>, LibraryError> + Send + 'static {
        move |transaction| {
            transaction.execute_batch("UPDATE followers SET through = 99")?;
            panic_any(bomb)
        }
    }

    #[tokio::test]
    async fn a_panic_in_a_change_leaves_no_trace_and_the_writer_goes_on() {
        let Opened { library, thread, _dir } = opened();
        library.take_in(incoming("1")).await.unwrap();
        let panicked = library.change(|_| panic!("poison")).await.unwrap_err();
        assert!(panicked.to_string().contains("poison") && panicked.to_string().contains("is safe"), "{panicked}");
        assert!(matches!(library.exclusive_change(explode(Bomb(0))).await, Err(LibraryError::Panicked(_))));
        // One that gets through the transaction, to the end of the writer's turn.
        assert!(matches!(library.change(explode(Bomb(1))).await, Err(LibraryError::Panicked(_))));
        assert_eq!(codes(&library).await, ["mistake"]);

        library.take_in(incoming("2")).await.unwrap();
        library.caught_up().await.unwrap();
        let events = library.read(|now| now.events().count_until(None)).await.unwrap();
        assert_eq!(events, 2, "one from before and one from after");
        library.close().await;
        tokio::task::spawn_blocking(|| thread.join()).await.unwrap();
    }

    #[tokio::test]
    async fn a_panic_in_a_question_is_told_as_such() {
        let Opened { library, thread, _dir } = opened();
        let told = library.read::<()>(|_| panic!("no such page")).await.unwrap_err();
        assert!(matches!(&told, LibraryError::Panicked(panicked) if panicked.message == "no such page"), "{told}");
        library.read(queries_still_work).await.unwrap();
        library.close().await;
        tokio::task::spawn_blocking(|| thread.join()).await.unwrap();
    }

    fn queries_still_work(now: &Snapshot<'_>) -> Result<(), LibraryError> {
        now.gallery().overview(None).map(drop)
    }

    #[tokio::test]
    async fn when_the_writer_is_gone_nothing_more_is_acknowledged_and_everybody_hears_why() {
        let Opened { library, thread, _dir } = opened();
        library.take_in(incoming("1")).await.unwrap();
        let told = library.change(explode(Bomb(2))).await.unwrap_err();
        // Its inbox may be closed a moment later than it is answered.
        while !library.writer.is_closed() {
            tokio::task::yield_now().await;
        }
        let refused = library.take_in(incoming("2")).await.unwrap_err();
        let waits = library.caught_up().await.unwrap_err();
        for told in [&refused, &waits] {
            assert!(matches!(told, LibraryError::Ended(_)), "{told}");
            assert!(told.to_string().contains("restart Lysbord"), "{told}");
        }
        assert!(!matches!(told, LibraryError::Closing), "{told}");
        assert_eq!(codes(&library).await, ["ended"]);
        library.read(queries_still_work).await.unwrap();

        library.close().await;
        tokio::task::spawn_blocking(|| thread.join()).await.unwrap();
    }
}
