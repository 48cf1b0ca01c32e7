//! Takes the secrets out of a body before it touches the disk, and leaves every other byte as it came.
//!
//! Secrets are `previewToken`, `dropHREF` and the signed `data` of `ancestors` (FOTOWARE 1.3), wherever in the
//! body they stand and in whichever way their names are escaped.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use memchr::memmem;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::json::Name;

const SECRET_KEYS: [&str; 2] = ["previewToken", "dropHREF"];
const REDACTED: &str = "\"[redacted]\"";

/// The body without its secrets. JSON is cut at the exact places; in what is not JSON (a form, a broken body) the
/// value that follows a secret's name is blanked as far as it can be made out.
pub(super) fn redact(body: &[u8]) -> Cow<'_, [u8]> {
    let json = std::str::from_utf8(body).ok().and_then(Secrets::of_json);
    json.map_or_else(|| redact_by_name(body), |secrets| secrets.cut_from(body))
}

/// Where in a JSON text the values of secret members stand.
#[derive(Debug)]
pub(super) struct Secrets<'a> {
    text: &'a str,
    places: Vec<Range<usize>>,
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

impl<'a> Secrets<'a> {
    /// None are known yet.
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, places: Vec::new() }
    }

    fn of_json(text: &'a str) -> Option<Self> {
        let mut secrets = Self::of(text);
        let mut json = serde_json::Deserializer::from_str(text);
        Finder { within: Within::Anything, secrets: &mut secrets }.deserialize(&mut json).ok()?;
        json.end().ok()?;
        Some(secrets)
    }

    /// `secret` is the value of a secret member.
    pub(super) fn note(&mut self, secret: &'a RawValue) {
        let raw = secret.get();
        if raw == "null" || raw == "\"\"" {
            return;
        }
        let start = raw.as_ptr() as usize - self.text.as_ptr() as usize;
        self.places.push(start..start + raw.len());
    }

    /// Looks through what nobody reads. Nearly always a search for the names says that there is nothing: only where one
    /// occurs, or might in escapes of its letters, is it walked through. Fails where it is nested deeper than can be walked.
    pub(super) fn search(&mut self, within: Within, unread: &'a RawValue) -> serde_json::Result<()> {
        let raw = unread.get();
        let has_members = raw.starts_with(['{', '[']);
        if has_members && (within != Within::Anything || is_suspicious(raw)) {
            let mut json = serde_json::Deserializer::from_str(raw);
            Finder { within, secrets: self }.deserialize(&mut json)?;
        }
        Ok(())
    }

    /// The text without them. `body` is the text as bytes, or starts with what was trimmed from it.
    pub(super) fn cut_from(self, body: &[u8]) -> Cow<'_, [u8]> {
        if self.places.is_empty() {
            return Cow::Borrowed(body);
        }
        let trimmed = self.text.as_ptr() as usize - body.as_ptr() as usize;
        let mut kept = Vec::with_capacity(body.len());
        let mut from = 0;
        for secret in self.places {
            kept.extend_from_slice(&body[from..trimmed + secret.start]);
            kept.extend_from_slice(REDACTED.as_bytes());
            from = trimmed + secret.end;
        }
        kept.extend_from_slice(&body[from..]);
        Cow::Owned(kept)
    }
}

/// Whether the name of a secret might stand in it, or of what holds one.
fn is_suspicious(raw: &str) -> bool {
    let names = [SECRET_KEYS[0], SECRET_KEYS[1], "ancestors"];
    names.iter().any(|name| raw.contains(name)) || escapes_a_letter(raw)
}

/// Letters are written plainly by everybody; but a name could be hidden so.
fn escapes_a_letter(raw: &str) -> bool {
    let raw = raw.as_bytes();
    memmem::find_iter(raw, br"\u00").any(|at| matches!(raw.get(at + 4), Some(b'4'..=b'7')))
}

/// Walks any JSON without building it.
struct Finder<'s, 'a> {
    within: Within,
    secrets: &'s mut Secrets<'a>,
}

impl<'a> Finder<'_, 'a> {
    fn inside(&mut self, within: Within) -> Finder<'_, 'a> {
        Finder { within, secrets: self.secrets }
    }
}

impl<'de> DeserializeSeed<'de> for Finder<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Finder<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(key)) = map.next_key()? {
            if self.within.holds_secret(&key) {
                self.secrets.note(map.next_value()?);
            } else {
                map.next_value_seed(self.inside(Within::of(&key)))?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let within = self.within;
        while seq.next_element_seed(self.inside(within))?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A form carries the asset percent-encoded in its `data` pair: that pair is redacted as JSON. In anything else
/// the text is searched for the names themselves, and for the path of an ancestor's `data`.
fn redact_by_name(body: &[u8]) -> Cow<'_, [u8]> {
    const MARKS: [&str; 3] = [SECRET_KEYS[0], SECRET_KEYS[1], "/data/a/"];
    if let Some(form) = redact_form(body) {
        return Cow::Owned(form);
    }
    let text = String::from_utf8_lossy(body);
    let found = MARKS.iter().flat_map(|mark| text.match_indices(mark));
    let mut ends: Vec<usize> = found.map(|(at, mark)| at + mark.len()).collect();
    if ends.is_empty() {
        return Cow::Borrowed(body);
    }
    ends.sort_unstable();
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for end in ends {
        // A name inside a value has gone with it.
        if end >= from {
            let value = value_after(&text[end..]);
            kept.push_str(&text[from..end + value.start]);
            kept.push_str("[redacted]");
            from = end + value.end;
        }
    }
    kept.push_str(&text[from..]);
    Cow::Owned(kept.into_bytes())
}

/// Where the value is that follows a name: up to the quote that closes it, or else as far as a word goes.
fn value_after(text: &str) -> Range<usize> {
    let start = text.find(|c: char| c.is_alphanumeric() || c == '/').unwrap_or(text.len());
    let quoted = text[..start].ends_with('"');
    let ends = |c: char| c == '"' || (!quoted && (c == '&' || c.is_whitespace()));
    let length = text[start..].find(ends).unwrap_or(text.len() - start);
    start..start + length
}

fn redact_form(body: &[u8]) -> Option<Vec<u8>> {
    let pairs = || form_urlencoded::parse(body);
    if !pairs().any(|(key, _)| key == "data") {
        return None;
    }
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(body.len()));
    for (key, value) in pairs() {
        if SECRET_KEYS.contains(&key.as_ref()) {
            form.append_pair(&key, "[redacted]");
        } else if key == "data" {
            form.append_pair(&key, &String::from_utf8_lossy(&redact(value.as_bytes())));
        } else {
            form.append_pair(&key, &value);
        }
    }
    Some(form.finish().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(body: &str) -> String {
        String::from_utf8(redact(body.as_bytes()).into_owned()).unwrap()
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
        assert!(escapes_a_letter(text) && !escapes_a_letter(r"caf\u00e9 \u2014 \u00"));
        assert!(!String::from_utf8_lossy(&super::super::receive(text.as_bytes()).kept).contains("SECRET"));
    }

    #[test]
    fn what_is_too_deep_to_walk_is_blanked_by_name() {
        let deep = format!("{}{{\"previewToken\": \"SE.CR.ET\"}}{}", "[".repeat(400), "]".repeat(400));
        let body = format!("{{\"data\": {{\"permissions\": {deep}}}}}");
        assert!(!redacted(&body).contains("SE.CR.ET"));
        assert!(!String::from_utf8_lossy(&super::super::receive(body.as_bytes()).kept).contains("SE.CR.ET"));
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
            r#"{"dropHREF": "[redacted]", "ancestors": [{"data": "/fotoweb/data/a/[redacted]"}], "x": "#
        );
        assert_eq!(redacted("previewToken=SECRET&title=Kai"), "previewToken=[redacted]&title=Kai");
        let form = redacted("title=Kai&data=%7B%22previewToken%22%3A%22SECRET%22%7D");
        assert!(!form.contains("SECRET") && form.contains("title=Kai"), "{form}");
    }

    #[test]
    fn nothing_secret_means_nothing_copied() {
        assert!(matches!(redact(b"{\"a\":1}"), Cow::Borrowed(_)));
        assert!(matches!(redact(b"not json"), Cow::Borrowed(_)));
    }
}
