//! What changed within a value, as pieces to colour: the words of a text that are new, gone or the same.

use std::collections::HashMap;

use serde::Serialize;
use similar::{ChangeTag, TextDiff};
use utoipa::ToSchema;

use super::{FieldChange, Subject};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PieceKind {
    Same,
    Added,
    Removed,
}

/// A run of a text. What is the same and what was removed is together the old text; what is the same and what was added
/// is the new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Piece {
    pub kind: PieceKind,
    pub text: String,
}

impl FieldChange {
    /// Of a text its words, of a list the values that came and went, of anything else the old value and the new one.
    pub fn pieces(&self) -> Vec<Piece> {
        if self.old.len() > 1 || self.new.len() > 1 {
            let removed = self.removed().into_iter().map(|text| Piece::new(PieceKind::Removed, text));
            let added = self.added().into_iter().map(|text| Piece::new(PieceKind::Added, text));
            return removed.chain(added).collect();
        }
        let value = |values: &'_ [String]| values.first().cloned().unwrap_or_default();
        let (old, new) = (value(&self.old), value(&self.new));
        match self.subject {
            Subject::Field(_) => compare_words(&old, &new),
            _ => replaced(&old, &new),
        }
    }
}

impl Piece {
    fn new(kind: PieceKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }
}

/// Beyond this a comparison would take longer than its answer is worth.
const MOST_COMPARISONS: usize = 2_000_000;
/// Texts with less in common are a replacement, not an edit.
const LEAST_ALIKE: f64 = 0.3;

fn compare_words(old: &str, new: &str) -> Vec<Piece> {
    let words = |text: &str| text.split_whitespace().count() * 2;
    if old.is_empty() || new.is_empty() || words(old) * words(new) > MOST_COMPARISONS || !share_words(old, new) {
        return replaced(old, new);
    }
    let diff = TextDiff::from_unicode_words(old, new);
    let pieces = diff.iter_all_changes().fold(Vec::new(), |mut pieces: Vec<Piece>, change| {
        let kind = match change.tag() {
            ChangeTag::Equal => PieceKind::Same,
            ChangeTag::Insert => PieceKind::Added,
            ChangeTag::Delete => PieceKind::Removed,
        };
        match pieces.last_mut().filter(|last| last.kind == kind) {
            Some(last) => last.text.push_str(change.value()),
            None => pieces.push(Piece::new(kind, change.value())),
        }
        pieces
    });
    let same: usize =
        pieces.iter().filter(|piece| piece.kind == PieceKind::Same).map(|piece| letters(&piece.text)).sum();
    if alike(same, old, new) { in_runs(pieces) } else { replaced(old, new) }
}

/// A space between two changed words is no island: what changed around it is read as one.
fn in_runs(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut runs = Vec::with_capacity(pieces.len());
    let (mut removed, mut added) = (String::new(), String::new());
    let mut pieces = pieces.into_iter().peekable();
    while let Some(piece) = pieces.next() {
        let in_a_run = !removed.is_empty() || !added.is_empty();
        match piece.kind {
            PieceKind::Removed => removed.push_str(&piece.text),
            PieceKind::Added => added.push_str(&piece.text),
            PieceKind::Same if in_a_run && pieces.peek().is_some() && piece.text.trim().is_empty() => {
                removed.push_str(&piece.text);
                added.push_str(&piece.text);
            }
            PieceKind::Same => {
                runs.extend(replaced(&std::mem::take(&mut removed), &std::mem::take(&mut added)));
                runs.push(piece);
            }
        }
    }
    runs.extend(replaced(&removed, &added));
    runs
}

fn replaced(old: &str, new: &str) -> Vec<Piece> {
    let pieces = [(PieceKind::Removed, old), (PieceKind::Added, new)].into_iter();
    pieces.filter(|(_, text)| !text.is_empty()).map(|(kind, text)| Piece::new(kind, text)).collect()
}

/// Whether enough words occur in both for their order to be worth a look. Script without spaces has few, long words, so
/// letters are counted instead.
fn share_words(old: &str, new: &str) -> bool {
    let mut counts: HashMap<char, usize> = HashMap::new();
    for letter in old.chars().filter(|letter| !letter.is_whitespace()) {
        *counts.entry(letter).or_default() += 1;
    }
    let shared = new.chars().filter(|letter| {
        let left = counts.get_mut(letter).filter(|left| **left > 0);
        left.is_some_and(|left| {
            *left -= 1;
            true
        })
    });
    alike(shared.count(), old, new)
}

fn alike(same: usize, old: &str, new: &str) -> bool {
    2.0 * same as f64 >= LEAST_ALIKE * (letters(old) + letters(new)) as f64
}

fn letters(text: &str) -> usize {
    text.chars().filter(|letter| !letter.is_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `[-gone-]{+new+}` around what is the same.
    fn shown(pieces: &[Piece]) -> String {
        let shown = pieces.iter().map(|Piece { kind, text }| match kind {
            PieceKind::Same => text.clone(),
            PieceKind::Added => format!("{{+{text}+}}"),
            PieceKind::Removed => format!("[-{text}-]"),
        });
        shown.collect()
    }

    fn compared(old: &str, new: &str) -> String {
        shown(&compare_words(old, new))
    }

    fn change(subject: Subject, old: &[&str], new: &[&str]) -> FieldChange {
        let owned = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect();
        FieldChange { subject, old: owned(old), new: owned(new) }
    }

    #[test]
    fn words_come_and_go_within_a_caption() {
        assert_eq!(
            compared("Fishing boats leaving Vardø.", "Fishing boats leaving Vardø at dawn."),
            "Fishing boats leaving Vardø{+ at dawn+}."
        );
        assert_eq!(
            compared("The minister opens the new bridge", "The mayor opens the old bridge"),
            "The [-minister-]{+mayor+} opens the [-new-]{+old+} bridge"
        );
    }

    #[test]
    fn words_that_change_side_by_side_are_one_change() {
        assert_eq!(
            compared("Seen from the north pier at noon", "Seen from the south quay at noon"),
            "Seen from the [-north pier-]{+south quay+} at noon"
        );
    }

    #[test]
    fn another_text_is_a_replacement_and_none_at_all_an_addition() {
        assert_eq!(
            compared("Boats in the harbour", "Züge, pünktlich!"),
            "[-Boats in the harbour-]{+Züge, pünktlich!+}"
        );
        assert_eq!(compared("", "Boats"), "{+Boats+}");
        assert_eq!(compared("Boats", ""), "[-Boats-]");
    }

    #[test]
    fn a_script_without_spaces_has_words_too() {
        assert_eq!(compared("東京湾の夜明け", "大阪湾の夜明け"), "[-東京-]{+大阪+}湾の夜明け");
    }

    #[test]
    fn a_list_tells_values_and_a_property_is_replaced() {
        let keywords = change(Subject::Field(25), &["boats", "sea", "dawn"], &["dawn", "boats", "harbour"]);
        assert_eq!(shown(&keywords.pieces()), "[-sea-]{+harbour+}");
        let renamed = change(Subject::Filename, &["harbour 1.jpg"], &["harbour 2.jpg"]);
        assert_eq!(shown(&renamed.pieces()), "[-harbour 1.jpg-]{+harbour 2.jpg+}");
        let reordered = change(Subject::Field(25), &["a", "b"], &["b", "a"]);
        assert_eq!(reordered.pieces(), []);
    }

    #[test]
    fn a_book_is_not_compared_word_for_word() {
        let book = |word: &str| format!("{word} ").repeat(2000);
        assert_eq!(compare_words(&book("one"), &format!("{}two", book("one"))).len(), 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_pieces_are_both_texts(old in "([a-cæ東,]{1,3}[ \n]{0,2}){0,12}", new in "([a-cæ東,]{1,3}[ \n]{0,2}){0,12}") {
            let pieces = compare_words(&old, &new);
            let without = |gone: PieceKind| {
                pieces.iter().filter(|piece| piece.kind != gone).map(|piece| piece.text.as_str()).collect::<String>()
            };
            prop_assert_eq!(without(PieceKind::Added), old);
            prop_assert_eq!(without(PieceKind::Removed), new);
        }
    }
}
