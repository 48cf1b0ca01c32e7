//! Where the listener is: chosen, changed while it runs, lost and found again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use lysbord_core::desk::Patience;
use lysbord_core::reach::Addresses;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{desk_with, hasty, here, told};
use crate::desk::{OpenDesk, list, text};
use crate::notice::about;

#[tokio::test]
async fn the_addresses_of_this_computer_are_listed_with_who_reaches_them() {
    let desk = desk_with(|options| options.reach.addresses = Addresses::default()).await;
    let reach = desk.get("/api/reach").await;
    let addresses = list(&reach["addresses"]);
    let here = addresses.iter().find(|address| address["address"] == "127.0.0.1").unwrap();
    assert_eq!(here["kind"], "loopback");
    assert!(!text(&here["name"]).is_empty());
    assert_eq!(
        (&reach["way"], &reach["problem"], &reach["check"]["state"]),
        (&json!("this_computer"), &Value::Null, &json!("never"))
    );
    desk.shut_down().await;
}

#[tokio::test]
async fn what_is_chosen_is_kept_and_what_is_left_out_stays() {
    let desk = desk_with(|_| {}).await;
    let settings = desk.get("/api/settings").await;
    let nothing_chosen = json!({"way": "this_computer", "address": null, "tunnel": null, "public_url": null});
    assert_eq!((&settings["reach"], &settings["first_start_done"]), (&nothing_chosen, &json!(false)));
    let saved = desk.send("PUT", "/api/settings", &json!({"first_start_done": true})).await.json();
    assert_eq!((&saved["first_start_done"], &saved["large_px"]), (&json!(true), &json!(1200)));
    let url = "https://hooks.example.com/press";
    desk.choose(json!({"way": "own_url", "public_url": format!(" {url}/hooks/0123/ingested ")})).await;
    let settings = desk.get("/api/settings").await;
    assert_eq!((&settings["reach"]["public_url"], &settings["first_start_done"]), (&json!(url), &json!(true)));
    for wrong in [
        json!({"way": "this_network", "address": "my computer"}),
        json!({"way": "own_url", "public_url": "nonsense"}),
        json!({"way": "own_url", "public_url": "ftp://x.example"}),
    ] {
        let refused = desk.send("PUT", "/api/settings", &json!({ "reach": wrong })).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.json()["detail"].as_str().unwrap().ends_with('.'), "{}", refused.text());
    }
    assert_eq!(desk.get("/api/settings").await, settings);
    desk.shut_down().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn another_address_is_taken_at_once_and_whoever_is_in_the_middle_may_finish() {
    let desk = desk_with(|_| {}).await;
    let old = desk.desk.listener.address().unwrap();
    let body = about("1", 0, "a.jpg").to_string();
    let mut begun = TcpStream::connect(old).await.unwrap();
    let secret = desk.desk.secrets.hooks();
    let head = format!(
        "POST /hooks/{}/ingested HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n",
        secret.expose(),
        body.len()
    );
    begun.write_all(format!("{head}{}", &body[..10]).as_bytes()).await.unwrap();
    // Its head has to be read before it counts as begun.
    tokio::time::sleep(Duration::from_millis(100)).await;

    let reach = desk.choose(json!({"way": "this_network", "address": "127.0.0.2"})).await;
    let new = desk.desk.listener.address().unwrap();
    assert_eq!((new.ip().to_string().as_str(), new.port()), ("127.0.0.2", old.port()), "{reach:#}");
    assert!(TcpStream::connect(old).await.is_err(), "the old place is closed");
    desk.take("ingested", &about("2", 1, "b.jpg")).await;

    begun.write_all(&body.as_bytes()[10..]).await.unwrap();
    let mut answer = String::new();
    begun.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    desk.caught_up().await;
    assert_eq!(desk.log().await.len(), 2);

    // Chosen for good, and the way back is as short.
    let port = new.port();
    let folder = desk.shut_down().await;
    let desk = OpenDesk::again(folder, |options| {
        hasty(options);
        options.hooks = Some(format!("127.0.0.1:{port}").parse().unwrap());
    })
    .await;
    assert_eq!(desk.desk.listener.address(), Some(new));
    desk.choose(json!({"way": "this_computer", "address": "127.0.0.2"})).await;
    assert_eq!(desk.desk.listener.address(), Some(old));
    desk.shut_down().await;
}

#[tokio::test]
async fn all_addresses_are_one_choice_and_loopback_is_no_network() {
    let desk = desk_with(|_| {}).await;
    let reach = desk.choose(json!({"way": "this_network"})).await;
    assert!(told(&reach).contains("No address of this network is chosen"), "{reach:#}");
    assert_eq!(reach["hook_base"], Value::Null);
    let reach = desk.choose(json!({"way": "this_network", "address": "0.0.0.0"})).await;
    assert!(desk.desk.listener.address().unwrap().ip().is_unspecified());
    assert!(!text(&reach["hook_base"]).contains("0.0.0.0"), "nobody can post to everywhere");
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.shut_down().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_address_that_goes_away_is_told_and_taken_again_when_it_is_back() {
    let have = Arc::new(Mutex::new(vec!["127.0.0.1", "127.0.0.2"]));
    let told_of = have.clone();
    let desk = desk_with(|options| {
        options.reach.addresses = Addresses::made_up(move || here(&told_of.lock().unwrap()));
    })
    .await;
    let choice = json!({"way": "own_url", "address": "127.0.0.2", "public_url": "https://hooks.example.com"});
    desk.choose(choice).await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;

    have.lock().unwrap().pop();
    let reach = desk.reach_until(|reach| !reach["problem"].is_null()).await;
    assert!(told(&reach).contains("127.0.0.2") && told(&reach).contains("as soon as it has"), "{reach:#}");
    let hooks = desk.get("/api/status").await["hooks"].clone();
    assert_eq!((&hooks["listening"], &hooks["problem"]), (&json!(false), &reach["problem"]));
    assert_eq!(told(&desk.check().await), told(&reach));

    have.lock().unwrap().push("127.0.0.2");
    desk.reach_until(|reach| reach["problem"].is_null()).await;
    assert!(text(&desk.get("/api/status").await["hooks"]["url"]).starts_with("http://127.0.0.2:"));
    desk.take("ingested", &about("2", 1, "b.jpg")).await;
    desk.shut_down().await;
}

#[tokio::test]
async fn a_port_that_is_taken_at_start_is_told_and_listened_on_when_it_is_free() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = taken.local_addr().unwrap();
    let desk = desk_with(|options| {
        options.hooks = Some(at);
        options.patience = Patience::KeepTrying;
    })
    .await;
    let reach = desk.get("/api/reach").await;
    assert!(told(&reach).contains("another program is using this port"), "{reach:#}");
    assert_eq!(reach["hook_base"], Value::Null);
    drop(taken);
    let reach = desk.reach_until(|reach| reach["problem"].is_null()).await;
    assert!(text(&reach["hook_base"]).starts_with(&format!("http://{at}/hooks/")));
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.shut_down().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_chosen_address_whose_port_is_taken_is_told_and_the_choice_can_be_taken_back() {
    let desk = desk_with(|_| {}).await;
    let old = desk.desk.listener.address().unwrap();
    let taken = TcpListener::bind(("127.0.0.2", old.port())).await.unwrap();
    let reach = desk.choose(json!({"way": "this_network", "address": "127.0.0.2"})).await;
    assert!(told(&reach).contains("another program is using this port"), "{reach:#}");
    let reach = desk.choose(json!({"way": "this_computer"})).await;
    assert_eq!((&reach["problem"], desk.desk.listener.address()), (&Value::Null, Some(old)));
    drop(taken);
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.shut_down().await;
}
