//! Do joining, leaving and telling cost the same with a thousand sessions online and with a million?
//!
//! The registry of a node over the engine in memory, as `wirewalk serve` runs them; every second user has two sessions.
//! A mailbox keeps what it was given last, which is the least that a connection's can do.
//!
//! - `join`, `leave`: a session more, a session less, with so many online.
//! - `return`: the session opens another connection, which takes the place of the first.
//! - `ask`: a client asks how many are online, and gets its answer.
//! - `push`: a message to one user.
//! - `announce`, `broadcast`: the count, or a message, to everybody; the time is that of one delivery.
//! - `storm in`, `storm out`: all come in a row to an empty list, all go; the time is that of one of them. It holds what
//!   growing the tables costs.

mod support;

use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode, Throughput};
use support::{Table, group, now};
use wirewalk::presence::{
    Delivery, Generation, Language, LoginPolicy, Mailbox, Member, MemoryEngine, Presence, Registry,
    SessionId, Target, UserId,
};
use wirewalk::proto::Kind;

const SIZES: [(&str, u64); 4] = [("1k", 1_000), ("10k", 10_000), ("100k", 100_000), ("1M", 1_000_000)];

const ROWS: [&str; 9] =
    ["join", "leave", "return", "ask", "push", "announce", "broadcast", "storm in", "storm out"];

/// So many join before one clock is read, and leave before another: reading it takes longer than either.
const BATCH: u64 = 500;

#[derive(Default)]
struct Slot(Mutex<Option<Delivery>>);

impl Mailbox for Slot {
    fn deliver(&self, delivery: Delivery) {
        *self.0.lock().expect("nobody panics with it") = Some(delivery);
    }
}

/// The sessions of a node, the longest there first.
struct Crowd {
    registry: Registry,
    online: VecDeque<(Member, Presence)>,
    /// The number of the next session.
    next: u64,
}

impl Crowd {
    fn empty() -> Self {
        let engine = Arc::new(MemoryEngine::new(LoginPolicy::Many));
        let registry = Registry::new(engine, |version| {
            black_box(version);
        });
        Self { registry, online: VecDeque::new(), next: 0 }
    }

    fn of(size: u64) -> Self {
        let mut crowd = Self::empty();
        let members = crowd.newcomers(size);
        crowd.join(members);
        crowd
    }

    /// Who will come next. Two of three sessions are of a user with two.
    fn newcomers(&mut self, number: u64) -> Vec<Member> {
        let begin = self.next;
        self.next += number;
        let member = |number: u64| Member {
            // Spread over all bits, as random ones are: a session id is no row of numbers.
            session: SessionId::from_u128(
                u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835),
            ),
            user: UserId((number - u64::from(number % 3 == 2)).cast_signed()),
            generation: Generation::new(1),
            language: if number.is_multiple_of(2) { Language::Zh } else { Language::En },
        };
        (begin..self.next).map(member).collect()
    }

    fn enter(&self, member: Member) -> Presence {
        now(self.registry.join(member, Arc::new(Slot::default()))).expect("memory is always there")
    }

    fn join(&mut self, members: Vec<Member>) {
        for member in members {
            let presence = self.enter(member);
            self.online.push_back((member, presence));
        }
    }

    /// Those who have been there longest go.
    fn leave(&mut self, number: u64) {
        self.online.drain(..number as usize);
    }

    /// The time of so many joins and of as many leaves, at about this size.
    fn turnover(&mut self, number: u64) -> (Duration, Duration) {
        let mut times = (Duration::ZERO, Duration::ZERO);
        let mut left = number;
        while left > 0 {
            let batch = left.min(BATCH);
            let members = self.newcomers(batch);
            let begin = Instant::now();
            self.join(members);
            times.0 += begin.elapsed();
            let begin = Instant::now();
            self.leave(batch);
            times.1 += begin.elapsed();
            left -= batch;
        }
        times
    }

    /// The time of so many sessions' connecting again.
    fn return_again(&mut self, number: u64) -> Duration {
        let begin = Instant::now();
        for _ in 0..number {
            let (member, old) = self.online.pop_front().expect("there are some");
            let new = self.enter(member);
            drop(old);
            self.online.push_back((member, new));
        }
        begin.elapsed()
    }

    /// Somebody who is online, another one each time.
    fn somebody(&self, turn: &mut usize) -> Member {
        *turn = (*turn + 7_919) % self.online.len();
        self.online[*turn].0
    }

    /// Changes the count, and changes it back: somebody who has no other session comes and goes.
    fn change(&self) {
        let visitor = Member {
            session: SessionId::from_u128(u128::MAX),
            user: UserId(-1),
            generation: Generation::new(1),
            language: Language::En,
        };
        drop(self.enter(visitor));
    }
}

fn one_by_one(criterion: &mut Criterion, size: &str, crowd: &mut Crowd) {
    let mut measure = |row, time: &mut dyn FnMut(u64) -> Duration| {
        criterion.benchmark_group(group("", row)).bench_function(size, |bench| bench.iter_custom(&mut *time));
    };
    measure("join", &mut |number| crowd.turnover(number).0);
    measure("leave", &mut |number| crowd.turnover(number).1);
    measure("return", &mut |number| crowd.return_again(number));
    let mut turn = 0;
    let mut measure = |row, act: &mut dyn FnMut()| {
        criterion.benchmark_group(group("", row)).bench_function(size, |bench| bench.iter(&mut *act));
    };
    measure("ask", &mut || {
        let id = crowd.somebody(&mut turn).session;
        let question = format!(r#"{{"sessionId":"{id}","query":"onLineNumber"}}"#);
        black_box(crowd.registry.answer(id, Language::En, question.as_bytes(), Kind::Text));
    });
    measure("push", &mut || {
        let user = crowd.somebody(&mut turn).user;
        assert!(crowd.registry.push(Target::User(user), "hello") > 0, "{user} is online");
    });
}

fn to_all(criterion: &mut Criterion, size: &str, number: u64, crowd: &Crowd) {
    let mut measure = |row, deliver: &mut dyn FnMut() -> Duration| {
        let mut group = criterion.benchmark_group(group("", row));
        group.throughput(Throughput::Elements(number)).sampling_mode(SamplingMode::Flat).sample_size(10);
        group.bench_function(size, |bench| bench.iter_custom(|rounds| (0..rounds).map(|_| deliver()).sum()));
        group.finish();
    };
    measure("announce", &mut || {
        crowd.change();
        let begin = Instant::now();
        assert_eq!(crowd.registry.announce() as u64, number);
        begin.elapsed()
    });
    measure("broadcast", &mut || {
        let begin = Instant::now();
        assert_eq!(crowd.registry.broadcast("hello") as u64, number);
        begin.elapsed()
    });
}

fn storms(criterion: &mut Criterion, size: &str, number: u64) {
    let mut measure = |row, time: &dyn Fn() -> Duration| {
        let mut group = criterion.benchmark_group(group("", row));
        group.throughput(Throughput::Elements(number)).sampling_mode(SamplingMode::Flat).sample_size(10);
        group.bench_function(size, |bench| bench.iter_custom(|rounds| (0..rounds).map(|_| time()).sum()));
        group.finish();
    };
    measure("storm in", &|| {
        let mut crowd = Crowd::empty();
        let members = crowd.newcomers(number);
        let begin = Instant::now();
        crowd.join(members);
        begin.elapsed()
    });
    measure("storm out", &|| {
        let mut crowd = Crowd::of(number);
        let begin = Instant::now();
        crowd.leave(number);
        begin.elapsed()
    });
}

fn measure(criterion: &mut Criterion) {
    for (size, number) in SIZES {
        let mut crowd = Crowd::of(number);
        one_by_one(criterion, size, &mut crowd);
        to_all(criterion, size, number, &crowd);
        drop(crowd);
        storms(criterion, size, number);
    }
}

fn main() {
    let columns = SIZES.map(|(size, _)| size);
    let table = Table { name: "", rows: &ROWS, columns: &columns, peers: None };
    support::run("presence", &[table], measure);
}
