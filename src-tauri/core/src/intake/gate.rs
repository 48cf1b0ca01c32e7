//! What the listener minds beside its secret: whether it is paused, and whether a delivery is the check that Lysbord
//! itself has sent round by the public address. It knows nothing of how that address came to be.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderValue;
use tokio::sync::oneshot;

use crate::secrets::Secret;

/// The header that carries the mark of a check.
pub const MARK: &str = "lysbord-check";

#[derive(Debug, Default)]
pub struct Gate {
    paused: AtomicBool,
    awaited: Mutex<Option<Awaited>>,
}

#[derive(Debug)]
struct Awaited {
    mark: Secret,
    came: oneshot::Sender<()>,
}

impl Gate {
    /// While paused, every delivery is asked to come again.
    pub fn pause(&self, on: bool) {
        self.paused.store(on, Ordering::Relaxed);
    }

    pub fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    /// A mark that only this process knows, and that is good for one delivery. An earlier one is no longer awaited.
    pub fn await_mark(&self) -> (Secret, oneshot::Receiver<()>) {
        let (came, coming) = oneshot::channel();
        let mark = Secret::random();
        *self.awaited() = Some(Awaited { mark: mark.clone(), came });
        (mark, coming)
    }

    pub(super) fn let_in(&self, guess: &HeaderValue) -> bool {
        let mut awaited = self.awaited();
        let Ok(guess) = guess.to_str() else { return false };
        let Some(arrived) = awaited.take_if(|awaited| awaited.mark.matches(guess)) else { return false };
        // Who asked may have lost patience.
        let _ = arrived.came.send(());
        true
    }

    fn awaited(&self) -> std::sync::MutexGuard<'_, Option<Awaited>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_good_for_one_delivery_and_only_the_latest() {
        let gate = Gate::default();
        let value = |mark: &Secret| HeaderValue::from_str(mark.expose()).unwrap();
        let (old, _) = gate.await_mark();
        let (mark, mut came) = gate.await_mark();
        assert!(!gate.let_in(&value(&old)));
        assert!(came.try_recv().is_err());
        assert!(gate.let_in(&value(&mark)));
        came.try_recv().unwrap();
        assert!(!gate.let_in(&value(&mark)));
    }
}
