//! The usage of the program: what is wrong with arguments, completions for shells, manual pages.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::complain;
use crate::explain::escape_controls;

/// The program's commands, and the one that was given.
pub(super) struct Usage {
    program: Command,
    /// The command whose help is the right one; `None` for that of the program.
    given: Option<String>,
}

impl Usage {
    pub(super) fn of<P: CommandFactory>(arguments: &[OsString]) -> Self {
        let program = P::command();
        let first = arguments.get(1).and_then(|command| command.to_str());
        let given = first.and_then(|name| program.find_subcommand(name)).map(|it| it.get_name().to_owned());
        Self { program, given }
    }

    /// An error of clap, as one sentence.
    pub(super) fn sentence(&self, mut error: clap::Error) -> String {
        let help = self
            .given
            .as_ref()
            .map_or_else(|| "wirewalk --help".to_owned(), |it| format!("wirewalk {it} --help"));
        if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            return format!("a command is needed; see '{help}'");
        }
        let argument = match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::String(argument)) => argument.as_str(),
            _ => "",
        };
        if error.kind() == ErrorKind::UnknownArgument && !argument.starts_with('-') {
            // Not repeated: it may be a secret that lost its option.
            return format!("a value stands without its option; see '{help}'");
        }
        let see = match suggestion(&error) {
            Some(meant) => format!("did you mean '{meant}'? See '{help}'"),
            None => format!("see '{help}'"),
        };
        escape_arguments(&mut error);
        let text = error.to_string();
        let what = text.split("\n\n").next().unwrap_or_default();
        let words: Vec<&str> = what.split_whitespace().collect();
        let what = words.join(" ");
        format!("{}; {see}", what.strip_prefix("error: ").unwrap_or(&what))
    }

    /// Prints the completions of a shell.
    pub(super) fn completions(mut self, shell: Shell) -> ExitCode {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut self.program, "wirewalk", &mut script);
        print(&script)
    }

    /// Prints the manual page of a command, or of the program.
    pub(super) fn manual(mut self, command: Option<&str>) -> ExitCode {
        // With what the program adds to each: its name, help.
        self.program.build();
        let page = match command {
            None => self.program.clone(),
            Some(name) => match self.program.find_subcommand(name) {
                Some(command) => command.clone(),
                None => return complain(&self.unknown_page(name)),
            },
        };
        let mut text = Vec::new();
        match Man::new(page).render(&mut text) {
            Ok(()) => print(&text),
            Err(error) => complain(&format!("the page cannot be made: {error}")),
        }
    }

    fn unknown_page(&self, name: &str) -> String {
        let names = self.program.get_subcommands().map(Command::get_name).filter(|name| *name != "help");
        let names: Vec<_> = names.collect();
        format!("no command '{}'; the pages are of {}", escape_controls(name), names.join(", "))
    }
}

/// What was probably meant: a command, an option or a value.
fn suggestion(error: &clap::Error) -> Option<String> {
    let kinds = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    kinds.into_iter().find_map(|kind| match error.get(kind)? {
        ContextValue::String(meant) => Some(meant.clone()),
        ContextValue::Strings(meant) => meant.first().cloned(),
        _ => None,
    })
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

/// Prints a whole text on stdout; that nobody reads it to its end is no error.
fn print(text: &[u8]) -> ExitCode {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("the output cannot be written: {error}"))
        }
        _ => ExitCode::SUCCESS,
    }
}
