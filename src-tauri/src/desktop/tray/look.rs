//! What the tray shows: the state of the desk and the last events.

use lysbord_core::desk::{Desk, Reachable};
use lysbord_core::library::{EventFilter, EventLine};

/// How many events the menu lists.
const LAST: usize = 5;
/// The longest line, in characters.
const LONGEST: usize = 60;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum TrayStatus {
    #[default]
    Listening,
    Paused,
    /// Nothing can arrive, with the reason.
    Troubled(String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub standing: TrayStatus,
    pub pictures_waiting: usize,
    /// Ids of assets, and a line about each.
    pub last: Vec<(String, String)>,
}

impl Shown {
    pub(super) fn line(&self) -> String {
        let standing = match &self.standing {
            TrayStatus::Listening => "Listening".to_owned(),
            TrayStatus::Paused => "Paused".to_owned(),
            TrayStatus::Troubled(why) => shortened(why),
        };
        match self.pictures_waiting {
            0 => standing,
            1 => format!("{standing} – 1 picture waiting"),
            many => format!("{standing} – {many} pictures waiting"),
        }
    }
}

pub(super) async fn at(desk: &Desk) -> Shown {
    let standing = standing(desk).await;
    let last = desk.library.read(|now| now.events().page(&EventFilter::default(), None, LAST)).await;
    let last = match last {
        Ok((lines, _)) => lines.into_iter().map(told).collect(),
        Err(error) => {
            tracing::warn!(%error, "the tray cannot tell what happened last");
            Vec::new()
        }
    };
    Shown { standing, pictures_waiting: desk.fetcher.waiting(), last }
}

async fn standing(desk: &Desk) -> TrayStatus {
    if let Some(why) = desk.listener.problem() {
        return TrayStatus::Troubled(format!("Not listening: {why}"));
    }
    if desk.is_paused() {
        return TrayStatus::Paused;
    }
    match desk.reachable().await {
        Ok(Reachable { problem: None, .. }) => TrayStatus::Listening,
        Ok(Reachable { problem: Some(why), .. }) => TrayStatus::Troubled(format!("Not reachable: {why}")),
        Err(error) => TrayStatus::Troubled(error.to_string()),
    }
}

fn told(line: EventLine) -> (String, String) {
    let done = line.change.label().to_lowercase();
    // In a menu `&` marks a keyboard shortcut, so it is doubled.
    let name = shortened(&line.filename).replace('&', "&&");
    (line.asset_id, format!("{name} – {done}"))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_says_how_it_stands() {
        let line = |standing, pictures_waiting| Shown { standing, pictures_waiting, last: Vec::new() }.line();
        assert_eq!(line(TrayStatus::Listening, 0), "Listening");
        assert_eq!(line(TrayStatus::Paused, 1), "Paused – 1 picture waiting");
        let long = line(TrayStatus::Troubled("å".repeat(200)), 0);
        assert!(long.ends_with('…') && long.chars().count() == LONGEST + 1);
    }
}
