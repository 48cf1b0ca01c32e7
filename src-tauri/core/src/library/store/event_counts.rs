//! The table of events counted by the hour, so that years are drawn without walking through all that happened in them.

use std::collections::BTreeMap;

use rusqlite::Transaction;

use crate::library::error::LibraryError;

/// In milliseconds.
pub(in crate::library) const HOUR: i64 = 3_600_000;

/// Adds an event to the count of its hour.
pub(in crate::library) fn count(transaction: &Transaction<'_>, created_ms: i64) -> Result<(), LibraryError> {
    transaction
        .prepare_cached(
            "INSERT INTO hours (hour, events) VALUES (?1, 1) ON CONFLICT (hour) DO UPDATE SET events = events + 1",
        )?
        .execute([created_ms.div_euclid(HOUR)])?;
    Ok(())
}

/// Counts all events again, after some were removed.
pub(in crate::library) fn recount(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    transaction.execute("DELETE FROM hours", [])?;
    let mut select = transaction.prepare("SELECT created_ms FROM events INDEXED BY events_by_time")?;
    let mut hours = Hours::default();
    for created_ms in select.query_map([], |row| row.get(0))? {
        hours.count(created_ms?);
    }
    hours.insert(transaction, "hours")
}

/// Events counted in memory.
#[derive(Debug, Default)]
pub(in crate::library) struct Hours(BTreeMap<i64, i64>);

impl Hours {
    pub(in crate::library) fn count(&mut self, created_ms: i64) {
        *self.0.entry(created_ms.div_euclid(HOUR)).or_default() += 1;
    }

    /// Inserts the counts into an empty table.
    pub(in crate::library) fn insert(&self, transaction: &Transaction<'_>, table: &str) -> Result<(), LibraryError> {
        let mut insert = transaction.prepare_cached(&format!("INSERT INTO {table} (hour, events) VALUES (?1, ?2)"))?;
        self.0.iter().try_for_each(|(hour, events)| insert.execute([hour, events]).map(drop))?;
        Ok(())
    }
}
