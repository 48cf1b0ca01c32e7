//! Lysbord without its window.

pub mod clock;
pub mod demo;
pub mod folder;
pub mod fotoware;
pub mod library;
pub mod renditions;
