//! Columns that somebody chose once and gave a name: the same in the window and on the command line.

use super::{ColumnChoice, What};
use crate::settings::{ExportPreset, Settings};

/// A name that no preset has, and those that there are.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no preset {name:?} for {what}; {}", if known.is_empty() { "none was saved yet".to_owned() } else { format!("there are {}", known.join(", ")) })]
pub struct UnknownPreset {
    pub name: String,
    pub what: &'static str,
    pub known: Vec<String>,
}

/// The columns of a preset.
pub fn preset(settings: &Settings, what: What, name: &str) -> Result<Vec<ColumnChoice>, UnknownPreset> {
    let mut of_what = settings.export_presets.iter().filter(|preset| preset.what == what.as_str());
    match of_what.clone().find(|preset| preset.name == name) {
        Some(preset) => Ok(columns(preset)),
        None => Err(UnknownPreset {
            name: name.to_owned(),
            what: what.as_str(),
            known: of_what.by_ref().map(|preset| preset.name.clone()).collect(),
        }),
    }
}

fn columns(preset: &ExportPreset) -> Vec<ColumnChoice> {
    let columns = preset.columns.iter();
    columns.map(|column| ColumnChoice { key: column.key.clone(), name: column.name.clone() }).collect()
}
