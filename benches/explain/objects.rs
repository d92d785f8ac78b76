//! What does it save to write packets, transitions, frames and messages key by key?
//!
//! - `key by key`: as the program does, from what was observed. The few other objects of a connection are in its time.
//! - `serde`: the same text by `serde_json`, from objects whose every text is ready.

use std::hint::black_box;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use wirewalk::capture::Reader;
use wirewalk::explain::{File, Finding, Findings, NdjsonWriter, Pipeline, Settings, View};
use wirewalk::observe::{Ended, Observation};

use super::serde_objects;

/// All that was observed.
#[derive(Default)]
struct Observations(Vec<Observation>);

impl View for Observations {
    fn findings(&self) -> Findings {
        Findings::Ignored
    }

    fn step(&mut self, step: &Observation) -> io::Result<()> {
        self.0.push(step.clone());
        Ok(())
    }

    fn finding(&mut self, _: u64, _: &Finding) -> io::Result<()> {
        Ok(())
    }

    fn ended(&mut self, _: &Ended) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _: &File) -> io::Result<()> {
        Ok(())
    }
}

fn observe(capture: &Path) -> io::Result<Vec<Observation>> {
    let bytes = std::fs::read(capture)?;
    let mut reader = Reader::new(bytes.as_slice()).expect("a capture");
    let mut observations = Observations::default();
    let mut pipeline = Pipeline::new(&Settings::default(), &mut observations);
    while let Some(packet) = reader.next_packet() {
        pipeline.read(&packet)?;
    }
    pipeline.finish(|_| File::default())?;
    Ok(observations.0)
}

fn write(observations: &[Observation], to: impl io::Write) {
    let mut writer = NdjsonWriter::new(to);
    for observation in observations {
        writer.step(observation).expect("all is taken");
    }
}

fn best(rounds: usize, mut round: impl FnMut()) -> Duration {
    let time = |_| {
        let begin = Instant::now();
        round();
        begin.elapsed()
    };
    (0..rounds).map(time).min().expect("at least one round")
}

/// Prints both rows.
pub(crate) fn print(capture: &Path, rounds: usize) {
    let observations = observe(capture).expect("it can be read");
    let mut lines = Vec::new();
    write(&observations, &mut lines);
    let objects = serde_objects::objects(std::str::from_utf8(&lines).expect("JSON"));
    let by_key = best(rounds, || write(black_box(&observations), io::sink()));
    let mut text = Vec::new();
    let by_serde = best(rounds, || {
        for object in black_box(&objects) {
            text.clear();
            serde_json::to_writer(&mut text, object).expect("all keys are text");
            black_box(&text);
        }
    });
    for (how, time) in [("key by key", by_key), ("serde", by_serde)] {
        let each = time / objects.len() as u32;
        println!("objects {how:<22} {:>8} objects {time:>10.2?} {each:>7?} each", objects.len());
    }
}
