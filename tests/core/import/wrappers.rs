//! A table: what other programs wrap around a request body, by what is in it. Each must give the same body back, byte for
//! byte, and say of which hook it is and when it came where the wrapping knows.

use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lysbord_core::clock::Timestamp;
use lysbord_core::fotoware::HookKind;
use lysbord_core::import::{self, LeftAlone, SavedBody};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::notice::{about, wrapped};

pub fn read(name: &str, content: &[u8]) -> Vec<Result<SavedBody, LeftAlone>> {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, content).unwrap();
    read_file(&path)
}

fn read_file(path: &Path) -> Vec<Result<SavedBody, LeftAlone>> {
    import::open(path, None).map_or_else(|why| vec![Err(why)], Iterator::collect)
}

/// What is in a request, in the ways in which Fotoware sends it and people change it.
fn contents() -> Vec<(&'static str, String)> {
    let mut accented = about("2", 1, "Ødegård på fjellet 🏔.jpg");
    accented["title"] = json!("\"quoted\", {braced} [listed]\n=1+1; \\");
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("id", "3")
        .append_pair("href", "https://dam.example/fotoweb/archives/1/a.jpg.info")
        .append_pair("data", &json!({"href": "/fotoweb/archives/1/a.jpg.info"}).to_string())
        .finish();
    vec![
        ("a notice", about("1", 0, "a.jpg").to_string()),
        ("a notice of version 2", wrapped(about("4", 2, "b.jpg"), "updateMetadata").to_string()),
        ("a notice laid out", serde_json::to_string_pretty(&accented).unwrap()),
        ("a form", form),
    ]
}

const KIND: &str = "modified";
const CAME: &str = "2019-10-03T19:06:35Z";

/// A wrapping of one body, whether it knows the hook and the time.
struct Wrapping {
    name: &'static str,
    wrap: fn(&str) -> Vec<u8>,
    knows_hook: bool,
    knows_time: bool,
}

fn base64(body: &str) -> String {
    STANDARD.encode(body)
}

fn is_json(body: &str) -> bool {
    body.starts_with('{')
}

/// As the programs that parse a body have it: JSON as it stands, anything else as a text.
fn parsed(body: &str) -> String {
    if is_json(body) { body.to_owned() } else { Value::from(body).to_string() }
}

fn on_the_wire(body: &str, line_end: &str) -> String {
    let content_type = if is_json(body) { "application/json" } else { "application/x-www-form-urlencoded" };
    [
        "POST /hooks/0123456789abcdef0123456789abcdef/modified HTTP/1.1",
        "Host: lysbord.example",
        "User-Agent: FotoWeb/8.1",
        "Date: Thu, 03 Oct 2019 19:06:35 GMT",
        &format!("Content-Type: {content_type}"),
        &format!("Content-Length: {}", body.len()),
        "",
        body,
    ]
    .join(line_end)
}

fn webhook_site(body: &str) -> Value {
    json!({
        "uuid": "a2a6a4ae-4130-4063-953a-84fa29d81d43", "type": "web", "ip": "127.0.0.1", "method": "POST",
        "token_id": "a94a7294-c4aa-4074-ab77-c4cf86fd53b1", "hostname": "webhook.site", "content": body,
        "user_agent": "FotoWeb/8.1", "query": null, "request": null, "files": {},
        "headers": {"content-type": ["application/json"], "content-length": [body.len().to_string()]},
        "url": "https://webhook.site/a94a7294-c4aa-4074-ab77-c4cf86fd53b1/modified", "size": body.len(),
        "time": 0.001_523_017_883_300_781_2, "created_at": "2019-10-03 19:06:35", "updated_at": "2019-10-03 19:06:35",
        "sorting": 1_570_129_595_611_988_i64,
    })
}

fn har(entries: &[Value]) -> Vec<u8> {
    json!({"log": {"version": "1.2", "creator": {"name": "a browser", "version": "1"}, "pages": [], "entries": entries}})
        .to_string()
        .into_bytes()
}

fn har_entry(post_data: Value) -> Value {
    json!({
        "startedDateTime": "2019-10-03T21:06:35.000+02:00", "time": 4,
        "request": {
            "method": "POST", "url": "http://127.0.0.1:7474/hooks/0123/modified", "httpVersion": "HTTP/1.1",
            "headers": [{"name": "Content-Type", "value": "application/json"}], "postData": post_data,
        },
        "response": {"status": 200, "content": {"size": 2, "mimeType": "application/json", "text": "{}"}},
    })
}

const WRAPPINGS: &[Wrapping] = &[
    Wrapping { name: "nothing", wrap: |body| body.into(), knows_hook: false, knows_time: false },
    Wrapping {
        name: "a byte order mark",
        wrap: |body| [b"\xef\xbb\xbf", body.as_bytes()].concat(),
        knows_hook: false,
        knows_time: false,
    },
    Wrapping {
        name: "UTF-16 with its mark",
        wrap: |body| std::iter::once(0xfeff).chain(body.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
        knows_hook: false,
        knows_time: false,
    },
    Wrapping {
        name: "UTF-16 without a mark",
        wrap: |body| body.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        knows_hook: false,
        knows_time: false,
    },
    Wrapping {
        name: "gzip",
        wrap: |body| {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(body.as_bytes()).unwrap();
            packed.finish().unwrap()
        },
        knows_hook: false,
        knows_time: false,
    },
    Wrapping {
        name: "a saved request",
        wrap: |body| on_the_wire(body, "\r\n").into(),
        knows_hook: true,
        knows_time: true,
    },
    Wrapping {
        name: "a saved request with line ends changed",
        wrap: |body| on_the_wire(body, "\n").into(),
        knows_hook: true,
        knows_time: true,
    },
    Wrapping {
        name: "a saved request in parts",
        wrap: |body| {
            let head = "POST /hooks/0123/modified HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
            let (one, other) = body.as_bytes().split_at(7);
            let mut text = head.as_bytes().to_vec();
            for part in [one, other] {
                text.extend(format!("{:x}\r\n", part.len()).bytes());
                text.extend(part);
                text.extend(b"\r\n");
            }
            text.extend(b"0\r\n\r\n");
            text
        },
        knows_hook: true,
        knows_time: false,
    },
    Wrapping {
        name: "a request of webhook.site",
        wrap: |body| webhook_site(body).to_string().into(),
        knows_hook: true,
        knows_time: true,
    },
    Wrapping {
        name: "a page of webhook.site",
        wrap: |body| {
            let page = json!({"data": [webhook_site(body)], "total": 1, "per_page": 50, "current_page": 1, "to": 1});
            serde_json::to_vec_pretty(&page).unwrap()
        },
        knows_hook: true,
        knows_time: true,
    },
    Wrapping {
        name: "a table of webhook.site",
        wrap: |body| {
            let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
            let row = ["a2a6a4ae", "web", "POST", body, "https://webhook.site/a94a/modified", "2019-10-03 19:06:35"];
            let row: Vec<String> = row.iter().map(|text| cell(text)).collect();
            format!("uuid,type,method,content,url,created_at\r\n{}\r\n", row.join(",")).into()
        },
        knows_hook: true,
        knows_time: true,
    },
    Wrapping {
        name: "a table that a spreadsheet saved",
        wrap: |body| {
            let body = body.replace('"', "\"\"");
            format!("\u{feff}Created At;Method;URL;Content\n2019-10-03 19:06:35;POST;/modified;\"{body}\"\n").into()
        },
        knows_hook: true,
        knows_time: true,
    },
    Wrapping {
        name: "an item of n8n",
        wrap: |body| {
            format!(
                r#"[{{"headers": {{"content-type": "application/json"}}, "params": {{}}, "query": {{}}, "body": {},
                   "webhookUrl": "https://n8n.example/webhook/fotoware-modified", "executionMode": "production"}}]"#,
                parsed(body)
            )
            .into()
        },
        knows_hook: true,
        knows_time: false,
    },
    Wrapping {
        name: "items of n8n with their pairs",
        wrap: |body| {
            format!(
                r#"[[{{"json": {{"headers": {{}}, "query": {{}}, "body": {}}}, "pairedItem": {{"item": 0}}}}]]"#,
                parsed(body)
            )
            .into()
        },
        knows_hook: false,
        knows_time: false,
    },
    Wrapping {
        name: "an item of n8n with its raw body",
        wrap: |body| {
            let binary = json!({"data": {"data": base64(body), "mimeType": "application/json"}});
            json!([{"json": {"headers": {}, "query": {}, "body": {}}, "binary": binary}]).to_string().into()
        },
        knows_hook: false,
        knows_time: false,
    },
    Wrapping {
        name: "HAR",
        wrap: |body| har(&[har_entry(json!({"mimeType": "application/json", "text": body}))]),
        knows_hook: true,
        knows_time: true,
    },
    Wrapping {
        name: "HAR with base64",
        wrap: |body| {
            har(&[har_entry(json!({"mimeType": "application/json", "text": base64(body), "encoding": "base64"}))])
        },
        knows_hook: true,
        knows_time: true,
    },
    Wrapping {
        name: "the requests of ngrok's agent",
        wrap: |body| {
            let raw = base64(&on_the_wire(body, "\r\n"));
            let request = json!({"method": "POST", "proto": "HTTP/1.1", "uri": "/hooks/0123/modified", "raw": raw});
            let entry =
                json!({"uri": "/api/requests/http/1", "id": "1", "start": CAME, "request": request, "response": {}});
            json!({"uri": "/api/requests/http", "requests": [entry]}).to_string().into()
        },
        knows_hook: true,
        knows_time: true,
    },
    Wrapping {
        name: "an event of Pipedream",
        wrap: |body| {
            format!(
                r#"{{"context": {{"id": "1", "ts": "{CAME}"}}, "event": {{"method": "POST", "path": "/modified",
                   "headers": {{}}, "url": "https://x.m.pipedream.example/modified", "body": {}}}}}"#,
                parsed(body)
            )
            .into()
        },
        knows_hook: true,
        knows_time: true,
    },
    Wrapping {
        name: "a raw hook of Zapier",
        wrap: |body| json!({"raw_body": body, "headers": {}, "querystring": {}}).to_string().into(),
        knows_hook: false,
        knows_time: false,
    },
    Wrapping {
        name: "a function's event",
        wrap: |body| {
            json!({
                "rawPath": "/hooks/modified", "headers": {"Content-Type": "application/json"}, "body": base64(body),
                "isBase64Encoded": true, "requestContext": {"timeEpoch": 1_570_129_595_000_i64},
            })
            .to_string()
            .into()
        },
        knows_hook: true,
        knows_time: true,
    },
    Wrapping {
        name: "JSON in JSON",
        wrap: |body| {
            Value::from(if is_json(body) { body.to_owned() } else { webhook_site(body).to_string() }).to_string().into()
        },
        knows_hook: false,
        knows_time: false,
    },
];

#[test]
fn every_wrapping_gives_back_what_is_in_it() {
    for (content, body) in contents() {
        for Wrapping { name, wrap, knows_hook, knows_time } in WRAPPINGS {
            let found = read("saved.txt", &wrap(&body));
            let [Ok(saved)] = &found[..] else { panic!("{content} in {name}: {found:?}") };
            assert_eq!(String::from_utf8_lossy(&saved.body), body, "{content} in {name}");
            if *knows_hook {
                assert_eq!(saved.hook.as_str(), KIND, "{content} in {name}");
            }
            if *knows_time {
                assert_eq!(saved.received, Timestamp::parse(CAME), "{content} in {name}");
            }
        }
    }
}

#[test]
fn many_requests_in_one_recording_are_as_many_bodies_in_their_order() {
    let bodies: Vec<String> = (0..40).map(|number| about(&number.to_string(), number, "a.jpg").to_string()).collect();
    let sites: Vec<Value> = bodies.iter().map(|body| webhook_site(body)).collect();
    let entries: Vec<Value> = bodies.iter().map(|body| har_entry(json!({"text": body}))).collect();
    let wire: String = bodies.iter().map(|body| on_the_wire(body, "\r\n") + "\r\n").collect();
    let lines = sites.iter().fold(String::new(), |lines, request| lines + &format!("{request}\n"));
    for (name, content) in [
        ("a page", json!({"data": sites, "total": 40, "per_page": 50}).to_string().into_bytes()),
        ("lines", lines.into_bytes()),
        ("HAR", har(&entries)),
        ("requests one behind the other", wire.into_bytes()),
        ("a list", format!("[{}]", bodies.join(",\n")).into_bytes()),
        ("nothing between", bodies.concat().into_bytes()),
    ] {
        let found: Vec<String> =
            read("saved", &content).into_iter().map(|saved| String::from_utf8(saved.unwrap().body).unwrap()).collect();
        assert_eq!(found, bodies, "{name}");
    }
}

#[test]
fn what_a_recording_holds_beside_deliveries_is_left_alone_and_told() {
    let get = json!({"startedDateTime": CAME, "request": {"method": "GET", "url": "https://x.example/a.png", "headers": []}, "response": {}});
    let mut other = har_entry(json!({"text": "{\"query\": \"mutation\"}"}));
    other["request"]["url"] = "https://analytics.example/collect".into();
    let notice = about("1", 0, "a.jpg").to_string();
    let found = read("saved.har", &har(&[get, other, har_entry(json!({"text": notice}))]));
    let [Err(LeftAlone::RequestWithoutBody), Err(LeftAlone::NoNotice), Ok(saved)] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(saved.body, notice.as_bytes());

    let mut look = webhook_site("");
    look["method"] = "GET".into();
    assert_eq!(read("saved", look.to_string().as_bytes()), [Err(LeftAlone::RequestWithoutBody)]);
    let asked = "GET /hooks/0123/modified HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_eq!(read("saved", asked.as_bytes()), [Err(LeftAlone::RequestWithoutBody)]);
}

#[test]
fn a_notice_is_no_wrapping_whatever_else_it_holds() {
    let mut notice = about("1", 0, "a.jpg");
    notice["body"] = json!("a field of somebody's");
    notice["headers"] = json!({});
    notice["url"] = json!("/deleted");
    notice["content"] = json!("x");
    notice["uuid"] = json!("y");
    notice["json"] = json!({"a": 1});
    notice["event"] = json!({"b": 1});
    notice["request"] = json!({"headers": {}, "body": "z"});
    let text = notice.to_string();
    let found = read("saved.json", text.as_bytes());
    let [Ok(saved)] = &found[..] else { panic!("{found:?}") };
    assert_eq!((saved.hook, String::from_utf8_lossy(&saved.body).as_ref()), (HookKind::Any, &text[..]));
}
