//! The wire between the tests and the program: one client, and a runtime of its own, so that stories can be told without
//! `await`, and go on while a command is waited for.

use std::future::Future;
use std::sync::LazyLock;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, RequestBuilder, StatusCode};
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());

static CLIENT: LazyLock<Client> =
    LazyLock::new(|| Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap());

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

pub fn wait_for<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.block_on(future)
}

pub fn spawn(future: impl Future<Output = ()> + Send + 'static) {
    RUNTIME.spawn(future);
}

pub fn post(url: &str, content_type: &str, body: impl Into<reqwest::Body>) -> reqwest::Result<Answer> {
    ask(CLIENT.post(url).header("content-type", content_type).body(body))
}

/// Posts nothing, to a door that wants a token.
pub fn post_as(url: &str, token: &str) -> reqwest::Result<Answer> {
    ask(CLIENT.post(url).bearer_auth(token))
}

pub fn get(url: &str, token: &str) -> reqwest::Result<Answer> {
    ask(CLIENT.get(url).bearer_auth(token))
}

pub fn put(url: &str, token: &str, body: &serde_json::Value) -> reqwest::Result<Answer> {
    ask(CLIENT.put(url).bearer_auth(token).header("content-type", "application/json").body(body.to_string()))
}

fn ask(request: RequestBuilder) -> reqwest::Result<Answer> {
    // The client's own timers need a runtime around them, also while the request is put together.
    wait_for(async {
        let answer = request.send().await?;
        Ok(Answer { status: answer.status(), headers: answer.headers().clone(), body: answer.text().await? })
    })
}
