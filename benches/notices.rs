//! Notices by the thousand: those of the demo tenant, cut into pieces once, so that another one costs only a copy.

use std::net::SocketAddr;

use lysbord_core::clock::Timestamp;
use lysbord_demo::{Encoding, HookKind, Site, encode, stories};
use serde_json::{Value, json};

/// A body with placeholders.
pub struct Template {
    pieces: Vec<Piece>,
}

enum Piece {
    Text(String),
    Hole(Hole),
}

#[derive(Clone, Copy)]
enum Hole {
    Id,
    Created,
    Name,
    Number,
    Minted,
    Word,
}

const HOLES: [(&str, Hole); 6] = [
    ("@ID@", Hole::Id),
    ("@CREATED@", Hole::Created),
    ("@NAME@", Hole::Name),
    ("@NUMBER@", Hole::Number),
    ("@MINTED@", Hole::Minted),
    ("@WORD@", Hole::Word),
];

/// The values for one notice's placeholders.
pub struct Filling<'a> {
    pub id: u64,
    pub created: Timestamp,
    /// Number of the asset, which its name contains.
    pub asset: u64,
    /// When its picture URLs were issued.
    pub minted: Timestamp,
    pub word: &'a str,
}

impl Template {
    pub fn fill(&self, filling: &Filling<'_>, body: &mut String) {
        use std::fmt::Write;
        body.clear();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => body.push_str(text),
                Piece::Hole(Hole::Id) => write!(body, "00000000-0000-4000-8000-{:012}", filling.id).unwrap(),
                Piece::Hole(Hole::Created) => write!(body, "{}", filling.created).unwrap(),
                Piece::Hole(Hole::Name) => write!(body, "press_{:07}", filling.asset).unwrap(),
                Piece::Hole(Hole::Number) => write!(body, "{}", filling.id).unwrap(),
                Piece::Hole(Hole::Minted) => write!(body, "{}", filling.minted.0).unwrap(),
                Piece::Hole(Hole::Word) => body.push_str(filling.word),
            }
        }
    }
}

/// Templates of ingestions of different assets, each with a metadata update of the same asset.
pub fn templates(pictures: SocketAddr, count: usize) -> Vec<(Template, Template)> {
    let base = format!("http://{pictures}");
    let site = Site::new(base.clone(), 1);
    let now = Timestamp(1_772_000_000_000);
    let ingested = stories(1, count * 2, now).into_iter().filter(|step| step.kind() == HookKind::Ingested);
    ingested
        .map(|step| step.body(&site, now))
        .filter(|body| body["data"]["metadata"].as_object().is_some_and(|fields| fields.len() > 3))
        .take(count)
        .map(|body| {
            let ingested = hollow(body, &base);
            let modified = modified(&ingested);
            (cut(&ingested), cut(&modified))
        })
        .collect()
}

fn hollow(mut body: Value, base: &str) -> Value {
    let folder = "/fotoweb/archives/5000-All-files/Bench/@NAME@.jpg.info";
    body["id"] = json!("@ID@");
    body["created"] = json!("@CREATED@");
    body["href"] = json!(format!("{base}{folder}"));
    body["thumbnail-href"] = json!(format!("{base}/p/200/@MINTED@/@NUMBER@.jpg"));
    body["preview-href"] = json!(format!("{base}/p/800/@MINTED@/@NUMBER@.jpg"));
    let data = &mut body["data"];
    data["filename"] = json!("@NAME@.jpg");
    data["href"] = json!(folder);
    data["linkstance"] = json!(folder);
    data["physicalFileId"] = json!("65aa11bb22cc33dd44ee55ff/Bench/@NAME@.jpg");
    data["metadata"]["40"] = json!({"value": "desk @WORD@"});
    for preview in data["previews"].as_array_mut().into_iter().flatten() {
        let size = preview["size"].clone();
        preview["href"] = json!(format!("/p/{size}/@MINTED@/@NUMBER@.jpg"));
    }
    body
}

fn modified(ingested: &Value) -> Value {
    let mut body = ingested.clone();
    body["operation-name"] = json!("updateMetadata");
    let before = body["data"].take();
    let mut asset = before.clone();
    asset["metadata"]["40"] = json!({"value": "seen by @WORD@"});
    body["data"] = json!({"asset": asset, "assetBefore": before});
    body
}

fn cut(body: &Value) -> Template {
    let mut rest = encode(body, Encoding::Json);
    let mut pieces = Vec::new();
    while let Some((at, name, hole)) =
        HOLES.iter().filter_map(|(name, hole)| Some((rest.find(name)?, name, *hole))).min_by_key(|(at, ..)| *at)
    {
        pieces.push(Piece::Text(rest[..at].to_owned()));
        pieces.push(Piece::Hole(hole));
        rest.drain(..at + name.len());
    }
    pieces.push(Piece::Text(rest));
    Template { pieces }
}
