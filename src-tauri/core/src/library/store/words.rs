//! The words that the tables have for what is one of a few: each is an enum from the row to the answer of the API.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use utoipa::ToSchema;

use crate::fotoware::{Change, EventKind, HookKind, words};

words! {
    /// Whether an asset is in the archive, as far as its events say.
    #[derive(Default)]
    AssetStatus {
        #[default]
        Present = "present",
        Deleted = "deleted",
    }
}

words! {
    /// Whether a picture came.
    #[derive(Default, ToSchema)]
    #[schema(as = Standing)]
    RenditionStatus {
        Kept = "kept",
        Waiting = "waiting",
        #[default]
        Missing = "missing",
    }
}

words! {
    /// What became of a delivery.
    #[derive(ToSchema)]
    #[schema(as = Outcome)]
    DeliveryOutcome {
        Event = "event",
        /// It came before, and has no further effect.
        Duplicate = "duplicate",
        /// Nothing that it says can be read. It is kept as it came.
        Unreadable = "unreadable",
        /// Its bytes changed on this disk after it came.
        Damaged = "damaged",
        /// It can be read, and showing it failed. All others are shown.
        SetAside = "set_aside",
    }
}

words! {
    /// What the user decided.
    #[derive(ToSchema)]
    DecisionKind {
        /// Several assets are one.
        Join = "join",
        /// One asset is two.
        Split = "split",
    }
}

impl AssetStatus {
    pub(in crate::library) fn of(deleted: bool) -> Self {
        if deleted { Self::Deleted } else { Self::Present }
    }
}

/// Stores enums by their words. What is none of the words is an error, or for those that a newer program may know more
/// of, the variant after `or`.
macro_rules! stored_by_word {
    ($($name:ident $(or $unknown:ident)?),+ $(,)?) => {$(
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let word = value.as_str()?;
                let known = Self::parse(word)$(.or(Some(Self::$unknown)))?;
                known.ok_or_else(|| FromSqlError::Other(format!("{word:?} is none of the words").into()))
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }
    )+};
}

stored_by_word! {
    AssetStatus,
    RenditionStatus,
    DeliveryOutcome,
    DecisionKind,
    HookKind or Any,
    EventKind or Unknown,
    Change or Unknown,
}
