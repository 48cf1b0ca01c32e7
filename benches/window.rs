//! The window at 100,000 assets, on a screen of its own: from start to the first tile, and what it costs when nobody does
//! anything. The library is the gallery's; where no picture could be had, a tile is painted with the words that say so.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{sleep, timeout};

use crate::gallery;
use crate::rig::{median, millis, percentile, ticks_of};

const STARTS: usize = 10;
const SETTLING: Duration = Duration::from_secs(15);
const IDLE: Duration = Duration::from_secs(20);
/// The unit of CPU time in `/proc`, on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

pub async fn run() {
    println!("\n== window: {} assets, under Xvfb", gallery::sizes().0);
    let Some(screen) = Screen::open().await else {
        println!("   skipped: it takes Xvfb, openbox and dbus-daemon to have a screen and a session (make setup-test)");
        return;
    };
    let folder = gallery::library().await;

    let mut took = Vec::new();
    for start in 0..=STARTS {
        let begun = Instant::now();
        let window = Window::open(&screen, &folder).await;
        // The first start fills the caches and is not counted.
        if start > 0 {
            took.push(millis(begun.elapsed()));
        }
        window.close().await;
    }
    let slowest = percentile(&mut took, 1.0);
    println!(
        "   start to first tile: median {:.0} ms of {STARTS}, slowest {slowest:.0} ms (1,000 ms)",
        median(&mut took)
    );

    let window = Window::open(&screen, &folder).await;
    sleep(SETTLING).await;
    let family = window.family();
    let (before, before_family) = (window.spent(), cpu_of(&family));
    sleep(IDLE).await;
    let (after, after_family) = (window.spent(), cpu_of(&family));
    let share = |seconds: f64| 100.0 * seconds / IDLE.as_secs_f64();
    let wakes = after.wakes.saturating_sub(before.wakes) as f64 / IDLE.as_secs_f64();
    println!(
        "   idle for {} s: {:.2} % CPU (1 %), {wakes:.1} wake-ups a second; its web view beside it {:.2} %",
        IDLE.as_secs(),
        share(after.cpu - before.cpu),
        share(after_family - before_family),
    );
    for (name, wakes) in busiest(&before, &after) {
        println!("      {name}: {wakes} wake-ups");
    }
    let Memory { fair, resident, anonymous } = after.memory;
    println!(
        "   memory: {fair} MB idle (150 MB), with its share of what it shares with its web view; {anonymous} MB are no files"
    );
    println!("      all that it shares counted as its own, {resident} MB");
    window.close().await;
}

/// A screen with a window manager, and a session bus, that nobody else uses.
struct Screen {
    display: String,
    bus: String,
    home: tempfile::TempDir,
    _running: [Child; 3],
}

impl Screen {
    async fn open() -> Option<Self> {
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]);
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--print-address"]);
        let (xvfb, display) = first_line_of(xvfb).await?;
        let (dbus, bus) = first_line_of(bus).await?;
        let display = format!(":{display}");
        let mut openbox = Command::new("openbox");
        openbox.env("DISPLAY", &display).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let openbox = openbox.spawn().ok()?;
        let home = tempfile::tempdir().unwrap();
        Some(Self { display, bus, home, _running: [xvfb, dbus, openbox] })
    }
}

async fn first_line_of(mut command: Command) -> Option<(Child, String)> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true).spawn().ok()?;
    let line = lines(child.stdout.take().unwrap()).next_line().await.unwrap()?;
    Some((child, line))
}

fn lines<R: AsyncRead + Unpin>(out: R) -> Lines<BufReader<R>> {
    BufReader::new(out).lines()
}

/// A running Lysbord whose first tile is on the screen.
struct Window {
    child: Child,
    _out: Lines<BufReader<ChildStdout>>,
}

impl Window {
    async fn open(screen: &Screen, folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lysbord"))
            .args(["--hooks", "127.0.0.1:0", "--data-dir"])
            .arg(folder)
            .env("LYSBORD_TELL_FIRST_TILE", "1")
            .env("LYSBORD_LOG", "error")
            .env("DISPLAY", &screen.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &screen.bus)
            .env("HOME", screen.home.path())
            .envs(["DATA", "CONFIG", "CACHE"].map(|kind| (format!("XDG_{kind}_HOME"), screen.home.path().join(kind))))
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut out = lines(child.stdout.take().unwrap());
        let painted = async {
            while let Some(line) = out.next_line().await.unwrap() {
                if line.contains("first_tile") {
                    return;
                }
            }
            panic!("the window ended before a tile was painted");
        };
        timeout(Duration::from_mins(1), painted).await.expect("a tile is painted");
        Self { child, _out: out }
    }

    fn process(&self) -> PathBuf {
        Path::new("/proc").join(self.child.id().unwrap().to_string())
    }

    /// CPU time and wake-ups of the program itself; the web view's processes are not included.
    fn spent(&self) -> Spent {
        let process = self.process();
        let threads = std::fs::read_dir(process.join("task")).unwrap().filter_map(|thread| {
            let thread = thread.ok()?.path();
            let name = format!("{} ({})", read(&thread.join("comm")).trim(), thread.file_name()?.to_string_lossy());
            Some((name, number_of(&read(&thread.join("status")), "voluntary_ctxt_switches:")))
        });
        let threads: Vec<(String, u64)> = threads.collect();
        let status = read(&process.join("status"));
        Spent {
            cpu: cpu_of(std::slice::from_ref(&process)),
            wakes: threads.iter().map(|(_, wakes)| wakes).sum(),
            threads,
            memory: Memory {
                fair: number_of(&read(&process.join("smaps_rollup")), "Pss:") / 1024,
                resident: number_of(&status, "VmRSS:") / 1024,
                anonymous: number_of(&status, "RssAnon:") / 1024,
            },
        }
    }

    /// The web view's own processes.
    fn family(&self) -> Vec<PathBuf> {
        let mut found = vec![self.child.id().unwrap()];
        let mut next = 0;
        while let Some(parent) = found.get(next) {
            let children = read(&PathBuf::from(format!("/proc/{parent}/task/{parent}/children")));
            found.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
            next += 1;
        }
        found[1..].iter().map(|id| Path::new("/proc").join(id.to_string())).collect()
    }

    async fn close(mut self) {
        let _ = Command::new("kill").arg(self.child.id().unwrap().to_string()).status().await;
        assert!(self.child.wait().await.unwrap().success(), "the window ends as it should");
    }
}

struct Spent {
    /// Seconds.
    cpu: f64,
    wakes: u64,
    threads: Vec<(String, u64)>,
    memory: Memory,
}

/// In MB.
struct Memory {
    /// Proportional set size: a memory page that several processes share counts in parts. The web view's processes load
    /// the same libraries.
    fair: u64,
    resident: u64,
    anonymous: u64,
}

/// The threads that woke up most often between two measurements. A poll would show here.
fn busiest(before: &Spent, after: &Spent) -> Vec<(String, u64)> {
    let earlier = |name: &str| before.threads.iter().find(|(known, _)| known == name).map_or(0, |(_, wakes)| *wakes);
    let mut woken: Vec<(String, u64)> =
        after.threads.iter().map(|(name, wakes)| (name.clone(), wakes.saturating_sub(earlier(name)))).collect();
    woken.sort_by_key(|(_, wakes)| std::cmp::Reverse(*wakes));
    woken.retain(|(_, wakes)| *wakes > 0);
    woken.truncate(3);
    woken
}

/// CPU time of processes, in seconds.
fn cpu_of(processes: &[PathBuf]) -> f64 {
    processes.iter().map(|process| ticks_of(process)).sum::<u64>() as f64 / TICKS_PER_SECOND
}

/// Reads a file of `/proc`; empty if the process is gone.
fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn number_of(status: &str, key: &str) -> u64 {
    let line = status.lines().find(|line| line.starts_with(key)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}
