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
use crate::settings::PresetColumn;

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
    pub export_presets: Vec<ExportPreset>,
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
    pub export_presets: Option<Vec<ExportPreset>>,
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
            // Nothing was exported yet: what most people open.
            format: export::Format::parse(&kept.format).unwrap_or(export::Format::Xlsx),
            delimiter: export::Delimiter::parse(&kept.delimiter).unwrap_or_default(),
            bom: kept.bom,
        }
    }
}

/// Columns of an export under a name.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct ExportPreset {
    pub name: String,
    pub what: export::What,
    pub columns: Vec<export::ColumnChoice>,
}

impl From<ExportPreset> for crate::settings::ExportPreset {
    fn from(ExportPreset { name, what, columns }: ExportPreset) -> Self {
        let columns = columns.into_iter().map(|export::ColumnChoice { key, name }| PresetColumn { key, name });
        Self { name, what: what.as_str().to_owned(), columns: columns.collect() }
    }
}

/// `None` if a later program saved it for rows that this one does not know.
fn known(preset: crate::settings::ExportPreset) -> Option<ExportPreset> {
    let columns = preset.columns.into_iter().map(|PresetColumn { key, name }| export::ColumnChoice { key, name });
    Some(ExportPreset { name: preset.name, what: export::What::parse(&preset.what)?, columns: columns.collect() })
}

fn presets(wanted: Vec<ExportPreset>) -> Result<Vec<crate::settings::ExportPreset>, Problem> {
    for (at, preset) in wanted.iter().enumerate() {
        if preset.name.trim().is_empty() || preset.columns.is_empty() {
            return Err(Problem::invalid("A preset has a name and at least one column.".to_owned()));
        }
        if wanted[..at].iter().any(|other| other.name == preset.name && other.what == preset.what) {
            return Err(Problem::invalid(format!(
                "There are two presets {:?} for {}.",
                preset.name,
                preset.what.as_str()
            )));
        }
    }
    Ok(wanted.into_iter().map(Into::into).collect())
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
    let export_presets = wanted.export_presets.map(presets).transpose()?;
    let change = move |settings: &mut crate::settings::Settings| {
        settings.tenants = tenants.unwrap_or_else(|| settings.tenants.clone());
        settings.large_px = wanted.large_px.unwrap_or(settings.large_px);
        settings.reach = reach.unwrap_or_else(|| settings.reach.clone());
        settings.background = background.unwrap_or_else(|| settings.background.clone());
        settings.notifications = notifications.unwrap_or_else(|| settings.notifications.clone());
        settings.export = export.unwrap_or_else(|| settings.export.clone());
        settings.export_presets = export_presets.unwrap_or_else(|| settings.export_presets.clone());
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
        export_presets: settings.export_presets.into_iter().filter_map(known).collect(),
        first_start_done: settings.first_start_done,
    }
}
