//! What a text can be wrapped in, and how a place in the text is found again in its wrapping: the bytes of a charset,
//! percent-escapes, the escapes of JSON, the entities of XML.

use std::ops::Range;

use encoding_rs::Encoding;
use memchr::{memchr, memchr2};

use super::charset::{Charset, windows_1252};

/// One wrapping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Layer {
    Charset(Charset),
    /// `%41`, and in forms `+` for a blank.
    Percent {
        plus_is_blank: bool,
    },
    /// `\u0041` and `\"`, as in a JSON string.
    Escapes,
    /// `&quot;` and `&#34;`.
    Entities,
}

/// What stands at a place goes, and something else comes instead, which is always ASCII.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Edit {
    pub at: Range<usize>,
    pub with: String,
}

/// What a piece of a wrapping stands for.
enum Piece {
    /// For itself.
    Same,
    Byte(u8),
    Letter(char),
    Text(String),
    Nothing,
}

type Pieces<'a> = Box<dyn Iterator<Item = (usize, Piece)> + 'a>;

impl Layer {
    /// What is inside. Bytes that are no UTF-8 are read as Windows-1252.
    pub(super) fn decoded(self, wrapped: &[u8]) -> String {
        match self {
            Self::Charset(charset) => charset.text(wrapped).into_owned(),
            _ => String::from_utf8(self.bytes(wrapped))
                .unwrap_or_else(|error| Charset::Utf8.text(error.as_bytes()).into_owned()),
        }
    }

    /// The edits of a text as edits of its wrapping. `find` is given the text.
    pub(super) fn look_inside(self, wrapped: &[u8], find: impl FnOnce(&str) -> Vec<Edit>) -> Vec<Edit> {
        let edits = match self {
            Self::Charset(charset) => find(&charset.text(wrapped)),
            // Percent-escapes may stand for bytes of another charset: then there is a layer in between.
            _ => match String::from_utf8(self.bytes(wrapped)) {
                Ok(text) => find(&text),
                Err(error) => {
                    let bytes = error.as_bytes();
                    let edits = find(&Charset::Utf8.text(bytes));
                    Self::Charset(Charset::Utf8).outward(bytes, edits)
                }
            },
        };
        if edits.is_empty() { edits } else { self.outward(wrapped, edits) }
    }

    /// The bytes that the pieces stand for.
    fn bytes(self, wrapped: &[u8]) -> Vec<u8> {
        let (mut inside, mut at) = (Vec::with_capacity(wrapped.len()), 0);
        for (length, piece) in self.pieces(wrapped) {
            match piece {
                Piece::Same => inside.extend_from_slice(&wrapped[at..at + length]),
                Piece::Byte(byte) => inside.push(byte),
                Piece::Letter(letter) => inside.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
                Piece::Text(text) => inside.extend_from_slice(text.as_bytes()),
                Piece::Nothing => {}
            }
            at += length;
        }
        inside
    }

    fn outward(self, wrapped: &[u8], edits: Vec<Edit>) -> Vec<Edit> {
        let edits = merged(edits);
        let bounds: Vec<usize> = edits.iter().flat_map(|edit| [edit.at.start, edit.at.end]).collect();
        let places = self.places(wrapped, &bounds);
        let outward = |(nth, edit): (usize, Edit)| Edit {
            at: places[2 * nth].start..places[2 * nth + 1].end,
            with: self.encoded(&edit.with),
        };
        edits.into_iter().enumerate().map(outward).collect()
    }

    /// Where ascending places inside are in the wrapping, for each as the start of something and as its end: they differ
    /// where the place is in the middle of a piece.
    fn places(self, wrapped: &[u8], bounds: &[usize]) -> Vec<Range<usize>> {
        let mut places = vec![wrapped.len()..wrapped.len(); bounds.len()];
        let (mut starts, mut ends) = (0, 0);
        let (mut inside, mut outside) = (0, 0);
        for (length, piece) in self.pieces(wrapped) {
            let inner_end = inside + piece.length(length);
            let is_same = matches!(piece, Piece::Same);
            while starts < bounds.len() && bounds[starts] < inner_end {
                places[starts].start = if is_same { outside + bounds[starts] - inside } else { outside };
                starts += 1;
            }
            while ends < bounds.len() && bounds[ends] <= inner_end {
                let is_before = bounds[ends] == inside;
                places[ends].end =
                    if is_same || is_before { outside + bounds[ends] - inside } else { outside + length };
                ends += 1;
            }
            (inside, outside) = (inner_end, outside + length);
        }
        places
    }

    fn pieces(self, wrapped: &[u8]) -> Pieces<'_> {
        match self {
            Self::Charset(Charset::Utf8) => Box::new(utf_8(wrapped)),
            Self::Charset(Charset::Utf16 { is_little_endian }) => {
                cut(wrapped, move |rest| utf_16_letter(rest, is_little_endian))
            }
            Self::Charset(Charset::Declared(charset)) => Box::new(letters_of(charset, wrapped)),
            Self::Percent { plus_is_blank: true } => cut(wrapped, |rest| match rest {
                [b'+', ..] => (1, Piece::Byte(b' ')),
                [b'%', ..] => percent_escape(rest),
                _ => (memchr2(b'%', b'+', rest).unwrap_or(rest.len()), Piece::Same),
            }),
            Self::Percent { plus_is_blank: false } => cut(wrapped, |rest| match rest {
                [b'%', ..] => percent_escape(rest),
                _ => (memchr(b'%', rest).unwrap_or(rest.len()), Piece::Same),
            }),
            Self::Escapes => cut(wrapped, |rest| match rest {
                [b'\\', ..] => escape(rest),
                _ => (memchr(b'\\', rest).unwrap_or(rest.len()), Piece::Same),
            }),
            Self::Entities => cut(wrapped, |rest| match rest {
                [b'&', ..] => entity(rest),
                _ => (memchr(b'&', rest).unwrap_or(rest.len()), Piece::Same),
            }),
        }
    }

    /// What comes instead, as it is written in this wrapping.
    fn encoded(self, text: &str) -> String {
        const KEPT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC.remove(b'[').remove(b']');
        match self {
            Self::Charset(Charset::Utf16 { is_little_endian: true }) => {
                text.chars().flat_map(|letter| [letter, '\0']).collect()
            }
            Self::Charset(Charset::Utf16 { .. }) => text.chars().flat_map(|letter| ['\0', letter]).collect(),
            Self::Charset(_) => text.to_owned(),
            Self::Percent { .. } => percent_encoding::utf8_percent_encode(text, KEPT).to_string(),
            Self::Escapes => text.replace('\\', r"\\").replace('"', "\\\""),
            Self::Entities => text.replace('&', "&amp;").replace('"', "&quot;"),
        }
    }
}

impl Piece {
    fn length(&self, outside: usize) -> usize {
        match self {
            Self::Same => outside,
            Self::Byte(_) => 1,
            Self::Letter(letter) => letter.len_utf8(),
            Self::Text(text) => text.len(),
            Self::Nothing => 0,
        }
    }
}

/// In order of their places; where two overlap they become one.
pub(super) fn merged(mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.sort_by_key(|edit| (edit.at.start, usize::MAX - edit.at.end));
    let mut merged: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        match merged.last_mut() {
            Some(last) if edit.at.start < last.at.end => last.at.end = last.at.end.max(edit.at.end),
            _ => merged.push(edit),
        }
    }
    merged
}

/// Cuts one piece after the other from what is left.
fn cut<'a>(wrapped: &'a [u8], first: impl Fn(&[u8]) -> (usize, Piece) + 'a) -> Pieces<'a> {
    let mut rest = wrapped;
    Box::new(std::iter::from_fn(move || {
        let (length, piece) = (!rest.is_empty()).then(|| first(rest))?;
        rest = &rest[length..];
        Some((length, piece))
    }))
}

fn utf_8(bytes: &[u8]) -> impl Iterator<Item = (usize, Piece)> {
    bytes.utf8_chunks().flat_map(|chunk| {
        let odd = chunk.invalid().iter().map(|byte| (1, Piece::Letter(windows_1252(*byte))));
        std::iter::once((chunk.valid().len(), Piece::Same)).chain(odd)
    })
}

fn utf_16_letter(rest: &[u8], is_little_endian: bool) -> (usize, Piece) {
    let unit = |pair: &[u8]| {
        let unit = [pair[0], pair[1]];
        if is_little_endian { u16::from_le_bytes(unit) } else { u16::from_be_bytes(unit) }
    };
    let mut units = rest.chunks_exact(2).take(2).map(unit);
    match char::decode_utf16(units.by_ref()).next() {
        Some(Ok(letter)) => (2 * letter.len_utf16(), Piece::Letter(letter)),
        _ => (rest.len().min(2), Piece::Letter(char::REPLACEMENT_CHARACTER)),
    }
}

/// Byte by byte, as only the decoder knows where a letter ends.
fn letters_of<'a>(charset: &'static Encoding, bytes: &'a [u8]) -> impl Iterator<Item = (usize, Piece)> + 'a {
    let mut decoder = charset.new_decoder_without_bom_handling();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        while at < bytes.len() {
            let mut letters = [0; 32];
            let is_last = at + 1 == bytes.len();
            let (.., written, _) = decoder.decode_to_utf8(&bytes[at..=at], &mut letters, is_last);
            at += 1;
            if written > 0 {
                let letters = String::from_utf8_lossy(&letters[..written]).into_owned();
                return Some((at - start, Piece::Text(letters)));
            }
        }
        (at > start).then_some((at - start, Piece::Nothing))
    })
}

fn percent_escape(rest: &[u8]) -> (usize, Piece) {
    match rest.get(1..3).and_then(hexadecimal) {
        Some(byte) => (3, Piece::Byte(byte as u8)),
        None => (1, Piece::Same),
    }
}

/// An escape that means nothing stands for its letter, and half of a surrogate pair for no letter at all.
fn escape(rest: &[u8]) -> (usize, Piece) {
    let Some(&letter) = rest.get(1) else { return (1, Piece::Same) };
    match letter {
        b'n' => (2, Piece::Byte(b'\n')),
        b't' => (2, Piece::Byte(b'\t')),
        b'r' => (2, Piece::Byte(b'\r')),
        b'b' => (2, Piece::Byte(8)),
        b'f' => (2, Piece::Byte(12)),
        b'u' if let Some(unit) = rest.get(2..6).and_then(hexadecimal) => {
            let low = rest.get(6..8).filter(|next| next == br"\u").and_then(|_| rest.get(8..12).and_then(hexadecimal));
            let units = [Some(unit), low].into_iter().flatten().map(|unit| unit as u16);
            match char::decode_utf16(units).next() {
                Some(Ok(letter)) => (6 * letter.len_utf16(), Piece::Letter(letter)),
                _ => (6, Piece::Letter(char::REPLACEMENT_CHARACTER)),
            }
        }
        letter if letter.is_ascii() => (2, Piece::Byte(letter)),
        _ => (1, Piece::Nothing),
    }
}

fn entity(rest: &[u8]) -> (usize, Piece) {
    const LONGEST: usize = 10;
    let end = memchr(b';', &rest[..rest.len().min(LONGEST)]);
    let name = end.and_then(|end| std::str::from_utf8(&rest[1..end]).ok()).unwrap_or_default();
    let letter = match name {
        "quot" => Some('"'),
        "apos" => Some('\''),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        _ => match name.strip_prefix("#x").or_else(|| name.strip_prefix("#X")) {
            Some(digits) => u32::from_str_radix(digits, 16).ok().and_then(char::from_u32),
            None => name.strip_prefix('#').and_then(|digits| digits.parse().ok()).and_then(char::from_u32),
        },
    };
    match letter {
        Some(letter) => (name.len() + 2, Piece::Letter(letter)),
        None => (1, Piece::Same),
    }
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| Some(number * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn layers() -> Vec<Layer> {
        let charsets = [
            Charset::Utf8,
            Charset::Utf16 { is_little_endian: true },
            Charset::Utf16 { is_little_endian: false },
            Charset::Declared(encoding_rs::WINDOWS_1251),
        ];
        let escapes = [true, false].map(|plus_is_blank| Layer::Percent { plus_is_blank });
        charsets.map(Layer::Charset).into_iter().chain(escapes).chain([Layer::Escapes, Layer::Entities]).collect()
    }

    #[test]
    fn each_says_what_is_inside() {
        let percent = Layer::Percent { plus_is_blank: true };
        for (layer, wrapped, inside) in [
            (Layer::Escapes, &br#"a\"b\\n\n\u00f8\/\ud83d\ude00\ud83d!\q\u12"#[..], "a\"b\\n\nø/😀\u{fffd}!qu12"),
            (percent, b"p%C3%A5+100%25%2", "på 100%%2"),
            (percent, b"p%E5", "på"),
            (Layer::Entities, b"a&quot;b&#34;&#x41;&amp;&nothing;&", "a\"b\"A&&nothing;&"),
            (Layer::Charset(Charset::Utf16 { is_little_endian: true }), b"a\0\xf8\0\x3d\xd8\0\xdeb", "aø😀\u{fffd}"),
        ] {
            assert_eq!(layer.decoded(wrapped), inside);
        }
    }

    proptest! {
        #[test]
        fn an_edit_inside_changes_that_place_and_no_other_byte(
            bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'%'), Just(b'\\'), Just(b'4'), Just(b'&'), Just(0)], 0..60),
            from in 0.0..1.0, length in 0.0..1.0,
        ) {
            for layer in layers() {
                let inside = layer.decoded(&bytes);
                let place = |at: f64| inside.floor_char_boundary((at * inside.len() as f64) as usize);
                let at = place(from)..place(from + (1.0 - from) * length);
                let edits = layer.look_inside(&bytes, |text| {
                    assert_eq!(text, inside);
                    vec![Edit { at: at.clone(), with: "x".into() }]
                });
                let edit = &edits[0];
                let edited = [&bytes[..edit.at.start], edit.with.as_bytes(), &bytes[edit.at.end..]].concat();
                let expected = format!("{}x{}", &inside[..at.start], &inside[at.end..]);
                prop_assert_eq!(layer.decoded(&edited), expected, "{:?}", layer);
            }
        }
    }
}
