//! The search field, as people type into it and as strangers would.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::desk::OpenDesk;
use crate::notice::{about, in_archive, renamed, with_fields};

#[tokio::test]
async fn the_search_finds_what_a_person_means() {
    let desk = OpenDesk::new().await;
    let words = |notice: Value, title: &str, caption: &str, byline: &str, keywords: &[&str], city: &str| {
        with_fields(
            notice,
            [
                ("5", json!(title)),
                ("120", json!(caption)),
                ("80", json!(byline)),
                ("25", json!(keywords)),
                ("90", json!(city)),
            ],
        )
    };
    let harbour = words(
        about("1", 0, "DSC_0001.jpg"),
        "Harbour at dawn",
        "Fishing boats leaving Vardø.",
        "Ingrid Solberg",
        &["harbour", "café"],
        "Vardø",
    );
    let market = words(
        about("2", 1, "market.jpg"),
        "朝の漁港",
        "東京の市場で魚を売る人々。",
        "山田太郎",
        &["市場", "魚"],
        "東京",
    );
    let dawn = words(
        about("3", 2, "solberg.jpg"),
        "Dawn at sea",
        "A harbourmaster waits, at the dawn of day.",
        "Per Aas",
        &["\"quoted\"", "AND"],
        "Łódź",
    );
    for notice in [&harbour, &market, &dawn] {
        desk.take("ingested", notice).await;
    }
    desk.take(
        "modified",
        &words(
            renamed("4", 3, "DSC_0001.jpg", "harbour.jpg"),
            "Harbour at dawn",
            "Fishing boats leaving Vardø.",
            "Ingrid Solberg",
            &["harbour", "café"],
            "Vardø",
        ),
    )
    .await;
    let mut deleted = market.clone();
    deleted["id"] = "5".into();
    deleted["created"] = "2026-03-04T12:00:05Z".into();
    desk.take("deleted", &deleted).await;
    desk.caught_up().await;

    let (harbour, market, dawn) = ("harbour.jpg", "market.jpg", "solberg.jpg");
    let cases: [(&str, &[&str]); 44] = [
        ("", &[harbour, market, dawn]),
        ("dawn", &[harbour, dawn]),
        ("DAWN sea", &[dawn]),
        ("harb", &[harbour, dawn]),
        ("bour", &[]),
        ("\"at dawn\"", &[harbour]),
        ("\"dawn at\"", &[dawn]),
        ("\"harb\"", &[]),
        ("byline:solberg", &[harbour]),
        ("solberg", &[harbour, dawn]),
        ("by:\"per aas\"", &[dawn]),
        ("filename:solberg", &[dawn]),
        ("title:dawn -sea", &[harbour]),
        ("caption:vardø", &[harbour]),
        ("keywords:harbour", &[harbour]),
        ("dawn -harbourmaster", &[harbour]),
        ("-dawn", &[market]),
        ("-by:solberg", &[market, dawn]),
        ("vardo", &[harbour]),
        ("lodz", &[dawn]),
        ("ＤＡＷＮ ｓｅａ", &[dawn]),
        ("*", &[]),
        ("archive:ＦＩＬＥＳ", &[harbour, market, dawn]),
        ("VARDØ", &[harbour]),
        ("cafe", &[harbour]),
        ("CAFÉ", &[harbour]),
        ("cafe\u{301}", &[harbour]),
        ("łódź", &[dawn]),
        ("漁港", &[market]),
        ("市場", &[market]),
        ("京の", &[market]),
        ("港漁", &[]),
        ("by:山田", &[market]),
        ("dsc_0001", &[harbour]),
        ("DSC_0001.jpg", &[harbour]),
        ("東京", &[market]),
        ("is:deleted", &[market]),
        ("-is:deleted dawn", &[harbour, dawn]),
        ("event:renamed", &[harbour]),
        ("type:image archive:files", &[harbour, market, dawn]),
        ("changed:2026-03-04", &[harbour, market, dawn]),
        ("changed:today -changed:yesterday", &[harbour, market, dawn]),
        ("changed:2026-03-05", &[]),
        ("quoted and", &[dawn]),
    ];
    for (query, expected) in cases {
        assert_eq!(desk.found(query).await, expected, "{query}");
    }
}

/// Letters mean the same however they are typed, in texts, names of archives and names of files.
#[tokio::test]
async fn letters_are_folded_wherever_they_are_compared() {
    let desk = OpenDesk::new().await;
    let titles = ["Ødegård", "Łódź", "Đorđe", "Straße", "Ёлка", "مُحَمَّد", "שָׁלוֹם", "ＷＩＤＥ", "ﬁnale", "İstanbul"];
    for (nth, title) in titles.iter().enumerate() {
        let notice = in_archive("5002-Ødegård-Presse", &nth.to_string(), nth as i64, &format!("{title}.jpg"));
        desk.take("ingested", &with_fields(notice, [("5", json!(title))])).await;
    }
    desk.caught_up().await;
    let typed = ["odegard", "lodz", "DORDE", "strasse", "елка", "محمد", "שלום", "wide", "FIN", "ISTANBUL"];
    for (typed, title) in typed.iter().zip(titles) {
        for query in [(*typed).to_owned(), format!("title:{typed}"), format!("filename:{typed}"), title.to_lowercase()]
        {
            assert_eq!(desk.found(&query).await, [format!("{title}.jpg")], "{query}");
        }
    }
    for archive in ["ødegård", "ØDEGÅRD", "odegard", "O\u{338}dega\u{30A}rd", "presse"] {
        assert_eq!(desk.found(&format!("archive:{archive}")).await.len(), titles.len(), "{archive}");
        assert_eq!(desk.found(&format!("-archive:{archive}")).await.len(), 0, "{archive}");
    }
}

/// What has no letters is looked for like anything else, and never means everything.
#[tokio::test]
async fn signs_are_looked_for() {
    let desk = OpenDesk::new().await;
    let titled =
        |nth: i64, title: &str| with_fields(about(&nth.to_string(), nth, &format!("{nth}.jpg")), [("5", json!(title))]);
    for (nth, title) in (1..).zip(["C++ for boats", "C for boats", "🚤 at sea", "№ 5 #1", "Why?", "70 % off … today"])
    {
        desk.take("ingested", &titled(nth, title)).await;
    }
    desk.caught_up().await;
    for (query, expected) in [
        ("C++", &["1.jpg"][..]),
        ("\"C++\"", &["1.jpg"]),
        ("title:c++", &["1.jpg"]),
        ("c", &["2.jpg", "1.jpg"]),
        ("+", &["1.jpg"]),
        ("🚤", &["3.jpg"]),
        ("-🚤 boats", &["2.jpg", "1.jpg"]),
        ("🚀", &[]),
        ("#", &["4.jpg"]),
        ("#1", &["4.jpg"]),
        ("№ 5", &["4.jpg"]),
        ("no 5", &["4.jpg"]),
        ("?", &["5.jpg"]),
        ("?!", &[]),
        ("%", &["6.jpg"]),
        ("…", &["6.jpg"]),
        ("\u{301}", &[]),
    ] {
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        let mut found = desk.found(query).await;
        found.sort_unstable();
        assert_eq!(found, expected, "{query}");
    }
}

/// What is remembered of a search follows what comes, changes and goes, and a rebuild.
#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_was_asked_before_follows_what_changes() {
    let desk = OpenDesk::new().await;
    let titled =
        |id: &str, nth: i64, title: &str| with_fields(about(id, nth, &format!("{nth}.jpg")), [("5", json!(title))]);
    desk.take("ingested", &titled("a", 1, "harbour")).await;
    desk.take("ingested", &titled("b", 2, "market")).await;
    desk.caught_up().await;
    let found = async || {
        let mut answers = Vec::new();
        for query in ["harbour", "h", "-harbour", "market harbour"] {
            answers.push(desk.found(query).await);
        }
        answers
    };
    assert_eq!(found().await, [&["1.jpg"][..], &["1.jpg"], &["2.jpg"], &[]]);
    desk.take("ingested", &titled("c", 3, "harbour market")).await;
    desk.caught_up().await;
    assert_eq!(found().await, [&["1.jpg", "3.jpg"][..], &["1.jpg", "3.jpg"], &["2.jpg"], &["3.jpg"]]);
    let mut changed = titled("d", 1, "market");
    changed["created"] = "2026-03-04T12:00:09Z".into();
    desk.take("modified", &changed).await;
    desk.caught_up().await;
    let now = found().await;
    assert_eq!(now, [&["3.jpg"][..], &["3.jpg"], &["1.jpg", "2.jpg"], &["3.jpg"]]);
    desk.desk.library.rebuild().await.unwrap();
    assert_eq!(found().await, now);
}

/// A stranger's words in the search field are words: none is a command, and none an error.
#[tokio::test]
async fn no_search_ever_fails() {
    let desk = OpenDesk::new().await;
    let everything = with_fields(about("1", 0, "a.jpg"), [("5", json!("a b c"))]);
    desk.take("ingested", &everything).await;
    desk.caught_up().await;
    for query in [
        "\"",
        "\"\"",
        "*",
        "a*",
        "NEAR(a b)",
        "a AND OR NOT b",
        "{title} : a",
        "^a",
        "a:b:c",
        "title:",
        "-",
        "--a",
        "a\0b",
        "\0",
        "\"a\0",
        "title:\"\0\"",
        "²",
        "①",
        "\u{93e}",
        "\u{301}",
        "'; DROP TABLE assets; --",
        "a\"b\"c",
        "archive:\0",
        "changed:",
        "changed:0000-00-00",
        "changed:9999-12-31",
        "changed:-009999-01-01",
        "is:",
        "type:\0",
        "\u{3000}",
        "ﷺ",
        "🚤",
    ] {
        desk.found(query).await;
    }
    let any_query = "[a-c \"*:(){}^+\\-\0'\u{301}\u{93e}漁ØN]{0,12}|\\PC{0,8}";
    let mut always_the_same = TestRunner::deterministic();
    for _ in 0..200 {
        let query = any_query.new_tree(&mut always_the_same).unwrap().current();
        desk.found(&query).await;
    }
    assert_eq!(desk.found("title:b").await, ["a.jpg"]);
}
