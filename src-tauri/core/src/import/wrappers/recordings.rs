//! Recordings of many requests in one value: HAR files, pages of webhook.site, what ngrok's agent lists.

use super::members::Members;

/// The entries of a recording, `None` if the value is none.
pub(super) fn entries<'a>(members: &Members<'a>) -> Option<Vec<&'a str>> {
    if let Some(log) = members.object("log") {
        return log.list("entries");
    }
    let is_page = members.has_any(&["total", "per_page", "current_page", "is_last_page"]);
    if is_page && let Some(entries) = members.list("data") {
        return Some(entries);
    }
    // ngrok's agent and Beeceptor list requests, the events of a source are listed by Pipedream.
    ["requests", "events"].iter().find_map(|name| members.list(name)).filter(|entries| {
        let is_request = |entry: &&str| {
            Members::read(entry).is_some_and(|entry| entry.has_any(&["request", "event", "body", "raw", "method"]))
        };
        !entries.is_empty() && entries.iter().all(is_request)
    })
}
