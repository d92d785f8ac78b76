//! Segments: a message that is longer than a TCP segment is cut by TCP, and put together again (RFC 9293 §3.7.1).
//!
//! Prints which packets carry the one frame of 4,000 bytes, and how much of it each: no segment is a message.
//!
//! Run it: `cargo run --example 09_segments [OUT.pcapng]`

mod support;

use std::io;
use std::process::ExitCode;

use support::{Network, PeerEvent, WiresharkHint};

/// More than two segments of an Ethernet: 1,500 bytes, less 20 for IP, 20 for TCP and 12 for its timestamps.
const LENGTH: usize = 4_000;

fn main() -> ExitCode {
    support::play(scene)
}

fn scene(network: Network) -> io::Result<()> {
    let mut stage = network.listen()?;
    let (mut client, mut server) = stage.websocket("/segments")?;

    // One message, one frame, one write.
    let text: String = ('a'..='z').cycle().take(LENGTH).collect();
    client.text(&text)?;
    // The server reads a stream of bytes: it cannot see where they were cut, and need not.
    let PeerEvent::Text(received) = server.next_event()? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    println!("Sent: one text of {} bytes. Heard: one text of {} bytes.", text.len(), received.len());
    stage.close(&mut client, &mut server)?;
    stage.settle()?;

    let frame = stage.witness.frames().next().expect("the text came");
    let header = usize::from(frame.header_len);
    println!("Its frame has {} bytes: a header of {header}, and the text.", header + text.len());
    println!("It came in {} segments:", frame.packets.iter().count());
    for packet in frame.packets.iter() {
        println!("  packet {packet:>3}  {:>5} bytes", stage.witness.length(packet));
    }
    println!("TCP keeps the order and nothing else: where a frame ends, only its own header says.");
    stage.end(WiresharkHint {
        filter: "tcp.reassembled_in or tcp.segments",
        at: "The first segments say [TCP segment of a reassembled PDU]: PDU is what the next layer up speaks of, here\n\
            the frame. It is shown with the last of them, as [3 Reassembled TCP Segments].",
    })
}
