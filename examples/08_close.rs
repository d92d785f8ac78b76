//! The two closes: the closing handshake of WebSocket (RFC 6455 §7), then TCP's in four segments, with TIME-WAIT (RFC
//! 9293 §3.6).
//!
//! Prints who says what, and both ends' states: OPEN → CLOSING → CLOSED, ESTABLISHED → FIN-WAIT-1 → FIN-WAIT-2 →
//! TIME-WAIT at the server, which closes TCP first, ESTABLISHED → CLOSE-WAIT → LAST-ACK → CLOSED at the client.
//!
//! Run it: `cargo run --example 08_close [OUT.pcapng]`

mod support;

use std::io;
use std::process::ExitCode;

use support::{Network, WiresharkHint};
use wirewalk::observe::tcp::State;
use wirewalk::wire::Side;

fn main() -> ExitCode {
    support::play(scene)
}

fn scene(network: Network) -> io::Result<()> {
    let mut stage = network.listen()?;
    let (mut client, mut server) = stage.websocket("/close")?;

    println!("WebSocket closes: a Close each way.");
    client.close(1000, "bye")?;
    println!("  client → server  Close 1000 \"bye\"");
    println!("  the server hears {}, and answers with its own", server.next_event()?);
    println!("  the client hears {}", client.next_event()?);

    // The server's player then wanted TCP to end, and so it did: FIN.
    println!("TCP closes: each direction by itself, by a FIN and its ACK.");
    println!("  1  client ← server  FIN  I have said all");
    // The kernel acknowledges by itself, unless the application closes before it did: then the client's FIN goes with
    // the ACK, and three segments do as well.
    client.acknowledge()?;
    stage.until(Side::Server, State::FinWait2)?;
    println!("  2  client → server  ACK  I know; but I might have more to say");
    println!("  the client hears {}", client.next_event()?);
    client.finish()?;
    println!("  3  client → server  FIN  I have said all, too");
    println!("  the server hears {}", server.next_event()?);
    println!("  4  client ← server  ACK  I know");
    println!(
        "The server, who closed first, waits in TIME-WAIT for 2 MSL (on Linux 60 s): if its last ACK is lost the"
    );
    println!(
        "FIN comes again and must be answered, and no late segment may reach a new connection on these ports."
    );
    println!("That is why RFC 6455 §7.1.1 has the server close first: the client may connect again at once.");
    stage.end(WiresharkHint {
        filter: "websocket.opcode == 8 or tcp.flags.fin == 1",
        at: "Two Close frames and two FINs; without the filter, an ACK after each FIN. TIME-WAIT has no packet: it\n\
            is in the comment of the last one.",
    })
}
