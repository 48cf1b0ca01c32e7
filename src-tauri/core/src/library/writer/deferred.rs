//! Failed downloads of deliveries that are not projected yet. They are held in memory and written in the same
//! transaction as the event, which saves one write per picture. After a crash the rows still say *waiting*.

use std::collections::BTreeMap;

use crate::fotoware::Role;
use crate::library::store::ids::DeliveryId;
use crate::model::{MissingReason, Outcome, RenditionKey, RenditionOutcome};

/// The most that are held in memory.
const AT_MOST: usize = 200_000;

#[derive(Debug, Default)]
pub(in crate::library) struct DeferredFailures(BTreeMap<(i64, Role), MissingReason>);

impl DeferredFailures {
    /// Keeps failed downloads of deliveries above `projected`. Returns the rest, which must be written now.
    pub(in crate::library) fn hold_back(
        &mut self,
        mut settled: Vec<RenditionOutcome>,
        projected: DeliveryId,
    ) -> Vec<RenditionOutcome> {
        settled.retain(|RenditionOutcome { key, outcome }| match outcome {
            Outcome::Missing(reason) if key.delivery > projected.0 && self.0.len() < AT_MOST => {
                self.0.insert((key.delivery, key.role), *reason);
                false
            }
            _ => true,
        });
        settled
    }

    pub(in crate::library) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of deliveries up to `last`.
    pub(in crate::library) fn through(&self, last: DeliveryId) -> Vec<RenditionOutcome> {
        let due = self.0.iter().take_while(|((delivery, _), _)| *delivery <= last.0);
        due.map(|(&(delivery, role), &reason)| RenditionOutcome {
            key: RenditionKey { delivery, role },
            outcome: Outcome::Missing(reason),
        })
        .collect()
    }

    /// Drops those that are written.
    pub(in crate::library) fn forget(&mut self, written: &[RenditionOutcome]) {
        for RenditionOutcome { key, .. } in written {
            self.0.remove(&(key.delivery, key.role));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::{BlobHash, Format, Picture};

    fn missing(delivery: i64, role: Role) -> RenditionOutcome {
        RenditionOutcome { key: RenditionKey { delivery, role }, outcome: Outcome::Missing(MissingReason::RefusedHost) }
    }

    fn kept(delivery: i64, role: Role) -> RenditionOutcome {
        let hash = BlobHash::from_slice(&[7; 32]).unwrap();
        let picture = Picture { hash, format: Format::Jpeg, bytes: 1, width: 1, height: 1, flaw: None };
        let outcome = Outcome::Kept { picture, derived: false, took: Duration::ZERO };
        RenditionOutcome { key: RenditionKey { delivery, role }, outcome }
    }

    #[test]
    fn only_what_is_missing_from_what_nobody_sees_is_held_back() {
        let mut deferred_failures = DeferredFailures::default();
        let settled = vec![
            missing(3, Role::Preview),
            kept(3, Role::Thumbnail),
            missing(2, Role::Thumbnail),
            missing(4, Role::Large),
        ];
        let rest = deferred_failures.hold_back(settled, DeliveryId(2));
        assert_eq!(rest, [kept(3, Role::Thumbnail), missing(2, Role::Thumbnail)]);

        let due = deferred_failures.through(DeliveryId(3));
        assert_eq!(due, [missing(3, Role::Preview)]);
        deferred_failures.forget(&due);
        assert_eq!(deferred_failures.through(DeliveryId(9)), [missing(4, Role::Large)]);
    }

    #[test]
    fn what_is_held_back_is_bounded() {
        let mut deferred_failures = DeferredFailures::default();
        let many = (1..=AT_MOST as i64 + 5).map(|delivery| missing(delivery, Role::Thumbnail)).collect();
        assert_eq!(deferred_failures.hold_back(many, DeliveryId(0)).len(), 5);
    }
}
