//! An answer is doubted before it is kept. Servers, proxies and sign-in pages break it in many ways; each is tried again,
//! and half a picture is kept only where nothing better came.

use std::io::Write;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use futures_util::{StreamExt, stream};
use image::ImageFormat;
use lysbord_core::fotoware::Role;
use lysbord_core::model::{Flaw, Format, Job, MissingReason, Outcome, Picture, RenditionKey};
use lysbord_core::renditions::{Schedule, inspect};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::archive::{Archive, picture, status};
use super::desk::{Desk, brisk, thumbnail, with_token};
use super::drawn::{animated_gif, encoded, hills, jpeg, jpeg_of_size};

fn whole() -> Vec<u8> {
    jpeg(400, 300)
}

/// Enough for the header and some of the pixels.
fn half() -> Vec<u8> {
    let whole = whole();
    whole[..whole.len() * 2 / 3].to_vec()
}

fn job(role: Role, url: &str) -> Job {
    Job { key: RenditionKey { delivery: 1, role }, ..thumbnail(1, &[url]) }
}

fn kept(outcome: &Outcome) -> Option<Picture> {
    match outcome {
        Outcome::Kept { picture, .. } => Some(*picture),
        Outcome::Missing(_) => None,
    }
}

/// Says more bytes than it sends, and then hangs up.
fn shorter_than_it_says(bytes: Vec<u8>) -> Response {
    let length = bytes.len() + 1000;
    let pulled = stream::once(async {
        // What was sent is out of the house by then.
        tokio::time::sleep(Duration::from_millis(5)).await;
        Err(std::io::Error::other("the cable was pulled"))
    });
    let body = stream::iter([Ok(bytes)]).chain(pulled);
    ([(CONTENT_LENGTH, length.to_string())], Body::from_stream(body)).into_response()
}

fn part(bytes: Vec<u8>) -> Response {
    (StatusCode::PARTIAL_CONTENT, bytes).into_response()
}

fn called(kind: &'static str, bytes: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, kind)], bytes).into_response()
}

fn sign_in_page() -> Response {
    called("text/html; charset=utf-8", b"\xEF\xBB\xBF\n<!DOCTYPE html><html><title>Sign in</title></html>".to_vec())
}

fn broken(path: &str) -> Response {
    match path {
        "/half" => picture(half()),
        "/less-than-it-says" => shorter_than_it_says(half()),
        "/nothing" => picture(Vec::new()),
        "/no-content" => status(204),
        "/sign-in" => sign_in_page(),
        "/sign-in-called-a-picture" => called("image/jpeg", b"<html><body>Please sign in</body></html>".to_vec()),
        "/to-sign-in" => (StatusCode::SEE_OTHER, [(LOCATION, "/sign-in")]).into_response(),
        "/part" => part(half()),
        "/said-in-words" => called("image/jpeg", b"rendition not available".to_vec()),
        "/beginning" => picture(whole()[..40].to_vec()),
        other => panic!("{other}"),
    }
}

const BROKEN: [(&str, MissingReason, bool); 10] = [
    ("/half", MissingReason::CutOff, true),
    ("/less-than-it-says", MissingReason::Unreachable, true),
    ("/nothing", MissingReason::Empty, false),
    ("/no-content", MissingReason::Empty, false),
    ("/sign-in", MissingReason::WebPage, false),
    ("/sign-in-called-a-picture", MissingReason::WebPage, false),
    ("/to-sign-in", MissingReason::WebPage, false),
    ("/part", MissingReason::ServerSaid(206), true),
    ("/said-in-words", MissingReason::NotAPicture, false),
    ("/beginning", MissingReason::CutOff, false),
];

#[tokio::test]
async fn a_broken_answer_is_asked_for_again_and_the_whole_picture_kept() {
    for role in Role::ALL {
        for (path, ..) in BROKEN {
            let archive = Archive::open(move |asked| async move {
                if asked.before < 2 { broken(&asked.path) } else { called("application/octet-stream", whole()) }
            })
            .await;
            let mut desk = Desk::new(&[&archive.url("")]);
            // The page behind a redirect is never a picture.
            let path = if path == "/to-sign-in" { "/sign-in" } else { path };

            let outcome = desk.outcome(job(role, &archive.url(path))).await;

            let picture = kept(&outcome).unwrap_or_else(|| panic!("{path} as {role:?}: {outcome:?}"));
            assert_eq!((picture.flaw, picture.bytes), (None, whole().len() as u64), "{path} as {role:?}");
            assert_eq!(desk.blobs.list().unwrap().len(), 1, "{path}: nothing of what was broken is kept");
        }
    }
}

#[tokio::test]
async fn what_stays_broken_is_told_and_half_a_picture_kept_as_half() {
    for (path, missing, half_is_kept) in BROKEN {
        let archive = Archive::open(move |asked| async move { broken(&asked.path) }).await;
        let mut desk = Desk::new(&[&archive.url("")]);

        let outcome = desk.outcome(thumbnail(1, &[&archive.url(path)])).await;

        let asked = archive.asked().iter().filter(|asked| asked.path == path).count();
        assert_eq!(asked, brisk().pauses.len() + 1, "{path} is tried as long as the schedule says");
        match kept(&outcome) {
            Some(picture) => {
                assert!(half_is_kept, "{path}: {picture:?}");
                assert_eq!((picture.flaw, picture.width), (Some(Flaw::Partial), 400), "{path}");
            }
            None => assert_eq!((&outcome, half_is_kept), (&Outcome::Missing(missing), false), "{path}"),
        }
        assert_eq!(desk.blobs.list().unwrap().len(), usize::from(half_is_kept), "{path}");
    }
}

#[tokio::test]
async fn the_token_and_other_sizes_are_tried_where_an_answer_is_in_doubt() {
    for (path, ..) in BROKEN {
        let archive = Archive::open(move |asked| async move {
            match asked.authorization {
                Some(_) => picture(whole()),
                None => broken(&asked.path),
            }
        })
        .await;
        let mut desk = Desk::new(&[&archive.url("")]);
        let outcome = desk.outcome(with_token(thumbnail(1, &[&archive.url(path)]), "t0ken")).await;
        assert_eq!(kept(&outcome).map(|picture| picture.flaw), Some(None), "{path}: {outcome:?}");

        let archive = Archive::open(move |asked| async move {
            if asked.path == "/other-size" { picture(whole()) } else { broken(&asked.path) }
        })
        .await;
        let mut desk = Desk::new(&[&archive.url("")]);
        let outcome = desk.outcome(thumbnail(1, &[&archive.url(path), &archive.url("/other-size")])).await;
        assert_eq!(kept(&outcome).map(|picture| picture.flaw), Some(None), "{path}: {outcome:?}");
    }
}

#[tokio::test]
async fn of_several_halves_the_largest_is_kept_and_a_death_in_between_takes_none() {
    let archive = Archive::open(|asked| async move {
        let whole = whole();
        match asked.before {
            0 | 2 => picture(whole[..whole.len() / 2].to_vec()),
            1 => picture(half()),
            _ => status(403),
        }
    })
    .await;
    let mut desk = Desk::new(&[&archive.url("")]);

    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/a.jpg")])).await;

    let picture = kept(&outcome).unwrap_or_else(|| panic!("{outcome:?}"));
    assert_eq!((picture.flaw, picture.bytes), (Some(Flaw::Partial), half().len() as u64));
}

#[tokio::test]
async fn what_the_server_cuts_off_without_a_word_is_found_by_its_missing_end() {
    let answers = [half(), half(), whole()];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/a.jpg", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await.unwrap();
            // No length: the answer ends where the connection does.
            socket.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await.unwrap();
            socket.write_all(&answer).await.unwrap();
            socket.shutdown().await.unwrap();
        }
    });
    let mut desk = Desk::new(&[&url]);

    let outcome = desk.outcome(thumbnail(1, &[&url])).await;

    assert_eq!(kept(&outcome).map(|picture| (picture.flaw, picture.bytes)), Some((None, whole().len() as u64)));
}

#[test]
fn the_end_of_every_format_is_known() {
    let animated = animated_gif();
    for (format, bytes) in [
        (Format::Jpeg, whole()),
        (Format::Png, encoded(&hills(60, 40), ImageFormat::Png)),
        (Format::Gif, animated),
        (Format::Webp, encoded(&hills(60, 40), ImageFormat::WebP)),
        (Format::Tiff, encoded(&hills(60, 40), ImageFormat::Tiff)),
    ] {
        assert_eq!(inspect(&bytes).map(|inspected| (inspected.format, inspected.flaw)), Ok((format, None)));
        let longer = [&bytes[..], b"and a film after it \xFF\xDA\xFF\xD8"].concat();
        assert_eq!(inspect(&longer).map(|inspected| inspected.flaw), Ok(None), "{format:?} with something after it");
        for length in 1..bytes.len() - 1 {
            let cut = inspect(&bytes[..length]);
            assert!(
                cut.is_err() || cut.is_ok_and(|inspected| inspected.flaw.is_some()),
                "{format:?} cut at {length} of {} passes for whole",
                bytes.len()
            );
        }
    }
}

#[test]
fn what_no_decoder_here_reads_is_known_and_kept() {
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf\0\0\0\x10mdat12345678";
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x10mdat12345678";
    let phone = b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif\0\0\0\x10mdat12345678";
    let film = b"\0\0\0\x18ftypisom\0\0\0\0isommp42\0\0\0\x10mdat12345678";
    for (bytes, format) in [(&avif[..], Format::Avif), (heic, Format::Heif), (phone, Format::Avif)] {
        let inspected = inspect(bytes).unwrap();
        assert_eq!((inspected.format, inspected.flaw), (format, Some(Flaw::Unreadable)));
        assert_eq!(inspect(&bytes[..bytes.len() - 3]), Err(MissingReason::CutOff));
    }
    assert_eq!(inspect(film), Err(MissingReason::NotAPicture));
    // JPEG without loss is a JPEG all the same.
    let mut lossless = jpeg(60, 40);
    let frame = lossless.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    lossless[frame + 1] = 0xC3;
    assert_eq!(inspect(&lossless).map(|inspected| inspected.flaw), Ok(Some(Flaw::Unreadable)));
}

#[tokio::test]
async fn what_cannot_be_shown_is_kept_only_where_no_other_size_can() {
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf\0\0\0\x10mdat12345678".to_vec();
    let archive = Archive::open(move |asked| {
        let avif = avif.clone();
        async move { if asked.path == "/a.avif" { picture(avif) } else { picture(whole()) } }
    })
    .await;
    let mut desk = Desk::new(&[&archive.url("")]);

    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/a.avif"), &archive.url("/b.jpg")])).await;
    assert_eq!(kept(&outcome).map(|picture| picture.format), Some(Format::Jpeg));

    let outcome = desk.outcome(thumbnail(2, &[&archive.url("/a.avif")])).await;
    let only = kept(&outcome).map(|picture| (picture.format, picture.flaw));
    assert_eq!(only, Some((Format::Avif, Some(Flaw::Unreadable))));
    assert_eq!(archive.asked_paths(), ["/a.avif", "/b.jpg", "/a.avif"], "to ask again would not help");
}

fn wrapped(coding: &'static str, bytes: Vec<u8>) -> Response {
    ([(CONTENT_ENCODING, coding), (CONTENT_TYPE, "image/jpeg")], bytes).into_response()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Brotli without compression: pieces of up to 64 KiB, each as it is.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut stream = Bits::default();
    stream.push(0, 1); // a window of 64 KiB
    for piece in bytes.chunks(1 << 16) {
        stream.push(0, 1); // not the last
        stream.push(0, 2); // a length of four times four bits
        stream.push(piece.len() as u32 - 1, 16);
        stream.push(1, 1); // as it is
        stream.bytes(piece);
    }
    stream.push(3, 2); // the last, and empty
    stream.0
}

#[derive(Default)]
struct Bits(Vec<u8>, usize);

impl Bits {
    fn push(&mut self, value: u32, count: usize) {
        for bit in 0..count {
            if self.1 == 0 {
                self.0.push(0);
            }
            *self.0.last_mut().unwrap() |= ((value >> bit & 1) as u8) << self.1;
            self.1 = (self.1 + 1) % 8;
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.1 = 0;
        self.0.extend_from_slice(bytes);
    }
}

#[tokio::test]
async fn what_is_wrapped_is_unwrapped_under_the_same_bound() {
    let archive = Archive::open(|asked| async move {
        let whole = whole();
        match asked.path.as_str() {
            "/gzip" => wrapped("gzip", gzip(&whole)),
            "/deflate" => wrapped("deflate", deflate(&whole)),
            "/br" => wrapped("br", brotli(&whole)),
            "/zstd" => wrapped("zstd", zstd::encode_all(&whole[..], 3).unwrap()),
            "/twice" => wrapped("gzip, zstd", zstd::encode_all(&gzip(&whole)[..], 3).unwrap()),
            "/not-really" => wrapped("gzip", whole),
            "/unknown" => wrapped("aws-chunked", whole),
            "/bomb" => wrapped("gzip", gzip(&vec![0; 40 << 20])),
            "/cut" => {
                let wrapping = gzip(&whole);
                wrapped("gzip", wrapping[..wrapping.len() - 200].to_vec())
            }
            other => panic!("{other}"),
        }
    })
    .await;
    let mut desk = Desk::with(&[&archive.url("")], |config| config.max_bytes = 1 << 20);
    for path in ["/gzip", "/deflate", "/br", "/zstd", "/twice", "/not-really", "/unknown"] {
        let outcome = desk.outcome(thumbnail(1, &[&archive.url(path)])).await;
        let picture = kept(&outcome).unwrap_or_else(|| panic!("{path}: {outcome:?}"));
        assert_eq!((picture.flaw, picture.bytes), (None, whole().len() as u64), "{path}");
    }
    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/bomb")])).await;
    assert_eq!(outcome, Outcome::Missing(MissingReason::TooLarge));
    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/cut")])).await;
    assert_eq!(kept(&outcome).map(|picture| picture.flaw), Some(Some(Flaw::Partial)), "{outcome:?}");
    assert_eq!(archive.asked().iter().filter(|asked| asked.path == "/cut").count(), brisk().pauses.len() + 1);
}

#[tokio::test]
async fn redirects_are_followed_as_browsers_follow_them() {
    for code in [301, 302, 303, 307, 308] {
        let archive = Archive::open(move |asked| async move {
            let to = match asked.path.as_str() {
                "/start" => "deeper/1#top",
                "/deeper/1" => "../2?size=1&x=%20y",
                "/2" => "//HOST/3",
                "/3" => "/h%C3%B8gd/4",
                "/h%C3%B8gd/4" => "/p\u{e5}/5",
                "/p%C3%A5/5" => "?page=6",
                _ => return picture(whole()),
            };
            let host = asked.host.unwrap();
            if asked.path == "/p%C3%A5/5" && asked.query.is_some() {
                return picture(whole());
            }
            let to = axum::http::HeaderValue::from_bytes(to.replace("HOST", &host).as_bytes()).unwrap();
            (StatusCode::from_u16(code).unwrap(), [(LOCATION, to)]).into_response()
        })
        .await;
        let mut desk = Desk::new(&[&archive.url("")]);

        let outcome = desk.outcome(thumbnail(1, &[&archive.url("/start#here")])).await;

        assert!(kept(&outcome).is_some(), "{code}: {outcome:?}");
        assert!(archive.asked().iter().all(|asked| asked.cookie.is_none()));
    }
}

#[tokio::test]
async fn ten_redirects_are_enough() {
    for (steps, is_kept) in [(10, true), (11, false)] {
        let archive = Archive::open(move |asked| async move {
            let step: usize = asked.path[1..].parse().unwrap();
            if step == steps { picture(whole()) } else { super::archive::redirect(&format!("/{}", step + 1)) }
        })
        .await;
        let mut desk = Desk::new(&[&archive.url("")]);

        let outcome = desk.outcome(thumbnail(1, &[&archive.url("/0")])).await;

        assert_eq!(kept(&outcome).is_some(), is_kept, "{outcome:?}");
        assert_eq!(archive.asked().len(), 11);
    }
}

#[tokio::test]
async fn a_failure_of_lysbord_itself_leaves_nothing_waiting_for_ever() {
    // A schedule that no clock can keep makes the step fail that would store the picture again.
    let archive = Archive::open(|_| async { picture(jpeg_of_size(60_000, 1)) }).await;
    let mut desk = Desk::with(&[&archive.url("")], |config| {
        config.schedule = Schedule { jitter: f64::INFINITY, ..brisk() };
    });
    std::fs::rename(desk.folder.path().join("pictures.db"), desk.folder.path().join("elsewhere.db")).unwrap();

    let outcome = desk.outcome(thumbnail(1, &[&archive.url("/a.jpg")])).await;

    assert_eq!(outcome, Outcome::Missing(MissingReason::Failed));
    desk.fetcher.idle().await;
    desk.fetcher.quiet().await;
    assert_eq!(desk.fetcher.waiting(), 0);
}
