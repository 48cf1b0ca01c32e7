//! An archive whose stories are the pretend tenant's, and whose pictures come at once: one drawing, and each path has its
//! own bytes. Previews are large enough to become files. Of some assets it has lost the pictures.

use std::collections::HashSet;
use std::net::TcpListener;
use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use lysbord_core::clock::{Clock, Timestamp};
use lysbord_core::model::BlobHash;
use lysbord_demo::{Encoding, Frame, Picture, Site, StoryStep, Subject};

use crate::web;

/// Of so many assets the archive has lost the pictures of one, in all sizes.
const LOST: u64 = 17;

pub struct Archive {
    site: Site,
    seed: u64,
    listener: TcpListener,
}

/// One request body, and the hook that it goes to.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub webhook_id: String,
    pub hook: &'static str,
    pub content_type: &'static str,
    pub body: String,
}

impl Archive {
    /// Serves until the test is over.
    pub fn open(seed: u64) -> Self {
        let archive = Self::silent(seed);
        archive.speak();
        archive
    }

    /// Takes connections and says nothing.
    pub fn silent(seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let site = Site::new(format!("http://{}", listener.local_addr().unwrap()), seed);
        Self { site, seed, listener }
    }

    /// From now on every request is answered.
    pub fn speak(&self) {
        let listener = self.listener.try_clone().unwrap();
        web::spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, Router::new().fallback(async |uri: Uri| picture(uri.path()))).await.unwrap();
        });
    }

    /// Gives each picture once: whoever lets go of one never gets it again.
    pub fn once(seed: u64) -> Self {
        let archive = Self::silent(seed);
        let listener = archive.listener.try_clone().unwrap();
        let given = Arc::new(Mutex::new(HashSet::new()));
        let give = move |uri: Uri| {
            let is_first = given.lock().unwrap().insert(uri.path().to_owned());
            async move { if is_first { picture(uri.path()) } else { StatusCode::FORBIDDEN.into_response() } }
        };
        web::spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, Router::new().fallback(give)).await.unwrap();
        });
        archive
    }

    /// The name under which the picture at a URL is kept; `None` where the archive has lost it.
    pub fn kept_as(&self, url: &str) -> Option<String> {
        let path = url.strip_prefix(self.url())?;
        bytes_of(path).map(|bytes| BlobHash::of(&bytes).to_string())
    }

    /// What somebody vouches for with `--tenant`.
    pub fn url(&self) -> &str {
        self.site.base_url()
    }

    /// What happens to so many assets, in the order of sending. Another `chapter` is about other assets.
    pub fn chapter(&self, chapter: u64, assets: usize) -> Vec<Delivery> {
        self.told_as(chapter, assets, Encoding::Json)
    }

    pub fn told_as(&self, chapter: u64, assets: usize, encoding: Encoding) -> Vec<Delivery> {
        // The seed decides, and not the day on which the test runs.
        let now = Timestamp::parse("2026-03-04T09:15:22Z").unwrap();
        let steps = lysbord_demo::stories(self.seed.wrapping_mul(1000) + chapter, assets, now);
        steps.iter().map(|step| self.deliver(step, encoding)).collect()
    }

    fn deliver(&self, step: &StoryStep, encoding: Encoding) -> Delivery {
        Delivery {
            webhook_id: step.notice.id.clone(),
            hook: step.kind().as_str(),
            content_type: encoding.content_type(),
            body: lysbord_demo::encode(&step.body(&self.site, Clock::System.now()), encoding),
        }
    }
}

static DRAWING: LazyLock<Bytes> =
    LazyLock::new(|| lysbord_demo::jpeg(Picture { subject: Subject::ALL[0], seed: 7, take: 0 }, Frame::THUMBNAIL));

fn picture(path: &str) -> Response {
    match bytes_of(path) {
        Some(picture) => ([("content-type", "image/jpeg")], picture).into_response(),
        None => StatusCode::FORBIDDEN.into_response(),
    }
}

fn bytes_of(path: &str) -> Option<Vec<u8>> {
    if fingerprint(asset_of(path)).is_multiple_of(LOST) {
        return None;
    }
    let is_preview = path.contains("800x.");
    let comments = [path.to_owned(), " ".repeat(if is_preview { 60_000 } else { 0 })];
    Some(comments.iter().cycle().take(4).fold(DRAWING.to_vec(), |jpeg, text| with_comment(&jpeg, text)))
}

/// The same picture to look at, and other bytes to keep.
fn with_comment(jpeg: &[u8], comment: &str) -> Vec<u8> {
    let (start, rest) = jpeg.split_at(2);
    let length = u16::try_from(comment.len() + 2).unwrap().to_be_bytes();
    [start, &[0xff, 0xfe], &length, comment.as_bytes(), rest].concat()
}

/// `…/Folder/name.jpg.TICKET800x.SIGNATURE.jpg` is a picture of `…/Folder/name.jpg`.
fn asset_of(path: &str) -> &str {
    path.rsplitn(4, '.').last().unwrap_or(path)
}

/// FNV-1a: the same picture is lost in every run.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
