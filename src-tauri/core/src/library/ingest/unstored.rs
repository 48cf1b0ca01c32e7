//! The table of deliveries that were acknowledged and that the log refuses. Each is kept as its record in the journal,
//! and tried again whenever the library is opened.

use rusqlite::{Connection, Transaction, params};

use crate::library::error::LibraryError;
use crate::library::ingest::backlog::Journaled;
use crate::library::store::delivery_record::{Accepted, Record};
use crate::library::store::ids::DeliveryId;
use crate::library::store::{connection, deliveries, events};

/// Inserts a delivery into the log, or if the log refuses it, into this table.
pub(in crate::library) fn append(transaction: &Transaction<'_>, kept: &Journaled) -> Result<(), LibraryError> {
    match connection::alone(transaction, || deliveries::append(transaction, &kept.record, kept.accepted, kept.took)) {
        Err(error) if !error.is_of_the_place() => keep(transaction, &kept.record, &error.to_string()),
        appended => appended,
    }
}

fn keep(transaction: &Transaction<'_>, record: &Record, reason: &str) -> Result<(), LibraryError> {
    let id = record.id;
    tracing::error!(delivery = id.0, reason, "the log does not take a delivery; it is kept beside it");
    let mut bytes = Vec::with_capacity(record.packed.len() + 128);
    record.encode(&mut bytes)?;
    transaction.execute(
        "INSERT OR REPLACE INTO unstored (id, reason, record) VALUES (?1, ?2, ?3)",
        params![id, reason, bytes],
    )?;
    // No other delivery may get its number.
    let raised = "UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'deliveries'";
    if transaction.execute(raised, [id])? == 0 {
        transaction.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('deliveries', ?1)", [id])?;
    }
    Ok(())
}

/// Tries to insert all of them into the log. Returns the events among those that succeeded: they are to be projected.
pub(in crate::library) fn try_again(transaction: &Transaction<'_>) -> Result<Vec<DeliveryId>, LibraryError> {
    let mut stored = Vec::new();
    for id in ids(transaction)? {
        let select = "SELECT record FROM unstored WHERE id = ?1";
        let bytes: Vec<u8> = transaction.query_row(select, [id], |row| row.get(0))?;
        let Some((record, _)) = Record::decode(&bytes) else { continue };
        let accepted = match record.problem {
            Some(_) => Accepted::Unreadable(id),
            None if events::known_among(transaction, std::iter::once(record.dedupe))?.is_empty() => Accepted::Event(id),
            None => Accepted::Duplicate(id),
        };
        match connection::alone(transaction, || deliveries::append(transaction, &record, accepted, None)) {
            Ok(()) => {
                transaction.execute("DELETE FROM unstored WHERE id = ?1", [id])?;
                stored.extend(matches!(accepted, Accepted::Event(_)).then_some(id));
            }
            Err(error) if error.is_of_the_place() => return Err(error),
            Err(_) => {}
        }
    }
    Ok(stored)
}

fn ids(connection: &Connection) -> Result<Vec<DeliveryId>, LibraryError> {
    let mut select = connection.prepare("SELECT id FROM unstored ORDER BY id")?;
    let ids = select.query_map([], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}
