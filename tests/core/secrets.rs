//! What opens doors is written nowhere: not in the library, not in a picture's record, not in a log.

use std::fs;
use std::path::Path;

use axum::http::StatusCode;
use lysbord_core::export::What;
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
