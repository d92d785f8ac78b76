//! An expression as a list of alternatives, each a list of what must hold: in this form it is tested while a connection
//! goes on, though some of it is known only at its end.

use super::parser::Expression;
use super::test::{ConnectionTest, PacketTest, Test};

/// The most lists of packet tests: one bit of a mask for each.
pub(super) const MOST: usize = 64;

/// Holds if one of its clauses does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Formula(Vec<Clause>);

/// Holds if all of it does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Clause {
    connection: Vec<ConnectionTest>,
    /// What must not hold.
    none_of: Vec<Formula>,
    /// The place of tests that must hold for one packet.
    packet: Option<usize>,
}

/// A clause whose packet tests have no place yet.
#[derive(Debug, Clone, Default)]
struct Draft {
    clause: Clause,
    packet: Vec<PacketTest>,
}

/// The formula of an expression, and its lists of packet tests; `None` if there are too many.
pub(super) fn compile(expression: &Expression) -> Option<(Formula, Vec<Vec<PacketTest>>)> {
    let mut packets = Vec::new();
    let formula = formula(expression, &mut packets)?;
    Some((formula, packets))
}

fn formula(expression: &Expression, packets: &mut Vec<Vec<PacketTest>>) -> Option<Formula> {
    let drafts = drafts(expression, packets)?;
    let mut clauses = Vec::new();
    for Draft { mut clause, packet } in drafts {
        if !packet.is_empty() {
            let place = packets.iter().position(|it| *it == packet).unwrap_or(packets.len());
            if place == packets.len() {
                packets.push(packet);
            }
            clause.packet = Some(place);
        }
        clauses.push(clause);
    }
    (packets.len() <= MOST).then_some(Formula(clauses))
}

fn drafts(expression: &Expression, packets: &mut Vec<Vec<PacketTest>>) -> Option<Vec<Draft>> {
    Some(match expression {
        Expression::Test(Test::Connection(test)) => {
            let clause = Clause { connection: vec![test.clone()], ..Clause::default() };
            vec![Draft { clause, packet: Vec::new() }]
        }
        Expression::Test(Test::Packet(test)) => {
            vec![Draft { packet: vec![test.clone()], ..Draft::default() }]
        }
        Expression::Not(inner) => {
            let clause = Clause { none_of: vec![formula(inner, packets)?], ..Clause::default() };
            vec![Draft { clause, packet: Vec::new() }]
        }
        Expression::Or(one, other) => [drafts(one, packets)?, drafts(other, packets)?].concat(),
        Expression::And(one, other) => {
            let (ones, others) = (drafts(one, packets)?, drafts(other, packets)?);
            if ones.len() * others.len() > MOST {
                return None;
            }
            ones.iter().flat_map(|one| others.iter().map(move |other| one.and(other))).collect()
        }
    })
    .filter(|drafts: &Vec<Draft>| drafts.len() <= MOST)
}

impl Draft {
    fn and(&self, other: &Self) -> Self {
        let clause = Clause {
            connection: [&self.clause.connection[..], &other.clause.connection].concat(),
            none_of: [&self.clause.none_of[..], &other.clause.none_of].concat(),
            packet: None,
        };
        Self { clause, packet: [&self.packet[..], &other.packet].concat() }
    }
}

impl Formula {
    /// Returns `true` if it holds for a connection: `is_so` answers tests of it, `matched` has a bit for each list of
    /// packet tests that a packet has passed.
    pub(super) fn holds(&self, matched: u64, is_so: &dyn Fn(&ConnectionTest) -> bool) -> bool {
        self.0.iter().any(|Clause { connection, none_of, packet }| {
            packet.is_none_or(|place| matched & 1 << place != 0)
                && connection.iter().all(is_so)
                && !none_of.iter().any(|formula| formula.holds(matched, is_so))
        })
    }
}
