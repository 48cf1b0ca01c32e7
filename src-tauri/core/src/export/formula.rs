//! Texts that a spreadsheet would run. A file may be opened by another separator than its own, or by several at once:
//! the system of the reader decides. So a cell may begin not only where one was begun, but within a text as well,
//! behind each comma, semicolon, tab and line break.

/// Makes a text of what would be a formula.
const MARK: char = '\'';
/// Stands for a NUL, which no text file may hold.
const NUL_SIGN: &str = "\u{2400}";
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// What follows a text in the file. It matters where the text ends with a separator: to a reader who splits there, the
/// next cell begins with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Followed {
    ByLetter,
    /// By a tab or the end of the line, with which no cell may begin.
    ByBlank,
}

/// The text with a [`MARK`] before everything that would begin a formula, and without NULs. Uses `scratch` only where
/// that is another text.
pub(super) fn defused<'a>(text: &'a str, followed: Followed, scratch: &'a mut String) -> &'a str {
    let runs = would_run(text);
    if !runs && !may_split(text) {
        return text;
    }
    let at_start = runs.then_some(0);
    let within = separators(text).filter_map(|at| formula_behind(text, at + 1));
    let at_end = (followed == Followed::ByBlank && ends_open(text)).then_some(text.len());
    let mut marks = at_start.into_iter().chain(within).chain(at_end).peekable();
    if marks.peek().is_none() && !text.contains('\0') {
        return text;
    }
    scratch.clear();
    let mut copied = 0;
    for mark in marks {
        push_without_nul(scratch, &text[copied..mark]);
        scratch.push(MARK);
        copied = mark;
    }
    push_without_nul(scratch, &text[copied..]);
    scratch
}

/// Whether a text starts a formula in one spreadsheet or another, also behind blanks and control characters that some
/// of them strip.
fn would_run(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n', '\0']) || text.trim_start_matches(is_blank).starts_with(SIGNS)
}

/// Where a formula would begin if a cell began at `start`. Quotes there open the cell and are no part of it.
fn formula_behind(text: &str, start: usize) -> Option<usize> {
    let cell = text[start..].trim_start_matches('"');
    if cell.starts_with(['\t', '\r']) && !cell.starts_with("\r\n") {
        return Some(text.len() - cell.len());
    }
    let shown = cell.trim_start_matches(|letter| is_blank(letter) && !is_separator(letter));
    shown.starts_with(SIGNS).then(|| text.len() - shown.len())
}

/// Whether nothing is shown behind the last separator.
fn ends_open(text: &str) -> bool {
    text.trim_end_matches(|letter| letter == '"' || is_blank(letter) && !is_separator(letter)).ends_with(is_separator)
}

fn separators(text: &str) -> impl Iterator<Item = usize> {
    text.bytes().enumerate().filter(|(_, byte)| is_separator(char::from(*byte))).map(|(at, _)| at)
}

fn is_separator(letter: char) -> bool {
    matches!(letter, ',' | ';' | '\t' | '\n' | '\r')
}

fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || letter == '\u{feff}'
}

/// False for texts without separators and NULs, which most are. Compiles to a few instructions for many letters.
#[expect(clippy::needless_bitwise_bool, reason = "without branches the compiler compares many letters at once")]
fn may_split(text: &str) -> bool {
    let stands_out = |found, byte: &u8| found | (*byte < b' ') | (*byte == b',') | (*byte == b';');
    text.as_bytes().chunks(64).any(|letters| letters.iter().fold(false, stands_out))
}

fn push_without_nul(to: &mut String, text: &str) {
    let mut parts = text.split('\0');
    to.push_str(parts.next().unwrap_or_default());
    for part in parts {
        to.push_str(NUL_SIGN);
        to.push_str(part);
    }
}
