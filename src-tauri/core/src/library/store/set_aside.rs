//! The table of deliveries that came as events and are not shown: damaged on this disk, no longer readable, or such
//! that what shows them fails. The work goes on without them, and they are listed with the reason.

use std::collections::HashSet;

use rusqlite::{Connection, Transaction, params};

use crate::library::error::LibraryError;
use crate::library::store::delivery_record::Dedupe;
use crate::library::store::ids::DeliveryId;
use crate::library::store::words::DeliveryOutcome;
use crate::library::store::{deliveries, events};

/// What is wrong with a delivery that is set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::library) enum Why {
    /// The stored body cannot be unpacked: its bytes changed on this disk.
    Damaged,
    /// It was read when it came and cannot be read now.
    Unreadable,
    /// It can be read, and what makes an event of it failed.
    Failed,
}

impl Why {
    /// What the log of deliveries says became of it.
    pub(in crate::library) fn outcome(self) -> DeliveryOutcome {
        match self {
            Self::Damaged => DeliveryOutcome::Damaged,
            Self::Unreadable => DeliveryOutcome::Unreadable,
            Self::Failed => DeliveryOutcome::SetAside,
        }
    }
}

/// A delivery that is passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::library) struct SetAside {
    pub delivery: DeliveryId,
    pub why: Why,
    /// Its deduplication key, if that can be read.
    pub dedupe: Option<Dedupe>,
    /// In words, for people.
    pub reason: String,
}

/// The version of this program. What another one set aside is tried again.
pub(in crate::library) const PROGRAM: &str = env!("CARGO_PKG_VERSION");

pub(in crate::library) const TABLE: &str = "set_aside";

/// Stores that a delivery is set aside. `table` is [`TABLE`] or its twin.
pub(in crate::library) fn write(
    transaction: &Transaction<'_>,
    table: &str,
    set_aside: &SetAside,
) -> Result<(), LibraryError> {
    let SetAside { delivery, why, reason, .. } = set_aside;
    tracing::warn!(delivery = delivery.0, why = why.outcome().as_str(), %reason, "a delivery is kept, but cannot be shown");
    let mut insert = transaction.prepare_cached(&format!(
        "INSERT OR REPLACE INTO {table} (delivery, outcome, reason, program) VALUES (?1, ?2, ?3, ?4)"
    ))?;
    insert.execute(params![delivery, why.outcome(), reason, PROGRAM])?;
    Ok(())
}

/// Removes a delivery from the table: it is an event after all, or gone.
pub(in crate::library) fn forget(transaction: &Transaction<'_>, delivery: DeliveryId) -> Result<(), LibraryError> {
    transaction.prepare_cached("DELETE FROM set_aside WHERE delivery = ?1")?.execute([delivery])?;
    Ok(())
}

/// All that is set aside, in order of arrival.
pub(in crate::library) fn all(connection: &Connection) -> Result<Vec<DeliveryId>, LibraryError> {
    let mut select = connection.prepare("SELECT delivery FROM set_aside ORDER BY delivery")?;
    let deliveries = select.query_map([], |row| row.get(0))?;
    Ok(deliveries.collect::<Result<_, _>>()?)
}

/// Those that another version of this program set aside, in order of arrival.
pub(in crate::library) fn by_other_programs(connection: &Connection) -> Result<Vec<DeliveryId>, LibraryError> {
    let mut select = connection.prepare("SELECT delivery FROM set_aside WHERE program <> ?1 ORDER BY delivery")?;
    let deliveries = select.query_map([PROGRAM], |row| row.get(0))?;
    Ok(deliveries.collect::<Result<_, _>>()?)
}

/// Marks as duplicates those that have the deduplication key of an event or of an earlier one that is set aside. Called
/// before all are tried again.
pub(in crate::library) fn leave_duplicates(transaction: &Transaction<'_>) -> Result<(), LibraryError> {
    let mut dedupe_of = transaction.prepare("SELECT dedupe FROM deliveries WHERE id = ?1")?;
    let mut seen = HashSet::new();
    for id in all(transaction)? {
        // One whose page is damaged tells nothing, and is no duplicate of anything.
        let Ok(dedupe) = dedupe_of.query_row([id], |row| row.get::<_, Dedupe>(0)) else { continue };
        let is_event = !events::known_among(transaction, std::iter::once(dedupe))?.is_empty();
        if is_event || !seen.insert(dedupe) {
            deliveries::is_duplicate(transaction, id)?;
            forget(transaction, id)?;
        }
    }
    Ok(())
}

/// How many deliveries are set aside, by reason. `unstored` ones were not even accepted by the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::library) struct SetAsideCounts {
    pub damaged: u64,
    pub unreadable: u64,
    pub failed: u64,
    pub unstored: u64,
}

/// Counts what is set aside.
pub(in crate::library) fn set_aside_counts(connection: &Connection) -> Result<SetAsideCounts, LibraryError> {
    let mut select = connection.prepare_cached(COUNTS)?;
    Ok(select.query_row([], |row| {
        let count = |column| row.get::<_, i64>(column).map(|count| count as u64);
        Ok(SetAsideCounts { damaged: count(0)?, unreadable: count(1)?, failed: count(2)?, unstored: count(3)? })
    })?)
}

const COUNTS: &str = "SELECT (SELECT count(*) FROM set_aside WHERE outcome = 'damaged'),
        (SELECT count(*) FROM set_aside WHERE outcome = 'unreadable'),
        (SELECT count(*) FROM set_aside WHERE outcome = 'set_aside'),
        (SELECT count(*) FROM unstored)";
