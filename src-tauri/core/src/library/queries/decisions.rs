//! The list of what the user decided.

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::library::error::LibraryError;
use crate::library::queries::as_json;
use crate::library::queries::snapshot::DecisionQueries;
use crate::library::store::decisions::asset_ids;
use crate::library::store::words::DecisionKind;

/// A decision of the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Decision {
    pub id: i64,
    pub kind: DecisionKind,
    #[serde(rename = "made_at", serialize_with = "as_json::text")]
    #[schema(value_type = String)]
    pub made: Timestamp,
    /// The assets that it is about, as they are now.
    pub asset_ids: Vec<String>,
    /// How they were called when it was made.
    pub words: String,
}

impl DecisionQueries<'_> {
    /// Every decision that was not taken back, the latest first.
    pub fn list(self) -> Result<Vec<Decision>, LibraryError> {
        let connection = self.0.connection;
        let mut select =
            connection.prepare_cached("SELECT id, kind, made_ms, words FROM decisions ORDER BY id DESC")?;
        let listed = select.query_map([], |row| {
            let made = Timestamp(row.get(2)?);
            Ok(Decision { id: row.get(0)?, kind: row.get(1)?, made, asset_ids: Vec::new(), words: row.get(3)? })
        })?;
        let listed: Vec<Decision> = listed.collect::<Result<_, _>>()?;
        listed
            .into_iter()
            .map(|decision| Ok(Decision { asset_ids: asset_ids(connection, decision.id)?, ..decision }))
            .collect()
    }
}
