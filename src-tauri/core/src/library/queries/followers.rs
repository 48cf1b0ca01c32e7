//! How far those have come that follow the log of deliveries.

use crate::library::error::LibraryError;
use crate::library::queries::snapshot::FollowerQueries;
use crate::library::store::followers::{self, FollowerState};

impl FollowerQueries<'_> {
    /// All followers, by name.
    pub fn all(self) -> Result<Vec<FollowerState>, LibraryError> {
        followers::followers(self.0.connection)
    }

    /// One follower; `None` if it has never followed this library.
    pub fn of_name(self, name: &str) -> Result<Option<FollowerState>, LibraryError> {
        followers::follower(self.0.connection, name)
    }
}
