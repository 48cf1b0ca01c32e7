//! Deliveries in any number, for benches: each of another asset, all with pictures from a small set that can be drawn ahead.

use super::chance::Chance;
use super::link::Site;
use super::metadata;
use super::notice::{HookKind, Notice, Operation};
use super::payload::{self, Encoding, encode};
use super::picture::Picture;
use lysbord_clock::Timestamp;

pub struct Mint {
    seed: u64,
    pictures: Vec<Picture>,
}

impl Mint {
    /// With that many different pictures; at least one.
    pub fn new(seed: u64, pictures: usize) -> Self {
        let pictures =
            (0..pictures.max(1)).map(|index| metadata::asset(seed, index, Timestamp::default()).picture).collect();
        Self { seed, pictures }
    }

    /// What the tenant should draw before the clock starts: see [`Tenant::prepare`](super::Tenant::prepare).
    pub fn pictures(&self) -> &[Picture] {
        &self.pictures
    }

    /// The body of the `nth` *ingested*, as JSON on the wire.
    pub fn ingested(&self, nth: usize, site: &Site, now: Timestamp) -> String {
        let mut asset = metadata::asset(self.seed, nth, now);
        asset.picture = self.pictures[nth % self.pictures.len()];
        let notice = Notice {
            id: Chance::of(self.seed, &[0x3117, nth as u64]).uuid(),
            kind: HookKind::Ingested,
            created: now,
            operation: Some(Operation::Upload),
            previous_name: None,
            asset,
            wrapped: None,
            oddity: None,
        };
        encode(&payload::body(&notice, site, now), Encoding::Json)
    }
}
