//! The letters that bytes stand for. What is kept of a body are its bytes; whoever reads it asks here for its text.
//!
//! - A byte order mark says what follows it. UTF-16 without one is told by its zeros.
//! - What is valid UTF-8 is UTF-8, whatever was declared: many declare a charset and few send another.
//! - What is not is in the charset that was declared, if it is known.
//! - With none declared, or UTF-8 after all, the bytes that are no UTF-8 are read as Windows-1252 and the others as what
//!   they are: a letter is seldom wrong then, and never a hole.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use percent_encoding::percent_decode_str;

/// How the bytes of a body are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Charset {
    /// UTF-8, with Windows-1252 where it is none.
    Utf8,
    Utf16 {
        is_little_endian: bool,
    },
    /// Anything else that was declared.
    Declared(&'static Encoding),
}

impl Charset {
    /// `content_type` is the header of that name.
    pub(super) fn of(content_type: Option<&str>, bytes: &[u8]) -> Self {
        if let Some(utf_16) = utf_16(bytes) {
            return utf_16;
        }
        let declared = content_type.and_then(declared_charset);
        if std::str::from_utf8(bytes).is_ok() && !escapes_letters(declared, bytes) {
            return Self::Utf8;
        }
        match declared {
            Some(charset) if ![UTF_8, UTF_16LE, UTF_16BE, WINDOWS_1252].contains(&charset) => Self::Declared(charset),
            _ => Self::Utf8,
        }
    }

    /// The text of the bytes, borrowed where they are UTF-8.
    pub(super) fn text(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => mostly_utf_8(bytes),
            Self::Utf16 { is_little_endian } => {
                let utf_16 = if is_little_endian { UTF_16LE } else { UTF_16BE };
                utf_16.decode_without_bom_handling(bytes).0
            }
            Self::Declared(charset) => charset.decode_without_bom_handling(bytes).0,
        }
    }
}

/// The text of a body.
pub(super) fn text<'a>(content_type: Option<&str>, bytes: &'a [u8]) -> Cow<'a, str> {
    // Nearly always it is UTF-8, and asked for that alone it is answered fastest.
    match std::str::from_utf8(bytes) {
        Ok(text) if utf_16(bytes).is_none() && !escapes_letters(content_type.and_then(declared_charset), bytes) => {
            Cow::Borrowed(text)
        }
        _ => Charset::of(content_type, bytes).text(bytes),
    }
}

/// The text that percent-escapes stand for, taken out once.
pub(super) fn percent_decoded(escaped: &str) -> String {
    let bytes: Cow<'_, [u8]> = percent_decode_str(escaped).into();
    mostly_utf_8(&bytes).into_owned()
}

/// UTF-8, and Windows-1252 where a byte is none.
fn mostly_utf_8(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| windows_1252(*byte)));
    }
    Cow::Owned(text)
}

/// The letter that a byte is in Windows-1252, where each byte is one.
pub(super) fn windows_1252(byte: u8) -> char {
    let (letter, _) = WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&byte));
    letter.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// UTF-16 is told by its mark, or by its zeros: JSON and forms begin with two letters of ASCII.
fn utf_16(bytes: &[u8]) -> Option<Charset> {
    let is_little_endian = match bytes {
        [0xff, 0xfe, ..] => true,
        [0xfe, 0xff, ..] => false,
        [letter, 0, other, 0, ..] if *letter != 0 && *other != 0 => true,
        [0, letter, 0, other, ..] if *letter != 0 && *other != 0 => false,
        _ => return None,
    };
    Some(Charset::Utf16 { is_little_endian })
}

/// Whether letters are written in ASCII behind an escape character, as in ISO-2022-JP.
fn escapes_letters(declared: Option<&'static Encoding>, bytes: &[u8]) -> bool {
    declared.is_some_and(|charset| !charset.is_ascii_compatible()) && bytes.contains(&0x1b)
}

fn declared_charset(content_type: &str) -> Option<&'static Encoding> {
    let parameters = content_type.split(';').skip(1);
    let charset = parameters.filter_map(|parameter| parameter.split_once('=')).find_map(|(name, value)| {
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    })?;
    Encoding::for_label(charset.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_or_zeros_tell_utf_16_and_valid_utf_8_is_that() {
        let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        let said = r#"{"title": "Båt 🚢 漁船"}"#;
        let marked = format!("\u{feff}{said}");
        for declared in [None, Some("application/json"), Some("application/json; charset=iso-8859-1"), Some("nonsense")]
        {
            for bytes in [little(said), big(said), said.as_bytes().to_vec()] {
                assert_eq!(text(declared, &bytes), said);
            }
            for bytes in [little(&marked), big(&marked), marked.as_bytes().to_vec()] {
                assert_eq!(text(declared, &bytes), marked);
            }
        }
    }

    #[test]
    fn a_declared_charset_is_heeded_and_an_undeclared_one_leaves_no_holes() {
        let latin = b"{\"title\": \"p\xe5 \x80 5\"}";
        for declared in [None, Some("application/json"), Some("application/json; charset=utf-8"), Some("a; charset=?")]
        {
            assert_eq!(text(declared, latin), "{\"title\": \"på € 5\"}", "{declared:?}");
        }
        for (charset, bytes, letters) in [
            ("windows-1251", &b"\xcf\xf0\xe8\xe2\xe5\xf2"[..], "Привет"),
            ("\"ISO-8859-1\"", b"p\xe5", "på"),
            ("iso-8859-15", b"\xa4", "€"),
            ("Shift_JIS", b"\x93\xfa\x96\x7b", "日本"),
            ("gbk", b"\xd6\xd0\xce\xc4", "中文"),
            ("iso-2022-jp", b"\x1b$BF|K\\\x1b(B", "日本"),
        ] {
            assert_eq!(text(Some(&format!("application/json;x=1; CharSet = {charset}")), bytes), letters);
        }
    }

    #[test]
    fn one_broken_byte_leaves_the_other_letters() {
        assert_eq!(text(None, b"Vard\xc3\xb8 \xff p\xc3\xa5 \xc3"), "Vardø ÿ på Ã");
        assert_eq!(percent_decoded("Vard%C3%B8%20p%E5%2520"), "Vardø på%20");
    }
}
