//! The secrets of a text that cannot be opened: it is searched for their names, and for how their values look.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::super::layers::{Edit, Layer};
use super::{REDACTED, base64};

/// What is searched for. After a name comes a value; the last three are how values look (docs/fotoware.md 1.3, 6.2).
const MARKS: [&str; 6] = ["previewToken", "dropHREF", "ancestors", "/data/a/", "#u=", "eyJ"];
const QUOTES: [char; 3] = ['"', '\'', '`'];
/// So many layers of escapes are taken off.
const LAYERS: usize = 12;

static SEARCH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(MARKS).ok());

/// `is_broken` says that the text means to be more than prose and is not whole: then nothing in it is sure, and where the
/// value after a name is not plain, all that follows goes.
pub(super) fn secrets(text: &str, is_broken: bool, depth: usize) -> Vec<Edit> {
    let mut edits = base64::in_runs(text, depth);
    edits.extend(unescaped(text, is_broken, LAYERS));
    edits
}

/// Takes escapes off until none are left, so that a name is a name and a quote is a quote.
fn unescaped(text: &str, is_broken: bool, layers: usize) -> Vec<Edit> {
    for layer in [Layer::Escapes, Layer::Percent { plus_is_blank: false }, Layer::Entities] {
        if layers > 0 && layer.decoded(text.as_bytes()) != text {
            return layer.look_inside(text.as_bytes(), |inside| unescaped(inside, is_broken, layers - 1));
        }
    }
    searched(text, is_broken)
}

fn searched(text: &str, is_broken: bool) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut through = 0;
    let Some(search) = SEARCH.as_ref() else { return vec![redacted(0..text.len())] };
    for mark in search.find_iter(text) {
        let (start, end) = (mark.start(), mark.end());
        if start < through {
            continue;
        }
        let found = match MARKS[mark.pattern().as_usize()] {
            "/data/a/" => Value::Plain(until(text, end, &['<'])),
            "#u=" => Value::Plain(until(text, start, &['<', ','])),
            "eyJ" => token(text, start),
            "ancestors" => {
                edits.extend(in_ancestors(text, end));
                Value::None
            }
            _ if text[..start].ends_with("</") => Value::None,
            _ => after_name(text, end),
        };
        match found {
            Value::Plain(value) => {
                through = value.end;
                edits.push(redacted(value));
            }
            Value::Unclear if is_broken => {
                edits.push(redacted(end..text.len()));
                break;
            }
            Value::Unclear | Value::None => {}
        }
    }
    edits
}

fn redacted(at: Range<usize>) -> Edit {
    Edit { at, with: REDACTED.into() }
}

/// What comes after a name.
#[derive(Debug, PartialEq)]
enum Value {
    /// It is plain where the value is.
    Plain(Range<usize>),
    /// Something is there, and nobody knows how far it goes.
    Unclear,
    None,
}

/// Whatever the format: quotes that close, what parts a name from its value, and the value.
fn after_name(text: &str, end: usize) -> Value {
    let place = |rest: &str| rest.as_ptr() as usize - text.as_ptr() as usize;
    let rest = &text[end..];
    let closed = rest.trim_start_matches(|letter: char| {
        QUOTES.contains(&letter) || letter.is_whitespace() || matches!(letter, ']' | ')' | '\0')
    });
    if closed.is_empty() || closed.starts_with(REDACTED) {
        return Value::None;
    }
    let Some(parted) = ["=>", ":", "=", ">"].iter().find_map(|sign| closed.strip_prefix(sign)) else {
        return Value::Unclear;
    };
    let value = parted.trim_start();
    let start = place(value);
    match value.chars().next() {
        None => Value::None,
        Some(quote) if QUOTES.contains(&quote) => quoted(text, start + 1, quote),
        Some('{' | '[') if !value.starts_with(REDACTED) => Value::Plain(start..bracketed(text, start)),
        Some(_) => bare(text, start),
    }
}

fn quoted(text: &str, start: usize, quote: char) -> Value {
    let Some(length) = text[start..].find(quote) else {
        return if start == text.len() { Value::None } else { Value::Plain(start..text.len()) };
    };
    let after = &text[start + length + 1..];
    let ends_well =
        |letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '}' | ']' | ')' | '&' | '<' | '\0');
    match after.chars().next() {
        Some(letter) if !ends_well(letter) => Value::Unclear,
        _ if length == 0 || &text[start..start + length] == REDACTED => Value::None,
        _ => Value::Plain(start..start + length),
    }
}

fn bare(text: &str, start: usize) -> Value {
    let value = until(text, start, &['<', ',', ';', '&', '}', ']', ')']);
    let word = &text[value.clone()];
    // An address with a signature has signs in it.
    let value = if word.contains("#u=") { until(text, start, &['<']) } else { value };
    match word {
        "" => Value::Unclear,
        "null" | "None" | "nil" => Value::None,
        _ if text[start..].starts_with(REDACTED) => Value::None,
        _ => Value::Plain(value),
    }
}

/// Up to a blank, a quote or one of these.
fn until(text: &str, start: usize, ends: &[char]) -> Range<usize> {
    let is_end = |letter: char| letter.is_whitespace() || QUOTES.contains(&letter) || ends.contains(&letter);
    start..text[start..].find(is_end).map_or(text.len(), |length| start + length)
}

/// Behind the bracket that closes the one at `start`, or the end of the text.
fn bracketed(text: &str, start: usize) -> usize {
    let (mut depth, mut quoted) = (0, false);
    for (at, byte) in text.bytes().enumerate().skip(start) {
        match byte {
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// A signed token (JWT): parts with dots between them.
fn token(text: &str, start: usize) -> Value {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let length = text[start..].bytes().position(|byte| !is_part(byte)).unwrap_or(text.len() - start);
    let begins = !text[..start].bytes().next_back().is_some_and(is_part);
    let value = start..start + length;
    if begins && text[value.clone()].contains('.') { Value::Plain(value) } else { Value::None }
}

/// The `data` of each ancestor.
fn in_ancestors(text: &str, end: usize) -> Vec<Edit> {
    let Some(start) = text[end..].find(['[', '{']).map(|at| end + at).filter(|at| at - end < 8) else {
        return Vec::new();
    };
    let list = &text[..bracketed(text, start)];
    let names = list[start..].match_indices("data").map(|(at, name)| (start + at, start + at + name.len()));
    let is_name = |(at, end): &(usize, usize)| {
        let opens =
            |letter: char| QUOTES.contains(&letter) || letter.is_whitespace() || matches!(letter, '{' | ',' | '[');
        let closes =
            |letter: char| QUOTES.contains(&letter) || letter.is_whitespace() || matches!(letter, ':' | '=' | ']');
        list[..*at].ends_with(opens) && list[*end..].starts_with(closes)
    };
    let values = names.filter(is_name).map(|(_, end)| after_name(list, end));
    let plain = values.filter_map(|value| if let Value::Plain(value) = value { Some(redacted(value)) } else { None });
    plain.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text without its secrets.
    fn kept(text: &str) -> String {
        let edits = secrets(text, true, 0);
        String::from_utf8(super::super::cut(text.as_bytes(), edits).into_owned()).unwrap()
    }

    #[test]
    fn the_value_after_a_name_goes_in_whatever_format_it_stands() {
        for (text, without) in [
            (r#"{"previewToken": "SECRET", "a": "#, r#"{"previewToken": "[redacted]", "a": "#),
            (r"{'previewToken': 'SECRET', 'a': ", r"{'previewToken': '[redacted]', 'a': "),
            ("previewToken: SECRET\ntitle: Kai", "previewToken: [redacted]\ntitle: Kai"),
            ("<previewToken>SECRET</previewToken><a>", "<previewToken>[redacted]</previewToken><a>"),
            ("array('previewToken' => 'SECRET')", "array('previewToken' => '[redacted]')"),
            (r#"\"previewToken\":\"SECRET\",\"a\""#, r#"\"previewToken\":\"[redacted]\",\"a\""#),
            ("&quot;previewToken&quot;:&quot;SECRET&quot;}", "&quot;previewToken&quot;:&quot;[redacted]&quot;}"),
            ("%22previewToken%22%3A%22SECRET%22%7D", "%22previewToken%22%3A%22[redacted]%22%7D"),
            (r#"{"previewToken": {"a": ["SECRET"]}, "b": "#, r#"{"previewToken": [redacted], "b": "#),
            (r#"{"previewToken": 5, "b": "#, r#"{"previewToken": [redacted], "b": "#),
            ("dropHREF=/a.jpg.info#u=1&m=SECRET next", "dropHREF=[redacted] next"),
            (r#"{"previewToken"#, r#"{"previewToken"#),
            (r#"{"previewToken": null, "b": "#, r#"{"previewToken": null, "b": "#),
            (
                r#"{"ancestors": [{"data": "SECRET", "href": "/data/"#,
                r#"{"ancestors": [{"data": "[redacted]", "href": "/data/"#,
            ),
        ] {
            assert_eq!(kept(text), without);
        }
    }

    #[test]
    fn where_it_is_not_plain_what_the_value_is_all_that_follows_goes() {
        for text in [
            r#"{"previewToken"; "SECRET", "title": "Kai"}"#,
            r#"{"previewTokenx "SECRET", "title": "Kai"}"#,
            r#"{"previewToken": ,SECRET", "title": "Kai"}"#,
            r#"{"previewToken": "SEC"RET", "title": "Kai"}"#,
            "previewToken SECRET",
        ] {
            let kept = kept(text);
            assert!(kept.ends_with("previewToken[redacted]"), "{kept}");
        }
    }
}
