//! Folders as people have them: what is in them beside deliveries, and what leads nowhere.

use std::fs;
use std::path::Path;

use lysbord_core::fotoware::HookKind;
use lysbord_core::import::{self, Found, LeftAlone};
use tempfile::TempDir;

/// Every file and what is left alone, by its name below the folder.
fn walk(root: &Path) -> Vec<(String, Result<Option<HookKind>, LeftAlone>)> {
    let name = |path: &Path| path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
    let told = |found| match found {
        Found::File { path, hook } => (name(&path), Ok(hook)),
        Found::LeftAlone(path, why) => (name(&path), Err(why)),
    };
    import::walk(root).unwrap().map(told).collect()
}

#[test]
fn files_are_found_in_the_order_of_their_names_and_hidden_ones_are_left_alone() {
    let dir = TempDir::new().unwrap();
    for name in ["b.json", "a/deleted/2026/1.json", "a/modified.jsonl", ".DS_Store", ".git/config", "Thumbs.db"] {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "{}").unwrap();
    }
    let expected = [
        (".DS_Store", Err(LeftAlone::Hidden)),
        (".git", Err(LeftAlone::Hidden)),
        ("Thumbs.db", Ok(None)),
        ("a/deleted/2026/1.json", Ok(Some(HookKind::Deleted))),
        ("a/modified.jsonl", Ok(Some(HookKind::Modified))),
        ("b.json", Ok(None)),
    ];
    assert_eq!(walk(dir.path()), expected.map(|(name, found)| (name.to_owned(), found)));
    let hidden = dir.path().join(".git");
    assert_eq!(walk(&hidden), [("config".to_owned(), Ok(None))], "what is named itself is not hidden");
}

#[cfg(unix)]
#[test]
fn links_that_lead_back_pipes_and_sockets_are_told_and_not_followed() {
    use std::os::unix::fs::symlink;
    let dir = TempDir::new().unwrap();
    let at = |name: &str| dir.path().join(name);
    fs::create_dir(at("folder")).unwrap();
    fs::write(at("folder/1.json"), "{}").unwrap();
    symlink(dir.path(), at("folder/up")).unwrap();
    symlink("itself", at("itself")).unwrap();
    symlink("nowhere", at("broken")).unwrap();
    symlink("folder/1.json", at("link.json")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();

    let found = walk(dir.path());
    let why = |name: &str| found.iter().find(|(found, _)| found == name).unwrap().1.clone();
    assert!(matches!(why("broken"), Err(LeftAlone::CannotBeRead(_))), "{found:?}");
    assert_eq!(why("folder/1.json"), Ok(None));
    assert_eq!(why("folder/up"), Err(LeftAlone::Loop));
    assert_eq!(why("itself"), Err(LeftAlone::Loop));
    assert_eq!(why("link.json"), Ok(None), "a link to a file is a file");
    assert_eq!(why("pipe"), Err(LeftAlone::NotAFile));
    assert_eq!(why("socket"), Err(LeftAlone::NotAFile));
    assert_eq!(found.len(), 7);
    assert_eq!(walk(&at("itself")), [(String::new(), Err(LeftAlone::Loop))]);
    assert!(import::walk(&at("not-there")).is_err());
}

#[test]
fn what_is_no_delivery_is_left_alone_by_what_is_in_it() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    for (content, expected) in [
        (&b""[..], LeftAlone::Empty),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", LeftAlone::Picture),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0", LeftAlone::NotText),
        (b"\0\0\0\x01Bud1\0\0\x10\0", LeftAlone::NotText),
        (b"# Saved notices\n\nThese came in March. See x=1 & y=2.\n", LeftAlone::NoBody),
        (b"<html><body>Sign in</body></html>", LeftAlone::NoBody),
        (b"asset_id,filename,title\n1,a.jpg,A\n", LeftAlone::NoBody),
        (b"[1, 2, 3]", LeftAlone::NoBody),
        (b"key = value\nother = value\n", LeftAlone::NoBody),
    ] {
        fs::write(&path, content).unwrap();
        assert_eq!(import::open(&path, None).err(), Some(expected), "{}", String::from_utf8_lossy(content));
    }
}

#[test]
fn one_that_is_larger_than_any_delivery_is_left_alone_and_the_others_are_not() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("modified.jsonl");
    let large = format!("{{\"id\": \"2\", \"href\": \"/a\", \"padding\": \"{}\"}}", "x".repeat(8 << 20));
    fs::write(&path, format!("{{\"id\": \"1\"}}\n{large}\n{{\"id\": \"3\"}}\n")).unwrap();
    let found: Vec<_> = import::open(&path, None).unwrap().map(|saved| saved.map(|saved| saved.body.len())).collect();
    assert_eq!(found, [Ok(11), Err(LeftAlone::TooLarge), Ok(11)]);
}

#[test]
fn forms_are_read_one_a_line_too() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("forms.txt");
    fs::write(&path, "id=1&data=%7B%7D\r\nid=2&data=%7B%7D\r\n\r\n").unwrap();
    let found: Vec<_> = import::open(&path, Some(HookKind::Deleted)).unwrap().map(Result::unwrap).collect();
    let bodies: Vec<_> = found.iter().map(|saved| (saved.hook, &saved.body[..])).collect();
    assert_eq!(bodies, [(HookKind::Deleted, &b"id=1&data=%7B%7D"[..]), (HookKind::Deleted, b"id=2&data=%7B%7D")]);
}
