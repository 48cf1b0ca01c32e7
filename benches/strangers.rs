//! What strangers at the webhook listener cost: the memory above rest, and the slowest delivery beside them.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use lysbord_core::clock::Clock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::notices::{Filling, templates};
use crate::rig::{Line, Serve, address, millis, percentile};

const SLOW: usize = 2000;
const LARGE: usize = 60;
const ROUND: Duration = Duration::from_secs(10);

pub async fn run() {
    println!(
        "\n== strangers: {SLOW} slow connections and {LARGE} large bodies with a wrong secret, {} s",
        ROUND.as_secs()
    );
    lysbord_core::server::raise_open_files_limit();
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let serve = Serve::start(&dir.path().join("library"), None).await;
    let at = address(&serve.hooks);
    // So that what a first delivery costs is not counted.
    deliver(&serve, Duration::from_secs(2), 0).await;
    serve.rest().await;
    let rest = serve.memory().0;
    println!("   alone: {}", told(&mut deliver(&serve, Duration::from_secs(3), 1_000_000).await));

    let (stop, strangers) = (CancellationToken::new(), TaskTracker::new());
    for number in 0..SLOW {
        strangers.spawn(wait_at(at, number, stop.clone()));
    }
    for _ in 0..LARGE {
        strangers.spawn(post_large_bodies(at, stop.clone()));
    }
    let mut took = deliver(&serve, ROUND, 2_000_000).await;
    let beside = serve.memory();
    println!("   beside strangers: {}   (asked for: the slowest under 1,000 ms)", told(&mut took));
    stop.cancel();
    strangers.close();
    strangers.wait().await;
    serve.rest().await;
    println!(
        "   memory: {rest} MB at rest, {} MB more beside strangers, {} MB more at its highest, {} MB more after them   \
         (asked for: 60 MB more)",
        beside.0.saturating_sub(rest),
        beside.1.saturating_sub(rest),
        serve.memory().0.saturating_sub(rest)
    );
    serve.stop().await;
}

fn told(took: &mut [f64]) -> String {
    let (p50, slowest) = (percentile(took, 0.5), percentile(took, 1.0));
    format!("{} deliveries, each on a connection of its own, p50 {p50:.1} ms, slowest {slowest:.1} ms", took.len())
}

/// Twenty deliveries a second, as Fotoware sends them: a connection each. How long each took, in milliseconds.
async fn deliver(serve: &Serve, during: Duration, first: u64) -> Vec<f64> {
    let templates = templates(SocketAddr::from(([127, 0, 0, 1], 9)), 50);
    let path = format!("/hooks/{}/modified", serve.hooks.split_once("/hooks/").unwrap().1);
    let (begun, mut body, mut took) = (Instant::now(), String::new(), Vec::new());
    let mut id = first;
    while begun.elapsed() < during {
        id += 1;
        let now = Clock::System.now();
        let filling = Filling { id, created: now, asset: id, minted: now, word: "desk" };
        templates[id as usize % templates.len()].0.fill(&filling, &mut body);
        let sent = Instant::now();
        let mut line = Line::open(address(&serve.hooks)).await;
        assert_eq!(line.post(&path, body.as_bytes()).await, 200);
        took.push(millis(sent.elapsed()));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    took
}

/// Begins a head, goes on by a byte now and then, and comes back when it is put out.
async fn wait_at(at: SocketAddr, number: usize, stop: CancellationToken) {
    let waiting = async {
        loop {
            if let Ok(mut stream) = TcpStream::connect(at).await {
                let said: &[u8] =
                    if number.is_multiple_of(2) { b"" } else { b"POST /hooks/0123456789 HTTP/1.1\r\nHost: " };
                let mut open = stream.write_all(said).await.is_ok();
                while open {
                    let mut answer = [0; 64];
                    open = match tokio::time::timeout(Duration::from_secs(1), stream.read(&mut answer)).await {
                        Ok(read) => read.is_ok_and(|bytes| bytes > 0),
                        Err(_) => stream.write_all(b"x").await.is_ok(),
                    };
                }
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::select! {
        () = waiting => {}
        () = stop.cancelled() => {}
    }
}

async fn post_large_bodies(at: SocketAddr, stop: CancellationToken) {
    let head = format!(
        "POST /hooks/{}/modified HTTP/1.1\r\nHost: {at}\r\nContent-Length: 8388608\r\n\r\n",
        "0123456789abcdef".repeat(2)
    );
    let part = vec![b' '; 64 * 1024];
    while !stop.is_cancelled() {
        if let Ok(mut stream) = TcpStream::connect(at).await {
            let mut open = stream.write_all(head.as_bytes()).await.is_ok();
            for _ in 0..128 {
                open = open && stream.write_all(&part).await.is_ok();
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
