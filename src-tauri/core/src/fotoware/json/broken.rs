//! Where a text stops being JSON, for people who have to find out what went wrong with it.

use std::fmt;

use super::Cursor;

/// The place at which a text that begins as JSON is no JSON any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonBreak {
    /// In bytes of the text, from 0; its length if the text ends too early.
    pub at: usize,
    /// The text ends before everything that was opened is closed.
    pub is_end: bool,
}

impl fmt::Display for JsonBreak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.is_end { "the JSON ends too early" } else { "the body is no longer JSON" };
        write!(f, "{what}, at byte {}", self.at)
    }
}

/// Where a text breaks. `None` if it is JSON, as far as notices are read, or does not even begin as an object or a list.
pub fn json_break(text: &str) -> Option<JsonBreak> {
    let begin =
        text.len() - text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}').len();
    let inside = text[begin..].trim_end_matches(|letter: char| letter.is_whitespace() || letter == '\0');
    if !inside.starts_with(['{', '[']) {
        return None;
    }
    let mut cursor = Cursor::new(inside);
    let is_whole = cursor.skip().is_ok() && cursor.is_at_end();
    (!is_whole).then(|| {
        let place = cursor.place();
        // A string without its second quote goes on to the end.
        let is_end = inside[place..].is_empty() || (inside[place..].starts_with('"') && cursor.string().is_err());
        JsonBreak { at: begin + if is_end { inside.len() } else { place }, is_end }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_where_it_stops_being_json() {
        for (text, broken) in [
            ("{\"a\": 1}", None),
            (" [1, {\"b\": [2]}] \n", None),
            ("a=1&b=2", None),
            ("", None),
            ("{\"data\": {\"filename\": \"a.j", Some((26, true))),
            ("{\"data\": {\"filename\":", Some((21, true))),
            ("{\"data\": {}", Some((11, true))),
            ("\u{feff}{\"ø\": [1", Some((12, true))),
            ("{\"a\" \"b\"}", Some((5, false))),
            ("{\"a\": }", Some((6, false))),
            ("{\"a\": 1} {\"b\": 2}", Some((9, false))),
            ("{\"a\": [1 2]}", Some((9, false))),
        ] {
            assert_eq!(json_break(text), broken.map(|(at, is_end)| JsonBreak { at, is_end }), "{text}");
        }
    }
}
