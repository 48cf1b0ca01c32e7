//! Lysbord without its window.

pub mod clock;
pub mod demo;
pub mod fotoware;
pub mod renditions;
