//! The command line: arguments in, exit code out.
//!
//! One file a command (`serve`, `explain`, `watch`) with its options; beside them what commands share: output options
//! and their plan, values, signals, spools. Only argument parsing, files, terminals and signals live here: decoding,
//! observing and wording belong to the modules below.
//!
//! Text goes to stdout, notes to stderr. Whatever is wrong with the arguments is said in one sentence, and the exit
//! code is 2.

mod explain;
mod output_plan;
mod process;
mod serve;
mod spool;
mod stop_signals;
mod memory_budget;
mod output_args;
mod values;
mod views;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Parser, Subcommand};

use crate::explain::escape_controls;

/// Wrong usage, or something that cannot be read or listened on.
const WRONG_USAGE: u8 = 2;

#[derive(Debug, Parser)]
#[command(name = "wirewalk", version, about = "A WebSocket server you can see through.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server: who is online, /echo, /broadcast
    Serve(Box<serve::Options>),
    /// Explain captures: both ends' states, frames, who closed and why
    Explain(explain::Options),
    /// Tell what passes a port of this machine, as it happens
    Watch(watch::Options),
}

/// Runs the command line.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let help = match arguments.get(1).and_then(|command| command.to_str()) {
        Some("explain") => "wirewalk explain --help",
        Some("watch") => "wirewalk watch --help",
        _ => "wirewalk serve --help",
    };
    let command = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments.command,
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(mut error) => {
            escape_arguments(&mut error);
            return complain(&sentence(&error, help));
        }
    };
    match command {
        Command::Serve(options) => serve::run(*options),
        Command::Explain(options) => explain::run(&options),
        Command::Watch(options) => watch::run(&options),
    }
}

/// An error of clap, as one sentence.
fn sentence(error: &clap::Error, help: &str) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "a command is needed; see 'wirewalk --help'".to_owned();
    }
    let argument = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) => argument.as_str(),
        _ => "",
    };
    if error.kind() == ErrorKind::UnknownArgument && !argument.starts_with('-') {
        // Not repeated: it may be a secret that lost its option.
        return format!("a value stands without its option; see '{help}'");
    }
    let text = error.to_string();
    let what = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = what.split_whitespace().collect();
    let what = words.join(" ");
    format!("{}; see '{help}'", what.strip_prefix("error: ").unwrap_or(&what))
}

/// Escapes the arguments that clap repeats, before it renders its message: rendering drops escape sequences, and
/// `sentence` all but the first paragraph.
fn escape_arguments(error: &mut clap::Error) {
    let escaped = |(kind, value): (ContextKind, &ContextValue)| match value {
        ContextValue::String(given) => Some((kind, ContextValue::String(escape_controls(given)))),
        _ => None,
    };
    let escaped: Vec<_> = error.context().filter_map(escaped).collect();
    for (kind, value) in escaped {
        error.insert(kind, value);
    }
}

/// Prints a line on stderr, with control characters escaped: it may repeat file names and arguments.
fn say(what: &str) {
    eprintln!("wirewalk: {}", escape_controls(what));
}

/// Prints an error on stderr; the exit code is 2.
fn complain(what: &str) -> ExitCode {
    say(what);
    ExitCode::from(WRONG_USAGE)
}
