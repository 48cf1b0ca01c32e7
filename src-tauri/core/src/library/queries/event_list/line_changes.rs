//! What an event changed, short enough for a line of a list.

use serde::Serialize;
use utoipa::ToSchema;

use super::ChangedField;
use crate::fotoware::{FieldChange, FieldId, Piece, PieceKind};
use crate::library::error::LibraryError;
use crate::library::queries::field_names::Labels;

/// One field that changed, with its old and its new value as far as they fit into a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LineChange {
    /// The number of a metadata field; null for a property of the file.
    #[schema(value_type = Option<u32>)]
    pub id: Option<FieldId>,
    /// What `field` is set to in a request.
    pub key: String,
    pub label: String,
    /// It has several values, or had: the pieces are values that came and went, not the words of one.
    pub is_list: bool,
    /// What is the same, gone and new, in the order of the text. Long texts are cut around what changed.
    pub pieces: Vec<Piece>,
}

impl LineChange {
    /// Reads the changes of an event as they are stored; none if there are none.
    pub(in crate::library) fn read(json: Option<&str>, labels: &Labels) -> Result<Vec<Self>, LibraryError> {
        let changes: Vec<FieldChange> = json.map(serde_json::from_str).transpose()?.unwrap_or_default();
        let line = |change: FieldChange| {
            let is_list = change.old.len() > 1 || change.new.len() > 1;
            let pieces = shortened(change.pieces());
            let ChangedField { id, key, label } = ChangedField::new(change.subject, labels);
            Self { id, key, label, is_list, pieces }
        };
        Ok(changes.into_iter().map(line).collect())
    }
}

/// In letters: what is the same is only told beside what changed.
const CONTEXT: usize = 12;
const LONGEST_PIECE: usize = 60;
const MOST_PIECES: usize = 8;

fn shortened(pieces: Vec<Piece>) -> Vec<Piece> {
    let count = pieces.len();
    let short = pieces.into_iter().enumerate().map(|(nth, Piece { kind, text })| {
        let text = match kind {
            PieceKind::Same if nth == 0 => ending(&text),
            PieceKind::Same if nth + 1 == count => beginning(&text, CONTEXT),
            PieceKind::Same => around(&text),
            PieceKind::Added | PieceKind::Removed => beginning(&text, LONGEST_PIECE),
        };
        Piece { kind, text }
    });
    short.take(MOST_PIECES).collect()
}

fn beginning(text: &str, most: usize) -> String {
    match text.char_indices().nth(most + 1) {
        Some(_) => text.chars().take(most).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

fn ending(text: &str) -> String {
    let length = text.chars().count();
    if length <= CONTEXT + 1 {
        return text.to_owned();
    }
    let end: String = text.chars().skip(length - CONTEXT).collect();
    format!("…{}", end.trim_start())
}

fn around(text: &str) -> String {
    if text.chars().count() <= 2 * CONTEXT + 1 {
        return text.to_owned();
    }
    text.chars().take(CONTEXT).collect::<String>() + &ending(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fotoware::Subject;

    fn told(old: &str, new: &str) -> String {
        let change = FieldChange { subject: Subject::Field(120), old: vec![old.to_owned()], new: vec![new.to_owned()] };
        let sign = |Piece { kind, text }: Piece| match kind {
            PieceKind::Same => text,
            PieceKind::Added => format!("[+{text}]"),
            PieceKind::Removed => format!("[-{text}]"),
        };
        shortened(change.pieces()).into_iter().map(sign).collect()
    }

    #[test]
    fn a_long_text_is_cut_around_what_changed() {
        let long = "Boats lie at the quay of the harbour in the early morning";
        let line = told(
            &format!("{long} of Monday, as they have done for years"),
            &format!("{long} of Tuesday, as they have done for years"),
        );
        assert_eq!(line, "…morning of [-Monday][+Tuesday], as they ha…");
        assert_eq!(told("Åse", "Åse Berg"), "Åse[+ Berg]");
        assert!(told(&"old ".repeat(400), &"new ".repeat(400)).chars().count() < 800);
    }
}
