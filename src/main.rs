//! The `wirewalk` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    wirewalk::cli::run(std::env::args_os())
}
