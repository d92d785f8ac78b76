//! The integration tests: the program as its users meet it, and the rules its source keeps.
//!
//! Those marked `#[ignore]` need programs from outside; `tests/run` installs them and runs all.

mod abuse_accounts;
mod abuse_frames;
mod abuse_handshake;
mod abuse_resources;
mod abuse_sessions;
mod agreement;
mod boundary;
mod browser;
mod capture;
mod captures;
mod cases;
mod conformance;
mod consistency;
mod endpoints;
mod examples;
mod explain;
#[cfg(target_os = "linux")]
mod files;
mod growth;
#[cfg(target_os = "linux")]
mod healthy;
mod http_api;
mod inflated;
mod inspect;
#[cfg(target_os = "linux")]
mod kernel;
mod lab;
mod message_endpoint;
mod oracle;
mod partial;
mod presence_model;
#[cfg(target_os = "linux")]
mod proxies;
mod quota;
mod readme;
mod recorder;
mod report;
mod shutdown;
mod support;
mod tidy;
mod usage;
mod walkthrough;
#[cfg(target_os = "linux")]
mod watch;
