//! Who starts a task or a thread: `supervise.rs`, and those on a list with their reasons. Reads the program's own source, so
//! that nobody starts one that has no owner, or whose death nobody hears.

use std::fs;
use std::path::Path;

/// Files that start something by themselves, how many places in each, and who owns it and hears its end.
const ALLOWED: &[(&str, usize, &str)] = &[
    ("core/src/export/assets.rs", 1, "a scope, which ends with the export and gives its panic on"),
    ("core/src/library/mod.rs", 2, "the library's two threads: joined at the end, and told of by Library::trouble"),
    ("core/src/library/rebuild/checkpoints.rs", 1, "a scope within the rebuild"),
    ("core/src/library/rebuild/mod.rs", 3, "the rebuild's thread, whose panic is its error, and a scope within it"),
    ("core/src/library/rebuild/read_log.rs", 1, "a scope within the rebuild"),
    ("core/src/library/rebuild/shard.rs", 1, "a scope within the rebuild"),
    ("core/src/reach/tunnel/child.rs", 3, "the tunnel's program, and its readers in a JoinSet that ends with it"),
    ("core/src/renditions/blobs/writer.rs", 1, "the thread of pictures.db, joined by the last BlobStore"),
    ("core/src/renditions/fetcher/dispatcher.rs", 3, "JoinSets of the dispatcher, which concludes each of them"),
    ("core/src/server.rs", 1, "a connection each, in a tracker of its socket; a panic costs that connection"),
    ("core/src/supervise.rs", 2, "here it is done"),
    ("demo/src/play.rs", 2, "the demo knows nothing of the core; its player is joined when it is stopped"),
    ("demo/src/tenant.rs", 1, "the demo's picture server: it logs its end, and is stopped by a guard"),
    ("src/desktop/bridge.rs", 1, "a request of the page each; a panic is answered as an internal error"),
    ("src/desktop/mod.rs", 1, "the opening of the desk, which is waited for"),
    ("src/desktop/update.rs", 1, "asks once at a start; not built as a rule"),
];

/// Where a line starts a task, a thread or a process. What runs on a blocking thread is waited for by whoever asked.
fn starts(line: &str) -> usize {
    let code = line.split("//").next().unwrap_or_default();
    let by_supervise = ["tasks.spawn(\"", "desk.spawn(\"", "tasks.keep(\"", "others.spawn(\"", "clone().spawn(\""];
    let named: usize = by_supervise.iter().map(|call| code.matches(call).count()).sum();
    (code.matches(".spawn(").count() + code.matches("::spawn(").count() + code.matches(".spawn_on(").count())
        .saturating_sub(named)
}

fn starts_in(text: &str) -> usize {
    // A task's name may stand on the next line. Tests may start what they like.
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let joined: String = text.lines().map(|line| line.split("//").next().unwrap_or_default().trim()).collect();
    starts(&joined)
}

fn gather(folder: &Path, below: &str, found: &mut Vec<(String, usize)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{below}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            gather(&path, &format!("{name}/"), found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let count = starts_in(&fs::read_to_string(&path).unwrap());
            if count > 0 {
                found.push((name, count));
            }
        }
    }
}

#[test]
fn no_task_is_without_an_owner_who_hears_it_die() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for crate_folder in ["core/src/", "demo/src/", "clock/src/", "src/"] {
        gather(&root.join(crate_folder), crate_folder, &mut found);
    }
    found.sort();
    let allowed: Vec<_> = ALLOWED.iter().map(|(file, count, _)| ((*file).to_owned(), *count)).collect();
    assert_eq!(found, allowed, "start it by supervise::Tasks or Desk::spawn, or add a line with the reason");
}

#[test]
fn what_is_started_by_itself_is_seen_and_what_is_supervised_is_not() {
    for (text, count) in [
        ("tokio::spawn(async {});", 1),
        ("let task = tauri::async_runtime::spawn(work());", 1),
        ("std::thread::spawn(move || ());", 1),
        ("runtime.spawn(work());", 1),
        ("set\n    .spawn(work());", 1),
        ("self.tasks.spawn(\n    \"What works\",\n    work(),\n);", 0),
        ("desk.spawn(\"The tray\", work());", 0),
        ("tokio::task::spawn_blocking(work).await", 0),
        ("// tokio::spawn(", 0),
        ("#[cfg(test)]\nmod tests {\n    fn f() { tokio::spawn(async {}); }\n}", 0),
    ] {
        assert_eq!(starts_in(text), count, "{text}");
    }
}
