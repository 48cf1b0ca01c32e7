//! Pictures in time: a burst, then an open stream at rising rates. URLs live five seconds.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use lysbord_core::clock::{Clock, Timestamp};
use lysbord_core::server::{self, Limits};
use lysbord_demo::{Frame, Picture, Subject, jpeg};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::notices::{Filling, Template, templates};
use crate::rig::{Line, Serve, address, percentile};

const LIFETIME_MS: i64 = 5_000;
const SENDERS: usize = 64;

pub async fn run() {
    let pictures = picture_server().await;
    let templates = Arc::new(templates(pictures, 50));

    println!("\n== a burst of 1,000 deliveries over {SENDERS} connections, URLs live 5 s (3 rounds)");
    for _ in 0..3 {
        let told = stream(&templates, pictures, 1_000, None).await;
        println!("   {told}");
    }
    println!(
        "\n== an open stream for 15 s: a delivery's clock starts when it is due (Node-RED, not durable: all at 200/s, 44 % at 400/s)"
    );
    for rate in [200, 400, 700, 1_000, 1_500, 2_000] {
        let told = stream(&templates, pictures, rate * 15, Some(rate)).await;
        println!("   {rate:>5}/s: {told}");
    }
}

/// Sends notices, at a rate or as fast as they are answered, and reports how many of their pictures were kept.
async fn stream(
    templates: &Arc<Vec<(Template, Template)>>,
    pictures: SocketAddr,
    count: usize,
    rate: Option<usize>,
) -> String {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let serve = Serve::start(dir.path(), Some(pictures)).await;
    let tenant = format!("{{\"tenants\": [\"http://{pictures}\"], \"large_px\": 0}}");
    serve.put("/settings", &tenant).await;
    let path = format!("/hooks/{}/ingested", serve.hooks.split_once("/hooks/").unwrap().1);
    let next = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let start = Clock::System.now();
    let senders: Vec<_> = (0..SENDERS)
        .map(|_| {
            let (templates, next, path, to) = (templates.clone(), next.clone(), path.clone(), address(&serve.hooks));
            tokio::spawn(async move {
                let mut line = Line::open(to).await;
                let (mut body, mut acks) = (String::new(), Vec::new());
                loop {
                    let id = next.fetch_add(1, Ordering::Relaxed);
                    if id as usize >= count {
                        return acks;
                    }
                    let due = rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(id as f64 / rate as f64));
                    tokio::time::sleep_until((begun + due).into()).await;
                    // Open loop: a notice that is sent late has a URL that was issued on time and is already old.
                    let minted =
                        rate.map_or_else(|| Clock::System.now(), |_| Timestamp(start.0 + due.as_millis() as i64));
                    let filling = Filling { id, created: minted, asset: id, minted, word: "desk" };
                    templates[id as usize % templates.len()].0.fill(&filling, &mut body);
                    assert_eq!(line.post(&path, body.as_bytes()).await, 200);
                    acks.push((Clock::System.now().0 - minted.0) as f64);
                }
            })
        })
        .collect();
    let mut acks = Vec::new();
    for sender in senders {
        acks.extend(sender.await.unwrap());
    }
    let sent_in = begun.elapsed();
    while serve.json("/status").await["pictures_waiting"] != 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (_, highest) = serve.memory();
    let library = dir.path().join("library.db");
    serve.stop().await;
    let kept = Kept::read(&library);
    format!(
        "kept {} of {} pictures; to disk: median {:.0} ms, p99 {:.0} ms; acknowledged p99 {:.0} ms in {:.1} s; memory {highest} MB{}",
        kept.count,
        count * 2,
        kept.median_ms,
        kept.p99_ms,
        percentile(&mut acks, 0.99),
        sent_in.as_secs_f64(),
        kept.reasons
    )
}

struct Kept {
    count: usize,
    median_ms: f64,
    p99_ms: f64,
    reasons: String,
}

impl Kept {
    fn read(library: &std::path::Path) -> Self {
        let connection = rusqlite::Connection::open(library).unwrap();
        let mut select = connection.prepare("SELECT took_ms FROM renditions WHERE state = 'kept'").unwrap();
        let mut took: Vec<f64> = select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut select = connection
            .prepare("SELECT coalesce(reason, state), count(*) FROM renditions WHERE state <> 'kept' GROUP BY 1")
            .unwrap();
        let missing: Vec<(String, i64)> =
            select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
        let reasons: Vec<String> = missing.iter().map(|(reason, count)| format!("; {count} {reason}")).collect();
        let reasons = reasons.concat();
        Self { count: took.len(), median_ms: percentile(&mut took, 0.5), p99_ms: percentile(&mut took, 0.99), reasons }
    }
}

type GalleryCache = Arc<HashMap<u32, Vec<Bytes>>>;

/// Serves drawn pictures at `/p/{size}/{minted}/{number}.jpg` while they live.
async fn picture_server() -> SocketAddr {
    let sizes = [Frame::THUMBNAIL, Frame::PREVIEW];
    let gallery_cache = [200, 800].into_iter().zip(sizes).map(|(size, frame)| {
        let drawn = (0..24).map(|seed| jpeg(picture(seed), frame)).collect();
        (size, drawn)
    });
    let gallery_cache: GalleryCache = Arc::new(gallery_cache.collect());
    let router = Router::new().route("/p/{size}/{minted}/{number}", get(serve_picture)).with_state(gallery_cache);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(server::serve(listener, router, Limits::default(), CancellationToken::new()));
    at
}

/// One of the drawn pictures with a unique ending, so that no two are the same blob.
async fn serve_picture(
    State(gallery_cache): State<GalleryCache>,
    Path((size, minted, number)): Path<(u32, i64, String)>,
) -> Response {
    if Clock::System.now().0 - minted > LIFETIME_MS {
        return StatusCode::GONE.into_response();
    }
    let number: u64 = number.trim_end_matches(".jpg").parse().unwrap_or_default();
    let Some(drawn) = gallery_cache.get(&size) else { return StatusCode::NOT_FOUND.into_response() };
    let mut bytes = drawn[number as usize % drawn.len()].to_vec();
    bytes.extend_from_slice(&number.to_be_bytes());
    ([("content-type", "image/jpeg")], bytes).into_response()
}

fn picture(seed: u32) -> Picture {
    Picture::new((0..=u8::MAX).filter_map(Subject::from_index).cycle().nth(seed as usize).unwrap(), seed)
}
