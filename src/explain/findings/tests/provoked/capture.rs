//! Captures that show something otherwise than it was, or not at all.

use super::super::conversation::Conversation;
use super::{Case, case, of_segments};
use crate::capture::{Anomaly, LinkType, UnreadProtocol};
use crate::observe::{Checksum, Flags};
use crate::wire::Side::{Client, Server};

pub(super) fn cases() -> Vec<Case> {
    let doubled = Conversation::tcp().data(Client, b"hello there").copy(Client).ack(Server).copy(Server);
    let slow_way = Conversation::default().send(Client, Flags::SYN, b"").wait_ms(40);
    let slow_way = slow_way.send(Server, Flags::SYN | Flags::ACK, b"").ack(Client).opened().closed();
    let near_server =
        Conversation::default().send(Client, Flags::SYN, b"").send(Server, Flags::SYN | Flags::ACK, b"");
    let mut cases = vec![
        of_segments("X01", None, doubled),
        case("X09", None, slow_way),
        case("X09", None, near_server.wait_ms(40).ack(Client).opened().closed()),
        case("X10", None, Conversation::websocket().closed().rebuilt()),
    ];
    cases.extend(without_room());
    for side in [Client, Server] {
        let open = || Conversation::websocket().frame(side, 0x81, b"Hello");
        cases.extend([
            of_segments("X03", None, Conversation::tcp().data(side, &[b'x'; 1461]).mss(1460)),
            case("X04", None, open().midway(3).closed()),
            case("X05", None, Conversation::websocket().cut(side, &[b'x'; 100], 40).closed()),
            case("X06", None, open().miss(side, 20).ack(side.peer()).closed()),
            case("X07", None, open().back_ms(500).closed()),
            case("X12", None, open().miss(side, 20).ack(side.peer()).closed()),
            of_segments("X12", None, open().data(side, &[0xFF; 40]).closed()),
            of_segments("X12", None, open().only(side)),
            case("X02", None, open().checksum(Checksum::Partial).closed()),
            case("X02", None, Conversation::default().checksum(Checksum::Wrong).then(open().closed())),
            case(
                "X02",
                None,
                open().checksum(Checksum::Wrong).frame(side, 0x81, b"a").checksum(Checksum::Right).closed(),
            ),
            case("X08", None, Conversation::tcp().data(side, b"\x16\x03\x01\x00\x05hello").four()),
            case(
                "X08",
                None,
                Conversation::tcp().tls_secrets().data(side, b"\x16\x03\x01\x00\x05hello").four(),
            ),
        ]);
    }
    cases.extend(UNREAD.map(|anomaly| case("X11", None, Conversation::default().other(anomaly))));
    cases.push(case(
        "X11",
        None,
        Conversation::default().other(Anomaly::Fragment).then(Conversation::websocket().closed()),
    ));
    cases
}

/// More connections than there is memory for.
fn without_room() -> Vec<Case> {
    let three = |one: &dyn Fn() -> Conversation| {
        (0..3).fold(Conversation::default(), |all, place| all.connection(50_000 + place).then(one()))
    };
    let plain = three(&Conversation::websocket);
    let later = plain.clone().connection(50_000).frame(Server, 0x81, b"late");
    let compressed = || {
        let hello = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];
        Conversation::deflate("").frame(Server, 0xC1, &hello)
    };
    vec![
        of_segments("X13", None, later.clone().memory(10_000)),
        of_segments("X13", None, later.memory(100)),
        of_segments("X13", None, three(&compressed).memory(40_000)),
    ]
}

/// Reasons why a packet was not read, one for each text about it.
const UNREAD: [Anomaly; 8] = [
    Anomaly::UnknownLink(LinkType(147)),
    Anomaly::Encapsulated(UnreadProtocol::Esp),
    Anomaly::Encapsulated(UnreadProtocol::Capwap),
    Anomaly::TooDeep,
    Anomaly::Fragment,
    Anomaly::CutInHeader,
    Anomaly::BadHeader("IP"),
    Anomaly::UnknownInterface,
];
