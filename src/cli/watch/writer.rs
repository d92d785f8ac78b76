//! What the narration is written to: lines leave at once.

use std::io::{self, BufWriter, LineWriter, Write};

use anstream::{AutoStream, ColorChoice, StripStream};

use crate::cli::output_args::Kind;
use crate::cli::output_plan::Plan;

impl Plan<'_> {
    /// What is told goes there. What is told in lines leaves line by line; colours pass only if they are wanted.
    pub(super) fn live_writer(&self, color: ColorChoice) -> Result<Box<dyn Write>, String> {
        let Some(kind) = self.kind else { return Ok(Box::new(io::sink())) };
        let Some(out) = self.out else {
            let stdout = io::stdout();
            return Ok(match kind {
                Kind::Text => Box::new(LineWriter::new(AutoStream::new(stdout.lock(), color))),
                Kind::Ndjson => Box::new(stdout.lock()),
                Kind::Json | Kind::Mermaid | Kind::Html => Box::new(BufWriter::new(stdout.lock())),
            });
        };
        let file = self.document(out)?;
        Ok(match kind {
            Kind::Text => Box::new(LineWriter::new(StripStream::new(file))),
            Kind::Ndjson => Box::new(LineWriter::new(file)),
            Kind::Json | Kind::Mermaid | Kind::Html => Box::new(BufWriter::new(file)),
        })
    }
}
