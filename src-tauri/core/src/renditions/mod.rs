//! The pictures: what may be fetched, the fetching at once, the bytes kept for good, a look at them.
//!
//! A picture's way: a [`Job`] is handed to the [`Fetcher`]; the [guard](Policy) admits its URLs; the bytes are streamed
//! under a cap, their header is [looked](sniff) at, and the [`BlobStore`] makes them durable; then, and only then, the job is
//! [`RenditionOutcome`]. Who asked, and what is written down about it, is the library's business and unknown here.

mod blobs;
mod compare;
mod fetcher;
mod look;

pub use blobs::{BlobError, BlobStore, Condition};
pub use compare::{Difference, Incomparable, Part, TOLERANCE, compare};
pub use fetcher::{Fetcher, FetcherConfig, Full, Schedule, StartError, TimeLimits};
pub use look::{
    Inspected, MAX_PIXELS, PostProcessed, Sniffed, StandIn, THUMBNAIL_SIDE, inspect, is_partial, may_look_different,
    post_process, sniff,
};
