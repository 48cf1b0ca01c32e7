//! Which events are worth a notification, by kind and archive. Whether an asset matches a search is the library's part.

use super::AlertCandidate;
use crate::fotoware::Change;

/// An empty list allows everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    pub kinds: Vec<Change>,
    /// Archives by their exact names.
    pub archives: Vec<String>,
}

impl Rules {
    pub fn want(&self, candidate: &AlertCandidate) -> bool {
        let kind = self.kinds.is_empty() || self.kinds.contains(&candidate.change);
        kind && (self.archives.is_empty() || self.archives.contains(&candidate.archive))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_archives_both_have_to_agree_and_empty_means_all() {
        let deleted = AlertCandidate {
            asset_id: "a".into(),
            change: Change::Deleted,
            filename: "a.jpg".into(),
            archive: "Press desk".into(),
        };
        let rules = |kinds: &[Change], archives: &[&str]| Rules {
            kinds: kinds.to_vec(),
            archives: archives.iter().map(|&name| name.to_owned()).collect(),
        };
        assert!(Rules::default().want(&deleted));
        assert!(rules(&[Change::Deleted, Change::Renamed], &["Press desk"]).want(&deleted));
        assert!(!rules(&[Change::Deleted], &["Sport"]).want(&deleted));
        assert!(!rules(&[Change::Ingested], &[]).want(&deleted));
    }
}
