//! Closes that go wrong, or that surprise.

use super::super::script::Script;
use super::{Case, case};
use crate::observe::Flags;
use crate::wire::Side::{Client, Server};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case(
            "C07",
            Server,
            Script::websocket()
                .frame(Client, 0x88, &[3, 0xE8])
                .frame(Server, 0x88, &[3, 0xE8])
                .wait_s(10)
                .four(),
        ),
        case(
            "C08",
            Client,
            Script::websocket()
                .frame(Client, 0x88, &[3, 0xE8])
                .frame(Server, 0x88, &[3, 0xE8])
                .four_from(Client),
        ),
    ];
    for side in [Client, Server] {
        let peer = side.peer();
        let open = || Script::websocket().frame(peer, 0x81, b"Hello");
        let close = |body: &[u8]| open().frame(side, 0x88, body);
        let answered = |body: &[u8]| close(body).frame(peer, 0x88, body).four();
        cases.extend([
            case("C01", side, open().four_from(side)),
            case("C02", side, open().wait_s(2).rst(side)),
            case("C03", side, answered(b"")),
            case("C04", side, answered(&[3, 0xEE])),
            case("C04", side, answered(&[0, 1])),
            case("C04", side, answered(&1015_u16.to_be_bytes())),
            case("C05", side, answered(&[3])),
            case("C05", side, answered(&[3, 0xE8, 0xFF])),
            case("C05", side, answered(&[&[3, 0xE8][..], &[b'x'; 124]].concat())),
            case("C06", peer, close(&[3, 0xE8]).four_from(peer)),
            case("C06", peer, close(&[3, 0xE8]).four_from(side)),
            case("C06", peer, close(&[3, 0xE8]).wait_s(10).four_from(side)),
            case("C06", peer, close(&[3, 0xE8]).rst(peer)),
            case("C06", peer, close(&[3, 0xE8]).ack(peer).wait_s(10).rst(side)),
            case("C06", peer, close(&[3, 0xE8]).ack(peer).wait_s(10).ack(side)),
            case("C09", side, close(&[3, 0xE8]).rst(side)),
            case(
                "C10",
                side,
                close(&[3, 0xE8]).frame(side, 0x81, b"more").frame(peer, 0x88, &[3, 0xE8]).four(),
            ),
            case(
                "C10",
                side,
                close(&[3, 0xE8]).frame(side, 0x88, &[3, 0xE8]).frame(peer, 0x88, &[3, 0xE8]).four(),
            ),
            case("C11", None, answered(&[3, 0xE9])),
            case("C12", peer, open().frame(peer, 0xC1, b"zip").frame(side, 0x88, &[3, 0xEA]).four()),
            case("C12", peer, close(&[3, 0xEF]).four()),
            case("C13", peer, open().fin(side).ack(peer).frame(peer, 0x81, b"more").fin(peer).ack(side)),
        ]);
        cases.push(case("C13", peer, open().fin(side).ack(peer).send(peer, Flags::ACK, b"\x81")));
    }
    cases
}
