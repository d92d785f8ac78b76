//! Player and referee agree: two `proto` endpoints play at random over a wire that `observe` watches, and after every
//! segment both say the same of each end's state.
//!
//! A player knows of its own 101 and its own Close at once, the observer when the first is on the wire and the header of
//! the second: so long these moves are left out of what is compared. Everything else is, and must be equal.

mod players;
mod wire;

use players::{End, Random};
use wire::Wire;
use wirewalk::observe::Reported;
use wirewalk::wire::Side;
use wirewalk::wire::ws::ReadyState;

const SEEDS: u64 = 1000;

/// What was compared, so that the test shows that it compares.
#[derive(Debug, Default)]
struct Tally {
    compared: u64,
    /// Of these, with a move that could not be seen yet.
    hidden: u64,
    states: [u64; 4],
    resets: u64,
    clean: u64,
}

/// One connection from the SYN to its end.
struct Game {
    random: Random,
    ends: [End; 2],
    wire: Wire,
    trace: Vec<String>,
}

impl Game {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let refuse = random.one_in(20);
        let ends = [End::client(), End::server(refuse)];
        let wire = Wire::open(random.next() as u32, random.next() as u32);
        Self { random, ends, wire, trace: Vec::new() }
    }

    const fn end(&mut self, side: Side) -> &mut End {
        &mut self.ends[side as usize]
    }

    /// Sends some of what an end wants to send, perhaps repeated, perhaps in two segments that change places.
    fn transmit(&mut self, from: Side, tally: &mut Tally) {
        let most = match self.random.below(3) {
            0 => 1 + self.random.below(8),
            1 => 1 + self.random.below(200),
            _ => 4000,
        };
        let bytes = self.end(from).take(most as usize);
        if bytes.is_empty() {
            return;
        }
        self.trace.push(format!("{from} sends {} bytes", bytes.len()));
        let cut = if self.random.one_in(4) { self.random.below(bytes.len() as u64) as usize } else { 0 };
        let (first, second) = bytes.split_at(cut);
        if first.is_empty() || self.random.one_in(2) {
            for part in [first, second] {
                if !part.is_empty() {
                    self.wire.data(from, part);
                    self.end(from.peer()).receive(part);
                }
            }
        } else {
            self.wire.swapped(from, first, second);
            self.end(from.peer()).receive(&bytes);
        }
        if self.random.one_in(5) {
            self.wire.repeat(from);
        }
        if self.random.one_in(3) {
            self.wire.acknowledge(from.peer());
        }
        self.compare(tally);
    }

    fn fin(&mut self, from: Side, tally: &mut Tally) {
        self.trace.push(format!("{from} FIN"));
        self.wire.fin(from);
        self.end(from.peer()).receive_eof();
        self.compare(tally);
    }

    fn compare(&self, tally: &mut Tally) {
        for side in [Side::Client, Side::Server] {
            let end = &self.ends[side as usize];
            let (player, observed) = (end.visible_state(), self.wire.state(side));
            assert_eq!(player, observed, "{side}: played and observed\n{}", self.trace.join("\n"));
            tally.compared += 1;
            tally.hidden += u64::from(player != end.state());
            tally.states[player as usize] += 1;
        }
    }

    /// Plays until TCP is closed on both sides.
    fn play(mut self, tally: &mut Tally) {
        let resets = self.random.one_in(10);
        for _ in 0..200 {
            let side = if self.random.one_in(2) { Side::Client } else { Side::Server };
            match self.random.below(10) {
                0..3 => {
                    let command = self.random.command();
                    self.trace.push(format!("{side} {command:?}"));
                    self.end(side).execute(&command);
                }
                3 if resets && self.random.one_in(10) => {
                    self.trace.push(format!("{side} RST"));
                    self.wire.reset(side);
                    self.ends.iter_mut().for_each(End::receive_reset);
                    self.compare(tally);
                    tally.resets += 1;
                    return;
                }
                4 if self.random.one_in(60) && self.ends[side as usize].may_shut() => self.shut(side, tally),
                _ => self.transmit(side, tally),
            }
            self.follow(tally);
        }
        self.finish(tally);
    }

    /// An end gives up without a Close.
    fn shut(&mut self, side: Side, tally: &mut Tally) {
        self.end(side).shut();
        self.fin(side, tally);
    }

    /// What a shell does by itself: it ends its side when told to, and when the connection is closed.
    fn follow(&mut self, tally: &mut Tally) {
        for side in [Side::Client, Side::Server, Side::Client] {
            if self.end(side).wants_fin() {
                self.fin(side, tally);
            }
        }
    }

    /// Closes what is still open.
    fn finish(mut self, tally: &mut Tally) {
        self.end(Side::Client).execute(&players::Command::Close(1000));
        self.trace.push("the end".to_owned());
        for _ in 0..10_000 {
            if self.ends.iter().all(|end| end.state() == ReadyState::Closed) {
                break;
            }
            self.transmit(Side::Client, tally);
            self.transmit(Side::Server, tally);
            self.follow(tally);
        }
        self.compare(tally);
        for side in [Side::Client, Side::Server] {
            let states = (self.ends[side as usize].state(), self.wire.state(side));
            assert_eq!(states, (ReadyState::Closed, ReadyState::Closed), "{side}\n{}", self.trace.join("\n"));
        }
        let close = self.wire.close();
        for side in [Side::Client, Side::Server] {
            let end = &self.ends[side as usize];
            let Some(record) = end.record() else { continue };
            let Some(Reported::Known(reported)) = &close.reported[side] else {
                panic!("{side}: not a close of which all was read: {close:?}");
            };
            assert_eq!(
                (reported.code, reported.was_clean),
                (record.reported_code(), Some(record.is_clean())),
                "{side}\n{}",
                self.trace.join("\n")
            );
            tally.clean += u64::from(record.is_clean());
        }
    }
}

#[test]
fn player_and_referee_always_agree() {
    let mut tally = Tally::default();
    for seed in 0..SEEDS {
        let game = std::panic::catch_unwind(|| {
            let mut tally = Tally::default();
            Game::new(seed).play(&mut tally);
            tally
        });
        let one = game.unwrap_or_else(|_| panic!("seed {seed}"));
        tally.compared += one.compared;
        tally.hidden += one.hidden;
        tally.resets += one.resets;
        tally.clean += one.clean;
        tally.states.iter_mut().zip(one.states).for_each(|(sum, count)| *sum += count);
    }
    println!("{tally:?}");
    assert!(tally.compared > 40_000 && tally.hidden > 100, "{tally:?}");
    assert!(tally.states.iter().all(|count| *count > 1000), "{tally:?}");
    assert!(tally.resets > 20 && tally.clean > 1000, "{tally:?}");
}
