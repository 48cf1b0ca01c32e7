//! What is indexed of an asset for search: its texts, column by column, as words that are compared letter by letter.
//!
//! All folding and cutting into words is done here, for the index and for what is looked for alike. What reaches SQLite
//! are folded words between spaces, and its tokenizer does no more than cut at these.

use std::collections::BTreeSet;
use std::iter;

use rusqlite::{Connection, params};

use crate::fold::{fold, is_word};
use crate::library::error::LibraryError;
use crate::library::store::comparable::Comparable;
use crate::library::store::ids::AssetId;
use crate::library::store::search_fields::SearchField;
use crate::library::store::searched::Searched;

/// The columns of the index, in order. `fields` has the words of `other` and of the properties, each behind the sign of
/// its field. The last one has each sign once that only parts words in the others.
pub(in crate::library) const COLUMNS: [&str; 8] =
    ["filename", "title", "caption", "byline", "keywords", "other", "fields", SIGNS];
const SIGNS: &str = "signs";

/// What is indexed of an asset: words between single spaces for each of [`COLUMNS`].
#[derive(Debug, PartialEq)]
pub(in crate::library) struct Texts {
    columns: [String; COLUMNS.len()],
    /// The numbers of properties, each behind the sign of its field. They are in no column, as ranges are looked up
    /// elsewhere, but a change of them is a difference.
    numbers: String,
}

impl Texts {
    pub(in crate::library) fn of(asset: &Searched<'_>) -> Self {
        let mut signs = BTreeSet::new();
        let mut words = |text: &str| {
            let Words { words, signs: between } = Words::of(text);
            signs.extend(between);
            words
        };
        let columns = [&asset.names.join(" "), &*asset.title, &*asset.caption, &*asset.byline, &*asset.keywords];
        let [names, title, caption, byline, keywords] = columns.map(|text| words(text).join(" "));
        let (mut other, mut fields): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        for (field, text) in asset.others() {
            let sign = field.sign();
            // A property is found by its name alone: who looks for 2000 means no width.
            let told = match field {
                SearchField::Metadata(_) => words(&text),
                SearchField::Property(_) => Words::of(&text).words,
            };
            fields.extend(told.iter().map(|word| format!("{sign}{word}")));
            if matches!(field, SearchField::Metadata(_)) {
                other.extend(told);
            }
        }
        let numbers = asset.properties().map(|(field, Comparable(number))| format!("{}{number}", field.sign()));
        let numbers = numbers.collect::<Vec<_>>().join(" ");
        let (other, fields) = (other.join(" "), fields.join(" "));
        let signs = Vec::from_iter(signs).join(" ");
        Self { columns: [names, title, caption, byline, keywords, other, fields, signs], numbers }
    }

    pub(in crate::library) fn insert(&self, connection: &Connection, asset: AssetId) -> Result<(), LibraryError> {
        let mut insert = connection.prepare_cached(
            "INSERT OR REPLACE INTO search (rowid, filename, title, caption, byline, keywords, other, fields, signs)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;
        let [filename, title, caption, byline, keywords, other, fields, signs] = &self.columns;
        insert.execute(params![asset, filename, title, caption, byline, keywords, other, fields, signs])?;
        Ok(())
    }

    /// The words in which two texts of an asset differ, with one neighbour on each side. A search that finds only one
    /// of the two texts contains one of these words, so searching for them finds every candidate.
    pub(in crate::library) fn difference(&self, other: &Self) -> String {
        let mut differing: Vec<&str> = Vec::new();
        let (before, after) =
            (self.columns.iter().chain([&self.numbers]), other.columns.iter().chain([&other.numbers]));
        for (one, other) in before.zip(after).filter(|(one, other)| one != other) {
            let (one, other): (Vec<&str>, Vec<&str>) = (one.split(' ').collect(), other.split(' ').collect());
            let same = |(one, other): &(&&str, &&str)| one == other;
            let begin = one.iter().zip(&other).take_while(same).count();
            let shorter = one.len().min(other.len()) - begin;
            let end = one.iter().rev().zip(other.iter().rev()).take(shorter).take_while(same).count();
            for words in [&one, &other] {
                differing.extend(&words[begin.saturating_sub(1)..(words.len() - end + 1).min(words.len())]);
            }
        }
        differing.join(" ")
    }

    /// Whether `words` follow each other in a column; `None` is any. If `open`, the last one may be the beginning of a
    /// word.
    pub(in crate::library) fn contain(&self, column: Option<&str>, words: &[String], open: bool) -> bool {
        let Some((last, first)) = words.split_last() else { return false };
        let here = |text: &String| {
            let text: Vec<&str> = text.split(' ').collect();
            text.windows(words.len()).any(|window| {
                window[..first.len()].iter().eq(first)
                    && window.last().is_some_and(|word| if open { word.starts_with(last) } else { word == last })
            })
        };
        COLUMNS
            .iter()
            .zip(&self.columns)
            .filter(|(name, _)| column.is_none_or(|column| column == **name))
            .any(|(_, text)| here(text))
    }
}

/// A text to search for: its words as one phrase. A text without words is searched for by its signs, each anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::library) struct Wanted {
    /// All of these have to be found.
    pub phrases: Vec<Vec<String>>,
    pub column: Option<&'static str>,
}

impl Wanted {
    pub(in crate::library) fn of(text: &str, column: Option<&'static str>) -> Self {
        let Words { words, signs } = Words::of(text);
        if words.is_empty() {
            return Self { phrases: signs.into_iter().map(|sign| vec![sign]).collect(), column: Some(SIGNS) };
        }
        Self { phrases: vec![words], column }
    }

    /// A text to search for in one field. A text without words is searched for among the signs of all fields.
    pub(in crate::library) fn in_field(text: &str, field: SearchField) -> Self {
        let column = field.column();
        let mut wanted = Self::of(text, column);
        if column.is_none() && wanted.column.is_none() {
            let sign = field.sign();
            wanted.phrases.iter_mut().flatten().for_each(|word| word.insert_str(0, &sign));
        }
        wanted
    }
}

/// The expression that finds every word of a field in the index of differences.
pub(in crate::library) fn any_of(field: SearchField) -> String {
    format!("\"{}\"*", field.sign())
}

/// A text as the index knows it.
pub(in crate::library) struct Words {
    pub words: Vec<String>,
    /// What parts the words, each once.
    signs: BTreeSet<String>,
}

impl Words {
    pub(in crate::library) fn of(text: &str) -> Self {
        let folded = fold(text);
        let (mut words, mut signs): (Vec<String>, _) = (Vec::new(), BTreeSet::new());
        let mut word = String::new();
        // Scripts that put no space between words are indexed letter by letter, so that any part of a text is found.
        for letter in folded.chars().chain(iter::once(' ')) {
            if is_word(letter) && !runs_together(letter) {
                word.push(letter);
                continue;
            }
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if parts_words(letter) {
                signs.insert(sign(letter).into());
            } else if !letter.is_whitespace() && !letter.is_control() {
                words.push(sign(letter).into());
            }
        }
        Self { words, signs }
    }
}

/// Punctuation. What is neither a letter nor this (`+`, `#`, an emoji) is a word by itself.
fn parts_words(letter: char) -> bool {
    matches!(letter,
        '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '"' | '(' | ')' | '[' | ']' | '{' | '}' | '-' | '_' | '/' | '\\' | '*'
        | '`' | '|' | '~' | '^' | '¡' | '¿' | '«' | '»' | '·' | '¶' | '¸' | '´' | '¨' | '¯'
        | '\u{2B0}'..='\u{2FF}' | '\u{55A}'..='\u{55F}' | '\u{589}' | '\u{58A}' | '\u{5BE}' | '\u{5C0}' | '\u{5C3}'
        | '\u{5F3}' | '\u{5F4}' | '\u{60C}' | '\u{61B}' | '\u{61F}' | '\u{66A}'..='\u{66D}' | '\u{6D4}'
        | '\u{964}' | '\u{965}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}'
        | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301F}' | '\u{30A0}' | '\u{30FB}')
}

/// A sign as a word of the index, whose tokenizer would drop those of ASCII: they are put where nothing else is.
fn sign(letter: char) -> char {
    const PRIVATE: u32 = 0xF_0000;
    if letter.is_ascii() { char::from_u32(PRIVATE + letter as u32).unwrap_or(letter) } else { letter }
}

fn runs_together(letter: char) -> bool {
    matches!(letter,
        '\u{0E00}'..='\u{0EFF}' // Thai, Lao
        | '\u{1000}'..='\u{109F}' // Myanmar
        | '\u{1780}'..='\u{17FF}' // Khmer
        | '\u{3040}'..='\u{30FF}' // Hiragana, Katakana
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' // Han
        | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fotoware::AssetState;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        Words::of(text).words
    }

    fn texts(title: &str) -> Texts {
        let state = AssetState { title: title.into(), ..AssetState::default() };
        Texts::of(&Searched::of(&state, &["a.jpg".into()]))
    }

    #[test]
    fn words_are_folded_and_signs_are_words() {
        assert_eq!(words("Ødegård, DSC_0001.jpg"), ["odegard", "dsc", "0001", "jpg"]);
        assert_eq!(words("漁船 ab"), ["漁", "船", "ab"]);
        assert_eq!(words("C++").len(), 3);
        assert_eq!(words("🚤#1").len(), 3);
        assert_eq!(words("№ 5"), ["no", "5"]);
        assert_eq!(words(" \0\u{301}"), Vec::<String>::new());
    }

    #[test]
    fn what_has_only_punctuation_is_looked_for_among_the_signs() {
        let wanted = Wanted::of("?!", Some("title"));
        assert_eq!((wanted.phrases.len(), wanted.column), (2, Some(SIGNS)));
        let found = |text: &str| wanted.phrases.iter().all(|sign| texts(text).contain(wanted.column, sign, true));
        assert!(found("Who! Where?") && !found("Who?"));
    }

    proptest! {
        /// Else a change would be passed over that settles a search.
        #[test]
        fn what_finds_one_of_two_texts_has_a_word_of_their_difference(
            one in "[abc]{1,2}( [abc]{1,2}){0,6}", other in "[abc]{1,2}( [abc]{1,2}){0,6}", wanted in "[abc]{1,2}( [abc]{1,2}){0,2}", open: bool,
        ) {
            let (one, other, wanted) = (texts(&one), texts(&other), words(&wanted));
            let difference = one.difference(&other);
            let touched = wanted.iter().enumerate().any(|(nth, word)| {
                let open = open && nth + 1 == wanted.len();
                difference.split(' ').any(|differing| if open { differing.starts_with(word.as_str()) } else { differing == word })
            });
            let found = |texts: &Texts| texts.contain(Some("title"), &wanted, open);
            prop_assert!(touched || found(&one) == found(&other), "{}", difference);
        }
    }
}
