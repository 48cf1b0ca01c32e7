//! What differs between two states of an asset. Computed from the states themselves: Fotoware's own
//! `metadataDiff` is there for some operations only, and is asked for labels alone (docs/fotoware.md 7.2).

use serde::{Deserialize, Serialize};

use super::identity::same_name;
use super::{AssetState, FieldId, Notice};

/// What a change is about: a metadata field, or a property of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Filename,
    FileSize,
    Pixels,
    Archive,
    Field(FieldId),
}

impl Subject {
    /// One word for it: the number of a field, or the name of the property.
    pub fn key(self) -> String {
        match self {
            Self::Filename => "filename".to_owned(),
            Self::FileSize => "file_size".to_owned(),
            Self::Pixels => "pixels".to_owned(),
            Self::Archive => "archive".to_owned(),
            Self::Field(id) => id.to_string(),
        }
    }

    /// Reads what [`Self::key`] writes; `None` if it is nothing of the kind.
    pub fn of_key(key: &str) -> Option<Self> {
        let properties = [Self::Filename, Self::FileSize, Self::Pixels, Self::Archive];
        let property = properties.into_iter().find(|property| property.key() == key);
        property.or_else(|| key.parse().ok().map(Self::Field))
    }
}

/// Old and new values of one subject, and which of them came and went. Order of values counts as a change,
/// though then nothing is added or removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    pub subject: Subject,
    pub old: Vec<String>,
    pub new: Vec<String>,
}

impl FieldChange {
    pub fn added(&self) -> Vec<&str> {
        only_in(&self.new, &self.old)
    }

    pub fn removed(&self) -> Vec<&str> {
        only_in(&self.old, &self.new)
    }
}

/// What a notice says was before it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Before<'a> {
    /// From `assetBefore`.
    pub state: Option<&'a AssetState>,
    /// From `previous-name`.
    name: Option<&'a str>,
    /// From `metadataDiff`, asked only where the state is not told.
    values: &'a [(FieldId, Vec<String>)],
}

impl<'a> Before<'a> {
    pub fn of(notice: &'a Notice) -> Self {
        let Notice { before, previous_name, old_values, .. } = notice;
        Self { state: before.as_ref(), name: previous_name.as_deref(), values: old_values }
    }

    /// Whether something must have happened between the version that was kept before and this. The first notice that
    /// ever comes of an asset misses nothing: before it, Lysbord was not told of the asset. What one of the two does
    /// not tell is no disagreement; that the metadata of an ingestion is empty is none either (docs/fotoware.md 4), and
    /// file sizes move by themselves.
    pub fn disagrees_with(&self, kept: Option<&AssetState>) -> bool {
        let Some(kept) = kept else { return false };
        if self.name.is_some_and(|name| !same_name(name, &kept.filename)) {
            return true;
        }
        let tells = |state: &AssetState| !state.metadata.is_empty();
        let Some(before) = self.state else {
            let same =
                |(id, old): &(FieldId, Vec<String>)| kept.metadata.get(id).map_or(&[][..], |values| values) == old;
            return tells(kept) && !self.values.iter().all(same);
        };
        changes_between(kept, before).iter().any(|change| match change.subject {
            Subject::Filename | Subject::Pixels => true,
            Subject::Field(_) => tells(kept) && tells(before),
            Subject::FileSize | Subject::Archive => false,
        })
    }
}

/// Every difference, properties of the file first, then fields ascending by number. What one of the two notices does not
/// tell has not changed for that.
pub fn changes_between(old: &AssetState, new: &AssetState) -> Vec<FieldChange> {
    let tells = |state: &AssetState, id: &FieldId| state.told_fields.as_ref().is_none_or(|told| told.contains(id));
    // Most is as it was: only what differs is put into words.
    let differing = subjects(old, new).filter(|subject| !are_same(old, new, *subject));
    let changes = differing.map(|subject| FieldChange::of(subject, old, new));
    let told = changes.filter(|FieldChange { subject, old: before, new: after }| {
        let both_tell = match subject {
            Subject::Field(id) => tells(old, id) && tells(new, id),
            _ => !before.is_empty() && !after.is_empty(),
        };
        both_tell && !(*subject == Subject::Filename && spelled_alike(before, after))
    });
    told.collect()
}

/// All that either state tells, in the same order, whether it differs or not.
pub fn side_by_side(old: &AssetState, new: &AssetState) -> Vec<FieldChange> {
    let sides = subjects(old, new).map(|subject| FieldChange::of(subject, old, new));
    sides.filter(|side| !(side.old.is_empty() && side.new.is_empty())).collect()
}

impl FieldChange {
    fn of(subject: Subject, old: &AssetState, new: &AssetState) -> Self {
        Self { subject, old: values(old, subject), new: values(new, subject) }
    }
}

/// What two states can be compared in.
fn subjects(old: &AssetState, new: &AssetState) -> impl Iterator<Item = Subject> + use<> {
    let mut ids: Vec<FieldId> = old.metadata.keys().chain(new.metadata.keys()).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let properties = [Subject::Filename, Subject::FileSize, Subject::Pixels, Subject::Archive];
    properties.into_iter().chain(ids.into_iter().map(Subject::Field))
}

fn are_same(old: &AssetState, new: &AssetState, subject: Subject) -> bool {
    match subject {
        Subject::Filename => old.filename == new.filename,
        Subject::FileSize => old.file_size == new.file_size,
        Subject::Pixels => pixels(old) == pixels(new),
        Subject::Archive => old.archive == new.archive,
        Subject::Field(id) => field(old, id) == field(new, id),
    }
}

/// What a state tells, in words.
fn values(state: &AssetState, subject: Subject) -> Vec<String> {
    let one = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    match subject {
        Subject::Filename => one(&state.filename),
        Subject::FileSize => state.file_size.map(|size| size.to_string()).into_iter().collect(),
        Subject::Pixels => pixels(state).map(|(width, height)| format!("{width} × {height}")).into_iter().collect(),
        Subject::Archive => one(&state.archive),
        Subject::Field(id) => field(state, id).to_vec(),
    }
}

fn pixels(state: &AssetState) -> Option<(u64, u64)> {
    state.pixel_width.zip(state.pixel_height)
}

fn field(state: &AssetState, id: FieldId) -> &[String] {
    state.metadata.get(&id).map_or(&[], Vec::as_slice)
}

/// A name that is written in other letters than before looks the same to everybody.
fn spelled_alike(old: &[String], new: &[String]) -> bool {
    old.iter().zip(new).all(|(old, new)| same_name(old, new))
}

fn only_in<'a>(these: &'a [String], those: &[String]) -> Vec<&'a str> {
    these.iter().filter(|value| !those.contains(value)).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_come_and_go_and_an_unknown_size_is_no_change() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let mut old = AssetState { filename: "a.jpg".into(), file_size: Some(5), ..AssetState::default() };
        old.metadata.insert(25, words(&["boats", "sea"]));
        let mut new = AssetState { filename: "b.jpg".into(), file_size: None, ..AssetState::default() };
        new.metadata.insert(25, words(&["boats", "dawn"]));
        new.metadata.insert(90, words(&["Vardø"]));

        let changes = changes_between(&old, &new);
        let subjects: Vec<_> = changes.iter().map(|change| change.subject).collect();
        assert_eq!(subjects, [Subject::Filename, Subject::Field(25), Subject::Field(90)]);
        assert_eq!((changes[1].added(), changes[1].removed()), (vec!["dawn"], vec!["sea"]));
    }

    fn state(filename: &str, keywords: &[&str]) -> AssetState {
        let mut state = AssetState { filename: filename.into(), ..AssetState::default() };
        if !keywords.is_empty() {
            state.metadata.insert(25, keywords.iter().map(|&word| word.to_owned()).collect());
        }
        state
    }

    #[test]
    fn what_was_before_disagrees_only_where_both_tell() {
        let kept = state("a.jpg", &["boats"]);
        let told = |state: AssetState, kept: Option<&AssetState>| {
            Before { state: Some(&state), ..Before::default() }.disagrees_with(kept)
        };
        assert!(!told(state("a.jpg", &["boats"]), Some(&kept)));
        assert!(told(state("a.jpg", &["boats", "sea"]), Some(&kept)));
        assert!(told(state("b.jpg", &["boats"]), Some(&kept)));
        assert!(!told(state("a.jpg", &[]), Some(&kept)), "it does not tell its metadata");
        assert!(!told(state("a.jpg", &["boats"]), Some(&state("a.jpg", &[]))), "an ingestion may not know");
        assert!(!told(state("a.jpg", &[]), None), "of an asset that is new here nothing is missing");
    }

    #[test]
    fn a_previous_name_and_old_values_are_asked_where_no_state_is_told() {
        let kept = state("caf\u{e9}.jpg", &["boats"]);
        let named = |name: &str| Before { name: Some(name), ..Before::default() }.disagrees_with(Some(&kept));
        assert!(!named("cafe\u{301}.jpg"));
        assert!(named("other.jpg"));
        let valued = |word: &str| {
            let values = [(25, vec![word.to_owned()])];
            Before { values: &values, ..Before::default() }.disagrees_with(Some(&kept))
        };
        assert!(!valued("boats"));
        assert!(valued("sea"));
    }
}
