//! Durable acknowledgements a second over 64 connections, beside the fastest that this machine could do.

use std::fs::File;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lysbord_core::clock::Clock;
use lysbord_core::fotoware::HookKind;
use lysbord_core::library::Incoming;
use tokio_util::sync::CancellationToken;

use crate::floor;
use crate::notices::{Filling, Template, templates};
use crate::rig::{Line, Serve, address, median, millis, percentile};

const CONNECTIONS: usize = 64;
/// Many short rounds, so that other load on the machine averages out.
const ROUND: Duration = Duration::from_secs(2);
const ROUNDS: usize = 9;

pub async fn run() {
    println!("\n== acknowledgements: {CONNECTIONS} connections, {ROUNDS} rounds of {} s in turn", ROUND.as_secs());
    // Nothing serves pictures at this address: Lysbord refuses the host at once, so only acknowledging is measured.
    let templates = Arc::new(templates(SocketAddr::from(([127, 0, 0, 1], 9)), 50));
    let next = Arc::new(AtomicU64::new(0));
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let serve = Serve::start(&dir.path().join("library"), None).await;
    let stop = CancellationToken::new();
    let floor = floor::start(File::create(dir.path().join("floor")).unwrap(), stop.clone());

    prepare(&templates);
    let (mut floor_rates, mut rates, mut p99s, mut ratios) = (vec![], vec![], vec![], vec![]);
    let mut sent = 0;
    for _ in 0..ROUNDS {
        let (floor_rate, floor_p99) = round(floor, "/any", &templates, &next).await;
        let path = serve.hooks.split_once("/hooks/").unwrap().1;
        let before = next.load(Ordering::Relaxed);
        let (rate, p99) = round(address(&serve.hooks), &format!("/hooks/{path}/modified"), &templates, &next).await;
        sent += next.load(Ordering::Relaxed) - before;
        println!(
            "   floor {floor_rate:>7.0}/s p99 {floor_p99:>5.1} ms    Lysbord {rate:>7.0}/s p99 {p99:>5.1} ms    ratio {:.2}",
            rate / floor_rate
        );
        // Wait until everything is projected and indexed before measuring the baseline again, so that neither disturbs
        // the other.
        while serve.json("/sidebar").await["events"].as_u64().unwrap() < sent {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        serve.rest().await;
        floor_rates.push(floor_rate);
        rates.push(rate);
        p99s.push(p99);
        ratios.push(rate / floor_rate);
    }
    println!(
        "   median: floor {:.0}/s, Lysbord {:.0}/s, ratio {:.2}, p99 {:.1} ms   (asked for: 2,000/s, 0.50, 100 ms)",
        median(&mut floor_rates),
        median(&mut rates),
        median(&mut ratios),
        median(&mut p99s)
    );
    let status = serve.json("/sidebar").await;
    println!("   kept: {} events; memory now and at its highest: {:?} MB", status["events"], serve.memory());
    stop.cancel();
    serve.stop().await;
}

/// What it costs to read, redact and pack one body, before the writer sees it.
fn prepare(templates: &[(Template, Template)]) {
    let bodies: Vec<String> = templates
        .iter()
        .map(|(ingested, _)| {
            let mut body = String::new();
            let now = Clock::System.now();
            ingested.fill(&Filling { id: 1, created: now, asset: 1, minted: now, word: "desk" }, &mut body);
            body
        })
        .collect();
    let begun = Instant::now();
    for body in bodies.iter().cycle().take(20_000) {
        Incoming::new(HookKind::Ingested, None, body.as_bytes(), Clock::System.now()).unwrap();
    }
    let size = bodies.iter().map(String::len).sum::<usize>() / bodies.len();
    println!(
        "   reading, redacting and packing a body of {size} bytes: {:.0} µs",
        begun.elapsed().as_secs_f64() * 50.0
    );
}

async fn round(
    to: SocketAddr,
    path: &str,
    templates: &Arc<Vec<(Template, Template)>>,
    next: &Arc<AtomicU64>,
) -> (f64, f64) {
    let begun = Instant::now();
    let senders: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (templates, next, path) = (templates.clone(), next.clone(), path.to_owned());
            tokio::spawn(async move {
                let mut line = Line::open(to).await;
                let (mut body, mut took) = (String::new(), Vec::new());
                while begun.elapsed() < ROUND {
                    let id = next.fetch_add(1, Ordering::Relaxed);
                    let now = Clock::System.now();
                    let filling = Filling { id, created: now, asset: id, minted: now, word: "desk" };
                    templates[id as usize % templates.len()].0.fill(&filling, &mut body);
                    let sent = Instant::now();
                    assert_eq!(line.post(&path, body.as_bytes()).await, 200);
                    took.push(millis(sent.elapsed()));
                }
                took
            })
        })
        .collect();
    let mut took = Vec::new();
    for sender in senders {
        took.extend(sender.await.unwrap());
    }
    let rate = took.len() as f64 / begun.elapsed().as_secs_f64();
    (rate, percentile(&mut took, 0.99))
}
