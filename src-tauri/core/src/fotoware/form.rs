//! Reads a form into the tree that JSON would have been read into. How Fotoware writes them is published nowhere
//! (docs/fotoware.md 3): its keys are expected to be the envelope's, with `data` as JSON in a string, or member by
//! member as `data[metadata][5][value]=…`.

use std::collections::HashMap;

use super::json::{Interest, Json, holds_members};
use super::layers::Layer;

/// A form has at least one of them, alone or as the beginning of a path of keys.
const TELLING: [&str; 6] = ["href", "data", "id", "type", "title", "payload"];
/// What one key leads to is no deeper than this.
const DEEPEST: usize = 16;

/// The tree of a form; `None` if the text is none, or none of Fotoware's.
pub(super) fn read(interest: Interest, text: &str) -> Option<Json<'static>> {
    if !text.contains('=') || text.starts_with(['{', '[', '<']) {
        return None;
    }
    let mut form = Branch::default();
    let mut tells = false;
    for pair in text.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let [key, value] = [key, value].map(|part| Layer::Percent { plus_is_blank: true }.decoded(part.as_bytes()));
        let steps = steps(&key);
        tells |= TELLING.contains(&steps[0]);
        form.put(&steps, value, steps.len() > 1 || matches!(steps[0], "tags" | "byline"));
    }
    tells.then(|| form.into_json(interest, true))
}

/// `data[metadata][5]` is `data`, `metadata`, `5`.
fn steps(key: &str) -> Vec<&str> {
    match key.split_once('[') {
        Some((first, rest)) if rest.ends_with(']') && !first.is_empty() => {
            std::iter::once(first).chain(rest[..rest.len() - 1].split("][")).collect()
        }
        _ => vec![key],
    }
}

/// What stands below a key, in the order in which it came.
#[derive(Default)]
struct Branch {
    members: Vec<(String, Node)>,
    places: HashMap<String, usize>,
}

enum Node {
    Values(Vec<String>),
    Branch(Branch),
}

impl Branch {
    /// Of several values under one key all are kept if it may have many, or else the last.
    fn put(&mut self, steps: &[&str], value: String, may_be_many: bool) {
        let [step, rest @ ..] = steps else { return };
        let step = if step.is_empty() { self.members.len().to_string() } else { (*step).to_owned() };
        let place = *self.places.entry(step.clone()).or_insert_with(|| {
            let node = if rest.is_empty() { Node::Values(Vec::new()) } else { Node::Branch(Self::default()) };
            self.members.push((step, node));
            self.members.len() - 1
        });
        match &mut self.members[place].1 {
            Node::Values(values) if rest.is_empty() => {
                if !may_be_many {
                    values.clear();
                }
                values.push(value);
            }
            Node::Branch(branch) if !rest.is_empty() && rest.len() < DEEPEST => branch.put(rest, value, may_be_many),
            // One key is a value here and leads on there: what came first counts.
            _ => {}
        }
    }

    fn into_json(self, interest: Interest, is_envelope: bool) -> Json<'static> {
        let is_list = !is_envelope && self.members.iter().enumerate().all(|(at, (step, _))| *step == at.to_string());
        let members = self.members.into_iter().map(|(step, node)| {
            let interest = interest.below(&step);
            let value = match node {
                Node::Branch(branch) => branch.into_json(interest, false),
                Node::Values(mut values) if values.len() == 1 => value(interest, &step, values.remove(0)),
                Node::Values(values) if is_envelope => Json::Text(values.join("; ").into()),
                Node::Values(values) => Json::List(values.into_iter().map(|value| Json::Text(value.into())).collect()),
            };
            (step, value)
        });
        if is_list {
            Json::List(members.map(|(_, value)| value).collect())
        } else {
            Json::Object(members.map(|(step, value)| (step.into(), value)).collect())
        }
    }
}

fn value(interest: Interest, step: &str, value: String) -> Json<'static> {
    let opened = holds_members(step).then(|| Json::read_inner(interest, &value, 1)).flatten();
    opened.unwrap_or(Json::Text(value.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn plain(tree: Json<'_>) -> Value {
        match tree {
            Json::Object(members) => members
                .into_iter()
                .map(|(name, value)| (name.into_owned(), plain(value)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Json::List(values) => values.into_iter().map(plain).collect(),
            Json::Text(text) => text.into_owned().into(),
            _ => Value::Null,
        }
    }

    #[test]
    fn paths_of_keys_and_repeated_ones_are_members_and_lists() {
        let form = "id=1&data[metadata][5][value]=Kai&data[metadata][25][value]=boats&data[metadata][25][value]=sea\
                    &data%5Bpreviews%5D%5B0%5D%5Bsize%5D=200&data[previews][1][size]=800&data[ancestors][][name]=All\
                    &tags=boats&tags=sea&id=2&title=p%E5+tur";
        let expected = json!({
            "id": "2",
            "data": {
                "metadata": {"5": {"value": "Kai"}, "25": {"value": ["boats", "sea"]}},
                "previews": [{"size": "200"}, {"size": "800"}],
                "ancestors": [{"name": "All"}],
            },
            "tags": "boats; sea",
            "title": "på tur",
        });
        assert_eq!(read(Interest::Arrival, form).map(plain), Some(expected));
    }

    #[test]
    fn json_is_opened_where_members_belong_and_nowhere_else() {
        let form = "data={\"asset\": {\"filename\": \"a.jpg\"}}&title=[1]&payload=none";
        let expected = json!({"data": {"asset": {"filename": null}}, "title": "[1]", "payload": "none"});
        assert_eq!(read(Interest::Arrival, form).map(plain), Some(expected));
    }

    #[test]
    fn what_leads_two_ways_or_nowhere_is_no_harm() {
        for form in ["data=1&data[a]=2", "data[a]=2&data=1", "data[=1&data]=2&[]=3&=4&data[]]=5", "data&id", "x=1"] {
            assert_eq!(
                read(Interest::Notice, form).is_some(),
                form.starts_with("data") && form.contains('='),
                "{form}"
            );
        }
        let deep = format!("data{}=1", "[a]".repeat(100_000));
        assert!(read(Interest::Notice, &deep).is_some());
        let wide = (0..100_000).fold(String::new(), |wide, number| wide + &format!("data[x{number}]=1&"));
        assert!(read(Interest::Notice, &wide).is_some());
    }
}
