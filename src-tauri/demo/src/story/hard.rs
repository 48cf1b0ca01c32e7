//! Stories that are hard on whoever keeps assets apart: several assets under few names, notices that are lost, late, torn
//! or told in one moment. Their words are few, so that what should come of them can be read.

use super::telling::Telling;
use super::{Links, Spelling, StepName, Story, StoryStep};
use crate::asset::{Archive, Asset, Doctype, Metadata, Pool, field};
use crate::metadata;
use crate::notice::{HookKind, Oddity, Operation};
use crate::picture::Picture;
use crate::scene::Subject;

const CAPTION: &str = "Fishing boats leaving the harbour at dawn.";
const LONGER: &str = "Fishing boats leaving the old harbour of Vardø at dawn.";

impl Telling {
    pub(super) fn tell_hard(&mut self) -> &mut Self {
        match self.story {
            Story::ThereAndBack => self
                .cast(&["harbour.jpg"])
                .ingest()
                .rename_to("vardo.jpg")
                .keywords(&["boats"])
                .rename_to("harbour.jpg")
                .keywords(&["boats", "dawn"]),
            Story::ChainBackwards => self
                .cast(&["a.jpg"])
                .ingest()
                .rename_to("b.jpg")
                .rename_to("c.jpg")
                .rename_to("d.jpg")
                .arrive_backwards(),
            Story::Swap => self
                .cast(&["left.jpg", "right.jpg"])
                .ingest()
                .turn_to(1)
                .ingest()
                .swap()
                .turn_to(0)
                .keywords(&["was left"]),
            Story::SwapAtOnce => self
                .cast(&["left.jpg", "right.jpg"])
                .ingest()
                .turn_to(1)
                .ingest()
                .wait()
                .stop_the_clock(Self::swap)
                .turn_to(0)
                .keywords(&["was left"]),
            Story::ReuseAfterDelete => self
                .cast(&["cover.jpg", "cover.jpg", "cover.jpg"])
                .ingest()
                .delete()
                .turn_to(1)
                .ingest()
                .keywords(&["second"])
                .delete()
                .turn_to(2)
                .ingest(),
            Story::ReuseAfterRename => self
                .cast(&["cover.jpg", "cover.jpg"])
                .ingest()
                .rename_to("cover-march.jpg")
                .turn_to(1)
                .ingest()
                .turn_to(0)
                .keywords(&["march"])
                .turn_to(1)
                .keywords(&["april"]),
            Story::RenameOntoDeleted => self
                .cast(&["draft.jpg", "final.jpg"])
                .ingest()
                .turn_to(1)
                .ingest()
                .delete()
                .turn_to(0)
                .rename_to("final.jpg")
                .keywords(&["kept"]),
            Story::FirstHalfMissing => self.cast(&["a.jpg"]).ingest().rename_to("b.jpg").keywords(&["late"]).lose(0),
            Story::LinkMissing => self
                .cast(&["a.jpg"])
                .ingest()
                .caption(CAPTION)
                .rename_to("b.jpg")
                .rename_to("c.jpg")
                .keywords(&["c"])
                .lose(2),
            Story::CaseOnly => self.cast(&["Harbour.JPG"]).ingest().rename_to("harbour.jpg").keywords(&["lower"]),
            Story::PercentEncoded => self
                .cast(&["Vardø 50%20.jpg"])
                .ingest()
                .rename_to("Kai på Vardø.jpg")
                .keywords(&["kai"])
                .oddly_last(Oddity::RawHrefs),
            Story::Decomposed => self
                .cast(&["cafe\u{301}.jpg"])
                .ingest()
                .spelled_as("caf\u{e9}.jpg")
                .keywords(&["composed"])
                .rename_to("th\u{e9}.jpg")
                .spelled_as("the\u{301}.jpg")
                .keywords(&["decomposed"]),
            Story::PoolIds => self
                .cast(&["press.jpg"])
                .on_premises()
                .ingest()
                .rename_to("presse.jpg")
                .through(Archive::PressDesk)
                .keywords(&["desk"]),
            Story::MovedWithUniqueId => self
                .cast(&["press.jpg", "press.jpg"])
                .lasting("6f1c8a52-lasting")
                .ingest()
                .moved_to("Archive/2026")
                .keywords(&["moved"])
                .turn_to(1)
                .ingest(),
            Story::BackAndForth => self
                .cast(&["press.jpg"])
                .through(Archive::MyUploads)
                .ingest()
                .through(Archive::AllFiles)
                .keywords(&["all"])
                .through(Archive::MyUploads)
                .keywords(&["all", "mine"]),
            Story::BeforeTold => self.cast(&["a.jpg"]).ingest().caption(CAPTION).renamed_silently("b.jpg").hold_back(0),
            Story::RestoreCaption => self.cast(&["harbour.jpg"]).ingest().caption(CAPTION).caption(LONGER).restore(),
            Story::RestoreFirst => self.cast(&["harbour.jpg"]).ingest().caption(LONGER).upload().restore_revision(0),
            Story::EditMissing => {
                self.cast(&["harbour.jpg"]).ingest().caption(CAPTION).caption(LONGER).keywords(&["dawn"]).lose(2)
            }
            Story::UploadMissing => self.cast(&["harbour.jpg"]).ingest().upload().caption(CAPTION).lose(1),
            Story::KeywordsReordered => self
                .cast(&["harbour.jpg"])
                .keyworded(&["boats", "dawn"])
                .ingest()
                .keywords(&["dawn", "boats"])
                .keywords(&["dawn"]),
            Story::Relabelled => self
                .cast(&["harbour.jpg"])
                .ingest()
                .keywords(&["boats"])
                .labelled(field::KEYWORDS, "Subject")
                .keywords(&["boats", "dawn"])
                .labelled(field::KEYWORDS, "Schlagworte"),
            Story::Unreadable => {
                self.cast(&["harbour.jpg"]).ingest().caption(CAPTION).spell(Spelling::Torn).keywords(&["dawn"])
            }
            Story::Form => {
                self.cast(&["harbour.jpg"]).ingest().spell(Spelling::Form).caption(CAPTION).spell(Spelling::Form)
            }
            Story::FlatForm => self
                .cast(&["harbour.jpg"])
                .ingest()
                .spell(Spelling::FlatForm)
                .keywords(&["dawn"])
                .rename_to("dawn.jpg")
                .spell(Spelling::FlatForm),
            Story::CatchAll => {
                self.cast(&["harbour.jpg"]).ingest().caption(CAPTION).click(HookKind::Marker).by_the_catch_all()
            }
            Story::VersionsMixed => self.cast(&["harbour.jpg"]).ingest().caption(CAPTION).bare().keywords(&["dawn"]),
            Story::ClicksBetween => self
                .cast(&["harbour.jpg"])
                .click(HookKind::Marker)
                .wait()
                .ingest()
                .click(HookKind::Action)
                .edited_silently(&["nobody told"])
                .click(HookKind::Marker)
                .caption(CAPTION)
                .click(HookKind::Action),
            Story::DeletedThenMarker => self.cast(&["harbour.jpg"]).ingest().delete().click(HookKind::Marker),
            Story::DeletedAndBack => self.cast(&["harbour.jpg"]).ingest().delete().keywords(&["back"]),
            Story::OnlyDeleted => self.cast(&["harbour.jpg"]).delete().delete(),
            Story::DeletedEarly => self.cast(&["harbour.jpg"]).ingest().caption(CAPTION).delete().arrive_backwards(),
            Story::IngestedAndDeletedAtOnce => {
                self.cast(&["harbour.jpg"]).stop_the_clock(|tell| tell.ingest().delete())
            }
            Story::EqualTimes => self.cast(&["a.jpg"]).stop_the_clock(|tell| {
                tell.ingest()
                    .keywords(&["one"])
                    .rename_to("b.jpg")
                    .rename_to("c.jpg")
                    .keywords(&["one", "two"])
                    .delete()
            }),
            Story::SentThrice => {
                self.cast(&["harbour.jpg"]).ingest().caption(CAPTION).say_again().say_again().keywords(&["dawn"])
            }
            Story::Nameless => self.cast(&["harbour.jpg"]).ingest().caption(CAPTION).oddly(|_| Oddity::Nameless),
            Story::IngestedTwice => {
                self.cast(&["cover.jpg", "cover.jpg"]).ingest().turn_to(1).ingest().keywords(&["second"])
            }
            // The everyday ones are told elsewhere.
            _ => self,
        }
    }

    /// The assets of the story, in one folder of its own.
    fn cast(&mut self, names: &[&str]) -> &mut Self {
        let subjects = [Subject::Harbour, Subject::Mountains, Subject::Lake];
        let cast = names.iter().enumerate().map(|(nth, name)| {
            let mut metadata = Metadata::new();
            let stem = name.split('.').next().unwrap_or_default();
            metadata.insert(field::TITLE, format!("{stem} {}", nth + 1).into());
            metadata.insert(field::BYLINE, vec!["Ingrid Solberg".to_owned()].into());
            let picture =
                Picture::new(subjects[nth % subjects.len()], self.asset.picture.seed.wrapping_add(nth as u32));
            let asset = Asset {
                archive: Archive::AllFiles,
                folder: metadata::story_folder(self.index),
                filename: (*name).to_owned(),
                picture,
                doctype: Doctype::Image,
                filesize: 4_200_000 + 1000 * nth as u64,
                metadata,
                ..self.asset.clone()
            };
            (asset, Vec::new())
        });
        self.cast = cast.collect();
        self.who = 0;
        self.asset = self.cast[0].0.clone();
        self
    }

    /// What is told from here on is about another one of the cast.
    fn turn_to(&mut self, who: usize) -> &mut Self {
        if who == self.who {
            return self;
        }
        self.later();
        let change_feed = std::mem::replace(&mut self.change_feed, std::mem::take(&mut self.cast[who].1));
        let asset = std::mem::replace(&mut self.asset, self.cast[who].0.clone());
        self.cast[self.who] = (asset, change_feed);
        self.who = who;
        self
    }

    fn swap(&mut self) -> &mut Self {
        self.turn_to(0).rename_to("aside.jpg").turn_to(1).rename_to("left.jpg").turn_to(0).rename_to("right.jpg")
    }

    fn wait(&mut self) -> &mut Self {
        self.later();
        self
    }

    fn stop_the_clock(&mut self, tell: impl Fn(&mut Self) -> &mut Self) -> &mut Self {
        let gap = std::mem::take(&mut self.gap);
        tell(self);
        self.gap = gap;
        self
    }

    fn caption(&mut self, caption: &str) -> &mut Self {
        let before = self.asset.clone();
        self.asset.set(field::CAPTION, caption);
        self.touch();
        self.modified(StepName::MetadataEdited, Operation::UpdateMetadata, Some(before))
    }

    fn keywords(&mut self, keywords: &[&str]) -> &mut Self {
        let before = self.asset.clone();
        self.asset.set(field::KEYWORDS, keywords);
        self.touch();
        self.modified(StepName::MetadataEdited, Operation::UpdateMetadata, Some(before))
    }

    /// It has them from the start.
    fn keyworded(&mut self, keywords: &[&str]) -> &mut Self {
        self.asset.set(field::KEYWORDS, keywords);
        self
    }

    /// Somebody did, and no notice told.
    fn edited_silently(&mut self, keywords: &[&str]) -> &mut Self {
        self.touch();
        self.keyworded(keywords)
    }

    /// `assetBefore` alone tells that the name is another one.
    fn renamed_silently(&mut self, name: &str) -> &mut Self {
        let before = self.asset.clone();
        name.clone_into(&mut self.asset.filename);
        self.touch();
        self.modified(StepName::MetadataEdited, Operation::UpdateMetadata, Some(before))
    }

    /// The same name, in other letters.
    fn spelled_as(&mut self, name: &str) -> &mut Self {
        name.clone_into(&mut self.asset.filename);
        self
    }

    fn through(&mut self, archive: Archive) -> &mut Self {
        self.asset.archive = archive;
        self
    }

    fn on_premises(&mut self) -> &mut Self {
        self.asset.pool = Pool::OnPremises;
        self
    }

    fn lasting(&mut self, unique_id: &str) -> &mut Self {
        unique_id.clone_into(&mut self.asset.unique_id);
        self
    }

    /// Fotoware tells nothing of a move (docs/fotoware.md 4).
    fn moved_to(&mut self, folder: &str) -> &mut Self {
        self.asset.folder = format!("{}/{folder}", self.asset.folder);
        self
    }

    /// That notice never comes.
    fn lose(&mut self, step: usize) -> &mut Self {
        self.steps.remove(step);
        self
    }

    /// That notice comes after all others, with the URLs of its time.
    fn hold_back(&mut self, step: usize) -> &mut Self {
        let held = self.steps.remove(step);
        self.steps.push(StoryStep { links: Links::FromCreation, ..held });
        self
    }

    fn spell(&mut self, spelling: Spelling) -> &mut Self {
        self.last(|step| step.spelling = spelling)
    }

    fn bare(&mut self) -> &mut Self {
        self.last(|step| step.notice.wrapped = None)
    }

    fn oddly_last(&mut self, oddity: Oddity) -> &mut Self {
        self.last(|step| step.notice.oddity = Some(oddity))
    }

    fn labelled(&mut self, field: u16, label: &'static str) -> &mut Self {
        self.last(|step| {
            if let Some(wrapped) = &mut step.notice.wrapped {
                wrapped.label = Some((field, label));
            }
        })
    }

    fn by_the_catch_all(&mut self) -> &mut Self {
        for step in &mut self.steps {
            step.notice.kind = HookKind::Any;
        }
        self
    }

    fn last(&mut self, change: impl FnOnce(&mut StoryStep)) -> &mut Self {
        if let Some(last) = self.steps.last_mut() {
            change(last);
        }
        self
    }
}
