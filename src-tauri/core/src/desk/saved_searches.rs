//! What a search that is kept under a name finds.

use jiff::tz::TimeZone;

use crate::clock::Timestamp;
use crate::library::{Filter, StatusFilter};
use crate::settings::SavedSearch;

/// The filter of a kept search. Its `changed:today` is the day of `now` in this zone.
pub fn saved_search_filter(search: &SavedSearch, now: Timestamp, zone: &TimeZone) -> Filter {
    Filter {
        archive: search.archive.clone(),
        change: search.change,
        status: search.state.as_deref().and_then(StatusFilter::parse),
        ..Filter::parse(&search.query, now, zone)
    }
}
