//! Connections that are idle for too long, or too old, or end together.

use super::super::conversation::Conversation;
use super::{Case, case, of_segments};
use crate::observe::Flags;
use crate::wire::Side;
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
        case("L05", None, three_idle(50, Conversation::four)),
        case("L05", None, three_idle(180, |it| it.frame(Server, 0x88, &[0x0F, 0xA1]).four())),
        case("L01", None, three_idle(60, Conversation::four)),
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
        for seconds in [5, 37, 90, 3600] {
            cases.push(case("L05", None, open().wait_s(seconds).four_from(side)));
            cases.push(case("L05", None, open().wait_s(seconds).rst(side)));
        }
        let forgotten = open().ack(side.peer()).wait_s(400).frame(side, 0x81, b"again").send(
            side.peer(),
            Flags::RST,
            b"",
        );
        cases.push(of_segments("L05", None, forgotten));
        cases.extend(
            [unheard(side).wait_s(12).rst(side), deaf(side), broken_habit(side)]
                .map(|it| case("L06", None, it)),
        );
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

/// Three connections that end one after another, each after the same silence.
fn three_idle(seconds: u64, end: fn(Conversation) -> Conversation) -> Conversation {
    (0..3).fold(Conversation::default(), |conversation, place| {
        let one = Conversation::websocket().wait_s(7 * u64::from(place)).frame(Client, 0x81, b"hi");
        end(conversation.connection(50_000 + place).then(one).wait_s(seconds)).wait_s(2)
    })
}

/// A side's frames and a ping, all acknowledged, and not one frame in return.
fn unheard(side: Side) -> Conversation {
    let asked = (0..3).fold(Conversation::websocket(), |it, place| {
        it.wait_s(2).frame(side, 0x81, &[b'a' + place]).ack(side.peer())
    });
    asked.wait_s(5).frame(side, 0x89, b"p").ack(side.peer())
}

/// A side's frames and its Close frame, all acknowledged, and not one frame in return.
fn deaf(side: Side) -> Conversation {
    let asked = (0..3).fold(Conversation::websocket(), |it, place| {
        it.wait_s(2).frame(side, 0x81, &[b'a' + place]).ack(side.peer())
    });
    asked.wait_s(10).frame(side, 0x88, &[0x0B, 0xC0]).ack(side.peer()).wait_s(2).four_from(side)
}

/// Each frame of a side had its reply, then none has.
fn broken_habit(side: Side) -> Conversation {
    let turns = (0..3).fold(Conversation::websocket(), |it, place| {
        it.wait_s(1).frame(side, 0x81, &[b'a' + place]).frame(side.peer(), 0x81, b"yes")
    });
    let asked =
        (0..4).fold(turns, |it, place| it.wait_s(4).frame(side, 0x81, &[b'd' + place]).ack(side.peer()));
    asked.wait_s(4).rst(side)
}
