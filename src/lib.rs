//! wirewalk
pub mod accounts;
pub mod rfc;
