//! Packages of npm: installed on first use, and cached from one run to the next.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::process;

/// Installing takes the network.
const INSTALL: Duration = Duration::from_mins(5);

/// A file of a package, `node_modules/PACKAGE/FILE` in a directory of its own beside the other tools.
///
/// # Panics
/// If it cannot be installed.
pub(crate) fn file(package: &str, file: &str) -> PathBuf {
    let cache = crate::oracle::peers::cache().with_file_name(package);
    let path = cache.join("node_modules").join(package).join(file);
    if !path.exists() {
        std::fs::create_dir_all(&cache).unwrap_or_else(|error| panic!("{}: {error}", cache.display()));
        let arguments = ["install", "--no-audit", "--no-fund", "--silent", "--prefix", ".", package];
        let exit = process::run(Command::new("npm").args(arguments).current_dir(&cache), INSTALL);
        assert_eq!(exit.code, Some(0), "{package}: {}{}", exit.stdout, exit.stderr);
    }
    path
}
