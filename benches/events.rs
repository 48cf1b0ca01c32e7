//! The list of events at 400,000 of them: the first page, a page far back, and every kind of filter, rare ones too.

use crate::rig::{Line, Serve, address, median, millis, percentile};

const ASKS: usize = 20;

/// Measures the list of events of a Lysbord that serves the gallery's library.
pub async fn ask(serve: &Serve) {
    let choices = serve.json("/events/choices").await;
    let field = choices["fields"][0]["key"].as_str().unwrap_or("filename").to_owned();
    let archive = choices["archives"][0].as_str().unwrap_or_default().replace(' ', "%20");
    let mut line = Line::open(address(&serve.api)).await;
    println!("   the list of events, asked {ASKS} times each: median, slowest");
    for (name, path) in [
        ("newest (20 ms)", "/events?limit=100".to_owned()),
        ("a page far back", "/events?limit=100&until=2025-12-01".to_owned()),
        ("kind", "/events?limit=100&kind=ingested".to_owned()),
        ("kind: none at all", "/events?limit=100&kind=marker".to_owned()),
        ("archive", format!("/events?limit=100&archive={archive}")),
        ("archive and kind", format!("/events?limit=100&archive={archive}&kind=ingested")),
        ("field", format!("/events?limit=100&field={field}")),
        ("field: hardly any", "/events?limit=100&field=999".to_owned()),
        ("field and kind, never both", format!("/events?limit=100&field={field}&kind=ingested")),
        ("search: press_0004711", "/events?limit=100&query=press_0004711".to_owned()),
        ("search: harbour", "/events?limit=100&query=harbour".to_owned()),
        ("choices", "/events/choices".to_owned()),
    ] {
        let mut took = Vec::new();
        let mut lines = 0;
        for round in 0..=ASKS {
            let (time, body) = serve.get_on(&mut line, &path).await;
            if round > 0 {
                took.push(millis(time));
            }
            let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
            lines = body["items"].as_array().map_or(0, Vec::len);
        }
        let slowest = percentile(&mut took, 1.0);
        println!("   events: {name:<30} {:>7.1} ms {slowest:>7.1} ms   {lines} lines", median(&mut took));
    }
}
