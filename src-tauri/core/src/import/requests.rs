//! Saved HTTP requests as they went over the wire: a head, an empty line, and the body.

use super::LeftAlone;
use super::hook;
use super::wrappers::{Wrapped, moment};
use crate::content_coding::{Coding, Unpacked, named, unpacked};

/// More than this is unpacked of no body.
const LARGEST_BODY: usize = 64 << 20;

/// Whether a text begins like `POST /hooks/0123/modified HTTP/1.1`.
pub(super) fn begins_with_request(start: &[u8]) -> bool {
    let line = start.trim_ascii_start().split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii_end();
    let mut words = line.split(|&byte| byte == b' ');
    let method = words.next().unwrap_or_default();
    let version = words.nth(1).unwrap_or_default();
    !method.is_empty()
        && method.iter().all(u8::is_ascii_uppercase)
        && version.starts_with(b"HTTP/")
        && words.next().is_none()
}

/// The bodies of one request, or of several one behind the other.
pub(super) fn read(text: &[u8]) -> Vec<Result<Wrapped, LeftAlone>> {
    let mut found = Vec::new();
    let mut rest = text.trim_ascii_start();
    while begins_with_request(rest) {
        let (request, behind) = one(rest);
        found.push(request);
        rest = behind.trim_ascii_start();
    }
    found
}

/// The body of the first request, and what is behind it.
fn one(text: &[u8]) -> (Result<Wrapped, LeftAlone>, &[u8]) {
    let Some(head) = Head::read(text) else { return (Err(LeftAlone::NoBody), &[]) };
    let behind = &text[head.length..];
    let (body, rest) = head.split_body(behind);
    let body = head.decoded(body);
    let wrapped = if body.trim_ascii().is_empty() {
        Err(LeftAlone::RequestWithoutBody)
    } else {
        Ok(Wrapped { hook: hook::of_address(&head.target), content_type: head.content_type, body, received: head.sent })
    };
    (wrapped, rest)
}

struct Head {
    /// Of the whole head, the empty line included.
    length: usize,
    target: String,
    content_type: Option<String>,
    content_length: Option<usize>,
    is_chunked: bool,
    /// As it was packed; empty where it was not, or in a way that is not known.
    packed: Vec<Coding>,
    sent: Option<crate::clock::Timestamp>,
}

impl Head {
    fn read(text: &[u8]) -> Option<Self> {
        let mut headers = [httparse::EMPTY_HEADER; 128];
        let mut request = httparse::Request::new(&mut headers);
        let Ok(httparse::Status::Complete(length)) = request.parse(text) else { return None };
        let value = |name: &str| {
            let header = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
            std::str::from_utf8(header.value).ok()
        };
        let says = |name: &str, word: &str| value(name).is_some_and(|value| value.to_lowercase().contains(word));
        Some(Self {
            length,
            target: request.path.unwrap_or_default().to_owned(),
            content_type: value("content-type").map(str::to_owned),
            content_length: value("content-length").and_then(|length| length.trim().parse().ok()),
            is_chunked: says("transfer-encoding", "chunked"),
            packed: value("content-encoding").and_then(|header| named(header).ok()).unwrap_or_default(),
            sent: value("date").and_then(moment::of_text),
        })
    }

    /// The body, and what is behind it. A length that another request does not follow was not of these bytes: line ends
    /// are changed easily by what saves a text.
    fn split_body<'a>(&self, behind: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        match self.content_length {
            Some(length) if length <= behind.len() && !self.is_chunked => {
                let (body, rest) = behind.split_at(length);
                let next = rest.trim_ascii_start();
                if next.is_empty() || begins_with_request(next) { (body, rest) } else { (behind, &[]) }
            }
            _ => (behind, &[]),
        }
    }

    fn decoded(&self, body: &[u8]) -> Vec<u8> {
        // What saved the request may have put the parts together, and unpacked them, already.
        let body = if self.is_chunked { joined(body).unwrap_or_else(|| body.to_vec()) } else { body.to_vec() };
        if self.packed.is_empty() {
            return body;
        }
        match unpacked(&body, &self.packed, LARGEST_BODY) {
            Unpacked::Whole(inside) => inside,
            Unpacked::Cut(_) | Unpacked::TooLarge => body,
        }
    }
}

/// Joins the parts of a chunked body. `None` if it is none.
fn joined(mut text: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let httparse::Status::Complete((begin, length)) = httparse::parse_chunk_size(text).ok()? else { return None };
        if length == 0 {
            return Some(body);
        }
        let end = begin.checked_add(usize::try_from(length).ok()?)?;
        body.extend_from_slice(text.get(begin..end)?);
        text = text[end..].strip_prefix(b"\r\n").or_else(|| text[end..].strip_prefix(b"\n"))?;
    }
}
