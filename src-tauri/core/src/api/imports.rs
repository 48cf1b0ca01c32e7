//! What was imported, and taking it back.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::problem::Problem;
use crate::library::ImportId;

#[derive(Serialize, ToSchema)]
pub(super) struct Imports {
    /// The latest first.
    pub items: Vec<Import>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Import {
    pub id: i64,
    pub begun_at: String,
    /// `null` if it was cut off before its end.
    pub ended_at: Option<String>,
    /// The files and folders that were given.
    pub paths: Vec<String>,
    /// How many of its deliveries became events.
    pub events: u64,
    /// How many had come before.
    pub duplicates: u64,
    /// How many cannot be read.
    pub unreadable: u64,
}

/// Every import that was not taken back.
#[utoipa::path(get, path = "/imports", responses((status = 200, body = Imports)))]
pub(super) async fn imports(State(api): State<Api>) -> Result<Json<Imports>, Problem> {
    let imports = api.desk.library.read(|now| now.imports().list()).await?;
    let items = imports.into_iter().map(|import| Import {
        id: import.id.0,
        begun_at: import.begun.to_string(),
        ended_at: import.ended.map(|ended| ended.to_string()),
        paths: import.source.lines().map(str::to_owned).collect(),
        events: import.events,
        duplicates: import.duplicates,
        unreadable: import.unreadable,
    });
    Ok(Json(Imports { items: items.collect() }))
}

/// Takes an import back: its deliveries go, and all that is shown of them.
#[utoipa::path(
    delete,
    path = "/imports/{id}",
    params(("id" = i64, Path)),
    responses((status = 204), (status = 404, body = Problem))
)]
pub(super) async fn take_back(State(api): State<Api>, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    match api.desk.take_import_back(ImportId(id)).await? {
        Some(_) => Ok(StatusCode::NO_CONTENT),
        None => Err(Problem::not_found("There is no import of this number.")),
    }
}
