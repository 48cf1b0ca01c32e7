//! The index of the words that deliveries are found by: of the body, the headers, and the kind of hook.

use rusqlite::{Connection, Transaction};
use serde_json::Value;

use crate::fotoware::body_text;
use crate::library::error::LibraryError;
use crate::library::store::body_codec::unpack;
use crate::library::store::ids::DeliveryId;
use crate::library::store::search_texts::Words;

/// In bytes: what stands further behind in a body is not found.
const MOST: usize = 256 * 1024;

/// The words of one delivery, between blanks.
#[derive(Clone, Debug)]
pub struct DeliveryText {
    delivery: DeliveryId,
    words: String,
}

impl DeliveryText {
    pub fn delivery(&self) -> DeliveryId {
        self.delivery
    }
}

/// The words of at most `limit` deliveries above `after`, in order of arrival. What is damaged has none.
pub(in crate::library) fn read(
    connection: &Connection,
    after: DeliveryId,
    limit: usize,
) -> Result<Vec<DeliveryText>, LibraryError> {
    let ids = match next(connection, NEXT, after, limit) {
        Err(error) if error.is_corruption() => next(connection, NEXT_BY_INDEX, after, limit)?,
        ids => ids?,
    };
    ids.into_iter()
        .map(|delivery| match words(connection, delivery) {
            Ok(words) => Ok(DeliveryText { delivery, words }),
            // Its page is damaged; the others are not.
            Err(error) if error.is_corruption() => Ok(DeliveryText { delivery, words: String::new() }),
            Err(error) => Err(error),
        })
        .collect()
}

const NEXT: &str = "SELECT id FROM deliveries WHERE id > ?1 ORDER BY id LIMIT ?2";
/// The same for a log with a damaged page: the index still knows which deliveries there are, and is read as a whole.
const NEXT_BY_INDEX: &str = "SELECT id FROM deliveries INDEXED BY deliveries_listed WHERE id > ?1 ORDER BY id LIMIT ?2";

fn next(connection: &Connection, sql: &str, after: DeliveryId, limit: usize) -> Result<Vec<DeliveryId>, LibraryError> {
    let mut select = connection.prepare_cached(sql)?;
    let ids = select.query_map((after, limit as i64), |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

fn words(connection: &Connection, delivery: DeliveryId) -> Result<String, LibraryError> {
    let mut select = connection.prepare_cached(
        "SELECT d.kind, d.content_type, d.size, d.body, e.sender, e.headers
         FROM deliveries d LEFT JOIN envelopes e ON e.delivery = d.id WHERE d.id = ?1",
    )?;
    let mut rows = select.query([delivery])?;
    let Some(row) = rows.next()? else { return Ok(String::new()) };
    let content_type: Option<String> = row.get(1)?;
    let packed = row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?;
    let body = unpack(packed, row.get::<_, i64>(2)? as u64).unwrap_or_default();
    let mut text = String::new();
    for column in [0, 4, 5] {
        text.push_str(row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?.unwrap_or_default());
        text.push(' ');
    }
    gather(&body_text(content_type.as_deref(), &body), &mut text);
    let mut words = Words::of(&text).words;
    words.sort_unstable();
    words.dedup();
    Ok(words.join(" "))
}

/// Puts them into the index.
pub(in crate::library) fn write(transaction: &Transaction<'_>, texts: &[DeliveryText]) -> Result<(), LibraryError> {
    let mut insert = transaction.prepare_cached(
        "INSERT OR REPLACE INTO delivery_texts (rowid, words)
         SELECT id, ?2 FROM deliveries WHERE id = ?1",
    )?;
    for text in texts {
        insert.execute((text.delivery, &text.words))?;
    }
    Ok(())
}

/// The last delivery whose words are in the index; 0 if there is none. They come in order of arrival.
pub(in crate::library) fn through(connection: &Connection) -> Result<DeliveryId, LibraryError> {
    let mut select = connection.prepare_cached("SELECT coalesce(max(id), 0) FROM delivery_texts_docsize")?;
    Ok(select.query_row([], |row| row.get(0))?)
}

/// What a person typed, as the index is asked: every word, the last one perhaps unfinished. `None` if there is no word in
/// it.
pub(in crate::library) fn question(typed: &str) -> Option<String> {
    let words = Words::of(typed).words;
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    (!quoted.is_empty()).then(|| format!("{}*", quoted.join(" AND ")))
}

/// Appends what a body says. The escapes of JSON are undone, so that words are found as they are read.
fn gather(body: &str, into: &mut String) {
    let start = into.len();
    match serde_json::from_str(body) {
        Ok(json) => of_json(&json, into),
        Err(_) => into.push_str(body),
    }
    let mut end = into.len().min(start + MOST);
    while !into.is_char_boundary(end) {
        end -= 1;
    }
    into.truncate(end);
}

fn of_json(json: &Value, into: &mut String) {
    match json {
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) => into.push_str(&json.to_string()),
        Value::String(text) => into.push_str(text),
        Value::Array(values) => values.iter().for_each(|value| of_json(value, into)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            into.push_str(name);
            into.push(' ');
            of_json(value, into);
        }),
    }
    into.push(' ');
}
