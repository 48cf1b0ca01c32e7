//! Settings that a later version of this program wrote.

use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::desk::{OpenDesk, text};

#[tokio::test]
async fn settings_of_a_later_program_do_not_keep_this_one_from_starting() {
    let folder = OpenDesk::new().await.shut_down().await;
    let written = json!({
        "large_px": 600, "first_start_done": true, "seal": {"key": 7},
        "reach": {"way": "carrier_pigeon", "tunnel": "zrok"},
        "notifications": {"on": true, "kinds": ["deleted", "published"]},
    });
    let path = folder.path().join("library.db");
    let connection = Connection::open(&path).unwrap();
    let insert = "INSERT OR REPLACE INTO settings (name, value) VALUES ('settings', ?1)";
    connection.execute(insert, [written.to_string()]).unwrap();

    let desk = OpenDesk::again(folder, |_| ()).await;
    let settings = desk.get("/api/settings").await;
    assert_eq!((&settings["large_px"], &settings["first_start_done"]), (&json!(600), &json!(true)));
    assert_eq!(settings["notifications"]["kinds"], json!(["deleted"]));
    let status = desk.get("/api/status").await;
    assert_eq!(status["trouble"][0]["code"], "settings");
    let told = text(&status["trouble"][0]["happened"]);
    for word in ["reach.way is \"carrier_pigeon\"", "reach.tunnel is \"zrok\"", "notifications.kinds"] {
        assert!(told.contains(word), "{told}");
    }

    let saved = desk.send("PUT", "/api/settings", &json!({"large_px": 800})).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
    let kept: String = connection.query_row("SELECT value FROM settings", [], |row| row.get(0)).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!((&kept["large_px"], &kept["seal"]), (&json!(800), &json!({"key": 7})));
    assert_eq!(kept["reach"]["tunnel"], "zrok", "the later program finds what it wrote");
    desk.shut_down().await;
}
