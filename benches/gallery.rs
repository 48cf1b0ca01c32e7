//! The gallery at 100,000 assets and 400,000 events: first view, searches, exports, memory.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lysbord_core::clock::Moment;
use lysbord_core::folder::Folder;
use lysbord_core::fotoware::HookKind;
use lysbord_core::library::{Incoming, Library};
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::notices::{Filling, templates};
use crate::rig::{Line, Serve, address, median, millis, percentile};

const ASSETS: u64 = 100_000;
pub const EVENTS: u64 = 400_000;
const ASKS: usize = 20;
const WORDS: [&str; 8] = ["harbour", "frontpage", "sports", "culture", "archive", "weekend", "breaking", "portrait"];

pub async fn run() {
    println!("\n== gallery: {ASSETS} assets, {EVENTS} events");
    let folder = library().await;
    let serve = Serve::start(&folder, None).await;
    let mut line = Line::open(address(&serve.api)).await;

    println!("   asked {ASKS} times each: median, slowest");
    let questions = [
        ("first view (20 ms)", "/assets?limit=100&tz=Europe/Oslo"),
        ("the same by name", "/assets?limit=100&sort=name"),
        ("a page in the middle", "/assets?limit=100&offset=50000"),
        ("shape of the whole", "/gallery?tz=Europe/Oslo"),
        ("sidebar", "/sidebar"),
        ("search: press_0004711 (50 ms)", "/assets?limit=100&query=press_0004711"),
        ("search: harbour", "/assets?limit=100&query=harbour"),
        ("search: h", "/assets?limit=100&query=h"),
        ("search: p", "/assets?limit=100&query=p"),
        ("search: \"seen by sports\"", "/assets?limit=100&query=%22seen+by+sports%22"),
        ("search: byline:s caption:a", "/assets?limit=100&query=byline%3As+caption%3Aa"),
        ("search: port -sports", "/assets?limit=100&query=port+-sports"),
        ("search: 港", "/assets?limit=100&query=%E6%B8%AF"),
        ("search: nothing", "/assets?limit=100&query=zzzz"),
        ("filter: event:metadata type:image", "/assets?limit=100&query=event%3Ametadata+type%3Aimage"),
    ];
    for (name, path) in questions {
        let (mut took, mut total) = (Vec::new(), String::new());
        for round in 0..=ASKS {
            // Another zone is another question: no answer is remembered from the one before.
            let path = if path.contains("query") { format!("{path}+-unheard{round}") } else { path.to_owned() };
            let (time, body) = serve.get_on(&mut line, &path).await;
            if round > 0 {
                took.push(millis(time));
            }
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            total = body["total"].to_string();
        }
        let slowest = percentile(&mut took, 1.0);
        println!("   {name:<36} {:>7.1} ms {slowest:>7.1} ms   of {total}", median(&mut took));
    }
    crate::events::ask(&serve).await;
    let (idle, highest) = serve.memory();
    println!("   memory: {idle} MB, at its highest {highest} MB (150 MB idle)");
    serve.stop().await;

    for what in ["assets", "events", "changes"] {
        let out = folder.join("export.csv");
        let mut rates = Vec::new();
        let mut rows = 0;
        for _ in 0..3 {
            let begun = Instant::now();
            let exported = Command::new(env!("CARGO_BIN_EXE_lysbord"))
                .args(["export", what, "--out"])
                .arg(&out)
                .arg("--data-dir")
                .arg(&folder)
                .output()
                .await
                .unwrap();
            let took = begun.elapsed();
            rows = String::from_utf8_lossy(&exported.stderr).split(' ').next().unwrap().parse::<u64>().unwrap();
            rates.push(rows as f64 / took.as_secs_f64());
        }
        println!(
            "   export {what}: {rows} rows, {:.0} rows/s as a whole process (assets: 100,000)",
            median(&mut rates)
        );
        std::fs::remove_file(out).unwrap();
    }
}

/// The library to measure on; made once and kept beside the build.
pub async fn library() -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("gallery-{ASSETS}-{EVENTS}"));
    if path.join("done").exists() {
        return path;
    }
    let _ = std::fs::remove_dir_all(&path);
    let folder = Folder::create(&path).unwrap();
    let templates = templates(SocketAddr::from(([127, 0, 0, 1], 9)), 300);
    let begun = Instant::now();
    let (library, writer) = Library::open(&folder, Box::new(|_| {})).unwrap();
    let start = 1_760_000_000_000_i64;
    let mut taking = JoinSet::new();
    let mut body = String::new();
    for id in 0..EVENTS {
        // Each asset is ingested, and changed three times in the year after.
        let (round, asset) = (id / ASSETS, id % ASSETS);
        let created = Moment(start + ((round * ASSETS + (asset * 7919) % ASSETS) as i64) * 80_000);
        let filling = Filling { id, created, asset, minted: created, word: WORDS[(id % 8) as usize] };
        let (ingested, modified) = &templates[asset as usize % templates.len()];
        let hook = if round == 0 { HookKind::Ingested } else { HookKind::Modified };
        if round == 0 { ingested } else { modified }.fill(&filling, &mut body);
        let incoming = Incoming::new(hook, Some("application/json".into()), body.as_bytes(), created).unwrap();
        let library = library.clone();
        taking.spawn(async move { library.take_in(incoming).await.unwrap() });
        if taking.len() > 1_000 {
            taking.join_next().await;
        }
    }
    taking.join_all().await;
    library.caught_up().await.unwrap();
    library.close().await;
    writer.join();
    // Where no picture could be had there is nothing to fetch at every start.
    let connection = rusqlite::Connection::open(folder.library()).unwrap();
    connection
        .execute_batch(
            "UPDATE renditions SET state = 'missing', reason = 'expired', candidates = NULL;
             UPDATE assets SET picture = 'missing', thumbnail_state = 'missing', preview_state = 'missing';",
        )
        .unwrap();
    let took = begun.elapsed().max(Duration::from_millis(1));
    println!(
        "   made in {:.0} s: {:.0} deliveries/s kept, projected and indexed",
        took.as_secs_f64(),
        EVENTS as f64 / took.as_secs_f64()
    );
    std::fs::write(path.join("done"), "").unwrap();
    path
}
