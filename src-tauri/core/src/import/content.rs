//! Recognises what a file holds, and gives its bodies one by one.

use std::collections::VecDeque;
use std::io::Read;
use std::path::Path;

use super::table::Rows;
use super::text::{self, Text};
use super::values::{Piece, Values};
use super::wrappers::{self, Wrapped};
use super::{LeftAlone, SavedBody, requests};
use crate::fotoware::HookKind;

/// No delivery is larger: the listener refuses it.
const MOST: usize = 8 << 20;
/// A saved request, or a file of forms, is read as a whole up to this size.
const MOST_AT_ONCE: u64 = 64 << 20;

/// The bodies of a file, in order. Each is a body, or the reason why something is none.
pub struct Bodies {
    hook: Option<HookKind>,
    content: Content,
    ready: VecDeque<Result<Wrapped, LeftAlone>>,
}

enum Content {
    Values(Values<Text>),
    Rows(Rows),
    Ended,
}

/// Opens a file. `hook` is what its name says. Blocks, as the iterator that is returned does.
pub fn open(path: &Path, hook: Option<HookKind>) -> Result<Bodies, LeftAlone> {
    let text = text::open(path)?;
    let start = text.buffer();
    let (content, ready) = if begins_json(start) {
        (Content::Values(Values::of(text)), VecDeque::new())
    } else if requests::begins_with_request(start) {
        (Content::Ended, requests::read(&at_once(text)?).into())
    } else if Rows::begin(start) {
        (Content::Rows(Rows::of(text)?), VecDeque::new())
    } else if begins_form(start) {
        (Content::Ended, forms(&at_once(text)?))
    } else {
        return Err(LeftAlone::NoBody);
    };
    Ok(Bodies { hook, content, ready })
}

impl Iterator for Bodies {
    type Item = Result<SavedBody, LeftAlone>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(wrapped) = self.ready.pop_front() {
                return Some(wrapped.and_then(|wrapped| self.saved(wrapped)));
            }
            let read = match &mut self.content {
                Content::Values(values) => values.next().map(|piece| piece.map(bodies_of)),
                Content::Rows(rows) => rows.next().transpose().map(|row| row.map(|row| vec![row])),
                Content::Ended => return None,
            };
            match read {
                Ok(Some(wrapped)) => self.ready.extend(wrapped),
                Ok(None) => self.content = Content::Ended,
                Err(error) => {
                    self.content = Content::Ended;
                    return Some(Err(error.into()));
                }
            }
        }
    }
}

impl Bodies {
    fn saved(&self, wrapped: Wrapped) -> Result<SavedBody, LeftAlone> {
        let Wrapped { hook, content_type, body, received } = wrapped;
        if body.len() > MOST {
            return Err(LeftAlone::TooLarge);
        }
        Ok(SavedBody { hook: hook.or(self.hook).unwrap_or(HookKind::Any), content_type, body, received })
    }
}

fn bodies_of(piece: Piece) -> Vec<Result<Wrapped, LeftAlone>> {
    match piece {
        Piece::Value(value) => wrappers::unwrap(value),
        // Kept, and told as unreadable, like any other delivery.
        Piece::Broken(text) => vec![Ok(Wrapped::json(text))],
        Piece::TooLarge => vec![Err(LeftAlone::TooLarge)],
    }
}

/// An object, or a text with one in it, perhaps in lists.
fn begins_json(start: &[u8]) -> bool {
    let start = start.iter().position(|byte| !b" \t\r\n[,\x1e".contains(byte)).map_or(&[][..], |at| &start[at..]);
    match start {
        [b'{', ..] => true,
        [b'"', text @ ..] => text.trim_ascii_start().starts_with(b"{"),
        _ => false,
    }
}

/// A name, and then `=`. Only what Fotoware calls its fields may have blanks in it, as something written by hand has.
fn begins_form(start: &[u8]) -> bool {
    const NAMES: [&[u8]; 8] = [b"data", b"payload", b"id", b"href", b"created", b"asset", b"json", b"body"];
    let start = start.trim_ascii();
    let Some(at) = start.iter().position(|&byte| byte == b'=') else { return false };
    let name = &start[..at];
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-%[]".contains(byte);
    let has_blanks = |line: &[u8]| line.iter().any(u8::is_ascii_whitespace);
    let first_line = start.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii();
    !name.is_empty()
        && name.len() <= 64
        && name.iter().all(is_name)
        && (NAMES.contains(&name) || (first_line.contains(&b'&') && !has_blanks(first_line)))
}

/// One form, or a form a line.
fn forms(text: &[u8]) -> VecDeque<Result<Wrapped, LeftAlone>> {
    let lines: Vec<&[u8]> =
        text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()).collect();
    if lines.iter().all(|line| begins_form(line)) {
        lines.into_iter().map(|line| Ok(Wrapped::form(line.to_vec()))).collect()
    } else {
        VecDeque::from([Ok(Wrapped::form(text.to_vec()))])
    }
}

fn at_once(text: Text) -> Result<Vec<u8>, LeftAlone> {
    let mut whole = Vec::new();
    text.take(MOST_AT_ONCE + 1).read_to_end(&mut whole)?;
    if whole.len() as u64 > MOST_AT_ONCE { Err(LeftAlone::TooLarge) } else { Ok(whole) }
}
