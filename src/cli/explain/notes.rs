//! What is known of a capture as a whole, and what its reader noticed.

use std::path::Path;

use crate::capture::{Facts, Note};
use crate::explain::{File, Finding, Language};

/// What is known of the capture as a whole.
pub(super) fn file(name: &str, facts: &Facts, _language: Language) -> File {
    let links: Vec<String> = facts.link_types().iter().map(ToString::to_string).collect();
    let note = |note: &Note| {
        let packet = Some(note.first).filter(|first| *first > 0);
        Finding::of_file("info", packet, note.to_string())
    };
    let damage = facts.damage.as_ref().map(|damage| Finding::of_file("error", None, damage.to_string()));
    File {
        // Where it lies is nobody's affair who gets the document.
        name: Path::new(name).file_name().map_or(name.into(), |name| name.to_string_lossy().into_owned()),
        format: facts.format.to_string(),
        link: links.join(","),
        packets: facts.packets,
        truncated: facts.truncated(),
        notes: facts.notes.iter().map(note).chain(damage).collect(),
    }
}
