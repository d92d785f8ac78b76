//! The lists of `tests/run`: what it leaves out of `quick`, and what it runs alone, must be tests that exist; and it runs
//! every test program and every benchmark of the package.

use std::collections::BTreeSet;
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

/// Names of the targets of a kind, in `Cargo.toml` or found by cargo in the folder of that kind.
fn targets(kind: &str, folder: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let header = format!("[[{kind}]]\nname = \"");
    let named = manifest.split(&header).skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
    let named: BTreeSet<String> = named.map(str::to_owned).collect();
    assert_eq!(named.len(), manifest.matches(&format!("[[{kind}]]")).count(), "each has its name first");
    let files = crate::tidy::names_in(folder);
    named.into_iter().chain(files.iter().filter_map(|it| it.strip_suffix(".rs")).map(str::to_owned)).collect()
}

/// Values of an option in a line of the script.
fn values<'l>(line: &'l str, option: &str) -> Vec<&'l str> {
    let words: Vec<_> = line.split_whitespace().collect();
    words.windows(2).filter(|pair| pair[0] == option).map(|pair| pair[1]).collect()
}

#[test]
fn every_test_program_and_benchmark_is_run() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/run");
    let script = std::fs::read_to_string(script).unwrap();
    let (_, rest) = script.split_once("\nside_by_side() {").expect("the function that runs the tests");
    let function = rest.split_once("\n}").expect("its end").0;
    let named = |is_build: bool| -> BTreeSet<String> {
        let lines =
            function.lines().filter(|it| it.contains("cargo test ") && it.contains("--no-run") == is_build);
        lines.flat_map(|line| values(line, "--test")).map(str::to_owned).collect()
    };
    let tests = targets("test", "tests");
    assert!(tests.contains("it"), "{tests:?}");
    assert_eq!(named(true), tests, "tests/run builds each test program");
    assert_eq!(named(false), tests, "tests/run runs each test program");
    let mut benches: BTreeSet<_> = list(&script, "benches").into_iter().map(str::to_owned).collect();
    assert!(benches.insert("growth".to_owned()), "growth is run by its tests");
    assert_eq!(benches, targets("bench", "benches"), "tests/run tries each benchmark");
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
