//! An archive that serves pictures, well or badly, and remembers what it was asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, LOCATION, REFERER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

pub struct Archive {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[derive(Clone, Debug)]
pub struct Asked {
    pub path: String,
    pub query: Option<String>,
    pub host: Option<String>,
    /// How often this path was asked for before.
    pub before: usize,
    pub authorization: Option<String>,
    pub referer: Option<String>,
    pub cookie: Option<String>,
}

impl Archive {
    pub async fn open<F>(answer: impl Fn(Asked) -> F + Clone + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Response> + Send + 'static,
    {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::clone(&asked);
        let router = Router::new().fallback(move |request: Request| answer(note(&log, &request)));
        tokio::spawn(async { axum::serve(listener, router).await });
        Self { address, asked }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub fn asked_paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }
}

pub fn status(code: u16) -> Response {
    StatusCode::from_u16(code).unwrap().into_response()
}

pub fn picture(bytes: Vec<u8>) -> Response {
    bytes.into_response()
}

pub fn redirect(to: &str) -> Response {
    (StatusCode::FOUND, [(LOCATION, to)]).into_response()
}

/// A body whose length is not told before.
pub fn streamed(chunks: Vec<Vec<u8>>) -> Response {
    let chunks = chunks.into_iter().map(Ok::<_, std::io::Error>);
    Body::from_stream(futures_util::stream::iter(chunks)).into_response()
}

fn note(log: &Mutex<Vec<Asked>>, request: &Request) -> Asked {
    let path = request.uri().path().to_owned();
    let mut log = log.lock().unwrap();
    let asked = Asked {
        before: log.iter().filter(|asked| asked.path == path).count(),
        authorization: header(request.headers(), AUTHORIZATION.as_str()),
        referer: header(request.headers(), REFERER.as_str()),
        cookie: header(request.headers(), COOKIE.as_str()),
        host: header(request.headers(), HOST.as_str()),
        query: request.uri().query().map(str::to_owned),
        path,
    };
    log.push(asked.clone());
    asked
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| value.to_str().unwrap().to_owned())
}
