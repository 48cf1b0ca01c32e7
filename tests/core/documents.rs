//! The documents for developers say what is there: files and tests that they name exist, and ARCHITECTURE.md stays short.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that a document may name a file below.
const BASES: [&str; 7] =
    ["", "src-tauri/core/src", "src-tauri/core/src/library", "src-tauri/src", "ui/src", "tests/core", "docs"];

/// Folders that a build makes, at any depth.
const BUILT: [&str; 5] = ["target", "dist", "node_modules", ".git", "gen"];

/// Folders that a document may name though they are not in the repository: of the build, and of a data folder.
const ELSEWHERE: [&str; 6] = ["target/", "dist/", "ui/dist/", "blobs/", "exports/", "rebuild-"];

const SOURCES: [&str; 4] = ["rs", "ts", "svelte", "mjs"];

#[test]
fn the_architecture_is_read_in_one_sitting() {
    let lines = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap().lines().count();
    assert!(lines <= 200, "ARCHITECTURE.md has {lines} lines; what goes into detail belongs in docs/design/");
}

#[test]
fn files_that_a_document_names_exist() {
    let names: BTreeSet<_> = files(&root()).iter().filter_map(|path| Some(path.file_name()?.to_owned())).collect();
    let exists = |word: &str| {
        let elsewhere = ELSEWHERE.iter().any(|folder| word.starts_with(folder));
        let alone = !word.contains('/') && names.contains(std::ffi::OsStr::new(word));
        elsewhere || alone || BASES.iter().any(|base| root().join(base).join(word).exists())
    };
    let mut missing = String::new();
    for (document, text) in documents() {
        for word in code_words(&text).filter(|word| is_a_path(word) && !exists(word)) {
            writeln!(missing, "{document} names {word}, which is nowhere").unwrap();
        }
        for link in links(&text).filter(|link| !root().join(&document).with_file_name(link).exists()) {
            writeln!(missing, "{document} links to {link}, which is nowhere").unwrap();
        }
    }
    assert!(missing.is_empty(), "{missing}");
}

#[test]
fn tests_that_a_document_names_exist() {
    let sources: Vec<String> = sources().map(|(_, text)| text).collect();
    let mut missing = String::new();
    for (document, text) in documents() {
        for word in code_words(&text) {
            let wanted = match word.as_str() {
                word if is_a_test_in_rust(word) => format!("fn {word}("),
                word if is_a_test_in_script(word) => format!("'{word}'"),
                _ => continue,
            };
            if !sources.iter().any(|source| source.contains(&wanted)) {
                writeln!(missing, "{document} names the test {word}, which is nowhere").unwrap();
            }
        }
    }
    assert!(missing.is_empty(), "{missing}");
}

#[test]
fn facts_about_fotoware_that_the_code_cites_are_written_down() {
    let facts = fs::read_to_string(root().join("docs/fotoware.md")).unwrap();
    let sections: BTreeSet<&str> = facts
        .lines()
        .filter_map(|line| line.strip_prefix("### ").or(line.strip_prefix("## ")))
        .filter_map(|heading| heading.split(' ').next())
        .map(|number| number.trim_end_matches('.'))
        .collect();
    let mut cited = 0;
    // This file has the words that it looks for.
    for (path, text) in sources().filter(|(path, _)| !path.ends_with("tests/core/documents.rs")) {
        for citation in text.split("docs/fotoware.md ").skip(1) {
            let number: String = citation.chars().take_while(|sign| sign.is_ascii_digit() || *sign == '.').collect();
            let number = number.trim_end_matches('.');
            assert!(
                sections.contains(number),
                "{} cites section {number:?} of docs/fotoware.md, which is not there",
                path.display()
            );
            cited += 1;
        }
    }
    assert!(cited > 0, "the code cites docs/fotoware.md");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// What is written for developers: path below the root, and text.
fn documents() -> Vec<(String, String)> {
    let mut paths: Vec<String> = ["ARCHITECTURE.md", "CONTRIBUTING.md"].map(str::to_owned).into();
    let design = fs::read_dir(root().join("docs/design")).unwrap();
    paths.extend(design.map(|entry| format!("docs/design/{}", entry.unwrap().file_name().to_str().unwrap())));
    assert!(paths.len() > 2, "there are documents in docs/design");
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(root().join(path)).unwrap())).collect()
}

/// Our own code.
fn sources() -> impl Iterator<Item = (PathBuf, String)> {
    files(&root())
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| SOURCES.iter().any(|source| end == *source)))
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let built = entry.file_name().to_str().is_none_or(|name| BUILT.contains(&name));
        match entry.file_type().unwrap() {
            kind if kind.is_dir() && !built => found.extend(files(&entry.path())),
            kind if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    found
}

/// What stands between backticks, outside blocks of code. A word may be broken over two lines.
fn code_words(text: &str) -> impl Iterator<Item = String> {
    let prose: String = text.split("```").step_by(2).collect();
    let words: Vec<String> = prose.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    words.into_iter().map(|word| word.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Targets of links that are files of ours.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.contains("://") && !target.starts_with('#'))
        .map(|target| target.split('#').next().unwrap_or(target))
}

fn is_a_path(word: &str) -> bool {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "_./-".contains(sign);
    let ends = [".rs", ".ts", ".svelte", ".mjs", ".md", ".toml", ".yml", ".sql", ".hbs", "/"];
    word.chars().all(plain) && !word.starts_with(['/', '.']) && ends.iter().any(|end| word.ends_with(end))
}

/// Tests are sentences; other names in the documents are shorter.
fn is_a_test_in_rust(word: &str) -> bool {
    word.matches('_').count() >= 3
        && word.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_')
}

fn is_a_test_in_script(word: &str) -> bool {
    word.matches(' ').count() >= 3
        && !word.contains("--")
        && word.chars().all(|sign| sign.is_alphanumeric() || " ,'-.:".contains(sign))
}
