//! Bodies that are not what their headers say, or not what anybody would expect: all kept, none harmful.

use axum::http::StatusCode;
use lysbord_core::export::What;
use lysbord_demo::{Encoding, Story, encode};
use serde_json::{Value, json};

use crate::desk::{NOON, OpenDesk, list, text};
use crate::notice::{about, with_fields};
use crate::renditions::archive::{Archive, picture};
use crate::renditions::drawn::jpeg;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn json_and_a_form_with_and_without_data_tell_the_same_asset() {
    let site = lysbord_demo::Site::new("https://dam.example", 1);
    let body = Story::IngestOnly.tell(1, 3, NOON, 1000)[0].body(&site, NOON);
    for encoding in [Encoding::Json, Encoding::Form, Encoding::FlatForm] {
        let desk = OpenDesk::new().await;
        let answer = desk.post("ingested", Some(encoding.content_type()), encode(&body, encoding)).await;
        assert_eq!(answer.status, StatusCode::OK);
        desk.caught_up().await;
        let asset = desk.only_asset().await;
        assert_eq!(asset["filename"], body["data"]["filename"], "{encoding:?}");
        assert_eq!(asset["href"], body["href"]);
        assert_eq!(asset["title"], body["title"]);
        assert_eq!(asset["byline"], body["byline"]);
        assert_eq!(asset["file_size"], body["data"]["filesize"]);
        let keywords = list(&body["data"]["metadata"]["25"]["value"]);
        assert_eq!(list(&asset["tags"]), keywords, "{encoding:?}");
        assert_eq!(asset["changed_at"], body["created"]);
    }
}

#[tokio::test]
async fn the_header_is_believed_as_little_as_the_body() {
    let headers = [
        None,
        Some(JSON),
        Some(FORM),
        Some("text/plain"),
        Some("application/json; charset=utf-16"),
        Some("multipart/form-data; boundary=x"),
        Some("application/octet-stream"),
        Some("nonsense"),
    ];
    let desk = OpenDesk::new().await;
    for (number, header) in headers.into_iter().enumerate() {
        let notice = about(&format!("json-{number}"), 0, "a.jpg");
        assert_eq!(desk.post("modified", header, notice.to_string()).await.status, StatusCode::OK);
        let form = format!("id=form-{number}&href=https%3A%2F%2Fdam.example%2Ffotoweb%2Farchives%2F1-A%2Fb.jpg.info");
        assert_eq!(desk.post("modified", header, form).await.status, StatusCode::OK);
    }
    let with_mark = format!("\u{feff} {}\n", about("bom", 0, "a.jpg"));
    assert_eq!(desk.post("modified", Some(JSON), with_mark).await.status, StatusCode::OK);
    desk.caught_up().await;
    assert!(desk.outcomes().await.iter().all(|outcome| outcome == "event"));
    let content_types: Vec<_> = desk.log().await.iter().map(|line| line["content_type"].clone()).collect();
    assert_eq!(content_types[2..4], [json!(JSON), json!(JSON)]);
    assert_eq!(content_types[0], Value::Null);
}

#[tokio::test]
async fn what_nothing_explains_is_kept_as_it_came() {
    let gzip: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let multipart = "--x\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n{}\r\n--x--\r\n";
    let bodies: [(&[u8], &str); 10] = [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"{\"data\": {\"filename\": \"a.j", "ends too early, at byte 26"),
        (b"<?xml version=\"1.0\"?><asset/>", "neither JSON nor a form"),
        (multipart.as_bytes(), "neither JSON nor a form"),
        (gzip, "neither JSON nor a form"),
        (&[0xff, 0xfe, 0, b'{'], "neither JSON nor a form"),
        (b"[{\"data\": {}}, {\"data\": {}}]", "not an object"),
        (b"\"a.jpg\"", "not an object"),
        (b"{\"type\": \"asset\", \"data\": null}", "names no asset"),
    ];
    let desk = OpenDesk::new().await;
    for (body, _) in bodies {
        let answer = desk.post("modified", Some(JSON), body.to_vec()).await;
        assert_eq!(answer.status, StatusCode::OK, "a retry would not mend it");
    }
    desk.caught_up().await;
    for (line, (body, why)) in desk.log().await.iter().zip(bodies) {
        assert_eq!(line["outcome"], "unreadable");
        assert!(text(&line["problem"]).contains(why), "{line}");
        assert_eq!(line["size"], body.len());
        assert_eq!(desk.kept(line).await, body);
    }
    assert_eq!(desk.get("/api/sidebar").await["unreadable"], bodies.len());
    assert!(desk.tiles("").await.is_empty());

    // Another empty body is another delivery: it is no duplicate of anything.
    desk.post("modified", Some(JSON), "").await;
    assert_eq!(desk.outcomes().await.last().unwrap(), "unreadable");
}

#[tokio::test]
async fn names_that_are_traps_elsewhere_are_data_here() {
    let desk = OpenDesk::new().await;
    let notice = with_fields(about("1", 0, "../../../../etc/cron.d/x"), [("5", json!("t"))]);
    let mut text_of_it = notice.to_string();
    text_of_it.insert_str(1, r#""__proto__": {"admin": true}, "constructor": {"prototype": {}}, "files": [{"filepath": "/etc/passwd", "path": "/etc/passwd"}], "filepath": "/etc/passwd", "#);
    assert_eq!(desk.post("ingested", Some(JSON), text_of_it).await.status, StatusCode::OK);
    let form = "files[0][filepath]=/etc/passwd&__proto__[admin]=1&id=2&data[asset][filename]=x\
                &href=https%3A%2F%2Fdam.example%2Ffotoweb%2Farchives%2F1-A%2F..%2F..%2Fb.jpg.info";
    assert_eq!(desk.post("ingested", Some(FORM), form).await.status, StatusCode::OK);
    desk.caught_up().await;

    let names: Vec<_> = desk.tiles("sort=name").await.iter().map(|tile| text(&tile["filename"])).collect();
    assert_eq!(names, ["../../../../etc/cron.d/x", "x"], "a path of keys leads to a member, and nowhere else");
    let kept = desk.body(&desk.log().await[0]).await;
    assert!(kept.contains("__proto__") && kept.contains("/etc/passwd"), "kept as it came, and nothing opened");
    assert!(!desk.csv(What::Assets).await.contains("root:"));
}

#[tokio::test]
async fn depth_where_nobody_looks_is_no_harm_and_elsewhere_the_body_is_kept_unread() {
    let desk = OpenDesk::new().await;
    let nested = |levels: usize| {
        let mut text = about(&format!("deep-{levels}"), 0, "a.jpg").to_string();
        text.insert_str(1, &format!("\"deep\": {}0{}, ", "[".repeat(levels), "]".repeat(levels)));
        text
    };
    for levels in [100, 10_000, 1_000_000] {
        assert_eq!(desk.post("modified", Some(JSON), nested(levels)).await.status, StatusCode::OK);
    }
    let all_the_way = format!("{{\"id\": \"1\", \"data\": {}0{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(desk.post("modified", Some(JSON), all_the_way).await.status, StatusCode::OK);
    desk.caught_up().await;
    assert_eq!(desk.outcomes().await, ["event", "event", "event", "unreadable"]);
    desk.desk.library.rebuild().await.unwrap();
    desk.only_asset().await;
}

#[tokio::test]
async fn a_body_full_of_names_of_secrets_is_gone_through_once() {
    let desk = OpenDesk::new().await;
    let body = "previewToken ".repeat(100_000);
    assert_eq!(desk.post("modified", None, body).await.status, StatusCode::OK);
    assert_eq!(desk.outcomes().await, ["unreadable"]);
}

#[tokio::test]
async fn nul_and_control_characters_are_letters_like_others() {
    let desk = OpenDesk::new().await;
    let odd = "nul\0 bell\u{7} escape\u{1b}[31m line\u{2028} right-to-left\u{202e} lone \u{fffd}";
    let notice = with_fields(
        about("1\0", 0, "a\0b.jpg"),
        [("5", json!(odd)), ("25", json!(["\0", odd, "\u{85}"])), ("80", json!("\r\n"))],
    );
    desk.take("ingested", &notice).await;
    desk.caught_up().await;
    let asset = desk.only_asset().await;
    assert_eq!((asset["filename"].as_str(), asset["title"].as_str()), (Some("a\0b.jpg"), Some(odd)));
    assert_eq!(desk.rows(What::Assets).await[0]["title"], odd.replace('\0', "\u{2400}"), "no file of text holds a NUL");
    assert_eq!(desk.found("bell").await, ["a\0b.jpg"]);

    // Half of a surrogate pair is no text in any language; the rest of the body is not at fault.
    let half = about("2", 1, "half.jpg").to_string().replace("half.jpg", "half\\ud83d.jpg");
    assert_eq!(desk.post("ingested", Some(JSON), half).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_hundred_thousand_keywords_and_a_caption_of_a_megabyte_are_kept() {
    let desk = OpenDesk::new().await;
    let keywords: Vec<String> = (0..100_000).map(|number| format!("keyword{number}")).collect();
    let caption = "Fishing boats leaving Vardø. ".repeat(40_000);
    let fields = [("25", json!(keywords)), ("120", json!(caption))];
    desk.take("ingested", &with_fields(about("1", 0, "a.jpg"), fields)).await;
    desk.take("modified", &with_fields(about("2", 1, "a.jpg"), [("25", json!([]))])).await;
    desk.caught_up().await;

    let changes = desk.rows(What::Changes).await;
    let keywords_gone = changes.iter().find(|change| change["field_id"] == "25").unwrap();
    assert_eq!(keywords_gone["removed"].split("; ").count(), 100_000);
    assert_eq!(keywords_gone["new"], "");
    assert_eq!(changes.iter().find(|change| change["field_id"] == "120").unwrap()["old"], caption);
}

#[tokio::test]
async fn null_anywhere_and_the_wrong_type_everywhere_are_no_harm() {
    let whole = with_fields(about("1", 0, "a.jpg"), [("25", json!(["a", "b"]))]);
    let desk = OpenDesk::new().await;
    let mut number = 0;
    for wrong in [Value::Null, json!(-7), json!(1e300), json!("\u{0}"), json!([[]]), json!({"value": {}}), json!(true)]
    {
        for place in [
            "/data",
            "/created",
            "/href",
            "/type",
            "/data/href",
            "/data/filename",
            "/data/metadata",
            "/data/metadata/25",
            "/data/physicalFileId",
            "/data/modified",
            "/data/archiveHREF",
            "/data/doctype",
        ] {
            number += 1;
            let mut notice = whole.clone();
            notice["id"] = format!("wrong-{number}").into();
            *notice.pointer_mut(place).unwrap() = wrong.clone();
            desk.take("modified", &notice).await;
        }
    }
    desk.caught_up().await;
    assert_eq!(desk.outcomes().await.len(), number);
    for what in [What::Assets, What::Events, What::Changes] {
        desk.csv(what).await;
    }
    for tile in desk.tiles("limit=500").await {
        desk.get(&format!("/api/assets/{}", text(&tile["id"]))).await;
    }
    desk.get("/api/gallery?tz=Europe/Oslo").await;
}

#[tokio::test]
async fn dates_from_both_ends_of_time_have_a_place_in_the_gallery() {
    let desk = OpenDesk::new().await;
    for (number, date) in
        ["9999-12-30T22:00:00Z", "-009999-01-02T01:59:59Z", "0001-01-01T00:00:00Z", "2016-12-31T23:59:60Z"]
            .into_iter()
            .enumerate()
    {
        let mut notice = about(&format!("{number}"), 0, &format!("{number}.jpg"));
        notice["created"] = date.into();
        notice["data"]["modified"] = date.into();
        desk.take("ingested", &notice).await;
    }
    desk.caught_up().await;
    for zone in ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        let gallery = desk.get(&format!("/api/gallery?tz={zone}")).await;
        assert_eq!(gallery["total"], 4);
        assert_eq!(gallery["groups"].as_array().unwrap().len(), 4, "{zone}: {gallery}");
    }
    assert_eq!(desk.rows(What::Events).await.len(), 4);
}

/// Each of these bodies tells of one notice: it must be an event that tells all it should, now and after a rebuild.
async fn all_tell(bodies: Vec<(&str, Option<&str>, Vec<u8>)>) {
    for (what, content_type, body) in bodies {
        let archive = Archive::open(async |_| picture(jpeg(60, 40))).await;
        let base = archive.url("");
        let desk = OpenDesk::with(|options| options.tenants = vec![base.parse().unwrap()]).await;
        let body = replaced(&body, b"http://ARCHIVE", base.trim_end_matches('/').as_bytes());
        assert_eq!(desk.post("modified", content_type, body.clone()).await.status, StatusCode::OK);
        desk.pictures_settled().await;
        assert_eq!(desk.outcomes().await, ["event"], "{what}");
        assert_eq!(desk.kept(&desk.log().await[0]).await, body, "{what}: kept as it came");
        for _ in 0..2 {
            let asset = desk.only_asset().await;
            assert_eq!(asset["filename"], "båt.jpg", "{what}");
            assert_eq!(asset["title"], "På vei", "{what}");
            assert_eq!(desk.tiles("").await[0]["thumbnail"]["state"], "kept", "{what}");
            desk.desk.library.rebuild().await.unwrap();
        }
    }
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

const TOLD: &str = r#"{"id": "1", "href": "https://dam.example/fotoweb/archives/1-A/b.jpg.info", "title": "På vei",
    "thumbnail-href": "http://ARCHIVE/t.jpg", "ODD": 0, "data": {"filename": "båt.jpg", "metadata": {"5": {"value": "x"}, "ODD": 0}}}"#;

#[tokio::test]
async fn one_odd_value_is_no_reason_to_refuse_the_others() {
    let thirty_digits = "123456789012345678901234567890";
    let odd = [
        "NaN",
        "-Infinity",
        "undefined",
        thirty_digits,
        "1e999",
        "[1,]",
        "\"line\nbreak\"",
        r#""\ud83d""#,
        "{\"a\": 1,}",
    ];
    let bodies = odd.map(|odd| (odd, Some(JSON), TOLD.replace("\"ODD\": 0", &format!("\"ODD\": {odd}")).into_bytes()));
    let around = [("a trailing NUL", format!("{TOLD}\0")), ("a mark and NULs", format!("\u{feff}{TOLD}\r\n\0\0"))];
    let around = around.map(|(what, body)| (what, None, body.into_bytes()));
    all_tell(bodies.into_iter().chain(around).collect()).await;
}

#[tokio::test]
async fn letters_are_read_in_the_charset_in_which_they_came_and_kept_in_it() {
    let latin_1 = |text: &str| text.chars().map(|letter| letter as u8).collect::<Vec<u8>>();
    let form = "id=1&href=https://dam.example/x.info&thumbnail-href=http://ARCHIVE/t.jpg&title=P%E5+vei&data[filename]=b%E5t.jpg";
    all_tell(vec![
        ("UTF-8 that says Latin-1", Some("application/json; charset=iso-8859-1"), TOLD.as_bytes().to_vec()),
        ("Latin-1", Some("application/json; charset=iso-8859-1"), latin_1(TOLD)),
        ("Latin-1 that says nothing", Some(JSON), latin_1(TOLD)),
        ("a Latin-1 form", Some(FORM), form.as_bytes().to_vec()),
        ("a Latin-1 form without escapes", Some(FORM), latin_1(&form.replace("%E5", "å"))),
    ])
    .await;
}

#[tokio::test]
async fn what_people_wrap_a_notice_in_is_opened() {
    let notice: Value = serde_json::from_str(TOLD).unwrap();
    let mut text_inside = notice.clone();
    text_inside["data"] = notice["data"].to_string().into();
    let payload: String = form_urlencoded::Serializer::new(String::new()).append_pair("payload", TOLD).finish();
    let payload = payload.replace("http%3A%2F%2FARCHIVE", "http://ARCHIVE");
    let nested = "id=1&href=https://dam.example/x.info&thumbnail-href=http://ARCHIVE/t.jpg&data[filename]=b%C3%A5t.jpg\
                  &data[metadata][25][value]=boats&data[metadata][25][value]=sea&title=first&title=P%C3%A5%20vei";
    all_tell(vec![
        ("a list of one", Some(JSON), json!([notice]).to_string().into_bytes()),
        ("a payload", Some(JSON), json!({ "payload": notice }).to_string().into_bytes()),
        ("a text inside", Some(JSON), text_inside.to_string().into_bytes()),
        ("a form with a payload", Some(FORM), payload.into_bytes()),
        ("a form of paths", Some(FORM), nested.as_bytes().to_vec()),
    ])
    .await;
}

#[tokio::test]
async fn a_packed_body_is_unpacked_within_bounds() {
    let desk = OpenDesk::new().await;
    let body = about("1", 0, "a.jpg").to_string();
    let packed = zstd::stream::encode_all(body.as_bytes(), 3).unwrap();
    assert_eq!(desk.post_coded("modified", "zstd", packed.clone()).await.status, StatusCode::OK);
    assert_eq!(desk.outcomes().await, ["event"]);
    assert_eq!(desk.kept(&desk.log().await[0]).await, body.as_bytes());

    let answer = desk.post_coded("modified", "compress", packed).await;
    let accepted = answer.header("accept-encoding");
    assert_eq!((answer.status, accepted), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "gzip, deflate, br, zstd"));
    let bomb = zstd::stream::encode_all(&vec![0; 64 << 20][..], 3).unwrap();
    assert_eq!(desk.post_coded("modified", "zstd", bomb).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(desk.outcomes().await.len(), 1, "neither was kept");
}

#[tokio::test]
async fn two_files_whose_names_differ_in_an_escape_are_two_assets() {
    let desk = OpenDesk::new().await;
    for (number, (name, spelled)) in [("a b.jpg", "a%20b.jpg"), ("a%20b.jpg", "a%2520b.jpg")].into_iter().enumerate() {
        let mut notice = about(&number.to_string(), number as i64, name);
        let path = format!("/fotoweb/archives/5000-All-files/Folder%2012/{spelled}.info");
        notice["href"] = format!("https://dam.example{path}").into();
        notice["data"]["href"] = path.into();
        desk.take("ingested", &notice).await;
    }
    desk.caught_up().await;
    assert_eq!(desk.found("").await, ["a b.jpg", "a%20b.jpg"]);
}
