//! The repository's files, as the rules see them.

use std::path::{Path, PathBuf};

use super::lexer;

/// A Rust file.
#[derive(Debug)]
pub(super) struct File {
    /// From the repository's root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
    /// The text with comments and the insides of literals blanked: each byte stands where it stood.
    pub(super) code: String,
}

impl File {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), code: lexer::code(text) }
    }

    /// `path:line: message`, as editors know to jump to.
    pub(super) fn complaint(&self, offset: usize, message: &str) -> String {
        let line = self.text[..offset].matches('\n').count() + 1;
        format!("{}:{line}: {message}", self.path)
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files under this directory, sorted; none if there is no such directory.
pub(super) fn rust_files(directory: &str) -> Vec<File> {
    let mut paths = Vec::new();
    walk(&root().join(directory), &mut paths);
    paths.sort();
    let file = |path: PathBuf| {
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let relative = path.strip_prefix(root()).expect("below the root");
        File::new(&relative.to_string_lossy().replace('\\', "/"), &text)
    };
    paths.into_iter().map(file).collect()
}

fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries {
        let path = entry.expect("a readable directory").path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The names right in this directory, sorted; none if there is no such directory.
pub(crate) fn names_in(directory: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join(directory)).into_iter().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("a readable directory").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn the_files_are_found() {
    let files = rust_files("src");
    assert!(files.iter().any(|file| file.path == "src/wire/ws/mask.rs"), "{files:?}");
    assert!(names_in("src").contains(&"lib.rs".to_owned()));
    assert_eq!(names_in("no such directory"), Vec::<String>::new());
    assert_eq!(File::new("a.rs", "1\n2\n3").complaint(4, "x"), "a.rs:3: x");
}
