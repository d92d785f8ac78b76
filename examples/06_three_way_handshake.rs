//! The three-way handshake: how TCP opens a connection (RFC 9293 §3.5), before anything of WebSocket is said.
//!
//! Prints what each of the three segments says, and both ends' states: CLOSED → SYN-SENT → ESTABLISHED at the client,
//! LISTEN → SYN-RECEIVED → ESTABLISHED at the server.
//!
//! Run it: `cargo run --example 06_three_way_handshake [OUT.pcapng]`

mod support;

use std::io;
use std::process::ExitCode;

use support::{Incoming, Network, WiresharkHint};
use wirewalk::observe::tcp::State;
use wirewalk::wire::Side;

fn main() -> ExitCode {
    support::play(scene)
}

fn scene(network: Network) -> io::Result<()> {
    // A passive open (listen) and an active one (connect); what follows, the two kernels do by themselves.
    let mut stage = network.listen()?;
    let (mut client, mut server) = stage.connect()?;
    stage.until(Side::Server, State::Established)?;
    println!("1  client → server  SYN      my bytes are counted from this number on");
    println!(
        "2  client ← server  SYN,ACK  mine from this one, and yours has come: your next byte is number + 1"
    );
    println!("3  client → server  ACK      and yours has come: your next byte is number + 1");
    println!("Why three, not two: after two the server would not know whether its number arrived.");
    println!("Why three, not four: the server's ACK and its own SYN share a segment.");

    // The numbers go on from there: the SYN took one, each byte takes one, the FIN will.
    client.write(b"GET / HTTP/1.0\r\n\r\n")?;
    let Incoming::Bytes(request) = server.read()? else { return Err(io::ErrorKind::UnexpectedEof.into()) };
    println!("Then data: the {0} bytes of a request have the sequence numbers 1 to {0}.", request.len());
    server.write(b"HTTP/1.0 204 No Content\r\n\r\n")?;
    client.read()?;

    // How a connection ends is told by 08_close.
    client.finish()?;
    server.read()?;
    server.acknowledge()?;
    stage.until(Side::Client, State::FinWait2)?;
    server.finish()?;
    stage.end(WiresharkHint {
        filter: "tcp.flags.syn == 1 or (tcp.seq == 1 and tcp.ack == 1 and tcp.len == 0)",
        at: "These are the three. Both SYNs have Seq=0: Wireshark counts from the initial number; the raw one is in\n\
            the TCP tree. The options of the SYNs say what each end can do: MSS, SACK_PERM, TSval, WS.",
    })
}
