//! What is to be written, and where to.

use std::fs::{self, File};
use std::path::Path;

use super::output_args::{Kind, Told};
use crate::capture::{OutputKind, Overwrite, create_output};
use crate::explain::Language;

/// What is written of captures, and where to.
pub(super) struct Plan<'o> {
    /// How they are told; none if only a copy is written.
    pub(super) kind: Option<Kind>,
    /// The file to tell it in; else standard output.
    pub(super) out: Option<&'o Path>,
    /// The file for the copy with comments.
    pub(super) capture: Option<&'o Path>,
    /// Whether files of another kind are written over.
    pub(super) overwrite: Overwrite,
}

impl<'o> Plan<'o> {
    /// What the options say, or why it cannot be.
    pub(super) fn new(told: &'o Told, write: Option<&'o Path>, files: &[&Path]) -> Result<Self, String> {
        let asked = [
            (told.json, Kind::Json),
            (told.ndjson, Kind::Ndjson),
            (told.mermaid, Kind::Mermaid),
            (told.html, Kind::Html),
        ];
        let asked = asked.into_iter().find(|(asked, _)| *asked).map(|(_, kind)| kind);
        let out = told.out.as_deref();
        for out in out.into_iter().chain(write) {
            if files.iter().any(|file| is_same(file, out)) {
                return Err(format!(
                    "{}: this is a capture to be read, it is not written over",
                    out.display()
                ));
            }
        }
        if let Some(out) = write.filter(|out| !is_capture(out)) {
            return Err(format!("{}: what is written is pcapng, so name it .pcapng", out.display()));
        }
        let overwrite = told.overwrite();
        let plan = match (asked, out, write) {
            (Some(_), Some(out), _) if is_capture(out) => {
                return Err(format!(
                    "{}: -o names a capture here, but a text is asked for; -w writes a capture beside it",
                    out.display()
                ));
            }
            (None, Some(out), Some(write)) if is_capture(out) => {
                return Err(format!(
                    "-o {} and -w {} both name a capture; one is enough",
                    out.display(),
                    write.display()
                ));
            }
            (None, Some(out), None) if is_capture(out) => {
                Self { kind: None, out: None, capture: Some(out), overwrite }
            }
            (Some(kind), out, capture) => Self { kind: Some(kind), out, capture, overwrite },
            (None, out, capture) => {
                Self { kind: Some(out.map_or(Ok(Kind::Text), by_ending)?), out, capture, overwrite }
            }
        };
        let count = files.len();
        match plan.capture {
            Some(out) if count > 1 => {
                let out = out.display();
                Err(format!("{out}: one capture goes into it, {count} are given; annotate one at a time"))
            }
            None if count > 1 && plan.kind == Some(Kind::Html) => {
                Err(format!("one capture goes into a page, {count} are given; make one page at a time"))
            }
            _ => Ok(plan),
        }
    }

    /// Creates the file that the text goes to.
    pub(super) fn document(&self, out: &Path) -> Result<File, String> {
        create_output(out, OutputKind::Document, self.overwrite)
            .map_err(|error| format!("{}: {error}", out.display()))
    }

    /// The language of what the reader noticed: documents for programs are in one, pages have both.
    pub(super) fn language(&self, wanted: Language) -> Language {
        match self.kind {
            Some(Kind::Json | Kind::Ndjson | Kind::Html) => Language::En,
            _ => wanted,
        }
    }
}

fn by_ending(out: &Path) -> Result<Kind, String> {
    match out.extension().and_then(|ending| ending.to_str()) {
        Some("txt") => Ok(Kind::Text),
        Some("json") => Ok(Kind::Json),
        Some("ndjson") => Ok(Kind::Ndjson),
        Some("mmd") => Ok(Kind::Mermaid),
        Some("html") => Ok(Kind::Html),
        _ => Err(format!(
            "{}: name it .txt, .json, .ndjson, .mmd, .html or .pcapng, so that it is known what to write",
            out.display()
        )),
    }
}

fn is_capture(out: &Path) -> bool {
    out.extension().is_some_and(|ending| ending == "pcapng")
}

/// Whether both are one file. Standard input may be one too.
pub(super) fn is_same(input: &Path, out: &Path) -> bool {
    let input = if input == Path::new("-") { Path::new("/dev/stdin") } else { input };
    let identity = |path: &Path| {
        let path = fs::canonicalize(path).ok()?;
        fs::metadata(&path).ok().filter(fs::Metadata::is_file).map(|metadata| (path, metadata))
    };
    match (identity(input), identity(out)) {
        (Some((input, of_input)), Some((out, of_out))) => input == out || is_linked(&of_input, &of_out),
        _ => false,
    }
}

/// Whether both are names of one file.
#[cfg(unix)]
fn is_linked(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_linked(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    false
}
