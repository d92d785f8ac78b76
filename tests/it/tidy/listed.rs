//! What lies in one place and must be named in another.

use super::files::File;

/// Each example is in the README beside it, by its file or by the command that runs it; or else learners do not find it.
pub(super) fn examples(names: &[String], readme: &str) -> Vec<String> {
    // A folder there is what they share.
    let stems = names.iter().filter_map(|name| name.strip_suffix(".rs"));
    let missing = stems.filter(|stem| {
        !readme.contains(&format!("({stem}.rs)")) && !readme.contains(&format!("--example {stem}"))
    });
    let say = |stem| format!("examples/{stem}.rs: name it in examples/README.md, with what it teaches");
    missing.map(say).collect()
}

/// Each path that the tour names is there, so that nobody is sent to a file that has moved.
pub(super) fn destinations(tour: &File, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let code_spans = tour.text.split('`').skip(1).step_by(2);
    let is_path = |span: &&str| {
        ["src/", "tests/", "examples/", "benches/", "captures/"].iter().any(|folder| span.starts_with(folder))
    };
    let missing = code_spans.filter(is_path).filter(|path| !exists(path));
    missing.map(|path| format!("{}: {path} is not there", tour.path)).collect()
}

/// The texts beside each capture of an example: what `explain` must print of it, in each language.
const TEXTS: &[&str] = &["en.txt", "zh.txt"];

/// The files in the folder of a capture that has one.
const FOLDER: &[&str] = &["capture.pcapng", "en.txt", "objects.ndjson", "zh.txt"];

/// Each capture in this directory has its golden texts, and each golden text its capture.
pub(super) fn captures(directory: &str, names: &[String]) -> Vec<String> {
    let mut complaints = Vec::new();
    for name in names {
        if let Some(stem) = name.strip_suffix(".pcapng") {
            let texts = TEXTS.iter().map(|text| format!("{stem}.{text}"));
            complaints.extend(texts.filter(|text| !names.contains(text)).map(|text| {
                format!(
                    "{directory}/{name}: write {directory}/{text} (UPDATE_EXPECT=1 cargo test --test it captures::)"
                )
            }));
        } else if name != "README.md" {
            let stem = TEXTS.iter().find_map(|text| name.strip_suffix(text)?.strip_suffix('.'));
            if !stem.is_some_and(|stem| names.contains(&format!("{stem}.pcapng"))) {
                complaints.push(format!("{directory}/{name}: it belongs to no capture; remove it"));
            }
        }
    }
    complaints
}

/// A capture's folder holds it and its golden files, and nothing else.
pub(super) fn folder(directory: &str, names: &[String]) -> Vec<String> {
    let missing = FOLDER.iter().filter(|file| !names.iter().any(|name| name == *file)).map(|file| {
        format!("{directory}: write {directory}/{file} (UPDATE_EXPECT=1 cargo test --test it captures::)")
    });
    let strangers = names.iter().filter(|name| !FOLDER.contains(&name.as_str()));
    missing
        .chain(strangers.map(|name| format!("{directory}/{name}: it belongs to no capture; remove it")))
        .collect()
}

#[test]
fn what_is_missing_is_complained_of() {
    let names = |names: &[&str]| -> Vec<String> { names.iter().map(|&name| name.to_owned()).collect() };
    for readme in ["[01_hello](01_hello.rs) says hello", "cargo run --example 01_hello"] {
        assert!(examples(&names(&["01_hello.rs"]), readme).is_empty());
    }
    let readme = "[01_hello](01_hello.rs)";
    assert_eq!(examples(&names(&["01_hello.rs", "02_echo.rs"]), readme).len(), 1);
    assert_eq!(examples(&names(&["01_hello.rs"]), "").len(), 1);

    assert!(examples(&names(&["support"]), "").is_empty());

    let tour = File::new("src/lib.rs", "//! `src/a.rs`, `tests/b/c.rs`, `Opcode`, `tests/run`");
    assert_eq!(destinations(&tour, |path| path != "tests/b/c.rs"), ["src/lib.rs: tests/b/c.rs is not there"]);

    let captures = |list: &[&str]| super::listed::captures("captures", &names(list));
    assert!(captures(&["README.md", "a.pcapng", "a.en.txt", "a.zh.txt"]).is_empty());
    let complaints = captures(&["a.pcapng", "a.en.txt", "b.zh.txt", "c.pcap"]);
    assert_eq!(complaints.len(), 3, "{complaints:?}");
    assert!(complaints[0].starts_with("captures/a.pcapng: write captures/a.zh.txt"), "{complaints:?}");
    assert!(complaints[1].starts_with("captures/b.zh.txt: it belongs to no capture"), "{complaints:?}");
    assert!(complaints[2].starts_with("captures/c.pcap:"), "{complaints:?}");

    let folder = |list: &[&str]| super::listed::folder("captures/lab/F01", &names(list));
    assert!(folder(FOLDER).is_empty());
    let complaints = folder(&["capture.pcapng", "en.txt", "objects.json", "zh.txt"]);
    assert_eq!(complaints.len(), 2, "{complaints:?}");
    assert!(
        complaints[0].starts_with("captures/lab/F01: write captures/lab/F01/objects.ndjson"),
        "{complaints:?}"
    );
    assert!(complaints[1].starts_with("captures/lab/F01/objects.json: it belongs to no"), "{complaints:?}");
}
