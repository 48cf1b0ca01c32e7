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

static FINDERS: LazyLock<[memmem::Finder<'static>; 3]> = LazyLock::new(|| NAMES.map(memmem::Finder::new));
/// It looks at many bytes at once, which not every processor can.
static BASE64: LazyLock<Option<packed::Searcher>> = LazyLock::new(|| packed::Searcher::new(IN_BASE64));

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
    let text = text.as_bytes();
    let is_letter = |at: usize| matches!(text.get(at), Some(b'4'..=b'7'));
    // Of Latin letters in hexadecimal the first digit is 4 to 7; `%7E` and the like are signs.
    let is_percent_letter = |at: usize| {
        let digits = text.get(at..at + 2).and_then(|digits| std::str::from_utf8(digits).ok());
        digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).is_some_and(|byte| byte.is_ascii_alphabetic())
    };
    memmem::find_iter(text, br"\u00").any(|at| is_letter(at + 4))
        || memchr::memchr_iter(b'%', text).any(|at| is_letter(at + 1) && is_percent_letter(at + 1))
}

/// Whether a secret might be in a text that was found in a body.
pub(super) fn might_be_in(text: &str) -> bool {
    names(text) > 0
        || is_in_base64(text)
        || escapes_a_letter(text)
        || text.contains("&#")
        || super::base64::looks_like_it(text)
}
