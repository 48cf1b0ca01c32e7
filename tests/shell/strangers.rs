//! Strangers at both doors, all at once: connections that never finish their head, and large bodies with a wrong secret.
//! Whoever knows the secret gets in beside them.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::archive::Archive;
use crate::program::Place;
use crate::web;

const SLOW: usize = 2000;
const LARGE: usize = 60;

#[test]
fn deliveries_come_in_beside_two_thousand_slow_connections_and_sixty_large_bodies() {
    lysbord_core::server::raise_open_files_limit();
    let (place, archive) = (Place::new(), Archive::open(41));
    let serving = place.serve(&[archive.url()]);
    let deliveries = archive.chapter(0, 20);
    let stop = CancellationToken::new();
    let hooks = address(&serving.hooks);

    web::wait_for(open_slow(hooks.clone(), SLOW, stop.clone()));
    for _ in 0..LARGE {
        web::spawn(post_large_bodies(hooks.clone(), stop.clone()));
    }
    serving.keep(&deliveries[..10]);
    // More come while deliveries do.
    web::spawn(open_slow(hooks, SLOW, stop.clone()));
    serving.keep(&deliveries[10..]);

    stop.cancel();
    serving.close();
    place.shows(&deliveries);
}

#[test]
fn the_gallery_answers_its_owner_beside_two_thousand_slow_connections() {
    lysbord_core::server::raise_open_files_limit();
    let place = Place::new();
    let serving = place.serve(&[]);
    let stop = CancellationToken::new();
    web::wait_for(open_slow(address(&serving.api), SLOW, stop.clone()));
    for _ in 0..10 {
        assert!(serving.get("/status").is_object());
    }
    stop.cancel();
    serving.close();
}

fn address(url: &str) -> String {
    url.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned()
}

/// Returns when all are connected and have begun a head. They stay until they are put out or told to stop.
async fn open_slow(at: String, count: usize, stop: CancellationToken) {
    for number in 0..count {
        let Ok(mut stream) = TcpStream::connect(&at).await else { continue };
        let said: &[u8] = if number % 2 == 0 { b"" } else { b"POST /hooks/0123456789 HTTP/1.1\r\nHost: " };
        let _ = stream.write_all(said).await;
        let stop = stop.clone();
        tokio::spawn(async move {
            let mut rest = [0; 64];
            tokio::select! {
                () = stop.cancelled() => {}
                _ = stream.read(&mut rest) => {}
            }
        });
    }
}

/// Posts eight megabytes with a wrong secret, again and again.
async fn post_large_bodies(at: String, stop: CancellationToken) {
    let head = format!(
        "POST /hooks/{}/modified HTTP/1.1\r\nHost: {at}\r\nContent-Length: 8388608\r\n\r\n",
        "0123456789abcdef".repeat(2)
    );
    let part = vec![b' '; 64 * 1024];
    while !stop.is_cancelled() {
        if let Ok(mut stream) = TcpStream::connect(&at).await {
            let mut sent = stream.write_all(head.as_bytes()).await;
            for _ in 0..128 {
                if sent.is_err() {
                    break;
                }
                sent = stream.write_all(&part).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
