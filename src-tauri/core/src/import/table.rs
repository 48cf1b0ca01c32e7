//! Tables of requests, as webhook.site exports them: a row a request, with its body in a column.

use std::io;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::LeftAlone;
use super::hook;
use super::text::Text;
use super::wrappers::{Wrapped, moment};

const BODY: [&str; 5] = ["content", "body", "raw_body", "request_body", "payload"];
/// Beside a body at least one of these says that the table is one of requests.
const BESIDE: [&str; 9] =
    ["method", "url", "uuid", "token_id", "headers", "created_at", "user_agent", "ip", "content_type"];

pub(super) struct Rows {
    reader: Reader<Text>,
    body: usize,
    address: Vec<usize>,
    content_type: Option<usize>,
    received: Vec<usize>,
}

impl Rows {
    /// Whether a text begins with the names of such columns.
    pub(super) fn begin(start: &[u8]) -> bool {
        let first = start.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let Some(names) = names_in(first) else { return false };
        let has = |wanted: &[&str]| names.iter().any(|name| wanted.contains(&name.as_str()));
        has(&BODY) && has(&BESIDE)
    }

    pub(super) fn of(text: Text) -> Result<Self, LeftAlone> {
        let first = text.buffer().split(|&byte| byte == b'\n').next().unwrap_or_default();
        let delimiter = delimiter_of(first);
        let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text);
        let names: Vec<String> = reader.byte_headers().map_err(told)?.iter().map(name).collect();
        let column = |wanted: &str| names.iter().position(|name| name == wanted);
        let body = BODY.iter().find_map(|wanted| column(wanted)).ok_or(LeftAlone::NoBody)?;
        Ok(Self {
            body,
            address: ["url", "path", "uri"].iter().filter_map(|wanted| column(wanted)).collect(),
            content_type: names
                .iter()
                .position(|name| name.ends_with("content-type") || name.ends_with("content_type")),
            received: ["created_at", "received_at", "timestamp", "date"]
                .iter()
                .filter_map(|wanted| column(wanted))
                .collect(),
            reader,
        })
    }

    /// The request of the next row, `None` behind the last.
    pub(super) fn next(&mut self) -> Option<io::Result<Result<Wrapped, LeftAlone>>> {
        let mut row = ByteRecord::new();
        match self.reader.read_byte_record(&mut row) {
            Ok(true) => Some(Ok(self.request(&row))),
            Ok(false) => None,
            Err(error) => Some(Err(told(error))),
        }
    }

    fn request(&self, row: &ByteRecord) -> Result<Wrapped, LeftAlone> {
        let cell = |column: usize| row.get(column).map(String::from_utf8_lossy).filter(|text| !text.trim().is_empty());
        let body = row.get(self.body).unwrap_or_default();
        if body.trim_ascii().is_empty() {
            return Err(LeftAlone::RequestWithoutBody);
        }
        Ok(Wrapped {
            hook: self.address.iter().filter_map(|&column| cell(column)).find_map(|address| hook::of_address(&address)),
            content_type: self.content_type.and_then(cell).map(std::borrow::Cow::into_owned),
            body: body.to_vec(),
            received: self.received.iter().filter_map(|&column| cell(column)).find_map(|text| moment::of_text(&text)),
        })
    }
}

fn delimiter_of(first: &[u8]) -> u8 {
    let count = |wanted: u8| memchr::memchr_iter(wanted, first).count();
    *b",;\t".iter().max_by_key(|&&delimiter| count(delimiter)).unwrap_or(&b',')
}

/// The column names in a line, `None` if it is no line of several.
fn names_in(first: &[u8]) -> Option<Vec<String>> {
    let mut names = ByteRecord::new();
    let mut reader = ReaderBuilder::new().delimiter(delimiter_of(first)).has_headers(false).from_reader(first);
    let is_read = reader.read_byte_record(&mut names).ok()?;
    (is_read && names.len() > 1).then(|| names.iter().map(name).collect())
}

fn name(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).trim().to_lowercase().replace(' ', "_")
}

fn told(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        _ => io::Error::other("the table is not whole"),
    }
}
