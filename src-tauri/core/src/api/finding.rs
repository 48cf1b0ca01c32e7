//! What helps to find: suggestions while a search is typed, the facets of what it found, and searches that are kept.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::filter::{FilterParams, zone};
use super::problem::Problem;
use crate::desk::saved_search_filter;
use crate::fotoware::Change;
use crate::library::{Facet, Filter, Sort, StatusFilter, Suggestions};
use crate::settings::SavedSearch as Kept;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Typed {
    /// One term as far as it is typed, such as `ci` or `city:new`.
    term: String,
}

/// What the term that is being typed may go on with.
#[utoipa::path(get, path = "/suggestions", params(Typed), responses((status = 200, body = Suggestions)))]
pub(super) async fn suggestions(
    State(api): State<Api>,
    Query(typed): Query<Typed>,
) -> Result<Json<Suggestions>, Problem> {
    Ok(Json(api.desk.library.read(move |now| now.fields().suggestions(&typed.term)).await?))
}

#[derive(Serialize, ToSchema)]
pub(super) struct Facets {
    pub revision: u64,
    pub items: Vec<Facet>,
}

/// Values that the search can be narrowed by, with how many of the assets found have each. Empty while looking back.
#[utoipa::path(get, path = "/facets", params(FilterParams), responses((status = 200, body = Facets), (status = 422, body = Problem)))]
pub(super) async fn facets(
    State(api): State<Api>,
    Query(params): Query<FilterParams>,
) -> Result<Json<Facets>, Problem> {
    let filter = params.read(&api.desk.clock)?;
    let library = &api.desk.library;
    if filter.at.is_some() {
        return Ok(Json(Facets { revision: library.change_feed().current(), items: Vec::new() }));
    }
    if filter.is_everything() {
        let revision = library.change_feed().current();
        return Ok(Json(Facets { revision, items: library.read(|now| now.fields().facets(None)).await? }));
    }
    let (revision, slots) = api.gallery_cache.slots(library, &filter, Sort::Newest).await?;
    Ok(Json(Facets { revision, items: library.read(move |now| now.fields().facets(Some(&slots))).await? }))
}

/// A search that is kept under a name.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct SavedSearch {
    #[schema(max_length = 80)]
    pub name: String,
    /// In the language of the search field.
    #[serde(default)]
    pub query: String,
    /// An archive by its exact name.
    pub archive: Option<String>,
    pub change: Option<Change>,
    /// `present`, `deleted` or `missing`.
    pub state: Option<String>,
    /// Whether what happens to its assets is told by notifications, where these are on.
    #[serde(default)]
    pub notify: bool,
}

#[derive(Serialize, ToSchema)]
pub(super) struct SavedSearches {
    pub revision: u64,
    /// In the order that the user gave them.
    pub items: Vec<CountedSearch>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct CountedSearch {
    #[serde(flatten)]
    pub search: SavedSearch,
    /// How many assets it finds now.
    pub assets: usize,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct SavedSearchList {
    #[schema(max_items = 50)]
    pub items: Vec<SavedSearch>,
}

/// Time zone of the user, such as `Europe/Oslo`: the searches may say *today*.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct Zone {
    tz: Option<String>,
}

/// The searches that are kept, each with how many assets it finds.
#[utoipa::path(get, path = "/searches", params(Zone), responses((status = 200, body = SavedSearches)))]
pub(super) async fn searches(State(api): State<Api>, Query(zone): Query<Zone>) -> Result<Json<SavedSearches>, Problem> {
    let kept = api.desk.settings().await?.saved_searches;
    counted(&api, kept, zone.tz).await
}

/// Keeps these searches, in this order, instead of those before.
#[utoipa::path(put, path = "/searches", params(Zone), request_body = SavedSearchList, responses((status = 200, body = SavedSearches), (status = 422, body = Problem)))]
pub(super) async fn save_searches(
    State(api): State<Api>,
    Query(zone): Query<Zone>,
    Json(wanted): Json<SavedSearchList>,
) -> Result<Json<SavedSearches>, Problem> {
    const MOST: usize = 50;
    if wanted.items.len() > MOST {
        return Err(Problem::invalid(format!("At most {MOST} searches can be kept.")));
    }
    let kept = wanted.items.into_iter().map(SavedSearch::checked).collect::<Result<Vec<_>, _>>()?;
    let saved = api.desk.change_settings(move |settings| settings.saved_searches = kept).await?.saved_searches;
    counted(&api, saved, zone.tz).await
}

async fn counted(api: &Api, kept: Vec<Kept>, tz: Option<String>) -> Result<Json<SavedSearches>, Problem> {
    let library = &api.desk.library;
    let revision = library.change_feed().current();
    let (now, zone) = (api.desk.clock.now(), zone(tz.as_deref()));
    let filters: Vec<Filter> = kept.iter().map(|search| saved_search_filter(search, now, &zone)).collect();
    let counts = library.read(move |now| {
        filters
            .iter()
            .map(|filter| Ok(now.gallery().page(filter, Sort::Newest, 0, 0)?.1))
            .collect::<Result<Vec<_>, _>>()
    });
    let searches = kept.into_iter().map(SavedSearch::of);
    let items = searches.zip(counts.await?).map(|(search, assets)| CountedSearch { search, assets });
    Ok(Json(SavedSearches { revision, items: items.collect() }))
}

impl SavedSearch {
    fn checked(self) -> Result<Kept, Problem> {
        const LONGEST: usize = 80;
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > LONGEST || name.contains(char::is_control) {
            return Err(Problem::invalid(format!("A search's name is one line of at most {LONGEST} characters.")));
        }
        let state = self.state.filter(|state| !state.is_empty());
        if let Some(state) = state.as_deref().filter(|state| StatusFilter::parse(state).is_none()) {
            return Err(Problem::invalid(format!("There is no state {state:?}.")));
        }
        let archive = self.archive.filter(|archive| !archive.is_empty());
        Ok(Kept { name, query: self.query, archive, change: self.change, state, notify: self.notify })
    }

    fn of(kept: Kept) -> Self {
        let Kept { name, query, archive, change, state, notify } = kept;
        Self { name, query, archive, change, state, notify }
    }
}
