//! What goes on in the tenant: small true-to-life stories of one asset each. Pure, and the same for the same seed.

mod telling;

use serde_json::Value;

use super::chance::Chance;
use super::link::Site;
use super::notice::{HookKind, Notice};
use super::payload;
use crate::clock::Moment;
use telling::Telling;

const DAY: i64 = 86_400_000;
/// How far back the first delivery of the backlog lies.
const BACKLOG_DAYS: i64 = 10;

/// One delivery of a story.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub story: Story,
    pub what: StepName,
    pub notice: Notice,
    pub links: Links,
}

/// From when on the clock of a delivery's picture URLs runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// The delivery is on time: its URLs are fresh when it is sent.
    FreshWhenSent,
    /// It was held up, by retries for instance, and carries the URLs of that time (FOTOWARE 5).
    FromCreation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepName {
    Ingested,
    MetadataEdited,
    Renamed,
    NewVersion,
    Restored,
    Deleted,
    SaidAgain,
    UnknownOperation,
    MarkerClicked,
    ActionRun,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Story {
    IngestOnly,
    CaptionAndKeywords,
    Rename,
    RenameChain,
    NewVersion,
    Restore,
    Delete,
    Duplicate,
    LateAndReordered,
    UnknownOperation,
    MissingKeys,
    NullKeys,
    NumbersAsStrings,
    DateDecimals,
    EmptyThenCompleted,
    TwoArchives,
    VersionOne,
    MarkerAndAction,
    LongLife,
}

impl Story {
    pub const ALL: [Self; 19] = [
        Self::IngestOnly,
        Self::CaptionAndKeywords,
        Self::Rename,
        Self::RenameChain,
        Self::NewVersion,
        Self::Restore,
        Self::Delete,
        Self::Duplicate,
        Self::LateAndReordered,
        Self::UnknownOperation,
        Self::MissingKeys,
        Self::NullKeys,
        Self::NumbersAsStrings,
        Self::DateDecimals,
        Self::EmptyThenCompleted,
        Self::TwoArchives,
        Self::VersionOne,
        Self::MarkerAndAction,
        Self::LongLife,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::IngestOnly => "ingest only",
            Self::CaptionAndKeywords => "caption and keywords",
            Self::Rename => "rename",
            Self::RenameChain => "rename chain",
            Self::NewVersion => "new version",
            Self::Restore => "restore",
            Self::Delete => "delete",
            Self::Duplicate => "duplicate",
            Self::LateAndReordered => "late and reordered",
            Self::UnknownOperation => "unknown operation",
            Self::MissingKeys => "missing keys",
            Self::NullKeys => "null keys",
            Self::NumbersAsStrings => "numbers as strings",
            Self::DateDecimals => "date decimals",
            Self::EmptyThenCompleted => "empty then completed",
            Self::TwoArchives => "two archives",
            Self::VersionOne => "version one",
            Self::MarkerAndAction => "marker and action",
            Self::LongLife => "long life",
        }
    }

    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|story| story.name() == name)
    }

    /// The story of the `index`-th asset, in the order of sending: from `start` on, with about `gap` milliseconds from step to step.
    pub fn tell(self, seed: u64, index: usize, start: Moment, gap: i64) -> Vec<Step> {
        Telling::new(self, seed, index, start, gap).tell()
    }

    /// On a real day most things that happen are ordinary.
    fn drawn_for(index: usize, chance: &mut Chance) -> Self {
        // Every story is met early, so that a newcomer sees them all among the first assets.
        if index % 3 == 1 {
            return Self::ALL[(index / 3) % Self::ALL.len()];
        }
        match chance.below(20) {
            0..=6 => Self::IngestOnly,
            7..=11 => Self::CaptionAndKeywords,
            12 | 13 => Self::NewVersion,
            14 | 15 => Self::Rename,
            16 => Self::Delete,
            17 => Self::Restore,
            18 => Self::TwoArchives,
            _ => Self::LongLife,
        }
    }
}

impl Step {
    pub fn kind(&self) -> HookKind {
        self.notice.kind
    }

    pub fn created(&self) -> Moment {
        self.notice.created
    }

    /// The payload as posted at `now`.
    pub fn body(&self, site: &Site, now: Moment) -> Value {
        let minted = match self.links {
            Links::FreshWhenSent => now,
            Links::FromCreation => self.created(),
        };
        payload::body(&self.notice, site, minted)
    }
}

/// The backlog of a tenant with that many assets, in the order of sending: ten days of stories that end at `now`.
pub fn stories(seed: u64, assets: usize, now: Moment) -> Vec<Step> {
    let mut sent: Vec<(i64, Step)> = Vec::new();
    for index in 0..assets {
        let mut chance = Chance::of(seed, &[0x0BAC, index as u64]);
        let story = Story::drawn_for(index, &mut chance);
        // Squared: much of it is of today, and the further back the less.
        let age = (chance.unit().powi(2) * (BACKLOG_DAYS * DAY) as f32) as i64 + 120_000;
        let gap = (age / 12).clamp(5_000, 5 * 3_600_000);
        let mut send_at = i64::MIN;
        for step in story.tell(seed, index, Moment(now.0 - age), gap) {
            send_at = send_at.max(step.created().0);
            sent.push((send_at, step));
        }
    }
    sent.sort_by_key(|&(at, _)| at);
    sent.into_iter().map(|(_, step)| step).collect()
}

/// The `nth` story after the backlog of `assets`, starting at `start`: what keeps the window alive.
pub fn live(seed: u64, assets: usize, nth: usize, start: Moment, gap: i64) -> Vec<Step> {
    let index = assets + nth;
    let mut chance = Chance::of(seed, &[0x11FE, index as u64]);
    Story::drawn_for(index, &mut chance).tell(seed, index, start, gap)
}
