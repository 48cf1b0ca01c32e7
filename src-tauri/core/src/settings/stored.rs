//! Settings as they are written down. Another version of this program may have written them: what it calls by a word that
//! is not known here has its default and is told, and nothing of it is lost when settings are saved.

use serde_json::{Map, Value};

use super::Settings;

/// Reads settings field by field. Returns with them a sentence about each field that could not be read and so has its
/// default.
pub fn read(json: &str) -> (Settings, Vec<String>) {
    if let Ok(settings) = serde_json::from_str(json) {
        return (settings, Vec::new());
    }
    let mut warnings = Vec::new();
    let mut known = Known(tree(&Settings::default()));
    match serde_json::from_str::<Value>(json) {
        Ok(Value::Object(stored)) => known.take_all(&stored, &[], &mut warnings),
        _ => warnings.push("the settings cannot be read at all".to_owned()),
    }
    (serde_json::from_value(known.0).unwrap_or_default(), warnings)
}

/// What is to be written down: what is changed by `settings`, and all else as it was `stored`, whether it is understood here
/// or not.
pub fn merged(stored: Option<&str>, settings: &Settings) -> String {
    let mut all = match stored.and_then(|stored| serde_json::from_str(stored).ok()) {
        Some(Value::Object(stored)) => stored,
        _ => Map::new(),
    };
    let before = stored.map(|stored| read(stored).0).unwrap_or_default();
    if let (Value::Object(before), Value::Object(after)) = (tree(&before), tree(settings)) {
        overwrite(&mut all, &before, after);
    }
    Value::Object(all).to_string()
}

fn overwrite(all: &mut Map<String, Value>, before: &Map<String, Value>, after: Map<String, Value>) {
    for (name, value) in after {
        match (all.get_mut(&name), before.get(&name), value) {
            (Some(_), Some(before), after) if *before == after => {}
            (Some(Value::Object(stored)), Some(Value::Object(before)), Value::Object(after)) => {
                overwrite(stored, before, after);
            }
            (_, _, after) => {
                all.insert(name, after);
            }
        }
    }
}

fn tree(settings: &Settings) -> Value {
    serde_json::to_value(settings).unwrap_or_default()
}

/// Settings that can be read as such, as a tree.
struct Known(Value);

impl Known {
    fn take_all(&mut self, stored: &Map<String, Value>, within: &[&str], warnings: &mut Vec<String>) {
        for (name, value) in stored {
            let path = [within, &[name.as_str()]].concat();
            match (self.at(&path), value) {
                // Of a later program.
                (None, _) => {}
                (Some(Value::Object(_)), Value::Object(stored)) => self.take_all(stored, &path, warnings),
                (Some(_), value) => self.take(value, &path, warnings),
            }
        }
    }

    fn take(&mut self, value: &Value, path: &[&str], warnings: &mut Vec<String>) {
        if self.takes(value.clone(), path) {
            return;
        }
        let told = value.to_string();
        let short: String = told.chars().take(60).collect();
        let more = if short.len() < told.len() { "…" } else { "" };
        warnings.push(format!("{} is {short}{more}, which this Lysbord does not know", path.join(".")));
        // Of a list the rest may be understood.
        if let Value::Array(list) = value {
            let known = list.iter().filter(|one| self.takes(Value::Array(vec![(*one).clone()]), path));
            let known = known.cloned().collect();
            self.takes(Value::Array(known), path);
        }
    }

    /// Sets a field, if the whole can still be read with it.
    fn takes(&mut self, value: Value, path: &[&str]) -> bool {
        let mut with_it = Self(self.0.clone());
        if let Some(field) = with_it.at(path) {
            *field = value;
        }
        let can_be_read = serde_json::from_value::<Settings>(with_it.0.clone()).is_ok();
        if can_be_read {
            *self = with_it;
        }
        can_be_read
    }

    fn at(&mut self, path: &[&str]) -> Option<&mut Value> {
        path.iter().try_fold(&mut self.0, |value, name| value.get_mut(name))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ReachWay, TunnelName};
    use super::*;
    use crate::fotoware::Change;
    use serde_json::json;

    #[test]
    fn a_word_of_a_later_program_leaves_all_others() {
        let stored = json!({
            "large_px": 600, "tenants": ["https://dam.example"], "first_start_done": true, "seal": {"key": 7},
            "reach": {"way": "tunnel", "tunnel": "zrok", "public_url": "https://mine.example", "port": 9},
            "notifications": {"on": true, "kinds": ["deleted", "published", "renamed"], "quiet": {"moon": "full"}},
            "background": 7,
        });
        let (settings, warnings) = read(&stored.to_string());
        assert_eq!((settings.large_px, settings.first_start_done), (600, true));
        assert_eq!((settings.reach.way, settings.reach.tunnel), (ReachWay::Tunnel, None));
        assert_eq!(settings.reach.public_url.as_deref(), Some("https://mine.example"));
        assert_eq!(settings.notifications.kinds, [Change::Deleted, Change::Renamed]);
        assert!(settings.notifications.on && settings.notifications.quiet.is_none());
        for told in ["reach.tunnel is \"zrok\"", "notifications.kinds is", "notifications.quiet is", "background is 7"]
        {
            assert!(warnings.iter().any(|warning| warning.starts_with(told)), "{told}: {warnings:?}");
        }
        assert_eq!(warnings.len(), 4);
    }

    #[test]
    fn whatever_is_stored_there_are_settings() {
        for broken in ["", "null", "7", "{", "{\"large_px\": -1}", "{\"tenants\": {\"a\": 1}}"] {
            let (settings, warnings) = read(broken);
            assert_eq!((settings, warnings.len()), (Settings::default(), 1), "{broken}");
        }
        assert_eq!(read("{}"), (Settings::default(), Vec::new()));
    }

    #[test]
    fn what_is_not_understood_is_kept_until_it_is_chosen_anew() {
        let stored = json!({
            "large_px": 600, "seal": {"key": 7},
            "reach": {"way": "tunnel", "tunnel": "zrok", "port": 9}, "background": "always",
        })
        .to_string();
        let mut settings = read(&stored).0;
        settings.large_px = 800;
        let saved = merged(Some(&stored), &settings);
        let tree: Value = serde_json::from_str(&saved).unwrap();
        assert_eq!((&tree["large_px"], &tree["seal"]), (&json!(800), &json!({"key": 7})));
        assert_eq!((&tree["reach"]["tunnel"], &tree["reach"]["port"]), (&json!("zrok"), &json!(9)));
        assert_eq!(tree["background"], "always");
        assert_eq!(read(&saved).0, settings);

        settings.reach.tunnel = Some(TunnelName::Ngrok);
        settings.background.start_at_login = true;
        let saved = merged(Some(&saved), &settings);
        let tree: Value = serde_json::from_str(&saved).unwrap();
        assert_eq!((&tree["reach"]["tunnel"], &tree["reach"]["port"]), (&json!("ngrok"), &json!(9)));
        assert_eq!(read(&saved), (settings, Vec::new()), "all is understood now");
        assert_eq!(read(&merged(None, &Settings::default())).0, Settings::default());
    }
}
