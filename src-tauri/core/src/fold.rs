//! Letters as people type them: whatever their case, accents, width and spelling. Searches, filters and the order of
//! names all compare folded text, so what one of them finds the others find too.

use std::iter;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text as it is compared: lower case, compatibility forms written out (`ﬁ`, `Ａ`, `②`), without accents and vowel
/// points, and letters that have no accent to lose as their plain neighbours (`ø` as `o`, `ß` as `ss`). Spaces and signs
/// stay. Folding twice changes nothing.
///
/// Marks that make another letter (the voicing of kana, Hangul, the vowels of Indic scripts) are kept.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_dots(letter) {
            folded.push(letter);
            continue;
        }
        for letter in iter::once(letter).nfkd().flat_map(char::to_lowercase).filter(|letter| !is_ignored(*letter)) {
            match plain(letter) {
                Some(plain) => folded.push_str(plain),
                None => folded.push(digit(letter).unwrap_or(letter)),
            }
        }
    }
    if folded.is_ascii() { folded } else { folded.nfc().collect() }
}

/// Whether a folded letter belongs to a word: all others are spaces and signs.
pub(crate) fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || is_combining_mark(letter)
}

/// `…` and its like are signs of their own: written out they would be the dots that every file name has.
fn is_dots(letter: char) -> bool {
    matches!(letter, '\u{2024}'..='\u{2026}')
}

/// Accents, points, and what only tells how letters are drawn.
fn is_ignored(letter: char) -> bool {
    matches!(letter,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{640}' // Soft hyphen, joiners, tatweel
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}'
        | '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' // Accents
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}'
        | '\u{483}'..='\u{489}' // Cyrillic
        | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}' | '\u{5C7}' // Hebrew
        | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}' // Arabic
        | '\u{6DF}'..='\u{6E4}' | '\u{6E7}' | '\u{6E8}' | '\u{6EA}'..='\u{6ED}' | '\u{8D3}'..='\u{8FF}'
        | '\u{730}'..='\u{74A}') // Syriac
}

/// Letters that Unicode does not take apart, as they are typed by who does not have them.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ø' | 'ɵ' | 'ɔ' => "o",
        'æ' => "ae",
        'œ' => "oe",
        'å' | 'ⱥ' | 'ɑ' => "a",
        'ß' => "ss",
        'ł' | 'ƚ' | 'ɫ' => "l",
        'đ' | 'ð' | 'ɖ' | 'ɗ' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' | 'ⱦ' | 'ƭ' => "t",
        'ı' | 'ɨ' | 'ɩ' => "i",
        'ŋ' | 'ɲ' | 'ƞ' => "n",
        'ĸ' | 'ƙ' => "k",
        'ƀ' | 'ɓ' => "b",
        'ƈ' | 'ȼ' => "c",
        'ə' | 'ǝ' | 'ɛ' | 'ɇ' => "e",
        'ƒ' => "f",
        'ɠ' | 'ǥ' => "g",
        'ɉ' => "j",
        'ƥ' => "p",
        'ɍ' => "r",
        'ʉ' => "u",
        'ʋ' => "v",
        'ɏ' | 'ƴ' => "y",
        'ƶ' => "z",
        'ς' => "σ",
        'ґ' => "г",
        'ٱ' => "ا",
        'ى' | 'ی' => "ي",
        'ک' => "ك",
        'ة' | 'ہ' | 'ە' => "ه",
        _ => return None,
    })
}

/// Arabic and Persian digits.
fn digit(letter: char) -> Option<char> {
    let value = match letter {
        '\u{660}'..='\u{669}' => letter as u32 - 0x660,
        '\u{6F0}'..='\u{6F9}' => letter as u32 - 0x6F0,
        _ => return None,
    };
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each line is spelled in different ways and means one thing.
    #[test]
    fn what_looks_alike_to_a_reader_is_alike() {
        for alike in [
            &["Ødegård Presse", "ødegård presse", "ØDEGÅRD PRESSE", "Odegard presse", "O\u{338}degård presse"][..],
            &["Łódź", "lodz", "ŁO\u{301}DZ\u{301}"],
            &["Đorđe", "đorđe", "dorde"],
            &["Straße", "STRASSE", "STRAẞE", "strasse"],
            &["Ёлка", "ёлка", "елка", "Е\u{308}лка"],
            &["ΣΊΣΥΦΟΣ", "Σίσυφος", "σισυφοσ"],
            &["مُحَمَّد", "محمد", "محـــمد", "ﻣﺤﻤﺪ"],
            &["أحمد", "احمد", "ٱحمد"],
            &["کتابی", "كتابي"],
            &["שָׁלוֹם", "שלום"],
            &["ＡＢＣ１２３", "abc123", "ABC١٢٣", "abc۱۲۳"],
            &["ﬁn", "FIN", "fin"],
            &["İstanbul", "ISTANBUL", "ıstanbul", "istanbul"],
            &["Æon Œuvre Þór", "aeon oeuvre thor"],
            &["№ 5", "no 5"],
            &["ｶﾞｷﾞ", "ガギ", "カ\u{3099}キ\u{3099}"],
            &["한글", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}"],
            &["❤\u{FE0F}", "❤"],
            &["co\u{AD}operate", "cooperate"],
        ] {
            for other in alike {
                assert_eq!(fold(other), fold(alike[0]), "{other} is {}", alike[0]);
            }
        }
    }

    #[test]
    fn what_is_another_letter_stays_one() {
        for (one, other) in [("か", "が"), ("ハ", "パ"), ("कि", "का"), ("кот", "кто"), ("한", "하")]
        {
            assert_ne!(fold(one), fold(other));
        }
        assert_eq!(fold("C++ #1 🚤 …"), "c++ #1 🚤 …");
    }

    proptest! {
        #[test]
        fn folding_once_is_enough_and_the_spelling_does_not_matter(text in "\\PC{0,24}") {
            let folded = fold(&text);
            prop_assert_eq!(&fold(&folded), &folded);
            prop_assert_eq!(&fold(&text.nfc().collect::<String>()), &folded);
            prop_assert_eq!(&fold(&text.nfd().collect::<String>()), &folded);
        }
    }
}
