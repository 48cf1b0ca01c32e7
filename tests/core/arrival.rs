//! What is read of a delivery at once is what its notice says when it is read as a whole.

use lysbord_core::fotoware::{HookKind, Notice, Pictures, pictures, receive};
use lysbord_demo::{Encoding, Site, Story};
use serde_json::Value;

use crate::desk::NOON;
use crate::order::telling;

#[test]
fn what_is_urgent_is_what_the_notice_says() {
    let mut with_pictures = 0;
    for delivery in telling::all().into_iter().flat_map(|story| story.deliveries) {
        let received = receive(None, delivery.body.as_bytes());
        // As every later reader does, it is read from what is kept: without secrets, a body breaks at another byte.
        let notice = Notice::read(delivery.hook, None, &received.kept);
        match (received.arrival, notice) {
            (Ok(arrival), Ok(notice)) => {
                assert_eq!(arrival.webhook_id, notice.webhook_id);
                assert_eq!(arrival.pictures, pictures(None, delivery.body.as_bytes()));
                with_pictures += usize::from(arrival.pictures != Pictures::default());
            }
            (arrival, notice) => assert_eq!(arrival.unwrap_err(), notice.unwrap_err()),
        }
    }
    assert!(with_pictures > 100);
}

/// A row of numbers that is the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    /// Bytes changed, put in or taken out, or the end cut off.
    fn damage(&mut self, body: &mut Vec<u8>) {
        const TELLING: &[u8] = b"\"\"{}[],:\\&=%+ \0\n\x1b\xff\xc3";
        for _ in 0..=self.below(3) {
            let at = self.below(body.len());
            let byte = if self.below(2) == 0 { TELLING[self.below(TELLING.len())] } else { self.below(256) as u8 };
            match self.below(6) {
                0 => body.truncate(at.max(1)),
                1 => body.insert(at, byte),
                2 if body.len() > 1 => drop(body.remove(at)),
                _ => body[at] = byte,
            }
        }
    }
}

/// Whole bodies in every spelling in which they come.
fn bodies() -> Vec<(Option<&'static str>, Vec<u8>)> {
    let site = Site::new("https://dam.example", 1);
    let mut bodies = Vec::new();
    for (index, story) in [Story::LongLife, Story::IngestOnly, Story::Swap].into_iter().enumerate() {
        for step in story.tell(5, index, NOON, 60_000) {
            for encoding in [Encoding::Json, Encoding::Form, Encoding::FlatForm] {
                bodies.push((None, step.spelled(&site, NOON, encoding).0.into_bytes()));
            }
            let body = step.body(&site, NOON);
            let mut text_in_text = body.clone();
            text_in_text["data"] = body["data"].to_string().into();
            let utf_16 = body.to_string().encode_utf16().flat_map(u16::to_le_bytes).collect();
            bodies.push((None, text_in_text.to_string().into_bytes()));
            bodies.push((None, utf_16));
            bodies.push((
                Some("application/json; charset=windows-1251"),
                [body.to_string().as_bytes(), b" \xe6"].concat(),
            ));
        }
    }
    bodies
}

fn values_of(body: &Value, name: &str, found: &mut Vec<String>) {
    match body {
        Value::Object(members) => {
            found.extend(members.get(name).and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| values_of(value, name, found));
        }
        Value::Array(values) => values.iter().for_each(|value| values_of(value, name, found)),
        _ => {}
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

#[test]
fn both_readers_of_a_damaged_body_agree_and_none_of_them_keeps_a_token() {
    let whole = bodies();
    let mut chance = Chance(10);
    let mut outcomes = [0; 2];
    for round in 0..4_000 {
        let (content_type, body) = &whole[chance.below(whole.len())];
        let mut damaged = body.clone();
        chance.damage(&mut damaged);
        let received = receive(*content_type, &damaged);
        let kept = &received.kept;
        let notice = Notice::read(HookKind::Any, *content_type, kept);
        let told = || format!("round {round}: {}", String::from_utf8_lossy(&damaged));
        assert_eq!(received.arrival.as_ref().err(), notice.as_ref().err(), "{}", told());
        if let Ok(arrival) = &received.arrival {
            assert_eq!(arrival.pictures, pictures(*content_type, kept), "{}", told());
        }
        outcomes[usize::from(notice.is_ok())] += 1;

        // Where a name is whole, its value is gone.
        let names = |bytes: &[u8]| memchr::memmem::find_iter(bytes, b"previewToken").count();
        if names(&damaged) == names(body) && body.starts_with(b"{\"") {
            let mut tokens = Vec::new();
            if let Ok(body) = serde_json::from_slice(body) {
                values_of(&body, "previewToken", &mut tokens);
            }
            for token in tokens {
                assert!(
                    !contains(kept, token.as_bytes()),
                    "{} keeps {token}: {}",
                    told(),
                    String::from_utf8_lossy(kept)
                );
            }
        }
    }
    assert!(outcomes.iter().all(|count| *count > 500), "{outcomes:?}");
}
