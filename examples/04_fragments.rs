//! Fragments: one message in three frames, and a Ping that may stand between them (RFC 6455 §5.4, §5.5.2).
//!
//! Prints each frame with its FIN bit and opcode, what the server hears of it (the Ping, then the one message), and the
//! state transitions.
//!
//! Run it: `cargo run --example 04_fragments [OUT.pcapng]`

mod support;

use std::io;
use std::process::ExitCode;

use support::{Network, WiresharkHint};
use wirewalk::wire::ws::Fin;

fn main() -> ExitCode {
    support::play(scene)
}

fn scene(network: Network) -> io::Result<()> {
    let mut stage = network.listen()?;
    let (mut client, mut server) = stage.websocket("/fragments")?;

    // Whoever does not know yet how long a message will be sends what there is. The first frame says what it is (text),
    // the next ones are continuations, the last one has the FIN bit.
    client.fragment("Hel", Fin::More)?;
    client.fragment("lo, ", Fin::More)?;
    // A control frame need not wait for the message to end. It is never fragmented itself.
    client.ping(b"are you there?")?;
    println!("The server hears {}; the message has not ended, so of that nothing.", server.next_event()?);
    println!("The client hears {}.", client.next_event()?);
    client.fragment("world", Fin::Final)?;
    println!("The server hears {}.", server.next_event()?);
    stage.close(&mut client, &mut server)?;
    stage.settle()?;

    println!("\nThe frames:");
    for frame in stage.witness.frames() {
        let (fin, opcode) = (u8::from(frame.header.fin()), frame.header.opcode());
        println!(
            "  {:<6}  FIN {fin}  opcode {:#X} {opcode:<12}  {}",
            frame.from,
            opcode.bits(),
            frame.preview
        );
    }
    stage.end(WiresharkHint {
        filter: "websocket.fin == 0 or websocket.opcode == 0 or websocket.opcode == 9",
        at: "FIN=0 and opcode Text, FIN=0 and Continuation, the Ping, then Continuation with FIN=1. Wireshark puts\n\
            the message together at the last one: [3 Reassembled websocket Fragments].",
    })
}
