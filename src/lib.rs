//! wirewalk
pub mod rfc;
pub mod web;
