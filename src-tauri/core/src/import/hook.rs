//! Of which hook a saved body is: the address it was sent to may say it, or the names of its file and folders.

use std::path::Path;

use percent_encoding::percent_decode_str;

use crate::fotoware::HookKind;

/// What an address says: `https://relay.example/hooks/0123/modified?x=1` is of the hook `modified`. The last part of the
/// path that names a hook counts.
pub(super) fn of_address(address: &str) -> Option<HookKind> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    path.rsplit('/').find_map(|part| in_name(&percent_decode_str(part).decode_utf8_lossy()))
}

/// What the names of a file and of its folders up to `root` say, the file's first.
pub(super) fn of_file(root: &Path, path: &Path) -> Option<HookKind> {
    // The folder of a file that was named itself counts as well.
    let root = if path == root { root.parent().unwrap_or(root) } else { root };
    let folders = path.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
    let names = path.file_stem().into_iter().chain(folders.filter_map(Path::file_name));
    names.map(|name| name.to_string_lossy()).find_map(|name| in_name(&name))
}

fn in_name(name: &str) -> Option<HookKind> {
    let name = name.to_lowercase();
    let mut words = name.split(['-', '_', '.', ' ']);
    words.find_map(|word| HookKind::ALL.iter().copied().find(|hook| word == hook.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_and_folders_tell_the_hook() {
        let told = |root: &str, path: &str| of_file(Path::new(root), Path::new(path));
        assert_eq!(told("saved", "saved/deleted/1.json"), Some(HookKind::Deleted));
        assert_eq!(told("saved", "saved/deleted/2026/03/1.json"), Some(HookKind::Deleted));
        assert_eq!(told("saved/deleted", "saved/deleted/1.json"), Some(HookKind::Deleted));
        assert_eq!(told("deleted/1.json", "deleted/1.json"), Some(HookKind::Deleted));
        assert_eq!(told("saved", "saved/2026-03-04-modified.jsonl"), Some(HookKind::Modified));
        assert_eq!(told("saved", "saved/deleted/ingested.json"), Some(HookKind::Ingested), "the nearer name counts");
        assert_eq!(told("saved", "saved/remodified.json"), None);
        assert_eq!(told("deleted/saved", "deleted/saved/1.json"), None, "above what was named nothing is said");
    }

    #[test]
    fn the_address_tells_the_hook() {
        for (address, hook) in [
            ("/hooks/0123456789abcdef0123456789abcdef/modified", Some(HookKind::Modified)),
            ("https://webhook.site/a94a7294-c4aa-4074-ab77-c4cf86fd53b1/deleted?x=ingested", Some(HookKind::Deleted)),
            ("https://m.pipedream.example/fotoware-ingested/", Some(HookKind::Ingested)),
            ("https://modified.example/0123", None),
            ("/webhook/a94a7294", None),
            ("", None),
        ] {
            assert_eq!(of_address(address), hook, "{address}");
        }
    }
}
