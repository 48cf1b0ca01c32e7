//! How each story goes, step by step.

use super::{Links, Spelling, StepName, Story, StoryStep};
use crate::asset::{Archive, Asset, field};
use crate::chance::Chance;
use crate::metadata;
use crate::notice::{HookKind, Notice, Oddity, Operation, Wrapped};
use lysbord_clock::Timestamp;

/// An asset's life so far.
pub(super) struct Telling {
    pub(super) story: Story,
    chance: Chance,
    pub(super) asset: Asset,
    now: Timestamp,
    pub(super) gap: i64,
    pub(super) index: usize,
    renames: usize,
    pub(super) steps: Vec<StoryStep>,
    /// What the asset was after each change, for restoring it.
    pub(super) change_feed: Vec<Asset>,
    /// The assets of a story about several, and which of them is being told of.
    pub(super) cast: Vec<(Asset, Vec<Asset>)>,
    pub(super) who: usize,
}

impl Telling {
    pub(super) fn new(story: Story, seed: u64, index: usize, start: Timestamp, gap: i64) -> Self {
        Self {
            story,
            chance: Chance::of(seed, &[0x7A1E, index as u64]),
            asset: metadata::asset(seed, index, start),
            now: start,
            gap,
            index,
            renames: 0,
            steps: Vec::new(),
            change_feed: Vec::new(),
            cast: Vec::new(),
            who: 0,
        }
    }

    pub(super) fn tell(mut self) -> Vec<StoryStep> {
        match self.story {
            Story::IngestOnly => self.ingest(),
            Story::CaptionAndKeywords => self.ingest().edit_caption().edit_keywords(),
            Story::Rename => self.ingest().rename(),
            Story::RenameChain => self.ingest().rename().edit_keywords().rename().rename(),
            Story::NewVersion => self.ingest().edit_caption().upload(),
            Story::Restore => self.ingest().upload().restore(),
            Story::Delete => self.ingest().edit_keywords().delete(),
            Story::Duplicate => self.ingest().say_again().edit_caption().say_again(),
            Story::LateAndReordered => self.ingest().edit_caption().rename().upload().arrive_backwards(),
            Story::UnknownOperation => self.ingest().apply_unknown(),
            Story::MissingKeys => self.ingest().edit_caption().oddly(|_| Oddity::MissingKeys),
            Story::NullKeys => self.ingest().edit_caption().oddly(|_| Oddity::NullKeys),
            Story::NumbersAsStrings => self.ingest().edit_keywords().oddly(|_| Oddity::SwappedNumbers),
            Story::DateDecimals => {
                self.ingest().edit_caption().edit_keywords().oddly(|step| Oddity::Decimals([0, 6, 3][step % 3]))
            }
            Story::EmptyThenCompleted => self.ingest_empty().complete(),
            Story::TwoArchives => self.ingest_as_upload().edit_caption(),
            Story::VersionOne => self.ingest().edit_caption().edit_keywords().unwrapped(),
            Story::MarkerAndAction => self.ingest().click(HookKind::Marker).click(HookKind::Action),
            Story::LongLife => self
                .ingest()
                .edit_caption()
                .edit_keywords()
                .upload()
                .rename()
                .edit_keywords()
                .upload()
                .restore()
                .edit_caption(),
            _ => self.tell_hard(),
        };
        self.steps
    }

    pub(super) fn ingest(&mut self) -> &mut Self {
        let notice = self.notice(HookKind::Ingested, Some(Operation::Upload));
        self.push(StepName::Ingested, notice)
    }

    /// At ingest the metadata may not be there yet (docs/fotoware.md 4).
    fn ingest_empty(&mut self) -> &mut Self {
        let complete = std::mem::take(&mut self.asset.metadata);
        self.ingest();
        self.asset.metadata = complete;
        self
    }

    /// The ingest names the uploads, what follows the archive where the file ends up (docs/fotoware.md 4).
    fn ingest_as_upload(&mut self) -> &mut Self {
        let home = std::mem::replace(&mut self.asset.archive, Archive::MyUploads);
        self.ingest();
        self.asset.archive = if home == Archive::MyUploads { Archive::AllFiles } else { home };
        self
    }

    fn complete(&mut self) -> &mut Self {
        let mut before = self.asset.clone();
        before.metadata.clear();
        self.touch();
        self.modified(StepName::MetadataEdited, Operation::UpdateMetadata, Some(before))
    }

    fn edit_caption(&mut self) -> &mut Self {
        let before = self.asset.clone();
        let caption = metadata::edited_caption(&self.asset, &mut self.chance);
        self.asset.set(field::CAPTION, caption);
        if self.chance.one_in(3) {
            self.asset.set(field::RATING, "5");
        }
        self.touch();
        self.modified(StepName::MetadataEdited, Operation::UpdateMetadata, Some(before))
    }

    fn edit_keywords(&mut self) -> &mut Self {
        let before = self.asset.clone();
        let keywords = metadata::further_keywords(&self.asset, &mut self.chance);
        self.asset.set(field::KEYWORDS, keywords);
        self.touch();
        self.modified(StepName::MetadataEdited, Operation::UpdateMetadata, Some(before))
    }

    fn rename(&mut self) -> &mut Self {
        let name = metadata::desk_name(&self.asset, self.renames);
        self.renames += 1;
        self.rename_to(&name)
    }

    pub(super) fn rename_to(&mut self, name: &str) -> &mut Self {
        let name = name.to_owned();
        let previous = std::mem::replace(&mut self.asset.filename, name);
        self.asset.change_feed += 1;
        self.touch();
        let mut notice = self.notice(HookKind::Modified, Some(Operation::Rename));
        notice.previous_name = Some(previous);
        notice.wrapped = Some(Wrapped { before: None, label: None });
        self.push(StepName::Renamed, notice)
    }

    pub(super) fn upload(&mut self) -> &mut Self {
        let before = self.asset.clone();
        self.asset.picture = self.asset.picture.retouched();
        self.asset.filesize = self.asset.filesize / 10 * 9 + self.chance.below(90_000) as u64;
        self.asset.change_feed += 1;
        self.touch();
        self.modified(StepName::NewVersion, Operation::Upload, Some(before))
    }

    /// To the revision before this one.
    pub(super) fn restore(&mut self) -> &mut Self {
        self.restore_revision(self.change_feed.len().saturating_sub(2))
    }

    /// The file and its metadata are what they were, under the name of today.
    pub(super) fn restore_revision(&mut self, revision: usize) -> &mut Self {
        if let Some(Asset { picture, filesize, metadata, .. }) = self.change_feed.get(revision).cloned() {
            self.asset = Asset { picture, filesize, metadata, ..self.asset.clone() };
        }
        self.asset.change_feed += 1;
        self.touch();
        self.modified(StepName::Restored, Operation::RestoreRevision, None)
    }

    fn apply_unknown(&mut self) -> &mut Self {
        self.asset.set(field::NOTES, "Preset: newspaper, coated");
        self.touch();
        self.modified(StepName::UnknownOperation, Operation::Unknown, None);
        self.oddly(|_| Oddity::UnknownKeys)
    }

    pub(super) fn delete(&mut self) -> &mut Self {
        self.later();
        let notice = self.notice(HookKind::Deleted, None);
        self.push(StepName::Deleted, notice)
    }

    pub(super) fn click(&mut self, kind: HookKind) -> &mut Self {
        self.later();
        let notice = self.notice(kind, None);
        let what = if kind == HookKind::Marker { StepName::MarkerClicked } else { StepName::ActionRun };
        self.push(what, notice)
    }

    /// A slow answer counts as none, so the same notice comes again under the same id (docs/fotoware.md 5).
    pub(super) fn say_again(&mut self) -> &mut Self {
        if let Some(last) = self.steps.last() {
            let again = StoryStep { what: StepName::SaidAgain, ..last.clone() };
            self.steps.push(again);
        }
        self
    }

    /// After an outage retries come in any order, with the URLs of long ago. Here the newest is in time, and the rest is late.
    pub(super) fn arrive_backwards(&mut self) -> &mut Self {
        self.steps.reverse();
        for step in self.steps.iter_mut().skip(1) {
            step.links = Links::FromCreation;
        }
        self
    }

    pub(super) fn oddly(&mut self, oddity: impl Fn(usize) -> Oddity) -> &mut Self {
        for (at, step) in self.steps.iter_mut().enumerate() {
            step.notice.oddity = Some(oddity(at));
        }
        self
    }

    /// *Modified* configured as version 1: the bare asset.
    fn unwrapped(&mut self) -> &mut Self {
        for step in &mut self.steps {
            step.notice.wrapped = None;
        }
        self
    }

    pub(super) fn modified(&mut self, what: StepName, operation: Operation, before: Option<Asset>) -> &mut Self {
        let mut notice = self.notice(HookKind::Modified, Some(operation));
        notice.wrapped = Some(Wrapped { before, label: None });
        self.push(what, notice)
    }

    fn notice(&mut self, kind: HookKind, operation: Option<Operation>) -> Notice {
        Notice {
            id: self.chance.uuid(),
            kind,
            created: self.now,
            operation,
            previous_name: None,
            asset: self.asset.clone(),
            wrapped: None,
            oddity: None,
        }
    }

    fn push(&mut self, what: StepName, notice: Notice) -> &mut Self {
        self.change_feed.push(notice.asset.clone());
        self.steps.push(StoryStep {
            story: self.story,
            what,
            notice,
            links: Links::FreshWhenSent,
            spelling: Spelling::AsAsked,
        });
        self
    }

    /// Someone works on the file: time has gone by, and Fotoware notes it.
    pub(super) fn touch(&mut self) {
        self.later();
        self.asset.edits += 1;
        // To the second, and a little before the hook fires, as captured.
        self.asset.modified = Timestamp((self.now.0 - 700).div_euclid(1000) * 1000);
    }

    pub(super) fn later(&mut self) {
        self.now.0 += self.gap * 7 / 10 + self.chance.below((self.gap * 6 / 10).max(1) as usize) as i64;
    }
}
