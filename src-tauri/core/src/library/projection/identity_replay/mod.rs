//! Decides which events belong to one asset and which of them open a version. Pure: it is given the events of one
//! cluster in any order, and returns the same for every order.
//!
//! Events are replayed by Fotoware's time. A name belongs to one asset at a moment: a rename carries it over, an
//! ingestion under the name of a deleted asset begins a new one. What the user decided is applied after that.
//!
//! Nothing looks ahead: the events up to a moment give the beginning of what all events give. So the library as of a
//! moment is what the library was then.

mod same_instant;
mod user_decisions;

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::fotoware::{EventKind, Identity, IdentityKey};
use crate::library::store::placement::{PlacedStep, ReplayEvent};

pub(in crate::library) use user_decisions::Decisions;

/// One asset: its events in order.
#[derive(Debug, PartialEq)]
pub(in crate::library) struct AssetHistory {
    pub public_id: String,
    pub deleted: bool,
    pub steps: Vec<PlacedStep>,
}

/// Replays the events of one cluster. Returns its assets.
pub(in crate::library) fn replay(mut steps: Vec<ReplayEvent>, decisions: &Decisions) -> Vec<AssetHistory> {
    steps.sort_by(|a, b| {
        (a.created_ms, same_instant::rank(a), &a.tie, a.event).cmp(&(
            b.created_ms,
            same_instant::rank(b),
            &b.tie,
            b.event,
        ))
    });
    let mut register = Register::default();
    for at_once in steps.chunk_by(|a, b| a.created_ms == b.created_ms) {
        match at_once {
            [step] => register.place(step),
            several => same_instant::place(&mut register, several),
        }
    }
    let mut histories = register.histories;
    user_decisions::apply(&mut histories, decisions, &steps);
    histories.into_iter().map(OpenLife::close).collect()
}

/// Which asset has which name, at the point that the replay has reached.
#[derive(Default)]
struct Register<'a> {
    histories: Vec<OpenLife<'a>>,
    holders: HashMap<IdentityKey, usize>,
    founded: HashMap<IdentityKey, u32>,
    placed: usize,
}

struct OpenLife<'a> {
    public_id: String,
    deleted: bool,
    file: Option<IdentityKey>,
    path: Option<IdentityKey>,
    entries: Vec<Entry<'a>>,
}

struct Entry<'a> {
    /// Its position in the replay of the cluster.
    order: usize,
    step: &'a ReplayEvent,
    /// The asset that the replay gave it to, before decisions are applied.
    origin: usize,
}

impl<'a> Register<'a> {
    fn place(&mut self, step: &'a ReplayEvent) {
        let holder = self.holder_of(&step.identity);
        let holder = holder.filter(|&history| !(step.kind == EventKind::Ingested && self.histories[history].deleted));
        let history = holder.unwrap_or_else(|| self.found(step));
        self.take_names(history, &step.identity);
        self.histories[history].deleted = step.kind == EventKind::Deleted;
        self.histories[history].entries.push(Entry { order: self.placed, step, origin: history });
        self.placed += 1;
    }

    /// The asset that an event belongs to; `None` if no known asset has one of its names. In order of trust: the id
    /// that never changes, the former name in a rename, the file id, the names before. A path counts only if the file
    /// ids do not differ.
    fn holder_of(&self, identity: &Identity) -> Option<usize> {
        let holder = |key: Option<IdentityKey>| key.and_then(|key| self.holders.get(&key).copied());
        let by_path = |key: Option<IdentityKey>, file: Option<IdentityKey>| {
            holder(key).filter(|&history| match (self.histories[history].file, file) {
                (Some(known), Some(told)) => known == told,
                _ => true,
            })
        };
        let Identity { now, before, renamed_from } = identity;
        holder(now.unique)
            .or_else(|| holder(renamed_from.file))
            .or_else(|| by_path(renamed_from.path, renamed_from.file))
            .or_else(|| holder(now.file))
            .or_else(|| holder(before.unique))
            .or_else(|| holder(before.file))
            .or_else(|| by_path(before.path, before.file))
            .or_else(|| by_path(now.path, now.file))
    }

    fn found(&mut self, step: &'a ReplayEvent) -> usize {
        let Identity { now, before, renamed_from } = &step.identity;
        // The oldest name it tells, so that an earlier notice that comes late finds the id already in use.
        let founder = now
            .unique
            .or(renamed_from.file)
            .or(renamed_from.path)
            .or(before.file)
            .or(before.path)
            .or(now.file)
            .or(now.path)
            .unwrap_or_else(|| IdentityKey::of_nameless(step.tie.as_bytes()));
        let ordinal = self.founded.entry(founder).or_default();
        *ordinal += 1;
        let public_id = public_id(&[&founder.to_bytes(), &ordinal.to_be_bytes()]);
        self.histories.push(OpenLife { public_id, deleted: false, file: None, path: None, entries: Vec::new() });
        self.histories.len() - 1
    }

    fn take_names(&mut self, history: usize, identity: &Identity) {
        let Identity { now, renamed_from, .. } = identity;
        let moved =
            now.file.is_some() && self.histories[history].file.is_some() && now.file != self.histories[history].file;
        let left = if moved { [self.histories[history].file, self.histories[history].path] } else { [None, None] };
        for key in renamed_from.keys().chain(left.into_iter().flatten()) {
            if self.holders.get(&key) == Some(&history) {
                self.holders.remove(&key);
            }
        }
        for key in now.keys() {
            self.holders.insert(key, history);
        }
        let open = &mut self.histories[history];
        open.file = now.file.or(open.file);
        open.path = now.path.or(open.path);
    }
}

impl OpenLife<'_> {
    /// Counts the versions, see [`EventKind::opens_version`]. Later events never change what earlier ones count, so the
    /// library as of a moment is the library of the events up to it.
    fn close(self) -> AssetHistory {
        let mut current: Option<(&ReplayEvent, u32)> = None;
        let mut last: Option<(i64, u32)> = None;
        let mut placed = Vec::with_capacity(self.entries.len());
        let own = self.entries.first().map(|entry| entry.origin);
        for Entry { step, origin, .. } in &self.entries {
            let differs = current.map(|(made_by, _)| made_by.state_hash != step.state_hash);
            let opens_version = step.kind.opens_version(differs);
            let previous = current.map(|(made_by, _)| made_by.event);
            if opens_version {
                current = Some((*step, current.map_or(0, |(_, number)| number) + 1));
            }
            let turn = last.filter(|(created, _)| *created == step.created_ms).map_or(0, |(_, turn)| turn + 1);
            last = Some((step.created_ms, turn));
            placed.push(PlacedStep {
                event: step.event,
                turn,
                version: current.map(|(_, number)| number),
                opens_version,
                previous: if opens_version { previous } else { current.map(|(made_by, _)| made_by.event) },
                joined: Some(*origin) != own,
            });
        }
        let deleted = self.entries.last().is_some_and(|entry| entry.step.kind == EventKind::Deleted);
        AssetHistory { public_id: self.public_id, deleted, steps: placed }
    }
}

/// Sixteen letters and digits. The same asset has the same one in every library.
fn public_id(founder: &[&[u8]]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut hash = Sha256::new();
    for part in founder {
        hash.update(part);
    }
    hash.finalize()[..16].iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fotoware::{HookKind, Notice};
    use crate::library::store::ids::EventId;
    use serde_json::json;

    /// A step as a notice would make it: `name` in a folder, at second `at`.
    fn step(event: i64, at: i64, hook: HookKind, name: &str, previous: Option<&str>) -> ReplayEvent {
        let mut body = json!({
            "id": format!("id-{event}"),
            "href": format!("https://dam.example/fotoweb/archives/5000-All/F/{name}.info"),
            "data": {"filename": name, "physicalFileId": format!("65aa/F/{name}")}
        });
        if let Some(previous) = previous {
            body["operation-name"] = "rename".into();
            body["previous-name"] = previous.into();
        }
        let notice = Notice::read(hook, None, body.to_string().as_bytes()).unwrap();
        ReplayEvent {
            event: EventId(event),
            created_ms: at,
            modified_ms: at,
            tie: format!("id-{event}"),
            kind: notice.kind,
            identity: notice.identity,
            state_hash: 0,
        }
    }

    /// The events of each asset, and whether it is deleted; the same for every order of arrival.
    fn histories(steps: &[ReplayEvent]) -> Vec<(Vec<i64>, bool)> {
        let told = |steps: Vec<ReplayEvent>| -> Vec<(Vec<i64>, bool)> {
            let mut histories: Vec<_> = replay(steps, &Decisions::default())
                .into_iter()
                .map(|history| (history.steps.iter().map(|step| step.event.0).collect(), history.deleted))
                .collect();
            histories.sort();
            histories
        };
        let forward = told(steps.to_vec());
        assert_eq!(told(steps.iter().rev().cloned().collect()), forward, "order of arrival must not matter");
        forward
    }

    use HookKind::{Deleted, Ingested, Marker, Modified};

    #[test]
    fn a_rename_chain_is_one_asset() {
        let steps = [
            step(1, 1, Ingested, "a.jpg", None),
            step(2, 2, Modified, "b.jpg", Some("a.jpg")),
            step(3, 3, Modified, "c.jpg", Some("b.jpg")),
            step(4, 4, Modified, "c.jpg", None),
        ];
        assert_eq!(histories(&steps), [(vec![1, 2, 3, 4], false)]);
    }

    #[test]
    fn two_assets_that_swap_names_stay_two() {
        let steps = [
            step(1, 1, Ingested, "a.jpg", None),
            step(2, 2, Ingested, "b.jpg", None),
            step(3, 3, Modified, "t.jpg", Some("a.jpg")),
            step(4, 4, Modified, "a.jpg", Some("b.jpg")),
            step(5, 5, Modified, "b.jpg", Some("t.jpg")),
            step(6, 6, Modified, "b.jpg", None),
        ];
        assert_eq!(histories(&steps), [(vec![1, 3, 5, 6], false), (vec![2, 4], false)]);
    }

    #[test]
    fn a_name_used_again_after_a_deletion_is_a_new_asset() {
        let steps = [
            step(1, 1, Ingested, "a.jpg", None),
            step(2, 2, Deleted, "a.jpg", None),
            step(3, 3, Ingested, "a.jpg", None),
        ];
        assert_eq!(histories(&steps), [(vec![1, 2], true), (vec![3], false)]);
    }

    #[test]
    fn a_rename_whose_first_half_comes_late_keeps_its_id() {
        let rename = step(2, 2, Modified, "b.jpg", Some("a.jpg"));
        let ingest = step(1, 1, Ingested, "a.jpg", None);
        let before = replay(vec![rename.clone()], &Decisions::default());
        let after = replay(vec![rename, ingest], &Decisions::default());
        assert_eq!(after.len(), 1);
        assert_eq!(after[0].public_id, before[0].public_id);
    }

    #[test]
    fn a_marker_or_a_deletion_makes_no_version() {
        let steps = vec![
            step(1, 1, Ingested, "a.jpg", None),
            step(2, 2, Marker, "a.jpg", None),
            step(3, 3, Modified, "a.jpg", None),
            step(4, 4, Deleted, "a.jpg", None),
        ];
        let history = replay(steps, &Decisions::default()).remove(0);
        let versions: Vec<_> = history.steps.iter().map(|step| (step.version, step.opens_version)).collect();
        assert_eq!(versions, [(Some(1), true), (Some(1), false), (Some(2), true), (Some(2), false)]);
        assert!(history.deleted);
    }

    /// Which asset has which steps, all of them in one millisecond.
    fn at_once(mut steps: Vec<ReplayEvent>) -> Vec<(Vec<i64>, bool)> {
        for step in &mut steps {
            (step.created_ms, step.modified_ms) = (9, 9);
        }
        // Their ids say nothing: any may be the smallest.
        let ties = |steps: &mut Vec<ReplayEvent>, shift: usize| {
            let count = steps.len();
            for (at, step) in steps.iter_mut().enumerate() {
                step.tie = format!("{:02}", (at + shift) % count);
            }
        };
        ties(&mut steps, 0);
        let told = histories(&steps);
        for shift in 1..steps.len() {
            ties(&mut steps, shift);
            assert_eq!(histories(&steps), told, "whatever their ids");
        }
        told
    }

    #[test]
    fn ingested_and_deleted_in_one_moment_is_one_asset() {
        let steps = vec![step(1, 1, Deleted, "a.jpg", None), step(2, 1, Ingested, "a.jpg", None)];
        assert_eq!(at_once(steps), [(vec![2, 1], true)]);
    }

    #[test]
    fn a_chain_of_renames_in_one_moment_is_one_asset() {
        let steps = vec![
            step(4, 1, Deleted, "c.jpg", None),
            step(3, 1, Modified, "c.jpg", Some("b.jpg")),
            step(2, 1, Modified, "b.jpg", Some("a.jpg")),
            step(1, 1, Ingested, "a.jpg", None),
        ];
        assert_eq!(at_once(steps), [(vec![1, 2, 3, 4], true)]);
        let nobody_knew = vec![
            step(3, 1, Modified, "c.jpg", None),
            step(2, 1, Modified, "c.jpg", Some("b.jpg")),
            step(1, 1, Modified, "b.jpg", Some("a.jpg")),
        ];
        assert_eq!(at_once(nobody_knew), [(vec![1, 2, 3], false)]);
    }
}
