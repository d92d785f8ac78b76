//! Connections that do not come about, or break below the WebSocket.

use super::super::bytes::request;
use super::super::conversation::Conversation;
use super::{Case, case, of_segments};
use crate::observe::Flags;
use crate::wire::Side::{Client, Server};

pub(super) fn cases() -> Vec<Case> {
    let syn = || Conversation::default().send(Client, Flags::SYN, b"");
    let tls = |conversation: Conversation, from| {
        conversation.data(from, b"\x16\x03\x01\x00\x05hello, this is a hello")
    };
    let http = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    let mut cases = vec![
        case("T01", None, syn().wait_s(1).again(Client).wait_s(2).again(Client)),
        case("T02", Server, syn().rst(Server)),
        case("T03", Server, Conversation::tcp().fin(Server).data(Client, request("").as_bytes()).rst(Server)),
        case("T04", Client, tls(Conversation::tcp(), Client).data(Server, http).four()),
        case("T04", Client, tls(Conversation::tcp().data(Client, request("").as_bytes()), Server).four()),
        case("T11", None, Conversation::websocket().four_from(Client)),
        case("T13", None, syn().icmp(Client, 3, 13).wait_s(1).again(Client).icmp(Client, 3, 13)),
    ];
    for side in [Client, Server] {
        let peer = side.peer();
        let open = || Conversation::websocket().frame(peer, 0x81, b"Hello").ack(side);
        let lost = || {
            let sent = open().frame(peer, 0x81, b"lost");
            sent.wait_s(1).again(peer).wait_s(2).again(peer).wait_s(4).again(peer)
        };
        let stalled = || open().window(side, 0).ack(side).wait_s(2).off(peer, Flags::ACK, -1).ack(side);
        // Enough packets to know the TTL and the count of IP IDs.
        let talk = || (0..3).fold(open(), |it, _| it.frame(side, 0x81, b"Hello").ack(peer));
        let own = if side == Client { 64 } else { 128 };
        cases.extend([
            of_segments("T05", None, lost().ack(side).closed()),
            of_segments("T12", None, lost()),
            of_segments("T12", None, lost().frame(peer, 0x88, &[3, 0xF3])),
            of_segments("T12", None, lost().wait_s(10).fin(peer).wait_s(3).again(peer)),
            of_segments("T12", None, lost().wait_s(10).rst(peer)),
            of_segments("T12", None, lost().send(side, Flags::RST, b"")),
            of_segments("T12", None, (0..4).fold(open(), |it, _| it.wait_s(75).off(peer, Flags::ACK, -1))),
            of_segments("T13", None, open().frame(side, 0x81, b"there?").icmp(side, 3, 1)),
            of_segments("T13", None, open().frame(side, 0x82, &[0; 1400]).icmp(side, 3, 4).closed()),
            of_segments("T13", None, open().ack(side).icmp(side, 11, 0)),
            of_segments("T06", side, Conversation::websocket().frame(peer, 0x81, b"unread").rst(side)),
            case(
                "T07",
                None,
                talk().ttl(side, 57).rst(side).ttl(side, own).frame(side, 0x81, b"here").closed(),
            ),
            case(
                "T07",
                None,
                talk().id(side, 30_000).rst(side).id(side, 0).frame(side, 0x81, b"here").closed(),
            ),
            case("T07", None, talk().ttl(side, 57).rst(side)),
            case("T07", None, talk().id(side, 30_000).rst(side)),
            case("T07", None, talk().rst(side).ttl(side, 57).frame(side, 0x81, b"not mine")),
            of_segments("T14", None, open().frame(peer, 0x81, b"?").off(side, Flags::RST, 0)),
            of_segments("T14", None, open().wait_s(400).frame(peer, 0x81, b"?").off(side, Flags::RST, 0)),
            of_segments(
                "T14",
                None,
                open().fin(side).ack(peer).frame(peer, 0x81, b"late").send(side, Flags::RST, b""),
            ),
            case(
                "T08",
                side,
                open().window(side, 0).ack(side).wait_s(3).window(side, 64_240).ack(side).closed(),
            ),
            case("T08", side, open().window(side, 0).ack(side).wait_s(3).ack(peer)),
            of_segments("T08", side, stalled().wait_s(2).window(side, 64_240).ack(side).closed()),
            case("T09", None, Conversation::websocket().fin(side).fin(peer).ack(side)),
            case(
                "T10",
                None,
                Conversation::websocket()
                    .hold(Client)
                    .hold(Server)
                    .fin(side)
                    .fin(peer)
                    .release(Client)
                    .release(Server)
                    .ack(Client)
                    .ack(Server),
            ),
        ]);
    }
    cases
}
