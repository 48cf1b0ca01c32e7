//! The list of imports.

use crate::library::error::LibraryError;
use crate::library::queries::snapshot::ImportQueries;
use crate::library::store::imports::{self, Import};

impl ImportQueries<'_> {
    /// Every import that was not taken back, the latest first.
    pub fn list(self) -> Result<Vec<Import>, LibraryError> {
        imports::imports(self.0.connection)
    }
}
