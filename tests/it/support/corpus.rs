//! Captures by others. Their licences differ, so they are not in the repository: `WIREWALK_CORPUS` names the folder.

use std::path::{Path, PathBuf};

use super::skip::skipped;

/// The captures by others, sorted; none, counted as skipped, where no folder of them is named.
///
/// # Panics
/// If there are none in the folder that is named.
pub(crate) fn of_others() -> Vec<PathBuf> {
    let Some(folder) = std::env::var_os("WIREWALK_CORPUS").map(PathBuf::from) else {
        skipped("captures by others: set WIREWALK_CORPUS to the folder they lie in");
        return Vec::new();
    };
    let found = captures_in(&folder);
    assert!(!found.is_empty(), "WIREWALK_CORPUS={}: no captures there", folder.display());
    found
}

/// The captures by others; where they are not, those of the examples stand in.
pub(crate) fn any() -> Vec<PathBuf> {
    let others = of_others();
    if others.is_empty() {
        captures_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("captures"))
    } else {
        others
    }
}

/// Captures that are in the repository, and the cases of known truth, in it or where `WIREWALK_CASES` names their folder.
pub(crate) fn ours() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = std::env::var_os("WIREWALK_CASES").map_or_else(|| root.join("tests/cases"), PathBuf::from);
    let mut folders = vec![root.join("captures"), root.join("captures/online"), cases];
    for parent in ["captures/lab", "captures/itself"] {
        let entries = root.join(parent).read_dir().expect("a folder of the repository");
        folders.extend(entries.map(|entry| entry.expect("a readable folder").path()));
    }
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    folders.iter().flat_map(|folder| captures_in(folder)).collect()
}

fn captures_in(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "pcap" || ending == "pcapng"));
    paths.sort();
    paths
}
