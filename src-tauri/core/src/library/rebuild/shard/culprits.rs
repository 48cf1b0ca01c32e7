//! Which deliveries make a replay fail. It is rare, so each cluster is replayed once more by itself, and where it
//! fails, the first delivery is looked for with which it does: that one is left out, as it would be set aside when it
//! comes.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use super::{lay_out, note_differences};
use crate::library::error::LibraryError;
use crate::library::projection;
use crate::library::projection::identity_replay::Decisions;
use crate::library::rebuild::LeftOut;
use crate::library::rebuild::log::{Cluster, Log};
use crate::library::store::deliveries::StoredDelivery;
use crate::library::store::events::ClusterEvent;
use crate::library::store::set_aside::{SetAside, Why};
use crate::supervise::caught;

/// Looks for them among some clusters. If there are none, it was something else: that error is returned.
pub(super) fn among(
    path: &Path,
    library: &Path,
    log: &Log,
    clusters: &[Cluster],
    failure: LibraryError,
) -> Result<LeftOut, LibraryError> {
    fs::remove_file(path)?;
    let connection = lay_out(path, library)?;
    // Each attempt is taken back.
    connection.pragma_update(Some("main"), "journal_mode", "memory")?;
    let trial = Trial { decisions: projection::user_decisions(&connection)?, connection };
    let mut replays = log.replays()?;
    let mut culprits = LeftOut::new();
    for cluster in clusters {
        let (mut deliveries, mut events) = log.read(cluster, &mut replays)?;
        while let Err(error) = trial.replay(cluster.id, &deliveries, &events) {
            if error.is_of_the_place() {
                return Err(error);
            }
            let (at, reason) = trial.first_that_fails(cluster.id, &deliveries, &events, error)?;
            let (delivery, _) = (deliveries.remove(at), events.remove(at));
            let StoredDelivery { id, dedupe, .. } = delivery;
            culprits.insert(id, SetAside { delivery: id, why: Why::Failed, dedupe: Some(dedupe), reason });
        }
    }
    if culprits.is_empty() { Err(failure) } else { Ok(culprits) }
}

struct Trial {
    connection: Connection,
    decisions: Decisions,
}

impl Trial {
    /// Replays a cluster and takes it back.
    fn replay(&self, cluster: i64, deliveries: &[StoredDelivery], events: &[ClusterEvent]) -> Result<(), LibraryError> {
        let transaction = self.connection.unchecked_transaction()?;
        caught(|| {
            projection::make(&transaction, cluster, (deliveries, events), &self.decisions, &|_| Ok(None), |_, _| {})?;
            note_differences(&transaction, cluster, &projection::at_hand(deliveries))
        })?
    }

    /// The first in order of arrival with which the replay fails, and how. All of them fail with `error`.
    fn first_that_fails(
        &self,
        cluster: i64,
        deliveries: &[StoredDelivery],
        events: &[ClusterEvent],
        error: LibraryError,
    ) -> Result<(usize, String), LibraryError> {
        // So many succeed, and so many fail.
        let (mut succeed, mut fail, mut reason) = (0, deliveries.len(), error.to_string());
        while fail - succeed > 1 {
            let middle = succeed + (fail - succeed) / 2;
            match self.replay(cluster, &deliveries[..middle], &events[..middle]) {
                Ok(()) => succeed = middle,
                Err(error) if error.is_of_the_place() => return Err(error),
                Err(error) => (fail, reason) = (middle, error.to_string()),
            }
        }
        Ok((succeed, reason))
    }
}
