//! The command line: arguments in, exit code out.
//!
//! One file a command (`serve`, `explain`, `watch`) with its options; beside them what commands share: output options
//! and their plan, values, signals, spools, and `usage`: what is said of wrong arguments, completions, manual pages.
//! Only argument parsing, files, terminals and signals live here: decoding, observing and wording belong to the modules
//! below.
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
mod usage;
mod values;
mod views;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use clap_complete::Shell;

use self::usage::Usage;
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
    /// Print the completions of a shell: 'source <(wirewalk completions bash)'
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Print a manual page: 'wirewalk man explain | man -l -'
    Man {
        /// The command that it is about; else all in short
        command: Option<String>,
    },
}

/// Runs the command line.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let usage = Usage::of::<Arguments>(&arguments);
    let command = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments.command,
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => return complain(&usage.sentence(error)),
    };
    match command {
        Command::Serve(options) => serve::run(*options),
        Command::Explain(options) => explain::run(&options),
        Command::Watch(options) => watch::run(&options),
        Command::Completions { shell } => usage.completions(shell),
        Command::Man { command } => usage.manual(command.as_deref()),
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
