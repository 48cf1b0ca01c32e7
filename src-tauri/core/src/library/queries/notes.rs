//! What is odd about an event in an asset's history.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::fotoware::Change;
use crate::library::queries::asset::HistoryEntry;

/// Something odd about a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    /// It came so long after Fotoware made it.
    Late { seconds: u64 },
    /// It tells of something before it that no notice told: that one is missing.
    Gap,
    /// It came so many times more.
    SentAgain { times: u64 },
    /// It is the same again as that earlier version.
    Restores { version: u64 },
    /// The user brought it here by joining assets.
    Joined,
}

const LATE_MS: i64 = 60_000;

/// How the notice of an event came.
#[derive(Clone, Copy, Debug)]
pub(in crate::library) struct Coming {
    /// The listener heard it from a Fotoware. What the user imports, and the past that a pretend tenant makes up, was
    /// never on its way, so it cannot be late.
    pub heard: bool,
    pub gap: bool,
    pub sent_again: u64,
    pub joined: bool,
}

/// The notes of an event that need no other event.
pub(in crate::library) fn of_step(step: &HistoryEntry, coming: Coming) -> Vec<Note> {
    let Coming { heard, gap, sent_again, joined } = coming;
    let late = step.received.millis_since(step.created);
    let late = (heard && late >= LATE_MS).then_some(Note::Late { seconds: (late / 1000) as u64 });
    let again = (sent_again > 0).then_some(Note::SentAgain { times: sent_again });
    let flags = [gap.then_some(Note::Gap), joined.then_some(Note::Joined)];
    late.into_iter().chain(again).chain(flags.into_iter().flatten()).collect()
}

/// Adds to each restore which earlier version it equals. The file name does not count, as a restore keeps it. The size
/// of the file counts only between versions that are equal otherwise, as it changes with the metadata in it.
pub(in crate::library) fn note_restores(steps: &mut [HistoryEntry]) {
    if steps.iter().all(|step| step.change != Change::Restored) {
        return;
    }
    let mut seen: HashMap<i64, Vec<(u64, Option<u64>)>> = HashMap::new();
    // The latest step comes first.
    for step in steps.iter_mut().rev().filter(|step| step.opens_version) {
        let equal = seen.entry(step.fields_hash).or_default();
        if step.change == Change::Restored {
            // The version just before is what it was restored from.
            let earlier = || equal.iter().rev().filter(|(version, _)| version + 1 < step.version);
            let restored = earlier().find(|(_, size)| *size == step.file_size).or_else(|| earlier().next());
            step.notes.extend(restored.map(|(version, _)| Note::Restores { version: *version }));
        }
        equal.push((step.version, step.file_size));
    }
}
