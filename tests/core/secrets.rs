//! What opens doors is written nowhere: not in the library, not in a picture's record, not in a log.

use std::fs;
use std::path::Path;

use axum::http::StatusCode;
use base64::Engine;
use lysbord_core::export::What;
use lysbord_core::fotoware::receive;
use lysbord_demo::{Encoding, Story, Tenant, TenantOptions, encode};
use serde_json::{Value, json};

use crate::desk::{NOON, OpenDesk};
use crate::logs;
use crate::notice::about;

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn no_secret_of_a_payload_touches_the_disk_or_a_log() {
    let tenant = Tenant::start(TenantOptions::default()).await.unwrap();
    // Its URLs are dead on arrival, so that the tokens are really used.
    let desk = OpenDesk::with(|options| options.tenants = vec![tenant.base_url().parse().unwrap()]).await;
    let mut secrets = Vec::new();
    for (index, encoding) in [Encoding::Json, Encoding::Form].into_iter().enumerate() {
        for step in Story::LongLife.tell(7, index, NOON, 60_000) {
            let body = step.body(tenant.site(), NOON);
            find_secrets(&body, &mut secrets);
            let kind = step.kind().as_str();
            let answer = desk.post(kind, Some(encoding.content_type()), encode(&body, encoding)).await;
            assert_eq!(answer.status, StatusCode::OK);
        }
    }
    desk.pictures_settled().await;
    assert!(secrets.len() > 40);
    desk.desk.library.rebuild().await.unwrap();
    assert_nowhere(desk, &secrets).await;
}

#[tokio::test]
async fn a_body_that_cannot_be_read_keeps_its_secrets_to_itself() {
    let asset = json!({
        "previewToken": "SECRET.TO.KEN", "dropHREF": "/a.info#u=1&m=SECRETDROP",
        "ancestors": [{"name": "All", "data": "/fotoweb/data/a/5000.SECRETANCESTOR/"}], "filename": "a.jpg"
    });
    let mut whole = about("1", 0, "a.jpg");
    whole["data"] = asset;
    let whole = whole.to_string();
    let broken = &whole[..whole.len() - 1];
    let too_deep = format!("{{\"deep\": {}{}, {}", "[".repeat(500), "]".repeat(500), &whole[1..]);
    let form: String = form_urlencoded::Serializer::new(String::new()).append_pair("data", broken).finish();
    let odd_form = form.replacen("data", "d%61ta", 1);
    let multipart = format!("--x\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n{whole}\r\n--x--\r\n");
    let latin_1 = [whole.as_bytes(), b"\xe6\xf8\xe5"].concat();

    let desk = OpenDesk::new().await;
    for body in
        [broken.as_bytes(), too_deep.as_bytes(), form.as_bytes(), odd_form.as_bytes(), multipart.as_bytes(), &latin_1]
    {
        assert_eq!(desk.post("modified", None, body.to_vec()).await.status, StatusCode::OK);
    }
    let secrets = ["SECRET.TO.KEN", "SECRETDROP", "SECRETANCESTOR"].map(str::to_owned);
    assert_nowhere(desk, &secrets).await;
}

#[tokio::test]
async fn a_body_that_redaction_makes_longer_is_still_whole() {
    let desk = OpenDesk::new().await;
    // Each secret of one letter becomes a word of a dozen.
    let tokens: Vec<Value> = (0..20_000).map(|_| json!({"previewToken": 1})).collect();
    let mut many_tokens = about("tokens", 0, "a.jpg");
    many_tokens["tokens"] = tokens.into();
    desk.take("ingested", &many_tokens).await;
    // A form in raw UTF-8 is spelled out when its data is gone through.
    let caption = "Fiskebåtene forlater Vardø på vei østover. ".repeat(5_000);
    let form =
        format!("id=form&href=https://dam.example/fotoweb/archives/1-A/b.jpg.info&description={caption}&data={{}}");
    assert_eq!(desk.post("ingested", Some(FORM), form).await.status, StatusCode::OK);
    desk.caught_up().await;

    for line in desk.log().await {
        assert!(desk.body(&line).await.len() > 100_000);
    }
    desk.desk.library.rebuild().await.unwrap();
    assert_eq!(desk.rows(What::Assets).await.len(), 2, "both can be read again");
}

#[tokio::test]
async fn the_desks_own_secrets_are_in_one_file_and_in_no_log() {
    let desk = OpenDesk::new().await;
    let secrets = [desk.desk.secrets.hooks(), desk.desk.secrets.token()].map(|secret| secret.expose().to_owned());
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.post("modified", None, "not a notice").await;
    desk.visit(&desk.hook("modified")).await;
    desk.visit(&desk.hook("nonsense")).await;
    assert_nowhere(desk, &secrets).await;
}

/// The secrets of the notice that is wrapped.
const SECRETS: [&str; 3] = [
    "SEcret.TOken.42",
    "/fotoweb/archives/1-A/b\u{e5}t.jpg.info#u=7&m=SEcretdrop",
    "/fotoweb/data/a/5000.SEcretancestor/",
];

fn secretive(id: &str) -> Value {
    let mut notice = about(id, 0, "båt & hav.jpg");
    notice["title"] = "Båten \"Håp\" – 漁船 100% \\ hjemme".into();
    notice["data"]["previewToken"] = SECRETS[0].into();
    notice["data"]["dropHREF"] = SECRETS[1].into();
    notice["data"]["ancestors"] = json!([{"name": "All", "data": SECRETS[2]}]);
    notice
}

/// Short, as each layer doubles the escapes of the one in it.
fn about_secrets() -> Value {
    json!({"previewToken": SECRETS[0], "dropHREF": SECRETS[1], "ancestors": [{"data": SECRETS[2]}]})
}

type Wrapped = (&'static str, Option<&'static str>, Vec<u8>);

fn percent(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn nested(notice: &Value, times: usize) -> String {
    (0..times).fold(notice.to_string(), |inner, _| json!({ "data": inner }).to_string())
}

/// The notice in whatever people, proxies and libraries put it into.
fn wrappings() -> Vec<Wrapped> {
    let notice = secretive("1");
    let plain = notice.to_string();
    let utf_16 = |text: &str, unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let in_text = {
        let mut outer = notice.clone();
        outer["data"] = notice["data"].to_string().into();
        outer.to_string()
    };
    let escaped = plain
        .replace("previewToken", "preview\\u0054oken")
        .replace("dropHREF", "\\u0064rop\\u0048REF")
        .replace("ancestors", "\\u0061ncestors");
    let latin_1 = plain.replace('–', "-").replace("漁船", "").chars().map(|letter| letter as u8).collect();
    let base64 = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let in_lines =
        base64(&plain).as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line) + "\r\n").collect::<String>();
    let broken = &plain[..plain.len() - 1];
    let cut = &plain[..plain.find("SEcretancestor").unwrap() + "SEcretancestor".len()];
    let paths: String = [
        ("id", "1"),
        ("href", "https://dam.example/b.jpg.info"),
        ("data[previewToken]", SECRETS[0]),
        ("data[asset][dropHREF]", SECRETS[1]),
        ("data[ancestors][0][data]", SECRETS[2]),
        ("title", "Båten"),
    ]
    .map(|(key, value)| format!("{}={}", percent(key), percent(value)))
    .join("&");
    let multipart = format!(
        "--x\r\nContent-Disposition: form-data; name=\"data\"\r\nContent-Type: application/json\r\n\r\n{plain}\r\n\
         --x\r\nContent-Disposition: form-data; name=\"previewToken\"\r\nContent-Type: text/plain\r\n\r\n{}\r\n--x--\r\n",
        SECRETS[0]
    );
    let xml = format!("<a><data>{}</data></a>", plain.replace('&', "&amp;").replace('"', "&quot;"));
    let fields = format!(
        "<a><previewToken>{}</previewToken><dropHREF>{}</dropHREF><ancestors><data>{}</data></ancestors></a>",
        SECRETS[0], SECRETS[1], SECRETS[2]
    );
    let python = format!(
        "{{'previewToken': '{}', 'dropHREF': '{}', 'ancestors': [{{'data': '{}'}}]}}",
        SECRETS[0], SECRETS[1], SECRETS[2]
    );
    let texts: Vec<(&str, Option<&str>, String)> = vec![
        ("JSON", None, plain.clone()),
        ("pretty JSON", None, serde_json::to_string_pretty(&notice).unwrap()),
        ("a text inside", None, in_text.clone()),
        ("a text inside a text inside", None, nested(&notice, 3)),
        ("texts deeper than anybody reads", None, nested(&about_secrets(), 10)),
        ("a string", None, json!(plain).to_string()),
        ("a list of one", None, json!([notice]).to_string()),
        ("a list of three", None, json!([notice, [notice], {"a": notice}]).to_string()),
        ("a payload", None, json!({ "payload": plain }).to_string()),
        ("JSON in a name", None, json!({ plain.clone(): "" }).to_string()),
        (
            "flat names",
            None,
            json!({"data.previewToken": SECRETS[0], "data[dropHREF]": SECRETS[1], "ancestors[0].data": SECRETS[2]})
                .to_string(),
        ),
        ("escaped names", None, escaped.clone()),
        ("escaped names inside", None, json!({ "data": escaped }).to_string()),
        ("NaN", None, plain.replacen('{', "{\"x\": NaN, ", 1)),
        ("lines", None, format!("{plain}\n{plain}\n")),
        ("broken JSON", None, broken.to_owned()),
        ("cut JSON", None, cut.to_owned()),
        ("broken JSON in JSON", None, json!({ "data": broken }).to_string()),
        ("broken JSON with &data=", None, format!("{broken}, \"href\": \"https://a/x?a=1&data=2\"")),
        (
            "broken JSON in a text in broken JSON",
            None,
            json!({"a": json!({ "data": broken }).to_string()}).to_string()[1..].to_owned(),
        ),
        ("a form with data", Some(FORM), format!("title=x&data={}", percent(&plain))),
        ("a form with a payload", Some(FORM), format!("payload={}", percent(&plain))),
        ("a form with JSON anywhere", Some(FORM), format!("asset={}&y=1&data=%7B%7D", percent(&plain))),
        ("a form with raw JSON", Some(FORM), format!("data={plain}&title=x")),
        ("a form with JSON as a key", Some(FORM), percent(&plain)),
        ("a form with broken data", Some(FORM), format!("d%61ta={}", percent(broken))),
        ("a form with text inside", Some(FORM), format!("data={}", percent(&in_text))),
        ("a form, encoded twice", Some(FORM), format!("data={}", percent(&percent(&plain)))),
        ("a form of paths", Some(FORM), paths),
        ("repeated keys", Some(FORM), format!("data={0}&data={0}&data[]={0}", percent(&plain))),
        ("a form in JSON", None, json!({ "body": format!("data={}", percent(&plain)) }).to_string()),
        ("percent-encoded JSON", None, percent(&plain)),
        ("base64", None, base64(&plain)),
        ("base64 in lines", None, in_lines),
        ("base64 in JSON", None, json!({ "isBase64Encoded": true, "body": base64(&plain) }).to_string()),
        (
            "base64 at another place",
            None,
            json!({ "body": base64(&format!(" {plain}")), "b": base64(&format!("  {plain}")) }).to_string(),
        ),
        ("base64 in a form", Some(FORM), format!("data={}", percent(&base64(&plain)))),
        ("a data URL", None, json!({ "body": format!("data:application/json;base64,{}", base64(&plain)) }).to_string()),
        ("multipart", Some("multipart/form-data; boundary=x"), multipart),
        ("a raw request", None, format!("POST /hooks HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{plain}")),
        ("XML around JSON", Some("application/xml"), xml),
        ("XML", Some("application/xml"), fields),
        ("Python", None, python),
        ("too deep", None, format!("{{\"deep\": {}{plain}{}, {}", "[".repeat(500), "]".repeat(500), &plain[1..])),
    ];
    let bytes: Vec<Wrapped> = vec![
        ("UTF-16", None, utf_16(&plain, u16::to_le_bytes)),
        ("UTF-16 with a mark", None, utf_16(&format!("\u{feff}{plain}"), u16::to_le_bytes)),
        ("UTF-16, big end first", None, utf_16(&plain, u16::to_be_bytes)),
        ("UTF-16 with a text inside", None, utf_16(&in_text, u16::to_be_bytes)),
        ("broken UTF-16", None, utf_16(&format!("\u{feff}{broken}"), u16::to_le_bytes)),
        ("a UTF-16 form", Some(FORM), utf_16(&format!("data={}", percent(&plain)), u16::to_le_bytes)),
        ("Latin-1", None, latin_1),
        ("Latin-1 in UTF-8", None, [plain.as_bytes(), b" \xe6\xf8\xe5"].concat()),
        ("a declared charset", Some("application/json; charset=shift_jis"), [plain.as_bytes(), b" \x93\xfa"].concat()),
        ("zstd", None, zstd::stream::encode_all(plain.as_bytes(), 3).unwrap()),
        ("cut zstd", None, {
            let mut packed = zstd::stream::encode_all(plain.as_bytes(), 3).unwrap();
            packed.truncate(packed.len() - 2);
            packed
        }),
    ];
    texts.into_iter().map(|(what, content_type, text)| (what, content_type, text.into_bytes())).chain(bytes).collect()
}

/// How a secret may be spelled in what was kept.
fn spellings(secret: &str) -> Vec<Vec<u8>> {
    let url = url::Url::parse("https://a.example/").unwrap().join(&secret.replace('#', "%23")).map(String::from);
    let base64 = |text: String| {
        let packed = base64::engine::general_purpose::STANDARD_NO_PAD.encode(text);
        packed[4..packed.len() - 4].to_owned()
    };
    let texts = [
        secret.to_owned(),
        percent(secret),
        percent(&percent(secret)),
        url.unwrap(),
        secret.replace('/', "\\/"),
        base64(secret.to_owned()),
        base64(format!(" {secret}")),
        base64(format!("  {secret}")),
        // What is a secret in each of them, whatever is around it.
        secret.rsplit(['.', '=']).next().unwrap().to_owned(),
    ];
    let utf_16 = [u16::to_le_bytes, u16::to_be_bytes]
        .map(|unit: fn(u16) -> [u8; 2]| secret.encode_utf16().flat_map(unit).collect());
    texts.into_iter().map(String::into_bytes).chain(utf_16).collect()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

#[tokio::test]
async fn no_wrapping_brings_a_secret_to_the_disk() {
    let desk = OpenDesk::new().await;
    let wrappings = wrappings();
    for (what, content_type, body) in &wrappings {
        assert_eq!(desk.post("modified", *content_type, body.clone()).await.status, StatusCode::OK, "{what}");
    }
    let spellings: Vec<Vec<u8>> = SECRETS.into_iter().flat_map(spellings).collect();
    for (line, (what, ..)) in desk.log().await.iter().zip(&wrappings) {
        let kept = desk.kept(line).await;
        for secret in &spellings {
            let told = String::from_utf8_lossy(secret);
            assert!(!contains(&kept, secret), "{what} keeps {told}: {}", String::from_utf8_lossy(&kept));
        }
        assert!(kept.len() > 40, "{what}: the rest stays");
    }
    desk.desk.library.rebuild().await.unwrap();
    assert_nowhere(desk, &SECRETS.map(str::to_owned)).await;
}

#[test]
fn what_is_kept_is_what_came_but_for_the_secrets() {
    for (what, content_type, body) in wrappings() {
        if what.contains("zstd") || what.contains("ase64") || what.contains("data URL") {
            continue;
        }
        let kept = receive(content_type, &body).kept.into_owned();
        // What stands between two places that were redacted came in that order and is all there is.
        let marks = ["\"[redacted]\"", "[redacted]"].map(|mark| mark.as_bytes().to_vec());
        let wide =
            |first: bool| "[redacted]".bytes().flat_map(|byte| if first { [byte, 0] } else { [0, byte] }).collect();
        let marks = marks.into_iter().chain([wide(true), wide(false)]);
        let mut pieces = vec![kept.clone()];
        for mark in marks {
            pieces = pieces.iter().flat_map(|piece| split(piece, &mark)).collect();
        }
        assert!(pieces.len() > 1, "{what}");
        assert!(body.starts_with(&pieces[0]), "{what}: {}", String::from_utf8_lossy(&kept));
        assert!(body.ends_with(pieces.last().unwrap()), "{what}: {}", String::from_utf8_lossy(&kept));
        let mut from = 0;
        for piece in &pieces {
            let at = memchr::memmem::find(&body[from..], piece);
            from += at.unwrap_or_else(|| panic!("{what}: {} is new", String::from_utf8_lossy(piece))) + piece.len();
        }
        let again = receive(content_type, &kept).kept.into_owned();
        assert_eq!(String::from_utf8_lossy(&again), String::from_utf8_lossy(&kept), "{what}: once is enough");
    }
}

fn split(bytes: &[u8], mark: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for at in memchr::memmem::find_iter(bytes, mark) {
        pieces.push(bytes[from..at].to_vec());
        from = at + mark.len();
    }
    pieces.push(bytes[from..].to_vec());
    pieces
}

#[test]
fn where_nothing_is_secret_every_byte_stays() {
    let caption = "Våre ancestors visste at previewToken er 100% hemmelig, og dropHREF & alt";
    let latin_1: Vec<u8> = "K\u{e5}re".chars().map(|letter| letter as u8).collect();
    for body in [
        json!({"href": "https://a/b", "description": caption}).to_string().into_bytes(),
        format!("href=x&title={}&raw=K%E5re&b=+%20%2b", percent(caption)).into_bytes(),
        [b"href=x&title=", &latin_1[..], b"&data={}"].concat(),
        [b"{\"title\": \"", &latin_1[..], b"\", \"x\": 1.50}"].concat(),
    ] {
        let kept = receive(None, &body).kept;
        assert_eq!(String::from_utf8_lossy(&kept), String::from_utf8_lossy(&body));
        assert_eq!(*kept, *body);
    }
}

/// Looks through every body as the API gives it, every export, every byte of the folder but the one file, and the logs.
async fn assert_nowhere(desk: OpenDesk, secrets: &[String]) {
    desk.caught_up().await;
    let mut told = Vec::new();
    for line in desk.log().await {
        told.push(desk.body(&line).await);
        if let Some(asset) = line["asset_id"].as_str() {
            told.push(desk.get(&format!("/api/assets/{asset}")).await.to_string());
        }
    }
    for what in [What::Assets, What::Events, What::Changes] {
        told.push(desk.csv(what).await);
    }
    told.push(logs::written());
    // Once while the log is written ahead, and once when all is in its place.
    told.extend(files(desk.path()));
    let folder = desk.shut_down().await;
    told.extend(files(folder.path()));
    for secret in secrets {
        for text in &told {
            if let Some(at) = text.find(secret.as_str()) {
                let from = text.floor_char_boundary(at.saturating_sub(200));
                panic!("{secret} is told: …{}", &text[from..at]);
            }
        }
    }
}

fn files(folder: &Path) -> Vec<String> {
    let mut contents = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            contents.extend(files(&path));
        } else if path.file_name().unwrap() != "secrets.json" {
            contents.push(String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned());
        }
    }
    contents
}

/// Every value of `previewToken` and `dropHREF`, and `data` of each ancestor.
fn find_secrets(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match (key.as_str(), value) {
                    ("previewToken", Value::String(secret)) => found.push(secret.clone()),
                    // What follows the asset's own address is the secret part of it.
                    ("dropHREF", Value::String(secret)) => found.push(secret.split_once('#').unwrap().1.to_owned()),
                    ("ancestors", Value::Array(ancestors)) => {
                        found.extend(ancestors.iter().map(|ancestor| ancestor["data"].as_str().unwrap().to_owned()));
                    }
                    _ => find_secrets(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| find_secrets(value, found)),
        _ => {}
    }
}
