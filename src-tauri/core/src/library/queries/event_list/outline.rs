//! How long the list of events is, which days it has, and where its pages begin: so that its end, and any day, is one
//! request away.

use jiff::Timestamp as Moment;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use super::plan::{self, Assets};
use super::{Cursor, EventFilter};
use crate::library::error::LibraryError;
use crate::library::queries::snapshot::EventQueries;

/// The list of events from above.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct EventOutline {
    pub total: usize,
    /// The days on which something happened, the last one first.
    pub days: Vec<EventDay>,
    /// Where each page begins.
    pub marks: Vec<Mark>,
}

/// A day of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EventDay {
    /// Such as `2026-03-04`, in the zone that was asked for.
    pub day: String,
    pub events: usize,
}

/// Where a page begins: at the events of a millisecond, after the first `skip` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Mark {
    pub created_ms: i64,
    pub skip: usize,
}

impl Mark {
    /// In front of all events of its millisecond.
    pub(super) fn cursor(self) -> Cursor {
        Cursor { created_ms: self.created_ms.saturating_add(1), turn: i64::MIN, public_id: String::new() }
    }
}

impl EventQueries<'_> {
    /// The outline of the list in pages of `page` events, with days of a time zone.
    pub fn outline(self, wanted: &EventFilter, page: usize, zone: &TimeZone) -> Result<EventOutline, LibraryError> {
        let assets = wanted.assets.as_ref().map(|filter| Assets::matching(self.0, filter)).transpose()?;
        let times = plan::times(self.0.connection, wanted, assets.as_ref())?;
        Ok(outline(&times, page.max(1), zone))
    }
}

fn outline(times: &[i64], page: usize, zone: &TimeZone) -> EventOutline {
    let mut days: Vec<EventDay> = Vec::new();
    let mut begins_ms = i64::MAX;
    for time in times {
        if *time < begins_ms || days.is_empty() {
            let date = date(*time, zone);
            begins_ms = beginning(date, zone).unwrap_or(i64::MIN);
            days.push(EventDay { day: date.to_string(), events: 0 });
        }
        if let Some(day) = days.last_mut() {
            day.events += 1;
        }
    }
    let mark = |nth: usize| {
        let first = times.partition_point(|time| *time > times[nth]);
        Mark { created_ms: times[nth], skip: nth - first }
    };
    EventOutline { total: times.len(), days, marks: (0..times.len()).step_by(page).map(mark).collect() }
}

fn date(time_ms: i64, zone: &TimeZone) -> Date {
    let moment = Moment::from_millisecond(time_ms).unwrap_or(if time_ms < 0 { Moment::MIN } else { Moment::MAX });
    zone.to_datetime(moment).date()
}

/// The first millisecond of a day; `None` where the calendar ends.
fn beginning(day: Date, zone: &TimeZone) -> Option<i64> {
    Some(day.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_counts_days_of_the_reader_and_marks_each_page() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let at = |text: &str| text.parse::<Moment>().unwrap().as_millisecond();
        let newest = at("2026-03-29T22:30:00Z");
        let times = [
            newest,
            newest,
            newest,
            at("2026-03-29T12:00:00Z"),
            at("2026-03-28T23:00:00Z"),
            at("2026-03-28T22:59:59Z"),
        ];
        let EventOutline { total, days, marks } = outline(&times, 2, &oslo);
        let days: Vec<_> = days.iter().map(|day| (day.day.as_str(), day.events)).collect();
        assert_eq!((total, days), (6, vec![("2026-03-30", 3), ("2026-03-29", 2), ("2026-03-28", 1)]));
        assert_eq!(
            marks,
            [(newest, 0), (newest, 2), (times[4], 0)].map(|(created_ms, skip)| Mark { created_ms, skip })
        );
        assert_eq!(outline(&[], 2, &oslo), EventOutline::default());
    }
}
