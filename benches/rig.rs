//! Runs the Lysbord to measure, cheap senders, and the arithmetic of figures.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

pub fn build() -> &'static str {
    if cfg!(debug_assertions) { "DEBUG BUILD: these figures mean nothing" } else { "release build" }
}

/// A running `lysbord serve`.
pub struct Serve {
    child: Child,
    pub hooks: String,
    pub api: String,
    pub token: String,
}

impl Serve {
    pub async fn start(data_dir: &Path, tenant: Option<SocketAddr>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lysbord"));
        command.args(["serve", "--json", "--hooks", "127.0.0.1:0", "--ui", "127.0.0.1:0", "--data-dir"]).arg(data_dir);
        if let Some(tenant) = tenant {
            command.args(["--tenant", &format!("http://{tenant}")]);
        }
        let mut child = command.env("LYSBORD_LOG", "error").stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).await.unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let text = |key: &str| told[key].as_str().unwrap().to_owned();
        Self { child, hooks: text("hooks"), api: text("api"), token: text("token") }
    }

    /// Memory in MB: now, and at its highest.
    pub fn memory(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap_or_default();
        let of = |key: &str| -> u64 {
            let line = status.lines().find(|line| line.starts_with(key)).unwrap_or_default();
            line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or(0) / 1024
        };
        (of("VmRSS:"), of("VmHWM:"))
    }

    /// Waits until it is idle: until it has used no processor time for a while.
    pub async fn rest(&self) {
        let process = Path::new("/proc").join(self.child.id().unwrap().to_string());
        let spent = || ticks_of(&process);
        let mut before = spent();
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let now = spent();
            if now <= before + 1 {
                return;
            }
            before = now;
        }
    }

    pub async fn get(&self, path: &str) -> (Duration, Vec<u8>) {
        let mut line = Line::open(address(&self.api)).await;
        self.get_on(&mut line, path).await
    }

    pub async fn get_on(&self, line: &mut Line, path: &str) -> (Duration, Vec<u8>) {
        let host = address(&self.api);
        let head = format!("GET /api{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\r\n", self.token);
        let begun = Instant::now();
        let (status, body) = line.ask(head.as_bytes()).await;
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        (begun.elapsed(), body)
    }

    pub async fn put(&self, path: &str, body: &str) {
        let host = address(&self.api);
        let request = format!(
            "PUT /api{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        let (status, answer) = Line::open(host).await.ask(request.as_bytes()).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
    }

    pub async fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&self.get(path).await.1).unwrap()
    }

    pub async fn stop(mut self) {
        let _ = Command::new("kill").arg(self.child.id().unwrap().to_string()).status().await;
        self.child.wait().await.unwrap();
    }
}

/// Processor time of a process in kernel ticks: `utime` and `stime` of its `stat`, counted after the name, which may
/// contain anything. 0 if the process is gone.
pub fn ticks_of(process: &Path) -> u64 {
    let stat = std::fs::read_to_string(process.join("stat")).unwrap_or_default();
    let behind = stat.rsplit(')').next().unwrap_or_default();
    behind.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

/// The most memory in MB that a process ever had; 0 once it is gone.
pub fn highest_memory(process: &Path) -> u64 {
    let status = std::fs::read_to_string(process.join("status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Host and port of a URL.
pub fn address(url: &str) -> SocketAddr {
    url.trim_start_matches("http://").split('/').next().unwrap().parse().unwrap()
}

/// A keep-alive connection.
pub struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    pub async fn open(to: SocketAddr) -> Self {
        let stream = TcpStream::connect(to).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(64 * 1024) }
    }

    /// Posts a body to a path; returns the status.
    pub async fn post(&mut self, path: &str, body: &[u8]) -> u16 {
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nHost: bench\r\nUser-Agent: FotoWeb/8.1\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        self.ask(&request).await.0
    }

    async fn ask(&mut self, request: &[u8]) -> (u16, Vec<u8>) {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        let head = loop {
            if let Some(at) = self.buffer.windows(4).position(|end| end == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(self.stream.read_buf(&mut self.buffer).await.unwrap() > 0, "the connection was closed");
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).to_lowercase();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        let length: usize = length.unwrap_or(0);
        while self.buffer.len() < head + length {
            assert!(self.stream.read_buf(&mut self.buffer).await.unwrap() > 0, "the connection was closed");
        }
        (status, self.buffer[head..head + length].to_vec())
    }
}

/// The percentile of `values`, with `share` from 0 to 1. Sorts them.
pub fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(((values.len() as f64 - 1.0) * share).round() as usize).copied().unwrap_or(f64::NAN)
}

pub fn median(values: &mut [f64]) -> f64 {
    percentile(values, 0.5)
}

pub fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
