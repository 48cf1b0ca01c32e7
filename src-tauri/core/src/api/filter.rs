//! Parameters that filter the gallery, its pages and exports.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::problem::Problem;
use crate::clock::{Clock, Timestamp};
use crate::fotoware::Change;
use crate::library::{Filter, StatusFilter};

/// A search and the choices beside it.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct FilterParams {
    /// The language of the search field.
    pub query: Option<String>,
    /// An archive by its exact name.
    pub archive: Option<String>,
    /// What the last event did.
    pub change: Option<String>,
    /// `present`, `deleted` or `missing`.
    pub state: Option<String>,
    /// Something happened to it from this moment on, by Fotoware's time (RFC 3339); a day such as `2026-03-04` begins at
    /// its midnight.
    pub from: Option<String>,
    /// Something happened to it before this moment; a day is counted in whole.
    pub until: Option<String>,
    /// Time zone of the user, such as `Europe/Oslo`.
    pub tz: Option<String>,
    /// Look back: as it was at this moment, by Fotoware's time (RFC 3339).
    pub at: Option<String>,
}

/// A moment to look back to.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct AtParams {
    /// Look back: as it was at this moment, by Fotoware's time (RFC 3339).
    at: Option<String>,
}

impl AtParams {
    pub(super) fn read(&self) -> Result<Option<Timestamp>, Problem> {
        moment(self.at.as_ref())
    }
}

/// Parses a time, if one is given. Fails with 422 if it is none.
pub(super) fn moment(text: Option<&String>) -> Result<Option<Timestamp>, Problem> {
    let read = |text: &String| {
        Timestamp::parse(text)
            .ok_or_else(|| Problem::invalid(format!("{text:?} is no time such as 2026-03-04T12:00:00Z.")))
    };
    given(text).map(read).transpose()
}

/// Parses RFC 3339, or a day in the user's time zone: its midnight, or the midnight `days_later` days after it.
pub(super) fn moment_or_day(text: &str, zone: &TimeZone, days_later: i64) -> Option<Timestamp> {
    let midnight = || -> Option<jiff::Timestamp> {
        let day: Date = text.parse().ok()?;
        Some(day.checked_add(days_later.days()).ok()?.to_zoned(zone.clone()).ok()?.timestamp())
    };
    Timestamp::parse(text).or_else(|| Some(Timestamp(midnight()?.as_millisecond())))
}

fn span_end(text: Option<&String>, zone: &TimeZone, days_later: i64) -> Result<Option<Timestamp>, Problem> {
    let read = |text: &String| {
        moment_or_day(text, zone, days_later)
            .ok_or_else(|| Problem::invalid(format!("{text:?} is no time such as 2026-03-04 or 2026-03-04T12:00:00Z.")))
    };
    given(text).map(read).transpose()
}

impl FilterParams {
    pub(super) fn read(&self, clock: &Clock) -> Result<Filter, Problem> {
        // When looking back, `changed:today` means that day.
        let at = moment(self.at.as_ref())?;
        let now = at.unwrap_or_else(|| clock.now());
        let mut filter = Filter::parse(self.query.as_deref().unwrap_or_default(), now, &self.zone());
        filter.at = at;
        let zone = self.zone();
        let from = span_end(self.from.as_ref(), &zone, 0)?;
        let until = span_end(self.until.as_ref(), &zone, 1)?;
        filter.within = match (from, until) {
            (None, None) => None,
            (from, until) => Some((from.unwrap_or(Timestamp(i64::MIN)), until.unwrap_or(Timestamp(i64::MAX)))),
        };
        filter.archive = given(self.archive.as_ref()).cloned();
        filter.change = given(self.change.as_ref())
            .map(|word| Change::parse(word).ok_or_else(|| Problem::invalid(format!("There is no change {word:?}."))))
            .transpose()?;
        filter.status = given(self.state.as_ref())
            .map(|word| {
                StatusFilter::parse(word).ok_or_else(|| Problem::invalid(format!("There is no state {word:?}.")))
            })
            .transpose()?;
        Ok(filter)
    }

    pub(super) fn zone(&self) -> TimeZone {
        zone(self.tz.as_deref())
    }
}

/// The time zone of a name; this computer's, if there is none of the name.
pub(super) fn zone(name: Option<&str>) -> TimeZone {
    name.and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(TimeZone::system)
}

fn given(text: Option<&String>) -> Option<&String> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_from_midnight_to_midnight_where_the_user_is() {
        let zone = TimeZone::get("Europe/Oslo").unwrap();
        let told = |text, later| moment_or_day(text, &zone, later).map(|moment| moment.to_string());
        assert_eq!(told("2026-03-29", 0).unwrap(), "2026-03-28T23:00:00.000Z");
        assert_eq!(told("2026-03-29", 1).unwrap(), "2026-03-29T22:00:00.000Z", "this day has 23 hours");
        assert_eq!(told("2026-03-29T12:00:00+02:00", 1).unwrap(), "2026-03-29T10:00:00.000Z");
        assert_eq!(told("soon", 0), None);
    }
}
