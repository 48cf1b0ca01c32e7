//! The rebuild of 100,000 assets and 400,000 events: deliveries a second, from the start of the command to its end, with
//! the search index and the swap; and the highest memory.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use tokio::process::Command;

use crate::gallery;
use crate::rig::median;

const ROUNDS: usize = 3;

pub async fn run() {
    println!("\n== rebuild: {} events", gallery::EVENTS);
    let folder = gallery::library().await;
    let (mut rates, mut highest) = (Vec::new(), 0);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let mut rebuild = Command::new(env!("CARGO_BIN_EXE_lysbord"))
            .arg("rebuild")
            .arg("--data-dir")
            .arg(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let status = Path::new("/proc").join(rebuild.id().unwrap().to_string()).join("status");
        let ended = loop {
            tokio::select! {
                ended = rebuild.wait() => break ended.unwrap(),
                () = tokio::time::sleep(std::time::Duration::from_millis(100)) => {
                    let told = std::fs::read_to_string(&status).unwrap_or_default();
                    let line = told.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
                    let kb: u64 = line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or(0);
                    highest = highest.max(kb / 1024);
                }
            }
        };
        assert!(ended.success());
        rates.push(gallery::EVENTS as f64 / begun.elapsed().as_secs_f64());
    }
    println!(
        "   {:.0} deliveries/s as a whole process (20,000), memory {highest} MB at its highest",
        median(&mut rates)
    );
}
