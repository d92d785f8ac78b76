//! The lists of `tests/run`: what it leaves out of `quick`, and what it runs alone, must be tests that exist.

use std::path::Path;

/// The names in the list `NAME=(…)` of the script.
fn list<'s>(script: &'s str, name: &str) -> Vec<&'s str> {
    let (_, rest) = script.split_once(&format!("\n{name}=(")).unwrap_or_else(|| panic!("no list {name}"));
    rest.split_once(')').expect("the end of the list").0.split_whitespace().collect()
}

/// Whether a name is a module of these tests, or the begin of a test in one.
fn exists(name: &str) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let is_module = |path: &str| {
        let path = root.join(path.replace("::", "/"));
        path.with_extension("rs").is_file() || path.join("mod.rs").is_file()
    };
    if let Some(module) = name.strip_suffix("::") {
        return is_module(module);
    }
    let Some((module, test)) = name.rsplit_once("::") else { return is_module(name) };
    let source = std::fs::read_to_string(root.join(module.replace("::", "/")).with_extension("rs"));
    is_module(name) || source.is_ok_and(|source| source.contains(&format!("fn {test}")))
}

#[test]
fn the_lists_of_the_script_name_tests_that_exist() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/run");
    let script = std::fs::read_to_string(script).unwrap();
    for name in ["slow", "alone"].iter().flat_map(|name| list(&script, name)) {
        assert!(exists(name), "tests/run: there is no {name}");
    }
    assert!(!exists("growth::bonsai") && !exists("bonsai::"));
}
