//! Two FINs that cross, on a loopback interface where nothing ever does: each FIN is kept from its receiver by a filter
//! on the receiver's socket, until both are on the way; then both are sent again as they were, as a slow network would
//! deliver them. What each acknowledges is as old as it was when it was sent, and that is what crossing means.

use std::net::{Shutdown, SocketAddr, TcpStream};

use socket2::{Domain, Protocol, SockFilter, SockRef, Socket, Type};
use wirewalk::observe::Flags;
use wirewalk::observe::tcp::State;
use wirewalk::wire::Side;

use super::traced_connection::TracedConnection;

/// An Ethernet header: the loopback interface has one too.
const LINK_HEADER: usize = 14;

/// A FIN as it was caught.
struct Fin {
    /// From the IP header on.
    packet: Vec<u8>,
    ack: u32,
}

/// Lets no segment through to the socket.
const NOTHING: [SockFilter; 1] = [SockFilter::new(0x06, 0, 0, 0)];

/// Lets FINs through that acknowledge up to here, and no further; the program sees the segment from its TCP header on.
fn fins(ack: u32) -> [SockFilter; 6] {
    [
        SockFilter::new(0x30, 0, 0, 13),
        SockFilter::new(0x45, 0, 3, Flags::FIN.0.into()),
        SockFilter::new(0x20, 0, 0, 8),
        SockFilter::new(0x15, 0, 1, ack),
        SockFilter::new(0x06, 0, 0, u32::MAX),
        SockFilter::new(0x06, 0, 0, 0),
    ]
}

fn filter(stream: &TcpStream, program: &[SockFilter]) {
    SockRef::from(stream).attach_filter(program).unwrap();
}

/// The first FIN of each end.
fn caught(traced: &mut TracedConnection) -> [Fin; 2] {
    let (mut client, mut server) = (None, None);
    while client.is_none() || server.is_none() {
        let packet = traced.packet().expect("both ends have sent a FIN");
        let segment = packet.raw(0).decode().unwrap();
        if segment.flags.has(Flags::FIN) {
            let (from, ack) = (segment.source, segment.ack.expect("a FIN acknowledges"));
            let fin = Fin { packet: packet.bytes[LINK_HEADER..].to_vec(), ack };
            match traced.side_of(from) {
                Side::Client => client.get_or_insert(fin),
                Side::Server => server.get_or_insert(fin),
            };
        }
    }
    [client.unwrap(), server.unwrap()]
}

/// Both ends close at the same time: neither has the other's FIN when it sends its own.
pub(super) fn close(traced: &mut TracedConnection, client: &TcpStream, server: &TcpStream) {
    filter(client, &NOTHING);
    filter(server, &NOTHING);
    client.shutdown(Shutdown::Write).unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    let [from_client, from_server] = caught(traced);
    // An end that has the peer's FIN acknowledges it with all that it sends, its own FIN sent again too: that would be no
    // crossing for the peer, if it came before the peer's copy.
    filter(client, &fins(from_server.ack));
    filter(server, &fins(from_client.ack));
    let raw = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(libc::IPPROTO_RAW))).unwrap();
    for fin in [from_client, from_server] {
        raw.send_to(&fin.packet, &SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    }
    traced.wait_for(Side::Client, State::Closing);
    traced.wait_for(Side::Server, State::Closing);
    // The acknowledgments were kept out too; each end sends its FIN again, and has its answer.
    for stream in [client, server] {
        SockRef::from(stream).detach_filter().unwrap();
    }
}
