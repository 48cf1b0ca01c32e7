//! Pictures through the whole desk: kept before their URLs die, and if not, told why.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use image::ImageFormat;
use lysbord_core::clock::Clock;
use lysbord_core::export::What;
use lysbord_core::fotoware::Role;
use lysbord_core::model::{BlobHash, Format, Landed, Picture, RenditionKey};
use lysbord_core::renditions::BlobStore;
use lysbord_demo::{Story, StoryStep, Tenant, TenantOptions};
use serde_json::{Value, json};

use crate::desk::{NOON, OpenDesk, text};
use crate::notice::{about, with_pictures};
use crate::renditions::archive::{Archive, picture, status};
use crate::renditions::desk::brisk;
use crate::renditions::drawn::{encoded, hills, jpeg, jpeg_of_size, png_that_claims};

/// A desk and a tenant whose picture URLs live five seconds, both by the same clock.
async fn with_a_tenant() -> (OpenDesk, Tenant) {
    let clock = Clock::by_hand(NOON);
    let lifetime = Duration::from_secs(5);
    let tenant =
        Tenant::start(TenantOptions { clock: clock.clone(), lifetime, ..TenantOptions::default() }).await.unwrap();
    let desk = OpenDesk::with(|options| {
        options.tenants = vec![tenant.base_url().parse().unwrap()];
        options.clock = clock;
    })
    .await;
    (desk, tenant)
}

async fn play(desk: &OpenDesk, tenant: &Tenant, step: &StoryStep) -> Value {
    let body = step.body(tenant.site(), desk.desk.clock.now());
    desk.take(step.kind().as_str(), &body).await;
    body
}

fn without_tokens(mut body: Value) -> Value {
    for asset in ["/data", "/data/asset"] {
        if let Some(Value::Object(asset)) = body.pointer_mut(asset) {
            asset.remove("previewToken");
        }
    }
    body
}

#[tokio::test]
async fn a_picture_is_kept_before_its_url_dies() {
    let (desk, tenant) = with_a_tenant().await;
    let body = play(&desk, &tenant, &Story::IngestOnly.tell(1, 0, NOON, 1000)[0]).await;
    desk.pictures_looked_at().await;
    desk.desk.clock.advance(5_001);
    let dead = desk.visit(&text(&body["thumbnail-href"])).await.status;
    assert!(dead == StatusCode::FORBIDDEN || dead == StatusCode::GONE, "{dead}");

    let asset = desk.only_asset().await;
    for (role, side) in [("thumbnail", 200), ("preview", 800), ("large", 1200)] {
        let told = &asset[role];
        assert_eq!((&told["state"], &told["reason"]), (&json!("kept"), &Value::Null), "{role}");
        let served = desk.ask(Request::get(text(&told["url"])).body(Body::empty()).unwrap()).await;
        assert_eq!(served.header("content-type"), "image/jpeg");
        assert_eq!(served.header("cache-control"), "private, max-age=31536000, immutable");
        assert_eq!(served.header("x-content-type-options"), "nosniff");
        let drawn = image::load_from_memory(&served.body).unwrap();
        assert_eq!(drawn.width().max(drawn.height()), side, "{role}");
        assert_eq!(json!([drawn.width(), drawn.height()]), json!([told["width"], told["height"]]));
        assert!(text(&told["url"]).ends_with(&BlobHash::of(&served.body).to_string()));
    }
    assert!(!text(&asset["placeholder"]).is_empty(), "something to show while it loads");
    let row = &desk.rows(What::Assets).await[0];
    assert_eq!((row["thumbnail"].as_str(), row["preview"].as_str()), ("kept", "kept"));
    assert_eq!(desk.get("/api/status").await["pictures_waiting"], 0);
}

#[tokio::test]
async fn a_url_that_died_is_told_and_its_token_still_opens_it() {
    let (desk, tenant) = with_a_tenant().await;
    let steps = Story::CaptionAndKeywords.tell(1, 0, NOON, 1000);
    let late = steps[0].body(tenant.site(), NOON);
    desk.desk.clock.advance(60_000);
    desk.take("ingested", &without_tokens(late)).await;
    desk.pictures_settled().await;
    let asset = desk.only_asset().await;
    for role in ["thumbnail", "preview"] {
        assert_eq!(
            asset[role],
            json!({"state": "missing", "url": null, "width": null, "height": null, "reason": "expired"})
        );
    }
    assert_eq!(desk.get("/api/sidebar").await["missing_picture"], 1);
    assert_eq!(desk.rows(What::Events).await[0]["preview"], "missing");

    desk.take("modified", &steps[1].body(tenant.site(), NOON)).await;
    desk.pictures_settled().await;
    let asset = desk.only_asset().await;
    assert_eq!((&asset["thumbnail"]["state"], &asset["preview"]["state"]), (&json!("kept"), &json!("kept")));
    assert_eq!(desk.get("/api/sidebar").await["missing_picture"], 0);
}

#[tokio::test]
async fn a_deletion_keeps_the_last_pictures() {
    let (desk, tenant) = with_a_tenant().await;
    let steps = Story::Delete.tell(1, 0, NOON, 1000);
    play(&desk, &tenant, &steps[0]).await;
    play(&desk, &tenant, &steps[1]).await;
    desk.pictures_looked_at().await;
    let before = desk.only_asset().await;
    desk.desk.clock.advance(1);
    let last = steps.last().unwrap().body(tenant.site(), desk.desk.clock.now());
    desk.desk.clock.advance(60_000);
    desk.take("deleted", &without_tokens(last)).await;
    desk.pictures_looked_at().await;

    let after = desk.only_asset().await;
    assert_eq!(after["state"], "deleted");
    assert_eq!(after["versions"][0]["preview"]["reason"], "expired", "its own are gone");
    for kept in ["thumbnail", "preview", "large", "placeholder", "fields", "title"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
}

#[tokio::test]
async fn a_version_without_a_picture_shows_the_one_before_and_says_so() {
    let (desk, tenant) = with_a_tenant().await;
    let steps = Story::NewVersion.tell(1, 0, NOON, 1000);
    play(&desk, &tenant, &steps[0]).await;
    desk.pictures_looked_at().await;
    let before = desk.only_asset().await;
    desk.desk.clock.advance(60_000);
    desk.take("modified", &without_tokens(steps[2].body(tenant.site(), NOON))).await;
    desk.pictures_looked_at().await;

    let after = desk.only_asset().await;
    assert_eq!(after["preview"]["url"], before["preview"]["url"]);
    assert_eq!((&after["preview"]["state"], &after["preview"]["reason"]), (&json!("missing"), &json!("expired")));
    assert_eq!(before["preview"].get("earlier_version"), None, "a picture of its own");
    let tile = &desk.get("/api/assets").await["items"][0];
    for shown in [&after["thumbnail"], &after["preview"], &tile["thumbnail"], &tile["preview"]] {
        assert_eq!(shown["earlier_version"], 1, "whose picture it is");
    }
    assert_eq!(desk.get("/api/events").await["items"][0]["thumbnail"]["earlier_version"], 1);
    let then = desk.get(&format!("/api/assets?at={}", text(&after["versions"][0]["created_at"]))).await;
    assert_eq!(then["items"][0]["preview"]["earlier_version"], 1, "also looking back");
    let row = &desk.rows(What::Assets).await[0];
    assert_eq!((row["preview"].as_str(), row["preview_file"].as_str()), ("missing", ""), "no file is named for it");
}

#[tokio::test]
async fn a_thumbnail_that_cannot_be_had_is_made_from_the_preview() {
    let archive = Archive::open(async |asked| match asked.path.as_str() {
        "/preview.jpg" => picture(jpeg(800, 533)),
        _ => status(404),
    })
    .await;
    let desk = vouching_for(&archive).await;
    let notice = with_pictures(about("1", 0, "a.jpg"), &archive.url("/thumb.jpg"), &archive.url("/preview.jpg"));
    desk.take("ingested", &notice).await;
    desk.pictures_looked_at().await;
    let thumbnail = desk.only_asset().await["thumbnail"].clone();
    assert_eq!((&thumbnail["state"], &thumbnail["width"]), (&json!("kept"), &json!(200)));
    let served = desk.ask(Request::get(text(&thumbnail["url"])).body(Body::empty()).unwrap()).await;
    assert_eq!(image::load_from_memory(&served.body).unwrap().width(), 200);
}

#[tokio::test]
async fn what_turns_out_not_to_be_shown_is_hidden_and_keeps_its_bytes() {
    // Its header is in order, and nothing comes after it.
    let hollow = png_that_claims(800, 533, 8, 2);
    let hash = BlobHash::of(&hollow);
    let archive = Archive::open(move |asked| {
        let answer = if asked.path == "/hollow.png" { hollow.clone() } else { jpeg(200, 133) };
        async { picture(answer) }
    })
    .await;
    let desk = vouching_for(&archive).await;
    let notice = with_pictures(about("1", 0, "a.jpg"), &archive.url("/thumb.jpg"), &archive.url("/hollow.png"));
    desk.take("ingested", &notice).await;
    desk.pictures_looked_at().await;
    let asset = desk.only_asset().await;
    assert_eq!(asset["thumbnail"]["state"], "kept");
    let preview = &asset["preview"];
    assert_eq!((&preview["state"], &preview["url"]), (&json!("missing"), &Value::Null));
    assert_eq!(preview["reason"], "kept, but this version of Lysbord cannot show it");
    assert_eq!(preview["original_url"], format!("/api/blobs/{hash}"));
    assert_eq!(desk.rows(What::Assets).await[0]["preview"], "missing");
    assert!(desk.desk.blobs.contains(&hash).unwrap(), "pictures cannot be fetched twice");
    let served = desk.ask(Request::get(text(&preview["original_url"])).body(Body::empty()).unwrap()).await;
    assert_eq!(served.header("content-type"), "image/png");

    // A page that asks to sign in is none from the first byte on.
    let page = Archive::open(async |_| picture(b"<!doctype html><title>Sign in</title>".to_vec())).await;
    let desk = vouching_for(&page).await;
    let notice = with_pictures(about("1", 0, "a.jpg"), &page.url("/thumb.jpg"), &page.url("/preview.jpg"));
    desk.take("ingested", &notice).await;
    desk.pictures_settled().await;
    assert_eq!(desk.only_asset().await["thumbnail"]["reason"], "a web page arrived instead, perhaps a login");
    assert!(desk.desk.blobs.list().unwrap().is_empty());
}

#[tokio::test]
async fn what_an_older_program_could_not_show_is_looked_at_again_by_this_one() {
    let archive = Archive::open(async |_| picture(jpeg(200, 133))).await;
    let tenant = archive.url("").parse().unwrap();
    let desk = vouching_for(&archive).await;
    let notice = with_pictures(about("1", 0, "a.jpg"), &archive.url("/thumb.jpg"), &archive.url("/preview.jpg"));
    desk.take("ingested", &notice).await;
    desk.pictures_looked_at().await;
    let before = desk.only_asset().await;
    let folder = desk.shut_down().await;
    // As an older program leaves it that cannot read them.
    let library = rusqlite::Connection::open(folder.path().join("library.db")).unwrap();
    library
        .execute_batch(
            "UPDATE blobs SET looked_at = 1, flaw = 'unreadable', width = 0, height = 0, placeholder = NULL;
             UPDATE renditions SET state = 'missing', reason = 'unreadable', unshown = blob, blob = NULL;
             UPDATE assets SET picture = 'missing', thumbnail_state = 'missing', preview_state = 'missing',
                thumbnail = NULL, preview = NULL;",
        )
        .unwrap();
    drop(library);

    let desk = OpenDesk::again(folder, |options| options.tenants = vec![tenant]).await;
    desk.pictures_looked_at().await;
    let after = desk.only_asset().await;
    for picture in ["thumbnail", "preview", "placeholder"] {
        assert_eq!(after[picture], before[picture], "{picture}");
    }
}

#[tokio::test]
async fn what_no_web_view_shows_is_shown_by_a_picture_made_here() {
    let tiff = encoded(&hills(300, 200), ImageFormat::Tiff);
    let hash = BlobHash::of(&tiff);
    let archive = Archive::open(move |asked| {
        let answer = if asked.path == "/preview.tif" { tiff.clone() } else { jpeg(200, 133) };
        async { picture(answer) }
    })
    .await;
    let desk = vouching_for(&archive).await;
    let notice = with_pictures(about("1", 0, "a.tif"), &archive.url("/thumb.jpg"), &archive.url("/preview.tif"));
    desk.take("ingested", &notice).await;
    desk.pictures_looked_at().await;
    let preview = desk.only_asset().await["preview"].clone();
    assert_eq!((&preview["state"], &preview["width"]), (&json!("kept"), &json!(300)));
    assert_eq!(preview["original_url"], format!("/api/blobs/{hash}"));
    let shown = desk.ask(Request::get(text(&preview["url"])).body(Body::empty()).unwrap()).await;
    assert_eq!(shown.header("content-type"), "image/jpeg");
    assert_eq!(image::load_from_memory(&shown.body).unwrap().width(), 300);
    let original = desk.ask(Request::get(text(&preview["original_url"])).body(Body::empty()).unwrap()).await;
    assert_eq!((original.header("content-type"), BlobHash::of(&original.body)), ("image/tiff", hash));
    let row = &desk.rows(What::Assets).await[0];
    assert_eq!(row["preview_file"], format!("{hash}.tif"), "what is handed out is what came");
}

#[tokio::test]
async fn half_a_picture_is_kept_where_nothing_better_came_and_told_as_half() {
    let whole = jpeg(300, 200);
    let half = whole[..whole.len() - 500].to_vec();
    let archive = Archive::open(move |asked| {
        let answer = if asked.path == "/preview.jpg" { picture(half.clone()) } else { status(404) };
        async { answer }
    })
    .await;
    let desk = vouching_for(&archive).await;
    let notice = with_pictures(about("1", 0, "a.jpg"), &archive.url("/thumb.jpg"), &archive.url("/preview.jpg"));
    desk.take("ingested", &notice).await;
    desk.pictures_looked_at().await;
    let asset = desk.only_asset().await;
    for role in ["thumbnail", "preview"] {
        assert_eq!((&asset[role]["state"], &asset[role]["partial"]), (&json!("kept"), &json!(true)), "{role}");
    }
    let row = &desk.rows(What::Assets).await[0];
    assert_eq!((row["thumbnail"].as_str(), row["preview"].as_str()), ("kept", "kept"));
}

#[tokio::test]
async fn what_landed_before_a_kill_and_was_not_recorded_is_recorded_at_the_next_start() {
    let archive = Archive::open(async |_| status(403)).await;
    let tenant = archive.url("").parse().unwrap();
    let desk = vouching_for(&archive).await;
    let notice = with_pictures(about("1", 0, "a.jpg"), &archive.url("/thumb.jpg"), &archive.url("/preview.jpg"));
    desk.take("ingested", &notice).await;
    desk.pictures_settled().await;
    let folder = desk.shut_down().await;
    let library = rusqlite::Connection::open(folder.path().join("library.db")).unwrap();
    library.execute_batch("UPDATE renditions SET state = 'waiting', reason = NULL, candidates = '[]';").unwrap();
    let delivery = library.query_row("SELECT max(id) FROM deliveries", [], |row| row.get(0)).unwrap();
    drop(library);
    // As a kill leaves it that comes between the bytes and the library: one small, one a file of its own.
    let blobs = BlobStore::open(folder.path()).unwrap();
    for (role, bytes) in [(Role::Thumbnail, jpeg(200, 133)), (Role::Preview, jpeg_of_size(300_000, 1))] {
        let size = bytes.len() as u64;
        let whose = |hash| Landed {
            key: RenditionKey { delivery, role },
            picture: Picture { hash, format: Format::Jpeg, bytes: size, width: 16, height: 12, flaw: None },
            derived: false,
            took: Duration::from_millis(7),
        };
        blobs.put_for(bytes.into(), whose).await.unwrap();
    }
    drop(blobs);

    let desk = OpenDesk::again(folder, |options| options.tenants = vec![tenant]).await;
    desk.pictures_looked_at().await;
    let asset = desk.only_asset().await;
    for role in ["thumbnail", "preview"] {
        assert_eq!(asset[role]["state"], "kept", "{role}");
    }
    let folder = desk.shut_down().await;
    let blobs = BlobStore::open(folder.path()).unwrap();
    assert_eq!(blobs.landed(None, 9).unwrap(), [], "what is recorded is forgotten there");
}

#[tokio::test]
async fn half_done_pictures_are_taken_up_again_after_a_restart() {
    let awake = Arc::new(AtomicBool::new(false));
    let asleep = awake.clone();
    let archive = Archive::open(move |_| {
        let awake = asleep.load(Ordering::Relaxed);
        async move { if awake { picture(jpeg(200, 133)) } else { std::future::pending().await } }
    })
    .await;
    let desk = vouching_for(&archive).await;
    let notice = with_pictures(about("1", 0, "a.jpg"), &archive.url("/thumb.jpg"), &archive.url("/preview.jpg"));
    desk.take("ingested", &notice).await;
    desk.caught_up().await;
    assert_eq!(desk.rows(What::Assets).await[0]["preview"], "waiting");
    let folder = desk.shut_down().await;

    awake.store(true, Ordering::Relaxed);
    let tenant = archive.url("").parse().unwrap();
    let desk = OpenDesk::again(folder, |options| options.tenants = vec![tenant]).await;
    desk.pictures_settled().await;
    let row = desk.rows(What::Assets).await.remove(0);
    assert_eq!((row["thumbnail"].as_str(), row["preview"].as_str()), ("kept", "kept"));
}

#[tokio::test]
async fn the_same_bytes_are_stored_once_and_shown_by_all() {
    let archive = Archive::open(async |_| picture(jpeg(300, 200))).await;
    let desk = vouching_for(&archive).await;
    for number in 0..5 {
        let url = |role: &str| archive.url(&format!("/{number}/{role}.jpg"));
        let notice = about(&format!("{number}"), number, &format!("{number}.jpg"));
        desk.take("ingested", &with_pictures(notice, &url("thumbnail"), &url("preview"))).await;
    }
    desk.pictures_looked_at().await;
    assert_eq!(archive.asked().len(), 10);
    let blobs = desk.desk.blobs.list().unwrap();
    assert_eq!(blobs.len(), 1);
    for row in desk.rows(What::Assets).await {
        assert_eq!(row["preview_file"], format!("{}.jpg", blobs[0].0));
    }
}

#[tokio::test]
async fn the_largest_picture_is_as_large_as_the_settings_say() {
    let (desk, tenant) = with_a_tenant().await;
    let mut sizes = Vec::new();
    for (index, large_px) in [1200, 0, 1600].into_iter().enumerate() {
        let tenants = [tenant.base_url()];
        let saved = desk.send("PUT", "/api/settings", &json!({"tenants": tenants, "large_px": large_px})).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
        let step = Story::IngestOnly.tell(1, index, NOON, 1000).remove(0);
        play(&desk, &tenant, &step).await;
        desk.pictures_settled().await;
        let tile = &desk.found_by_name(&step.notice.asset.filename).await;
        let large = desk.get(&format!("/api/assets/{}", text(&tile["id"]))).await["large"].clone();
        sizes.push(large["width"].as_u64().max(large["height"].as_u64()));
    }
    assert_eq!(sizes, [Some(1200), None, Some(1600)]);
}

async fn vouching_for(archive: &Archive) -> OpenDesk {
    let tenant = archive.url("").parse().unwrap();
    OpenDesk::with(|options| {
        options.tenants = vec![tenant];
        options.fetcher.schedule = brisk();
    })
    .await
}
