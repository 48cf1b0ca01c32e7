//! The API that the window and the browser share: one router, one OpenAPI document, one set of tests. It knows the
//! desk, and no sockets or windows; access control for the browser is in [`browser_auth`].

mod activity;
mod background;
mod blobs;
pub mod browser_auth;
mod compare;
mod comparison_cache;
mod decisions;
mod deliveries;
mod demo;
mod event_list;
mod exports;
mod fields;
mod filter;
mod finding;
mod gallery;
mod gallery_cache;
mod histogram;
mod imports;
mod inspector;
mod picture;
mod problem;
mod reach;
mod settings;
mod status;
mod version;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::map_response;
use axum::routing::{any, get};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::Desk;
use comparison_cache::ComparisonCache;
use gallery_cache::GalleryCache;
use problem::Problem;

pub use deliveries::LogFilterParams;
pub use event_list::EventFilterParams;
pub use exports::{ExportJob, ExportRequest, ExportScope, request_of};
pub use filter::FilterParams;

/// Whether the page runs in the window or in a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    Window,
    Browser,
}

/// The largest request body: a selection of 100,000 assets by id is about 2 MB.
const LARGEST_REQUEST: usize = 16 * 1024 * 1024;

#[derive(Clone)]
struct Api {
    desk: Desk,
    shell: Shell,
    gallery_cache: Arc<GalleryCache>,
    comparison_cache: Arc<ComparisonCache>,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lysbord",
        description = "What the gallery shows and does. Times are RFC 3339 UTC; errors are application/problem+json."
    ),
    components(schemas(crate::library::Sort))
)]
struct Document;

/// `/api` and everything below it, without access control.
pub fn router(desk: Desk, shell: Shell) -> Router {
    let api = Api { desk, shell, gallery_cache: Arc::default(), comparison_cache: Arc::default() };
    let (router, document) = routes().with_state(api).split_for_parts();
    let document = Arc::new(document);
    router
        .route("/api/openapi.json", get(move || async move { axum::Json((*document).clone()) }))
        .route("/api/{*path}", any(async || Problem::not_found("There is nothing at this address.")))
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .layer(map_response(problem::told))
}

/// The OpenAPI document, as `GET /api/openapi.json` answers it.
pub fn document() -> utoipa::openapi::OpenApi {
    routes().into_openapi()
}

fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Document::openapi()).nest(
        "/api",
        OpenApiRouter::new()
            .routes(routes!(status::status))
            .routes(routes!(status::changes))
            .routes(routes!(status::rebuild))
            .routes(routes!(status::sidebar))
            .routes(routes!(gallery::gallery))
            .routes(routes!(gallery::assets))
            .routes(routes!(gallery::asset_ids))
            .routes(routes!(finding::suggestions))
            .routes(routes!(finding::facets))
            .routes(routes!(finding::searches, finding::save_searches))
            .routes(routes!(histogram::histogram))
            .routes(routes!(inspector::asset))
            .routes(routes!(compare::compare))
            .routes(routes!(compare::difference))
            .routes(routes!(event_list::events))
            .routes(routes!(event_list::choices))
            .routes(routes!(event_list::outline))
            .routes(routes!(activity::activity))
            .routes(routes!(decisions::join))
            .routes(routes!(decisions::split))
            .routes(routes!(decisions::decisions))
            .routes(routes!(decisions::undo))
            .routes(routes!(fields::fields))
            .routes(routes!(fields::name_field))
            .routes(routes!(deliveries::deliveries))
            .routes(routes!(deliveries::delivery))
            .routes(routes!(deliveries::difference))
            .routes(routes!(deliveries::resend))
            .routes(routes!(deliveries::curl_command))
            .routes(routes!(imports::imports))
            .routes(routes!(imports::take_back))
            .routes(routes!(blobs::blob))
            .routes(routes!(settings::settings, settings::save_settings))
            .routes(routes!(settings::renew_secret))
            .routes(routes!(reach::reach))
            .routes(routes!(reach::check))
            .routes(routes!(reach::turn))
            .routes(routes!(reach::pause))
            .routes(routes!(demo::start))
            .routes(routes!(demo::stop))
            .routes(routes!(demo::remove))
            .routes(routes!(exports::start))
            .routes(routes!(exports::columns))
            .routes(routes!(exports::count))
            .routes(routes!(exports::export, exports::cancel))
            .routes(routes!(exports::file)),
    )
}
