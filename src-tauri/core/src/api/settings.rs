//! The user's settings, and renewing the secret of the hook URLs.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::background::{Background, Notifications};
use super::problem::Problem;
use super::status::{Status, tell};
use crate::export;
use crate::net::{NotATenant, Tenant};

#[derive(Serialize, ToSchema)]
pub(super) struct Settings {
    /// Web addresses of the tenants that the user vouches for.
    pub tenants: Vec<String>,
    /// Long side of the largest picture to keep; 0 keeps none.
    #[schema(maximum = 2400)]
    pub large_px: u32,
    pub reach: super::reach::Choice,
    pub background: Background,
    pub notifications: Notifications,
    pub export: ExportChoice,
    pub first_start_done: bool,
}

/// What is to change; what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
pub(super) struct SettingsChange {
    pub tenants: Option<Vec<String>>,
    #[schema(maximum = 2400)]
    pub large_px: Option<u32>,
    pub reach: Option<super::reach::Choice>,
    pub background: Option<Background>,
    pub notifications: Option<Notifications>,
    pub export: Option<ExportChoice>,
    pub first_start_done: Option<bool>,
}

/// How the user exported last, for the next time.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct ExportChoice {
    pub format: export::Format,
    pub delimiter: export::Delimiter,
    pub bom: bool,
}

impl From<ExportChoice> for crate::settings::ExportChoice {
    fn from(chosen: ExportChoice) -> Self {
        let (format, delimiter) = (chosen.format.as_str().to_owned(), chosen.delimiter.as_str().to_owned());
        Self { format, delimiter, bom: chosen.bom }
    }
}

impl From<crate::settings::ExportChoice> for ExportChoice {
    fn from(kept: crate::settings::ExportChoice) -> Self {
        Self {
            format: export::Format::parse(&kept.format).unwrap_or_default(),
            delimiter: export::Delimiter::parse(&kept.delimiter).unwrap_or_default(),
            bom: kept.bom,
        }
    }
}

#[utoipa::path(get, path = "/settings", responses((status = 200, body = Settings)))]
pub(super) async fn settings(State(api): State<Api>) -> Result<Json<Settings>, Problem> {
    Ok(Json(wire(api.desk.settings().await?)))
}

/// Saves settings; they hold from the next delivery on. What is left out stays as it is.
#[utoipa::path(put, path = "/settings", request_body = SettingsChange, responses((status = 200, body = Settings), (status = 422, body = Problem)))]
pub(super) async fn save_settings(
    State(api): State<Api>,
    Json(wanted): Json<SettingsChange>,
) -> Result<Json<Settings>, Problem> {
    const LARGEST: u32 = 2400;
    if wanted.large_px.is_some_and(|large_px| large_px > LARGEST) {
        return Err(Problem::invalid(format!("Fotoware has no previews larger than {LARGEST} px.")));
    }
    let tenants = wanted.tenants.map(trusted).transpose()?;
    let reach = wanted.reach.map(TryInto::try_into).transpose()?;
    let background = wanted.background.map(Into::into);
    let notifications = wanted.notifications.map(TryInto::try_into).transpose()?;
    let export = wanted.export.map(Into::into);
    let change = move |settings: &mut crate::settings::Settings| {
        settings.tenants = tenants.unwrap_or_else(|| settings.tenants.clone());
        settings.large_px = wanted.large_px.unwrap_or(settings.large_px);
        settings.reach = reach.unwrap_or_else(|| settings.reach.clone());
        settings.background = background.unwrap_or_else(|| settings.background.clone());
        settings.notifications = notifications.unwrap_or_else(|| settings.notifications.clone());
        settings.export = export.unwrap_or_else(|| settings.export.clone());
        settings.first_start_done = wanted.first_start_done.unwrap_or(settings.first_start_done);
    };
    Ok(Json(wire(api.desk.change_settings(change).await?)))
}

fn trusted(tenants: Vec<String>) -> Result<Vec<String>, Problem> {
    let given = tenants.iter().filter(|tenant| !tenant.trim().is_empty()).map(|given| {
        let tenant: Result<Tenant, NotATenant> = given.parse();
        tenant
            .map(|tenant| tenant.to_string())
            .map_err(|why| Problem::invalid(format!("{given} cannot be one of your tenants: {why}.")))
    });
    given.collect()
}

/// Makes a new secret: the old hook URLs stop working at once, and Fotoware must be told the new ones.
#[utoipa::path(post, path = "/settings/renew-secret", responses((status = 200, body = Status)))]
pub(super) async fn renew_secret(State(api): State<Api>) -> Result<Json<Status>, Problem> {
    let secrets = api.desk.secrets.clone();
    let renewed = tokio::task::spawn_blocking(move || secrets.renew_hooks().map(|_| ())).await;
    match renewed {
        Ok(Ok(())) => tell(&api).await.map(Json),
        Ok(Err(error)) => Err(Problem::internal(error.to_string())),
        Err(error) => Err(Problem::internal(error.to_string())),
    }
}

fn wire(settings: crate::settings::Settings) -> Settings {
    Settings {
        tenants: settings.tenants,
        large_px: settings.large_px,
        reach: settings.reach.into(),
        background: settings.background.into(),
        notifications: settings.notifications.into(),
        export: settings.export.into(),
        first_start_done: settings.first_start_done,
    }
}
