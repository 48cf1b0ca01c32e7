//! The part of a filter that the gallery's own indexes answer, as SQL over the columns that they and `asset_counts`
//! carry.

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::clock::Timestamp;
use crate::library::error::LibraryError;
use crate::library::queries::archives;
use crate::library::queries::filter::{Filter, Sought, StatusFilter, Term};

/// The assets to which something happened in a span, from the events of the span alone.
pub(super) const WITHIN_OF_ALL: &str =
    "(SELECT w.asset FROM moments w INDEXED BY moments_newest WHERE w.from_ms >= ? AND w.from_ms < ?)";
/// The same where an asset is looked up, from its own events.
pub(super) const WITHIN_OF_ONE: &str =
    "(SELECT w.asset FROM moments w WHERE w.asset = {id} AND w.from_ms >= ? AND w.from_ms < ?)";

/// A filter without the clauses that are matched asset by asset.
pub(super) struct Condition {
    /// Empty, or `WHERE` and what must hold.
    pub sql: String,
    pub values: Vec<Value>,
}

impl Condition {
    pub(super) fn of(connection: &Connection, filter: &Filter) -> Result<Self, LibraryError> {
        let (mut parts, mut values): (Vec<String>, Vec<Value>) = (Vec::new(), Vec::new());
        let mut add = |part: String, with: Vec<Value>| {
            parts.push(part);
            values.extend(with);
        };
        let last = last_column(filter.at);
        if let Some((from, until)) = filter.within {
            // What happened after the moment that is looked back to has not happened yet.
            let until = filter.at.map_or(until.0, |at| until.0.min(at.0.saturating_add(1)));
            let id = if filter.at.is_some() { "asset" } else { "id" };
            add(format!("{last} >= ?"), vec![from.0.into()]);
            add(format!("{id} IN {WITHIN_OF_ALL}"), vec![from.0.into(), until.into()]);
        }
        if let Some(at) = filter.at {
            add("from_ms <= ?".to_owned(), vec![at.0.into()]);
            add("until_ms > ?".to_owned(), vec![at.0.into()]);
        }
        if let Some(archive) = &filter.archive {
            add("archive = ?".to_owned(), vec![archive.clone().into()]);
        }
        if let Some(change) = filter.change {
            add("change = ?".to_owned(), vec![change.as_str().to_owned().into()]);
        }
        if let Some(chosen) = filter.status {
            add(of_status(chosen).to_owned(), Vec::new());
        }
        for clause in filter.clauses.iter().filter(|clause| !clause.is_matched()) {
            let (mut either, mut with): (Vec<String>, Vec<Value>) = (Vec::new(), Vec::new());
            for term in &clause.0 {
                if let Some((part, values)) = of_term(connection, term, filter.at)? {
                    either.push(part);
                    with.extend(values);
                }
            }
            add(if either.len() == 1 { either.remove(0) } else { format!("({})", either.join(" OR ")) }, with);
        }
        let sql = if parts.is_empty() { String::new() } else { format!("WHERE {}", parts.join(" AND ")) };
        Ok(Self { sql, values })
    }
}

/// A term as a condition, negated if it is; `None` for one that is matched asset by asset.
pub(super) fn of_term(
    connection: &Connection,
    Term { negated, what }: &Term,
    at: Option<Timestamp>,
) -> Result<Option<(String, Vec<Value>)>, LibraryError> {
    let last = last_column(at);
    let (part, values) = match what {
        Sought::Text(_) | Sought::Field(_) => return Ok(None),
        Sought::Archive(name) => {
            let named = serde_json::to_string(&archives::named_like(connection, name)?)?;
            ("archive IN (SELECT value FROM json_each(?))".to_owned(), vec![named.into()])
        }
        Sought::Status(chosen) => (of_status(*chosen).to_owned(), Vec::new()),
        Sought::Event(change) => ("change = ?".to_owned(), vec![change.as_str().to_owned().into()]),
        Sought::Changed { from, until } => (format!("{last} >= ? AND {last} < ?"), vec![from.0.into(), until.0.into()]),
        Sought::Doctype(doctype) => ("doctype = ?".to_owned(), vec![doctype.clone().into()]),
    };
    Ok(Some((if *negated { format!("NOT ({part})") } else { part }, values)))
}

fn of_status(status: StatusFilter) -> &'static str {
    match status {
        StatusFilter::Present => "state = 'present'",
        StatusFilter::Deleted => "state = 'deleted'",
        StatusFilter::Missing => "picture = 'missing'",
    }
}

/// The column that says when the last event was.
pub(super) fn last_column(at: Option<Timestamp>) -> &'static str {
    if at.is_some() { "from_ms" } else { "last_ms" }
}
