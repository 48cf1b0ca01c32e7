//! How two bodies differ, line by line. Bodies that are JSON are written alike first, so that neither the order of members
//! nor blanks count.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use similar::{ChangeTag, TextDiff};
use utoipa::ToSchema;

use super::PieceKind;

/// A line of one body, or of both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DiffLine {
    pub kind: PieceKind,
    /// Its number in the old body, from 1; null if it is not there.
    pub old: Option<usize>,
    /// Its number in the new body, from 1; null if it is not there.
    pub new: Option<usize>,
    pub text: String,
}

/// The difference of two bodies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BodyDiff {
    /// Stretches in which something differs, each with a few lines around it. None if the bodies say the same.
    pub hunks: Vec<Vec<DiffLine>>,
    /// More differs than is told here.
    pub is_cut: bool,
}

const AROUND: usize = 3;
const MOST_LINES: usize = 4_000;
/// Bodies that differ a lot are then told apart with less care.
const PATIENCE: Duration = Duration::from_secs(2);

impl BodyDiff {
    /// Compares two bodies as text. Takes up to two seconds for large ones.
    pub fn of(old: &str, new: &str) -> Self {
        let (old, new) = (in_lines(old), in_lines(new));
        let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(&old, &new);
        let (mut hunks, mut lines) = (Vec::new(), 0);
        for group in diff.grouped_ops(AROUND) {
            let mut hunk = Vec::new();
            for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                if lines == MOST_LINES {
                    hunks.push(hunk);
                    return Self { hunks, is_cut: true };
                }
                lines += 1;
                let kind = match change.tag() {
                    ChangeTag::Equal => PieceKind::Same,
                    ChangeTag::Delete => PieceKind::Removed,
                    ChangeTag::Insert => PieceKind::Added,
                };
                let number = |index: Option<usize>| index.map(|index| index + 1);
                let text = change.value().trim_end_matches(['\n', '\r']).to_owned();
                hunk.push(DiffLine { kind, old: number(change.old_index()), new: number(change.new_index()), text });
            }
            hunks.push(hunk);
        }
        Self { hunks, is_cut: false }
    }
}

fn in_lines(body: &str) -> String {
    let written = serde_json::from_str::<Value>(body).ok().and_then(|json| serde_json::to_string_pretty(&json).ok());
    written.unwrap_or_else(|| body.to_owned()) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_that_is_only_written_differently_does_not_differ() {
        let same = BodyDiff::of(r#"{"a": 1, "b": [2, 3]}"#, "{\n\"b\":[2,3],\"a\":1}");
        assert_eq!(same, BodyDiff::default());
    }

    #[test]
    fn what_differs_is_told_with_its_lines_and_what_stands_around_it() {
        let diff = BodyDiff::of(r#"{"a": 1, "b": {"c": "old"}}"#, r#"{"a": 1, "b": {"c": "new"}}"#);
        let [hunk] = &diff.hunks[..] else { panic!("{diff:?}") };
        let told: Vec<_> = hunk.iter().map(|line| (line.old, line.new, line.text.trim())).collect();
        assert_eq!(
            told,
            [
                (Some(1), Some(1), "{"),
                (Some(2), Some(2), "\"a\": 1,"),
                (Some(3), Some(3), "\"b\": {"),
                (Some(4), None, "\"c\": \"old\""),
                (None, Some(4), "\"c\": \"new\""),
                (Some(5), Some(5), "}"),
                (Some(6), Some(6), "}"),
            ]
        );
    }

    #[test]
    fn a_difference_without_end_is_cut() {
        let lines = |word: &str| (0..MOST_LINES).map(|nth| format!("{word} {nth}")).collect::<Vec<_>>().join("\n");
        let diff = BodyDiff::of(&lines("old"), &lines("new"));
        assert!(diff.is_cut);
        assert_eq!(diff.hunks.iter().map(Vec::len).sum::<usize>(), MOST_LINES);
    }
}
