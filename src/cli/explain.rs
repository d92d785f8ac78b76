//! `wirewalk explain`: reads captures, writes explanations.

mod annotated_copy;
mod backlog;
mod explain_run;
pub(super) mod fail_threshold;
mod first_pass;
mod input;
mod notes;
mod progress;
mod redacted_input;
mod tee;
mod writer;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use self::explain_run::{ExplainRun, Outcome};
use self::fail_threshold::{FailOn, FailThreshold};
use self::input::Input;
use self::progress::StatusLine;
use self::redacted_input::redacted;
use self::writer::SharedWriter;
use super::output_args::{OutputArgs, OutputFormat};
use super::output_plan::OutputPlan;
use super::views::Views;
use super::{complain, values};
use crate::capture::{OpenError, OutputError, Reader};
use crate::explain::{Comments, Settings, StreamFilter, escape_controls};

/// Exit code when a finding has reached the threshold of `--fail-on`.
const FINDINGS: u8 = 1;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Captures: pcap or pcapng, gzip too; '-' reads standard input
    #[arg(value_name = "FILE", required_unless_present = "read")]
    files: Vec<PathBuf>,
    /// A capture, as tshark takes it; may be given more than once
    #[arg(short = 'r', value_name = "FILE")]
    read: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
    /// Write the capture again too, as pcapng, with comments on its packets
    #[arg(short = 'w', value_name = "OUT.pcapng")]
    write: Option<PathBuf>,
    /// Only connections with this port; taken for WebSocket where the capture begins in their middle
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Payloads, header values, paths, addresses and names are replaced: for a capture that others may see
    #[arg(long)]
    redact: bool,
    /// Exit with 1 if something was found that is at least so bad: error, warning or never
    #[arg(long, value_name = "SEVERITY", default_value = "never", value_parser = values::fail_on)]
    fail_on: FailOn,
}

/// Why a capture could not be explained.
enum Failure {
    /// The capture cannot be read.
    Read(OpenError),
    /// The explanation cannot be written.
    Write(io::Error),
    /// The copy with comments cannot be written.
    Copy(OutputError),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// Explains captures.
pub(super) fn run(options: &Options) -> ExitCode {
    let files: Vec<&Path> = options.read.iter().chain(&options.files).map(PathBuf::as_path).collect();
    let plan = match OutputPlan::new(&options.output, options.write.as_deref(), &files) {
        Ok(plan) => plan,
        Err(what) => return complain(&what),
    };
    let line = StatusLine::new();
    let mut to = match plan.shared_writer(options.output.color, &line) {
        Ok(to) => to,
        Err(what) => return complain(&what),
    };
    let mut exit = ExitCode::SUCCESS;
    for file in &files {
        let name = file.display().to_string();
        let titled = files.len() > 1 && plan.format == Some(OutputFormat::Text);
        let title = if titled { writeln!(to, "{}\n", escape_controls(&name)) } else { Ok(()) };
        let outcome =
            title.map_err(Failure::from).and_then(|()| options.explain(file, &plan, &line, &mut to));
        line.erase();
        match outcome {
            Ok(Outcome { cut_short: Some(cut_short), .. }) => {
                exit = complain(&format!("{name}: {cut_short}"));
            }
            Ok(Outcome { empty: Some(empty), .. }) => exit = complain(&format!("{name}: {empty}")),
            Ok(Outcome { threshold, .. }) if !threshold.is_reached() || exit != ExitCode::SUCCESS => {}
            Ok(_) => exit = ExitCode::from(FINDINGS),
            Err(Failure::Read(error)) => exit = complain(&format!("{name}: {error}")),
            Err(Failure::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => return exit,
            Err(Failure::Write(error)) => return complain(&format!("the output cannot be written: {error}")),
            Err(Failure::Copy(error)) => {
                let out = plan.capture.unwrap_or(Path::new("the copy")).display();
                return complain(&format!("{out}: {error}"));
            }
        }
    }
    match to.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("the output cannot be written: {error}"))
        }
        _ => exit,
    }
}

impl Options {
    /// Explains one capture.
    fn explain(
        &self,
        file: &Path,
        plan: &OutputPlan<'_>,
        line: &StatusLine,
        to: &mut SharedWriter,
    ) -> Result<Outcome, Failure> {
        let memory = self.output.memory().observer();
        let settings = Settings { websocket_port: self.port, memory, ..Settings::default() };
        let (mut input, damage) = if self.redact {
            redacted(file, &settings)?
        } else {
            (Input::open(file).map_err(Failure::Read)?.flushing(to), None)
        };
        let filter = StreamFilter { stream: self.output.stream, port: self.port };
        let settings = Settings { filter, ..settings };
        let has_first_pass = plan.format == Some(OutputFormat::Text) && input.is_seekable();
        let mut progress = input.progress(if has_first_pass { 2 } else { 1 }, line);
        let overview =
            has_first_pass.then(|| first_pass::overview(&mut input, &settings, &mut progress)).transpose()?;
        let language = self.output.language();
        let views = Views::new(
            plan.format.map(|format| self.output.view(format, overview, to)),
            plan.capture.map(|_| Comments::new(language)),
            plan.language(language),
            FailThreshold::new(self.fail_on),
        );
        if let Some(out) = plan.capture {
            return annotated_copy::write((input, damage), progress, &settings, views, (out, plan.overwrite));
        }
        let name = input.name.clone();
        let reader = Reader::new(input).map_err(Failure::Read)?;
        let mut run = ExplainRun::new(reader, name, &settings, progress, views).cut_short(damage);
        while run.advance() && !run.has_failed() {}
        run.finish()
    }
}
