//! Makes events, assets and versions from deliveries. What the library shows is made here and nowhere else, so that
//! the same deliveries give the same library in whatever order they came.

mod asset_states;
pub(in crate::library) mod clusters;
pub(in crate::library) mod cursor;
pub(in crate::library) mod identity_replay;
pub(in crate::library) mod pictures;
pub(in crate::library) mod search_index;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, Transaction};

use crate::fotoware::{AssetState, Before, EventKind, IdentityKey, Notice, changes_between, hex};
use crate::library::error::LibraryError;
use crate::library::projection::identity_replay::{AssetHistory, Decisions};
use crate::library::store::decisions;
use crate::library::store::deliveries;
use crate::library::store::deliveries::{Portion, StoredDelivery};
use crate::library::store::event_counts;
use crate::library::store::events;
use crate::library::store::events::{Changed, ClusterEvent, EventFacts, EventPlacement, Place};
use crate::library::store::ids::{AssetId, DeliveryId, EventId};
use crate::library::store::placement::PlacedStep;
use crate::library::store::set_aside::{self, SetAside, Why};
use crate::library::store::words::AssetStatus;
use crate::library::store::{assets, connection, field_labels, followers, renditions};

/// Projects a portion of the log, and notes that the projection has reached `through`. Returns the public ids of the
/// assets that changed. If one delivery fails, the whole portion does.
pub(in crate::library) fn project_portion(
    transaction: &Transaction<'_>,
    portion: &Portion,
    through: DeliveryId,
    large_px: u32,
) -> Result<Vec<String>, LibraryError> {
    let changed = project(transaction, &portion.events, large_px)?;
    pass_over(transaction, portion)?;
    reached(transaction, through)?;
    Ok(changed)
}

/// As [`project_portion`], but each delivery in a savepoint: one that fails is set aside.
pub(in crate::library) fn project_one_by_one(
    transaction: &Transaction<'_>,
    portion: &Portion,
    through: DeliveryId,
    large_px: u32,
) -> Result<Vec<String>, LibraryError> {
    let mut changed = Vec::new();
    for delivery in &portion.events {
        changed.extend(project_alone(transaction, delivery, large_px)?);
    }
    pass_over(transaction, portion)?;
    reached(transaction, through)?;
    Ok(changed)
}

/// Projects a portion at once, and if a delivery makes that fail, one by one.
pub(in crate::library) fn follow(
    transaction: &Transaction<'_>,
    portion: &Portion,
    through: DeliveryId,
    large_px: u32,
) -> Result<Vec<String>, LibraryError> {
    match connection::alone(transaction, || project_portion(transaction, portion, through, large_px)) {
        Err(error) if !error.is_of_the_place() && !transaction.is_autocommit() => {
            project_one_by_one(transaction, portion, through, large_px)
        }
        projected => projected,
    }
}

/// Tries deliveries again that were set aside. Returns the public ids of the assets that changed.
pub(in crate::library) fn try_again(
    transaction: &Transaction<'_>,
    set_aside: &[DeliveryId],
    large_px: u32,
) -> Result<Vec<String>, LibraryError> {
    let mut changed = Vec::new();
    for id in set_aside {
        match deliveries::event(transaction, *id)? {
            Some(Ok(delivery)) => {
                changed.extend(project_alone(transaction, &delivery, large_px)?);
                followers::take_back(transaction, followers::THUMBNAILS, *id)?;
            }
            Some(Err(still)) => set_aside::write(transaction, set_aside::TABLE, &still)?,
            None => set_aside::forget(transaction, *id)?,
        }
    }
    Ok(changed)
}

/// Projects one delivery, from anywhere in the log. If it fails for a reason of its own its changes are undone, and it
/// is set aside. Other failures, such as a full disk, are errors.
pub(in crate::library) fn project_alone(
    transaction: &Transaction<'_>,
    delivery: &StoredDelivery,
    large_px: u32,
) -> Result<Vec<String>, LibraryError> {
    // While it was set aside another may have come that told the same.
    if !events::known_among(transaction, std::iter::once(delivery.dedupe))?.is_empty() {
        deliveries::is_duplicate(transaction, delivery.id)?;
        set_aside::forget(transaction, delivery.id)?;
        return Ok(Vec::new());
    }
    let projected = connection::alone(transaction, || project(transaction, std::slice::from_ref(delivery), large_px));
    match projected {
        Ok(changed) => {
            set_aside::forget(transaction, delivery.id)?;
            Ok(changed)
        }
        Err(error) if error.is_of_the_place() || transaction.is_autocommit() => Err(error),
        Err(error) => {
            let reason = error.to_string();
            let (id, dedupe) = (delivery.id, Some(delivery.dedupe));
            let failed = SetAside { delivery: id, why: Why::Failed, dedupe, reason };
            set_aside::write(transaction, set_aside::TABLE, &failed)?;
            Ok(Vec::new())
        }
    }
}

fn pass_over(transaction: &Transaction<'_>, portion: &Portion) -> Result<(), LibraryError> {
    portion.set_aside.iter().try_for_each(|passed| set_aside::write(transaction, set_aside::TABLE, passed))
}

/// Stores how far the projection has come.
fn reached(transaction: &Transaction<'_>, through: DeliveryId) -> Result<(), LibraryError> {
    followers::reached(transaction, followers::PROJECTION, through)
}

/// Makes events, assets and versions of some deliveries. Returns the public ids of the assets that changed.
fn project(
    transaction: &Transaction<'_>,
    deliveries: &[StoredDelivery],
    large_px: u32,
) -> Result<Vec<String>, LibraryError> {
    let decisions = user_decisions(transaction)?;
    let mut touched = BTreeSet::new();
    let mut insert = transaction.prepare_cached(&EventFacts::insert_into("events"))?;
    for delivery in deliveries {
        let cluster = clusters::join(transaction, delivery.id.into(), &keys_of(delivery, &decisions))?;
        let event = ClusterEvent::of(delivery)?;
        let told = EventFacts::of(delivery, &event)?;
        told.write(&mut insert, cluster, None)?;
        told.facet().1.remember(transaction)?;
        event_counts::count(transaction, event.step.created_ms)?;
        learn_labels(transaction, delivery)?;
        if let Some(pictures) = &delivery.pictures {
            renditions::expect(transaction, delivery.id.into(), pictures, large_px)?;
        }
        touched.insert(delivery.id);
    }

    let clusters: BTreeSet<i64> =
        touched.iter().map(|id| events::cluster(transaction, (*id).into())).collect::<Result<_, _>>()?;
    let fresh = at_hand(deliveries);
    let mut changed = Vec::new();
    for cluster in clusters {
        changed.extend(trace(transaction, cluster, &decisions, &fresh)?);
    }
    Ok(changed)
}

/// All decisions of the user, for a replay.
pub(in crate::library) fn user_decisions(connection: &Connection) -> Result<Decisions, LibraryError> {
    Ok(Decisions::new(decisions::load(connection)?))
}

/// Replays a cluster whose decisions changed. Returns the public ids of the assets it has now.
pub(in crate::library) fn retrace(transaction: &Transaction<'_>, cluster: i64) -> Result<Vec<String>, LibraryError> {
    trace(transaction, cluster, &user_decisions(transaction)?, &Fresh::new())
}

/// The identity keys of an event: events that share one are in the same cluster. Never empty.
pub(in crate::library) fn keys_of(delivery: &StoredDelivery, decisions: &Decisions) -> Vec<IdentityKey> {
    let mut keys: Vec<_> = delivery.notice.identity.keys().collect();
    if keys.is_empty() {
        keys.push(IdentityKey::of_nameless(&delivery.dedupe));
    }
    keys.extend(decisions.joining(&hex(&delivery.dedupe)).map(IdentityKey::of_decision));
    keys
}

fn learn_labels(transaction: &Transaction<'_>, delivery: &StoredDelivery) -> Result<(), LibraryError> {
    let notice = &delivery.notice;
    if notice.labels.is_empty() {
        return Ok(());
    }
    field_labels::learn(transaction, &notice.tenant, notice.created.map_or(0, |created| created.0), &notice.labels)
}

/// Notices in memory, so that they are not read from the log again.
pub(in crate::library) type Fresh<'a> = HashMap<EventId, &'a Notice>;

/// The notices of some deliveries, by event.
pub(in crate::library) fn at_hand(deliveries: &[StoredDelivery]) -> Fresh<'_> {
    deliveries.iter().map(|delivery| (delivery.id.into(), &*delivery.notice)).collect()
}

/// The asset's state as an event's notice described it, from memory or from the log.
pub(in crate::library) fn state_of<'a>(
    connection: &Connection,
    event: EventId,
    fresh: &Fresh<'a>,
) -> Result<Option<Cow<'a, AssetState>>, LibraryError> {
    Ok(match fresh.get(&event) {
        Some(notice) => Some(Cow::Borrowed(&notice.state)),
        None => events::state(connection, event)?.map(Cow::Owned),
    })
}

/// Looks up the id that an asset had before a rebuild, by its public id.
pub(in crate::library) type Numbers<'a> = &'a dyn Fn(&str) -> Result<Option<AssetId>, LibraryError>;

/// Writes a new cluster (assets, states, changes, labels) during a rebuild. Event rows are not written here: the
/// rebuild writes them later in log order, with the placements passed to `keep`.
pub(in crate::library) fn make(
    transaction: &Transaction<'_>,
    cluster: i64,
    (deliveries, events): (&[StoredDelivery], &[ClusterEvent]),
    decisions: &Decisions,
    numbers: Numbers<'_>,
    keep: impl Fn(EventId, EventPlacement),
) -> Result<(), LibraryError> {
    let put = |event: &ClusterEvent, place: Place<'_>| {
        keep(event.step.event, place.placed());
        place.changed.map_or(Ok(()), |changed| events::tell_changes(transaction, event, &changed.changes))
    };
    let replay = Replay { transaction, cluster, decisions, fresh: &at_hand(deliveries), numbers };
    replay.write(events, HashMap::new(), put)?;
    deliveries.iter().try_for_each(|delivery| learn_labels(transaction, delivery))
}

/// Replays a cluster and writes what differs from before. Returns the public ids of the assets it has now.
fn trace(
    transaction: &Transaction<'_>,
    cluster: i64,
    decisions: &Decisions,
    fresh: &Fresh<'_>,
) -> Result<Vec<String>, LibraryError> {
    let events = events::of_cluster(transaction, cluster)?;
    let known = assets::of_cluster(transaction, cluster)?;
    let put = |event: &ClusterEvent, Place { asset, step, changed }: Place<'_>| {
        if !event.is_placed(asset, step) {
            events::place(transaction, asset, step)?;
        }
        changed.map_or(Ok(()), |changed| events::write_changes(transaction, event, &changed))
    };
    Replay { transaction, cluster, decisions, fresh, numbers: &|_| Ok(None) }.write(&events, known, put)
}

/// The replay of one cluster.
struct Replay<'a> {
    transaction: &'a Transaction<'a>,
    cluster: i64,
    decisions: &'a Decisions,
    fresh: &'a Fresh<'a>,
    numbers: Numbers<'a>,
}

impl Replay<'_> {
    /// Writes the assets of the cluster and their histories. `gone` are the assets that it had, by public id: those
    /// that it has no longer are removed. `put` stores where an event belongs and what it changed.
    fn write(
        &self,
        events: &[ClusterEvent],
        mut gone: HashMap<String, AssetId>,
        put: impl Fn(&ClusterEvent, Place<'_>) -> Result<(), LibraryError>,
    ) -> Result<Vec<String>, LibraryError> {
        let transaction = self.transaction;
        let by_id: HashMap<_, _> = events.iter().map(|event| (event.step.event, event)).collect();
        let histories =
            identity_replay::replay(events.iter().map(|event| event.step.clone()).collect(), self.decisions);
        let mut placed = Vec::with_capacity(histories.len());
        for history in &histories {
            let told: Vec<&ClusterEvent> = history.steps.iter().map(|step| by_id[&step.event]).collect();
            let summary = sum_up(history, &told);
            let state = state_of(transaction, summary.shown, self.fresh)?.unwrap_or_default();
            let known = match gone.remove(&history.public_id) {
                None => (self.numbers)(&history.public_id)?,
                known => known,
            };
            let asset = assets::write(transaction, known, self.cluster, &summary, &state)?;
            for (step, event) in history.steps.iter().zip(&told) {
                let makes_another_version = step.opens_version && event.follows_another(step);
                let changed = makes_another_version.then(|| self.changed_by(event, step)).transpose()?;
                put(event, Place { asset, step, changed })?;
            }
            placed.push((asset, history, told));
        }
        // Pictures are chosen among an asset's events, so all must be in their places first.
        for (asset, history, told) in placed {
            match asset_states::write(transaction, asset, history, &told)? {
                Some(pictures) => assets::show_pictures(transaction, asset, &pictures)?,
                None => pictures::choose_pictures(transaction, asset)?,
            }
        }
        for asset in gone.into_values() {
            assets::remove(transaction, asset)?;
        }
        Ok(histories.into_iter().map(|history| history.public_id).collect())
    }

    /// What a version changed against the version before; if none is known, against the state before that its own
    /// notice describes. `gap` is set if these two disagree.
    fn changed_by(&self, event: &ClusterEvent, step: &PlacedStep) -> Result<Changed, LibraryError> {
        let state_of = |event| state_of(self.transaction, event, self.fresh);
        let read;
        let notice = match self.fresh.get(&step.event) {
            _ if event.step.kind != EventKind::Modified => None,
            Some(notice) => Some(*notice),
            None => {
                read = deliveries::notice(self.transaction, step.event.into())?;
                read.as_ref()
            }
        };
        let told = notice.map(Before::of).unwrap_or_default();
        let kept = step.previous.map(state_of).transpose()?.flatten();
        let gap = told.disagrees_with(kept.as_deref());
        let changes = match kept.or(told.state.map(Cow::Borrowed)).zip(state_of(step.event)?) {
            Some((before, after)) => changes_between(&before, &after),
            None => Vec::new(),
        };
        Ok(Changed { changes, gap })
    }
}

fn sum_up<'a>(history: &'a AssetHistory, told: &[&'a ClusterEvent]) -> assets::Summary<'a> {
    // The last version's state stands for the asset: a deletion takes nothing away, a click adds nothing.
    let shown = history.steps.iter().rposition(|step| step.opens_version).unwrap_or(0);
    let last = told[told.len() - 1];
    let mut names: Vec<&str> = Vec::new();
    for event in told.iter().rev().filter(|event| !event.filename.is_empty()) {
        if !names.contains(&event.filename.as_str()) {
            names.push(&event.filename);
        }
    }
    assets::Summary {
        public_id: &history.public_id,
        status: AssetStatus::of(history.deleted),
        change: last.change,
        last_ms: last.step.created_ms,
        shown: history.steps[shown].event,
        ratio: told.iter().rev().find_map(|event| event.ratio),
        first_seen_ms: told.iter().map(|event| event.received_ms).min().unwrap_or_default(),
        last_seen_ms: told.iter().map(|event| event.received_ms).max().unwrap_or_default(),
        version_count: history.steps.iter().filter(|step| step.opens_version).count(),
        names,
    }
}
