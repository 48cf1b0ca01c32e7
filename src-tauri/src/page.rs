//! The page: the files that `npm run build` wrote to `ui/dist`, embedded in the program. The window and `lysbord serve`
//! serve the same bytes with the same headers. It knows nothing of the API beside it.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{Embed, EmbeddedFile};

/// The content security policy. `ipc:` is how the page calls the window's two commands.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self'; \
     connect-src 'self' ipc: http://ipc.localhost; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

#[derive(Embed)]
#[folder = "ui/dist"]
struct Dist;

/// The page at `/` and its files below; anything else is 404.
pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(async || file("index.html")))
        .route("/{*path}", get(async |Path(path): Path<String>| file(&path)))
}

fn file(path: &str) -> Response {
    let Some(EmbeddedFile { data, metadata, .. }) = Dist::get(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, content_type(metadata.mimetype())),
        (header::CACHE_CONTROL, HeaderValue::from_static(caching(path))),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, data).into_response()
}

/// Vite puts a hash of the content into every name under `assets/`, so those never change.
fn caching(path: &str) -> &'static str {
    if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-store" }
}

/// Adds the charset, as a browser would guess one otherwise.
fn content_type(mime: &str) -> HeaderValue {
    let text = mime.starts_with("text/") || mime == "application/javascript";
    let full = if text { format!("{mime}; charset=utf-8") } else { mime.to_owned() };
    HeaderValue::try_from(full).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{HeaderMap, Request};
    use tower::ServiceExt as _;

    use super::*;

    async fn fetch(path: &str) -> (StatusCode, HeaderMap) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router().oneshot(request).await.unwrap();
        (response.status(), response.headers().clone())
    }

    #[tokio::test]
    async fn the_page_is_html_and_always_fresh() {
        let (status, headers) = fetch("/").await;

        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store", "an update must show at the next start");
        assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY));
    }

    #[tokio::test]
    async fn hashed_files_are_kept_for_good() {
        let script = Dist::iter()
            .find(|path| path.starts_with("assets/") && path.ends_with(".js"))
            .expect("the page has a script");

        let (status, headers) = fetch(&format!("/{script}")).await;

        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    }

    #[tokio::test]
    async fn what_is_not_part_of_the_page_is_not_found() {
        for path in ["/nothing", "/../Cargo.toml", "/assets/", "/%2e%2e/Cargo.toml"] {
            assert_eq!(fetch(path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
