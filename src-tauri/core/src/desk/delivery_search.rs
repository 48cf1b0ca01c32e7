//! Makes the words of deliveries searchable, behind everything that somebody waits for.

use crate::followers::{Follower, Handled, Then};
use crate::library::{self, DeliveryId, Library, LibraryError};
use crate::renditions::Fetcher;

/// So many deliveries are indexed in one transaction.
const TOGETHER: usize = 128;

/// Follows the log of deliveries.
pub(super) struct DeliverySearch {
    pub library: Library,
    pub fetcher: Fetcher,
}

impl Follower for DeliverySearch {
    fn name(&self) -> &'static str {
        library::DELIVERY_SEARCH
    }

    fn what_is_behind(&self) -> &'static str {
        "The latest deliveries cannot be found by their words"
    }

    async fn handle(&mut self, after: DeliveryId) -> Result<Handled, LibraryError> {
        // A rebuild takes all processors, and somebody waits for it. Its end is a change.
        if self.library.rebuilding().is_some() {
            return Ok(Handled { through: after, then: Then::WhenChanged });
        }
        // URLs of pictures die, deliveries do not.
        self.fetcher.quiet().await;
        let texts = self.library.read(move |now| now.deliveries().texts_after(after, TOGETHER)).await?;
        let Some(through) = texts.last().map(library::DeliveryText::delivery) else {
            return Ok(Handled { through: after, then: Then::WhenChanged });
        };
        let then = if texts.len() == TOGETHER { Then::AtOnce } else { Then::WhenChanged };
        self.library.index_deliveries(texts).await?;
        Ok(Handled { through, then })
    }
}
