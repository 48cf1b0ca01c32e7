//! The rebuild of the library that the gallery is measured on: deliveries a second, from the start of the command to its end, with
//! the search index and the swap; and the highest memory.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use tokio::process::Command;

use crate::gallery;
use crate::rig::{highest_memory, median};

const ROUNDS: usize = 3;

pub async fn run() {
    let (_, events) = gallery::sizes();
    println!("\n== rebuild: {events} events");
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
        let process = Path::new("/proc").join(rebuild.id().unwrap().to_string());
        let ended = loop {
            tokio::select! {
                ended = rebuild.wait() => break ended.unwrap(),
                () = tokio::time::sleep(std::time::Duration::from_millis(100)) => {
                    highest = highest.max(highest_memory(&process));
                }
            }
        };
        assert!(ended.success());
        rates.push(events as f64 / begun.elapsed().as_secs_f64());
    }
    println!(
        "   {:.0} deliveries/s as a whole process (20,000), memory {highest} MB at its highest",
        median(&mut rates)
    );
}
