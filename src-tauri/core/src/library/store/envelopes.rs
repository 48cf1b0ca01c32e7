//! The table of what came around the body of a delivery: who sent it, its headers, and how long the answer took.

use std::net::SocketAddr;
use std::time::Duration;

use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};

use crate::library::error::LibraryError;
use crate::library::store::ids::DeliveryId;

/// What came around the body of a delivery. Whoever makes one leaves out every header that may hold a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The other end of the connection: the sender, or what forwards for it.
    pub sender: Option<SocketAddr>,
    /// Name in small letters, and value, in the order in which they came.
    pub headers: Vec<(String, String)>,
}

/// Stores the envelope of a delivery. `took` is the time until it was answered, `None` if nobody heard the answer.
pub(in crate::library) fn append(
    transaction: &Transaction<'_>,
    delivery: DeliveryId,
    envelope: &Envelope,
    took: Option<Duration>,
) -> Result<(), LibraryError> {
    let mut insert = transaction
        .prepare_cached("INSERT INTO envelopes (delivery, sender, headers, took_us) VALUES (?1, ?2, ?3, ?4)")?;
    insert.execute(params![
        delivery,
        envelope.sender.map(|sender| sender.to_string()),
        serde_json::to_string(&envelope.headers)?,
        took.map(|took| i64::try_from(took.as_micros()).unwrap_or(i64::MAX)),
    ])?;
    Ok(())
}
