//! What an export is narrowed to.

use fixedbitset::FixedBitSet;

use crate::clock::Timestamp;
use crate::library::{AssetId, AssetsToExport, EventFilter, EventId, Filter, LibraryError, LogFilter, Snapshot, Sort};

/// Which assets; of events and changes, those of these assets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    All,
    Search(Filter),
    /// By public id, in this order.
    Selection(Vec<String>),
    /// What the list of events shows: these events and what they changed, or the assets that they are of.
    Events(EventFilter),
    /// What the log of deliveries shows.
    Deliveries(LogFilter),
}

impl Scope {
    /// Of deliveries; `None` for what narrows assets or events.
    pub(super) fn deliveries(&self) -> Option<&LogFilter> {
        match self {
            Self::Deliveries(filter) => Some(filter),
            Self::All | Self::Search(_) | Self::Selection(_) | Self::Events(_) => None,
        }
    }

    /// The assets with the moment at which they are shown.
    pub(super) fn assets(&self, now: &Snapshot<'_>, at: Option<Timestamp>) -> Result<AssetsToExport, LibraryError> {
        Ok(match (self, at) {
            (Self::All, None) => AssetsToExport::AllNow,
            (_, None) => AssetsToExport::Now(chosen(now, self, at)?),
            (_, Some(at)) => AssetsToExport::AsOf(chosen(now, self, Some(at))?, at),
        })
    }
}

/// The assets of a scope, newest first, or as they were selected.
fn chosen(now: &Snapshot<'_>, scope: &Scope, at: Option<Timestamp>) -> Result<Vec<AssetId>, LibraryError> {
    Ok(match scope {
        Scope::All | Scope::Deliveries(_) => in_gallery_order(now, &Filter { at, ..Filter::default() })?,
        Scope::Search(filter) => in_gallery_order(now, &Filter { at, ..filter.clone() })?,
        Scope::Selection(ids) => {
            let found: Result<Vec<_>, _> = ids.iter().map(|id| now.assets().id_of(id)).collect();
            found?.into_iter().flatten().collect()
        }
        Scope::Events(filter) => {
            let assets = now.export().assets_of_events(&now.events().all(filter)?)?;
            let mut all = in_gallery_order(now, &Filter { at, ..Filter::default() })?;
            all.retain(|asset| assets.contains(asset.0 as usize));
            all
        }
    })
}

fn in_gallery_order(now: &Snapshot<'_>, filter: &Filter) -> Result<Vec<AssetId>, LibraryError> {
    let places = now.gallery().slots(filter, Sort::Newest)?;
    Ok(places.into_iter().map(|place| place.asset).collect())
}

/// The events that are exported, or whose changes are.
pub(super) enum Chosen {
    All,
    /// Those of these assets.
    OfAssets(FixedBitSet),
    These(FixedBitSet),
}

impl Chosen {
    pub(super) fn of(now: &Snapshot<'_>, scope: &Scope, at: Option<Timestamp>) -> Result<Self, LibraryError> {
        Ok(match scope {
            Scope::All | Scope::Deliveries(_) => Self::All,
            Scope::Events(filter) => Self::These(now.events().all(filter)?),
            Scope::Search(_) | Scope::Selection(_) => {
                let mut these = FixedBitSet::new();
                for asset in chosen(now, scope, at)? {
                    these.grow_and_insert(asset.0 as usize);
                }
                Self::OfAssets(these)
            }
        })
    }

    /// An event may belong to no asset.
    pub(super) fn has(&self, event: EventId, asset: Option<AssetId>) -> bool {
        match self {
            Self::All => true,
            Self::OfAssets(these) => asset.is_some_and(|asset| these.contains(asset.0 as usize)),
            Self::These(these) => these.contains(event.0 as usize),
        }
    }

    /// How many events there are up to a moment.
    pub(super) fn count(&self, now: &Snapshot<'_>, at: Option<Timestamp>) -> Result<usize, LibraryError> {
        match self {
            Self::All => Ok(now.events().count_until(at)? as usize),
            Self::OfAssets(_) | Self::These(_) => now.export().count_events(at, |event, asset| self.has(event, asset)),
        }
    }

    /// How many fields they changed.
    pub(super) fn count_changes(&self, now: &Snapshot<'_>, at: Option<Timestamp>) -> Result<usize, LibraryError> {
        now.export().count_changes(at, |event, asset| self.has(event, asset))
    }
}
