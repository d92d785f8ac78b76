//! The writer of `watch`: each line is written at once.

use std::io::{self, BufWriter, LineWriter, Write};

use anstream::{AutoStream, ColorChoice, StripStream};

use crate::cli::output_args::OutputFormat;
use crate::cli::output_plan::OutputPlan;

impl OutputPlan<'_> {
    /// The writer of the document. Formats of lines are flushed line by line; colours pass as `--color` says.
    pub(super) fn live_writer(&self, color: ColorChoice) -> Result<Box<dyn Write>, String> {
        let Some(format) = self.format else { return Ok(Box::new(io::sink())) };
        let Some(out) = self.out else {
            let stdout = io::stdout();
            return Ok(match format {
                OutputFormat::Text | OutputFormat::Summary => {
                    Box::new(LineWriter::new(AutoStream::new(stdout.lock(), color)))
                }
                OutputFormat::Ndjson => Box::new(stdout.lock()),
                OutputFormat::Json | OutputFormat::Mermaid | OutputFormat::Html => {
                    Box::new(BufWriter::new(stdout.lock()))
                }
            });
        };
        let file = self.document(out)?;
        Ok(match format {
            OutputFormat::Text | OutputFormat::Summary => Box::new(LineWriter::new(StripStream::new(file))),
            OutputFormat::Ndjson => Box::new(LineWriter::new(file)),
            OutputFormat::Json | OutputFormat::Mermaid | OutputFormat::Html => Box::new(BufWriter::new(file)),
        })
    }
}
