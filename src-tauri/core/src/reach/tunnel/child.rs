//! A child process and everything it starts: its output line by line, a polite end, and nothing left running.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Longer lines are split; no public address is that long.
const LONGEST_LINE: u64 = 16 * 1024;

pub(super) struct Child {
    process: Box<dyn ChildWrapper>,
    /// The process group was killed. Its id may belong to somebody else by now, so it must not be killed again.
    is_swept: bool,
    lines: mpsc::Receiver<String>,
    /// They end with it. If one panics its lines end, as they do when the program closes its output.
    _readers: JoinSet<()>,
}

impl Child {
    pub(super) fn start(program: &Path, arguments: &[String]) -> io::Result<Self> {
        let mut command = CommandWrap::with_new(program, |command| {
            command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        });
        // In its own process group, so that Ctrl+C in a terminal reaches only Lysbord, which then ends its tunnels in
        // order.
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);
        let mut process = command.wrap(KillOnDrop).spawn()?;
        let (sender, lines) = mpsc::channel(64);
        let mut readers = JoinSet::new();
        if let Some(out) = process.stdout().take() {
            readers.spawn(read(out, sender.clone()));
        }
        if let Some(out) = process.stderr().take() {
            readers.spawn(read(out, sender));
        }
        Ok(Self { process, is_swept: false, lines, _readers: readers })
    }

    /// The next line of its output, or `None` when there will be no more.
    pub(super) async fn line(&mut self) -> Option<String> {
        tokio::select! {
            biased;
            line = self.lines.recv() => line,
            // A grandchild may still hold the output open, so do not wait for its end.
            _ = self.process.wait() => {
                self.sweep();
                timeout(Duration::from_millis(200), self.lines.recv()).await.unwrap_or(None)
            }
        }
    }

    /// Waits until it has ended and returns how, in words.
    pub(super) async fn wait(&mut self) -> String {
        let words = match self.process.wait().await {
            Ok(status) => match (status.code(), signal(status)) {
                (Some(0), _) => "it said that all went well".to_owned(),
                (Some(code), _) => format!("with code {code}"),
                (None, Some(signal)) => format!("by signal {signal}"),
                (None, None) => status.to_string(),
            },
            Err(error) => error.to_string(),
        };
        self.sweep();
        words
    }

    /// Asks it to end, and kills it if it does not within three seconds.
    pub(super) async fn end(mut self) {
        const PATIENCE: Duration = Duration::from_secs(3);
        #[cfg(unix)]
        {
            const SIGTERM: i32 = 15;
            let _ = self.process.signal(SIGTERM);
            if timeout(PATIENCE, self.process.wait()).await.is_ok() {
                self.sweep();
                return;
            }
        }
        self.sweep();
        let _ = timeout(PATIENCE, self.process.wait()).await;
    }

    /// Kills what is left of the process group, once.
    fn sweep(&mut self) {
        if !std::mem::replace(&mut self.is_swept, true) {
            let _ = self.process.start_kill();
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.sweep();
    }
}

async fn read(out: impl AsyncRead + Unpin, lines: mpsc::Sender<String>) {
    let mut out = BufReader::new(out);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut out).take(LONGEST_LINE).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        if lines.send(String::from_utf8_lossy(&line).trim_end().to_owned()).await.is_err() {
            return;
        }
    }
}

#[cfg(unix)]
fn signal(status: std::process::ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: std::process::ExitStatus) -> Option<i32> {
    None
}
