//! The parts of a body as browsers send forms with files.

use super::super::layers::Edit;
use super::{REDACTED, form, in_text, shifted};

/// The secrets of its parts; `None` if there are no parts.
pub(super) fn secrets(text: &str, depth: usize) -> Option<Vec<Edit>> {
    let boundary = text.lines().find(|line| !line.is_empty())?.trim_end();
    if !boundary.starts_with("--") || boundary.len() < 3 {
        return None;
    }
    let mut edits = Vec::new();
    let mut at = 0;
    let mut parts = 0;
    for part in text.split(boundary) {
        if let Some((head, content)) = headed(part) {
            parts += 1;
            let content_at = at + (content.as_ptr() as usize - part.as_ptr() as usize);
            if name(head).is_some_and(form::names_secret) {
                edits.push(Edit { at: content_at..content_at + content.len(), with: REDACTED.into() });
            } else {
                edits.extend(in_text(content, depth + 1).into_iter().map(|edit| shifted(edit, content_at)));
            }
        }
        at += part.len() + boundary.len();
    }
    (parts > 0).then_some(edits)
}

/// The head of a part and its content without the line break before the next boundary.
fn headed(part: &str) -> Option<(&str, &str)> {
    let (head, content) = part.split_once("\r\n\r\n").or_else(|| part.split_once("\n\n"))?;
    let is_head = head.to_ascii_lowercase().contains("content-");
    let content = content.strip_suffix('\n').unwrap_or(content);
    is_head.then(|| (head, content.strip_suffix('\r').unwrap_or(content)))
}

fn name(head: &str) -> Option<&str> {
    let (_, name) = head.split_once("name=")?;
    let name =
        name.strip_prefix('"').map_or_else(|| name.split([';', '\r', '\n']).next(), |name| name.split('"').next());
    name.map(str::trim)
}
