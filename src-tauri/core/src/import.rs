//! Saved request bodies, taken in as if they came by webhook: files or folders of them, JSON, JSON Lines or form.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;

use crate::fotoware::HookKind;

/// One request body out of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedBody {
    pub hook: HookKind,
    pub content_type: &'static str,
    pub body: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be read: {source}")]
pub struct ImportError {
    path: PathBuf,
    source: io::Error,
}

/// Every file at or below a path, in order of names. Hidden ones are left out.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, ImportError> {
    let failed = |source| ImportError { path: path.to_owned(), source };
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries: Result<Vec<_>, _> = fs::read_dir(path).map_err(failed)?.collect();
    let mut names: Vec<PathBuf> = entries.map_err(failed)?.into_iter().map(|entry| entry.path()).collect();
    names.retain(|name| !name.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')));
    names.sort();
    let mut found = Vec::new();
    for name in names {
        found.extend(files(&name)?);
    }
    Ok(found)
}

/// The bodies in a file. Its name, or that of its folder, may say of which hook they are (`deleted/1.json`,
/// `modified.jsonl`); else they are taken as from the catch-all.
pub fn read(path: &Path) -> Result<Vec<SavedBody>, ImportError> {
    let bytes = fs::read(path).map_err(|source| ImportError { path: path.to_owned(), source })?;
    Ok(bodies(&bytes, hook_of(path)))
}

fn bodies(bytes: &[u8], hook: HookKind) -> Vec<SavedBody> {
    let json = |text: &str| SavedBody { hook, content_type: "application/json", body: text.trim().into() };
    if let Ok(text) = std::str::from_utf8(bytes) {
        let text = text.trim_start_matches('\u{feff}').trim();
        if let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(text) {
            return list.into_iter().map(|body| json(body.get())).collect();
        }
        if serde_json::from_str::<&RawValue>(text).is_ok() {
            return vec![json(text)];
        }
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        // One broken line is kept, and told as unreadable, like any other delivery.
        if lines.len() > 1 && lines.iter().any(|line| serde_json::from_str::<&RawValue>(line).is_ok()) {
            return lines.into_iter().map(json).collect();
        }
    }
    vec![SavedBody { hook, content_type: "application/x-www-form-urlencoded", body: bytes.to_owned() }]
}

fn hook_of(path: &Path) -> HookKind {
    let stem = path.file_stem();
    let folder = path.parent().and_then(Path::file_name);
    let mut words = [stem, folder].into_iter().flatten().map(|name| name.to_string_lossy().to_lowercase());
    words
        .find_map(|word| {
            HookKind::ALL
                .iter()
                .copied()
                .find(|hook| word.split(['-', '_', '.', ' ']).any(|part| part == hook.as_str()))
        })
        .unwrap_or(HookKind::Any)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8]) -> Vec<String> {
        let bodies = bodies(bytes, HookKind::Any);
        bodies.into_iter().map(|saved| String::from_utf8_lossy(&saved.body).into_owned()).collect()
    }

    #[test]
    fn one_body_a_list_lines_and_a_form_are_told_apart() {
        assert_eq!(told(b" {\"a\":\n 1} "), ["{\"a\":\n 1}"]);
        assert_eq!(told(b"[{\"a\":1}, {\"b\":2}]"), ["{\"a\":1}", "{\"b\":2}"]);
        assert_eq!(told(b"{\"a\":1}\n\n{\"b\":\n{\"c\":3}\n"), ["{\"a\":1}", "{\"b\":", "{\"c\":3}"]);
        assert_eq!(told(b"id=1&href=x"), ["id=1&href=x"]);
    }

    #[test]
    fn names_of_files_and_folders_tell_the_hook() {
        assert_eq!(hook_of(Path::new("saved/deleted/1.json")), HookKind::Deleted);
        assert_eq!(hook_of(Path::new("saved/2026-03-04-modified.jsonl")), HookKind::Modified);
        assert_eq!(hook_of(Path::new("saved/remodified.json")), HookKind::Any);
    }
}
