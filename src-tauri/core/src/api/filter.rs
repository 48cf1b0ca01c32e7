//! Parameters that filter the gallery, its pages and exports.

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
    /// Something happened to it from this moment on, by Fotoware's time (RFC 3339).
    pub from: Option<String>,
    /// Something happened to it before this moment.
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

impl FilterParams {
    pub(super) fn read(&self, clock: &Clock) -> Result<Filter, Problem> {
        // When looking back, `changed:today` means that day.
        let at = moment(self.at.as_ref())?;
        let now = at.unwrap_or_else(|| clock.now());
        let mut filter = Filter::parse(self.query.as_deref().unwrap_or_default(), now, &self.zone());
        filter.at = at;
        filter.within = match (moment(self.from.as_ref())?, moment(self.until.as_ref())?) {
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
        let named = self.tz.as_deref().and_then(|name| TimeZone::get(name).ok());
        named.unwrap_or_else(TimeZone::system)
    }
}

fn given(text: Option<&String>) -> Option<&String> {
    text.filter(|text| !text.is_empty())
}
