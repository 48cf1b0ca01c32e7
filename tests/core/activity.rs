//! The report: how much happened in a span of time.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
use lysbord_core::clock::Timestamp;
use lysbord_core::export::{self, Format, Progress, Request, Scope, What};
use lysbord_core::library::EventFilter;
use serde_json::json;

use crate::desk::{NOON, OpenDesk};
use crate::notice::{about, in_archive, with_fields, wrapped};

/// Two assets come at noon, one in another archive; one is edited twice, a day and two days later.
async fn two_days_of_work() -> OpenDesk {
    let desk = OpenDesk::new().await;
    let day = 86_400;
    desk.take("ingested", &with_fields(about("1", 0, "a.jpg"), [("5", json!("one"))])).await;
    desk.take("ingested", &in_archive("5001-Press", "2", 0, "b.jpg")).await;
    for (id, second, title, city) in [("3", day, "two", "x"), ("4", 2 * day, "three", "x")] {
        let edited = with_fields(about(id, second, "a.jpg"), [("5", json!(title)), ("90", json!(city))]);
        desk.take("modified", &wrapped(edited, "updateMetadata")).await;
    }
    desk.caught_up().await;
    desk
}

#[tokio::test]
async fn a_span_of_time_is_counted_by_day_kind_archive_field_and_asset() {
    let desk = two_days_of_work().await;
    let all = desk.get("/api/activity?from=2026-03-01&until=2026-03-31&tz=UTC").await;
    assert_eq!((&all["events"], &all["assets"]), (&json!(4), &json!(2)));
    let days: Vec<_> = all["days"].as_array().unwrap().iter().map(|day| (&day["day"], &day["events"])).collect();
    let expected = [json!("2026-03-04"), json!("2026-03-05"), json!("2026-03-06")];
    assert_eq!(days, [(&expected[0], &json!(2)), (&expected[1], &json!(1)), (&expected[2], &json!(1))]);
    let counted = |part: &str, name: &str| -> Vec<(String, i64, i64)> {
        let rows = all[part].as_array().unwrap().iter();
        rows.map(|row| {
            let name = row[name].as_str().unwrap().to_owned();
            (name, row["events"].as_i64().unwrap(), row["assets"].as_i64().unwrap_or_default())
        })
        .collect()
    };
    assert_eq!(counted("changes", "change"), [("ingested".into(), 2, 2), ("metadata".into(), 2, 1)]);
    assert_eq!(counted("archives", "name"), [("All files".into(), 3, 1), ("Press".into(), 1, 1)]);
    assert_eq!(counted("fields", "name"), [("Title".into(), 2, 1), ("City".into(), 1, 1)]);
    assert_eq!(counted("busiest", "filename"), [("a.jpg".into(), 3, 0), ("b.jpg".into(), 1, 0)]);

    let one_day = desk.get("/api/activity?from=2026-03-05&until=2026-03-05&tz=UTC").await;
    assert_eq!((&one_day["events"], &one_day["assets"]), (&json!(1), &json!(1)));
    let empty = desk.get("/api/activity?from=2027-01-01&until=2027-01-31&tz=UTC").await;
    assert_eq!((&empty["events"], &empty["days"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn as_a_workbook_each_part_has_its_own_page() {
    let desk = two_days_of_work().await;
    let from = Some(Timestamp(NOON.0 + 1));
    let scope = Scope::Events(EventFilter { from, ..EventFilter::default() });
    let csv = desk.export(Request { scope: scope.clone(), ..Request::csv(What::Report) }).await;
    assert!(csv.starts_with("part,name,events,assets\r\nall,,2,1\r\nday,2026-03-05,1,\r\n"), "{csv}");
    let request = Request { scope, format: Format::Xlsx, ..Request::csv(What::Report) };
    let read = desk.desk.library.read(move |now| {
        let mut bytes = Vec::new();
        export::write(now, None, &request, &mut bytes, &Progress::default()).unwrap();
        Ok(bytes)
    });
    let bytes = read.await.unwrap();
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes.as_slice())).unwrap();
    assert_eq!(book.sheet_names(), ["Overview", "Days", "Changes", "Archives", "Fields", "Busiest assets"]);
    let fields = book.worksheet_range("Fields").unwrap();
    let first: Vec<&Data> = fields.rows().nth(1).unwrap().iter().collect();
    assert_eq!(first[1..], [&Data::String("Title".into()), &Data::Float(2.0), &Data::Float(1.0)]);
}
