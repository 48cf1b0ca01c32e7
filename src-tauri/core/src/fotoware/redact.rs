//! Takes the secrets out of a body before it touches the disk, and leaves every other byte as it came.
//!
//! Secrets are the values of `previewToken` and `dropHREF`, and the signed `data` of `ancestors` (docs/fotoware.md
//! 1.3), wherever in the body they stand. What is taken out are ranges of the bytes that came; whatever is around them
//! stays, in its own charset, spelling and order.
//!
//! A body is opened as far as a reader of ours, or the shell that runs *copy as curl*, could open it: charsets, JSON and
//! texts in it that are JSON, forms, multipart, percent-escapes, escapes of letters, entities and base64, each in the other
//! [`DEEPEST`] times. **What cannot be opened is searched for the names of secrets** (`by_name`), however its letters are
//! escaped: the value after a name goes; where it is not plain what the value is, all that follows goes. What is compressed
//! is opened before it comes here (`intake`).

mod base64;
mod by_name;
mod form;
mod multipart;
mod signs;

use std::borrow::Cow;
use std::ops::Range;

use super::charset::Charset;
use super::json::{Cursor, NotJson, Quoted};
use super::layers::{Edit, Layer, merged};

const SECRET_KEYS: [&str; 2] = ["previewToken", "dropHREF"];
const REDACTED: &str = "[redacted]";
const REDACTED_VALUE: &str = "\"[redacted]\"";

/// So many wrappings are looked through one in the other; what is deeper is searched by name.
const DEEPEST: usize = 8;

/// The body without its secrets.
pub(super) fn redact<'a>(content_type: Option<&str>, body: &'a [u8]) -> Cow<'a, [u8]> {
    cut(body, in_bytes(content_type, body, 0))
}

/// What the members of an object are members of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Within {
    Anything,
    /// In `ancestors`, where `data` is a secret.
    Ancestors,
}

impl Within {
    /// What is below a member with this name.
    pub(super) fn of(name: &str) -> Self {
        if name == "ancestors" { Self::Ancestors } else { Self::Anything }
    }

    pub(super) fn holds_secret(self, name: &str) -> bool {
        SECRET_KEYS.contains(&name) || (self == Self::Ancestors && name == "data")
    }
}

/// The secrets that were met while a text was read as JSON.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    places: Vec<Range<usize>>,
    /// How many members with a telling name were met.
    named: usize,
    /// Of the strings that are no secrets, how long the longest is.
    pub longest: usize,
}

impl Secrets {
    /// The value at `place` in `text` is that of a secret member.
    pub(super) fn note(&mut self, name: &str, text: &str, place: Range<usize>) {
        self.named += usize::from(signs::is_one(name));
        if is_something(&text[place.clone()]) {
            self.places.push(place);
        }
    }

    /// Looks through the value of a member that nobody reads.
    pub(super) fn look_through<'a>(
        &mut self,
        name: &str,
        text: &'a str,
        cursor: &mut Cursor<'a>,
    ) -> Result<(), NotJson> {
        self.named += usize::from(signs::is_one(name));
        walk(cursor, Within::of(name), &mut |found| match found {
            Found::Secret { name, value } => self.note(name, text, value),
            Found::Name(name) => self.named += usize::from(signs::is_one(name.written)),
            Found::Text(_) => {}
        })
    }

    /// Whether a secret might be left in the text, in a place that was not read or in a wrapping.
    pub(super) fn might_miss_some(&self, text: &str) -> bool {
        let mut from = 0;
        let mut named = 0;
        let may_be_base64 = self.longest >= base64::SHORTEST_BODY;
        for place in self.places.iter().chain([&(text.len()..text.len())]) {
            let kept = &text[from..place.start];
            let look = signs::look(kept);
            named += look.names;
            if named > self.named || look.escapes_a_letter || (may_be_base64 && look.is_in_base64) {
                return true;
            }
            from = place.end;
        }
        false
    }

    /// The body without them. The text that was read is in it from `offset` on.
    pub(super) fn cut_from(self, body: &[u8], offset: usize) -> Cow<'_, [u8]> {
        let edit =
            |place: Range<usize>| Edit { at: place.start + offset..place.end + offset, with: REDACTED_VALUE.into() };
        cut(body, self.places.into_iter().map(edit).collect())
    }
}

/// Nothing is no secret, and what was redacted before is none any more.
fn is_something(written: &str) -> bool {
    !["null", "\"\"", REDACTED_VALUE].contains(&written)
}

fn cut(body: &[u8], edits: Vec<Edit>) -> Cow<'_, [u8]> {
    if edits.is_empty() {
        return Cow::Borrowed(body);
    }
    let mut kept = Vec::with_capacity(body.len());
    let mut from = 0;
    for edit in merged(edits) {
        kept.extend_from_slice(&body[from..edit.at.start]);
        kept.extend_from_slice(edit.with.as_bytes());
        from = edit.at.end;
    }
    kept.extend_from_slice(&body[from..]);
    Cow::Owned(kept)
}

fn in_bytes(content_type: Option<&str>, body: &[u8], depth: usize) -> Vec<Edit> {
    let charset = Charset::of(content_type, body);
    match std::str::from_utf8(body) {
        Ok(text) if charset == Charset::Utf8 => in_text(text, depth),
        _ => Layer::Charset(charset).look_inside(body, |text| in_text(text, depth)),
    }
}

/// The secrets of a text of any kind.
fn in_text(text: &str, depth: usize) -> Vec<Edit> {
    if depth > 0 && !signs::might_be_in(text) {
        return Vec::new();
    }
    let opened =
        || in_json(text, depth).or_else(|| multipart::secrets(text, depth)).or_else(|| form::secrets(text, depth));
    let opened = if depth < DEEPEST { opened().or_else(|| base64::secrets(text, depth)) } else { None };
    opened.unwrap_or_else(|| by_name::secrets(text, depth == 0 || looks_like_members(text), depth))
}

/// Whether a text means to be more than prose.
fn looks_like_members(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[', '<', '"', '-', '\\'])
}

fn in_json(text: &str, depth: usize) -> Option<Vec<Edit>> {
    let json = text.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '\0' | '\u{feff}'));
    if !json.starts_with(['{', '[', '"']) {
        return None;
    }
    let offset = json.as_ptr() as usize - text.as_ptr() as usize;
    let mut edits = Vec::new();
    let mut cursor = Cursor::new(json);
    let inner = |quoted: Quoted<'_>| {
        let written = quoted.written.as_bytes();
        let edits = Layer::Escapes.look_inside(written, |text| in_text(text, depth + 1));
        edits.into_iter().map(move |edit| shifted(edit, offset + quoted.at))
    };
    let walked = walk(&mut cursor, Within::Anything, &mut |found| match found {
        Found::Secret { value, .. } if is_something(&json[value.clone()]) => {
            edits.push(shifted(Edit { at: value, with: REDACTED_VALUE.into() }, offset));
        }
        Found::Secret { .. } => {}
        Found::Name(quoted) | Found::Text(quoted) => edits.extend(inner(quoted)),
    });
    (walked.is_ok() && cursor.is_at_end()).then_some(edits)
}

fn shifted(edit: Edit, by: usize) -> Edit {
    Edit { at: edit.at.start + by..edit.at.end + by, ..edit }
}

/// What is met on the way through JSON.
enum Found<'f, 'a> {
    Secret { name: &'f str, value: Range<usize> },
    Name(Quoted<'a>),
    Text(Quoted<'a>),
}

/// Goes through the value that comes next, however deep it is.
fn walk<'a>(cursor: &mut Cursor<'a>, within: Within, give: &mut impl FnMut(Found<'_, 'a>)) -> Result<(), NotJson> {
    struct Open {
        is_object: bool,
        within: Within,
        is_first: bool,
    }
    let mut within = within;
    let mut open: Vec<Open> = Vec::new();
    loop {
        match cursor.peek()? {
            b'"' => give(Found::Text(cursor.string()?)),
            bracket @ (b'{' | b'[') => {
                cursor.enter();
                open.push(Open { is_object: bracket == b'{', within, is_first: true });
            }
            _ => drop(cursor.word()?),
        }
        loop {
            let Some(around) = open.last_mut() else { return Ok(()) };
            let is_first = std::mem::replace(&mut around.is_first, false);
            if !around.is_object {
                within = around.within;
                if cursor.element(is_first)? {
                    break;
                }
                open.pop();
                continue;
            }
            let Some(name) = cursor.member(is_first)? else {
                open.pop();
                continue;
            };
            let text = name.text();
            if around.within.holds_secret(&text) || form::names_secret(&text) {
                let value = cursor.skip_secret()?;
                give(Found::Secret { name: &text, value });
            } else {
                within = Within::of(&text);
                give(Found::Name(name));
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(body: &str) -> String {
        String::from_utf8(redact(None, body.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn secrets_go_and_every_other_byte_stays() {
        let body = r#"{ "data":  {"previewToken": "a.b.c", "x": [1, 2.50, null],"dropHREF" :"/h#u=1&m=S",
            "ancestors": [{"name": "All", "data": "/fotoweb/data/a/5000.SIG/"}]}, "data-like": "kept" }"#;
        let expected = r#"{ "data":  {"previewToken": "[redacted]", "x": [1, 2.50, null],"dropHREF" :"[redacted]",
            "ancestors": [{"name": "All", "data": "[redacted]"}]}, "data-like": "kept" }"#;
        assert_eq!(redacted(body), expected);
    }

    #[test]
    fn an_escaped_name_or_an_odd_place_hides_nothing() {
        assert_eq!(
            redacted(r#"[[{"preview\u0054oken":{"deep":"SECRET"}}]]"#),
            r#"[[{"preview\u0054oken":"[redacted]"}]]"#
        );
        assert_eq!(redacted(r#"{"data":{"href":"x"}}"#), r#"{"data":{"href":"x"}}"#);
    }

    #[test]
    fn no_escape_hides_a_name_where_nobody_reads() {
        let text = r#"{"data": {"metadata": {"5": "caf\u00e9", "x": {"\u0064rop\u0048REF": "SECRET"}}}}"#;
        assert!(!String::from_utf8_lossy(&super::super::receive(None, text.as_bytes()).kept).contains("SECRET"));
    }

    #[test]
    fn what_is_too_deep_to_read_is_looked_through() {
        let deep = format!("{}{{\"previewToken\": \"SE.CR.ET\"}}{}", "[".repeat(400), "]".repeat(400));
        let body = format!("{{\"data\": {{\"permissions\": {deep}}}}}");
        assert!(!redacted(&body).contains("SE.CR.ET"));
        assert!(!String::from_utf8_lossy(&super::super::receive(None, body.as_bytes()).kept).contains("SE.CR.ET"));
    }

    #[test]
    fn a_broken_body_and_a_form_are_blanked_by_name() {
        assert_eq!(
            redacted(r#"{"previewToken": "SE.CR.ET", "dropHREF": "/a#S"#),
            r#"{"previewToken": "[redacted]", "dropHREF": "[redacted]"#
        );
        assert_eq!(
            redacted(
                r#"{"dropHREF": "/a b#u=1&m=SECRET", "ancestors": [{"data": "/fotoweb/data/a/5000.SECRET/"}], "x": "#
            ),
            r#"{"dropHREF": "[redacted]", "ancestors": [{"data": "[redacted]"}], "x": "#
        );
        assert_eq!(redacted("previewToken=SECRET&title=Kai"), "previewToken=[redacted]&title=Kai");
        let form = redacted("title=Kai&data=%7B%22previewToken%22%3A%22SECRET%22%7D");
        assert_eq!(form, "title=Kai&data=%7B%22previewToken%22%3A%22[redacted]%22%7D");
    }

    #[test]
    fn nothing_secret_means_nothing_copied() {
        assert!(matches!(redact(None, b"{\"a\":1}"), Cow::Borrowed(_)));
        assert!(matches!(redact(None, b"not json"), Cow::Borrowed(_)));
    }

    #[test]
    fn prose_about_secrets_is_kept_and_what_was_redacted_stays_so() {
        for body in [
            r#"{"description": "Our ancestors knew no previewToken, and dropHREF was 100%25 unknown"}"#,
            r#"{"previewToken": "[redacted]", "data": "{\"dropHREF\": \"[redacted]\"}"}"#,
            "title=previewToken+and+all&x=1",
            r#"{"dropHREF": null, "previewToken": ""}"#,
        ] {
            assert_eq!(redacted(body), body);
        }
    }
}
