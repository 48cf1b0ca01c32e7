//! Which events share an identity key, directly or through others.

use std::collections::HashMap;

use crate::fotoware::IdentityKey;

/// A union-find over events: those that share a key, directly or through others, have the same first event.
#[derive(Default)]
pub(super) struct Ties {
    pub(super) holders: HashMap<IdentityKey, u32>,
    towards: Vec<u32>,
}

impl Ties {
    /// Adds the next event, with its keys.
    pub(super) fn tie(&mut self, keys: &[IdentityKey]) {
        let event = self.towards.len() as u32;
        self.towards.push(event);
        for key in keys {
            let holder = *self.holders.entry(*key).or_insert(event);
            let (a, b) = (self.first(holder), self.first(event));
            self.towards[a.max(b) as usize] = a.min(b);
        }
    }

    pub(super) fn first(&mut self, event: u32) -> u32 {
        let mut at = event as usize;
        while self.towards[at] as usize != at {
            let next = self.towards[at] as usize;
            self.towards[at] = self.towards[next];
            at = next;
        }
        at as u32
    }
}
