//! A cache of the last few gallery orders, so that scrolling through one does not repeat its search.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::library::{Filter, GallerySlot, Library, LibraryError, Sort};

#[derive(Clone, Debug, PartialEq)]
struct Key {
    revision: u64,
    filter: Filter,
    sort: Sort,
}

type Places = Arc<Vec<GallerySlot>>;

/// Cached galleries, most recently used first.
#[derive(Default)]
pub(super) struct GalleryCache {
    galleries: Mutex<VecDeque<(Key, Places)>>,
}

const REMEMBERED: usize = 4;

impl GalleryCache {
    /// Returns the order of a gallery and the library revision that it is true of. Computes it if it is not cached.
    pub(super) async fn slots(
        &self,
        library: &Library,
        filter: &Filter,
        sort: Sort,
    ) -> Result<(u64, Places), LibraryError> {
        let revision = library.change_feed().current();
        let key = Key { revision, filter: filter.clone(), sort };
        if let Some(slots) = self.remembered(&key) {
            return Ok((revision, slots));
        }
        let filter = filter.clone();
        let slots = library.read(move |now| now.gallery().slots(&filter, sort)).await?;
        let slots = Arc::new(slots);
        let mut galleries = self.galleries.lock().unwrap_or_else(PoisonError::into_inner);
        galleries.push_front((key, slots.clone()));
        galleries.truncate(REMEMBERED);
        Ok((revision, slots))
    }

    /// Returns the order of a gallery if it is cached and the library has not changed since, otherwise `None`.
    pub(super) fn known(&self, library: &Library, filter: &Filter, sort: Sort) -> Option<(u64, Places)> {
        let revision = library.change_feed().current();
        self.remembered(&Key { revision, filter: filter.clone(), sort }).map(|slots| (revision, slots))
    }

    fn remembered(&self, key: &Key) -> Option<Places> {
        let mut galleries = self.galleries.lock().unwrap_or_else(PoisonError::into_inner);
        let at = galleries.iter().position(|(known, _)| known == key)?;
        let found = galleries.remove(at)?;
        let slots = found.1.clone();
        galleries.push_front(found);
        Some(slots)
    }
}
