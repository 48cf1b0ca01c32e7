//! The picture server.

use std::collections::HashSet;
use std::time::Duration;

use lysbord_core::clock::{Clock, Timestamp};
use lysbord_demo::{Frame, Mint, Story, StoryStep, Tenant, TenantOptions, Weather};
use reqwest::StatusCode;
use serde_json::Value;

const NOON: Timestamp = Timestamp(1_772_625_600_000);

struct Desk {
    tenant: Tenant,
    clock: Clock,
    body: Value,
}

impl Desk {
    async fn with(weather: Weather, index: usize) -> Self {
        let clock = Clock::by_hand(NOON);
        let options = TenantOptions {
            lifetime: Duration::from_secs(30),
            weather,
            clock: clock.clone(),
            ..TenantOptions::default()
        };
        let tenant = Tenant::start(options).await.unwrap();
        let step: StoryStep = Story::IngestOnly.tell(1, index, NOON, 1).remove(0);
        let body = step.body(tenant.site(), clock.now());
        Self { tenant, clock, body }
    }

    fn thumbnail(&self) -> String {
        self.body["thumbnail-href"].as_str().unwrap().to_owned()
    }

    fn token(&self) -> &str {
        self.body["data"]["previewToken"].as_str().unwrap()
    }
}

async fn status(url: &str) -> StatusCode {
    reqwest::get(url).await.unwrap().status()
}

async fn status_with_token(url: &str, token: &str) -> StatusCode {
    reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap().status()
}

#[tokio::test]
async fn a_fresh_link_gives_a_jpeg_of_the_size_that_was_announced() {
    let desk = Desk::with(Weather::Fair, 0).await;
    for preview in
        desk.body["data"]["previews"].as_array().unwrap().iter().filter(|preview| preview["size"].as_u64() <= Some(400))
    {
        let url = format!("{}{}", desk.tenant.base_url(), preview["href"].as_str().unwrap());
        let answer = reqwest::get(url).await.unwrap();
        assert_eq!(answer.headers()["content-type"], "image/jpeg");
        let picture = image::load_from_memory(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!(
            (u64::from(picture.width()), u64::from(picture.height())),
            (preview["width"].as_u64().unwrap(), preview["height"].as_u64().unwrap())
        );
    }
}

#[tokio::test]
async fn a_link_dies_and_its_token_opens_it_for_an_hour() {
    let desk = Desk::with(Weather::Fair, 1).await;
    let other = Desk::with(Weather::Fair, 2).await;
    desk.clock.advance(30_000);
    assert_eq!(status(&desk.thumbnail()).await, StatusCode::OK);
    desk.clock.advance(1);
    let dead = status(&desk.thumbnail()).await;
    assert!(dead == StatusCode::FORBIDDEN || dead == StatusCode::GONE, "{dead}");
    assert_eq!(
        status_with_token(&desk.thumbnail(), other.token()).await,
        dead,
        "a token is good for its own asset only"
    );
    assert_eq!(status_with_token(&desk.thumbnail(), desk.token()).await, StatusCode::OK);
    desk.clock.advance(3_600_000);
    assert_eq!(status_with_token(&desk.thumbnail(), desk.token()).await, dead);
}

#[tokio::test]
async fn a_link_that_was_tampered_with_leads_nowhere() {
    let desk = Desk::with(Weather::Fair, 3).await;
    assert_eq!(status(&desk.thumbnail().replace("200x", "800x")).await, StatusCode::NOT_FOUND);
    assert_eq!(status(&format!("{}/fotoweb/cache/v2/A/b/c.jpg", desk.tenant.base_url())).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn in_changeable_weather_the_second_try_mostly_works() {
    let desk = Desk::with(Weather::Changeable, 0).await;
    let (mut at_first, mut in_the_end) = (0, 0);
    for index in 0..60 {
        let step = Story::IngestOnly.tell(1, index, NOON, 1).remove(0);
        let path = desk.tenant.site().picture_path(&step.notice.asset, Frame::ALL[8], NOON);
        let url = format!("{}{path}", desk.tenant.base_url());
        at_first += usize::from(status(&url).await == StatusCode::OK);
        in_the_end += usize::from(status(&url).await == StatusCode::OK);
    }
    assert!(at_first < in_the_end && in_the_end >= 55, "{at_first} at first, {in_the_end} in the end");
}

#[tokio::test]
async fn a_bench_can_mint_any_number_of_deliveries_with_pictures_drawn_ahead() {
    let tenant = Tenant::start(TenantOptions::default()).await.unwrap();
    let mint = Mint::new(5, 2);
    tenant.prepare(mint.pictures().to_vec()).await;
    let mut ids = HashSet::new();
    for nth in 0..50 {
        let body: Value = serde_json::from_str(&mint.ingested(nth, tenant.site(), Clock::System.now())).unwrap();
        ids.insert(body["id"].as_str().unwrap().to_owned());
        assert_eq!(status(body["preview-href"].as_str().unwrap()).await, StatusCode::OK);
    }
    assert_eq!(ids.len(), 50);
}
