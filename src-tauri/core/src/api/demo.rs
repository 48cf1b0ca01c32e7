//! Starts, stops and removes the demo tenant.

use axum::Json;
use axum::extract::State;

use super::Api;
use super::problem::Problem;
use super::status::{Status, tell};

/// Starts the pretend tenant.
#[utoipa::path(post, path = "/demo/start", operation_id = "start_demo", responses((status = 200, body = Status), (status = 422, body = Problem)))]
pub(super) async fn start(State(api): State<Api>) -> Result<Json<Status>, Problem> {
    api.desk.start_pretend_tenant().await.map_err(|why| Problem::invalid(why.to_string()))?;
    tell(&api).await.map(Json)
}

/// Stops it. What it sent stays.
#[utoipa::path(post, path = "/demo/stop", responses((status = 200, body = Status)))]
pub(super) async fn stop(State(api): State<Api>) -> Result<Json<Status>, Problem> {
    api.desk.demo_tenant.stop().await;
    tell(&api).await.map(Json)
}

/// Stops it and takes away all that pretend tenants ever sent.
#[utoipa::path(post, path = "/demo/remove", responses((status = 200, body = Status)))]
pub(super) async fn remove(State(api): State<Api>) -> Result<Json<Status>, Problem> {
    api.desk.remove_pretend_tenants().await?;
    tell(&api).await.map(Json)
}
