//! The program on a data folder of its own: one command that ends, or `serve` that runs until it is stopped or killed.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::archive::Delivery;
use crate::web::{self, Answer};

/// Generous: it is only reached when something is wrong.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A place for a library, and whatever else a story needs on disk.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The data folder. The program makes it.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        Self::command_on(&self.data(), arguments)
    }

    /// The same on another folder.
    pub fn command_on(data: &Path, arguments: &[&str]) -> Command {
        on_folder(Command::new(env!("CARGO_BIN_EXE_lysbord")), data, arguments)
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        finish(self.command(arguments))
    }

    /// Runs a command that must do well. Returns what it printed.
    pub fn done(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "lysbord {arguments:?}: {ran:?}");
        ran.out
    }

    /// Runs a command that must fail. Returns its one line of words.
    pub fn refused(&self, arguments: &[&str]) -> String {
        self.run(arguments).one_line_of_words()
    }

    pub fn serve(&self, tenants: &[&str]) -> Serving {
        Serving::start(self.command(&serve_arguments(tenants)))
    }

    /// No file that this process writes may grow beyond so many KiB, as if the disk ended there.
    pub fn serve_with_files_up_to(&self, kib: u32, tenants: &[&str]) -> Serving {
        let mut shell = Command::new("bash");
        let limited = format!("ulimit -f {kib}; trap '' XFSZ; exec \"$0\" \"$@\"");
        shell.args(["-c", &limited, env!("CARGO_BIN_EXE_lysbord")]);
        Serving::start(on_folder(shell, &self.data(), &serve_arguments(tenants)))
    }

    /// The events of the library, by webhook id.
    pub fn events(&self) -> HashMap<String, Vec<Value>> {
        let mut events: HashMap<String, Vec<Value>> = HashMap::new();
        for line in self.done(&["export", "events", "--format", "jsonl"]).lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            events.entry(event["webhook_id"].as_str().unwrap_or_default().to_owned()).or_default().push(event);
        }
        events
    }

    /// What was acknowledged is shown a moment later.
    pub fn shows(&self, deliveries: &[Delivery]) {
        until("all deliveries are shown", || {
            let events = self.events();
            deliveries.iter().all(|delivery| events.contains_key(&delivery.webhook_id)).then_some(())
        });
    }

    /// The same, when no picture waits any more: for a folder that is being served.
    pub fn pictures_settled(&self) -> HashMap<String, Vec<Value>> {
        until("all pictures are settled", || {
            let events = self.events();
            let settled = |event: &Value| event["thumbnail"] != "waiting" && event["preview"] != "waiting";
            events.values().flatten().all(settled).then_some(events)
        })
    }
}

pub fn serve_arguments<'a>(tenants: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["serve", "--json", "--hooks", "127.0.0.1:0", "--ui", "127.0.0.1:0"];
    arguments.extend(tenants.iter().flat_map(|tenant| ["--tenant", tenant]));
    arguments
}

fn on_folder(mut command: Command, data: &Path, arguments: &[&str]) -> Command {
    command.args(arguments).arg("--data-dir").arg(data);
    command.env_remove("LYSBORD_DATA_DIR").env("LYSBORD_LOG", "info").stdin(Stdio::null());
    command
}

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// A failure is told in one line on stderr, and on stdout there is nothing that could be taken for a result.
    pub fn one_line_of_words(&self) -> String {
        assert_eq!(self.code, Some(1), "{self:?}");
        let lines: Vec<&str> = self.err.lines().filter(|line| line.starts_with("lysbord: ")).collect();
        assert!(lines.len() == 1 && self.err.ends_with(&format!("{}\n", lines[0])), "{self:?}");
        let stutters = lines[0].rsplit_once(": ").is_some_and(|(before, last)| before.contains(last));
        assert!(!stutters, "the same is said twice: {}", lines[0]);
        lines[0].to_owned()
    }
}

pub fn finish(mut command: Command) -> Ran {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (out, err) = (gather(child.stdout.take().unwrap()), gather(child.stderr.take().unwrap()));
    let status = ended(&mut child);
    Ran { code: status.code(), out: out.join().unwrap(), err: err.join().unwrap() }
}

/// A running `lysbord serve`. Dropped, it is killed.
pub struct Serving {
    child: Child,
    pub hooks: String,
    pub api: String,
    pub ui: String,
    pub token: String,
    pub announced: Value,
    rest: Receiver<String>,
    log: Option<JoinHandle<String>>,
}

impl Serving {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = lines_of(child.stdout.take().unwrap());
        let log = gather(child.stderr.take().unwrap());
        let Ok(line) = lines.recv_timeout(PATIENCE) else {
            let _ = child.kill();
            panic!("lysbord serve announced nothing: {}", log.join().unwrap());
        };
        let announced: Value = serde_json::from_str(&line).unwrap();
        let told = |key: &str| announced[key].as_str().unwrap().to_owned();
        let (hooks, api, ui, token) = (told("hooks"), told("api"), told("ui"), told("token"));
        Self { child, hooks, api, ui, token, announced, rest: lines, log: Some(log) }
    }

    pub fn post(&self, delivery: &Delivery) -> reqwest::Result<Answer> {
        web::post(&format!("{}/{}", self.hooks, delivery.hook), delivery.content_type, delivery.body.clone())
    }

    /// Posts what must be taken in.
    pub fn keep(&self, deliveries: &[Delivery]) {
        for delivery in deliveries {
            let answer = self.post(delivery).unwrap();
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
    }

    pub fn get(&self, path: &str) -> Value {
        let answer = web::get(&format!("{}{path}", self.api), &self.token).unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    pub fn put(&self, path: &str, body: &Value) {
        let answer = web::put(&format!("{}{path}", self.api), &self.token, body).unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }

    /// As a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// Asks it to end with a signal. Returns how it did, what it printed after its first line, and its log.
    pub fn stop(mut self, signal: &str) -> Ran {
        self.signal(signal);
        let status = ended(&mut self.child);
        let out = self.rest.iter().collect::<Vec<_>>().join("\n");
        Ran { code: status.code(), out, err: self.log.take().unwrap().join().unwrap() }
    }

    /// Asks it to end, which it must do well. Returns its log.
    pub fn close(self) -> String {
        let ran = self.stop("TERM");
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.err
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
}

/// Asks again until there is an answer.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn ended(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            panic!("the program did not end");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn gather(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut text = Vec::new();
        from.read_to_end(&mut text).unwrap();
        String::from_utf8_lossy(&text).into_owned()
    })
}

fn lines_of(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let _ = sender.send(line.unwrap());
        }
    });
    lines
}
