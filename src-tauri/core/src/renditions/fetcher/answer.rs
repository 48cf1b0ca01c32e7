//! An answer is doubted before it is believed: is it a picture, is it whole, and if not, what may be said of it?

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;

use super::download::{Download, Failure};
use crate::model::{Flaw, MissingReason};
use crate::renditions::look::{Inspected, inspect};

/// A picture that nothing is wrong with, as far as its header and its end tell.
pub(super) struct Sound {
    pub(super) inspected: Inspected,
    pub(super) download: Download,
}

/// No sound picture. Why, and what came instead, if that is better than nothing.
pub(super) struct Doubted {
    pub(super) failure: Failure,
    pub(super) leftover: Option<Leftover>,
}

/// Half a picture, or one that this program cannot show: kept only where nothing better comes. Until then it is held in
/// memory, under a bound of its own.
pub(super) struct Leftover {
    pub(super) inspected: Inspected,
    pub(super) bytes: Bytes,
    pub(super) _held: OwnedSemaphorePermit,
}

impl From<Failure> for Doubted {
    fn from(failure: Failure) -> Self {
        Self { failure, leftover: None }
    }
}

impl Leftover {
    pub(super) fn better(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(if other.is_better_than(&one) { other } else { one }),
            (one, other) => one.or(other),
        }
    }

    /// One that can be shown is better than one that cannot, then the larger one.
    pub(super) fn is_better_than(&self, other: &Self) -> bool {
        self.worth() > other.worth()
    }

    fn worth(&self) -> (u8, usize) {
        let rank = match self.inspected.flaw {
            None => 2,
            Some(Flaw::Partial) => 1,
            Some(Flaw::Unreadable | Flaw::TooManyPixels) => 0,
        };
        (rank, self.bytes.len())
    }
}

/// What is larger is looked at where it may block.
const LOOKED_AT_AT_ONCE: usize = 1 << 20;

/// Judges what came for a URL. `hold` gives a place in memory for what may be better than nothing, if there is one.
pub(super) async fn judge(
    download: Download,
    hold: impl FnOnce(usize) -> Option<OwnedSemaphorePermit>,
) -> Result<Sound, Doubted> {
    let inspected = match look(&download.bytes).await {
        Ok(inspected) => inspected,
        Err(missing) => {
            let reason = match (download.cut, missing) {
                (Some(cut), _) => cut,
                (None, MissingReason::NotAPicture) if download.says_page => MissingReason::WebPage,
                (None, missing) => missing,
            };
            return Err(Failure::doubtful(reason, download.cut).into());
        }
    };
    let failure = match (download.cut, inspected.flaw) {
        (None, None) => return Ok(Sound { inspected, download }),
        (Some(cut), _) => Failure::doubtful(cut, Some(cut)),
        (None, Some(Flaw::Partial)) => Failure::Doubtful(MissingReason::CutOff),
        // To ask again would not help; another size may.
        (None, Some(flaw)) => Failure::Lasting(flaw.hides().unwrap_or(MissingReason::Unreadable)),
    };
    let Download { bytes, share, .. } = download;
    drop(share);
    let leftover = hold(bytes.len()).map(|held| Leftover { inspected, bytes, _held: held });
    Err(Doubted { failure, leftover })
}

async fn look(bytes: &Bytes) -> Result<Inspected, MissingReason> {
    if bytes.len() <= LOOKED_AT_AT_ONCE {
        return inspect(bytes);
    }
    let held = bytes.clone();
    tokio::task::spawn_blocking(move || inspect(&held)).await.unwrap_or(Err(MissingReason::Failed))
}
