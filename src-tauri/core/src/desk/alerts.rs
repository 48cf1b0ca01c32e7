//! Follows what is projected and hands out the alerts that the user asked for. While none are wanted, it sleeps.

use std::future::pending;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use super::{Desk, saved_search_filter};
use crate::alerts::{Alert, AlertCandidate, Bundler, Pace, Rules};
use crate::clock::Timestamp;
use crate::followers::{Follower, Handled, Then, follow};
use crate::library::{self, ArrivedEvent, DeliveryId, EventId, Filter, LibraryError};
use crate::settings::{Notifications, Settings};
use crate::supervise::Pause;

/// So many events are read at once.
const PAGE: usize = 1_000;
/// A computer that slept does not count the time; so nobody sleeps longer than this over something that is due.
const LONGEST_SLEEP: Duration = Duration::from_mins(5);
/// What an earlier run took in and did not tell any more is still news for so long.
const STILL_NEWS: Duration = Duration::from_hours(1);

impl Desk {
    /// Alerts of what comes in, until the desk is told to stop. Ask once in the life of a desk: who asks again follows at the
    /// same place as the first.
    ///
    /// What came in while the window was being made is told as well, and what the run before took in within the last hour and
    /// had not told yet, such as in quiet hours. Older than that, or imported, it is history, and told to nobody.
    pub fn alerts(&self, pace: Pace) -> mpsc::Receiver<Alert> {
        let (alerts, receiver) = mpsc::channel(16);
        let teller = Teller::new(self.clone(), pace, alerts);
        let following = follow(teller, self.library.clone(), Pause::default(), self.stop.clone());
        self.tasks.spawn("What tells of notifications", following);
        receiver
    }
}

struct Teller {
    desk: Desk,
    settings: watch::Receiver<Settings>,
    bundler: Bundler,
    zone: TimeZone,
    alerts: mpsc::Sender<Alert>,
    /// Up to here events are in the bundler. `None` after a failure: then its place counts.
    gathered: Option<EventId>,
    /// They were off when it was called last.
    was_off: bool,
    is_first_call: bool,
}

impl Follower for Teller {
    fn name(&self) -> &'static str {
        library::NOTIFICATIONS
    }

    fn what_is_behind(&self) -> &'static str {
        "The latest events cannot be told in notifications"
    }

    fn begin(&self) -> DeliveryId {
        self.desk.opened_with.into()
    }

    /// What is gathered counts as handled once it is told.
    async fn handle(&mut self, after: DeliveryId) -> Result<Handled, LibraryError> {
        let is_first_call = std::mem::take(&mut self.is_first_call);
        let chosen = self.settings.borrow_and_update().notifications.clone();
        if !chosen.on {
            self.forget();
            self.was_off = true;
            return Ok(Handled { through: after, then: Then::WhenDue });
        }
        let from = match self.gathered {
            Some(gathered) => gathered,
            // Whoever turns them on does not ask for what came before.
            None if std::mem::take(&mut self.was_off) => self.desk.library.read(|now| now.events().latest()).await?,
            None if is_first_call => self.still_news(after.into()).await?,
            None => after.into(),
        };
        let gathered = self.gather(from, &chosen).await?;
        self.gathered = Some(gathered);
        let now = self.desk.clock.now();
        if let Some(alert) = self.bundler.ready(now, chosen.quiet, &self.zone)
            && self.alerts.send(alert).await.is_err()
        {
            return Ok(Handled { through: gathered.into(), then: Then::Never });
        }
        let is_all_told = self.bundler.due(now, chosen.quiet, &self.zone).is_none();
        let through = if is_all_told { gathered.into() } else { after };
        Ok(Handled { through, then: Then::WhenChanged })
    }

    fn forget(&mut self) {
        self.bundler.forget();
        self.gathered = None;
    }

    async fn due(&mut self) {
        let now = self.desk.clock.now();
        let quiet = self.settings.borrow().notifications.quiet;
        let due = self.bundler.due(now, quiet, &self.zone);
        let wait = due.map(|due| Duration::from_millis(due.millis_since(now).max(1) as u64));
        tokio::select! {
            () = sleep(wait.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP)), if wait.is_some() => {}
            changed = self.settings.changed() => if changed.is_err() { pending().await },
        }
    }
}

impl Teller {
    fn new(desk: Desk, pace: Pace, alerts: mpsc::Sender<Alert>) -> Self {
        let settings = desk.watch_settings();
        Self {
            desk,
            settings,
            bundler: Bundler::new(pace),
            zone: TimeZone::system(),
            alerts,
            gathered: None,
            was_off: false,
            is_first_call: true,
        }
    }

    /// Where to begin in this run: at the last place, unless what comes after it is old.
    async fn still_news(&self, after: EventId) -> Result<EventId, LibraryError> {
        let (now, opened_with) = (self.desk.clock.now(), self.desk.opened_with);
        let since = Timestamp(now.0.saturating_sub(STILL_NEWS.as_millis() as i64));
        self.desk.library.read(move |now| now.events().received_since(after, opened_with, since)).await
    }

    /// Gathers what came in after an event, and says up to where.
    async fn gather(&mut self, mut seen: EventId, chosen: &Notifications) -> Result<EventId, LibraryError> {
        let rules = Rules { kinds: chosen.kinds.clone(), archives: chosen.archives.clone() };
        let saved = self.settings.borrow().saved_searches.clone();
        loop {
            let now = self.desk.clock.now();
            // The search beside the rules comes first, and then each kept search that is to be told of by itself.
            let beside = Filter::parse(chosen.query.as_deref().unwrap_or_default(), now, &self.zone);
            let kept =
                saved.iter().filter(|search| search.notify).map(|search| saved_search_filter(search, now, &self.zone));
            let searches: Vec<Filter> = [beside].into_iter().chain(kept).collect();
            let latest = self.desk.library.read(move |now| now.events().since(seen, &searches, PAGE)).await?;
            if latest.through == seen {
                return Ok(seen);
            }
            seen = latest.through;
            for event in latest.events {
                let (beside, kept) = event
                    .found_by
                    .split_first()
                    .map_or((true, false), |(beside, kept)| (*beside, kept.contains(&true)));
                let candidate = candidate_of(event);
                if kept || (beside && rules.want(&candidate)) {
                    self.bundler.take(candidate, now);
                }
            }
        }
    }
}

fn candidate_of(event: ArrivedEvent) -> AlertCandidate {
    let ArrivedEvent { asset_id, change, filename, archive, found_by: _ } = event;
    AlertCandidate { asset_id, change, filename, archive }
}
