//! How a rendition goes over the wire: as a picture with the URLs by which its bytes are served.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::library::{RenditionState, RenditionStatus};

/// A picture of a version. It may have a URL though it is missing or waiting: then another one is shown for it.
#[derive(Serialize, ToSchema)]
struct Picture {
    state: RenditionStatus,
    url: Option<String>,
    /// The bytes as they came, where something else is shown for them, or where this program cannot show them.
    #[serde(skip_serializing_if = "Option::is_none")]
    original_url: Option<String>,
    /// The end of the picture never came: what there is, is shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
    /// The version whose picture is shown instead, while its own is missing or waiting; null if the URL is of this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier_version: Option<u64>,
    width: Option<u32>,
    height: Option<u32>,
    /// Why it is missing, in words.
    reason: Option<String>,
}

impl From<&RenditionState> for Picture {
    fn from(rendition: &RenditionState) -> Self {
        let url = |hash| format!("/api/blobs/{hash}");
        let original = rendition.hash.filter(|hash| rendition.shown != Some(*hash)).or(rendition.unshown);
        Self {
            state: rendition.state,
            url: rendition.shown.map(url),
            original_url: original.map(url),
            partial: rendition.is_partial,
            earlier_version: rendition.earlier_version,
            width: rendition.width,
            height: rendition.height,
            reason: rendition.reason.map(|reason| reason.to_string()),
        }
    }
}

/// The library does not know how its pictures are served.
impl Serialize for RenditionState {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Picture::from(self).serialize(to)
    }
}

impl PartialSchema for RenditionState {
    fn schema() -> RefOr<Schema> {
        Picture::schema()
    }
}

impl ToSchema for RenditionState {
    fn name() -> Cow<'static, str> {
        Picture::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Picture::schemas(schemas);
    }
}
