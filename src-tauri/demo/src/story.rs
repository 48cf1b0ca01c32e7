//! What goes on in the tenant: small true-to-life stories of one asset each. Pure, and the same for the same seed.

mod hard;
mod telling;

use serde_json::Value;

use super::chance::Chance;
use super::link::Site;
use super::notice::{HookKind, Notice};
use super::payload::{self, Encoding, encode};
use lysbord_clock::Timestamp;
use telling::Telling;

const DAY: i64 = 86_400_000;
/// How far back the first delivery of the backlog lies.
const BACKLOG_DAYS: i64 = 10;

/// One delivery of a story.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryStep {
    pub story: Story,
    pub what: StepName,
    pub notice: Notice,
    pub links: Links,
    pub spelling: Spelling,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// As the tenant's settings say.
    AsAsked,
    Form,
    /// The flat keys alone.
    FlatForm,
    /// Cut off on its way.
    Torn,
}

/// From when on the clock of a delivery's picture URLs runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// The delivery is on time: its URLs are fresh when it is sent.
    FreshWhenSent,
    /// It was held up, by retries for instance, and carries the URLs of that time (docs/fotoware.md 5).
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    ThereAndBack,
    ChainBackwards,
    Swap,
    SwapAtOnce,
    ReuseAfterDelete,
    ReuseAfterRename,
    RenameOntoDeleted,
    FirstHalfMissing,
    LinkMissing,
    CaseOnly,
    PercentEncoded,
    Decomposed,
    PoolIds,
    MovedWithUniqueId,
    BackAndForth,
    BeforeTold,
    RestoreCaption,
    RestoreFirst,
    EditMissing,
    UploadMissing,
    KeywordsReordered,
    Relabelled,
    Unreadable,
    Form,
    FlatForm,
    CatchAll,
    VersionsMixed,
    ClicksBetween,
    DeletedThenMarker,
    DeletedAndBack,
    OnlyDeleted,
    DeletedEarly,
    IngestedAndDeletedAtOnce,
    EqualTimes,
    SentThrice,
    Nameless,
    IngestedTwice,
}

impl Story {
    /// What happens in any archive, each about one asset: the backlog is made of these.
    pub const EVERYDAY: [Self; 19] = *Self::ALL.first_chunk().expect("the everyday ones come first");

    /// Every story that is played by name: the everyday ones, then those that are hard to tell.
    pub const ALL: [Self; 56] = [
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
        Self::ThereAndBack,
        Self::ChainBackwards,
        Self::Swap,
        Self::SwapAtOnce,
        Self::ReuseAfterDelete,
        Self::ReuseAfterRename,
        Self::RenameOntoDeleted,
        Self::FirstHalfMissing,
        Self::LinkMissing,
        Self::CaseOnly,
        Self::PercentEncoded,
        Self::Decomposed,
        Self::PoolIds,
        Self::MovedWithUniqueId,
        Self::BackAndForth,
        Self::BeforeTold,
        Self::RestoreCaption,
        Self::RestoreFirst,
        Self::EditMissing,
        Self::UploadMissing,
        Self::KeywordsReordered,
        Self::Relabelled,
        Self::Unreadable,
        Self::Form,
        Self::FlatForm,
        Self::CatchAll,
        Self::VersionsMixed,
        Self::ClicksBetween,
        Self::DeletedThenMarker,
        Self::DeletedAndBack,
        Self::OnlyDeleted,
        Self::DeletedEarly,
        Self::IngestedAndDeletedAtOnce,
        Self::EqualTimes,
        Self::SentThrice,
        Self::Nameless,
        Self::IngestedTwice,
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
            Self::ThereAndBack => "rename there and back",
            Self::ChainBackwards => "rename chain backwards",
            Self::Swap => "swap",
            Self::SwapAtOnce => "swap in one moment",
            Self::ReuseAfterDelete => "reuse after delete",
            Self::ReuseAfterRename => "reuse after rename",
            Self::RenameOntoDeleted => "rename onto deleted",
            Self::FirstHalfMissing => "first half missing",
            Self::LinkMissing => "rename missing between",
            Self::CaseOnly => "case only",
            Self::PercentEncoded => "percent encoded",
            Self::Decomposed => "decomposed letters",
            Self::PoolIds => "pool ids",
            Self::MovedWithUniqueId => "moved with unique id",
            Self::BackAndForth => "archives back and forth",
            Self::BeforeTold => "before told",
            Self::RestoreCaption => "restore caption",
            Self::RestoreFirst => "restore first",
            Self::EditMissing => "edit missing",
            Self::UploadMissing => "upload missing",
            Self::KeywordsReordered => "keywords reordered",
            Self::Relabelled => "relabelled",
            Self::Unreadable => "unreadable",
            Self::Form => "form",
            Self::FlatForm => "flat form",
            Self::CatchAll => "catch-all",
            Self::VersionsMixed => "versions mixed",
            Self::ClicksBetween => "clicks between",
            Self::DeletedThenMarker => "deleted then marker",
            Self::DeletedAndBack => "deleted and back",
            Self::OnlyDeleted => "only deleted",
            Self::DeletedEarly => "deletion comes first",
            Self::IngestedAndDeletedAtOnce => "ingested and deleted in one moment",
            Self::EqualTimes => "everything in one moment",
            Self::SentThrice => "sent thrice",
            Self::Nameless => "nameless",
            Self::IngestedTwice => "ingested twice",
        }
    }

    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|story| story.name() == name)
    }

    /// The story of the `index`-th asset, in the order of sending: from `start` on, with about `gap` milliseconds from step to step.
    pub fn tell(self, seed: u64, index: usize, start: Timestamp, gap: i64) -> Vec<StoryStep> {
        Telling::new(self, seed, index, start, gap).tell()
    }

    /// On a real day most things that happen are ordinary.
    fn drawn_for(index: usize, chance: &mut Chance) -> Self {
        // Every story is met early, so that a newcomer sees them all among the first assets.
        if index % 3 == 1 {
            return Self::EVERYDAY[(index / 3) % Self::EVERYDAY.len()];
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

impl StoryStep {
    pub fn kind(&self) -> HookKind {
        self.notice.kind
    }

    pub fn created(&self) -> Timestamp {
        self.notice.created
    }

    /// The payload as posted at `now`.
    pub fn body(&self, site: &Site, now: Timestamp) -> Value {
        let minted = match self.links {
            Links::FreshWhenSent => now,
            Links::FromCreation => self.created(),
        };
        payload::body(&self.notice, site, minted)
    }

    /// The body as posted at `now` by a tenant whose settings say so, and what it is announced as.
    pub fn spelled(&self, site: &Site, now: Timestamp, settings: Encoding) -> (String, Encoding) {
        let encoding = match self.spelling {
            Spelling::AsAsked => settings,
            Spelling::Torn => Encoding::Json,
            Spelling::Form => Encoding::Form,
            Spelling::FlatForm => Encoding::FlatForm,
        };
        let mut text = encode(&self.body(site, now), encoding);
        if self.spelling == Spelling::Torn {
            text.truncate(text.len() / 2);
        }
        (text, encoding)
    }
}

/// The backlog of a tenant with that many assets, in the order of sending: ten days of stories that end at `now`.
pub fn stories(seed: u64, assets: usize, now: Timestamp) -> Vec<StoryStep> {
    let mut sent: Vec<(i64, StoryStep)> = Vec::new();
    for index in 0..assets {
        let mut chance = Chance::of(seed, &[0x0BAC, index as u64]);
        let story = Story::drawn_for(index, &mut chance);
        // Squared: much of it is of today, and the further back the less.
        let age = (chance.unit().powi(2) * (BACKLOG_DAYS * DAY) as f32) as i64 + 120_000;
        let gap = (age / 12).clamp(5_000, 5 * 3_600_000);
        let mut send_at = i64::MIN;
        for step in story.tell(seed, index, Timestamp(now.0 - age), gap) {
            send_at = send_at.max(step.created().0);
            sent.push((send_at, step));
        }
    }
    sent.sort_by_key(|&(at, _)| at);
    sent.into_iter().map(|(_, step)| step).collect()
}

/// These stories one after the other, each of assets of its own, the last one up to `now`.
pub fn named(seed: u64, names: &[Story], now: Timestamp, gap: i64) -> Vec<StoryStep> {
    const LONGEST: i64 = 12;
    let start = |index: usize| Timestamp(now.0 - (names.len() - index) as i64 * LONGEST * gap);
    let told = names.iter().enumerate().flat_map(|(index, story)| story.tell(seed, index, start(index), gap));
    told.collect()
}

/// The `nth` story after the backlog of `assets`, starting at `start`: what keeps the window alive.
pub fn live(seed: u64, assets: usize, nth: usize, start: Timestamp, gap: i64) -> Vec<StoryStep> {
    let index = assets + nth;
    let mut chance = Chance::of(seed, &[0x11FE, index as u64]);
    Story::drawn_for(index, &mut chance).tell(seed, index, start, gap)
}
