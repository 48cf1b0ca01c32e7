//! The places that connections have at a door. When all are taken, a newcomer takes the place of the connection that has
//! waited longest for a complete request head, so that connections which only wait, however many, keep nobody out. A
//! connection whose request is being answered keeps its place, and one whose last request was granted loses it only when no
//! other waits: a sender that knows the secret keeps its connection between two deliveries, and a flood of strangers must
//! not cut it off. One that was answered and lingers is the first to lose its place.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// So many connections may linger at once, so that bodies which nobody asked for take little of the processor.
const MOST_LINGERING: usize = 32;

pub(super) struct Places {
    most: usize,
    taken: Mutex<Taken>,
    /// A connection ended, or waits again.
    changed: Notify,
}

#[derive(Default)]
struct Taken {
    /// Connections without a complete head, the first to lose its place first.
    waiting: BTreeMap<Rank, CancellationToken>,
    /// Connections that were answered and will be closed, the one that lingers longest first.
    lingering: BTreeMap<u64, CancellationToken>,
    /// How many connections have a request that is being answered.
    answering: usize,
    next: u64,
}

/// Strangers lose their places before those whose last request was granted, and of each, the one that has waited longest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    granted: bool,
    number: u64,
}

impl Taken {
    fn wait(&mut self, granted: bool, lost: &CancellationToken) -> Rank {
        self.next += 1;
        let rank = Rank { granted, number: self.next };
        self.waiting.insert(rank, lost.clone());
        rank
    }

    fn linger(&mut self, lost: &CancellationToken) -> u64 {
        self.next += 1;
        self.lingering.insert(self.next, lost.clone());
        self.next
    }

    fn count(&self) -> usize {
        self.waiting.len() + self.lingering.len() + self.answering
    }

    /// Takes its place from the connection that lingers longest, or else from the first that waits. False if there is
    /// neither.
    fn evict(&mut self) -> bool {
        let lingers = self.lingering.pop_first().map(|(_, lost)| lost);
        let longest = lingers.or_else(|| self.waiting.pop_first().map(|(_, lost)| lost));
        longest.inspect(CancellationToken::cancel).is_some()
    }
}

impl Places {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, taken: Mutex::default(), changed: Notify::new() })
    }

    /// A place, if need be that of another connection. Waits only while all connections are being answered.
    pub(super) async fn take(self: &Arc<Self>) -> Place {
        loop {
            if let Some(place) = self.try_take() {
                return place;
            }
            self.changed.notified().await;
        }
    }

    /// Ends the connection that lingers longest, or else the first that waits.
    pub(super) fn make_room(&self) {
        self.taken().evict();
    }

    fn try_take(self: &Arc<Self>) -> Option<Place> {
        let mut taken = self.taken();
        if taken.count() >= self.most && !taken.evict() {
            return None;
        }
        let lost = CancellationToken::new();
        let turn = Mutex::new(Turn::Waiting(taken.wait(false, &lost)));
        Some(Place(Arc::new(Held { places: Arc::clone(self), lost, turn })))
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection's place, until it is dropped.
pub(super) struct Place(Arc<Held>);

impl Place {
    /// A request's head is complete: until the answer is dropped, nobody takes the place. `None` if it is lost already.
    pub(super) fn begin_answer(&self) -> Option<Answering> {
        let mut taken = self.0.places.taken();
        let mut turn = self.0.turn();
        let Turn::Waiting(rank) = *turn else { return None };
        if taken.waiting.remove(&rank).is_none() {
            *turn = Turn::Lost;
            return None;
        }
        *turn = Turn::Answering;
        taken.answering += 1;
        Some(Answering { held: Arc::clone(&self.0), granted: false })
    }

    /// The connection was answered and will be closed. False if its place is lost, or too many linger already.
    pub(super) fn begin_lingering(&self) -> bool {
        let mut taken = self.0.places.taken();
        let mut turn = self.0.turn();
        if taken.lingering.len() >= MOST_LINGERING {
            return false;
        }
        match *turn {
            Turn::Waiting(rank) if taken.waiting.remove(&rank).is_some() => {}
            Turn::Answering => taken.answering -= 1,
            Turn::Waiting(_) | Turn::Lingering(_) | Turn::Lost => return false,
        }
        *turn = Turn::Lingering(taken.linger(&self.0.lost));
        // Who waits for a place may have this one.
        self.0.places.changed.notify_one();
        true
    }

    /// Returns when another connection has taken the place.
    pub(super) async fn lost(&self) {
        self.0.lost.cancelled().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// A request that is being answered. Dropped when the answer is sent: then the connection waits again.
pub(super) struct Answering {
    held: Arc<Held>,
    granted: bool,
}

impl Answering {
    /// Notes whether the request was granted: whoever sent it then knows the secret or the token.
    pub(super) fn noting(mut self, granted: bool) -> Self {
        self.granted = granted;
        self
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.held.wait_again(self.granted);
    }
}

struct Held {
    places: Arc<Places>,
    lost: CancellationToken,
    turn: Mutex<Turn>,
}

enum Turn {
    /// For a head.
    Waiting(Rank),
    Answering,
    /// After its last answer, under this number.
    Lingering(u64),
    Lost,
}

impl Held {
    fn wait_again(&self, granted: bool) {
        let mut taken = self.places.taken();
        let mut turn = self.turn();
        if matches!(*turn, Turn::Answering) {
            taken.answering -= 1;
            *turn = Turn::Waiting(taken.wait(granted, &self.lost));
            self.places.changed.notify_one();
        }
    }

    fn leave(&self) {
        let mut taken = self.places.taken();
        let mut turn = self.turn();
        match *turn {
            Turn::Waiting(rank) => _ = taken.waiting.remove(&rank),
            Turn::Answering => taken.answering -= 1,
            Turn::Lingering(number) => _ = taken.lingering.remove(&number),
            Turn::Lost => {}
        }
        *turn = Turn::Lost;
        self.places.changed.notify_one();
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_lost(place: &Place) -> bool {
        place.0.lost.is_cancelled()
    }

    #[test]
    fn a_newcomer_takes_the_place_of_who_has_waited_longest() {
        let places = Places::new(2);
        let (first, second) = (places.try_take().unwrap(), places.try_take().unwrap());
        let third = places.try_take().unwrap();
        assert!(is_lost(&first) && !is_lost(&second) && !is_lost(&third));
        assert!(first.begin_answer().is_none(), "too late: its place is another's");
        assert!(second.begin_answer().is_some());
    }

    #[test]
    fn who_was_granted_its_request_outlasts_every_stranger() {
        let places = Places::new(3);
        let known = places.try_take().unwrap();
        drop(known.begin_answer().unwrap().noting(true));
        let strangers: Vec<Place> = (0..10).map(|_| places.try_take().unwrap()).collect();
        assert!(!is_lost(&known) && strangers[..8].iter().all(is_lost));
        let refused = known.begin_answer().unwrap();
        drop(refused.noting(false));
        drop(places.try_take().unwrap());
        assert!(!is_lost(&known), "two strangers waited longer");
        drop(known.begin_answer().unwrap().noting(true));
        let others: Vec<Place> = (0..3).map(|_| places.try_take().unwrap()).collect();
        for other in &others[1..] {
            drop(other.begin_answer().unwrap().noting(true));
        }
        let newcomer = places.try_take().unwrap();
        assert!(is_lost(&known) && !is_lost(&newcomer), "among the granted, the one that waited longest");
    }

    #[test]
    fn who_is_answered_keeps_its_place_and_then_waits_as_the_last_who_came() {
        let places = Places::new(2);
        let (first, second) = (places.try_take().unwrap(), places.try_take().unwrap());
        let answering = first.begin_answer().unwrap();
        let third = places.try_take().unwrap();
        assert!(is_lost(&second) && !is_lost(&first));
        let answered_too = third.begin_answer().unwrap();
        assert!(places.try_take().is_none(), "all are being answered");
        drop(answering);
        drop(answered_too);
        let fourth = places.try_take().unwrap();
        assert!(is_lost(&first) && !is_lost(&third) && !is_lost(&fourth), "the first waited longer again");
    }

    #[test]
    fn who_lingers_after_an_answer_is_the_first_to_lose_its_place_and_few_may() {
        let places = Places::new(MOST_LINGERING + 2);
        let waits = places.try_take().unwrap();
        let lingers: Vec<Place> = (0..=MOST_LINGERING).map(|_| places.try_take().unwrap()).collect();
        for place in &lingers[1..] {
            drop(place.begin_answer().unwrap());
            assert!(place.begin_lingering());
        }
        assert!(!lingers[0].begin_lingering(), "there are enough");
        let newcomer = places.try_take().unwrap();
        assert!(is_lost(&lingers[1]) && !is_lost(&waits) && !is_lost(&lingers[2]) && !is_lost(&newcomer));
        assert!(!lingers[1].begin_lingering(), "too late: its place is another's");
        drop(lingers);
        drop((waits, newcomer));
        assert_eq!(places.taken().count(), 0);
    }

    #[test]
    fn who_leaves_gives_the_place_back_whatever_it_was_doing() {
        let places = Places::new(1);
        drop(places.try_take().unwrap());
        let place = places.try_take().unwrap();
        let answering = place.begin_answer().unwrap();
        drop(place);
        drop(answering);
        let place = places.try_take().unwrap();
        assert!(!is_lost(&place));
        let taken = places.taken();
        assert_eq!((taken.waiting.len(), taken.answering), (1, 0));
    }

    #[tokio::test]
    async fn while_all_are_answered_a_newcomer_waits_until_one_is_done() {
        let places = Places::new(1);
        let place = places.take().await;
        let answering = place.begin_answer().unwrap();
        let waiting = tokio::spawn({
            let places = Arc::clone(&places);
            async move { drop(places.take().await) }
        });
        tokio::task::yield_now().await;
        drop(answering);
        waiting.await.unwrap();
        assert!(is_lost(&place));
    }
}
