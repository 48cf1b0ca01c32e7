//! Names of metadata fields, and the user's own names for them.

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::problem::Problem;
use crate::library::FieldName;

#[derive(Serialize, ToSchema)]
pub(super) struct Fields {
    /// Ascending by number.
    pub items: Vec<FieldName>,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct FieldLabel {
    /// Null takes the name back.
    #[schema(max_length = 120)]
    pub label: Option<String>,
}

/// The metadata fields that can be met.
#[utoipa::path(get, path = "/fields", responses((status = 200, body = Fields)))]
pub(super) async fn fields(State(api): State<Api>) -> Result<Json<Fields>, Problem> {
    Ok(Json(Fields { items: api.desk.library.read(|now| now.fields().names()).await? }))
}

/// Names a field for this site: in the window, and in exports.
#[utoipa::path(put, path = "/fields/{id}", params(("id" = u32, Path)), request_body = FieldLabel, responses((status = 200, body = FieldName), (status = 422, body = Problem)))]
pub(super) async fn name_field(
    State(api): State<Api>,
    Path(id): Path<u32>,
    Json(FieldLabel { label }): Json<FieldLabel>,
) -> Result<Json<FieldName>, Problem> {
    const LONGEST: usize = 120;
    let label = label.map(|label| label.trim().to_owned()).filter(|label| !label.is_empty());
    if label.as_ref().is_some_and(|label| label.chars().count() > LONGEST || label.contains(char::is_control)) {
        return Err(Problem::invalid(format!("A field's name is one line of at most {LONGEST} characters.")));
    }
    api.desk.library.name_field(id, label).await?;
    Ok(Json(api.desk.library.read(move |now| Ok(now.fields().labels()?.name(id))).await?))
}
