//! Tells listeners that the library has changed, and which assets. They read the change themselves.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

/// Counts the library's changes since this process started, from 1.
pub struct ChangeFeed {
    current: watch::Sender<u64>,
    recent: Mutex<VecDeque<(u64, String)>>,
    /// The last revision in which everything may have changed.
    all: AtomicU64,
}

/// How many changes are remembered by asset. A listener that is further behind has to read everything again.
const REMEMBERED: usize = 1024;

impl Default for ChangeFeed {
    fn default() -> Self {
        Self { current: watch::Sender::new(1), recent: Mutex::default(), all: AtomicU64::new(0) }
    }
}

impl ChangeFeed {
    /// The present revision.
    pub fn current(&self) -> u64 {
        *self.current.borrow()
    }

    /// Announces a committed change of these assets, given by public id.
    pub(in crate::library) fn publish(&self, assets: &[String]) {
        self.advance(assets, false);
    }

    /// Announces that everything may have changed.
    pub(in crate::library) fn publish_all(&self) {
        self.advance(&[], true);
    }

    /// Announces a change that is not of an asset, such as how the desk is reached.
    pub fn announce(&self) {
        self.publish(&[]);
    }

    fn advance(&self, assets: &[String], everything: bool) {
        // Held to the end: not only the library's writer announces.
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let next = self.current() + 1;
        recent.extend(assets.iter().map(|asset| (next, asset.clone())));
        let surplus = recent.len().saturating_sub(REMEMBERED);
        recent.drain(..surplus);
        if everything {
            self.all.store(next, Ordering::Release);
        }
        self.current.send_replace(next);
    }

    /// Waits until there is a later revision than `seen`, and returns it.
    pub async fn after(&self, seen: u64) -> u64 {
        let mut current = self.current.subscribe();
        match current.wait_for(|revision| *revision > seen).await {
            Ok(revision) => *revision,
            Err(_) => seen,
        }
    }

    /// The assets that changed after `seen`, each once; `None` if they are too many to name.
    pub fn changed_since(&self, seen: u64) -> Option<Vec<String>> {
        if self.all.load(Ordering::Acquire) > seen {
            return None;
        }
        let recent = self.recent.lock().ok()?;
        // What was forgotten may have been later than what the listener saw.
        if recent.len() >= REMEMBERED && recent.front().is_some_and(|(revision, _)| *revision > seen) {
            return None;
        }
        let mut changed: Vec<_> =
            recent.iter().filter(|(revision, _)| *revision > seen).map(|(_, asset)| asset.clone()).collect();
        changed.sort_unstable();
        changed.dedup();
        Some(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_listener_is_told_what_changed_since_it_looked() {
        let change_feed = ChangeFeed::default();
        change_feed.publish(&["a".into()]);
        let seen = change_feed.current();
        change_feed.publish(&["b".into(), "b".into()]);
        assert_eq!(change_feed.after(seen).await, seen + 1);
        assert_eq!(change_feed.changed_since(seen), Some(vec!["b".to_owned()]));
    }

    #[test]
    fn everything_at_once_names_nothing() {
        let change_feed = ChangeFeed::default();
        let seen = change_feed.current();
        change_feed.publish_all();
        assert_eq!(change_feed.changed_since(seen), None);
        let seen = change_feed.current();
        change_feed.publish(&["a".into()]);
        assert_eq!(change_feed.changed_since(seen), Some(vec!["a".to_owned()]));
    }

    #[test]
    fn too_many_changes_are_everything() {
        let change_feed = ChangeFeed::default();
        for number in 0..=REMEMBERED {
            change_feed.publish(&[number.to_string()]);
        }
        assert_eq!(change_feed.changed_since(0), None);
    }
}
