//! Follows what is projected and hands out the alerts that the user asked for. While none are wanted, it sleeps.

use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use super::Desk;
use crate::alerts::{Alert, Bundler, News, Pace, Rules};
use crate::library::{ArrivedEvent, EventId, Filter, LibraryError};
use crate::settings::{Notifications, Settings};

/// Commits of a rush are looked at together.
const GATHER: Duration = Duration::from_millis(250);
/// So many events are read at once.
const PAGE: usize = 1_000;
/// A computer that slept does not count the time; so nobody sleeps longer than this over something that is due.
const LONGEST_SLEEP: Duration = Duration::from_mins(5);

impl Desk {
    /// Alerts of what comes in, until the desk is told to stop.
    pub fn alerts(&self, pace: Pace) -> mpsc::Receiver<Alert> {
        let (alerts, receiver) = mpsc::channel(16);
        let (desk, stop) = (self.clone(), self.stop.clone());
        tokio::spawn(async move {
            let followed = tokio::select! {
                followed = Follower::new(desk, pace).follow(alerts) => followed,
                () = stop.cancelled() => Ok(()),
            };
            if let Err(error) = followed {
                tracing::warn!(%error, "there will be no more notifications");
            }
        });
        receiver
    }
}

struct Follower {
    desk: Desk,
    settings: watch::Receiver<Settings>,
    bundler: Bundler,
    zone: TimeZone,
}

impl Follower {
    fn new(desk: Desk, pace: Pace) -> Self {
        let settings = desk.watch_settings();
        Self { desk, settings, bundler: Bundler::new(pace), zone: TimeZone::system() }
    }

    async fn follow(mut self, alerts: mpsc::Sender<Alert>) -> Result<(), LibraryError> {
        // What came in while the window was still being made is news as well.
        let mut since = self.settings.borrow().notifications.on.then_some(self.desk.opened_with);
        loop {
            // An error means that the desk is gone.
            if self.settings.wait_for(|settings| settings.notifications.on).await.is_err() {
                return Ok(());
            }
            let mut seen = match since.take() {
                Some(seen) => seen,
                None => self.desk.library.read(|now| now.events().latest()).await?,
            };
            let mut revision = self.desk.library.revisions().current();
            loop {
                let chosen = self.settings.borrow_and_update().notifications.clone();
                if !chosen.on {
                    self.bundler.forget();
                    break;
                }
                seen = self.take_in(seen, &chosen).await?;
                let now = self.desk.clock.now();
                if let Some(alert) = self.bundler.ready(now, chosen.quiet, &self.zone)
                    && alerts.send(alert).await.is_err()
                {
                    return Ok(());
                }
                let due = self.bundler.due(now, chosen.quiet, &self.zone);
                let wait = due.map(|due| Duration::from_millis(due.millis_since(now).max(1) as u64));
                let desk = self.desk.clone();
                tokio::select! {
                    later = desk.library.revisions().after(revision) => {
                        revision = later;
                        sleep(GATHER).await;
                    }
                    () = sleep(wait.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP)), if wait.is_some() => {}
                    changed = self.settings.changed() => if changed.is_err() { return Ok(()) },
                }
            }
        }
    }

    /// Hands on what came in after `seen`, and says up to where.
    async fn take_in(&mut self, mut seen: EventId, chosen: &Notifications) -> Result<EventId, LibraryError> {
        let rules = Rules { kinds: chosen.kinds.clone(), archives: chosen.archives.clone() };
        loop {
            let now = self.desk.clock.now();
            let search = chosen.query.as_deref().map(|query| Filter::parse(query, now, &self.zone));
            let latest = self.desk.library.read(move |now| now.events().since(seen, search.as_ref(), PAGE)).await?;
            if latest.through == seen {
                return Ok(seen);
            }
            seen = latest.through;
            for news in latest.events.into_iter().map(news_of).filter(|news| rules.want(news)) {
                self.bundler.take(news, now);
            }
        }
    }
}

fn news_of(event: ArrivedEvent) -> News {
    let ArrivedEvent { asset_id, change, filename, archive } = event;
    News { asset_id, change, filename, archive }
}
