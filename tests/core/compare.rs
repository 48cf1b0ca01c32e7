//! Two versions of an asset side by side, through the whole desk.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use image::{DynamicImage, ImageFormat, Rgba};
use serde_json::{Value, json};

use crate::desk::{OpenDesk, list, text};
use crate::notice::{about, with_fields, with_pictures, wrapped};
use crate::renditions::archive::{Archive, picture, status};
use crate::renditions::drawn::{encoded, hills, jpeg};

/// A tenant with one picture in several shapes, and a desk that trusts it.
async fn desk() -> (OpenDesk, Archive) {
    let archive = Archive::open(async |asked| match asked.path.as_str() {
        "/shot" => picture(jpeg(300, 200)),
        "/retouched" => picture(retouched()),
        "/cropped" => picture(cropped()),
        "/upright" => picture(jpeg(200, 300)),
        _ => status(404),
    })
    .await;
    let desk = OpenDesk::with(|options| options.tenants = vec![archive.url("").parse().unwrap()]).await;
    (desk, archive)
}

/// A tenth of the picture is painted over.
fn retouched() -> Vec<u8> {
    let mut picture = hills(300, 200).into_rgba8();
    for x in 100..200 {
        for y in 60..120 {
            picture.put_pixel(x, y, Rgba([220, 30, 60, 255]));
        }
    }
    encoded(&DynamicImage::ImageRgba8(picture), ImageFormat::Png)
}

/// Two thirds of the width are left, from the right.
fn cropped() -> Vec<u8> {
    encoded(&hills(300, 200).crop_imm(100, 0, 200, 200), ImageFormat::Png)
}

async fn upload(desk: &OpenDesk, archive: &Archive, id: &str, second: i64, path: &str) {
    let notice = with_fields(about(id, second, "a.jpg"), [("5", json!(format!("Kai {id}"))), ("90", json!("Vardø"))]);
    let notice = with_pictures(wrapped(notice, "upload"), &archive.url(path), &archive.url(path));
    desk.take("modified", &notice).await;
}

async fn events(desk: &OpenDesk) -> (String, Vec<String>) {
    let asset = desk.only_asset().await;
    let mut versions: Vec<_> = list(&asset["versions"]).iter().map(|version| text(&version["event_id"])).collect();
    versions.reverse();
    (text(&asset["id"]), versions)
}

#[tokio::test]
async fn a_retouch_is_told_in_share_and_shown_in_a_picture() {
    let (desk, archive) = desk().await;
    upload(&desk, &archive, "1", 0, "/shot").await;
    upload(&desk, &archive, "2", 1, "/retouched").await;
    desk.pictures_settled().await;
    let (asset, versions) = events(&desk).await;

    let path =
        |old: usize, new: usize| format!("/api/assets/{asset}/compare?old={}&new={}", versions[old], versions[new]);
    let compared = desk.get(&path(0, 1)).await;
    let found = &compared["picture"];
    assert_eq!((&found["state"], &found["width"], &found["height"]), (&json!("compared"), &json!(300), &json!(200)));
    let share = found["share"].as_f64().unwrap();
    assert!((0.09..0.12).contains(&share), "{share}");
    assert!(found["tolerance"].as_f64().unwrap() > 0.0);
    assert_eq!((&compared["old"]["number"], &compared["new"]["number"]), (&json!(1), &json!(2)));

    let answer = desk.ask(Request::get(text(&found["difference_url"])).body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "image/png"));
    let shown = image::load_from_memory(&answer.body).unwrap().into_rgb8();
    assert!(shown.get_pixel(150, 90).0[0] > shown.get_pixel(150, 90).0[2], "lit in the accent");
    assert_eq!(shown.get_pixel(20, 20).0[0], shown.get_pixel(20, 20).0[2], "grey elsewhere");

    let same = desk.get(&path(1, 1)).await;
    assert_eq!((&same["picture"]["state"], &same["picture"]["share"]), (&json!("compared"), &json!(0.0)));
    let fields = list(&compared["fields"]);
    let told: Vec<_> = fields.iter().map(|field| (field["label"].clone(), field["same"].clone())).collect();
    assert_eq!(
        told,
        [("File name", true), ("Archive", true), ("Title", false), ("City", true)]
            .map(|(label, same)| (json!(label), json!(same)))
    );
    assert_eq!(
        (&fields[2]["old"], &fields[2]["new"], &fields[2]["id"]),
        (&json!(["Kai 1"]), &json!(["Kai 2"]), &json!(5))
    );
}

#[tokio::test]
async fn other_proportions_and_absent_pictures_are_told_in_their_own_words() {
    let (desk, archive) = desk().await;
    for (id, path) in [(0, "/shot"), (1, "/upright"), (2, "/gone"), (3, "/gone-too")] {
        upload(&desk, &archive, &id.to_string(), id, path).await;
    }
    desk.pictures_settled().await;
    let (asset, versions) = events(&desk).await;
    for (old, new, state, which) in [
        (0, 1, "other_proportions", Value::Null),
        (0, 2, "absent", json!("new")),
        (2, 0, "absent", json!("old")),
        (2, 3, "absent", json!("both")),
    ] {
        let query = format!("old={}&new={}", versions[old], versions[new]);
        let picture = desk.get(&format!("/api/assets/{asset}/compare?{query}")).await["picture"].clone();
        assert_eq!((&picture["state"], &picture["which_absent"]), (&json!(state), &which));
        assert_eq!((&picture["share"], &picture["difference_url"]), (&Value::Null, &Value::Null));
        let difference = format!("/api/assets/{asset}/compare/difference?{query}");
        assert_eq!(desk.send("GET", &difference, &Value::Null).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_crop_is_told_with_the_part_that_is_left() {
    let (desk, archive) = desk().await;
    upload(&desk, &archive, "1", 0, "/shot").await;
    upload(&desk, &archive, "2", 1, "/cropped").await;
    desk.pictures_settled().await;
    let (asset, versions) = events(&desk).await;
    let compared = async |old: usize, new: usize| {
        let query = format!("old={}&new={}", versions[old], versions[new]);
        desk.get(&format!("/api/assets/{asset}/compare?{query}")).await["picture"].clone()
    };
    let is_right_part = |part: &Value| {
        let found = ["left", "top", "width", "height"].map(|side| part[side].as_f64().unwrap());
        found.iter().zip([1.0 / 3.0, 0.0, 2.0 / 3.0, 1.0]).all(|(found, known)| (found - known).abs() < 0.01)
    };
    let there = compared(0, 1).await;
    assert!(there["state"] == "compared" && is_right_part(&there["old_part"]), "{there}");
    assert!(there["new_part"].is_null() && there["share"].as_f64().unwrap() < 0.01, "{there}");
    let back = compared(1, 0).await;
    assert!(back["old_part"].is_null() && is_right_part(&back["new_part"]), "{back}");
}

#[tokio::test]
async fn a_picture_that_is_lost_from_the_disk_is_told_and_not_a_crash() {
    let (desk, archive) = desk().await;
    upload(&desk, &archive, "1", 0, "/shot").await;
    upload(&desk, &archive, "2", 1, "/retouched").await;
    desk.pictures_looked_at().await;
    let asset = desk.only_asset().await;
    let url = text(&list(&asset["versions"])[0]["preview"]["url"]);
    desk.desk.blobs.remove(vec![url.rsplit('/').next().unwrap().parse().unwrap()], |_| false).await.unwrap();
    let (asset, versions) = events(&desk).await;
    let compared = desk.get(&format!("/api/assets/{asset}/compare?old={}&new={}", versions[0], versions[1])).await;
    assert_eq!(compared["picture"]["state"], "unreadable");
}

#[tokio::test]
async fn who_asks_at_once_shares_one_comparison_and_who_leaves_harms_nobody() {
    let (desk, archive) = desk().await;
    upload(&desk, &archive, "1", 0, "/shot").await;
    upload(&desk, &archive, "2", 1, "/retouched").await;
    desk.pictures_settled().await;
    let (asset, versions) = events(&desk).await;
    let path = format!("/api/assets/{asset}/compare?old={}&new={}", versions[0], versions[1]);
    let impatient = tokio::time::timeout(std::time::Duration::from_millis(1), desk.get(&path));
    let (_, one, two) = tokio::join!(impatient, desk.get(&path), desk.get(&path));
    assert_eq!(one, two);
    assert_eq!(one["picture"]["state"], "compared");
}

#[tokio::test]
async fn versions_of_another_asset_are_not_compared() {
    let (desk, archive) = desk().await;
    upload(&desk, &archive, "1", 0, "/shot").await;
    desk.pictures_settled().await;
    let (asset, versions) = events(&desk).await;
    for (asset, old, new) in [(asset.as_str(), versions[0].as_str(), "other"), ("other", &versions[0], &versions[0])] {
        let answer = desk.send("GET", &format!("/api/assets/{asset}/compare?old={old}&new={new}"), &Value::Null).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(
        desk.send("GET", &format!("/api/assets/{asset}/compare"), &Value::Null).await.status,
        StatusCode::BAD_REQUEST
    );
}
