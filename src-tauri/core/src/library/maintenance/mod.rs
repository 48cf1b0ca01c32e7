//! What is done to a library as a whole, now and then: the user's decisions, removing a tenant, looking for faults.

pub(in crate::library) mod decisions;
pub(in crate::library) mod integrity;
pub(in crate::library) mod orphaned_blobs;
pub(in crate::library) mod remove_import;
pub(in crate::library) mod remove_tenant;
