//! What Fotoware says. Pure: it reads and names, and knows no other room.

mod rendition;
mod secret;

pub use rendition::Role;
pub use secret::PreviewToken;
