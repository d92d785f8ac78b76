//! The integration tests: the program as its users meet it, and the rules its source keeps.
//!
//! Those marked `#[ignore]` need programs from outside; `tests/run` installs them and runs all.

mod agreement;
mod conformance;
mod presence_model;
mod readme;
mod support;
mod tidy;
