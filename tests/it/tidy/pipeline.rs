//! Packets become views in one place: `explain/pipeline.rs`.

use super::files::File;
use super::lexer::paths;

/// What only a loop over packets needs.
const PARTS: &[&str] = &["Observer", "Inspector"];

/// Where the parts are made, and where they are joined.
const ALLOWED: &[&str] = &["src/observe", "src/explain/findings", "src/explain/pipeline.rs"];

/// Tests make steps by themselves; the module's root hands the parts on to whoever uses the library.
const EXEMPT: &[&str] = &["src/explain/mod.rs", "src/explain/testing.rs"];

pub(super) fn check(file: &File) -> Vec<String> {
    let is_test = file.path.ends_with("/tests.rs") || file.path.contains("/tests/");
    let is_allowed = ALLOWED.iter().any(|place| file.path.starts_with(place));
    if is_test || is_allowed || EXEMPT.contains(&file.path.as_str()) {
        return Vec::new();
    }
    let named = paths(&file.code).into_iter().filter(|path| {
        let is_part = |segment: &&str| PARTS.contains(segment);
        path.segments.iter().any(is_part)
    });
    let say = |name: String| {
        format!("{name}: give the packets to a Pipeline of explain, it is the one way to views")
    };
    named.map(|path| file.complaint(path.offset, &say(path.segments.join("::")))).collect()
}

#[test]
fn a_second_way_is_refused() {
    let complaints = |path, text| check(&File::new(path, text));
    let text = "\nuse crate::observe::{Config, Observer};\nfn f(inspector: &mut Inspector) {}";
    for path in ["src/cli/watch.rs", "src/server/recorder/file.rs", "src/explain/views/feed/mod.rs"] {
        assert_eq!(complaints(path, text).len(), 2, "{path}");
        assert_eq!(complaints(path, "use crate::explain::Pipeline; // Observer"), Vec::<String>::new());
    }
    for path in ["src/observe/observer.rs", "src/explain/pipeline.rs", "src/explain/views/redaction/tests.rs"]
    {
        assert_eq!(complaints(path, text), Vec::<String>::new(), "{path}");
    }
    assert!(complaints("src/a.rs", text)[0].starts_with("src/a.rs:2: crate::observe::Observer: give"));
}
