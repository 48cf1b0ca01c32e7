//! The stories of the pretend tenant as deliveries, with what the user decides at the end of some.

use lysbord_core::fotoware::HookKind;
use lysbord_demo::{Encoding, Site, Story, StoryStep};

use super::gallery_cache::{Delivery, GalleryCache};
use crate::desk::NOON;

/// What the user decides, in terms of events by their place in the story as it was told.
#[derive(Clone, Copy, Debug)]
pub enum Deciding {
    /// The assets of these events are one.
    Join(&'static [usize]),
    /// With this event an asset of its own begins.
    Split(usize),
    /// The decision of that number, from 1, is taken back.
    Undo(i64),
}

/// A story with its deliveries as they were told, and what was decided when all were there.
#[derive(Clone, Debug)]
pub struct Told {
    pub name: String,
    pub steps: Vec<StoryStep>,
    pub deliveries: Vec<Delivery>,
    pub decisions: &'static [Deciding],
}

/// Stories in which the user helps, by the name under which each is kept.
const DECIDED: [(&str, Story, &[Deciding]); 8] = [
    ("joined over a missing rename", Story::LinkMissing, &[Deciding::Join(&[0, 2])]),
    ("joined and taken back", Story::LinkMissing, &[Deciding::Join(&[0, 2]), Deciding::Undo(1)]),
    ("split where a deletion never came", Story::IngestedTwice, &[Deciding::Split(1)]),
    ("split and joined again", Story::IngestedTwice, &[Deciding::Split(1), Deciding::Join(&[0, 1])]),
    ("two assets joined across clusters", Story::Nameless, &[Deciding::Join(&[0, 1])]),
    ("three assets under one name joined", Story::ReuseAfterDelete, &[Deciding::Join(&[0, 2, 5])]),
    ("joined, then split elsewhere", Story::ReuseAfterDelete, &[Deciding::Join(&[0, 2]), Deciding::Split(3)]),
    ("a swap split in two", Story::Swap, &[Deciding::Split(4), Deciding::Split(3)]),
];

/// Every story, and those in which the user decides.
pub fn all() -> Vec<Told> {
    let plain = Story::ALL.into_iter().map(|story| (story.name(), story, &[][..]));
    let told = plain.chain(DECIDED).enumerate();
    told.map(|(index, (name, story, decisions))| tell(name, story, index, decisions)).collect()
}

/// Each story is about assets of its own, so that all can be told to one library.
pub fn tell(name: &str, story: Story, index: usize, decisions: &'static [Deciding]) -> Told {
    let site = Site::new("https://dam.example", 1);
    let steps = story.tell(3, index, NOON, 60_000);
    let deliveries = steps.iter().map(|step| {
        let hook = HookKind::parse(step.kind().as_str()).unwrap();
        Delivery { hook, body: step.spelled(&site, NOON, Encoding::Json).0 }
    });
    Told { name: name.to_owned(), deliveries: deliveries.collect(), steps, decisions }
}

/// Decides when every delivery is there. `events` are their public ids, as they were told.
pub async fn decide(gallery_cache: &GalleryCache, decisions: &[Deciding], events: &[String]) {
    for decision in decisions {
        match decision {
            Deciding::Join(slots) => {
                let mut ids = Vec::new();
                for place in *slots {
                    ids.push(gallery_cache.asset_of(&events[*place]).await);
                }
                gallery_cache.library.join(ids, NOON).await.unwrap().unwrap();
            }
            Deciding::Split(place) => {
                let id = gallery_cache.asset_of(&events[*place]).await;
                gallery_cache.library.split(id, events[*place].clone(), NOON).await.unwrap().unwrap();
            }
            Deciding::Undo(number) => assert!(gallery_cache.library.undo(*number).await.unwrap()),
        }
    }
}
