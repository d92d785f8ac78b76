//! Captures that lack something: from a healthy connection one packet is removed, one is cut, or one direction is hidden.
//! What is then claimed, as values, the whole capture must not contradict: findings, close codes, reports, frames.

mod claims;
mod harm;
mod healthy;

use std::fmt::Write as _;

use claims::Claims;
use harm::{Harm, Packet};
use wirewalk::wire::Side;

/// Seeds of generated conversations; `WIREWALK_PARTIAL_SEEDS` names another number of them.
const SEEDS: u64 = 60;

/// The most packets of a committed capture: of a longer one the harm would take too long.
const MOST_PACKETS: usize = 80;

/// What was tried.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    captures: usize,
    harmed: usize,
    /// Harmed captures of which a report is said to be unknown.
    unknown: usize,
}

/// Harms a capture in every way, and adds to `wrong` what the whole contradicts. Nothing if it is not healthy.
fn harm_all(name: &str, packets: &[Packet], tally: &mut Tally, wrong: &mut String) {
    let whole = Claims::of(packets);
    if !whole.is_healthy() {
        return;
    }
    tally.captures += 1;
    let places = 0..packets.len();
    let cuts = |place: usize| [Harm::Cut { place, kept: 0 }, Harm::Cut { place, kept: 5 }];
    let harms = places.flat_map(|place| [Harm::Removed(place)].into_iter().chain(cuts(place)));
    for harm in harms.chain([Harm::Hidden(Side::Client), Harm::Hidden(Side::Server)]) {
        let Some(harmed) = harm.apply(packets) else { continue };
        let claims = Claims::of(&harmed);
        tally.harmed += 1;
        tally.unknown += usize::from(claims.has_unknown_report());
        for contradiction in claims.contradictions(&whole) {
            let _ = writeln!(wrong, "{name}, {harm}: {contradiction}");
        }
    }
}

fn check_generated(seeds: u64) -> Tally {
    let (mut tally, mut wrong) = (Tally::default(), String::new());
    for seed in 0..seeds {
        harm_all(&format!("seed {seed}"), &healthy::conversation(seed), &mut tally, &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(tally.captures as u64, seeds, "each conversation is healthy");
    tally
}

#[test]
fn generated_captures_that_lack_something_claim_nothing_wrong() {
    let asked = std::env::var("WIREWALK_PARTIAL_SEEDS").ok();
    let seeds = asked.map_or(SEEDS, |number| number.parse().expect("a number of seeds"));
    let tally = check_generated(seeds);
    println!("{seeds} seeds: {tally:?}");
    assert!(tally.harmed as u64 > seeds * 25 && tally.unknown > tally.harmed / 5, "{tally:?}");
}

#[test]
fn committed_captures_that_lack_something_claim_nothing_wrong() {
    let (mut tally, mut wrong) = (Tally::default(), String::new());
    for file in healthy::files() {
        let packets = harm::read(&file);
        if packets.len() <= MOST_PACKETS {
            harm_all(&file.display().to_string(), &packets, &mut tally, &mut wrong);
        }
    }
    println!("{tally:?}");
    assert!(wrong.is_empty(), "{wrong}");
    assert!(tally.captures >= 15 && tally.harmed > 300, "{tally:?}");
}
