//! The boundary against pages of other sites: `Host`, `Origin`, `Sec-Fetch-Site`, and the login cookie.

mod cookies;
mod hosts;
mod origins;
mod proxied;
mod writes;

use crate::support::http::{self, Answer};
use crate::support::raw::Raw;
use crate::support::server::Server;

/// The answer to an opening handshake for `host`, with further header lines.
fn open(server: &Server, target: &str, host: &str, lines: &str) -> Answer {
    let request = Raw::request(server.addr(), target).replacen(
        &format!("Host: {}\r\n", server.addr()),
        &format!("Host: {host}\r\n{lines}"),
        1,
    );
    http::request(server.addr(), request.as_bytes())
}

/// A host with the port of the server.
fn at(server: &Server, host: &str) -> String {
    format!("{host}:{}", server.addr().port())
}
