//! Texts in base64, whole or with other text around them.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::super::layers::Edit;
use super::{REDACTED, cut, in_bytes, signs};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Shorter ones can hold no name and a value.
const SHORTEST: usize = 24;
/// A string of base64 with a name, a value and what makes a body of them is longer than this.
pub(super) const SHORTEST_BODY: usize = 48;

/// The secrets of a text that is base64 as a whole; `None` if it is none. One edit replaces all of it.
pub(super) fn secrets(text: &str, depth: usize) -> Option<Vec<Edit>> {
    let packed = text.trim();
    if !looks_like_it(packed) {
        return None;
    }
    let edit = without_secrets(packed, depth).ok()?.map(|with| {
        let at = packed.as_ptr() as usize - text.as_ptr() as usize;
        Edit { at: at..at + packed.len(), with }
    });
    Some(edit.into_iter().collect())
}

/// The secrets of base64 that stands between other text, found by the names in it.
pub(super) fn in_runs(text: &str, depth: usize) -> Vec<Edit> {
    let bytes = text.as_bytes();
    let mut edits: Vec<Edit> = Vec::new();
    for sign in signs::in_base64(text) {
        if edits.last().is_some_and(|edit| edit.at.contains(&sign)) {
            continue;
        }
        let start = bytes[..sign].iter().rposition(|byte| !is_letter(*byte)).map_or(0, |at| at + 1);
        let end = bytes[sign..].iter().position(|byte| !is_letter(*byte)).map_or(bytes.len(), |length| sign + length);
        let with = without_secrets(&text[start..end], depth).unwrap_or_else(|_| Some(REDACTED.to_owned()));
        edits.extend(with.map(|with| Edit { at: start..end, with }));
    }
    edits
}

/// Whether it is made of the letters of base64 only, perhaps in lines, or with blanks where a form had a `+`.
pub(super) fn looks_like_it(text: &str) -> bool {
    text.len() >= SHORTEST && text.bytes().all(|byte| is_letter(byte) || matches!(byte, b'\r' | b'\n' | b' '))
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
}

/// The same without its secrets, or `None` if there are none. An error if it cannot be decoded.
fn without_secrets(packed: &str, depth: usize) -> Result<Option<String>, base64::DecodeError> {
    let in_one_alphabet = packed.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).map(|byte| match byte {
        b'-' | b' ' => b'+',
        b'_' => b'/',
        other => other,
    });
    let body = LENIENT.decode(in_one_alphabet.collect::<Vec<u8>>())?;
    let edits = in_bytes(None, &body, depth + 1);
    Ok((!edits.is_empty()).then(|| LENIENT.encode(cut(&body, edits))))
}
