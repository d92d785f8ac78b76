//! The outputs of a command, checked against its inputs before anything is written.

use std::fs::{self, File};
use std::path::Path;

use super::output_args::{OutputArgs, OutputFormat};
use crate::capture::{OutputKind, Overwrite, create_output};
use crate::explain::Language;

/// The outputs of `explain` and `watch`.
pub(super) struct OutputPlan<'o> {
    /// The format of the document; `None` if only a copy is written.
    pub(super) format: Option<OutputFormat>,
    /// The document's file; else standard output.
    pub(super) out: Option<&'o Path>,
    /// The file of the copy with comments.
    pub(super) capture: Option<&'o Path>,
    /// The treatment of files of another kind.
    pub(super) overwrite: Overwrite,
}

impl<'o> OutputPlan<'o> {
    /// Reads the options.
    ///
    /// # Errors
    /// A sentence on what contradicts: an input that is also an output, two outputs of one name, an unknown extension.
    pub(super) fn new(
        args: &'o OutputArgs,
        write: Option<&'o Path>,
        files: &[&Path],
    ) -> Result<Self, String> {
        let asked = [
            (args.summary, OutputFormat::Summary),
            (args.json, OutputFormat::Json),
            (args.ndjson, OutputFormat::Ndjson),
            (args.mermaid, OutputFormat::Mermaid),
            (args.html, OutputFormat::Html),
        ];
        let asked = asked.into_iter().find(|(asked, _)| *asked).map(|(_, format)| format);
        let out = args.out.as_deref();
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
        let overwrite = args.overwrite();
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
                Self { format: None, out: None, capture: Some(out), overwrite }
            }
            (Some(format), out, capture) => Self { format: Some(format), out, capture, overwrite },
            (None, out, capture) => {
                Self { format: Some(out.map_or(Ok(OutputFormat::Text), by_ending)?), out, capture, overwrite }
            }
        };
        let count = files.len();
        match plan.capture {
            Some(out) if count > 1 => {
                let out = out.display();
                Err(format!("{out}: one capture goes into it, {count} are given; annotate one at a time"))
            }
            None if count > 1 && plan.format == Some(OutputFormat::Html) => {
                Err(format!("one capture goes into a page, {count} are given; make one page at a time"))
            }
            _ => Ok(plan),
        }
    }

    /// Creates the document's file.
    pub(super) fn document(&self, out: &Path) -> Result<File, String> {
        create_output(out, OutputKind::Document, self.overwrite)
            .map_err(|error| format!("{}: {error}", out.display()))
    }

    /// The language of the capture reader's notes: English in documents for programs and in pages, which have both.
    pub(super) fn language(&self, wanted: Language) -> Language {
        match self.format {
            Some(OutputFormat::Json | OutputFormat::Ndjson | OutputFormat::Html) => Language::En,
            _ => wanted,
        }
    }
}

fn by_ending(out: &Path) -> Result<OutputFormat, String> {
    match out.extension().and_then(|ending| ending.to_str()) {
        Some("txt") => Ok(OutputFormat::Text),
        Some("json") => Ok(OutputFormat::Json),
        Some("ndjson") => Ok(OutputFormat::Ndjson),
        Some("mmd") => Ok(OutputFormat::Mermaid),
        Some("html") => Ok(OutputFormat::Html),
        _ => Err(format!(
            "{}: name it .txt, .json, .ndjson, .mmd, .html or .pcapng, so that it is known what to write",
            out.display()
        )),
    }
}

fn is_capture(out: &Path) -> bool {
    out.extension().is_some_and(|ending| ending == "pcapng")
}

/// Returns `true` if both paths are one file. `-`, standard input, may be a file too.
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

/// Returns `true` if both are hard links of one file.
#[cfg(unix)]
fn is_linked(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_linked(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    false
}
