//! Opens the files that are written: captures private and never through a symbolic link, and nothing over a file of
//! another kind. Every check is made on the opened file, not on its name.

use std::fmt;
use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read as _};
use std::os::fd::{AsRawFd as _, RawFd};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use crate::capture::read::{pcap, pcapng};

/// Mode of a capture: readable and writable by its owner alone.
const PRIVATE: u32 = 0o600;

/// The first bytes of every `SQLite` database.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Kind of a file to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputKind {
    /// A capture: it holds passwords and sessions, so only its owner may read it.
    Capture,
    /// A text about one: meant to be shown, it replaces any text.
    Document,
}

/// Treatment of a file of another kind, or for a capture of another user's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// Refuse it.
    SameKind,
    /// Replace it (`--force`).
    Always,
}

/// Contents of a file, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// Nothing.
    Nothing,
    /// A pcap or pcapng file.
    Capture,
    /// A gzip file, perhaps a capture.
    Gzip,
    /// An `SQLite` database, perhaps that of the accounts.
    Database,
    /// Anything else.
    Other,
}

/// Error of a file that is not written.
#[derive(Debug)]
#[non_exhaustive]
pub enum OutputError {
    /// An error of the system.
    Io(io::Error),
    /// The name is that of a symbolic link.
    SymbolicLink,
    /// Another process is writing a capture there.
    InUse,
    /// The file that is to hold a capture is another user's, who could read it.
    OtherOwner,
    /// A file of another kind is there.
    OtherKind {
        /// Kind of the file to write.
        wanted: OutputKind,
        /// Contents of the file.
        found: Contents,
    },
}

impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing",
            Self::Capture => "a capture",
            Self::Gzip => "a gzip file",
            Self::Database => "a SQLite database",
            Self::Other => "a file that is not a capture",
        })
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "cannot be written: {error}"),
            Self::SymbolicLink => f.write_str(
                "is a symbolic link, and captures do not follow one; name the file that it points to",
            ),
            Self::InUse => f.write_str("another wirewalk is writing it; name another file"),
            Self::OtherOwner => f.write_str(
                "belongs to another user, who could read the capture; name another file, or add --force",
            ),
            Self::OtherKind { wanted, found } => {
                let what = match wanted {
                    OutputKind::Capture => "a capture",
                    OutputKind::Document => "a text",
                };
                write!(
                    f,
                    "{found} is there, and {what} does not replace it; name another file, or add --force"
                )
            }
        }
    }
}

impl std::error::Error for OutputError {}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Contents {
    /// Contents by the first bytes.
    fn of(first: &[u8]) -> Self {
        match first {
            [] => Self::Nothing,
            [0x1F, 0x8B, ..] => Self::Gzip,
            _ if first.starts_with(SQLITE) => Self::Database,
            _ if first.first_chunk().is_some_and(|first| pcapng::magic(*first).is_some()) => Self::Capture,
            _ if first.first_chunk().is_some_and(|first| pcap::magic(*first).is_some()) => Self::Capture,
            _ => Self::Other,
        }
    }

    /// True if a file of this kind may replace them.
    const fn may_become(self, kind: OutputKind) -> bool {
        match kind {
            OutputKind::Capture => matches!(self, Self::Nothing | Self::Capture),
            OutputKind::Document => matches!(self, Self::Nothing | Self::Other),
        }
    }
}

/// Opens a file to write it from its beginning, and creates it if there is none.
///
/// A capture gets mode 0600, also where it replaces one that others could read, and is locked until it is closed.
/// Pipes, terminals and the like are opened as they are, by `/dev/stdout` and `/dev/fd/N` too. A file of another user
/// becomes a capture only with [`Overwrite::Always`]: its owner can read it, whatever its mode.
///
/// # Errors
/// [`OutputError`] if it cannot be opened, or must not be written; its contents are then unchanged.
pub fn create_output(path: &Path, kind: OutputKind, overwrite: Overwrite) -> Result<File, OutputError> {
    let file = match kind {
        OutputKind::Document => options().open(path)?,
        OutputKind::Capture => open_private(path)?,
    };
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(file);
    }
    if kind == OutputKind::Capture
        && let Err(TryLockError::WouldBlock) = file.try_lock()
    {
        // Its writer would go on at its own offset, behind a gap. A file system without locks is used without one.
        return Err(OutputError::InUse);
    }
    if overwrite == Overwrite::SameKind {
        if kind == OutputKind::Capture && metadata.uid() != geteuid().as_raw() {
            return Err(OutputError::OtherOwner);
        }
        let found = contents(&file)?;
        if !found.may_become(kind) {
            return Err(OutputError::OtherKind { wanted: kind, found });
        }
    }
    if kind == OutputKind::Capture
        && let Err(error) = file.set_permissions(Permissions::from_mode(PRIVATE))
        // Only the owner may; --force accepts another's file.
        && (overwrite == Overwrite::SameKind || error.kind() != io::ErrorKind::PermissionDenied)
    {
        return Err(error.into());
    }
    file.set_len(0)?;
    Ok(file)
}

/// Options to write without truncating: the contents are checked first.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    options
}

fn open_private(path: &Path) -> Result<File, OutputError> {
    let (path, follow) = match own_descriptor(path) {
        Some(descriptor) => (descriptor, 0),
        None => (path.to_owned(), libc::O_NOFOLLOW),
    };
    options().mode(PRIVATE).custom_flags(follow).open(&path).map_err(|error| {
        let is_link = || fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
        if error.raw_os_error() == Some(libc::ELOOP) && is_link() {
            OutputError::SymbolicLink
        } else {
            error.into()
        }
    })
}

/// The name in `/proc` of a descriptor that this process was started with, if `path` names one: they are symbolic links
/// that only the process itself can make.
fn own_descriptor(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let folder = fs::canonicalize(path.parent()?).ok()?;
    let own = fs::canonicalize("/proc/self/fd").ok()?;
    let number = match name {
        "stdout" if folder == Path::new("/dev") => libc::STDOUT_FILENO,
        "stderr" if folder == Path::new("/dev") => libc::STDERR_FILENO,
        number if folder == own => number.parse::<RawFd>().ok()?,
        _ => return None,
    };
    Some(own.join(number.to_string()))
}

/// Contents of a file that was opened for writing only.
fn contents(file: &File) -> io::Result<Contents> {
    if file.metadata()?.len() == 0 {
        return Ok(Contents::Nothing);
    }
    // The same file, whatever its name stands for by now.
    let again = File::open(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
    let mut first = Vec::with_capacity(SQLITE.len());
    again.take(SQLITE.len() as u64).read_to_end(&mut first)?;
    Ok(Contents::of(&first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_told_by_the_first_bytes() {
        let pcapng = [0x0A, 0x0D, 0x0D, 0x0A, 0, 0, 0, 28, 0x1A, 0x2B, 0x3C, 0x4D, 0, 1, 0, 0];
        let mut little = pcapng;
        little[8..12].reverse();
        for (first, contents) in [
            (&b""[..], Contents::Nothing),
            (&pcapng, Contents::Capture),
            (&little, Contents::Capture),
            (&pcapng[..7], Contents::Other),
            (b"\n\r\r\nnotes of mine", Contents::Other),
            (b"\n", Contents::Other),
            (&[0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0], Contents::Capture),
            (&[0xA1, 0xB2, 0x3C, 0x4D], Contents::Capture),
            (&[0x1F, 0x8B, 8], Contents::Gzip),
            (b"SQLite format 3\0", Contents::Database),
            (b"SQLite format 3", Contents::Other),
            (b"dear diary", Contents::Other),
        ] {
            assert_eq!(Contents::of(first), contents, "{first:?}");
        }
    }

    #[test]
    fn only_descriptors_of_this_process_are_followed() {
        let own = fs::canonicalize("/proc/self/fd").unwrap();
        for (path, number) in
            [("/dev/stdout", "1"), ("/dev/stderr", "2"), ("/proc/self/fd/7", "7"), ("/dev/fd/9", "9")]
        {
            assert_eq!(own_descriptor(Path::new(path)), Some(own.join(number)), "{path}");
        }
        for path in [
            "/dev/null",
            "/dev/shm/1",
            "/tmp/stdout",
            "/proc/1/fd/1",
            "/proc/self/fd/x",
            "x.pcapng",
            "/",
            "-",
        ] {
            assert_eq!(own_descriptor(Path::new(path)), None, "{path}");
        }
    }
}
