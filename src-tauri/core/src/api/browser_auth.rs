//! Access control for the browser: the same router as the window's, behind a token, a check of `Host` (against DNS
//! rebinding) and of `Origin` (against other pages). There is no CORS, so no other page can read an answer.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use url::Url;

use super::problem::Problem;
use crate::secrets::Secrets;

#[derive(Clone)]
struct BrowserAuth {
    at: SocketAddr,
    secrets: Arc<Secrets>,
}

/// Wraps `router` so that only requests with the token are answered. `at` is the address it is served at.
pub fn guarded(router: Router, at: SocketAddr, secrets: Arc<Secrets>) -> Router {
    router.layer(from_fn_with_state(BrowserAuth { at, secrets }, admit))
}

async fn admit(State(browser_auth): State<BrowserAuth>, request: Request, next: Next) -> Response {
    if !browser_auth.is_asked_for(request.headers())
        || !browser_auth.is_asked_by_itself(request.method(), request.headers())
    {
        return refused(StatusCode::MISDIRECTED_REQUEST, "wrong_host", "This address is not one of Lysbord's.");
    }
    // The link that `serve` prints carries the token. Answer with a cookie and redirect to the address without it.
    if request.uri().path() == "/"
        && let Some(token) = token_in(request.uri())
    {
        return if browser_auth.secrets.token().matches(&token) {
            browser_auth.let_in(&token)
        } else {
            BrowserAuth::locked(request.uri())
        };
    }
    if browser_auth.knows(request.headers()) {
        harden(next.run(request).await)
    } else {
        BrowserAuth::locked(request.uri())
    }
}

impl BrowserAuth {
    /// `Host` must be the address itself. A foreign name that resolves to it is refused.
    fn is_asked_for(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        host.is_some_and(|host| self.is_own(host))
    }

    /// A page may only ask if it was served from here. Requests that no page sends have no `Origin`.
    fn is_asked_by_itself(&self, method: &Method, headers: &HeaderMap) -> bool {
        match headers.get(header::ORIGIN).map(HeaderValue::to_str) {
            None => {
                let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
                method == Method::GET || !matches!(site, Some("cross-site" | "same-site"))
            }
            Some(Ok(origin)) => origin.strip_prefix("http://").is_some_and(|host| self.is_own(host)),
            Some(Err(_)) => false,
        }
    }

    fn is_own(&self, host: &str) -> bool {
        let Ok(url) = Url::parse(&format!("http://{host}/")) else { return false };
        let port = url.port_or_known_default();
        let name_is_own = match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost" && self.at.ip().is_loopback(),
            Some(url::Host::Ipv4(ip)) => self.is_own_address(ip.into()),
            Some(url::Host::Ipv6(ip)) => self.is_own_address(ip.into()),
            None => false,
        };
        name_is_own && port == Some(self.at.port())
    }

    fn is_own_address(&self, ip: IpAddr) -> bool {
        ip == self.at.ip() || (self.at.ip().is_unspecified() && !ip.is_unspecified())
    }

    fn knows(&self, headers: &HeaderMap) -> bool {
        let token = self.secrets.token();
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        let name = self.cookie_name();
        let cookie = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(&name)?.strip_prefix('='));
        bearer.or(cookie).is_some_and(|given| token.matches(given))
    }

    /// Cookies are shared by all ports of a host, so the cookie's name contains the port. Otherwise two Lysbords on one
    /// computer would log each other out.
    fn cookie_name(&self) -> String {
        format!("lysbord_{}", self.at.port())
    }

    fn let_in(&self, token: &str) -> Response {
        let cookie = format!("{}={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000", self.cookie_name());
        let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response();
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        harden(response)
    }

    fn locked(uri: &Uri) -> Response {
        let detail = "Open the address that lysbord serve printed: it carries the token.";
        if uri.path().starts_with("/api") {
            refused(StatusCode::UNAUTHORIZED, "token_needed", detail)
        } else {
            (StatusCode::UNAUTHORIZED, detail).into_response()
        }
    }
}

fn refused(status: StatusCode, code: &'static str, detail: &str) -> Response {
    Problem::new(status, code, "Not for you", detail).into_response()
}

fn token_in(uri: &Uri) -> Option<String> {
    let query = uri.query()?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "token").map(|(_, token)| token.into_owned())
}

fn harden(mut response: Response<Body>) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}
