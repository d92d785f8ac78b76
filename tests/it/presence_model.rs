//! The online count, tested against a model: random lives of a small cluster, checked by what clients can see.
//!
//! Several nodes share one truth. Clients log in, join, join again while their old connection lives on, lose patience
//! half way through a join, leave, panic, are kicked, log out and reach their session's end; joins answer late, leaves
//! are carried out late, notices between the nodes come late, and news of a change is lost at will. After each quiet
//! period the connections that are really open decide what every node must say and every client must have been told: see
//! `World::check`.
//!
//! The engine is behind [`Cluster`], so that another one can be put through the same.

mod client;
mod connection;
mod late;
mod random;
mod threads;
mod world;

use random::Random;
use std::collections::BTreeMap;
use std::sync::Arc;
use wirewalk::presence::{Engine, LoginPolicy, MemoryEngine};
use world::World;

/// A truth, and the handles of its nodes.
trait Cluster {
    fn new(policy: LoginPolicy) -> Self;

    /// The handle of one more node.
    fn node(&mut self) -> Arc<dyn Engine>;

    /// Called when there is nothing to do but wait for the engine.
    fn wait(&self) {}
}

struct InMemory(MemoryEngine);

impl Cluster for InMemory {
    fn new(policy: LoginPolicy) -> Self {
        Self(MemoryEngine::new(policy))
    }

    fn node(&mut self) -> Arc<dyn Engine> {
        Arc::new(self.0.another_node())
    }
}

const SEEDS: u64 = 1_000;
const QUIET_PERIODS: usize = 4;
const STEPS_BETWEEN: usize = 60;

/// Runs every seed, and says at the end what was wrong in how many: one wrong seed may be an accident of the test, a
/// hundred tell what the fault is about.
fn run_all<C: Cluster>(policy: LoginPolicy) {
    let mut wrong = Vec::new();
    let mut tally = BTreeMap::new();
    for seed in 0..SEEDS {
        if let Err(fault) = run::<C>(policy, seed, &mut tally) {
            wrong.push(format!("seed {seed}: {fault}"));
        }
    }
    let shown = wrong.iter().take(12).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{policy:?}: {} of {SEEDS} seeds are wrong\n{shown}", wrong.len());
    println!("{policy:?}: {tally:?}");
    assert!(tally.values().all(|times| *times > 1_000), "hardly tested: {tally:?}");
}

fn run<C: Cluster>(policy: LoginPolicy, seed: u64, tally: &mut BTreeMap<&str, usize>) -> Result<(), String> {
    let mut world = World::<C>::new(policy, Random::new(seed));
    for period in 0..QUIET_PERIODS {
        for step in 0..STEPS_BETWEEN {
            world.step().map_err(|fault| format!("period {period}, step {step}: {fault}"))?;
        }
        world.check().map_err(|fault| format!("quiet period {period}: {fault}"))?;
    }
    for (what, times) in world.tally {
        *tally.entry(what).or_default() += times;
    }
    Ok(())
}

#[test]
fn the_count_is_right_with_many_logins() {
    run_all::<InMemory>(LoginPolicy::Many);
}

#[test]
fn the_count_is_right_with_a_single_login() {
    run_all::<InMemory>(LoginPolicy::Single);
}
