//! What is told to have come late, and what was never on its way.

use lysbord_core::fotoware::HookKind;
use lysbord_core::library::Incoming;
use serde_json::{Value, json};

use crate::desk::{OpenDesk, list, text};
use crate::notice::about;

const HOURS: i64 = 14;

/// What is noted of the only step of the only asset.
async fn notes(desk: &OpenDesk) -> Value {
    desk.caught_up().await;
    let asset = desk.get(&format!("/api/assets/{}", text(&desk.only_asset().await["id"]))).await;
    list(&asset["versions"])[0]["notes"].clone()
}

#[tokio::test]
async fn a_notice_that_was_heard_hours_after_it_was_made_is_late() {
    let desk = OpenDesk::new().await;
    desk.clock.advance(HOURS * 3_600_000);
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    assert_eq!(notes(&desk).await, json!([{ "kind": "late", "seconds": HOURS * 3600 }]));
}

#[tokio::test]
async fn what_the_user_imports_is_not_late() {
    let desk = OpenDesk::new().await;
    desk.clock.advance(HOURS * 3_600_000);
    let library = &desk.desk.library;
    let import = library.begin_import("saved.json".to_owned(), desk.clock.now()).await.unwrap();
    let body = about("1", 0, "a.jpg").to_string();
    let incoming = Incoming::new(HookKind::Ingested, None, body.as_bytes(), desk.clock.now()).unwrap();
    library.take_in(incoming.imported(import)).await.unwrap();
    assert_eq!(notes(&desk).await, json!([]));
}

#[tokio::test]
async fn the_past_that_a_pretend_tenant_tells_is_not_late() {
    let desk = OpenDesk::new().await;
    desk.clock.advance(HOURS * 3_600_000);
    desk.desk
        .change_settings(|settings| settings.pretend_tenants.push("https://dam.example".to_owned()))
        .await
        .unwrap();
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    assert_eq!(notes(&desk).await, json!([]));
}

#[tokio::test]
async fn who_is_only_called_like_a_pretend_tenant_is_none() {
    let desk = OpenDesk::new().await;
    desk.clock.advance(HOURS * 3_600_000);
    desk.desk.change_settings(|settings| settings.pretend_tenants.push("https://dam.exam".to_owned())).await.unwrap();
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    assert_eq!(notes(&desk).await[0]["kind"], "late");
}

/// `lysbord demo --to` runs in a process of its own, so nobody tells the desk of it.
#[tokio::test]
async fn the_past_that_a_demo_of_another_process_tells_is_not_late() {
    for (host, is_late) in [
        ("http://127.0.0.1:7476", false),
        ("http://localhost:7476", false),
        ("http://[::1]:7476", false),
        ("http://127.0.0.1.example", true),
        ("http://10.0.0.7", true),
    ] {
        let desk = OpenDesk::new().await;
        desk.clock.advance(HOURS * 3_600_000);
        let notice = about("1", 0, "a.jpg").to_string().replace("https://dam.example", host);
        desk.take("ingested", &serde_json::from_str(&notice).unwrap()).await;
        let late = notes(&desk).await;
        assert_eq!(late != json!([]), is_late, "{host}: {late}");
    }
}
