//! The table of those that follow the log of deliveries: how far each has come, and why one does not go on.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::library::error::LibraryError;
use crate::library::store::ids::DeliveryId;

/// Makes events, assets and versions. Its place is committed together with its work.
pub(in crate::library) const PROJECTION: &str = "projection";
/// Makes the thumbnails that the archive did not give.
pub const THUMBNAILS: &str = "thumbnails";
/// Indexes the words of deliveries.
pub const DELIVERY_SEARCH: &str = "delivery_search";
/// Tells the user what came in.
pub const NOTIFICATIONS: &str = "notifications";

/// How far a follower has come, and how it fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowerState {
    pub name: String,
    /// The last delivery that it has handled.
    pub through: DeliveryId,
    /// How often in a row it has failed at what comes next.
    pub failures: u64,
    /// Why it failed last; `None` while it goes on.
    pub problem: Option<String>,
}

fn state(row: &Row<'_>) -> rusqlite::Result<FollowerState> {
    let failures: i64 = row.get(2)?;
    Ok(FollowerState { name: row.get(0)?, through: row.get(1)?, failures: failures as u64, problem: row.get(3)? })
}

/// All followers, by name.
pub(in crate::library) fn followers(connection: &Connection) -> Result<Vec<FollowerState>, LibraryError> {
    let mut select = connection.prepare("SELECT name, through, failures, problem FROM followers ORDER BY name")?;
    let states = select.query_map([], state)?;
    Ok(states.collect::<Result<_, _>>()?)
}

/// One follower; `None` if it has never followed this library.
pub(in crate::library) fn follower(connection: &Connection, name: &str) -> Result<Option<FollowerState>, LibraryError> {
    let mut select =
        connection.prepare_cached("SELECT name, through, failures, problem FROM followers WHERE name = ?1")?;
    Ok(select.query_row([name], state).optional()?)
}

/// Adds a follower at a place, unless it is there already.
pub(in crate::library) fn add(
    transaction: &Transaction<'_>,
    name: &str,
    through: DeliveryId,
) -> Result<(), LibraryError> {
    let mut insert =
        transaction.prepare_cached("INSERT INTO followers (name, through) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    insert.execute(params![name, through])?;
    Ok(())
}

/// The follower has handled everything up to a delivery, and no longer fails.
pub(in crate::library) fn reached(
    connection: &Connection,
    name: &str,
    through: DeliveryId,
) -> Result<(), LibraryError> {
    let mut update =
        connection.prepare_cached("UPDATE followers SET through = ?2, failures = 0, problem = NULL WHERE name = ?1")?;
    update.execute(params![name, through])?;
    Ok(())
}

/// The same for one whose work is not in this transaction: if it was taken back meanwhile, it stays there. Returns where it
/// is now.
pub(in crate::library) fn go_on(
    transaction: &Transaction<'_>,
    name: &str,
    from: DeliveryId,
    to: DeliveryId,
) -> Result<DeliveryId, LibraryError> {
    let mut update = transaction.prepare_cached(
        "UPDATE followers SET through = iif(through = ?2, ?3, through), failures = 0, problem = NULL WHERE name = ?1
         RETURNING through",
    )?;
    Ok(update.query_row(params![name, from, to], |row| row.get(0))?)
}

/// The follower has failed once more at what comes next.
pub(in crate::library) fn failed(connection: &Connection, name: &str, problem: &str) -> Result<(), LibraryError> {
    let mut update =
        connection.prepare_cached("UPDATE followers SET failures = failures + 1, problem = ?2 WHERE name = ?1")?;
    update.execute(params![name, problem])?;
    Ok(())
}

/// Something changed that the follower has passed already: it comes by again, from this delivery on.
pub(in crate::library) fn take_back(
    transaction: &Transaction<'_>,
    name: &str,
    from: DeliveryId,
) -> Result<(), LibraryError> {
    let mut update =
        transaction.prepare_cached("UPDATE followers SET through = ?2 WHERE name = ?1 AND through > ?2")?;
    update.execute(params![name, from.0 - 1])?;
    Ok(())
}
