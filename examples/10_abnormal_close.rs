//! The abnormal close: a RST in the middle, no Close frame, and the code 1006 that nobody sent (RFC 6455 §7.1.5).
//!
//! Prints what each end's API reports: 1006, which is never on the wire; and the state transitions: everything →
//! CLOSED at once, and no TIME-WAIT.
//!
//! Run it: `cargo run --example 10_abnormal_close [OUT.pcapng]`

mod support;

use std::io;
use std::process::ExitCode;

use support::{Network, WiresharkHint};
use wirewalk::proto::Connection;

fn main() -> ExitCode {
    support::play(scene)
}

fn scene(network: Network) -> io::Result<()> {
    let mut stage = network.listen()?;
    let (mut client, mut server) = stage.websocket("/abnormal")?;
    client.text("Hello")?;
    println!("The server hears {}.", server.next_event()?);

    // What a crash, a firewall or an impatient program does: with SO_LINGER 0 a socket is closed by a RST.
    let client = client.abort()?;
    println!("The client gives up: RST.");
    println!("The server hears {}.", server.next_event()?);
    report("client", &client);
    report("server", &server.connection);
    println!(
        "1006 means: there was no Close frame. Whoever sees it must ask TCP why, and that is in the capture."
    );

    stage.end(WiresharkHint {
        filter: "tcp.flags.reset == 1",
        at: "One packet, red: RST. No Close frame before it (websocket.opcode == 8 finds none), no FIN, and nothing\n\
            after it: both ends have forgotten the connection. Completeness is 47: with data, and a RST.",
    })
}

fn report(side: &str, connection: &Connection) {
    let record = connection.close_record().expect("it has ended");
    println!("The {side}'s API reports {}, wasClean={}.", record.reported_code(), record.is_clean());
}
