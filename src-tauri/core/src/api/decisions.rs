//! Joining and splitting assets by hand, where notices cannot tell which asset is which.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::gallery::AssetIds;
use super::problem::Problem;
use crate::library::{Decision, Undecidable};

#[derive(Serialize, ToSchema)]
pub(super) struct Decisions {
    /// The latest first.
    pub items: Vec<Decision>,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct JoinRequest {
    /// Two assets or more.
    pub ids: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Joined {
    /// The asset that they are now: that of them which was there first.
    pub id: String,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct SplitRequest {
    /// The step with which an asset of its own begins, `Version.event_id`.
    pub event_id: String,
}

/// Everything that was decided, and can be taken back.
#[utoipa::path(get, path = "/decisions", responses((status = 200, body = Decisions)))]
pub(super) async fn decisions(State(api): State<Api>) -> Result<Json<Decisions>, Problem> {
    Ok(Json(Decisions { items: api.desk.library.read(|now| now.decisions().list()).await? }))
}

/// Makes one of several assets.
#[utoipa::path(post, path = "/assets/join", request_body = JoinRequest, responses((status = 200, body = Joined), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn join(
    State(api): State<Api>,
    Json(JoinRequest { ids }): Json<JoinRequest>,
) -> Result<Json<Joined>, Problem> {
    let id = api.desk.library.join(ids, api.desk.clock.now()).await?.map_err(refused)?;
    Ok(Json(Joined { id }))
}

/// Makes two of one asset: this step and all later ones become an asset of their own. The answer names the one that was
/// kept and the one that was split off.
#[utoipa::path(post, path = "/assets/{id}/split", params(("id" = String, Path)), request_body = SplitRequest, responses((status = 200, body = AssetIds), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn split(
    State(api): State<Api>,
    Path(id): Path<String>,
    Json(SplitRequest { event_id }): Json<SplitRequest>,
) -> Result<Json<AssetIds>, Problem> {
    let ids = api.desk.library.split(id, event_id, api.desk.clock.now()).await?.map_err(refused)?;
    Ok(Json(AssetIds { ids }))
}

/// Takes a decision back.
#[utoipa::path(delete, path = "/decisions/{id}", params(("id" = i64, Path)), responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn undo(State(api): State<Api>, Path(id): Path<i64>) -> Result<StatusCode, Problem> {
    if api.desk.library.undo(id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("This decision was taken back already."))
    }
}

fn refused(why: Undecidable) -> Problem {
    match why {
        Undecidable::Gone => Problem::not_found(why.to_string()),
        Undecidable::OnlyOne | Undecidable::TwoSites | Undecidable::OtherAsset | Undecidable::FirstStep => {
            Problem::invalid(why.to_string())
        }
    }
}
