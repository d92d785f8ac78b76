//! What a connection's packets are in: tags, labels and tunnels, in one line.

use std::fmt::Write as _;

use crate::explain::text::{Label, Language};
use crate::observe::{Encapsulation, Fact, Observation};

/// The line about the encapsulations that a packet brings, the outermost first; `None` for most packets.
pub(in crate::explain) fn encapsulation(step: &Observation, language: Language) -> Option<String> {
    let all = step.facts.iter().find_map(|fact| match fact {
        Fact::Encapsulation(all) => Some(all),
        _ => None,
    })?;
    let all: Vec<_> = all.iter().map(one).collect();
    Some(Label::Inside.fill(language, &[&all.join(", ")]))
}

fn one(Encapsulation { protocol, id, ends }: &Encapsulation) -> String {
    let mut text = protocol.name().to_owned();
    if let Some(id) = id {
        let _ = write!(text, " {} {id}", protocol.id_name());
    }
    if let Some([source, destination]) = ends {
        let _ = write!(text, " ({source} → {destination})");
    }
    text
}
