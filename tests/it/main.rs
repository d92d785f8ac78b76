//! The tests that use the crate from outside.

mod presence_model;
