//! Draws each picture once: the tenant's store of finished JPEGs.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;

use super::picture::{Frame, Picture};
use super::scene::Drawing;

/// So many finished pictures are kept; the oldest make room.
const SHELF: usize = 4_000;

type Key = (Picture, Frame);

/// Cheap to clone; all clones share one store.
#[derive(Clone, Default)]
pub(super) struct Studio(Arc<Mutex<GalleryCache>>);

#[derive(Default)]
struct GalleryCache {
    finished: HashMap<Key, Arc<OnceLock<Bytes>>>,
    order: VecDeque<Key>,
}

impl Studio {
    /// The JPEG, if it lies ready: nothing is drawn.
    pub(super) fn ready(&self, picture: Picture, frame: Frame) -> Option<Bytes> {
        self.with_shelf(|gallery_cache| gallery_cache.finished.get(&(picture, frame))?.get().cloned())
    }

    /// The JPEG, drawn if need be. Takes milliseconds of a processor: not for an async thread.
    pub(super) fn picture(&self, picture: Picture, frame: Frame) -> Bytes {
        let place = self.place(picture, frame);
        let draw = || {
            let drawing = Drawing::of(picture, frame);
            if frame == Frame::THUMBNAIL {
                // Who asks for the one asks for the other next.
                self.place(picture, Frame::PREVIEW).get_or_init(|| drawing.jpeg(Frame::PREVIEW));
            }
            drawing.jpeg(frame)
        };
        place.get_or_init(draw).clone()
    }

    fn place(&self, picture: Picture, frame: Frame) -> Arc<OnceLock<Bytes>> {
        self.with_shelf(|gallery_cache| {
            let key = (picture, frame);
            if let Some(place) = gallery_cache.finished.get(&key) {
                return Arc::clone(place);
            }
            if gallery_cache.order.len() >= SHELF
                && let Some(oldest) = gallery_cache.order.pop_front()
            {
                gallery_cache.finished.remove(&oldest);
            }
            gallery_cache.order.push_back(key);
            Arc::clone(gallery_cache.finished.entry(key).or_default())
        })
    }

    fn with_shelf<T>(&self, look: impl FnOnce(&mut GalleryCache) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
