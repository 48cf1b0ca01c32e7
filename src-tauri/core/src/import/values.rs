//! Splits a text into the JSON values in it, however they are laid out: one behind the other, over many lines, a line
//! each, separated by commas, in lists and in lists of lists. So lists are no values here, but what is in them.
//!
//! Where a value does not come to its end, or something else stands between two, the rest of the text is split by lines
//! instead: a line that begins with `{` begins something new. So one that is broken costs none of its neighbours.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use serde_json::value::RawValue;

/// One of the values in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A whole value, but for a list.
    Value(Vec<u8>),
    /// Something that is no JSON value.
    Broken(Vec<u8>),
    /// A value that is larger than a file with one delivery could be. What follows it is not looked at.
    TooLarge,
}

/// A file in which another program recorded many requests is one value, and may be large.
const MOST: usize = 256 << 20;

/// The pieces of a text, in order.
pub(super) struct Values<R> {
    text: R,
    /// What was read and not given out yet.
    pending: Vec<u8>,
    mode: Mode,
    most: usize,
    ready: VecDeque<Piece>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Whole,
    ByLines,
    Ended,
}

impl<R: BufRead> Values<R> {
    pub(super) fn of(text: R) -> Self {
        Self { text, pending: Vec::new(), mode: Mode::Whole, most: MOST, ready: VecDeque::new() }
    }

    /// The next piece, `None` at the end of the text.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                return Ok(Some(piece));
            }
            match self.mode {
                Mode::Whole => self.read_value()?,
                Mode::ByLines => self.read_block()?,
                Mode::Ended => return Ok(None),
            }
        }
    }

    /// Reads on to the end of a value.
    fn read_value(&mut self) -> io::Result<()> {
        let mut scan = Scan::default();
        loop {
            let part = self.text.fill_buf()?;
            let is_end = part.is_empty();
            let Scanned { skipped, taken, reached } = scan.scan(part);
            self.pending.extend_from_slice(&part[skipped..taken]);
            self.text.consume(taken);
            match reached.or_else(|| is_end.then(|| scan.at_end())) {
                Some(Reached::Value) => self.give_value(),
                Some(Reached::Broken) => self.go_on_by_lines(),
                Some(Reached::Nothing) => self.mode = Mode::Ended,
                None if self.pending.len() > self.most => self.give_up(),
                None => continue,
            }
            return Ok(());
        }
    }

    /// Gives out what was read, if it is the value that it looked like.
    fn give_value(&mut self) {
        if is_json(&self.pending) {
            self.ready.push_back(Piece::Value(std::mem::take(&mut self.pending)));
        } else if self.pending.contains(&b'\n') {
            // Perhaps the end of another value was taken for its own.
            self.go_on_by_lines();
        } else {
            self.ready.push_back(Piece::Broken(std::mem::take(&mut self.pending)));
        }
    }

    /// Gives out the blocks that were read to their end, and goes on with the last one.
    fn go_on_by_lines(&mut self) {
        self.mode = Mode::ByLines;
        let read = std::mem::take(&mut self.pending);
        let mut rest = &read[..];
        while let Some(end) = rest.windows(2).position(|pair| pair == b"\n{") {
            self.give_block(&rest[..=end]);
            rest = &rest[end + 1..];
        }
        self.pending = rest.to_vec();
    }

    /// Reads on to a line that begins something new.
    fn read_block(&mut self) -> io::Result<()> {
        let is_ended = loop {
            if self.pending.ends_with(b"\n") && self.text.fill_buf()?.starts_with(b"{") {
                break false;
            }
            if self.pending.len() > self.most {
                self.give_up();
                return Ok(());
            }
            let room = (self.most + 1 - self.pending.len()) as u64;
            if self.text.by_ref().take(room).read_until(b'\n', &mut self.pending)? == 0 {
                break true;
            }
        };
        let block = std::mem::take(&mut self.pending);
        self.give_block(&block);
        if is_ended {
            self.mode = Mode::Ended;
        }
        Ok(())
    }

    /// The values of a block if it is nothing but values, and else the block as it is.
    fn give_block(&mut self, block: &[u8]) {
        let mut values = VecDeque::new();
        let mut rest = block;
        loop {
            let mut scan = Scan::default();
            let Scanned { skipped, taken, reached } = scan.scan(rest);
            let value = &rest[skipped..taken];
            rest = &rest[taken..];
            match reached.unwrap_or_else(|| scan.at_end()) {
                Reached::Value if is_json(value) => values.push_back(Piece::Value(value.to_vec())),
                Reached::Nothing => break self.ready.append(&mut values),
                Reached::Value | Reached::Broken => {
                    break self.ready.push_back(Piece::Broken(block.trim_ascii().to_vec()));
                }
            }
        }
    }

    fn give_up(&mut self) {
        self.pending = Vec::new();
        self.mode = Mode::Ended;
        self.ready.push_back(Piece::TooLarge);
    }
}

fn is_json(value: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(value).is_ok()
        // The letters of an old encoding are no error of the JSON.
        || (std::str::from_utf8(value).is_err()
            && serde_json::from_str::<&RawValue>(&encoding_rs::mem::decode_latin1(value)).is_ok())
}

/// Looks for the end of a value, part by part.
#[derive(Default)]
struct Scan {
    state: State,
    depth: usize,
    /// The last byte in an object that was neither whitespace nor in a string.
    last: u8,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Between,
    /// In an object, but in none of its strings.
    Inside,
    InString,
    Escaped,
    /// In a number or a word.
    InWord,
}

enum Reached {
    Value,
    /// The end of the text, and no value before it.
    Nothing,
    Broken,
}

/// The value, or its beginning, is what was taken but for what was skipped.
struct Scanned {
    skipped: usize,
    taken: usize,
    reached: Option<Reached>,
}

/// What one byte means.
enum Step {
    Skip,
    Take,
    /// The value ends with this byte.
    Last,
    /// The value ended before this byte.
    Ended,
    Broken,
}

impl Scan {
    fn scan(&mut self, part: &[u8]) -> Scanned {
        let mut skipped = 0;
        for (at, &byte) in part.iter().enumerate() {
            let (taken, reached) = match self.step(byte) {
                Step::Take => continue,
                Step::Skip => {
                    skipped = at + 1;
                    continue;
                }
                Step::Last => (at + 1, Reached::Value),
                Step::Ended => (at, Reached::Value),
                Step::Broken => (at, Reached::Broken),
            };
            return Scanned { skipped, taken, reached: Some(reached) };
        }
        Scanned { skipped, taken: part.len(), reached: None }
    }

    fn step(&mut self, byte: u8) -> Step {
        match self.state {
            State::Between => self.begin(byte),
            State::InWord if separates(byte) || matches!(byte, b'{' | b'"') => Step::Ended,
            State::InWord => Step::Take,
            State::Escaped => {
                self.state = State::InString;
                Step::Take
            }
            State::InString => self.in_string(byte),
            State::Inside => self.inside(byte),
        }
    }

    fn begin(&mut self, byte: u8) -> Step {
        (self.state, self.depth, self.last) = match byte {
            b'{' => (State::Inside, 1, byte),
            b'"' => (State::InString, 0, byte),
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => (State::InWord, 0, byte),
            _ if separates(byte) => return Step::Skip,
            _ => return Step::Broken,
        };
        Step::Take
    }

    fn in_string(&mut self, byte: u8) -> Step {
        match byte {
            b'\\' => self.state = State::Escaped,
            // No string goes over the end of a line: its own end is missing.
            b'\n' => return Step::Broken,
            b'"' if self.depth == 0 => return Step::Last,
            b'"' => self.state = State::Inside,
            _ => {}
        }
        Step::Take
    }

    fn inside(&mut self, byte: u8) -> Step {
        if byte.is_ascii_whitespace() {
            return Step::Take;
        }
        let before = std::mem::replace(&mut self.last, byte);
        match byte {
            // Nothing begins right behind something else: the end of that is missing.
            b'"' | b'{' | b'[' if !matches!(before, b'{' | b'[' | b',' | b':') => return Step::Broken,
            b'"' => self.state = State::InString,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth -= 1;
                if self.depth == 0 {
                    return Step::Last;
                }
            }
            _ => {}
        }
        Step::Take
    }

    fn at_end(&self) -> Reached {
        match self.state {
            State::Between => Reached::Nothing,
            State::InWord => Reached::Value,
            State::Inside | State::InString | State::Escaped => Reached::Broken,
        }
    }
}

/// Stands between values. A text may end in zeros, and a record separator may begin each value.
fn separates(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b'[' | b']' | 0 | 0x1e)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads little at a time, as from a file.
    fn pieces(text: &[u8], at_a_time: usize) -> Vec<Piece> {
        let mut values = Values::of(io::BufReader::with_capacity(at_a_time, text));
        std::iter::from_fn(|| values.next().unwrap()).collect()
    }

    fn told(text: &str) -> Vec<String> {
        let told = |at_a_time| -> Vec<String> {
            let told = |piece| match piece {
                Piece::Value(value) => String::from_utf8(value).unwrap(),
                Piece::Broken(text) => format!("broken: {}", String::from_utf8(text).unwrap()),
                Piece::TooLarge => "too large".to_owned(),
            };
            pieces(text.as_bytes(), at_a_time).into_iter().map(told).collect()
        };
        let whole = told(4096);
        for at_a_time in [1, 2, 3, 7] {
            assert_eq!(told(at_a_time), whole, "{at_a_time} bytes at a time of {text:?}");
        }
        whole
    }

    #[test]
    fn values_are_found_however_they_are_laid_out() {
        let expected = [r#"{"a":1}"#, r#"{"b":[{"c":"}{"}]}"#];
        for text in [
            r#"{"a":1}{"b":[{"c":"}{"}]}"#,
            "{\"a\":1}\n{\"b\":[{\"c\":\"}{\"}]}\n",
            "\r\n{\"a\":1}\r\n\r\n{\"b\":[{\"c\":\"}{\"}]}\r\n",
            r#"[{"a":1},{"b":[{"c":"}{"}]}]"#,
            r#"[[{"a":1}],[{"b":[{"c":"}{"}]}]]"#,
            "{\"a\":1},\n{\"b\":[{\"c\":\"}{\"}]},\n",
            "\u{1e}{\"a\":1}\n\u{1e}{\"b\":[{\"c\":\"}{\"}]}\n",
            "{\"a\":1} {\"b\":[{\"c\":\"}{\"}]}\0\0",
            "[\n{\"a\":1}\n,\n{\"b\":[{\"c\":\"}{\"}]}\n]\n",
        ] {
            assert_eq!(told(text), expected, "{text:?}");
        }
        assert_eq!(told("{\n  \"a\": {\n}\n}\n{\n\"b\": 1\n}"), ["{\n  \"a\": {\n}\n}", "{\n\"b\": 1\n}"]);
        assert_eq!(told(r#""\"{\"" 1 -2.5e3 true null{}"#), [r#""\"{\"""#, "1", "-2.5e3", "true", "null", "{}"]);
        assert_eq!(told(" [ ] ,, \n"), [""; 0]);
    }

    #[test]
    fn what_is_broken_costs_none_of_its_neighbours() {
        assert_eq!(told("{\"a\":1}\n\n{\"b\":\n{\"c\":3}\n"), [r#"{"a":1}"#, r#"broken: {"b":"#, r#"{"c":3}"#]);
        assert_eq!(
            told("{\"a\":\"x\n{\"b\":2}{\"c\":3}\n{\"d\":4"),
            [r#"broken: {"a":"x"#, r#"{"b":2}"#, r#"{"c":3}"#, r#"broken: {"d":4"#]
        );
        assert_eq!(told("{\"a\":1}\noops\n{\"b\":2}\n"), [r#"{"a":1}"#, "broken: oops", r#"{"b":2}"#]);
        assert_eq!(told("{\"a\": NaN}\n{\"b\":2}\n"), [r#"broken: {"a": NaN}"#, r#"{"b":2}"#]);
        assert_eq!(told("{\n\"a\": 1,\n}\n{\n\"b\": 2\n}\n"), ["broken: {\n\"a\": 1,\n}", "{\n\"b\": 2\n}"]);
        assert_eq!(told("}"), ["broken: }"]);
    }

    #[test]
    fn a_value_that_is_too_large_is_told_and_not_gathered() {
        let text = format!("{{\"a\":1}} {{\"b\":\"{}\"}} {{}}", "x".repeat(1000));
        let mut values = Values::of(io::BufReader::with_capacity(16, text.as_bytes()));
        values.most = 100;
        let told: Vec<Piece> = std::iter::from_fn(|| values.next().unwrap()).collect();
        assert_eq!(told, [Piece::Value(br#"{"a":1}"#.to_vec()), Piece::TooLarge]);
        assert!(values.pending.capacity() == 0);
    }

    #[test]
    fn a_value_in_an_old_encoding_is_a_value() {
        let text = b"{\"title\": \"K\xe5re\"}{\"b\":2}";
        let values = pieces(text, 4096);
        assert_eq!(values, [Piece::Value(text[..17].to_vec()), Piece::Value(br#"{"b":2}"#.to_vec())]);
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            "[\\x00-\\x7f{}\\[\\]\",\\\\ø🏔]{0,12}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map("[a-z{\"]{0,4}", inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_values_joined_by_any_whitespace_commas_and_brackets_are_the_same_values(
            values in prop::collection::vec(json().prop_filter("lists are what is in them", |value| !value.is_array()), 0..6),
            separators in prop::collection::vec("[ \t\r\n,\\[\\]]{1,5}", 7),
            pretty in prop::collection::vec(any::<bool>(), 6),
            at_a_time in 1_usize..64,
        ) {
            let mut text = separators[6].clone();
            for (at, value) in values.iter().enumerate() {
                let written = if pretty[at] { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
                text.push_str(&written.unwrap());
                text.push_str(&separators[at]);
            }
            let read: Vec<serde_json::Value> = pieces(text.as_bytes(), at_a_time)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Value(value) => serde_json::from_slice(&value).unwrap(),
                    other => panic!("{other:?} in {text:?}"),
                })
                .collect();
            prop_assert_eq!(read, values);
        }

        #[test]
        fn objects_need_nothing_between_them(
            values in prop::collection::vec(prop::collection::btree_map("[a-z]{0,3}", json(), 0..3), 0..6),
            at_a_time in 1_usize..64,
        ) {
            let text: String = values.iter().map(|value| serde_json::to_string(value).unwrap()).collect();
            let read: Vec<std::collections::BTreeMap<String, serde_json::Value>> = pieces(text.as_bytes(), at_a_time)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Value(value) => serde_json::from_slice(&value).unwrap(),
                    other => panic!("{other:?} in {text:?}"),
                })
                .collect();
            prop_assert_eq!(read, values);
        }

        #[test]
        fn nothing_of_any_text_is_lost_but_what_stands_between_values(text in "[a{}\\[\\]\":,\\\\ \n1]{0,40}", at_a_time in 1_usize..9) {
            let told: Vec<u8> = pieces(text.as_bytes(), at_a_time)
                .into_iter()
                .flat_map(|piece| match piece {
                    Piece::Value(bytes) | Piece::Broken(bytes) => bytes,
                    Piece::TooLarge => Vec::new(),
                })
                .collect();
            let significant = |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().filter(|&byte| !separates(byte)).collect() };
            prop_assert_eq!(significant(&told), significant(text.as_bytes()));
        }
    }
}
