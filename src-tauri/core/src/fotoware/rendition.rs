//! Which pictures of an asset Lysbord keeps, and where a notice says they are.

use super::json::{Json, is_square};
use super::lenient::{member, text, whole};

/// The use of a picture, in the order in which they are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// About 200 px on the long side.
    Thumbnail,
    /// About 800 px.
    Preview,
    /// The largest of `previews[]` that the settings allow.
    Large,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Thumbnail, Self::Preview, Self::Large];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Thumbnail => "thumbnail",
            Self::Preview => "preview",
            Self::Large => "large",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Which sizes of `previews[]` will do, in pixels of the long side.
    fn sizes(self, large_px: u32) -> std::ops::RangeInclusive<i64> {
        match self {
            Self::Thumbnail => 150..=400,
            Self::Preview => 600..=1200,
            Self::Large => 801..=i64::from(large_px),
        }
    }

    fn ideal(self, large_px: u32) -> i64 {
        match self {
            Self::Thumbnail => 200,
            Self::Preview => 800,
            Self::Large => i64::from(large_px),
        }
    }
}

/// The picture URLs of one notice, absolute as far as the notice allows. A stranger's word: nothing here has been
/// checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pictures {
    thumbnail: Option<String>,
    preview: Option<String>,
    previews: Vec<Sized>,
}

#[derive(Clone, Debug, PartialEq)]
struct Sized {
    size: i64,
    url: String,
}

impl Pictures {
    /// Reads `thumbnail-href`, `preview-href` and `previews[]`; relative URLs are taken as the tenant's.
    pub(super) fn read(tenant: &str, asset: &Json<'_>, envelope: &Json<'_>) -> Self {
        let scheme = tenant.split("//").next().unwrap_or_default();
        let absolute = |href: String| match href.as_str() {
            host if host.starts_with("//") => format!("{scheme}{host}"),
            path if path.starts_with('/') => format!("{tenant}{path}"),
            _ => href,
        };
        let previews = member(asset, "previews").list();
        let previews = previews
            .iter()
            .filter(|preview| !is_square(preview))
            .filter_map(|preview| {
                let size = whole(member(preview, "size"))?;
                Some(Sized { size, url: absolute(text(member(preview, "href"))?) })
            })
            .collect();
        Self {
            thumbnail: text(member(envelope, "thumbnail-href")).map(absolute),
            preview: text(member(envelope, "preview-href")).map(absolute),
            previews,
        }
    }

    /// Where to look for a picture, best first: the notice's own URL, then `previews[]` of about that size. Empty if
    /// there is none. `large_px` caps the large one, 0 turns it off.
    pub fn candidates(&self, role: Role, large_px: u32) -> Vec<String> {
        let named = match role {
            Role::Thumbnail => self.thumbnail.clone(),
            Role::Preview => self.preview.clone(),
            Role::Large => None,
        };
        let sizes = role.sizes(large_px);
        let mut fitting: Vec<&Sized> = self.previews.iter().filter(|preview| sizes.contains(&preview.size)).collect();
        fitting.sort_by_key(|preview| (preview.size - role.ideal(large_px)).abs());

        let mut urls: Vec<String> = named.into_iter().collect();
        for preview in fitting {
            if !urls.contains(&preview.url) {
                urls.push(preview.url.clone());
            }
        }
        urls.truncate(3);
        urls
    }

    /// Width over height, as far as the notice tells it.
    pub(super) fn ratio(asset: &Json<'_>) -> Option<f64> {
        let previews = member(asset, "previews").list();
        let preview = previews.iter().find(|preview| !is_square(preview))?;
        let width = whole(member(preview, "width")).filter(|width| *width > 0)?;
        let height = whole(member(preview, "height")).filter(|height| *height > 0)?;
        Some(width as f64 / height as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pictures() -> Pictures {
        let sizes = [800, 1200, 1600, 2400, 200, 300, 400, 600];
        let previews: Vec<serde_json::Value> = sizes
            .iter()
            .map(|size| json!({"size": size, "square": false, "href": format!("/cache/{size}.jpg")}))
            .chain([json!({"size": 200, "square": true, "href": "/cache/200q.jpg"})])
            .collect();
        let envelope = json!({"thumbnail-href": "https://dam.example/cache/200.jpg", "preview-href": null});
        Pictures::read("https://dam.example", &json!({"previews": previews}).into(), &envelope.into())
    }

    #[test]
    fn the_named_url_comes_first_and_squares_never() {
        assert_eq!(
            pictures().candidates(Role::Thumbnail, 1200),
            [
                "https://dam.example/cache/200.jpg",
                "https://dam.example/cache/300.jpg",
                "https://dam.example/cache/400.jpg"
            ]
        );
        assert_eq!(pictures().candidates(Role::Preview, 1200)[0], "https://dam.example/cache/800.jpg");
    }

    #[test]
    fn the_large_one_is_the_largest_allowed_and_zero_turns_it_off() {
        assert_eq!(pictures().candidates(Role::Large, 2000)[0], "https://dam.example/cache/1600.jpg");
        assert!(pictures().candidates(Role::Large, 0).is_empty());
    }
}
