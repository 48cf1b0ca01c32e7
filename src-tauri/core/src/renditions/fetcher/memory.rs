//! Remembers for a while which URL gave which picture, so that a repeated delivery fetches nothing twice.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::model::Picture;

const MOST: usize = 8_192;
/// A signed URL stands for one picture while it lives, and it does not live long.
const LONGEST: Duration = Duration::from_mins(10);

#[derive(Default)]
pub(super) struct Memory {
    pictures: HashMap<String, Picture>,
    /// Oldest first.
    order: VecDeque<(Instant, String)>,
}

impl Memory {
    /// What a URL gave lately. The blob may have been removed since.
    pub(super) fn recall(&mut self, url: &str, now: Instant) -> Option<Picture> {
        while let Some((since, oldest)) = self.order.front() {
            if now.saturating_duration_since(*since) <= LONGEST && self.order.len() <= MOST {
                break;
            }
            self.pictures.remove(oldest);
            self.order.pop_front();
        }
        self.pictures.get(url).copied()
    }

    pub(super) fn note(&mut self, url: &str, picture: Picture, now: Instant) {
        if self.pictures.insert(url.to_owned(), picture).is_none() {
            self.order.push_back((now, url.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BlobHash, Format};

    fn picture(content: &[u8]) -> Picture {
        Picture { hash: BlobHash::of(content), format: Format::Jpeg, bytes: 1, width: 1, height: 1, flaw: None }
    }

    #[test]
    fn a_url_is_remembered_for_ten_minutes() {
        let (mut memory, now) = (Memory::default(), Instant::now());
        memory.note("https://dam.example/1", picture(b"1"), now);

        assert_eq!(memory.recall("https://dam.example/1", now + LONGEST), Some(picture(b"1")));
        assert_eq!(memory.recall("https://dam.example/1", now + 2 * LONGEST), None);
        assert!(memory.order.is_empty());
    }

    #[test]
    fn the_oldest_are_forgotten_first() {
        let (mut memory, now) = (Memory::default(), Instant::now());
        for number in 0..=MOST {
            memory.note(&number.to_string(), picture(b"1"), now);
        }

        assert_eq!(memory.recall("0", now), None);
        assert_eq!(memory.recall("1", now), Some(picture(b"1")));
    }
}
