//! `wirewalk watch`: captures the packets of a port of this machine and explains them live.

mod first_signal;
mod notice;
mod writer;

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;

use self::first_signal::FirstSignal;
use self::notice::Notice;
use super::explain::fail_threshold::FailThreshold;
use super::output_args::{OutputArgs, OutputFormat};
use super::output_plan::OutputPlan;
use super::stop_signals::{INTERRUPTED, StopSignal};
use super::views::Views;
use super::{complain, say};
use crate::capture::{
    CaptureFile, CaptureOptions, Checksums, Direction, OutputKind, PacketSocket, RawPacket, Section,
    Statistics, create_output,
};
use crate::explain::{
    Comments, File, Finding, FindingText, Language, Pipeline, Settings, Severity, StreamFilter, SummaryTable,
};

/// Longest wait for a packet before the signals are checked.
const LOOK: Duration = Duration::from_millis(100);

/// Longest time for packets that were queued when the signal came.
const LAST: Duration = Duration::from_millis(500);

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Interface: lo is this machine by itself, any is all of them
    #[arg(short = 'i', value_name = "IFACE", default_value = "lo")]
    interface: String,
    /// TCP port of the application
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    #[command(flatten)]
    output: OutputArgs,
    /// Write the packets too, as pcapng, with comments
    #[arg(short = 'w', value_name = "OUT.pcapng")]
    write: Option<PathBuf>,
}

/// The reason why a run ended early.
enum Failure {
    /// Nothing more can be captured.
    Capture(io::Error),
    /// The explanation cannot be written.
    Write(io::Error),
    /// The packets cannot be written.
    Copy(io::Error),
}

/// Watches until a signal ends it.
pub(super) fn run(options: &Options) -> ExitCode {
    match options.watch() {
        Ok(StopSignal::Terminate) => ExitCode::SUCCESS,
        Ok(StopSignal::Interrupt) => ExitCode::from(INTERRUPTED),
        Err(what) => complain(&what),
    }
}

impl Options {
    fn watch(&self) -> Result<StopSignal, String> {
        let plan = OutputPlan::new(&self.output, self.write.as_deref(), &[])?;
        // Before anything is printed, so that no signal comes too early.
        let signals = FirstSignal::listen().map_err(|error| format!("cannot listen for signals: {error}"))?;
        let port = self.port;
        let watch =
            CaptureOptions { interface: self.interface.clone(), port, checksums: Checksums::Complete };
        let language = self.output.language();
        let interface = self.interface.as_str();
        let socket = PacketSocket::open(watch)
            .map_err(|error| Notice::CannotCapture { interface, error: &error }.text(language))?;
        let mut to = plan.live_writer(self.output.color)?;
        let file = plan.capture.map(|out| {
            let section = Section::ours(vec![format!("TCP port {port} on {interface}")]);
            create_output(out, OutputKind::Capture, plan.overwrite)
                .and_then(|file| Ok(CaptureFile::new(file, &section, &socket.interface())?))
                .map_err(|error| format!("{}: {error}", out.display()))
        });
        let settings = Settings {
            websocket_port: Some(port),
            filter: StreamFilter { stream: self.output.stream, ..StreamFilter::default() },
            memory: self.output.memory().observer(),
        };
        let views = Views::new(
            plan.format.map(|format| match format {
                OutputFormat::Summary => Box::new(SummaryTable::new(&mut *to, self.output.looks()).live()),
                _ => self.output.view(format, None, &mut *to),
            }),
            plan.capture.map(|_| Comments::new(language)),
            plan.language(language),
            FailThreshold::default(),
        );
        let mut run = WatchRun {
            pipeline: Pipeline::new(&settings, views),
            file: file.transpose()?,
            packets: 0,
            language,
        };
        say(&Notice::Watching { port, interface }.text(language));
        let outcome = run.run(socket, &signals, interface);
        let cause = match outcome {
            // The reader of the pipe has gone.
            Err(Failure::Write(error)) if error.kind() == ErrorKind::BrokenPipe => {
                return Ok(signals.cause().unwrap_or(StopSignal::Terminate));
            }
            Err(Failure::Write(error)) => return Err(format!("the output cannot be written: {error}")),
            Err(Failure::Copy(error)) => {
                let out = plan.capture.unwrap_or(Path::new("the copy")).display();
                return Err(format!("{out}: cannot be written: {error}"));
            }
            Err(Failure::Capture(error)) => {
                return Err(Notice::InterfaceGone { interface, error: &error }.text(language));
            }
            Ok(cause) => cause,
        };
        drop(run);
        match to.flush() {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(format!("the output cannot be written: {error}"))
            }
            _ => Ok(cause),
        }
    }
}

/// A live capture under way.
struct WatchRun<'v> {
    pipeline: Pipeline<Views<'v>>,
    file: Option<CaptureFile>,
    packets: u64,
    /// The language of its own lines.
    language: Language,
}

impl WatchRun<'_> {
    fn run(
        &mut self,
        mut socket: PacketSocket,
        signals: &FirstSignal,
        interface: &str,
    ) -> Result<StopSignal, Failure> {
        let outcome = self.explain_packets(&mut socket, signals);
        let link = socket.interface().link.to_string();
        let counted = socket.statistics(0);
        let dropped = counted.as_ref().ok().and_then(|counted| counted.dropped).unwrap_or(0);
        // Document and copy are completed, whatever ended the run.
        let finished = match &outcome {
            Err(Failure::Write(_)) => Ok(()),
            _ => self.finish(interface, link, dropped).map_err(Failure::Write),
        };
        let comments = self.pipeline.views().comments.as_mut().map(Comments::rest).unwrap_or_default();
        let finish = |file: CaptureFile| file.finish(Statistics { comments, ..counted? });
        let saved = self.file.take().map_or(Ok(()), finish).map_err(Failure::Copy);
        say(&Notice::Summary { packets: self.packets, dropped }.text(self.language));
        let cause = outcome?;
        saved.and(finished).map(|()| cause)
    }

    /// Explains packets until a signal comes or the interface goes, and then those that were queued.
    fn explain_packets(
        &mut self,
        socket: &mut PacketSocket,
        signals: &FirstSignal,
    ) -> Result<StopSignal, Failure> {
        let mut wait = Duration::ZERO;
        let mut until = None;
        let mut gone = None;
        loop {
            let stopped = signals.cause();
            if stopped.is_some() || gone.is_some() {
                wait = Duration::ZERO;
            }
            let caught = match socket.receive(wait) {
                Ok(caught) => caught,
                Err(error) if gone.is_none() => {
                    gone = Some(error);
                    continue;
                }
                Err(_) => None,
            };
            if let Some(caught) = caught {
                self.packets += 1;
                let (raw, direction) = (caught.raw(self.packets), caught.direction);
                self.packet(raw, direction)?;
                wait = Duration::ZERO;
            } else if let Some(error) = gone {
                return Err(Failure::Capture(error));
            } else if let Some(cause) = stopped {
                return Ok(cause);
            } else {
                self.file.as_mut().map_or(Ok(()), CaptureFile::flush).map_err(Failure::Copy)?;
                wait = LOOK;
            }
            if let Some(cause) = stopped
                && Instant::now() > *until.get_or_insert_with(|| Instant::now() + LAST)
            {
                return Ok(cause);
            }
        }
    }

    fn packet(&mut self, packet: RawPacket<'_>, direction: Direction) -> Result<(), Failure> {
        // Views remember their failure.
        let _ = self.pipeline.packet(&packet);
        let views = self.pipeline.views();
        if let Some(file) = &mut self.file {
            let comments = views.comments.as_mut();
            let comments = comments.map_or_else(Vec::new, |comments| comments.next_comments(packet.number));
            file.packet(packet, direction, &comments).map_err(Failure::Copy)?;
        }
        views.check().map_err(Failure::Write)
    }

    /// Finishes the views: the state of what is still open, and the packets that the kernel dropped.
    fn finish(&mut self, interface: &str, link: String, dropped: u64) -> io::Result<()> {
        let notes = |found: &[Finding], language| {
            let lost = || Notice::Dropped(dropped).text(language);
            let lost = (dropped > 0).then(|| FindingText::of_file(Severity::Warning, None, lost()));
            lost.into_iter().chain(found.iter().map(|finding| finding.render(language))).collect()
        };
        let language = self.pipeline.views().language;
        let file = |found: &[Finding]| File {
            name: interface.to_owned(),
            format: "live".to_owned(),
            link,
            packets: self.packets,
            truncated: false,
            notes: notes(found, language),
            notes_in_chinese: notes(found, Language::Zh),
            unselected: 0,
        };
        // Views remember their failure.
        let _ = self.pipeline.finish(file);
        self.pipeline.views().check()
    }
}
