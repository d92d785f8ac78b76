//! What the text is written to.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};

use anstream::{AutoStream, ColorChoice, StripStream};

use super::progress::{Line, SameTerminal};
use crate::cli::output_args::Kind;
use crate::cli::output_plan::Plan;

impl Plan<'_> {
    /// What the text is written to. Colours pass only if they are wanted.
    pub(super) fn writer(&self, color: ColorChoice, line: &Line) -> Result<Box<dyn Write>, String> {
        let Some(kind) = self.kind else { return Ok(Box::new(io::sink())) };
        let Some(out) = self.out else {
            let stdout = io::stdout();
            let is_terminal = stdout.is_terminal();
            let colours: Box<dyn Write> = match kind {
                Kind::Text => Box::new(AutoStream::new(stdout.lock(), color)),
                _ if is_terminal => Box::new(stdout.lock()),
                _ => as_a_file(&stdout),
            };
            return Ok(if !is_terminal {
                Box::new(BufWriter::with_capacity(1 << 16, colours))
            } else if kind == Kind::Text {
                Box::new(BufWriter::with_capacity(1 << 16, SameTerminal::new(colours, line.clone())))
            } else {
                Box::new(io::LineWriter::new(SameTerminal::new(colours, line.clone())))
            });
        };
        let file = self.document(out)?;
        Ok(match kind {
            Kind::Text => Box::new(BufWriter::new(StripStream::new(file))),
            _ => Box::new(BufWriter::with_capacity(1 << 16, file)),
        })
    }
}

/// Standard output as the file it is: its own buffer looks for the ends of lines, in a document without any.
fn as_a_file(stdout: &io::Stdout) -> Box<dyn Write> {
    #[cfg(unix)]
    if let Ok(file) = std::os::fd::AsFd::as_fd(stdout).try_clone_to_owned() {
        return Box::new(File::from(file));
    }
    Box::new(stdout.lock())
}
