//! The gallery at 100,000 assets and 400,000 events, or as many as `ASSETS` and `EVENTS` say: first view, searches,
//! exports, memory. `ASSETS=1000000 make bench` measures a million, with an event each.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use lysbord_core::clock::Timestamp;
use lysbord_core::folder::Folder;
use lysbord_core::fotoware::HookKind;
use lysbord_core::library::{Incoming, Library, PROJECTION_FORMAT};
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::notices::{Filling, templates};
use crate::rig::{Line, Serve, address, highest_memory, median, millis, percentile};

const ASKS: usize = 20;
/// When the first event was created.
const START: i64 = 1_760_000_000_000;
/// All events were created in so long a time.
const PAST_MS: u64 = 400_000 * 80_000;
/// How many more changes the first asset has.
const VERSIONS: u64 = 500;
const WORDS: [&str; 8] = ["harbour", "frontpage", "sports", "culture", "archive", "weekend", "breaking", "portrait"];

/// How many assets and events the library has that is measured.
pub fn sizes() -> (u64, u64) {
    let told = |name: &str| std::env::var(name).ok()?.replace('_', "").parse().ok();
    let assets: Option<u64> = told("ASSETS");
    let events = told("EVENTS").or(assets).unwrap_or(400_000);
    let assets = assets.unwrap_or(100_000);
    (assets, events.max(assets))
}

pub async fn run() {
    let (assets, events) = sizes();
    println!("\n== gallery: {assets} assets, {events} events");
    let folder = library().await;
    let serve = Serve::start(&folder, None).await;
    let mut line = Line::open(address(&serve.api)).await;

    println!("   asked {ASKS} times each: median, slowest");
    let day = |day: u64| Timestamp(START + (day * 86_400_000) as i64).to_string();
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
    let middle_page = format!("/assets?limit=100&offset={}", assets / 2);
    let last_page = format!("/assets?limit=100&offset={}", assets - 1);
    let questions = [
        ("first view (20 ms)", "/assets?limit=100&tz=Europe/Oslo"),
        ("the same by name", "/assets?limit=100&sort=name"),
        ("a page in the middle", middle_page.as_str()),
        ("the last of all", last_page.as_str()),
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
        ("search: harbour sports", "/assets?limit=100&query=harbour+sports"),
        ("search: -harbour", "/assets?limit=100&query=-harbour"),
        ("search: jpg", "/assets?limit=100&query=jpg"),
        ("search: +", "/assets?limit=100&query=%2B"),
        ("search: nothing", "/assets?limit=100&query=zzzz"),
        ("filter: event:metadata type:image", "/assets?limit=100&query=event%3Ametadata+type%3Aimage"),
    ];
    let questions = questions.map(|(name, path)| (name.to_owned(), path.to_owned()));
    let mut searches = Vec::new();
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
        if name.starts_with("search: ") || name.starts_with("filter: ") {
            searches.extend_from_slice(&took);
        }
        let slowest = percentile(&mut took, 1.0);
        println!("   {name:<36} {:>7.1} ms {slowest:>7.1} ms   of {total}", median(&mut took));
    }
    println!("   any search: {:.1} ms at p95 of {} (30 ms)", percentile(&mut searches, 0.95), searches.len());
    crate::events::ask(&serve).await;
    let (idle, highest) = serve.memory();
    println!("   memory: {idle} MB, at its highest {highest} MB (150 MB idle)");
    serve.stop().await;

    for what in ["assets", "events", "changes"] {
        export(&folder, what).await;
    }
}

/// Exports a few times; of assets also how long SQLite's own shell takes to write the same cells from a flat table.
async fn export(folder: &Path, what: &str) {
    let out = folder.join("export.csv");
    let (mut took, mut rows, mut highest) = (Vec::new(), 0, 0);
    for _ in 0..3 {
        let begun = Instant::now();
        let mut exporting = Command::new(env!("CARGO_BIN_EXE_lysbord"));
        exporting.args(["export", what, "--out"]).arg(&out).arg("--data-dir").arg(folder);
        let exporting = exporting.stderr(Stdio::piped()).spawn().unwrap();
        let memory = Path::new("/proc").join(exporting.id().unwrap().to_string());
        let exported = exporting.wait_with_output();
        tokio::pin!(exported);
        let exported = loop {
            tokio::select! {
                exported = &mut exported => break exported.unwrap(),
                () = tokio::time::sleep(Duration::from_millis(20)) => highest = highest.max(highest_memory(&memory)),
            }
        };
        took.push(begun.elapsed().as_secs_f64());
        rows = String::from_utf8_lossy(&exported.stderr).split(' ').next().unwrap().parse::<u64>().unwrap();
    }
    let ours = median(&mut took);
    println!(
        "   export {what}: {rows} rows, {:.0} rows/s as a whole process, memory {highest} MB at its highest",
        rows as f64 / ours
    );
    if what == "assets"
        && let Some(floor) = flat(folder, &out)
    {
        println!("   export assets takes {:.2} of the time of sqlite3 -csv with a flat table (1)", ours / floor);
    }
    std::fs::remove_file(out).unwrap();
}

/// Seconds that `sqlite3 -csv` takes to write the cells of a file from a table that has nothing else; `None` where there
/// is no `sqlite3`.
fn flat(folder: &Path, csv: &Path) -> Option<f64> {
    let table = folder.join("flat.db");
    let shell = |arguments: &[&str], out: Stdio| {
        std::process::Command::new("sqlite3").arg(&table).args(arguments).stdout(out).status().ok()
    };
    let import = format!(".import --csv {} flat", csv.display());
    let mut took = Vec::new();
    if shell(&[&import], Stdio::null()).is_some_and(|status| status.success()) {
        for _ in 0..3 {
            let begun = Instant::now();
            let out = std::fs::File::create(folder.join("flat.csv")).unwrap();
            shell(&["-csv", "-header", "SELECT * FROM flat"], out.into());
            took.push(begun.elapsed().as_secs_f64());
        }
    }
    let _ = std::fs::remove_file(folder.join("flat.csv"));
    let _ = std::fs::remove_file(table);
    (!took.is_empty()).then(|| median(&mut took))
}

/// The folder of the library to measure on. Made once by a program of this format and kept beside the build.
pub async fn library() -> PathBuf {
    let (assets, events) = sizes();
    let name = format!("gallery-{assets}-{events}-{VERSIONS}-format-{PROJECTION_FORMAT}");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if let Ok(made) = std::fs::read_to_string(path.join("done")) {
        println!("   {}(when it was made)", made.trim_end());
        return path;
    }
    let _ = std::fs::remove_dir_all(&path);
    let folder = Folder::create(&path).unwrap();
    let templates = templates(SocketAddr::from(([127, 0, 0, 1], 9)), 300);
    let begun = Instant::now();
    let (library, writer) = Library::open(&folder, Box::new(|_| {})).unwrap();
    let mut taking = JoinSet::new();
    let mut body = String::new();
    let between = (PAST_MS / events) as i64;
    for id in 0..events {
        // Each asset is ingested, and changed three times in the year after.
        let (round, asset) = (id / assets, id % assets);
        let created = Timestamp(START + ((round * assets + (asset * 7919) % assets) as i64) * between);
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
        let created = Timestamp(START + (PAST_MS * (nth + 1) / (VERSIONS + 1)) as i64 + 1);
        let word = WORDS[(nth % 8) as usize];
        templates[0].1.fill(&Filling { id: events + nth, created, asset: 0, minted: created, word }, &mut body);
        let incoming =
            Incoming::new(HookKind::Modified, Some("application/json".into()), body.as_bytes(), created).unwrap();
        let library = library.clone();
        taking.spawn(async move { library.take_in(incoming).await.unwrap() });
    }
    taking.join_all().await;
    library.caught_up().await.unwrap();
    library.close().await;
    writer.join();
    let took = begun.elapsed().as_secs_f64();
    // Mark all pictures missing, so that nothing is fetched at each start.
    let connection = rusqlite::Connection::open(folder.library()).unwrap();
    connection
        .execute_batch(
            "UPDATE renditions SET state = 'missing', reason = 'expired', candidates = NULL;
             UPDATE assets SET picture = 'missing', thumbnail_state = 'missing', preview_state = 'missing';
             UPDATE moments SET picture = 'missing';",
        )
        .unwrap();
    let made =
        format!("made in {took:.0} s: {:.0} deliveries/s kept, projected and indexed (5,000)\n", events as f64 / took);
    print!("   {made}");
    std::fs::write(path.join("done"), made).unwrap();
    path
}
