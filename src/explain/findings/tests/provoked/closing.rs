//! Closes that go wrong, or that surprise.

use super::super::conversation::Conversation;
use super::{Case, Cut, case, render};
use crate::observe::Flags;
use crate::testing::frame;
use crate::wire::Side::{Client, Server};

#[test]
fn a_connection_may_fail_for_a_partial_frame() {
    let key = |side| (side == Client).then_some([1, 2, 3, 4]);
    for side in [Client, Server] {
        let long = |first| frame(first, key(side), &[b'a'; 1000])[..200].to_vec();
        let control = frame(0x89, key(side), &[b'a'; 126])[..20].to_vec();
        for (bytes, id) in [
            (b"HTTP/1.1 500 Internal Server Error\r\n\r\n".to_vec(), "F06"),
            (long(0x83), "F04"),
            (long(0xC2), "F03"),
            (control, "F09"),
        ] {
            let conversation = Conversation::websocket().frame(side, 0x81, b"Hello").data(side, &bytes);
            let conversation = conversation.frame(side.peer(), 0x88, &[3, 0xEA]).rst(side.peer());
            for cut in [Cut::Whole, Cut::Bytes] {
                let found = conversation.play(cut);
                let text = render(&found);
                let fault =
                    format!("says that the {side} broke a rule, and the capture shows that it did: {id}");
                let packet = if cut == Cut::Whole { "sent from packet 7 on" } else { "sent from packet " };
                assert!(text.contains(&fault) && text.contains(packet), "{id}: {text}");
            }
        }
    }
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case(
            "C07",
            Server,
            Conversation::websocket()
                .frame(Client, 0x88, &[3, 0xE8])
                .frame(Server, 0x88, &[3, 0xE8])
                .wait_s(10)
                .four(),
        ),
        case(
            "C08",
            Client,
            Conversation::websocket()
                .frame(Client, 0x88, &[3, 0xE8])
                .frame(Server, 0x88, &[3, 0xE8])
                .four_from(Client),
        ),
    ];
    for side in [Client, Server] {
        let peer = side.peer();
        let open = || Conversation::websocket().frame(peer, 0x81, b"Hello");
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
            case("C12", None, close(&[3, 0xEF]).four()),
            case(
                "C12",
                None,
                open()
                    .frame(peer, 0xC1, b"zip")
                    .ack(side)
                    .frame(side, 0x81, b"ok")
                    .wait_s(9)
                    .frame(side, 0x88, &[3, 0xEA])
                    .four(),
            ),
            case(
                "C12",
                peer,
                open().data(peer, b"HTTP/1.1 500 Oops\r\n").frame(side, 0x88, &[3, 0xEA]).four(),
            ),
            case("C13", peer, open().fin(side).ack(peer).frame(peer, 0x81, b"more").fin(peer).ack(side)),
        ]);
        cases.push(case("C13", peer, open().fin(side).ack(peer).send(peer, Flags::ACK, b"\x81")));
    }
    cases
}
