//! The tables of what metadata fields are called: `labels` by each tenant as its notices said, `field_names` by the
//! user.

use rusqlite::{Transaction, params};

use crate::fotoware::FieldId;
use crate::library::error::LibraryError;

/// Remembers what a tenant calls its fields. The notice that Fotoware made last holds, whichever came last.
pub(in crate::library) fn learn(
    transaction: &Transaction<'_>,
    tenant: &str,
    created_ms: i64,
    labels: &[(FieldId, String)],
) -> Result<(), LibraryError> {
    let mut upsert = transaction.prepare_cached(
        "INSERT INTO labels (tenant, field, label, created_ms) VALUES (?4, ?1, ?2, ?3)
         ON CONFLICT (tenant, field) DO UPDATE SET label = excluded.label, created_ms = excluded.created_ms
         WHERE (excluded.created_ms, excluded.label) > (labels.created_ms, labels.label)",
    )?;
    for (field, label) in labels {
        upsert.execute(params![field, label, created_ms, tenant])?;
    }
    Ok(())
}

/// Gives a field the user's own name, or takes it back.
pub(in crate::library) fn give(
    transaction: &Transaction<'_>,
    field: FieldId,
    label: Option<&str>,
) -> Result<(), LibraryError> {
    match label {
        Some(label) => transaction
            .execute("INSERT OR REPLACE INTO field_names (field, label) VALUES (?1, ?2)", params![field, label]),
        None => transaction.execute("DELETE FROM field_names WHERE field = ?1", [field]),
    }?;
    Ok(())
}
