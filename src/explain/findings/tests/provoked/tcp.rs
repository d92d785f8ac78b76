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
        let lost = open()
            .frame(peer, 0x81, b"lost")
            .wait_s(1)
            .again(peer)
            .wait_s(2)
            .again(peer)
            .wait_s(4)
            .again(peer);
        cases.extend([
            of_segments("T05", side, lost),
            of_segments("T05", side, (0..4).fold(open(), |it, _| it.wait_s(75).off(peer, Flags::ACK, -1))),
            of_segments("T13", None, open().frame(side, 0x81, b"there?").icmp(side, 3, 1)),
            of_segments("T13", None, open().frame(side, 0x82, &[0; 1400]).icmp(side, 3, 4).closed()),
            of_segments("T13", None, open().ack(side).icmp(side, 11, 0)),
            of_segments("T06", side, Conversation::websocket().frame(peer, 0x81, b"unread").rst(side)),
            of_segments("T06", side, open().fin(side).frame(peer, 0x81, b"late").send(side, Flags::RST, b"")),
            case("T07", None, open().rst(side).frame(side, 0x81, b"I am still here").closed()),
            case("T07", None, open().ack(side).ttl(side, 57).rst(side)),
            case(
                "T08",
                side,
                open().window(side, 0).ack(side).wait_s(3).window(side, 64_240).ack(side).closed(),
            ),
            case("T08", side, open().window(side, 0).ack(side).wait_s(3).ack(peer)),
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
