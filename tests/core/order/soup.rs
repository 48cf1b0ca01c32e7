//! Notices that no archive would send in this company: few names, few moments, any kind.

use lysbord_core::clock::Timestamp;
use lysbord_core::fotoware::HookKind;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::gallery_cache::Delivery;
use crate::notice::{in_archive, with_fields};

pub fn soup() -> impl Strategy<Value = Vec<Delivery>> {
    proptest::collection::vec(ingredient(), 2..9).prop_map(|ingredients| {
        ingredients.iter().enumerate().map(|(number, ingredient)| ingredient.delivery(number)).collect()
    })
}

/// When Fotoware says that it was.
pub fn created(delivery: &Delivery) -> i64 {
    let body: Value = serde_json::from_str(&delivery.body).unwrap();
    Timestamp::parse(body["created"].as_str().unwrap()).unwrap().0
}

#[derive(Clone, Debug)]
struct Ingredient {
    hook: HookKind,
    second: i64,
    name: &'static str,
    was: Option<&'static str>,
    before: Option<&'static str>,
    archive: &'static str,
    keywords: Option<u8>,
    /// Which of the asset's names are left out, and whether it has an id that lasts.
    without_file: bool,
    without_href: bool,
    lasting: bool,
}

fn ingredient() -> impl Strategy<Value = Ingredient> {
    let name = || prop::sample::select(vec!["a.jpg", "b.jpg", "c.jpg"]);
    let rarely = || prop::bool::weighted(0.1);
    (
        (prop::sample::select(HookKind::ALL), 0_i64..5, name(), prop::option::weighted(0.3, name())),
        (prop::option::weighted(0.2, name()), prop::sample::select(vec!["5000-All-files", "5001-My-Uploads"])),
        (prop::option::of(0_u8..3), rarely(), rarely(), rarely()),
    )
        .prop_map(
            |((hook, second, name, was), (before, archive), (keywords, without_file, without_href, lasting))| {
                Ingredient { hook, second, name, was, before, archive, keywords, without_file, without_href, lasting }
            },
        )
}

impl Ingredient {
    fn delivery(&self, number: usize) -> Delivery {
        let mut notice = in_archive(self.archive, &format!("id-{number}"), self.second, self.name);
        if let Some(keywords) = self.keywords {
            notice = with_fields(notice, [("25", json!([format!("keyword {keywords}")]))]);
        }
        if self.without_file {
            notice["data"]["physicalFileId"] = Value::Null;
        }
        if self.without_href {
            notice["data"]["href"] = Value::Null;
            notice["href"] = Value::Null;
        }
        if self.lasting {
            notice["data"]["uniqueid"] = "lasts".into();
        }
        if let Some(was) = self.was {
            notice["operation-name"] = "rename".into();
            notice["previous-name"] = was.into();
        }
        if let Some(before) = self.before {
            let before = in_archive(self.archive, "", 0, before)["data"].clone();
            notice["data"] = json!({"asset": notice["data"], "assetBefore": before});
        }
        Delivery { hook: self.hook, body: notice.to_string() }
    }
}
