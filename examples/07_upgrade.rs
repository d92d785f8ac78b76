//! The Upgrade: how HTTP turns into WebSocket on the same TCP connection (RFC 6455 §1.3, §4).
//!
//! Prints the request and the response line by line, how the accept key is made of the request's, and the state
//! transitions CONNECTING → OPEN at both ends.
//!
//! Run it: `cargo run --example 07_upgrade [OUT.pcapng]`

mod support;

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use support::{Endpoint, Network, WiresharkHint, random, read_head};
use wirewalk::proto::Config;
use wirewalk::proto::handshake::{client, server};
use wirewalk::wire::http::{GUID, Request};

fn main() -> ExitCode {
    support::play(scene)
}

fn scene(network: Network) -> io::Result<()> {
    let mut stage = network.listen()?;
    let (mut client, mut server) = stage.connect()?;

    // The client asks, with a key that it draws anew: 16 random bytes.
    let subprotocols = &["superchat", "chat"];
    let ask = client::Ask { host: "localhost", target: "/talk", subprotocols, headers: &[] };
    let (asking, request) = client::Handshake::request(&ask, random());
    print_head("client → server", &request);
    client.write(&request)?;

    // The server reads it as HTTP, checks it as RFC 6455 §4.2.1 has it, and chooses a subprotocol that it knows.
    let (head, _) = read_head(&mut server)?;
    let request = Request::parse(&head, 100).map_err(io::Error::other)?;
    let asked = server::Handshake::read(&request).map_err(io::Error::other)?;
    let subprotocol = asked.choose_subprotocol(&["chat"]);
    let answer = server::Accept { subprotocol, config: Arc::new(Config::default()), now: Duration::ZERO };
    let (connection, response) = asked.accept(answer);
    let response = response.encode();
    print_head("client ← server", &response);
    server.write(&response)?;

    // The client accepts the answer only if it answers this key: nothing that does not speak WebSocket would know.
    let mut client = Endpoint::answered(asking, client)?;
    let mut server = Endpoint::new(connection, server);
    println!("Sec-WebSocket-Accept is base64(SHA-1(key + {GUID})).");
    println!("It proves that the server understood the request, and nothing else: it is no password.");
    println!("From the empty line on, the same TCP connection speaks frames.");

    stage.close(&mut client, &mut server)?;
    stage.end(WiresharkHint {
        filter: "http.upgrade",
        at: "The request and the 101. Follow → HTTP Stream shows both heads; from the next packet on the column\n\
            Protocol says WebSocket, on whatever port, because Wireshark saw the 101.",
    })
}

fn print_head(way: &str, head: &[u8]) {
    for line in String::from_utf8_lossy(head).lines() {
        println!("{way}  {line}");
    }
}
