//! Bodies that an archive, a broken proxy, a joker or an enemy might send.

use lysbord_core::fotoware::HookKind;
use lysbord_demo::{Encoding, encode};
use serde_json::Value;

use super::dice::Dice;
use crate::order::telling;

/// A request to the webhook listener.
pub struct Post {
    pub hook: String,
    pub content_type: Option<&'static str>,
    pub body: Vec<u8>,
}

pub struct Bodies {
    dice: Dice,
    /// Bodies as the pretend tenant sends them.
    notices: Vec<String>,
    count: u64,
}

const CONTENT_TYPES: [Option<&str>; 8] = [
    Some("application/json"),
    Some("application/json"),
    Some("application/x-www-form-urlencoded"),
    Some("application/json; charset=utf-16"),
    Some("text/plain; charset=iso-8859-1"),
    Some("multipart/form-data; boundary=x"),
    Some("nonsense"),
    None,
];

/// What stands in a body instead of one of its values.
const ODD_VALUES: [&str; 24] = [
    "null",
    "true",
    "-1",
    "0",
    "1e999",
    "-1e999",
    "NaN",
    "Infinity",
    "[]",
    "{}",
    "[[]]",
    "\"\"",
    "\"\\u0000\"",
    "\"\\ud83d\"",
    "\"\\\"",
    "123456789012345678901234567890",
    "18446744073709551616",
    "0.1e-400",
    "{\"value\": {}}",
    "\"../../../etc/passwd\"",
    "\"=HYPERLINK(1)\"",
    "\"9999-99-99T99:99:99Z\"",
    "\"-009999-01-01T00:00:00Z\"",
    "undefined",
];

const ODD_BODIES: [&[u8]; 18] = [
    b"",
    b" \r\n",
    b"{",
    b"}",
    b"null",
    b"[]",
    b"[{}]",
    b"\"a\"",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\0}\0",
    b"\x1f\x8b\x08\0\0",
    b"data=",
    b"data=%7B",
    b"payload=%7B%22href%22%3A%22https%3A%2F%2Fa.example%2Fa.jpg.info%22%7D",
    b"a=b&c",
    b"%%%=%%%",
    b"<?xml version=\"1.0\"?><asset/>",
    b"{\"href\": \"https://a.example/a.jpg.info\"}\0",
];

impl Bodies {
    pub fn new(dice: Dice) -> Self {
        let notices = telling::all().into_iter().flat_map(|told| told.deliveries).map(|delivery| delivery.body);
        Self { dice, notices: notices.collect(), count: 0 }
    }

    pub fn next(&mut self) -> Post {
        self.count += 1;
        let hook = match self.dice.below(50) {
            0 => "published".to_owned(),
            1 => "%00".to_owned(),
            _ => self.dice.one_of(HookKind::ALL).as_str().to_owned(),
        };
        Post { hook, content_type: *self.dice.one_of(&CONTENT_TYPES), body: self.body() }
    }

    fn body(&mut self) -> Vec<u8> {
        match self.dice.below(40) {
            0 => return self.dice.one_of(&ODD_BODIES).to_vec(),
            1 => {
                let length = self.dice.below(3000);
                return self.dice.bytes(length);
            }
            2 => return self.deep(),
            3 if self.dice.once_in(10) => return self.large(),
            4 if self.dice.once_in(50) => return vec![b' '; 9 * 1024 * 1024],
            // The same again.
            5..=7 => return self.dice.one_of(&self.notices).clone().into_bytes(),
            _ => {}
        }
        let mut body = self.another().into_bytes();
        for _ in 0..self.dice.below(4) {
            body = self.changed(body);
        }
        body
    }

    /// A notice that did not come yet, mostly about an asset that is there.
    fn another(&mut self) -> String {
        let notice = self.dice.one_of(&self.notices).clone();
        let Ok(mut notice) = serde_json::from_str::<Value>(&notice) else { return notice };
        notice["id"] = format!("fuzz-{}", self.count).into();
        if self.dice.once_in(3) {
            let name = format!("IMG_{}.jpg", self.dice.below(2000));
            notice = replaced_name(notice, &name);
        }
        match self.dice.below(6) {
            0 => encode(&notice, Encoding::Form),
            1 => encode(&notice, Encoding::FlatForm),
            2 => format!("{notice:#}"),
            _ => notice.to_string(),
        }
    }

    fn changed(&mut self, mut body: Vec<u8>) -> Vec<u8> {
        if body.is_empty() {
            return body;
        }
        let at = self.dice.below(body.len());
        match self.dice.below(12) {
            0 => body.truncate(at),
            1 => body[at] = self.dice.next() as u8,
            2 => body[at] ^= 1 << self.dice.below(8),
            3 => _ = body.drain(at..(at + self.dice.below(40)).min(body.len())),
            4 => {
                let odd = self.dice.below(12);
                let odd = self.dice.bytes(odd);
                body.splice(at..at, odd);
            }
            // A piece of another.
            5 => {
                let other = self.dice.one_of(&self.notices).clone().into_bytes();
                let from = self.dice.below(other.len());
                let piece = other[from..(from + 200).min(other.len())].to_vec();
                body.splice(at..at, piece);
            }
            // A piece twice.
            6 => {
                let piece = body[at..(at + self.dice.below(300)).min(body.len())].to_vec();
                body.splice(at..at, piece);
            }
            7..=9 => body = self.with_an_odd_value(body, at),
            10 => body = String::from_utf8_lossy(&body).encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => body.push(0),
        }
        body
    }

    /// Puts something else behind the next colon.
    fn with_an_odd_value(&mut self, mut body: Vec<u8>, at: usize) -> Vec<u8> {
        let Some(colon) = body[at..].iter().position(|byte| *byte == b':') else { return body };
        let begin = at + colon + 1;
        let length = body[begin..].iter().position(|byte| matches!(byte, b',' | b'}')).unwrap_or(0);
        let odd = self.dice.one_of(&ODD_VALUES).bytes();
        body.splice(begin..begin + length, odd);
        body
    }

    fn deep(&mut self) -> Vec<u8> {
        let levels = 1 + self.dice.below(20_000);
        let opened = self.dice.one_of(&["[", "{\"data\":", "{\"ancestors\":["]);
        let mut body = format!("{{\"id\": \"{}\", \"data\": ", self.count);
        body.push_str(&opened.repeat(levels));
        body.into_bytes()
    }

    fn large(&mut self) -> Vec<u8> {
        let caption = "Fishing boats leaving Vardø. ".repeat(1 + self.dice.below(30_000));
        let mut notice: Value = serde_json::from_str(&self.notices[0]).unwrap_or_default();
        notice["id"] = format!("large-{}", self.count).into();
        notice["data"]["metadata"]["120"] = serde_json::json!({ "value": caption });
        notice.to_string().into_bytes()
    }
}

/// The same notice about an asset of another name, wherever it says its name.
fn replaced_name(notice: Value, name: &str) -> Value {
    let data = &notice["data"];
    let old = data["filename"].as_str().or_else(|| data["asset"]["filename"].as_str()).unwrap_or_default();
    if old.is_empty() {
        return notice;
    }
    serde_json::from_str(&notice.to_string().replace(old, name)).unwrap_or(notice)
}
