//! What the user decided where notices alone cannot tell: that assets are one, or that one is two. Applied to what the
//! replay gave, one decision after the other.
//!
//! A decision names events and not assets, because events never change.

use std::collections::{BTreeSet, HashMap};

use crate::library::projection::identity_replay::{Entry, OpenLife, public_id};
use crate::library::store::decisions::Decided;
use crate::library::store::placement::ReplayEvent;

/// All decisions, in the order in which they were made.
#[derive(Debug, Default)]
pub(in crate::library) struct Decisions {
    decided: Vec<(i64, Decided)>,
    by_event: HashMap<String, Vec<usize>>,
}

impl Decisions {
    /// From decisions with their numbers, ascending.
    pub(in crate::library) fn new(decided: Vec<(i64, Decided)>) -> Self {
        let mut by_event: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, (_, decision)) in decided.iter().enumerate() {
            for event in decision.events() {
                by_event.entry(event.clone()).or_default().push(at);
            }
        }
        Self { decided, by_event }
    }

    /// The numbers of the decisions that join this event's asset with others.
    pub(in crate::library) fn joining(&self, event: &str) -> impl Iterator<Item = i64> {
        let about = self.by_event.get(event).into_iter().flatten();
        about.map(|at| &self.decided[*at]).filter(|(_, decided)| matches!(decided, Decided::Join(_))).map(|(id, _)| *id)
    }

    pub(in crate::library) fn is_empty(&self) -> bool {
        self.decided.is_empty()
    }
}

impl Decided {
    fn events(&self) -> impl Iterator<Item = &String> {
        match self {
            Self::Join(events) => events.iter().collect::<Vec<_>>().into_iter(),
            Self::Split(event) => vec![event].into_iter(),
        }
    }
}

/// Applies the decisions that are about these steps.
pub(in crate::library) fn apply(histories: &mut Vec<OpenLife<'_>>, decisions: &Decisions, steps: &[ReplayEvent]) {
    if decisions.is_empty() {
        return;
    }
    let about: BTreeSet<usize> =
        steps.iter().filter_map(|step| decisions.by_event.get(&step.tie)).flatten().copied().collect();
    for at in about {
        match &decisions.decided[at].1 {
            Decided::Join(events) => join(histories, events),
            Decided::Split(event) => split(histories, event),
        }
    }
}

/// Moves the events of all assets that contain one of these events to the asset that began first.
fn join(histories: &mut Vec<OpenLife<'_>>, events: &BTreeSet<String>) {
    let is_meant = |history: &OpenLife<'_>| history.entries.iter().any(|entry| events.contains(&entry.step.tie));
    let (mut meant, others): (Vec<_>, Vec<_>) = std::mem::take(histories).into_iter().partition(is_meant);
    *histories = others;
    meant.sort_by_key(founded);
    let mut meant = meant.into_iter();
    let Some(mut first) = meant.next() else { return };
    for history in meant {
        first.entries.extend(history.entries);
    }
    first.entries.sort_by_key(|entry| entry.order);
    histories.push(first);
}

/// Moves the event and all later ones of its asset to a new asset. Does nothing if it is the first.
fn split<'a>(histories: &mut Vec<OpenLife<'a>>, event: &str) {
    let found = histories.iter_mut().find_map(|history| {
        let at = history.entries.iter().position(|entry| entry.step.tie == event)?;
        Some((history, at))
    });
    let Some((history, at)) = found.filter(|(_, at)| *at > 0) else { return };
    let entries: Vec<Entry<'a>> = history.entries.split_off(at);
    // Under the name of a life that nothing is asked of any more: the replay is over.
    let public_id = public_id(&[b"split", event.as_bytes()]);
    histories.push(OpenLife { public_id, deleted: false, file: None, path: None, entries });
}

fn founded(history: &OpenLife<'_>) -> usize {
    history.entries.first().map_or(usize::MAX, |entry| entry.order)
}
