//! `metadataDiff` and `revisionsDiff` (docs/fotoware.md 7.2, 7.3).

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::asset::{Asset, Value as FieldValue, field};

pub(super) fn metadata(before: &Asset, after: &Asset, label: Option<(u16, &str)>) -> Value {
    let label_of = |id| label.filter(|(field, _)| *field == id).map_or_else(|| field::label(id), |(_, label)| label);
    let ids: BTreeSet<u16> = before.metadata.keys().chain(after.metadata.keys()).copied().collect();
    let changed: Vec<Value> = ids
        .into_iter()
        .filter_map(|id| {
            let (old, new) = (before.metadata.get(&id), after.metadata.get(&id));
            (old != new).then(|| json!({ "field": { "id": id, "label": label_of(id) }, "diff": change(old, new) }))
        })
        .collect();
    json!({ "changedFields": changed })
}

/// What a revision is in this member is shown nowhere; this much can be guessed.
pub(super) fn change_feed(asset: &Asset) -> Value {
    json!({ "restored": asset.change_feed.saturating_sub(1), "current": asset.change_feed + 1 })
}

fn change(old: Option<&FieldValue>, new: Option<&FieldValue>) -> Value {
    let mut diff = Map::new();
    diff.insert("old".into(), old.map_or(Value::Null, wire_value));
    diff.insert("new".into(), new.map_or(Value::Null, wire_value));
    let is_list = matches!(old.or(new), Some(FieldValue::Many(_)));
    if is_list {
        let values = |side: Option<&FieldValue>| side.map(|value| value.all().to_vec()).unwrap_or_default();
        let (old, new) = (values(old), values(new));
        let only_in = |these: &[String], those: &[String]| {
            these.iter().filter(|value| !those.contains(value)).cloned().collect::<Vec<_>>()
        };
        for (key, values) in [("added", only_in(&new, &old)), ("removed", only_in(&old, &new))] {
            if !values.is_empty() {
                diff.insert(key.into(), wire_value(&FieldValue::Many(values)));
            }
        }
    }
    Value::Object(diff)
}

fn wire_value(value: &FieldValue) -> Value {
    match value {
        FieldValue::One(text) => json!({ "s": text }),
        FieldValue::Many(values) => {
            json!({ "values": values.iter().map(|value| json!({ "s": value })).collect::<Vec<_>>() })
        }
    }
}
