//! The two machines in memory: a client and a server without a network, and an observer between them who sees only
//! bytes and still knows their states (RFC 6455 §4, §7).
//!
//! Prints, step by step, the state that each player is in, and that which the observer believes it is in: they agree.
//! The packets of its capture are made up, because there was no network.
//!
//! Run it: `cargo run --example 05_two_machines [OUT.pcapng]`

mod support;

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use support::{Memory, WiresharkHint, random};
use wirewalk::proto::handshake::{client, server};
use wirewalk::proto::{Config, Connection};
use wirewalk::wire::Side::{Client, Server};
use wirewalk::wire::http::{Request, ResponseHead};
use wirewalk::wire::ws::{CloseCode, CloseFrame};

/// No timer runs here: time is an argument, and always the same.
const NOW: Duration = Duration::ZERO;

fn main() -> ExitCode {
    support::end(scene())
}

fn scene() -> io::Result<()> {
    println!("Network: none. Packets: made up around the bytes that the two exchange.\n");
    let mut between = Memory::new()?;
    between.show(|talk, now| talk.syn(Client, now))?;
    between.show(|talk, now| talk.syn_ack(Server, now))?;
    between.show(|talk, now| talk.ack(Client, now))?;

    // The opening handshake: each side's is a value that turns into a connection, and cannot be skipped.
    let ask = client::Ask { host: "localhost", target: "/", subprotocols: &[], headers: &[] };
    let (asking, request) = client::Handshake::request(&ask, random());
    between.carry(Client, &request)?;
    let request = Request::parse(&request, 100).map_err(io::Error::other)?;
    let asked = server::Handshake::read(&request).map_err(io::Error::other)?;
    let config = Arc::new(Config::default());
    let (mut server, response) = asked.accept(server::Accept { subprotocol: None, config, now: NOW });
    let response = response.encode();
    between.carry(Server, &response)?;
    let response = ResponseHead::parse(&response).map_err(io::Error::other)?;
    let mut client = asking.finish(&response, support::open()).map_err(io::Error::other)?;
    compare(&between, "after the 101", &client, &server);

    client.send_text("Hello").map_err(io::Error::other)?;
    between.pass(&mut client, &mut server)?;
    compare(&between, "after a text", &client, &server);

    client.close(&CloseFrame::new(CloseCode::NORMAL, "done"), NOW);
    between.pass(&mut client, &mut server)?;
    compare(&between, "after the client's Close", &client, &server);

    // The server answers with its Close, and then says that TCP is to end: it goes first (RFC 6455 §7.1.1).
    between.pass(&mut server, &mut client)?;
    between.show(|talk, now| talk.ack(Client, now))?;
    // The client is done when the server's FIN has come, the server when the client's has.
    between.show(|talk, now| talk.fin(Client, now))?;
    server.receive_eof();
    between.show(|talk, now| talk.ack(Server, now))?;
    compare(&between, "after both FINs", &client, &server);
    between.witness.tell(WiresharkHint {
        filter: "websocket or http",
        at: "It looks like any connection, but each packet's comment says \"evidence: rebuilt\".",
    })
}

/// What the players are, and what the observer makes of it.
fn compare(between: &Memory, when: &str, client: &Connection, server: &Connection) {
    let seen = between.witness.websocket().expect("bytes have passed");
    for (player, seen) in [(client, seen.client), (server, seen.server)] {
        assert_eq!(player.ready_state(), seen, "the player is right, so the observer is wrong");
    }
    println!("{when}: the client is {:?}, the server {:?}; the observer agrees", seen.client, seen.server);
}
