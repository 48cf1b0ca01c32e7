//! What Fotoware says: reads a webhook's body into a [`Notice`], names its parts and compares its states.
//!
//! Pure. It knows no other room, no clock and no disk, and it refuses nothing for its shape: what it
//! cannot place it leaves out, and only a body that is neither JSON nor a form is an error.
//! Facts and their sources: Fotoware's help pages on webhooks, "Notifications when assets change".

mod body_diff;
mod changes;
mod charset;
mod fields;
mod form;
mod identity;
mod json;
mod kind;
mod layers;
mod lenient;
mod notice;
mod redact;
mod rendition;
mod secret;
mod state;
mod words;

pub use body_diff::{BodyDiff, DiffLine};
pub use changes::{Before, FieldChange, Subject, changes_between, side_by_side};
pub use fields::{default_label, known_fields};
pub use identity::{Identity, IdentityKey, Names, hex, same_name};
pub use json::{JsonBreak, json_break};
pub(crate) use kind::words;
pub use kind::{Change, EventKind, HookKind};
pub use notice::{Arrival, Notice, Received, Unreadable, body_text, pictures, receive};
pub use rendition::{Pictures, Role};
pub use secret::PreviewToken;
pub use state::{AssetState, FieldId};
pub use words::{Piece, PieceKind};
