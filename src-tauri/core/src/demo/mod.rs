//! A pretend tenant.
