//! A whole desk on a folder of its own, with a listener on a port that the system chose: the lead-in of every story.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use lysbord_core::api::{self, Shell};
use lysbord_core::clock::{Clock, Timestamp};
use lysbord_core::desk::{Desk, Options, Running};
use lysbord_core::export::{self, Progress, What};
use lysbord_core::library::{DeliveryId, EventId, LibraryError, Snapshot};
use lysbord_core::renditions::Schedule;
use lysbord_demo::{Encoding, Story, Tenant, TenantOptions, encode};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::logs;

/// 4 March 2026, 12:00 UTC: when every story begins.
pub const NOON: Timestamp = Timestamp(1_772_625_600_000);

/// Vouched for, so that no other host is asked for a picture; and never asked itself.
pub const NOBODY: &str = "https://nobody.example";

pub struct OpenDesk {
    pub desk: Desk,
    pub clock: Clock,
    pub api: Router,
    client: reqwest::Client,
    running: Running,
    folder: Arc<TempDir>,
}

/// An answer as it came, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

pub type Row = BTreeMap<String, String>;

impl OpenDesk {
    /// One that was told of two assets, one of them with a new version, and the tenant that serves their pictures.
    pub async fn with_two_assets() -> (Self, Tenant) {
        let tenant_options = TenantOptions { clock: Clock::by_hand(NOON), ..TenantOptions::default() };
        let tenant = Tenant::start(tenant_options).await.unwrap();
        let desk = Self::with(|options| options.tenants = vec![tenant.base_url().parse().unwrap()]).await;
        for (index, story) in [Story::NewVersion, Story::IngestOnly].into_iter().enumerate() {
            for step in story.tell(1, index, NOON, 1000) {
                let body = step.body(tenant.site(), NOON);
                desk.post(step.kind().as_str(), None, encode(&body, Encoding::Json)).await;
            }
        }
        (desk, tenant)
    }

    /// One that asks nobody for pictures.
    pub async fn new() -> Self {
        Self::with(|options| options.tenants = vec![NOBODY.parse().unwrap()]).await
    }

    pub async fn with(adjust: impl FnOnce(&mut Options)) -> Self {
        Self::again(Arc::new(TempDir::new().unwrap()), adjust).await
    }

    /// Opens the desk of a folder that another has left.
    pub async fn again(folder: Arc<TempDir>, adjust: impl FnOnce(&mut Options)) -> Self {
        logs::listen();
        let clock = Clock::by_hand(NOON);
        let mut options = Options::new(folder.path().to_owned());
        options.hooks = Some("127.0.0.1:0".parse().unwrap());
        options.clock = clock.clone();
        options.fetcher.schedule = brisk();
        adjust(&mut options);
        let (desk, running) = Desk::open(options).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { api: api::router(desk.clone(), Shell::Browser), desk, clock, client, running, folder }
    }

    pub async fn shut_down(self) -> Arc<TempDir> {
        self.running.shut_down(&self.desk).await;
        self.folder
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn hook(&self, kind: &str) -> String {
        format!("{}/{kind}", self.desk.hooks_url().unwrap())
    }

    /// Posts a body and returns what Fotoware would see.
    pub async fn post(&self, kind: &str, content_type: Option<&str>, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.client.post(self.hook(kind)).body(body);
        let request = match content_type {
            Some(content_type) => request.header("content-type", content_type),
            None => request,
        };
        Answer::of(request.send().await.unwrap()).await
    }

    /// Posts a notice as JSON; it must be taken.
    pub async fn take(&self, kind: &str, notice: &Value) {
        let answer = self.post(kind, Some("application/json"), notice.to_string()).await;
        assert_eq!((answer.status, &answer.body[..]), (StatusCode::OK, &b"{}"[..]));
    }

    pub async fn visit(&self, url: &str) -> Answer {
        Answer::of(self.client.get(url).send().await.unwrap()).await
    }

    /// All that was taken in is projected and can be searched.
    pub async fn caught_up(&self) {
        self.desk.library.caught_up().await.unwrap();
    }

    /// Every picture that was promised is kept or missing, and written down so.
    pub async fn pictures_settled(&self) {
        self.caught_up().await;
        self.until(|now| Ok(now.renditions().waiting_count()? == 0)).await;
    }

    /// Every kept picture was looked at, and thumbnails that could be made are made.
    pub async fn pictures_looked_at(&self) {
        self.pictures_settled().await;
        self.until(|now| {
            let pictures = now.renditions();
            let undecoded = pictures.undecoded(1)?;
            Ok(undecoded.is_empty() && pictures.thumbnails_to_make(EventId::default(), 1)?.found.is_empty())
        })
        .await;
    }

    /// Asks anew with every change of the library, until it is so.
    async fn until(&self, is_so: fn(&Snapshot<'_>) -> Result<bool, LibraryError>) {
        loop {
            let revision = self.desk.library.change_feed().current();
            if self.desk.library.read(is_so).await.unwrap() {
                return;
            }
            self.desk.library.change_feed().after(revision).await;
        }
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        ask(&self.api, request).await
    }

    /// What the API answers to a `GET`, which must be 200.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.ask(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    }

    /// The same, whatever the answer is.
    pub async fn visit_api(&self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        self.ask(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// The tiles of a gallery, `query` as in a URL.
    pub async fn tiles(&self, query: &str) -> Vec<Value> {
        list(&self.get(&format!("/api/assets?{query}")).await["items"])
    }

    /// The file names that a search finds, in the order of names.
    pub async fn found(&self, query: &str) -> Vec<String> {
        let query: String = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("query", query), ("sort", "name"), ("tz", "UTC")])
            .finish();
        self.tiles(&query).await.iter().map(|tile| text(&tile["filename"])).collect()
    }

    /// The tile of the asset with that very name.
    pub async fn found_by_name(&self, filename: &str) -> Value {
        let tiles = self.tiles("limit=500").await;
        tiles.into_iter().find(|tile| tile["filename"] == filename).unwrap()
    }

    /// The one asset there is, as the inspector shows it.
    pub async fn only_asset(&self) -> Value {
        let tiles = self.tiles("").await;
        assert_eq!(tiles.len(), 1, "{tiles:#?}");
        self.get(&format!("/api/assets/{}", text(&tiles[0]["id"]))).await
    }

    /// The log of deliveries in the order in which they were taken in.
    pub async fn log(&self) -> Vec<Value> {
        self.desk.library.caught_up().await.unwrap();
        let mut log = list(&self.get("/api/deliveries?limit=500").await["items"]);
        log.sort_by_key(|line| line["id"].as_i64());
        log
    }

    /// What became of each delivery, oldest first.
    pub async fn outcomes(&self) -> Vec<String> {
        self.log().await.iter().map(|delivery| text(&delivery["outcome"])).collect()
    }

    /// Posts a body that was packed.
    pub async fn post_coded(&self, kind: &str, coding: &str, body: Vec<u8>) -> Answer {
        let request = self.client.post(self.hook(kind)).header("content-encoding", coding).body(body);
        Answer::of(request.send().await.unwrap()).await
    }

    /// The bytes of a delivery that were kept.
    pub async fn kept(&self, delivery: &Value) -> Vec<u8> {
        let id = DeliveryId(delivery["id"].as_i64().unwrap());
        let kept = self.desk.library.read(move |now| now.deliveries().kept(id)).await.unwrap();
        kept.unwrap().body
    }

    /// A delivery's body as it was kept, as text.
    pub async fn body(&self, delivery: &Value) -> String {
        text(&self.get(&format!("/api/deliveries/{}", delivery["id"])).await["body"])
    }

    pub async fn export(&self, request: export::Request) -> String {
        let written = self.desk.library.read(move |now| {
            let mut out = Vec::new();
            export::write(now, None, &request, &mut out, &Progress::default()).unwrap();
            Ok(out)
        });
        String::from_utf8(written.await.unwrap()).unwrap()
    }

    pub async fn csv(&self, what: What) -> String {
        self.export(export::Request::csv(what)).await
    }

    /// The rows of an export, by column name.
    pub async fn rows(&self, what: What) -> Vec<Row> {
        rows_of(&self.csv(what).await)
    }
}

impl Answer {
    async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, body: response.bytes().await.unwrap() }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let (head, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    Answer { status: head.status, headers: head.headers, body: body.collect().await.unwrap().to_bytes() }
}

pub fn rows_of(csv: &str) -> Vec<Row> {
    csv::Reader::from_reader(csv.as_bytes()).deserialize().collect::<Result<_, _>>().unwrap()
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

pub fn list(value: &Value) -> Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list")).clone()
}

/// Tries as often as ever, and hardly waits in between.
fn brisk() -> Schedule {
    let pauses = vec![Duration::ZERO, Duration::from_millis(1), Duration::from_millis(1)];
    Schedule { pauses, tries_when_absent: 2, ..Schedule::default() }
}
