//! What is wrong at present, in plain words: for the status line, as long as it lasts.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::library::store::set_aside::SetAsideCounts;

/// Something that is wrong, for the person who reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// For programs; stays the same while the words may change.
    pub code: &'static str,
    pub happened: String,
    /// What is safe in spite of it.
    pub kept: &'static str,
    /// What to do, if anything.
    pub advice: &'static str,
}

/// What can go wrong while the library is at work.
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
                "Deliveries cannot be written into the library",
                "What was acknowledged is safe in the spool; no more is taken in until this ends.",
                "Lysbord tries again each second. Make room on the disk, or see that the data folder can be written.",
            ),
            Self::Projection => (
                "not_shown",
                "What came last cannot be shown",
                "All that came is kept.",
                "Lysbord tries again each second. If it goes on although the disk has room, run lysbord doctor.",
            ),
            Self::Search => (
                "not_searchable",
                "What came last cannot be searched",
                "All that came is kept and shown.",
                "Lysbord tries again each second.",
            ),
            Self::Pictures => (
                "pictures_not_noted",
                "Pictures that came cannot be written down",
                "Their bytes are kept; they are taken up again at the next start.",
                "See that the disk has room, then start Lysbord again.",
            ),
            Self::Rebuild => (
                "not_rebuilt",
                "The library could not be made anew",
                "Everything is shown as it was before.",
                "Try again under Settings or with lysbord rebuild.",
            ),
            Self::Mistake => (
                "mistake",
                "Lysbord made a mistake of its own and went on without the piece of work",
                "What was acknowledged is safe.",
                "If something is missing, start Lysbord again. Please report it with the log.",
            ),
        };
        Trouble { code, happened: format!("{happened}: {why}."), kept, advice }
    }
}

/// What is wrong now, shared by those who find out and those who tell.
#[derive(Debug, Default)]
pub(in crate::library) struct Troubles(Mutex<BTreeMap<Part, String>>);

impl Troubles {
    pub(in crate::library) fn begin(&self, part: Part, why: impl Into<String>) {
        self.present().insert(part, why.into());
    }

    pub(in crate::library) fn end(&self, part: Part) {
        self.present().remove(&part);
    }

    pub(in crate::library) fn told(&self) -> Vec<Trouble> {
        self.present().iter().map(|(part, why)| part.tell(why)).collect()
    }

    fn present(&self) -> MutexGuard<'_, BTreeMap<Part, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same of what lies in the library for good.
pub(in crate::library) fn of_set_aside(counts: SetAsideCounts) -> Vec<Trouble> {
    let deliveries = |count: u64| match count {
        1 => "1 delivery".to_owned(),
        count => format!("{count} deliveries"),
    };
    let damaged = (counts.damaged > 0).then(|| Trouble {
        code: "damaged_deliveries",
        happened: format!("{} changed on this disk and cannot be read any more.", deliveries(counts.damaged)),
        kept: "All others are shown.",
        advice: "Look at the disk. A backup of the data folder may have them whole.",
    });
    let failed = (counts.failed > 0).then(|| Trouble {
        code: "set_aside_deliveries",
        happened: format!("{} could not be shown and were set aside.", deliveries(counts.failed)),
        kept: "They are kept as they came, and all others are shown.",
        advice: "A later Lysbord tries them again by itself. Please report it with the log.",
    });
    let unstored = (counts.unstored > 0).then(|| Trouble {
        code: "unstored_deliveries",
        happened: format!("The log of deliveries did not take {}.", deliveries(counts.unstored)),
        kept: "They are kept beside it and tried again at each start.",
        advice: "Run lysbord doctor, and please report what it says.",
    });
    [damaged, failed, unstored].into_iter().flatten().collect()
}

/// The same of settings that another version of this program wrote.
pub(in crate::library) fn of_settings(not_understood: &[String]) -> Option<Trouble> {
    (!not_understood.is_empty()).then(|| Trouble {
        code: "settings",
        happened: format!("Of the settings, {}.", not_understood.join("; ")),
        kept: "What it says is kept; until it is understood the default holds in its place.",
        advice: "Choose it anew under Settings, or install the newer Lysbord that wrote it.",
    })
}
