//! Row numbers, told apart by type.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

macro_rules! row_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        pub struct $name(pub i64);

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                i64::column_result(value).map(Self)
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                self.0.to_sql()
            }
        }
    )+};
}

row_ids! {
    /// One request received, by order of arrival.
    DeliveryId,
    /// What a delivery says happened. Its number is that delivery's.
    EventId,
    /// An asset, in this library only: its public id is the one that lasts.
    AssetId,
    /// One run of an import.
    ImportId,
}

impl From<DeliveryId> for EventId {
    fn from(delivery: DeliveryId) -> Self {
        Self(delivery.0)
    }
}

impl From<EventId> for DeliveryId {
    fn from(event: EventId) -> Self {
        Self(event.0)
    }
}
