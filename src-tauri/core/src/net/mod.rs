//! What may be reached over the network, for whoever makes a connection: pictures that are fetched, notices that are sent on.

mod guard;

pub use guard::{NotATenant, Policy, Tenant};
pub(crate) use guard::{PrivateAddress, PublicOnly, Route, System, is_public};
