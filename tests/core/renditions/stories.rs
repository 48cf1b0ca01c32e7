//! Servers have moods, URLs die, tokens help: what becomes of a picture then.

use std::time::Duration;

use axum::response::Response;
use lysbord_core::model::{MissingReason, Outcome};
use lysbord_core::renditions::Schedule;

use super::archive::{Archive, Asked, picture, redirect, status};
use super::desk::{Desk, brisk, thumbnail, with_token};
use super::drawn::jpeg;

async fn archive(answer: impl Fn(&Asked) -> Response + Clone + Send + Sync + 'static) -> Archive {
    Archive::open(move |asked| std::future::ready(answer(&asked))).await
}

fn is_kept(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Kept { derived: false, .. })
}

#[tokio::test]
async fn a_moody_server_gives_in_at_the_third_try() {
    let archive = archive(|asked| if asked.before < 2 { status(503) } else { picture(jpeg(60, 40)) }).await;
    let mut desk = Desk::new(&[&archive.url("")]);

    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/a.jpg")])).await;

    assert!(is_kept(&outcome), "{outcome:?}");
    assert_eq!(archive.asked().len(), 3);
}

#[tokio::test]
async fn a_server_that_stays_in_trouble_is_quoted() {
    for code in [408, 425, 429, 500, 502, 503, 504] {
        let archive = archive(move |_| status(code)).await;
        let mut desk = Desk::new(&[&archive.url("")]);

        let outcome = desk.outcome(thumbnail(1, &[&archive.url("/a.jpg"), &archive.url("/b.jpg")])).await;

        assert_eq!(outcome, Outcome::Missing(MissingReason::ServerSaid(code)));
        assert_eq!(archive.asked_paths(), ["/a.jpg"; 5], "all tries are spent on the best candidate");
    }
}

#[tokio::test]
async fn what_no_retry_would_mend_is_asked_for_once() {
    let archive = archive(|_| status(400)).await;
    let mut desk = Desk::new(&[&archive.url("")]);

    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/a.jpg")])).await;

    assert_eq!(outcome, Outcome::Missing(MissingReason::ServerSaid(400)));
    assert_eq!(archive.asked().len(), 1);
}

#[tokio::test]
async fn a_dead_url_is_expired_after_all_candidates_and_the_token() {
    for code in [401, 403, 410] {
        let archive = archive(move |_| status(code)).await;
        let mut desk = Desk::new(&[&archive.url("")]);
        let job = thumbnail(1, &[&archive.url("/a.jpg"), &archive.url("/b.jpg")]);

        let outcome = desk.outcome(with_token(job, "t0ken")).await;

        assert_eq!(outcome, Outcome::Missing(MissingReason::Expired));
        let asked: Vec<_> = archive.asked().into_iter().map(|asked| (asked.path, asked.authorization)).collect();
        let bearer = Some("Bearer t0ken".to_owned());
        assert_eq!(asked, [("/a.jpg".into(), None), ("/b.jpg".into(), None), ("/a.jpg".into(), bearer)]);
    }
}

#[tokio::test]
async fn another_size_will_do() {
    let archive = archive(|asked| if asked.path == "/b.jpg" { picture(jpeg(60, 40)) } else { status(403) }).await;
    let mut desk = Desk::new(&[&archive.url("")]);

    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/a.jpg"), &archive.url("/b.jpg")])).await;

    assert!(is_kept(&outcome), "{outcome:?}");
}

#[tokio::test]
async fn a_sign_in_page_instead_of_a_picture_sends_us_to_the_next_size() {
    let archive =
        archive(|asked| picture(if asked.path == "/b.jpg" { jpeg(60, 40) } else { b"<!doctype html>".to_vec() })).await;
    let mut desk = Desk::new(&[&archive.url("")]);

    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/a.jpg"), &archive.url("/b.jpg")])).await;

    assert!(is_kept(&outcome), "{outcome:?}");
}

#[tokio::test]
async fn a_rendition_that_is_not_ready_is_waited_for() {
    let archive = archive(|asked| match asked.before {
        0 => status(404),
        1 => status(202),
        _ => picture(jpeg(60, 40)),
    })
    .await;
    let mut desk = Desk::new(&[&archive.url("")]);

    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/a.jpg")])).await;

    assert!(is_kept(&outcome), "{outcome:?}");
}

#[tokio::test]
async fn a_rendition_that_never_comes_is_expired() {
    let archive = archive(|_| status(404)).await;
    let mut desk = Desk::new(&[&archive.url("")]);

    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/a.jpg")])).await;

    assert_eq!(outcome, Outcome::Missing(MissingReason::Expired));
    assert_eq!(archive.asked().len(), brisk().tries_when_absent);
}

#[tokio::test]
async fn the_token_opens_what_the_signed_url_does_not() {
    let archive =
        archive(|asked| if asked.authorization.is_some() { picture(jpeg(60, 40)) } else { status(403) }).await;
    let mut desk = Desk::new(&[&archive.url("")]);

    let outcome = desk.outcome(with_token(thumbnail(1, &[&archive.url("/a.jpg")]), "t0ken")).await;

    assert!(is_kept(&outcome), "{outcome:?}");
}

#[tokio::test]
async fn the_token_is_told_to_nobody_else() {
    let other = archive(|_| picture(jpeg(60, 40))).await;
    let elsewhere = other.url("/moved.jpg");
    let first =
        archive(move |asked| if asked.authorization.is_some() { redirect(&elsewhere) } else { status(401) }).await;
    let mut desk = Desk::new(&[&first.url(""), &other.url("")]);

    let outcome = desk.outcome(with_token(thumbnail(1, &[&first.url("/a.jpg")]), "t0ken")).await;

    assert!(is_kept(&outcome), "{outcome:?}");
    assert_eq!(first.asked()[1].authorization.as_deref(), Some("Bearer t0ken"));
    assert_eq!(other.asked().len(), 1);
    assert_eq!(other.asked()[0].authorization, None);
    assert_eq!(other.asked()[0].referer, None);
}

#[tokio::test]
async fn no_cookie_is_carried_along() {
    let archive = archive(|asked| {
        let mut response = if asked.before == 0 { status(503) } else { picture(jpeg(60, 40)) };
        response.headers_mut().insert("set-cookie", "track=me".parse().unwrap());
        response
    })
    .await;
    let mut desk = Desk::new(&[&archive.url("")]);

    desk.outcome(thumbnail(1, &[&archive.url("/a.jpg")])).await;

    assert!(archive.asked().iter().all(|asked| asked.cookie.is_none()));
}

#[tokio::test]
async fn three_redirects_are_followed() {
    let archive = archive(|asked| match asked.path.as_str() {
        "/0" => redirect("/1"),
        "/1" => redirect("2"),
        "/2" => redirect("/3"),
        _ => picture(jpeg(60, 40)),
    })
    .await;
    let mut desk = Desk::new(&[&archive.url("")]);

    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/0")])).await;

    assert!(is_kept(&outcome), "{outcome:?}");
}

#[tokio::test]
async fn a_server_that_is_away_is_unreachable() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{gone}/a.jpg");
    let mut desk = Desk::new(&[&url]);

    let outcome = desk.outcome(thumbnail(1, &[&url])).await;

    assert_eq!(outcome, Outcome::Missing(MissingReason::Unreachable));
}

#[tokio::test]
async fn patience_ends_with_the_first_minute_after_the_notice() {
    let archive = archive(|_| status(503)).await;
    let impatient = Schedule { pauses: vec![Duration::from_mins(2); 9], ..brisk() };
    let mut desk = Desk::with(&[&archive.url("")], |config| config.schedule = impatient);

    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/a.jpg")])).await;

    assert_eq!(outcome, Outcome::Missing(MissingReason::ServerSaid(503)));
    assert_eq!(archive.asked().len(), 1);
}

#[tokio::test]
async fn a_tenant_that_is_vouched_for_later_is_fetched_from_then_on() {
    let archive = archive(|_| picture(jpeg(60, 40))).await;
    let mut desk = Desk::new(&[]);
    let job = thumbnail(1, &[&archive.url("/a.jpg")]);
    assert_eq!(desk.outcome(job.clone()).await, Outcome::Missing(MissingReason::RefusedPrivateAddress));

    desk.policy.set_tenants(vec![archive.url("").parse().unwrap()]);

    let outcome = desk.outcome(job).await;
    assert!(is_kept(&outcome), "{outcome:?}");
}
