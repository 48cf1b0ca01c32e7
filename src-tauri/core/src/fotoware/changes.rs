//! What differs between two states of an asset. Computed from the states themselves: Fotoware's own
//! `metadataDiff` is there for some operations only, and is asked for labels alone (FOTOWARE 7.2).

use serde::{Deserialize, Serialize};

use super::{AssetState, FieldId};

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

/// Every difference, properties of the file first, then fields ascending by number. A property that one of the two
/// notices does not tell has not changed for that.
pub fn changes_between(old: &AssetState, new: &AssetState) -> Vec<FieldChange> {
    let mut sides = side_by_side(old, new);
    sides.retain(|side| {
        let is_told = matches!(side.subject, Subject::Field(_)) || !(side.old.is_empty() || side.new.is_empty());
        is_told && side.old != side.new
    });
    sides
}

/// All that either state tells, in the same order, whether it differs or not.
pub fn side_by_side(old: &AssetState, new: &AssetState) -> Vec<FieldChange> {
    let one = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    let properties = [
        (Subject::Filename, one(&old.filename), one(&new.filename)),
        (Subject::FileSize, number(old.file_size), number(new.file_size)),
        (Subject::Pixels, pixels(old), pixels(new)),
        (Subject::Archive, one(&old.archive), one(&new.archive)),
    ];
    let mut ids: Vec<FieldId> = old.metadata.keys().chain(new.metadata.keys()).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let fields = ids.into_iter().map(|id| {
        let values = |state: &AssetState| state.metadata.get(&id).cloned().unwrap_or_default();
        (Subject::Field(id), values(old), values(new))
    });

    properties
        .into_iter()
        .chain(fields)
        .filter(|(_, old, new)| !(old.is_empty() && new.is_empty()))
        .map(|(subject, old, new)| FieldChange { subject, old, new })
        .collect()
}

fn number(value: Option<u64>) -> Vec<String> {
    value.map(|number| number.to_string()).into_iter().collect()
}

fn pixels(state: &AssetState) -> Vec<String> {
    let size = state.pixel_width.zip(state.pixel_height);
    size.map(|(width, height)| format!("{width} × {height}")).into_iter().collect()
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
}
