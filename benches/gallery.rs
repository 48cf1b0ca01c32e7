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

pub const ASSETS: u64 = 100_000;
pub const EVENTS: u64 = 400_000;
const ASKS: usize = 20;
/// When the first event was created.
const START: i64 = 1_760_000_000_000;
/// How many more changes the first asset has.
const VERSIONS: u64 = 500;
const WORDS: [&str; 8] = ["harbour", "frontpage", "sports", "culture", "archive", "weekend", "breaking", "portrait"];

pub async fn run() {
    println!("\n== gallery: {ASSETS} assets, {EVENTS} events");
    let folder = library().await;
    let serve = Serve::start(&folder, None).await;
    let mut line = Line::open(address(&serve.api)).await;

    println!("   asked {ASKS} times each: median, slowest");
    let day = |day: u64| Moment(START + (day * 86_400_000) as i64).to_string();
    let (early, middle, late) = (day(3), day(180), day(360));
    let hot = serve.json("/assets?limit=1&query=filename%3Apress_0000000").await["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let then = [("early", &early), ("in the middle", &middle), ("late", &late)];
    let mut looking_back = Vec::new();
    for (when, at) in then {
        looking_back.extend([
            (format!("as of {when}: first view (50 ms)"), format!("/assets?limit=100&at={at}")),
            (format!("as of {when}: by name (50 ms)"), format!("/assets?limit=100&sort=name&at={at}")),
            (format!("as of {when}: event:metadata"), format!("/assets?limit=100&at={at}&change=metadata")),
            (format!("as of {when}: sidebar"), format!("/sidebar?at={at}")),
            (format!("as of {when}: search: harbour"), format!("/assets?limit=100&at={at}&query=harbour")),
            (format!("as of {when}: press_0004711"), format!("/assets?limit=100&at={at}&query=press_0004711")),
        ]);
    }
    looking_back.extend([
        ("histogram, whole (20 ms)".to_owned(), "/histogram?buckets=400".to_owned()),
        ("histogram, two weeks (20 ms)".to_owned(), format!("/histogram?buckets=400&from={middle}&until={}", day(194))),
        ("an asset with 500 versions (20 ms)".to_owned(), format!("/assets/{hot}")),
        ("the same as of the middle".to_owned(), format!("/assets/{hot}?at={middle}")),
    ]);
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
    let questions = questions.map(|(name, path)| (name.to_owned(), path.to_owned()));
    for (name, path) in questions.into_iter().chain(looking_back) {
        let (mut took, mut total) = (Vec::new(), String::new());
        for round in 0..=ASKS {
            // Vary the query, so that no cached answer is used.
            let path = if path.contains("query") { format!("{path}+-unheard{round}") } else { path.clone() };
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

/// The folder of the library to measure on. Made once and kept beside the build.
pub async fn library() -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("gallery-{ASSETS}-{EVENTS}-{VERSIONS}"));
    if path.join("done").exists() {
        return path;
    }
    let _ = std::fs::remove_dir_all(&path);
    let folder = Folder::create(&path).unwrap();
    let templates = templates(SocketAddr::from(([127, 0, 0, 1], 9)), 300);
    let begun = Instant::now();
    let (library, writer) = Library::open(&folder, Box::new(|_| {})).unwrap();
    let mut taking = JoinSet::new();
    let mut body = String::new();
    for id in 0..EVENTS {
        // Each asset is ingested, and changed three times in the year after.
        let (round, asset) = (id / ASSETS, id % ASSETS);
        let created = Moment(START + ((round * ASSETS + (asset * 7919) % ASSETS) as i64) * 80_000);
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
    // One that is changed every few hours.
    for nth in 0..VERSIONS {
        let created = Moment(START + (EVENTS * 80_000 * (nth + 1) / (VERSIONS + 1)) as i64 + 1);
        let word = WORDS[(nth % 8) as usize];
        templates[0].1.fill(&Filling { id: EVENTS + nth, created, asset: 0, minted: created, word }, &mut body);
        let incoming =
            Incoming::new(HookKind::Modified, Some("application/json".into()), body.as_bytes(), created).unwrap();
        let library = library.clone();
        taking.spawn(async move { library.take_in(incoming).await.unwrap() });
    }
    taking.join_all().await;
    library.caught_up().await.unwrap();
    library.close().await;
    writer.join();
    // Mark all pictures missing, so that nothing is fetched at each start.
    let connection = rusqlite::Connection::open(folder.library()).unwrap();
    connection
        .execute_batch(
            "UPDATE renditions SET state = 'missing', reason = 'expired', candidates = NULL;
             UPDATE assets SET picture = 'missing', thumbnail_state = 'missing', preview_state = 'missing';
             UPDATE moments SET picture = 'missing';",
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
