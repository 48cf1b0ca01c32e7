//! How a body is spelled on the wire.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;
use serde_json::{Serializer, Value};

/// What the settings page calls the content type of a webhook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    #[default]
    Json,
    /// The flat keys, and `data` as JSON text.
    Form,
    /// The flat keys alone: nothing Fotoware says promises more (docs/fotoware.md 3).
    FlatForm,
}

impl Encoding {
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form | Self::FlatForm => "application/x-www-form-urlencoded",
        }
    }
}

pub fn encode(body: &Value, encoding: Encoding) -> String {
    match encoding {
        Encoding::Json => json(body),
        Encoding::Form => form(body, |data| Some(json(data))),
        Encoding::FlatForm => form(body, |_| None),
    }
}

/// As captured: a space after `,` and `:`, and nothing but ASCII.
fn json(value: &Value) -> String {
    let mut out = Vec::with_capacity(16 * 1024);
    let mut serializer = Serializer::with_formatter(&mut out, PythonLike);
    let written = value.serialize(&mut serializer);
    debug_assert!(written.is_ok(), "a JSON value can always be written to memory");
    String::from_utf8(out).unwrap_or_default()
}

fn form(body: &Value, spell_data: impl Fn(&Value) -> Option<String>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (key, value) in body.as_object().into_iter().flatten() {
        let text = match value {
            Value::String(text) => Some(text.clone()),
            Value::Null => Some(String::new()),
            data if key == "data" => spell_data(data),
            other => Some(other.to_string()),
        };
        if let Some(text) = text {
            form.append_pair(key, &text);
        }
    }
    form.finish()
}

struct PythonLike;

impl Formatter for PythonLike {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.is_ascii() {
            return writer.write_all(fragment.as_bytes());
        }
        for letter in fragment.chars() {
            if letter.is_ascii() {
                writer.write_all(&[letter as u8])?;
            } else {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, encode};
    use serde_json::json;

    #[test]
    fn json_is_spelled_as_captured() {
        let body = json!({ "a": ["ø", "東", "𝄞"], "b": 1 });
        let text = encode(&body, Encoding::Json);
        assert_eq!(text, r#"{"a": ["\u00f8", "\u6771", "\ud834\udd1e"], "b": 1}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), body);
    }

    #[test]
    fn a_form_has_flat_keys_and_may_carry_the_data() {
        let body = json!({ "title": "Vardø havn", "tags": null, "data": { "archiveId": 5000 } });
        assert_eq!(encode(&body, Encoding::FlatForm), "tags=&title=Vard%C3%B8+havn");
        assert_eq!(encode(&body, Encoding::Form), "data=%7B%22archiveId%22%3A+5000%7D&tags=&title=Vard%C3%B8+havn");
    }
}
