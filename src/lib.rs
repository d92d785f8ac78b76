//! wirewalk
pub mod rfc;
