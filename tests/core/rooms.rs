//! Which room may know which. Reads the imports of the program's own source, so that what ARCHITECTURE promises is
//! kept: a new arrow is drawn here first, where it is seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Every room of the core, with the rooms that it may know. A room that is not listed fails the test.
const ROOMS: &[(&str, &[&str])] = &[
    ("alerts", &["fotoware"]),
    (
        "api",
        &[
            "alerts",
            "desk",
            "export",
            "fold",
            "fotoware",
            "library",
            "model",
            "net",
            "reach",
            "renditions",
            "secrets",
            "settings",
        ],
    ),
    ("content_coding", &[]),
    (
        "desk",
        &[
            "alerts",
            "export",
            "folder",
            "followers",
            "fotoware",
            "intake",
            "library",
            "model",
            "net",
            "reach",
            "renditions",
            "secrets",
            "server",
            "settings",
            "supervise",
        ],
    ),
    ("export", &["fotoware", "library", "model", "renditions", "settings"]),
    ("fold", &[]),
    ("folder", &[]),
    ("followers", &["library", "supervise"]),
    ("fotoware", &[]),
    ("import", &["content_coding", "fotoware"]),
    ("intake", &["content_coding", "fotoware", "library", "secrets"]),
    ("library", &["fold", "folder", "fotoware", "model", "settings", "sqlite", "supervise"]),
    ("model", &["fotoware"]),
    ("net", &["model"]),
    ("reach", &["intake", "net", "secrets", "settings"]),
    ("renditions", &["content_coding", "folder", "fotoware", "model", "net", "sqlite", "supervise"]),
    ("secrets", &[]),
    ("server", &[]),
    ("settings", &["alerts", "fotoware"]),
    ("sqlite", &[]),
    ("supervise", &[]),
];

/// The rooms that may name `rusqlite`. Everybody else asks the library through a snapshot, and the blobs through their
/// store.
const KNOW_SQLITE: &[&str] = &["library", "renditions", "sqlite"];

/// The folders of the library, with those that each may know.
const LIBRARY: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("ingest", &["error", "store", "trouble", "writer"]),
    ("maintenance", &["error", "ingest", "projection", "store"]),
    ("projection", &["error", "store"]),
    ("queries", &["error", "store"]),
    ("rebuild", &["error", "projection", "store", "trouble", "writer"]),
    ("store", &["error"]),
    ("trouble", &["store"]),
    ("writer", &["error", "ingest", "projection", "rebuild", "store", "trouble"]),
];

/// The source of a crate: for each module its path, such as `library::store::events`, and what it imports.
#[derive(Debug, Default)]
struct Source(BTreeMap<String, BTreeSet<String>>);

impl Source {
    /// Reads all files below a folder.
    fn read(root: &Path) -> Self {
        let mut files = Vec::new();
        gather(root, root, &mut files);
        Self::of(files.iter().map(|(path, text)| (path.as_str(), text.as_str())))
    }

    /// Of files by their paths below the crate's root, such as `library/store/events.rs`.
    fn of<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let texts: BTreeMap<String, &str> = files.map(|(path, text)| (module_of(path), text)).collect();
        let modules: BTreeSet<String> = texts.keys().cloned().collect();
        let imports = texts.iter().map(|(module, text)| {
            let known = imported_paths(module, text).into_iter().filter_map(|path| module_behind(&path, &modules));
            (module.clone(), known.filter(|other| other != module).collect())
        });
        Self(imports.collect())
    }

    /// What a room knows that the table does not allow, and rooms that are not in the table.
    /// `within` is a module whose children are the rooms, or empty for the rooms of the crate.
    fn trespasses(&self, within: &str, table: &[(&str, &[&str])]) -> Vec<String> {
        let allowed: BTreeMap<&str, &[&str]> = table.iter().copied().collect();
        let mut found = Vec::new();
        for (module, imports) in &self.0 {
            let Some(room) = room_of(module, within) else { continue };
            let Some(may_know) = allowed.get(room) else {
                found.push(format!("{module} is in no room of the table"));
                continue;
            };
            for import in imports {
                match room_of(import, within) {
                    Some(other) if other != room && !may_know.contains(&other) => {
                        found.push(format!("{module} knows {import}"));
                    }
                    // Who asks the room as a whole knows everything in it.
                    None if !within.is_empty() && import == within => {
                        found.push(format!("{module} knows all of {within}"));
                    }
                    _ => {}
                }
            }
        }
        found
    }

    /// Modules of different rooms that know each other, directly or through others.
    fn circles(&self, within: &str) -> Vec<String> {
        let reaches = |from: &String| {
            let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
            while let Some(module) = next.pop() {
                for import in self.0.get(module).into_iter().flatten() {
                    if room_of(import, within).is_some() && seen.insert(import) {
                        next.push(import);
                    }
                }
            }
            seen
        };
        let mut found = Vec::new();
        for module in self.0.keys() {
            let Some(room) = room_of(module, within) else { continue };
            for other in reaches(module).into_iter().filter(|other| *other > module) {
                if room_of(other, within) != Some(room) && reaches(other).contains(module) {
                    found.push(format!("{module} and {other}"));
                }
            }
        }
        found
    }
}

fn gather(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.push((below, fs::read_to_string(&path).unwrap()));
        }
    }
}

fn module_of(path: &str) -> String {
    let path = path.trim_end_matches(".rs");
    path.strip_suffix("/mod").unwrap_or(path).replace('/', "::")
}

fn room_of<'a>(module: &'a str, within: &str) -> Option<&'a str> {
    let below = if within.is_empty() { module } else { module.strip_prefix(within)?.strip_prefix("::")? };
    let room = below.split("::").next().unwrap_or(below);
    (room != "lib").then_some(room)
}

/// The longest beginning of a path that is a module.
fn module_behind(path: &[String], modules: &BTreeSet<String>) -> Option<String> {
    (1..=path.len()).rev().map(|length| path[..length].join("::")).find(|module| modules.contains(module))
}

/// Every path into the crate that a module names, in `use` or in its code. Its tests may know everybody.
fn imported_paths(module: &str, text: &str) -> Vec<Vec<String>> {
    if module.ends_with("::tests") {
        return Vec::new();
    }
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let mut paths = Vec::new();
    for (at, _) in code.match_indices("::") {
        let begin =
            code[..at].rfind(|letter: char| !letter.is_alphanumeric() && letter != '_').map_or(0, |before| before + 1);
        let first = &code[begin..at];
        // A visibility is no import.
        if !["crate", "super"].contains(&first) || code[..begin].ends_with("(in ") {
            continue;
        }
        // A further `super` is read with the first.
        if code[..begin].ends_with("::") {
            continue;
        }
        let mut leaves = Vec::new();
        expand(&code[begin..], &mut Vec::new(), &mut leaves);
        paths.extend(leaves.into_iter().map(|leaf| absolute(module, leaf)));
    }
    paths
}

/// The leaves of `a::{b, c::{d, e}}`. Returns how much was read.
fn expand(code: &str, before: &mut Vec<String>, leaves: &mut Vec<Vec<String>>) -> usize {
    let (mut at, depth) = (0, before.len());
    loop {
        let rest = &code[at..];
        let name = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        before.push(rest[..name].to_owned());
        at += name;
        if !code[at..].starts_with("::") {
            break;
        }
        at += 2;
        if code[at..].starts_with('{') {
            at += 1;
            loop {
                at += code[at..].len() - code[at..].trim_start_matches([' ', '\n', ',']).len();
                if code[at..].starts_with('}') || at >= code.len() {
                    at += 1;
                    before.truncate(depth);
                    return at;
                }
                let read = expand(&code[at..], before, leaves);
                at += read.max(1);
                // An alias names nothing that is known.
                at += code[at..].find([',', '}']).unwrap_or_default();
            }
        }
    }
    leaves.push(before.clone());
    before.truncate(depth);
    at
}

fn absolute(module: &str, path: Vec<String>) -> Vec<String> {
    let mut from: Vec<String> = module.split("::").map(str::to_owned).collect();
    if path[0] == "crate" {
        return path[1..].to_vec();
    }
    let ups = path.iter().take_while(|part| *part == "super").count();
    from.truncate(from.len().saturating_sub(ups));
    from.extend(path.into_iter().skip(ups));
    from
}

fn core() -> Source {
    Source::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

#[test]
fn no_room_knows_what_it_may_not() {
    let core = core();
    assert_eq!(core.trespasses("", ROOMS), Vec::<String>::new(), "ARCHITECTURE says who may know whom");
    assert!(core.0["desk"].iter().any(|import| import.starts_with("library")), "imports are read at all");
}

#[test]
fn no_folder_of_the_library_knows_what_it_may_not() {
    let core = core();
    assert_eq!(core.trespasses("library", LIBRARY), Vec::<String>::new());
    assert_eq!(core.circles("library"), Vec::<String>::new(), "files of different folders go in a circle");
}

/// The files that name `rusqlite` outside of the rooms that may, their tests left out.
fn name_sqlite<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<&'a str> {
    let names_it = |text: &str| {
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        code.lines().any(|line| line.split("//").next().unwrap_or_default().contains("rusqlite"))
    };
    let may = |path: &str| room_of(&module_of(path), "").is_some_and(|room| KNOW_SQLITE.contains(&room));
    files.filter(|(path, text)| !may(path) && names_it(text)).map(|(path, _)| path).collect()
}

#[test]
fn who_asks_the_library_knows_no_sqlite() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for root in [here.join("src"), here.join("../src")] {
        gather(&root, &root, &mut files);
    }
    let named = name_sqlite(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    assert_eq!(named, Vec::<&str>::new(), "they ask through library::Snapshot");

    let wrong = [("api/gallery.rs", "use rusqlite::Connection;"), ("commands/doctor.rs", "fn a(b: &rusqlite::Row) {}")];
    assert_eq!(name_sqlite(wrong.into_iter()), ["api/gallery.rs", "commands/doctor.rs"]);
    let right = [
        ("library/store/events.rs", "use rusqlite::Connection;"),
        ("api/gallery.rs", "// not rusqlite"),
        ("desk/mod.rs", "#[cfg(test)]\nmod tests {\n    use rusqlite::Connection;\n}"),
    ];
    assert_eq!(name_sqlite(right.into_iter()), Vec::<&str>::new());
}

/// No free function of the library takes a connection: its questions are those of a snapshot.
#[test]
fn the_library_hands_out_no_question_beside_its_snapshot() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/library/mod.rs")).unwrap();
    let named: BTreeSet<String> = text
        .lines()
        .filter(|line| line.starts_with("pub use "))
        .flat_map(|line| {
            let mut leaves = Vec::new();
            expand(line.trim_start_matches("pub use ").trim_end_matches(';'), &mut Vec::new(), &mut leaves);
            leaves.into_iter().filter_map(|leaf| leaf.last().cloned())
        })
        .collect();
    let functions: Vec<&String> = named.iter().filter(|name| name.starts_with(char::is_lowercase)).collect();
    assert_eq!(functions, ["check_up", "what_does_not_move"], "which open a folder's library themselves");
    assert!(named.contains("Snapshot"), "{named:?}");
}

#[test]
fn the_tenant_of_the_demo_knows_nothing_of_the_program() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/Cargo.toml");
    let manifest = fs::read_to_string(demo).unwrap();
    assert!(!manifest.contains("lysbord-core"), "it stands for Fotoware, and Fotoware knows no Lysbord");
}

#[test]
fn the_check_sees_every_way_in_which_one_room_names_another() {
    let table: &[(&str, &[&str])] = &[("kitchen", &["cellar"]), ("cellar", &[]), ("attic", &[])];
    let found = |text: &str| {
        let files = [
            ("lib.rs", ""),
            ("kitchen/mod.rs", ""),
            ("cellar/mod.rs", text),
            ("cellar/shelf.rs", ""),
            ("attic.rs", ""),
        ];
        Source::of(files.into_iter()).trespasses("", table)
    };
    for wrong in [
        "use crate::kitchen::Knife;",
        "use crate::{attic, cellar::shelf};",
        "use crate::cellar::{shelf, self};\nuse super::attic::Box as Other;",
        "use crate::kitchen::{\n    Knife,\n    Spoon,\n};",
        "fn cook() {\n    crate::kitchen::cook();\n}",
        "pub(in crate::cellar) use crate::attic::Box;",
    ] {
        assert_eq!(found(wrong).len(), 1, "{wrong}: {:?}", found(wrong));
    }
    for right in [
        "use crate::cellar::shelf;",
        "// use crate::kitchen::Knife;",
        "pub(in crate::kitchen) fn open() {}",
        "#[cfg(test)]\nmod tests {\n    use crate::kitchen::Knife;\n}",
        "use std::fs;\nuse kitchen_sink::Knife;",
    ] {
        assert_eq!(found(right), Vec::<String>::new(), "{right}");
    }
    assert_eq!(
        Source::of([("garden.rs", "")].into_iter()).trespasses("", table),
        ["garden is in no room of the table"],
        "a new room is noticed"
    );
}

#[test]
fn the_check_finds_a_circle_through_a_third() {
    let house = |back: &'static str| {
        Source::of(
            [
                ("library/store/events.rs", "use crate::library::queries::list::Line;"),
                ("library/queries/list.rs", "use super::filter::Filter;"),
                ("library/queries/filter.rs", back),
            ]
            .into_iter(),
        )
    };
    assert_eq!(house("use crate::library::store::Row;").circles("library"), Vec::<String>::new());
    assert_eq!(
        house("use crate::library::store::events::Row;").circles("library"),
        ["library::queries::filter and library::store::events", "library::queries::list and library::store::events"]
    );
    let whole =
        Source::of([("library/mod.rs", ""), ("library/store/a.rs", "use crate::library::Library;")].into_iter());
    assert_eq!(whole.trespasses("library", LIBRARY), ["library::store::a knows all of library"]);
}
