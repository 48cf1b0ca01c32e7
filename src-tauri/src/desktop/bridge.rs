//! Connects the window to the router: a request for `lysbord://localhost/…` is answered in-process by the same router
//! that `serve` puts on a socket. There is no port that another program or page could reach.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use lysbord_core::supervise::caught_waiting;
use tauri::{Manager as _, UriSchemeContext, UriSchemeResponder, Url, Wry};
use tokio::sync::watch;
use tower::ServiceExt as _;

pub(super) const SCHEME: &str = "lysbord";

/// The router, once the desk is open. Requests that come earlier wait for it.
pub(super) struct Inside(watch::Receiver<Option<Router>>);

pub(super) fn inside() -> (Inside, watch::Sender<Option<Router>>) {
    let (open, inside) = watch::channel(None);
    (Inside(inside), open)
}

/// Answers one request of the web view. Returns at once, as it runs on the main thread and a long poll may take
/// seconds.
pub(super) fn serve(window: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let Inside(inside) = window.app_handle().state::<Inside>().inner();
    let mut inside = inside.clone();
    tauri::async_runtime::spawn(async move {
        // If the sender is gone, Lysbord is shutting down.
        let router = inside.wait_for(Option::is_some).await.ok().and_then(|router| router.clone());
        if let Some(router) = router {
            responder.respond(caught_waiting(answer(router, request)).await.unwrap_or_else(|_| broken()));
        }
    });
}

/// Whether `url` is a page of ours. On Windows and Android a custom scheme appears as a host of its own.
pub(super) fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        SCHEME => url.host_str() == Some("localhost"),
        "http" => cfg!(any(windows, target_os = "android")) && url.host_str() == Some("lysbord.localhost"),
        _ => false,
    }
}

/// Collects the whole answer, as the web view takes no streams.
async fn answer(router: Router, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    let Ok(response) = router.oneshot(request.map(Body::from)).await;
    let (parts, body) = response.into_parts();
    match body.collect().await {
        Ok(body) => Response::from_parts(parts, body.to_bytes().into()),
        Err(error) => {
            tracing::error!(%error, "an answer for the window broke off");
            broken()
        }
    }
}

fn broken() -> Response<Vec<u8>> {
    let mut broken = Response::new(Vec::new());
    *broken.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    broken
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use axum::routing::{get, post};
    use http_body_util::Limited;

    use super::*;

    #[tokio::test]
    async fn method_query_and_body_reach_the_router_and_its_answer_comes_back() {
        let echo = async |method: Method, axum::extract::RawQuery(query): axum::extract::RawQuery, body: String| {
            (StatusCode::CREATED, [("x-kept", "yes")], format!("{method} {} {body}", query.unwrap_or_default()))
        };
        let router = Router::new().route("/api/echo", post(echo).put(echo).delete(echo));

        for method in ["POST", "PUT", "DELETE"] {
            let request = Request::builder().method(method).uri("lysbord://localhost/api/echo?q=blåbær");
            let response = answer(router.clone(), request.body("hei".into()).unwrap()).await;

            assert_eq!(response.status(), StatusCode::CREATED);
            assert_eq!(response.headers()["x-kept"], "yes");
            assert_eq!(String::from_utf8(response.into_body()).unwrap(), format!("{method} q=blåbær hei"));
        }
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_is_an_error_and_not_a_short_success() {
        let broken = async || Body::new(Limited::new(Body::from("whole"), 3));
        let router = Router::new().route("/", get(broken));

        let response = answer(router, Request::new(Vec::new())).await;

        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(response.into_body().is_empty());
    }

    #[test]
    fn only_the_page_itself_is_inside_the_window() {
        let table = [
            ("lysbord://localhost/", true),
            ("lysbord://localhost/api/status", true),
            ("lysbord://elsewhere/", false),
            ("https://lysbord.localhost/", false),
            ("http://localhost/", false),
            ("https://example.org/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,hello", false),
        ];
        for (url, ours) in table {
            assert_eq!(is_ours(&url.parse().unwrap()), ours, "{url}");
        }
    }
}
