//! `wirewalk explain`: reads captures, writes explanations.

mod annotated_copy;
mod backlog;
mod capture_source;
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

use self::capture_source::CaptureSource;
use self::explain_run::{ExplainRun, Outcome};
use self::fail_threshold::{FailOn, FailThreshold};
use self::input::Input;
use self::progress::{Progress, StatusLine};
use self::redacted_input::redacted;
use self::writer::SharedWriter;
use super::output_args::{OutputArgs, OutputFormat};
use super::output_plan::OutputPlan;
use super::views::Views;
use super::{complain, values};
use crate::capture::{Damage, OpenError, OutputError, Reader};
use crate::explain::{
    Comments, Filter, FilterError, Overview, Settings, StreamFilter, SummaryTable, View, escape_controls,
};

/// Exit code when a finding has reached the threshold of `--fail-on`.
const FINDINGS: u8 = 1;

/// Connections beyond which a text shows the table alone, unless some of them are asked for.
const MANY: usize = 20;

const FILTER_HELP: &str = "\
Only the connections with a packet like this; each of them is shown whole, in every format

  addr == 10.0.0.0/8      one of the ends is this address, or in this network
  port == 443             one of the ends has this port; < <= > >= too
  from == client          a packet of this side: client or server
  opcode == ping          a frame: continuation, text, binary, close, ping, pong, or its number
  code == 1006            a Close code as it was sent or an API reports it, or an HTTP status; < > too
  text ~ \"hello\"         the text is in a head, a Close reason or the first 128 bytes of a message; either case
  finding == C02          the finding was made; 'finding' alone: any
  severity >= warning     a finding is so severe: info, warning or error

Join tests with and (&&), or (||), not (!) and parentheses. Tests joined by 'and' are about one and the same packet \
('from == server and code == 1011'); 'not' means that nothing in the connection is so ('not opcode == pong').";

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
    /// Only connections with a packet like this: addr, port, opcode, from, finding, severity, code, text~
    #[arg(long, value_name = "EXPR", long_help = FILTER_HELP)]
    filter: Option<String>,
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
    let filter = match options.filter.as_deref().map(Filter::parse).transpose() {
        Ok(filter) => filter,
        Err(error) => return complain_at(&error),
    };
    let line = StatusLine::new();
    let mut to = match plan.shared_writer(options.output.color, &line) {
        Ok(to) => to,
        Err(what) => return complain(&what),
    };
    let mut exit = ExitCode::SUCCESS;
    for (place, file) in files.iter().enumerate() {
        let name = file.display().to_string();
        let titled = files.len() > 1 && plan.format.is_some_and(OutputFormat::is_text);
        let above = if place > 0 { "\n" } else { "" };
        let title = if titled { writeln!(to, "{above}{}\n", escape_controls(&name)) } else { Ok(()) };
        let outcome = title
            .map_err(Failure::from)
            .and_then(|()| options.explain(file, &plan, (filter.as_ref(), &line), &mut to));
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

/// A capture that is ready to be explained.
struct Prepared {
    input: Input,
    progress: Progress,
    /// Damage of the original, where the input is a redacted copy of it.
    damage: Option<Damage>,
    settings: Settings,
    /// What a first pass has gathered.
    overview: Option<Overview>,
}

/// Prints what is wrong with a filter, and points at it; the exit code is 2.
fn complain_at(error: &FilterError) -> ExitCode {
    let see = if error.message().ends_with('?') { " See" } else { "; see" };
    let exit = complain(&format!("--filter: {}{see} 'wirewalk explain --help'", error.message()));
    error.pointer().iter().for_each(|line| eprintln!("  {line}"));
    exit
}

impl Options {
    /// Explains one capture.
    fn explain(
        &self,
        file: &Path,
        plan: &OutputPlan<'_>,
        (filter, line): (Option<&Filter>, &StatusLine),
        to: &mut SharedWriter,
    ) -> Result<Outcome, Failure> {
        let prepared = self.prepare(file, plan, (filter, line), to)?;
        let Prepared { input, progress, damage, settings, overview } = prepared;
        let language = self.output.language();
        let views = Views::new(
            plan.format.map(|format| self.view(format, overview, to)),
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

    /// The passes before the one that writes: the filter's, the redaction, the overview for a text.
    fn prepare(
        &self,
        file: &Path,
        plan: &OutputPlan<'_>,
        (filter, line): (Option<&Filter>, &StatusLine),
        to: &SharedWriter,
    ) -> Result<Prepared, Failure> {
        let (memory, language) = (self.output.memory().observer(), self.output.language());
        let settings = Settings { websocket_port: self.port, memory, ..Settings::default() };
        let mut shown = StreamFilter { stream: self.output.stream, port: self.port, selected: None };
        let with = |filter: &StreamFilter| Settings { filter: filter.clone(), ..settings.clone() };
        let source = (self.redact || filter.is_some()).then(|| CaptureSource::new(file)).transpose()?;
        let mut input = match &source {
            Some(source) => source.open()?,
            None => Input::open(file).map_err(Failure::Read)?.flushing(to),
        };
        let is_text = plan.format == Some(OutputFormat::Text);
        let passes = if filter.is_some() || is_text && input.is_seekable() { 2 } else { 1 };
        let mut progress = input.progress(passes, line);
        let mut overview = None;
        if let Some(filter) = filter {
            // By the original: what was redacted cannot be asked for.
            let of_filter = Overview::new(language, Some(filter.clone()));
            let found = first_pass::survey(&mut input, &with(&shown), of_filter, &mut progress)?;
            shown.selected = Some(found.streams());
            overview = Some(found);
        }
        let mut damage = None;
        if let Some(source) = source.as_ref().filter(|_| self.redact) {
            (input, damage) = redacted(source, file, &settings)?;
            progress = input.progress(if is_text { 2 } else { 1 }, line);
            overview = None;
        }
        let settings = with(&shown);
        if is_text && overview.is_none() && input.is_seekable() {
            let of_all = Overview::new(language, None);
            overview = Some(first_pass::survey(&mut input, &settings, of_all, &mut progress)?);
        }
        Ok(Prepared { input, progress, damage, settings, overview })
    }

    /// The view of a format. Of very many connections none is drawn, unless some are asked for or a file is written.
    fn view<'w>(
        &self,
        format: OutputFormat,
        overview: Option<Overview>,
        to: &'w mut dyn Write,
    ) -> Box<dyn View + 'w> {
        let output = &self.output;
        let is_chosen =
            output.stream.is_some() || self.port.is_some() || self.filter.is_some() || output.out.is_some();
        match overview {
            Some(overview) if format == OutputFormat::Text && overview.count() > MANY && !is_chosen => {
                Box::new(SummaryTable::new(to, output.looks()).with_advice())
            }
            overview => output.view(format, overview, to),
        }
    }
}
