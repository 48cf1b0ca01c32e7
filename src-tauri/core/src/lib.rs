//! Lysbord without its window.

pub mod api;
pub mod clock;
pub mod demo;
pub mod desk;
pub mod export;
pub mod folder;
pub mod fotoware;
pub mod import;
pub mod intake;
pub mod library;
pub mod renditions;
pub mod secrets;
pub mod server;
