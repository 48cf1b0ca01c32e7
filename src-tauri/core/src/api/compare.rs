//! Compares any two versions of an asset.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::comparison_cache::Pair;
use super::problem::Problem;
use super::version::{FieldChange, Version};
use crate::fotoware::{AssetState, side_by_side};
use crate::library::{HistoryEntry, Labels, RenditionState, RenditionStatus};
use crate::model::BlobHash;
use crate::renditions::{Incomparable, Part, TOLERANCE};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Versions {
    /// The `event_id` of one version.
    old: String,
    /// The `event_id` of the other.
    new: String,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Comparison {
    pub old: Version,
    pub new: Version,
    /// All that either of the two tells.
    pub fields: Vec<ComparedField>,
    pub picture: ComparedPicture,
}

/// A field in both versions.
#[derive(Serialize, ToSchema)]
pub(super) struct ComparedField {
    #[serde(flatten)]
    pub field: FieldChange,
    pub same: bool,
}

/// How the pictures of two versions compare.
#[derive(Serialize, ToSchema)]
pub(super) struct ComparedPicture {
    pub state: ComparedState,
    /// Of all pixels that both show, those that changed: 0 to 1.
    pub share: Option<f64>,
    /// How much lighter the new picture is where both show the same: from -1 to 1, black to white is 1.
    pub lighter: Option<f32>,
    /// The part of the old picture that the new one shows; null where that is all of it.
    pub old_part: Option<PicturePart>,
    /// The part of the new picture that the old one shows; null where that is all of it.
    pub new_part: Option<PicturePart>,
    /// The size at which they were compared.
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// How far apart two places may be and still count as unchanged: black to white is 1 (Oklab).
    pub tolerance: f32,
    /// The new picture in dim grey, with what changed lit up.
    pub difference_url: Option<String>,
    pub which_absent: Option<WhichAbsent>,
}

/// A part of a picture, in shares of its width and height from its upper left corner.
#[derive(Serialize, ToSchema)]
pub(super) struct PicturePart {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl PicturePart {
    /// `None` for the whole.
    fn of(part: Part) -> Option<Self> {
        let Part { left, top, width, height } = part;
        (part != Part::WHOLE).then_some(Self { left, top, width, height })
    }
}

#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ComparedState {
    Compared,
    Absent,
    OtherProportions,
    Unreadable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum WhichAbsent {
    Old,
    New,
    Both,
}

/// Two versions, with what differs between their pictures and in their metadata.
#[utoipa::path(get, path = "/assets/{id}/compare", params(("id" = String, Path), Versions), responses((status = 200, body = Comparison), (status = 404, body = Problem)))]
pub(super) async fn compare(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(versions): Query<Versions>,
) -> Result<Json<Comparison>, Problem> {
    let url = difference_url(&id, &versions);
    let Two { old, new, old_state, new_state, labels } = two(&api, id, versions).await?;
    let picture = match pair(&old, &new) {
        Err(which) => ComparedPicture { which_absent: Some(which), ..ComparedPicture::without(ComparedState::Absent) },
        Ok(pair) => match &*api.comparison_cache.of(&api.desk.blobs, pair).await? {
            Ok(difference) => ComparedPicture {
                share: Some(difference.share),
                lighter: Some(difference.lighter),
                old_part: PicturePart::of(difference.old_part),
                new_part: PicturePart::of(difference.new_part),
                width: Some(difference.width),
                height: Some(difference.height),
                difference_url: Some(url),
                ..ComparedPicture::without(ComparedState::Compared)
            },
            Err(Incomparable::OtherProportions) => ComparedPicture::without(ComparedState::OtherProportions),
            Err(Incomparable::Unreadable(_)) => ComparedPicture::without(ComparedState::Unreadable),
        },
    };
    let fields = side_by_side(&old_state, &new_state)
        .iter()
        .map(|sides| ComparedField { field: FieldChange::new(sides, &labels), same: sides.old == sides.new })
        .collect();
    Ok(Json(Comparison { old: Version::new(old, &labels), new: Version::new(new, &labels), fields, picture }))
}

/// The difference picture of two versions.
#[utoipa::path(get, path = "/assets/{id}/compare/difference", operation_id = "difference", params(("id" = String, Path), Versions), responses((status = 200, content_type = "image/png"), (status = 404, body = Problem)))]
pub(super) async fn difference(
    State(api): State<Api>,
    Path(id): Path<String>,
    Query(versions): Query<Versions>,
) -> Result<Response, Problem> {
    let none = || Problem::not_found("These two versions have no pictures that could be compared.");
    let Two { old, new, .. } = two(&api, id, versions).await?;
    let pair = pair(&old, &new).map_err(|_| none())?;
    let compared = api.comparison_cache.of(&api.desk.blobs, pair).await?;
    let difference = compared.as_ref().as_ref().map_err(|_| none())?;
    let mut response = difference.png.clone().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    // The answer may change: a picture may still arrive, or turn out to be unreadable.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

impl ComparedPicture {
    fn without(state: ComparedState) -> Self {
        Self {
            state,
            share: None,
            lighter: None,
            old_part: None,
            new_part: None,
            width: None,
            height: None,
            tolerance: TOLERANCE,
            difference_url: None,
            which_absent: None,
        }
    }
}

/// The two versions to compare.
struct Two {
    old: HistoryEntry,
    new: HistoryEntry,
    old_state: AssetState,
    new_state: AssetState,
    labels: Labels,
}

async fn two(api: &Api, id: String, versions: Versions) -> Result<Two, Problem> {
    let found = api.desk.library.read(move |now| {
        let Some(detail) = now.assets().detail(&id, None)? else { return Ok(None) };
        let step = |event: &str| detail.steps.iter().find(|step| step.public_id == event).cloned();
        let (Some(old), Some(new)) = (step(&versions.old), step(&versions.new)) else { return Ok(None) };
        let state = |step: &HistoryEntry| now.events().state(step.event).map(Option::unwrap_or_default);
        let (old_state, new_state) = (state(&old)?, state(&new)?);
        Ok(Some(Two { old, new, old_state, new_state, labels: now.fields().labels()? }))
    });
    found.await?.ok_or_else(|| Problem::not_found("This asset has no such two versions any more."))
}

/// The pictures to compare: of the same role if both versions have one, otherwise the best of each. Fails with which
/// side has none.
fn pair(old: &HistoryEntry, new: &HistoryEntry) -> Result<Pair, WhichAbsent> {
    let kept = |rendition: &RenditionState| rendition.hash.filter(|_| rendition.state == RenditionStatus::Kept);
    let roles = |step: &HistoryEntry| -> [Option<BlobHash>; 3] {
        [step.large.as_ref().and_then(kept), kept(&step.preview), kept(&step.thumbnail)]
    };
    let (old, new) = (roles(old), roles(new));
    let same_role = old.iter().zip(&new).find_map(|(old, new)| old.zip(*new));
    let best = |roles: [Option<BlobHash>; 3]| roles.into_iter().flatten().next();
    match (best(old), best(new)) {
        (Some(old), Some(new)) => Ok(same_role.unwrap_or((old, new))),
        (None, Some(_)) => Err(WhichAbsent::Old),
        (Some(_), None) => Err(WhichAbsent::New),
        (None, None) => Err(WhichAbsent::Both),
    }
}

fn difference_url(id: &str, versions: &Versions) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("old", &versions.old), ("new", &versions.new)])
        .finish();
    format!("/api/assets/{id}/compare/difference?{query}")
}
