//! A temporary directory, removed with its owner.

use std::path::{Path, PathBuf};

/// A fresh empty directory, removed with everything in it on drop.
#[derive(Debug)]
pub(crate) struct TempDir(PathBuf);

impl TempDir {
    /// # Panics
    /// If it cannot be made.
    pub(crate) fn new() -> Self {
        let name = format!("wirewalk-{}-{:016x}", std::process::id(), u64::from_ne_bytes(super::random()));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning; a test must not fail for it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_directory_goes_with_its_owner() {
    let dir = TempDir::new();
    let path = dir.path().to_owned();
    std::fs::write(dir.join("file"), "x").unwrap();
    assert!(path.join("file").exists());
    drop(dir);
    assert!(!path.exists());
}
