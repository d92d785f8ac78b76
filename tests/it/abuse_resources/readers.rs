//! Clients that never read their answers.

use std::time::Duration;

use crate::support::cost::Before;
use crate::support::raw::Raw;
use crate::support::refusal::{fair, settles};
use crate::support::server::Server;

/// Many requests in a row, and no answer is read: the server must neither gather the answers nor wait for ever.
#[test]
fn unread_answers_are_not_buffered_and_end() {
    let server = Server::start(&["--handshake-timeout", "1"]);
    fair(server.addr());
    let (before, idle) = (Before::of(&server), server.fd_count());
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", server.addr()).repeat(1000);
    let deaf: Vec<_> = (0..3)
        .map(|_| {
            let mut raw = Raw::tcp(server.addr());
            raw.stream().set_write_timeout(Some(Duration::from_millis(200))).unwrap();
            // Until neither end takes any more.
            while raw.send(request.as_bytes()) {}
            raw
        })
        .collect();
    fair(server.addr());
    before.assert_cost(&server, Duration::from_secs(20), 16 * 1024);
    settles(&server, idle);
    drop(deaf);
}
