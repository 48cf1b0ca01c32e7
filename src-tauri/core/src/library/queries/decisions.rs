//! The list of what the user decided.

use crate::clock::Moment;
use crate::library::error::LibraryError;
use crate::library::queries::snapshot::DecisionQueries;
use crate::library::store::decisions::asset_ids;

/// A decision as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub id: i64,
    /// `join` or `split`.
    pub kind: String,
    pub made: Moment,
    /// The assets that it is about, as they are now.
    pub asset_ids: Vec<String>,
    /// How they were called when it was made.
    pub words: String,
}

impl DecisionQueries<'_> {
    /// Every decision that was not taken back, the latest first.
    pub fn list(self) -> Result<Vec<Decision>, LibraryError> {
        let connection = self.0.connection;
        let mut select = connection.prepare_cached("SELECT id, kind, made_ms, words FROM decisions ORDER BY id DESC")?;
        let listed = select.query_map([], |row| {
            let made = Moment(row.get(2)?);
            Ok(Decision { id: row.get(0)?, kind: row.get(1)?, made, asset_ids: Vec::new(), words: row.get(3)? })
        })?;
        let listed: Vec<Decision> = listed.collect::<Result<_, _>>()?;
        listed
            .into_iter()
            .map(|decision| Ok(Decision { asset_ids: asset_ids(connection, decision.id)?, ..decision }))
            .collect()
    }
}
