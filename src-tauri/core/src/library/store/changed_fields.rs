//! Which fields a version changed, by number: so that "caption changed" is found without reading every change.

use rusqlite::{OptionalExtension, Transaction, params};

use crate::fotoware::{FieldChange, Subject};
use crate::library::error::LibraryError;
use crate::library::store::event_facets::Facet;
use crate::library::store::ids::EventId;

/// Deletes the rows of an event, before its stored changes are replaced.
pub(in crate::library) fn forget_changed_fields(
    transaction: &Transaction<'_>,
    event: EventId,
    facet: Facet,
    created_ms: i64,
) -> Result<(), LibraryError> {
    let mut select = transaction.prepare_cached("SELECT changes FROM changes WHERE event = ?1")?;
    if let Some(told) = select.query_row([event], |row| row.get::<_, String>(0)).optional()? {
        let mut delete = transaction.prepare_cached(
            "DELETE FROM changed_fields WHERE field = ?1 AND facet = ?2 AND created_ms = ?3 AND event = ?4",
        )?;
        for change in serde_json::from_str::<Vec<FieldChange>>(&told)? {
            delete.execute(params![code(change.subject), facet, created_ms, event])?;
        }
    }
    Ok(())
}

/// Inserts a row for each field that an event changed.
pub(in crate::library) fn note_changed_fields(
    transaction: &Transaction<'_>,
    event: EventId,
    facet: Facet,
    created_ms: i64,
    changes: &[FieldChange],
) -> Result<(), LibraryError> {
    let mut insert = transaction.prepare_cached(
        "INSERT OR IGNORE INTO changed_fields (field, facet, created_ms, event) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for change in changes {
        insert.execute(params![code(change.subject), facet, created_ms, event])?;
    }
    Ok(())
}

/// A subject as a number. Properties of the file are negative, fields have their own number.
pub(in crate::library) fn code(subject: Subject) -> i64 {
    match subject {
        Subject::Filename => -4,
        Subject::FileSize => -3,
        Subject::Pixels => -2,
        Subject::Archive => -1,
        Subject::Field(id) => id.into(),
    }
}

/// Reads what [`code`] writes; `None` if it is no such number.
pub(in crate::library) fn subject(code: i64) -> Option<Subject> {
    match code {
        -4 => Some(Subject::Filename),
        -3 => Some(Subject::FileSize),
        -2 => Some(Subject::Pixels),
        -1 => Some(Subject::Archive),
        id => id.try_into().ok().map(Subject::Field),
    }
}
