//! One alert: events that came together, and its title and body text.

use std::collections::{BTreeSet, HashSet};

use super::AlertCandidate;
use crate::fotoware::Change;

/// One event, or several that are shown in one notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    assets: HashSet<String>,
    archives: BTreeSet<String>,
    /// The kind of change, or `None` once events of different kinds were added.
    change: Option<Change>,
    events: usize,
    /// File names of the first [`NAMES`] assets.
    names: Vec<String>,
    latest: String,
}

/// How many file names fit into a notification.
const NAMES: usize = 3;

impl Alert {
    pub fn new(candidate: AlertCandidate) -> Self {
        Self {
            change: Some(candidate.change),
            events: 1,
            latest: candidate.asset_id.clone(),
            assets: [candidate.asset_id].into(),
            archives: [candidate.archive].into(),
            names: vec![candidate.filename],
        }
    }

    pub fn add(&mut self, candidate: AlertCandidate) {
        self.events += 1;
        self.change = self.change.filter(|change| *change == candidate.change);
        if self.assets.insert(candidate.asset_id.clone()) && self.names.len() < NAMES {
            self.names.push(candidate.filename);
        }
        self.archives.insert(candidate.archive);
        self.latest = candidate.asset_id;
    }

    /// The number of events in this alert.
    pub fn events(&self) -> usize {
        self.events
    }

    /// The asset's public id if all events are about one asset, otherwise `None`.
    pub fn asset_id(&self) -> Option<&str> {
        (self.assets.len() == 1).then_some(&self.latest)
    }

    /// The public id of the asset of the newest event. Its thumbnail is the notification's picture.
    pub fn latest(&self) -> &str {
        &self.latest
    }

    /// The title: `harbour.jpg` for one asset, `212 assets changed in Press desk` for several.
    pub fn title(&self) -> String {
        match (&self.names[..], self.assets.len()) {
            ([name], 1) => name.clone(),
            (_, assets) => {
                let done = match self.change {
                    Some(Change::Ingested) => "ingested",
                    Some(Change::Deleted) => "deleted",
                    Some(Change::Renamed) => "renamed",
                    Some(
                        Change::Metadata
                        | Change::NewVersion
                        | Change::Restored
                        | Change::Marker
                        | Change::Action
                        | Change::Modified
                        | Change::Unknown,
                    )
                    | None => "changed",
                };
                format!("{assets} assets {done}{}", self.place())
            }
        }
    }

    /// The text below the title: what happened to the one asset, or the first file names of several.
    pub fn body(&self) -> String {
        if self.assets.len() > 1 {
            return match self.assets.len() - self.names.len() {
                0 => self.names.join(", "),
                more => format!("{} and {more} more", self.names.join(", ")),
            };
        }
        let place = self.place();
        match self.change {
            _ if self.events > 1 => format!("{} changes{place}", self.events),
            Some(change) => format!("{}{place}", change.label()),
            None => format!("Changed{place}"),
        }
    }

    fn place(&self) -> String {
        let mut archives = self.archives.iter();
        match (archives.next(), archives.len()) {
            (Some(archive), 0) if archive.is_empty() => String::new(),
            (Some(archive), 0) => format!(" in {archive}"),
            (_, more) => format!(" in {} archives", more + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(number: usize, change: Change, archive: &str) -> AlertCandidate {
        AlertCandidate {
            asset_id: format!("a{number}"),
            change,
            filename: format!("{number}.jpg"),
            archive: archive.into(),
        }
    }

    fn bundle(all: impl IntoIterator<Item = AlertCandidate>) -> Alert {
        let mut all = all.into_iter();
        let mut alert = Alert::new(all.next().unwrap());
        all.for_each(|candidate| alert.add(candidate));
        alert
    }

    #[test]
    fn one_event_is_told_by_the_name_of_its_asset() {
        let alert = bundle([candidate(1, Change::NewVersion, "Press desk")]);
        assert_eq!((&*alert.title(), &*alert.body()), ("1.jpg", "New version in Press desk"));
        assert_eq!(alert.asset_id(), Some("a1"));
        assert_eq!(bundle([candidate(1, Change::Deleted, "")]).body(), "Deleted");
    }

    #[test]
    fn one_asset_that_changes_often_is_still_one() {
        let alert = bundle([candidate(1, Change::Renamed, "Press desk"), candidate(1, Change::Metadata, "Press desk")]);
        assert_eq!((&*alert.title(), &*alert.body()), ("1.jpg", "2 changes in Press desk"));
        assert_eq!(alert.asset_id(), Some("a1"));
    }

    #[test]
    fn many_are_counted_and_the_first_are_named() {
        let alert = bundle((0..212).map(|number| {
            candidate(number, if number == 0 { Change::Renamed } else { Change::Metadata }, "Press desk")
        }));
        assert_eq!(alert.title(), "212 assets changed in Press desk");
        assert_eq!(alert.body(), "0.jpg, 1.jpg, 2.jpg and 209 more");
        assert_eq!((alert.asset_id(), alert.latest()), (None, "a211"));
    }

    #[test]
    fn what_happened_to_all_is_said_and_several_archives_are_counted() {
        let ingested = bundle([candidate(1, Change::Ingested, "Press desk"), candidate(2, Change::Ingested, "Sport")]);
        assert_eq!((&*ingested.title(), &*ingested.body()), ("2 assets ingested in 2 archives", "1.jpg, 2.jpg"));
    }
}
