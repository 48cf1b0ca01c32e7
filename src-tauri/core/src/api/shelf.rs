//! Remembers the order of the last few galleries, so that scrolling through one does not search for it anew.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::library::{Filter, Library, LibraryError, Place, Sort};

#[derive(Clone, Debug, PartialEq)]
struct Key {
    revision: u64,
    filter: Filter,
    sort: Sort,
}

type Places = Arc<Vec<Place>>;

/// Galleries in order, the last one used first.
#[derive(Default)]
pub(super) struct Shelf {
    galleries: Mutex<VecDeque<(Key, Places)>>,
}

const REMEMBERED: usize = 4;

impl Shelf {
    /// The places of a gallery at the library's present revision, and that revision.
    pub(super) async fn places(
        &self,
        library: &Library,
        filter: &Filter,
        sort: Sort,
    ) -> Result<(u64, Places), LibraryError> {
        let revision = library.revisions().current();
        let key = Key { revision, filter: filter.clone(), sort };
        if let Some(places) = self.remembered(&key) {
            return Ok((revision, places));
        }
        let places = library.gallery_places(filter.clone(), sort).await?;
        let places = Arc::new(places);
        let mut galleries = self.galleries.lock().unwrap_or_else(PoisonError::into_inner);
        galleries.push_front((key, places.clone()));
        galleries.truncate(REMEMBERED);
        Ok((revision, places))
    }

    /// The places of a gallery, if they are known already.
    pub(super) fn known(&self, library: &Library, filter: &Filter, sort: Sort) -> Option<(u64, Places)> {
        let revision = library.revisions().current();
        self.remembered(&Key { revision, filter: filter.clone(), sort }).map(|places| (revision, places))
    }

    fn remembered(&self, key: &Key) -> Option<Places> {
        let mut galleries = self.galleries.lock().unwrap_or_else(PoisonError::into_inner);
        let at = galleries.iter().position(|(known, _)| known == key)?;
        let found = galleries.remove(at)?;
        let places = found.1.clone();
        galleries.push_front(found);
        Some(places)
    }
}
