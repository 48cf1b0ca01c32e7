//! What an export is of, in words: for the name of its file, and for the foot of a page.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization as _;

/// What an export is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The archive, the search and whatever else narrows it, as people say it; empty if it is everything.
    pub words: String,
    /// The day of which it tells, where the user is.
    pub day: Date,
}

/// So many bytes fit into a name everywhere, with room for what a program puts before or behind it.
const LONGEST: usize = 120;

impl About {
    /// A name for a file, without its ending: `lysbord-events-press-desk-2026-11-27`. It has letters and digits of any
    /// script, and hyphens: no system refuses it or reads it as anything but a name.
    pub(super) fn file_stem(&self, what: &str) -> String {
        let words = slug(&self.words);
        let parts = ["lysbord", what, &words].into_iter().filter(|part| !part.is_empty());
        let mut stem = parts.collect::<Vec<_>>().join("-");
        if stem.len() > LONGEST {
            let end = (0..=LONGEST).rev().find(|end| stem.is_char_boundary(*end)).unwrap_or_default();
            stem.truncate(end);
        }
        format!("{}-{}", stem.trim_end_matches('-'), self.day)
    }
}

fn slug(words: &str) -> String {
    let mut slug = String::new();
    for letter in words.nfc().flat_map(char::to_lowercase) {
        // Marks that a letter before them carries belong to it.
        let belongs = letter.is_alphanumeric() || unicode_normalization::char::is_combining_mark(letter);
        if belongs {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stem(what: &str, words: &str) -> String {
        About { words: words.to_owned(), day: jiff::civil::date(2026, 11, 27) }.file_stem(what)
    }

    #[test]
    fn a_files_name_says_what_is_in_it() {
        assert_eq!(stem("", "Press desk"), "lysbord-press-desk-2026-11-27");
        assert_eq!(stem("events", "Press desk, Caption"), "lysbord-events-press-desk-caption-2026-11-27");
        assert_eq!(stem("assets", ""), "lysbord-assets-2026-11-27");
        assert_eq!(stem("", "../../etc/passwd"), "lysbord-etc-passwd-2026-11-27");
        assert_eq!(stem("", "Vardø 漁船 हिन्दी"), "lysbord-vardø-漁船-हिन्दी-2026-11-27");
    }

    proptest! {
        #[test]
        fn no_system_refuses_it(words in any::<String>(), long in "[a-zø漁 ]{0,400}") {
            for name in [stem("", &words), stem("events", &long)] {
                prop_assert!(name.len() <= 140, "{name}");
                prop_assert!(name.starts_with("lysbord") && name.ends_with("-2026-11-27"));
                let forbidden = |letter: char| letter.is_control() || letter.is_whitespace() || "<>:\"/\\|?*.".contains(letter);
                prop_assert!(!name.contains(forbidden), "{name}");
            }
        }
    }
}
