//! The last lines that a program printed, cleaned for display: no control characters, no secrets, limited length.

use std::collections::VecDeque;

use crate::secrets::Secret;

const LINES: usize = 20;
const LONGEST: usize = 400;

#[derive(Debug, Default)]
pub(super) struct OutputTail(VecDeque<String>);

impl OutputTail {
    pub(super) fn hear(&mut self, line: &str) {
        let line = fit_to_be_shown(line);
        if line.is_empty() {
            return;
        }
        if self.0.len() == LINES {
            self.0.pop_front();
        }
        self.0.push_back(line);
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }
}

fn fit_to_be_shown(line: &str) -> String {
    let mut shown = String::new();
    let mut told_secret = false;
    for word in plain(line).split_inclusive(|letter: char| !is_of_a_word(letter)) {
        let end = word.find(|letter| !is_of_a_word(letter)).unwrap_or(word.len());
        let (name, rest) = word.split_at(end);
        if name.is_empty() {
            shown.push_str(rest);
            continue;
        }
        let hidden = Secret::might_be(name) || told_secret && name.len() > 7;
        shown.push_str(if hidden { "…" } else { name });
        shown.push_str(rest);
        // `authtoken: abc` and `token=abc`, but not `the token of your account`.
        told_secret = names_a_secret(name) && (rest.starts_with([':', '=', '"']) || rest.is_empty())
            || told_secret && name.len() <= 2;
    }
    shown.truncate(shown.floor_char_boundary(LONGEST));
    shown.trim_end().to_owned()
}

fn is_of_a_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')
}

fn names_a_secret(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    ["token", "secret", "password", "credential", "authkey"].iter().any(|secret| word.ends_with(secret))
}

/// Removes colours and other terminal escapes.
fn plain(line: &str) -> String {
    let mut letters = line.chars();
    let mut plain = String::with_capacity(line.len());
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => {
                if letters.next() == Some('[') {
                    letters.by_ref().find(|letter| ('@'..='~').contains(letter));
                }
            }
            '\t' => plain.push(' '),
            letter if letter.is_control() => {}
            letter => plain.push(letter),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_twenty_lines_are_kept() {
        let mut words = OutputTail::default();
        (0..50).for_each(|line| words.hear(&format!("line {line}")));
        assert_eq!((words.lines().len(), words.lines()[0].as_str()), (LINES, "line 30"));
    }

    #[test]
    fn secrets_are_not_shown_and_addresses_are() {
        for (said, shown) in [
            ("Your authtoken: 2abcDEF_x1y2z3", "Your authtoken: …"),
            ("GET /hooks/0123456789abcdef0123456789abcdef/any 200", "GET /hooks/…/any 200"),
            ("token=\"short-but-secret\" is wrong", "token=\"…\" is wrong"),
            ("the token of your account is wrong", "the token of your account is wrong"),
            (
                "INF |  https://four-dashed-words-here.trycloudflare.com  |",
                "INF |  https://four-dashed-words-here.trycloudflare.com  |",
            ),
            (
                "https://login.tailscale.com/f/funnel?node=nWNmPtVzjN11CNTRL",
                "https://login.tailscale.com/f/funnel?node=nWNmPtVzjN11CNTRL",
            ),
            ("\u{1b}[31mERR\u{1b}[0m no\u{7} bell", "ERR no bell"),
        ] {
            assert_eq!(fit_to_be_shown(said), shown);
        }
        assert!(fit_to_be_shown(&"é ".repeat(1000)).len() <= LONGEST);
    }
}
