//! Connections that are idle for too long, or too old, or end together.

use super::super::conversation::Conversation;
use super::{Case, case};
use crate::wire::Side::{Client, Server};

/// Three connections to one server, of which each ends some time after the one before, so many seconds old.
fn three(ages: [u64; 3], apart: u64) -> Conversation {
    let mut conversation = Conversation::default();
    for (place, age) in ages.into_iter().enumerate() {
        let one = Conversation::websocket()
            .wait_s(age - 3 * place as u64)
            .frame(Client, 0x81, b"hi")
            .wait_s(3 * place as u64);
        conversation = conversation.connection(50_000 + place as u16).then(one).four().wait_s(apart);
    }
    conversation
}

/// Three connections of one age, each after the same silence, and it has outlived a longer one.
fn three_busy(longest: u64) -> Conversation {
    (0..3).fold(Conversation::default(), |conversation, place| {
        let one = Conversation::websocket()
            .wait_s(longest)
            .frame(Server, 0x81, b"hi")
            .wait_s(9)
            .frame(Server, 0x81, b"hi");
        conversation.connection(50_000 + place).then(one).wait_s(2).four().wait_s(1)
    })
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("L03", None, three([125, 125, 125], 20)),
        case("L03", None, three_busy(10)),
        case("L04", None, three_at_once()),
    ];
    for side in [Client, Server] {
        let open = || Conversation::websocket().frame(side, 0x81, b"Hello");
        for seconds in [30, 55, 60, 100, 240, 350, 600] {
            cases.push(case("L01", None, open().wait_s(seconds).four_from(side)));
            cases.push(case("L01", None, open().wait_s(seconds).rst(side)));
        }
        let pinged = (0..3).fold(open(), |it, place| {
            it.wait_s(60).frame(side, 0x89, &[place]).frame(side.peer(), 0x8A, &[place])
        });
        cases.push(case("L02", side, pinged.wait_s(60).four_from(Server)));
    }
    cases
}

fn three_at_once() -> Conversation {
    let open = |port: u16| Conversation::default().connection(port).then(Conversation::websocket());
    (0..3).fold(Conversation::default(), |conversation, place| {
        let one = open(50_000 + place).frame(Server, 0x88, &[3, 0xF4]).frame(Client, 0x88, &[3, 0xF4]).four();
        conversation.then(one)
    })
}
