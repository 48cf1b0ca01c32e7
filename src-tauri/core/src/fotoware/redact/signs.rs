//! Quick looks that say whether a secret might be somewhere at all. Nearly always the answer is no.

use std::sync::LazyLock;

use aho_corasick::packed;
use memchr::memmem;

/// The names that tell, and how they look in base64, where three spellings are possible.
const NAMES: [&str; 3] = ["previewToken", "dropHREF", "ancestors"];
const IN_BASE64: [&str; 9] = [
    "cHJldmlld1Rva2Vu",
    "ByZXZpZXdUb2tlb",
    "wcmV2aWV3VG9rZW",
    "ZHJvcEhSRU",
    "Ryb3BIUkVG",
    "kcm9wSFJFR",
    "YW5jZXN0b3Jz",
    "FuY2VzdG9yc",
    "hbmNlc3RvcnM",
];

/// How letters are escaped: their first digit in hexadecimal is 4 to 7. Of `\u0041` the backslash is left away, so that
/// the first four bytes, which are looked at together, are different from those of the many escapes of other letters.
const PERCENT_ESCAPES: [&str; 4] = ["%4", "%5", "%6", "%7"];
const ESCAPES: [&str; 4] = ["u004", "u005", "u006", "u007"];

static FINDERS: LazyLock<[memmem::Finder<'static>; 3]> = LazyLock::new(|| NAMES.map(memmem::Finder::new));
/// It looks at many bytes at once, which not every processor can.
static BASE64: LazyLock<Option<packed::Searcher>> = LazyLock::new(|| packed::Searcher::new(IN_BASE64));
/// In two passes, as a body is read at arrival while its sender waits: a pass for each took a seventh of that time. The
/// short ones have a pass of their own, as otherwise only two bytes of the long ones were looked at together.
static LONG: LazyLock<Option<packed::Searcher>> =
    LazyLock::new(|| packed::Searcher::new(NAMES.iter().chain(&IN_BASE64).chain(&ESCAPES)));
static SHORT: LazyLock<Option<packed::Searcher>> = LazyLock::new(|| packed::Searcher::new(PERCENT_ESCAPES));

/// What a quick look found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Look {
    /// How many names that tell.
    pub names: usize,
    /// Whether a letter is escaped, as in [`escapes_a_letter`].
    pub escapes_a_letter: bool,
    /// Whether a name that tells is there in base64.
    pub is_in_base64: bool,
}

/// Looks for everything.
pub(super) fn look(text: &str) -> Look {
    let (Some(long), Some(short)) = (LONG.as_ref(), SHORT.as_ref()) else { return Look::one_by_one(text) };
    let escapes_by_percent = short.find_iter(text).any(|found| is_percent_letter(text, found.start()));
    let mut look = Look { escapes_a_letter: escapes_by_percent, ..Look::default() };
    for found in long.find_iter(text) {
        let nth = found.pattern().as_usize();
        if nth < NAMES.len() {
            look.names += 1;
        } else if nth < NAMES.len() + IN_BASE64.len() {
            look.is_in_base64 = true;
        } else {
            look.escapes_a_letter |= text[..found.start()].ends_with('\\');
        }
    }
    look
}

impl Look {
    fn one_by_one(text: &str) -> Self {
        Self { names: names(text), escapes_a_letter: escapes_a_letter(text), is_in_base64: is_in_base64(text) }
    }
}

/// Whether a member's name is one that tells.
pub(super) fn is_one(name: &str) -> bool {
    NAMES.contains(&name)
}

/// How many names that tell are in it.
pub(super) fn names(text: &str) -> usize {
    FINDERS.iter().map(|name| name.find_iter(text.as_bytes()).count()).sum()
}

/// Whether a name that tells is in it in base64.
pub(super) fn is_in_base64(text: &str) -> bool {
    match BASE64.as_ref() {
        Some(signs) => signs.find(text).is_some(),
        None => !in_base64(text).is_empty(),
    }
}

/// Where a name that tells stands in base64.
pub(super) fn in_base64(text: &str) -> Vec<usize> {
    IN_BASE64.iter().flat_map(|sign| memmem::find_iter(text.as_bytes(), *sign)).collect()
}

/// Letters are written plainly by everybody; but a name could be hidden so.
pub(super) fn escapes_a_letter(text: &str) -> bool {
    let bytes = text.as_bytes();
    memmem::find_iter(bytes, br"\u00").any(|at| matches!(bytes.get(at + 4), Some(b'4'..=b'7')))
        || memchr::memchr_iter(b'%', bytes).any(|at| is_percent_letter(text, at))
}

/// Whether the `%` at this place is the escape of a Latin letter.
fn is_percent_letter(text: &str, at: usize) -> bool {
    let digits = text.as_bytes().get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
    digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).is_some_and(|byte| byte.is_ascii_alphabetic())
}

/// Whether a secret might be in a text that was found in a body.
pub(super) fn might_be_in(text: &str) -> bool {
    names(text) > 0
        || is_in_base64(text)
        || escapes_a_letter(text)
        || text.contains("&#")
        || super::base64::looks_like_it(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn two_passes_find_what_many_find(
            pieces in prop::collection::vec(prop_oneof![
                prop::sample::select(NAMES.to_vec()).prop_map(str::to_owned),
                prop::sample::select(IN_BASE64.to_vec()).prop_map(str::to_owned),
                prop::sample::select([PERCENT_ESCAPES, ESCAPES].concat()).prop_map(|escape| format!("\\{escape}")),
                "[ %\\\\u0-9a-fA-Zg-zø]{0,4}",
            ], 0..12)
        ) {
            let text = pieces.join(" ");
            prop_assert_eq!(look(&text), Look::one_by_one(&text), "{}", text);
        }
    }
}
