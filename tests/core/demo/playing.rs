//! A whole demo against a receiver that notes what comes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use lysbord_demo::{Demo, DemoError, DemoOptions, Story, Weather, run};
use tokio_util::sync::CancellationToken;

#[derive(Clone, Default)]
struct Receiver {
    taken: Arc<Mutex<Vec<Taken>>>,
    /// So many deliveries are refused before one is taken.
    refusals: Arc<Mutex<usize>>,
}

struct Taken {
    kind: String,
    content_type: String,
    agent: String,
    body: Bytes,
}

impl Receiver {
    async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks/SECRET", listener.local_addr().unwrap());
        let app = Router::new().route("/hooks/SECRET/{kind}", post(take)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        url
    }
}

async fn take(
    State(receiver): State<Receiver>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let mut refusals = receiver.refusals.lock().unwrap();
    if *refusals > 0 {
        *refusals -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    receiver.taken.lock().unwrap().push(Taken {
        kind,
        content_type: header("content-type"),
        agent: header("user-agent"),
        body,
    });
    StatusCode::OK
}

fn quick(to: String) -> DemoOptions {
    DemoOptions {
        listen: ([127, 0, 0, 1], 0).into(),
        assets: 12,
        rate: 10_000.0,
        lifetime: Duration::ZERO,
        weather: Weather::Fair,
        ..DemoOptions::new(to)
    }
}

#[tokio::test]
async fn every_delivery_arrives_as_fotoware_would_send_it() {
    let receiver = Receiver::default();
    let report = run(quick(receiver.listen().await), CancellationToken::new()).await.unwrap();
    let taken = receiver.taken.lock().unwrap();
    assert_eq!(report.posted, taken.len() as u64);
    assert_eq!(report.failed, 0);
    assert!(taken.iter().filter(|delivery| delivery.kind == "ingested").count() >= 12);
    assert!(
        taken.iter().all(|delivery| delivery.agent == "FotoWeb/8.1" && delivery.content_type == "application/json")
    );
    assert!(taken.iter().all(|delivery| delivery.body.starts_with(b"{\"")));
}

#[tokio::test]
async fn a_story_is_played_by_name_and_nothing_else() {
    let receiver = Receiver::default();
    let options = DemoOptions { stories: vec![Story::OnlyDeleted, Story::FlatForm], ..quick(receiver.listen().await) };
    let report = run(options, CancellationToken::new()).await.unwrap();
    let taken = receiver.taken.lock().unwrap();
    assert_eq!((report.posted, report.failed), (5, 0));
    assert_eq!(taken.iter().filter(|delivery| delivery.kind == "deleted").count(), 2);
    let forms = taken.iter().filter(|delivery| delivery.content_type == "application/x-www-form-urlencoded");
    assert_eq!(forms.count(), 2, "a form is announced as one");
}

#[tokio::test]
async fn a_form_is_a_form() {
    let receiver = Receiver::default();
    let options = DemoOptions { form: true, ..quick(receiver.listen().await) };
    run(options, CancellationToken::new()).await.unwrap();
    let taken = receiver.taken.lock().unwrap();
    assert!(taken.iter().all(|delivery| delivery.content_type == "application/x-www-form-urlencoded"));
}

#[tokio::test]
async fn a_refused_delivery_comes_again() {
    let receiver = Receiver { refusals: Arc::new(Mutex::new(1)), ..Receiver::default() };
    let report =
        run(DemoOptions { assets: 1, ..quick(receiver.listen().await) }, CancellationToken::new()).await.unwrap();
    assert_eq!(report.failed, 0);
    assert_eq!(receiver.taken.lock().unwrap().len() as u64, report.posted);
}

#[tokio::test]
async fn in_the_app_it_goes_on_until_it_is_stopped() {
    let receiver = Receiver::default();
    let demo = Demo::start(DemoOptions { assets: 3, rate: 500.0, ..DemoOptions::in_app(receiver.listen().await) })
        .await
        .unwrap();
    assert!(demo.base_url().starts_with("http://127.0.0.1:"));
    while demo.posted() < 30 {
        tokio::task::yield_now().await;
    }
    assert!(demo.stop().await.posted >= 30);
}

#[tokio::test]
async fn a_target_that_is_no_url_is_refused_in_words() {
    let refused = run(quick("somewhere".into()), CancellationToken::new()).await;
    assert!(matches!(refused, Err(DemoError::Target(target)) if target == "somewhere"));
}
