//! The API as the page uses it: the gallery and its pages, the search, the log, and what it says when it cannot.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine;
use lysbord_demo::{Frame, Site, Story, stories};
use serde_json::{Value, json};

use crate::desk::{NOON, OpenDesk, list, text};
use crate::notice::{about, in_archive, renamed, with_fields};

/// A desk with the backlog of a small tenant.
async fn backlog() -> OpenDesk {
    let desk = OpenDesk::new().await;
    let site = Site::new("https://dam.example", 1);
    for step in stories(1, 40, NOON) {
        desk.take(step.kind().as_str(), &step.body(&site, NOON)).await;
    }
    desk.pictures_settled().await;
    desk
}

#[tokio::test]
async fn the_shape_of_a_gallery_adds_up_in_every_order_and_filter() {
    let desk = backlog().await;
    let filters = [
        "",
        "state=deleted",
        "state=present",
        "state=missing",
        "change=renamed",
        "archive=My%20Uploads",
        "query=e",
        "query=-jpg",
        "query=is:deleted",
        "query=nothing-of-the-kind",
    ];
    for filter in filters {
        for order in ["sort=newest&tz=Europe/Oslo", "sort=newest&tz=Pacific/Kiritimati", "sort=name"] {
            let asked = format!("{order}&{filter}");
            let gallery = desk.get(&format!("/api/gallery?{asked}")).await;
            let total = gallery["total"].as_u64().unwrap();
            let ratios = base64::engine::general_purpose::STANDARD.decode(text(&gallery["ratios"])).unwrap();
            assert_eq!(ratios.len() as u64, total, "{asked}");
            let groups = list(&gallery["groups"]);
            assert_eq!(groups.iter().map(|group| group["assets"].as_u64().unwrap()).sum::<u64>(), total, "{asked}");
            assert!(groups.iter().all(|group| group["assets"] != 0), "{asked}");
            let keys: Vec<_> = groups.iter().map(|group| text(&group["key"])).collect();
            if order.starts_with("sort=newest") {
                assert!(keys.is_sorted_by(|a, b| a > b), "days go back in time, each once: {keys:?}");
            }

            let tiles = desk.tiles(&format!("{asked}&limit=500")).await;
            assert_eq!(tiles.len() as u64, total, "{asked}");
            for (tile, ratio) in tiles.iter().zip(ratios) {
                let behind_the_byte = 0.2 * 25_f64.powf(f64::from(ratio) / 255.0);
                assert!((tile["ratio"].as_f64().unwrap() - behind_the_byte).abs() < 0.001);
            }
        }
    }
    let events: u64 = list(&desk.get("/api/gallery?tz=UTC").await["groups"])
        .iter()
        .filter_map(|group| group["events"].as_u64())
        .sum();
    assert!(events > 0 && events <= desk.get("/api/sidebar").await["events"].as_u64().unwrap());
}

#[tokio::test]
async fn pages_and_ids_are_slices_of_one_order() {
    let desk = backlog().await;
    for filter in ["", "query=e", "state=present"] {
        for sort in ["newest", "name"] {
            let asked = format!("sort={sort}&{filter}");
            let all: Vec<_> =
                desk.tiles(&format!("{asked}&limit=500")).await.iter().map(|tile| text(&tile["id"])).collect();
            assert!(all.len() > 10);
            let mut paged = Vec::new();
            for offset in (0..all.len() + 7).step_by(7) {
                let page = desk.get(&format!("/api/assets?{asked}&offset={offset}&limit=7")).await;
                assert_eq!(
                    (page["total"].as_u64(), page["offset"].as_u64()),
                    (Some(all.len() as u64), Some(offset as u64))
                );
                paged.extend(list(&page["items"]).iter().map(|tile| text(&tile["id"])));
            }
            assert_eq!(paged, all);
            let ids = desk.get(&format!("/api/assets/ids?{asked}&offset=3&limit=5")).await;
            assert_eq!(ids["ids"], json!(all[3..8]));
            for (index, id) in all.iter().enumerate() {
                let gallery = desk.get(&format!("/api/gallery?{asked}&anchor={id}")).await;
                assert_eq!(gallery["anchor_index"], index);
            }
            assert_eq!(desk.get(&format!("/api/gallery?{asked}&anchor=gone")).await["anchor_index"], Value::Null);
        }
    }
}

#[tokio::test]
async fn a_page_beyond_the_end_is_empty_however_far_beyond() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.caught_up().await;
    for offset in ["1", "9223372036854775807", "9223372036854775808", "18446744073709551615"] {
        for query in ["", "&query=a"] {
            let page = desk.get(&format!("/api/assets?offset={offset}{query}")).await;
            assert_eq!((page["total"].as_u64(), page["items"].as_array().unwrap().len()), (Some(1), 0));
            assert_eq!(
                desk.get(&format!("/api/assets/ids?offset={offset}{query}&limit=18446744073709551615")).await["ids"],
                json!([])
            );
        }
    }
    assert_eq!(desk.tiles("limit=0").await.len(), 0);
    assert_eq!(desk.tiles("limit=18446744073709551615").await.len(), 1);
}

#[tokio::test]
async fn tiles_tell_their_stars_where_they_are_asked_for() {
    let desk = OpenDesk::new().await;
    let rated = |id, second, name, rating: Value| with_fields(about(id, second, name), [("320", rating)]);
    for notice in
        [rated("1", 0, "four.jpg", json!(4)), rated("2", 1, "odd.jpg", json!("many")), about("3", 2, "none.jpg")]
    {
        desk.take("ingested", &notice).await;
    }
    desk.caught_up().await;
    let told = async |asked: &str| -> Vec<Value> {
        desk.tiles(asked).await.iter().map(|tile| json!([tile["filename"], tile["rating"]])).collect()
    };
    let expected = [json!(["none.jpg", null]), json!(["odd.jpg", null]), json!(["four.jpg", 4])];
    assert_eq!(told("ratings=true").await, expected);
    assert!(told("").await.iter().all(|tile| tile[1].is_null()), "nobody asked");
}

#[tokio::test]
async fn the_sidebar_counts_what_its_filters_show() {
    let desk = backlog().await;
    let sidebar = desk.get("/api/sidebar").await;
    let total = async |filter: &str| desk.get(&format!("/api/assets?limit=1&{filter}")).await["total"].clone();
    assert_eq!(total("").await, sidebar["assets"]);
    assert_eq!(total("state=present").await, sidebar["present"]);
    assert_eq!(total("state=deleted").await, sidebar["deleted"]);
    assert_eq!(total("state=missing").await, sidebar["missing_picture"]);
    assert_eq!(total("change=new_version").await, sidebar["new_versions"]);
    assert!(sidebar["archives"].as_array().unwrap().len() > 2);
    for archive in list(&sidebar["archives"]) {
        let name: String = form_urlencoded::byte_serialize(text(&archive["name"]).as_bytes()).collect();
        assert_eq!(total(&format!("archive={name}")).await, archive["assets"]);
    }
}

#[tokio::test]
async fn the_inspector_tells_the_whole_history() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &in_archive("5001-My-Uploads", "1", 0, "DSC_1.jpg")).await;
    desk.take("modified", &with_fields(about("2", 1, "DSC_1.jpg"), [("90", json!("Bodø"))])).await;
    desk.take("modified", &with_fields(renamed("3", 2, "DSC_1.jpg", "harbour.jpg"), [("90", json!("Bodø"))])).await;
    desk.take("marker", &with_fields(about("4", 3, "harbour.jpg"), [("90", json!("Bodø"))])).await;
    desk.clock.advance(3 * 3_600_000);
    desk.take("deleted", &about("5", 4, "harbour.jpg")).await;
    desk.pictures_settled().await;

    let asset = desk.only_asset().await;
    assert_eq!(
        (&asset["state"], &asset["change"], &asset["version_count"]),
        (&json!("deleted"), &json!("deleted"), &json!(3))
    );
    assert_eq!(asset["former_names"], json!(["DSC_1.jpg"]));
    assert_eq!(asset["archives"], json!(["All files", "My Uploads"]));
    assert_eq!(
        asset["fields"],
        json!([{"id": 90, "label": "City", "term": "city:", "values": ["Bodø"]}]),
        "a deletion takes nothing away"
    );
    let versions = list(&asset["versions"]);
    let told: Vec<_> =
        versions.iter().map(|version| (text(&version["change"]), version["number"].as_u64().unwrap())).collect();
    let expected = [("deleted", 3), ("marker", 3), ("renamed", 3), ("modified", 2), ("ingested", 1)];
    assert_eq!(told, expected.map(|(change, number)| (change.to_owned(), number)));
    assert_eq!(versions[2]["previous_name"], "DSC_1.jpg");
    assert_eq!(
        versions[2]["changes"],
        json!([{"id": null, "property": "filename", "label": "File name", "old": ["DSC_1.jpg"], "new": ["harbour.jpg"],
        "added": ["harbour.jpg"], "removed": ["DSC_1.jpg"],
        "pieces": [{"kind": "removed", "text": "DSC_1.jpg"}, {"kind": "added", "text": "harbour.jpg"}]}])
    );
    assert_eq!(versions[0]["notes"], json!([{ "kind": "late", "seconds": 10_796 }]));
    assert_eq!(versions[4]["notes"], json!([]));
    assert_eq!(versions[4]["preview"]["reason"], "no picture was offered");
    let body = desk.get(&format!("/api/deliveries/{}", versions[4]["delivery_id"])).await;
    assert_eq!(body["is_json"], true);
    assert_eq!(serde_json::from_str::<Value>(&text(&body["body"])).unwrap()["id"], "1");
}

#[tokio::test]
async fn who_waits_for_news_is_told_what_changed() {
    let desk = OpenDesk::new().await;
    desk.take("ingested", &about("1", 0, "a.jpg")).await;
    desk.pictures_settled().await;
    let seen = desk.get("/api/changes").await["revision"].as_u64().unwrap();
    let nothing = desk.get(&format!("/api/changes?since={seen}&wait_ms=1")).await;
    assert_eq!(nothing, json!({"revision": seen, "asset_ids": []}), "patience ends without news");

    let path = format!("/api/changes?since={seen}&wait_ms=600000");
    let notice = about("2", 1, "b.jpg");
    let (news, ()) = tokio::join!(desk.get(&path), desk.take("ingested", &notice));
    assert!(news["revision"].as_u64().unwrap() > seen);
    desk.pictures_settled().await;
    let since = desk.get(&format!("/api/changes?since={seen}")).await;
    let tiles = desk.tiles("sort=name").await;
    assert_eq!(since["asset_ids"], json!([tiles[1]["id"]]), "only the new one");

    // A page from before a restart knows a higher number than this process has come to.
    let restarted = desk.get("/api/changes?since=999999&wait_ms=600000").await;
    assert!(restarted["revision"].as_u64().unwrap() < 999_999);
}

#[tokio::test]
async fn settings_are_checked_before_they_hold() {
    let desk = OpenDesk::new().await;
    let before = desk.get("/api/settings").await;
    for wrong in [
        json!({"tenants": ["ftp://dam.example"], "large_px": 1200}),
        json!({"tenants": ["https://me:word@dam.example"], "large_px": 1200}),
        json!({"tenants": ["two words"], "large_px": 1200}),
        json!({"tenants": [], "large_px": 2401}),
    ] {
        let answer = desk.send("PUT", "/api/settings", &wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["code"], "invalid");
    }
    assert_eq!(desk.get("/api/settings").await, before);
    let saved =
        desk.send("PUT", "/api/settings", &json!({"tenants": [" DAM.example/fotoweb/ ", ""], "large_px": 0})).await;
    let saved = saved.json();
    assert_eq!((&saved["tenants"], &saved["large_px"]), (&json!(["https://dam.example"]), &json!(0)));
    assert_eq!(desk.get("/api/settings").await, saved);
    assert!(list(&desk.get("/api/status").await["tenants"]).contains(&json!("https://dam.example")));
}

#[tokio::test]
async fn whatever_goes_wrong_is_told_as_a_problem() {
    let desk = OpenDesk::new().await;
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    let with = |method: &str, path: &str, content_type: &str, body: &str| {
        Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", content_type)
            .body(Body::from(body.to_owned()))
            .unwrap()
    };
    let blob = "0".repeat(64);
    let json = "application/json";
    let wrong = [
        (get("/api/assets/unknown"), StatusCode::NOT_FOUND),
        (get("/api/assets/%00"), StatusCode::NOT_FOUND),
        (get("/api/deliveries/1"), StatusCode::NOT_FOUND),
        (get("/api/deliveries/first"), StatusCode::BAD_REQUEST),
        (get(&format!("/api/blobs/{blob}")), StatusCode::NOT_FOUND),
        (get("/api/blobs/..%2F..%2Fsecrets.json"), StatusCode::NOT_FOUND),
        (get("/api/exports/unknown"), StatusCode::NOT_FOUND),
        (get("/api/exports/unknown/file"), StatusCode::NOT_FOUND),
        (get("/api/nothing/here"), StatusCode::NOT_FOUND),
        (get("/api/assets?offset=-1"), StatusCode::BAD_REQUEST),
        (get("/api/assets?sort=colour"), StatusCode::BAD_REQUEST),
        (get("/api/deliveries?outcome=lost"), StatusCode::BAD_REQUEST),
        (get("/api/changes?since=now"), StatusCode::BAD_REQUEST),
        (get("/api/assets?change=painted"), StatusCode::UNPROCESSABLE_ENTITY),
        (get("/api/gallery?state=lost"), StatusCode::UNPROCESSABLE_ENTITY),
        (with("PUT", "/api/settings", json, "{"), StatusCode::BAD_REQUEST),
        (with("PUT", "/api/settings", json, "{\"tenants\": 1}"), StatusCode::UNPROCESSABLE_ENTITY),
        (with("PUT", "/api/settings", "text/plain", "{}"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (with("POST", "/api/exports", json, "{\"what\": \"everything\"}"), StatusCode::UNPROCESSABLE_ENTITY),
        (with("DELETE", "/api/assets", json, ""), StatusCode::METHOD_NOT_ALLOWED),
        (with("GET", "/api/settings/renew-secret", json, ""), StatusCode::METHOD_NOT_ALLOWED),
        (with("POST", "/api/exports", json, &" ".repeat(17 * 1024 * 1024)), StatusCode::PAYLOAD_TOO_LARGE),
    ];
    for (request, status) in wrong {
        let what = format!("{} {}", request.method(), request.uri());
        let answer = desk.ask(request).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.text());
        assert_eq!(answer.header("content-type"), "application/problem+json", "{what}: {}", answer.text());
        let problem = answer.json();
        assert_eq!(problem["status"], status.as_u16(), "{what}");
        for word in ["code", "title", "detail"] {
            assert!(!text(&problem[word]).is_empty(), "{what}: {problem}");
        }
    }
}

#[tokio::test]
async fn a_picture_that_no_version_shows_is_nobodys() {
    let bytes = lysbord_demo::jpeg(Story::IngestOnly.tell(1, 0, NOON, 1)[0].notice.asset.picture, Frame::THUMBNAIL);
    let desk = OpenDesk::new().await;
    let hash = desk.desk.blobs.put(bytes.clone()).await.unwrap();
    let path = format!("/api/blobs/{hash}");
    let stray = desk.ask(Request::get(&path).body(Body::empty()).unwrap()).await;
    assert_eq!(stray.status, StatusCode::NOT_FOUND, "it is on the disk, and not in the library");
}
