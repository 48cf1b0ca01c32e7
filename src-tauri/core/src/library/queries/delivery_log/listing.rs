//! Which deliveries a filter leaves, in which order: the newest first. All of it is answered from one narrow index, so that
//! no body is read past on the way to the end of the log.

use rusqlite::types::ToSql;
use rusqlite::{Connection, named_params};

use crate::clock::Timestamp;
use crate::fotoware::HookKind;
use crate::library::error::LibraryError;
use crate::library::store::delivery_texts;
use crate::library::store::ids::DeliveryId;
use crate::library::store::words::DeliveryOutcome;

/// Which deliveries to list. What is not given leaves all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    pub outcome: Option<DeliveryOutcome>,
    /// The hook that they came to.
    pub kind: Option<HookKind>,
    /// Received at this moment or later.
    pub from: Option<Timestamp>,
    /// Received before this moment.
    pub until: Option<Timestamp>,
    /// About an asset, given by its public id; also those that repeat others.
    pub asset: Option<String>,
    /// Words that the body, the headers or the sender's address have, the last one perhaps unfinished.
    pub text: Option<String>,
}

/// Which part of the list.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// From the one with this number in the list on.
    From(usize),
    /// The part that has this delivery in it, if the parts are cut from the beginning on.
    Around(DeliveryId),
}

/// A part of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub total: usize,
    /// The number of the first one in the list.
    pub offset: usize,
    pub ids: Vec<DeliveryId>,
}

/// Reads a part of the list.
pub(super) fn list(
    connection: &Connection,
    filter: &LogFilter,
    part: Part,
    limit: usize,
) -> Result<Listed, LibraryError> {
    let question = filter.text.as_deref().map(str::trim).filter(|typed| !typed.is_empty());
    let words = question.and_then(delivery_texts::question);
    if question.is_some() && words.is_none() {
        // Signs only: there is nothing to look for.
        return Ok(Listed { total: 0, offset: 0, ids: Vec::new() });
    }
    let (from, until) = (filter.from.map(|from| from.0), filter.until.map(|until| until.0));
    let kind = filter.kind.map(HookKind::as_str);
    let given: [(&'static str, &'static str, Option<&dyn ToSql>); 6] = [
        (FROM, ":from", from.as_ref().map(|value| value as _)),
        (UNTIL, ":until", until.as_ref().map(|value| value as _)),
        (OF_KIND, ":kind", kind.as_ref().map(|value| value as _)),
        (OF_OUTCOME, ":outcome", filter.outcome.as_ref().map(|value| value as _)),
        (OF_ASSET, ":asset", filter.asset.as_ref().map(|value| value as _)),
        (WITH_WORDS, ":words", words.as_ref().map(|value| value as _)),
    ];
    let mut named: Vec<(&str, &dyn ToSql)> = Vec::new();
    let mut conditions = Conditions::default();
    for (condition, name, value) in given {
        if let Some(value) = value {
            conditions.0.push(condition);
            named.push((name, value));
        }
    }
    let total: i64 = connection.prepare_cached(&conditions.count())?.query_row(named.as_slice(), |row| row.get(0))?;
    let offset = match part {
        Part::From(offset) => offset,
        Part::Around(id) => above(connection, &conditions, &named, id)? / limit.max(1) * limit.max(1),
    };
    let (limit, skipped) = (limit as i64, offset as i64);
    named.extend_from_slice(named_params! { ":limit": limit, ":offset": skipped });
    let mut select = connection.prepare_cached(&conditions.page())?;
    let ids = select.query_map(named.as_slice(), |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(Listed { total: total as usize, offset, ids })
}

/// How many of the list stand above a delivery; 0 if there is no such delivery.
fn above(
    connection: &Connection,
    conditions: &Conditions,
    named: &[(&str, &dyn ToSql)],
    id: DeliveryId,
) -> Result<usize, LibraryError> {
    let mut named = named.to_vec();
    named.push((":id", &id));
    let count = connection.prepare_cached(&conditions.count_above())?.query_row(named.as_slice(), |row| row.get(0));
    Ok(count.map(|count: i64| count as usize)?)
}

const FROM: &str = "d.received_ms >= :from";
const UNTIL: &str = "d.received_ms < :until";
const OF_KIND: &str = "d.kind = :kind";
/// What is set aside says what it is itself; all others are what they came as.
const OF_OUTCOME: &str = "coalesce((SELECT s.outcome FROM set_aside s WHERE s.delivery = d.id), d.outcome) = :outcome";
const OF_ASSET: &str = "d.id IN (
        SELECT e.id FROM assets a JOIN events e ON e.asset = a.id WHERE a.public_id = :asset
        UNION ALL
        SELECT t.id FROM assets a JOIN events e ON e.asset = a.id
            CROSS JOIN deliveries t INDEXED BY deliveries_again ON t.dedupe = unhex(e.public_id) AND t.outcome = 'duplicate'
            WHERE a.public_id = :asset)";
const WITH_WORDS: &str = "d.id IN (SELECT rowid FROM delivery_texts WHERE delivery_texts MATCH :words)";
const LOG: &str = "deliveries d INDEXED BY deliveries_listed";

/// What is asked of each delivery.
#[derive(Clone, Debug, Default)]
struct Conditions(Vec<&'static str>);

impl Conditions {
    fn all(&self) -> String {
        if self.0.is_empty() { "TRUE".to_owned() } else { self.0.join(" AND ") }
    }

    fn count(&self) -> String {
        format!("SELECT count(*) FROM {LOG} WHERE {}", self.all())
    }

    fn count_above(&self) -> String {
        format!(
            "SELECT count(*) FROM {LOG} WHERE {} AND (d.received_ms, d.id) >
                (coalesce((SELECT received_ms FROM deliveries WHERE id = :id), {}), :id)",
            self.all(),
            i64::MAX
        )
    }

    fn page(&self) -> String {
        format!(
            "SELECT d.id FROM {LOG} WHERE {} ORDER BY d.received_ms DESC, d.id DESC LIMIT :limit OFFSET :offset",
            self.all()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::query_plan::query_plan;

    fn plan(connection: &Connection, sql: &str) -> String {
        query_plan(connection, sql).join("; ")
    }

    #[test]
    fn every_filter_of_the_log_is_answered_without_reading_deliveries() {
        let dir = tempfile::tempdir().unwrap();
        let connection = crate::library::store::connection::open_for_writing(&dir.path().join("library.db")).unwrap();
        let all = [FROM, UNTIL, OF_KIND, OF_OUTCOME, OF_ASSET, WITH_WORDS];
        for conditions in (0..1 << all.len()).map(|bits: usize| {
            Conditions(
                all.into_iter().enumerate().filter(|(nth, _)| bits >> nth & 1 == 1).map(|(_, one)| one).collect(),
            )
        }) {
            for sql in [conditions.count(), conditions.page(), conditions.count_above()] {
                let plan = plan(&connection, &sql);
                assert!(plan.contains("d USING COVERING INDEX deliveries_listed"), "{sql}: {plan}");
                assert!(!plan.contains("USE TEMP B-TREE"), "{sql}: {plan}");
                if conditions.0.contains(&OF_ASSET) {
                    assert!(
                        plan.contains("e USING INDEX events_by_asset")
                            || plan.contains("e USING COVERING INDEX events_by_asset"),
                        "{plan}"
                    );
                    assert!(plan.contains("t USING COVERING INDEX deliveries_again (dedupe=?"), "{plan}");
                }
                if conditions.0.contains(&OF_OUTCOME) {
                    assert!(plan.contains("s USING INTEGER PRIMARY KEY"), "{plan}");
                }
            }
        }
    }
}
