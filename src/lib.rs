//! wirewalk
pub mod presence;
pub mod rfc;
