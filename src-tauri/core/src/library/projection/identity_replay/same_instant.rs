//! The order of events that were created in the same millisecond. Their times do not tell, but their names mostly do:
//! an asset is ingested before it is renamed, and called by its new name only after that.

use crate::fotoware::{EventKind, Identity, IdentityKey, Names};
use crate::library::projection::identity_replay::Register;
use crate::library::store::placement::ReplayEvent;

/// The order in which events of one millisecond are tried: by kind, then by the file's own time, edits before renames.
pub(in crate::library) fn rank(step: &ReplayEvent) -> (u8, i64, bool) {
    let is_rename = match step.kind {
        EventKind::Ingested | EventKind::Deleted => false,
        EventKind::Modified | EventKind::Marker | EventKind::Action | EventKind::Unknown => is_rename(&step.identity),
    };
    (step.kind.rank(), step.modified_ms, is_rename)
}

/// Replays events of one millisecond, given in the order of their rank: always the first that can be next.
pub(in crate::library) fn place<'a>(register: &mut Register<'a>, at_once: &'a [ReplayEvent]) {
    let mut waiting: Vec<&ReplayEvent> = at_once.iter().collect();
    while !waiting.is_empty() {
        let next = waiting.iter().position(|step| can_be_next(register, step));
        let next = next.or_else(|| {
            // Nobody knows these names yet: then a chain of renames begins where no other leads to.
            waiting.iter().position(|step| !waiting.iter().any(|other| leads_to(other, step)))
        });
        register.place(waiting.remove(next.unwrap_or_default()));
    }
}

/// Whether the event makes sense now, given which asset has which name.
fn can_be_next(register: &Register<'_>, step: &ReplayEvent) -> bool {
    let holder = |names: &Names| names.keys().find_map(|key| register.holders.get(&key).copied());
    let Identity { now, renamed_from, .. } = &step.identity;
    let taken = holder(now).filter(|history| !register.histories[*history].deleted);
    if is_rename(&step.identity) {
        holder(renamed_from).is_some_and(|history| taken.is_none_or(|taken| taken == history))
    } else if step.kind == EventKind::Ingested {
        taken.is_none()
    } else {
        register.holder_of(&step.identity).is_some()
    }
}

/// Whether `rename` gives an asset the name by which `step` finds it.
fn leads_to(rename: &ReplayEvent, step: &ReplayEvent) -> bool {
    let asked = if is_rename(&step.identity) { &step.identity.renamed_from } else { &step.identity.now };
    is_rename(&rename.identity) && rename.event != step.event && name_of(asked) == name_of(&rename.identity.now)
}

fn is_rename(identity: &Identity) -> bool {
    name_of(&identity.renamed_from).is_some_and(|old| Some(old) != name_of(&identity.now))
}

fn name_of(names: &Names) -> Option<IdentityKey> {
    names.file.or(names.path)
}
