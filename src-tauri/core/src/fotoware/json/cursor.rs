//! Goes through a text that is JSON or nearly so, and says where things stand in it.
//!
//! More is taken than the standard allows, as one odd value is no reason to refuse the others: a bare word (`NaN`,
//! `Infinity`, `undefined`) where a value belongs, numbers of any length, a comma too many before a bracket closes, line
//! breaks in a string and escapes that mean nothing. What does not close is not JSON. To step over a value takes the same
//! grammar as to read it, so whether a text can be read does not depend on what is asked of it.

use std::borrow::Cow;
use std::ops::Range;

use super::super::layers::Layer;

/// The text is no JSON from here on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct NotJson;

/// A place in a text.
#[derive(Debug)]
pub(in super::super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// The brackets that were opened in a value that is stepped over.
    open: Vec<u8>,
    /// How long the longest string was.
    longest: usize,
}

/// A string as it is written between its quotes.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Quoted<'a> {
    pub written: &'a str,
    /// Where that is in the text.
    pub at: usize,
    has_escapes: bool,
}

impl<'a> Quoted<'a> {
    pub(in super::super) fn text(self) -> Cow<'a, str> {
        if self.has_escapes { Layer::Escapes.decoded(self.written.as_bytes()).into() } else { self.written.into() }
    }
}

impl<'a> Cursor<'a> {
    pub(in super::super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, open: Vec::new(), longest: 0 }
    }

    /// Where it is, in bytes: in front of what it could not read, once something failed.
    pub(in super::super) fn place(&self) -> usize {
        self.at.min(self.text.len())
    }

    /// The first byte of what comes next, after blanks.
    pub(in super::super) fn peek(&mut self) -> Result<u8, NotJson> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Ok(byte);
            }
            self.at += 1;
        }
        Err(NotJson)
    }

    /// Nothing is left but blanks.
    pub(in super::super) fn is_at_end(&mut self) -> bool {
        self.peek().is_err()
    }

    /// Enters the object or list that comes next.
    pub(in super::super) fn enter(&mut self) {
        self.at += 1;
    }

    /// The name of the next member of the object that was entered, or `None` once it is closed. Its value comes next.
    pub(in super::super) fn member(&mut self, is_first: bool) -> Result<Option<Quoted<'a>>, NotJson> {
        if self.closes(b'}', is_first)? {
            return Ok(None);
        }
        let name = self.string()?;
        if self.peek()? != b':' {
            return Err(NotJson);
        }
        self.at += 1;
        Ok(Some(name))
    }

    /// Whether another element of the list that was entered comes next.
    pub(in super::super) fn element(&mut self, is_first: bool) -> Result<bool, NotJson> {
        Ok(!self.closes(b']', is_first)?)
    }

    fn closes(&mut self, end: u8, is_first: bool) -> Result<bool, NotJson> {
        let mut next = self.peek()?;
        if !is_first && next == b',' {
            self.at += 1;
            next = self.peek()?;
        } else if !is_first && next != end {
            return Err(NotJson);
        }
        let closes = next == end;
        self.at += usize::from(closes);
        Ok(closes)
    }

    /// The string that comes next.
    pub(in super::super) fn string(&mut self) -> Result<Quoted<'a>, NotJson> {
        if self.peek()? != b'"' {
            return Err(NotJson);
        }
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let (mut end, mut has_escapes) = (start, false);
        loop {
            end += quote_or_escape(bytes.get(end..).ok_or(NotJson)?).ok_or(NotJson)?;
            if bytes[end] == b'"' {
                break;
            }
            has_escapes = true;
            end += 2;
        }
        self.at = end + 1;
        self.longest = self.longest.max(end - start);
        Ok(Quoted { written: &self.text[start..end], at: start, has_escapes })
    }

    /// A number, or any other word that stands without quotes.
    pub(in super::super) fn word(&mut self) -> Result<&'a str, NotJson> {
        let rest = &self.text[self.at..];
        let ends = |byte: u8| byte <= b' ' || matches!(byte, b',' | b'}' | b']' | b':' | b'"' | b'{' | b'[' | b'\\');
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        self.at += length;
        if length == 0 { Err(NotJson) } else { Ok(&rest[..length]) }
    }

    /// Steps over a secret, whose length tells nothing.
    pub(in super::super) fn skip_secret(&mut self) -> Result<Range<usize>, NotJson> {
        let longest = self.longest;
        let place = self.skip();
        self.longest = longest;
        place
    }

    /// How many bytes the longest string had that was met.
    pub(in super::super) fn longest(&self) -> usize {
        self.longest
    }

    /// Steps over the value that comes next, however deep it is, and says where it was.
    pub(in super::super) fn skip(&mut self) -> Result<Range<usize>, NotJson> {
        self.peek()?;
        let start = self.at;
        self.open.clear();
        loop {
            let mut is_first = false;
            match self.peek()? {
                b'"' => drop(self.string()?),
                bracket @ (b'{' | b'[') => {
                    self.enter();
                    self.open.push(bracket);
                    is_first = true;
                }
                _ => drop(self.word()?),
            }
            loop {
                let Some(&bracket) = self.open.last() else { return Ok(start..self.at) };
                let goes_on = if bracket == b'{' { self.member(is_first)?.is_some() } else { self.element(is_first)? };
                if goes_on {
                    break;
                }
                self.open.pop();
                is_first = false;
            }
        }
    }
}

/// Eight bytes at a time, as most strings are too short for more to be worth its while.
fn quote_or_escape(bytes: &[u8]) -> Option<usize> {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    const HIGHEST: u64 = EACH << 7;
    // A byte that is zero is the first to borrow from above itself.
    let zeros = |word: u64| word.wrapping_sub(EACH) & !word & HIGHEST;
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = zeros(word ^ (EACH * u64::from(b'"'))) | zeros(word ^ (EACH * u64::from(b'\\')));
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    Some(words.len() * 8 + at)
}
