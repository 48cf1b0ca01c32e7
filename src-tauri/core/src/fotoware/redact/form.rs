//! Forms: pairs of keys and values, percent-encoded.

use super::super::layers::{Edit, Layer};
use super::{REDACTED, SECRET_KEYS, by_name, in_text, shifted};

const WRAPPED: Layer = Layer::Percent { plus_is_blank: true };

/// The secrets of a form; `None` if it is none. Where a value is cut off or its `&` is not escaped, so that a pair may end
/// elsewhere than it seems, it is searched by name as well.
pub(super) fn secrets(form: &str, depth: usize) -> Option<Vec<Edit>> {
    if !form.contains('=') || super::looks_like_members(form) {
        return None;
    }
    let mut edits = Vec::new();
    let mut at = 0;
    let mut is_torn = false;
    for pair in form.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        is_torn |= !is_key(key);
        let value_at = at + key.len() + 1;
        if names_secret(&WRAPPED.decoded(key.as_bytes())) {
            if !value.is_empty() && value != REDACTED {
                edits.push(Edit { at: value_at..value_at + value.len(), with: REDACTED.into() });
            }
        } else {
            for (part, part_at) in [(key, at), (value, value_at)] {
                let found = WRAPPED.look_inside(part.as_bytes(), |text| {
                    is_torn |= text.contains(['{', '<', '"']) && super::in_json(text, super::DEEPEST).is_none();
                    in_text(text, depth + 1)
                });
                edits.extend(found.into_iter().map(|edit| shifted(edit, part_at)));
            }
        }
        at += pair.len() + 1;
    }
    if is_torn {
        edits.extend(by_name::secrets(form, true, depth));
    }
    Some(edits)
}

/// Whether it may be the key of a pair: everything else is escaped in one.
fn is_key(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%+-._*~[]$".contains(&byte))
}

/// Whether a key names a secret, also as the last step of a path: `data[previewToken]`, `data.ancestors[0].data`.
pub(super) fn names_secret(key: &str) -> bool {
    // Nearly all keys are one plain word, and every member's name at arrival comes here.
    if key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return SECRET_KEYS.contains(&key);
    }
    let mut in_ancestors = false;
    key.split(['[', ']', '.']).filter(|step| !step.is_empty()).any(|step| {
        let is_secret = SECRET_KEYS.contains(&step.trim()) || (in_ancestors && step == "data");
        in_ancestors |= step.trim() == "ancestors";
        is_secret
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_keys_may_end_in_a_secret() {
        for key in
            ["previewToken", "data[previewToken]", "data[ancestors][0][data]", "a.ancestors[].data", "dropHREF[]"]
        {
            assert!(names_secret(key), "{key}");
        }
        for key in ["data", "data[asset]", "ancestors[0][name]", "data[ancestors]", "previewTokens", ""] {
            assert!(!names_secret(key), "{key}");
        }
    }
}
