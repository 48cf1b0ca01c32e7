//! Who is next: thumbnails before previews before large ones, no host with more than its share.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::answer::Leftover;
use crate::fotoware::Role;
use crate::model::Job;

/// One retry for so many downloads at the least, however many fresh jobs wait.
const RETRY_EVERY: usize = 4;

/// A job on its way through the fetcher.
#[derive(Clone)]
pub(super) struct Ticket {
    pub(super) job: Arc<Job>,
    /// Host and port of the first candidate.
    pub(super) host: Arc<str>,
    pub(super) tries: usize,
    pub(super) tries_absent: usize,
    /// What came of the tries so far and is better than nothing.
    pub(super) leftover: Option<Arc<Leftover>>,
}

impl Ticket {
    pub(super) fn new(job: Job, host: &str) -> Self {
        Self { job: Arc::new(job), host: host.into(), tries: 0, tries_absent: 0, leftover: None }
    }
}

pub(super) struct Queue {
    lanes: Lanes,
    /// Those that would be next but for their host.
    parked: HashMap<Arc<str>, Lanes>,
    busy: HashMap<Arc<str>, usize>,
    per_host: usize,
}

impl Queue {
    pub(super) fn new(per_host: usize) -> Self {
        Self { lanes: Lanes::default(), parked: HashMap::new(), busy: HashMap::new(), per_host }
    }

    pub(super) fn push(&mut self, ticket: Ticket) {
        self.lanes.of(&ticket).push_back(ticket);
    }

    /// The next job, which takes a place at its host until [`Queue::release`].
    pub(super) fn next(&mut self) -> Option<Ticket> {
        while let Some(ticket) = self.lanes.next() {
            let busy = self.busy.entry(Arc::clone(&ticket.host)).or_default();
            if *busy < self.per_host {
                *busy += 1;
                return Some(ticket);
            }
            self.parked.entry(Arc::clone(&ticket.host)).or_default().of(&ticket).push_back(ticket);
        }
        None
    }

    pub(super) fn release(&mut self, host: &Arc<str>) {
        if let Some(busy) = self.busy.get_mut(host) {
            *busy -= 1;
            if *busy == 0 {
                self.busy.remove(host);
            }
        }
        if let Some(parked) = self.parked.get_mut(host) {
            match parked.next() {
                Some(ticket) => self.lanes.of(&ticket).push_front(ticket),
                None => _ = self.parked.remove(host),
            }
        }
    }
}

#[derive(Default)]
struct Lanes {
    thumbnails: VecDeque<Ticket>,
    previews: VecDeque<Ticket>,
    large: VecDeque<Ticket>,
    retries: VecDeque<Ticket>,
    since_retry: usize,
}

impl Lanes {
    fn of(&mut self, ticket: &Ticket) -> &mut VecDeque<Ticket> {
        match ticket.job.key.role {
            _ if ticket.tries > 0 => &mut self.retries,
            Role::Thumbnail => &mut self.thumbnails,
            Role::Preview => &mut self.previews,
            Role::Large => &mut self.large,
        }
    }

    fn next(&mut self) -> Option<Ticket> {
        self.since_retry += 1;
        if self.since_retry >= RETRY_EVERY
            && let Some(ticket) = self.retries.pop_front()
        {
            self.since_retry = 0;
            return Some(ticket);
        }
        let lanes = [&mut self.thumbnails, &mut self.previews, &mut self.large, &mut self.retries];
        lanes.into_iter().find_map(VecDeque::pop_front)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::model::RenditionKey;

    fn ticket(delivery: i64, role: Role, host: &str, tries: usize) -> Ticket {
        let key = RenditionKey { delivery, role };
        let job = Job { key, candidates: Vec::new(), token: None, noticed: Instant::now() };
        Ticket { tries, ..Ticket::new(job, host) }
    }

    fn drained(queue: &mut Queue) -> Vec<(i64, Role)> {
        std::iter::from_fn(|| queue.next()).map(|next| (next.job.key.delivery, next.job.key.role)).collect()
    }

    #[test]
    fn all_thumbnails_come_before_any_preview() {
        let mut queue = Queue::new(100);
        for delivery in 1..=2 {
            for role in [Role::Large, Role::Preview, Role::Thumbnail] {
                queue.push(ticket(delivery, role, "dam", 0));
            }
        }

        let order = drained(&mut queue);

        let expected = Role::ALL.into_iter().flat_map(|role| [(1, role), (2, role)]);
        assert_eq!(order, expected.collect::<Vec<_>>());
    }

    #[test]
    fn a_retry_does_not_starve_behind_a_rush() {
        let mut queue = Queue::new(100);
        queue.push(ticket(0, Role::Preview, "dam", 1));
        for delivery in 1..=50 {
            queue.push(ticket(delivery, Role::Thumbnail, "dam", 0));
        }

        let order = drained(&mut queue);

        assert!(order.iter().position(|(delivery, _)| *delivery == 0).unwrap() < RETRY_EVERY);
    }

    #[test]
    fn a_busy_host_holds_nobody_else_up() {
        let mut queue = Queue::new(2);
        for delivery in 1..=4 {
            queue.push(ticket(delivery, Role::Thumbnail, "slow", 0));
        }
        queue.push(ticket(5, Role::Preview, "quick", 0));

        let first: Vec<i64> = drained(&mut queue).into_iter().map(|(delivery, _)| delivery).collect();
        queue.release(&"slow".into());
        let second: Vec<i64> = drained(&mut queue).into_iter().map(|(delivery, _)| delivery).collect();

        assert_eq!(first, [1, 2, 5]);
        assert_eq!(second, [3]);
    }

    #[test]
    fn nothing_is_remembered_of_a_host_that_is_done() {
        let mut queue = Queue::new(1);
        for delivery in 1..=3 {
            queue.push(ticket(delivery, Role::Thumbnail, "dam", 0));
        }
        while let Some(ticket) = queue.next() {
            queue.release(&ticket.host);
        }
        queue.release(&"dam".into());

        assert!(queue.busy.is_empty() && queue.parked.is_empty());
    }
}
