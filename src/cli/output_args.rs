//! The options that `explain` and `watch` have in common, and the view that they select.

use std::io::Write;
use std::path::PathBuf;

use anstream::ColorChoice;
use clap::{ArgGroup, Args};

use super::memory_budget::MemoryBudget;
use super::spool::Spool;
use super::values;
use crate::capture::Overwrite;
use crate::explain::{
    Detail, Glyphs, JsonWriter, Ladder, LadderStyle, Language, LiveLadder, Mermaid, NdjsonWriter, Overview,
    Remarks, Report, SummaryTable, TimeFormat, View,
};
use crate::web;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("view").multiple(false))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct OutputArgs {
    /// A table instead of ladders: one line for each connection, with how it ended and the worst that was found
    #[arg(long, group = "view")]
    pub(super) summary: bool,
    /// One JSON document for each capture
    #[arg(long, group = "view")]
    pub(super) json: bool,
    /// The same objects as they are understood, one a line
    #[arg(long, group = "view")]
    pub(super) ndjson: bool,
    /// A Mermaid sequence diagram for each capture
    #[arg(long, group = "view")]
    pub(super) mermaid: bool,
    /// A page for a browser, one file that needs no network
    #[arg(long, group = "view")]
    pub(super) html: bool,
    /// Where to write, its ending tells what: .txt, .json, .ndjson, .mmd, .html or .pcapng
    #[arg(short = 'o', value_name = "OUT")]
    pub(super) out: Option<PathBuf>,
    /// Overwrite any file; without it a capture replaces only a capture, a text neither a capture nor a database
    #[arg(long)]
    force: bool,
    /// Only this TCP connection: they count from 0, as in Wireshark
    #[arg(long, value_name = "N")]
    pub(super) stream: Option<u64>,
    /// Memory for connections and the view of them, like 512M or 2G: what exceeds it is given up, and the output says so
    /// [default: a quarter of the machine's, at most 2G]
    #[arg(long, value_name = "SIZE", value_parser = MemoryBudget::parse)]
    max_memory: Option<MemoryBudget>,
    /// Language of the text: en or zh [default: that of the locale, else en]
    #[arg(long, value_name = "LANG", value_parser = values::explain_language)]
    lang: Option<Language>,
    /// Leave out what only teaches: background, meanings of words, findings that are normal
    #[arg(long)]
    brief: bool,
    /// Columns of a line, 60 or more [default: those of the terminal, 100 in a pipe or a file]
    #[arg(long, value_name = "N", value_parser = values::width)]
    width: Option<usize>,
    /// The time beside each packet: relative (since the connection began), delta (since the packet before) or absolute
    /// (UTC) [default: relative, and delta too where there is room]
    #[arg(long, value_name = "HOW", value_parser = values::time_format)]
    time: Option<TimeFormat>,
    /// Draw with nothing but ASCII
    #[arg(long)]
    ascii: bool,
    /// Colours: auto (on a terminal), always or never
    #[arg(long, value_name = "WHEN", default_value = "auto", value_parser = values::color)]
    pub(super) color: ColorChoice,
    /// Each frame's header bit by bit
    #[arg(short = 'v')]
    bits: bool,
}

/// The format of what is written of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputFormat {
    Text,
    /// Text too, a line for each connection.
    Summary,
    Json,
    Ndjson,
    Mermaid,
    Html,
}

impl OutputFormat {
    /// Returns `true` for what people read in a terminal: it may have colours.
    pub(super) const fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Summary)
    }
}

impl OutputArgs {
    pub(super) fn language(&self) -> Language {
        self.lang.unwrap_or_else(values::locale)
    }

    /// `--max-memory`.
    pub(super) fn memory(&self) -> MemoryBudget {
        self.max_memory.unwrap_or_else(MemoryBudget::of_machine)
    }

    /// `--force`: files of another kind are overwritten.
    pub(super) const fn overwrite(&self) -> Overwrite {
        if self.force { Overwrite::Always } else { Overwrite::SameKind }
    }

    /// The look of text.
    pub(super) fn looks(&self) -> LadderStyle {
        let glyphs = if self.ascii { Glyphs::Ascii } else { Glyphs::Unicode };
        let detail = if self.bits { Detail::Bits } else { Detail::Line };
        let remarks = if self.brief { Remarks::Brief } else { Remarks::All };
        let (language, time) = (self.language(), self.time.unwrap_or_default());
        LadderStyle { language, glyphs, detail, remarks, time, width: self.width() }
    }

    /// Columns of a line: those of the terminal, if one is written to.
    fn width(&self) -> usize {
        let of_terminal = || {
            let size = self.out.is_none().then(|| rustix::termios::tcgetwinsize(std::io::stdout()))?.ok()?;
            // A terminal that does not know its size says 0.
            (size.ws_col > 0).then(|| usize::from(size.ws_col).max(LadderStyle::NARROWEST))
        };
        self.width.or_else(of_terminal).unwrap_or(LadderStyle::USUAL)
    }

    /// The view of a format. Text has an overview from a first pass, or is told as it comes.
    pub(super) fn view<'w>(
        &self,
        format: OutputFormat,
        overview: Option<Overview>,
        to: &'w mut dyn Write,
    ) -> Box<dyn View + 'w> {
        match (format, overview) {
            (OutputFormat::Json, _) => {
                Box::new(JsonWriter::new(to, [Spool::new(), Spool::new()]).with_memory(self.memory().view()))
            }
            (OutputFormat::Ndjson, _) => Box::new(NdjsonWriter::new(to)),
            (OutputFormat::Html, _) => Box::new(Report::new(to, web::report(self.lang))),
            (OutputFormat::Mermaid, _) => Box::new(Mermaid::new(to, self.language())),
            (OutputFormat::Summary, _) => Box::new(SummaryTable::new(to, self.looks())),
            (OutputFormat::Text, Some(overview)) => {
                Box::new(Ladder::new(to, self.looks(), overview, Spool::new()))
            }
            (OutputFormat::Text, None) => Box::new(LiveLadder::new(to, self.looks())),
        }
    }
}
