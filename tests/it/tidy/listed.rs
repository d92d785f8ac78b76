//! What lies in one place and must be named in another.

use super::files::File;

/// Each example is in the README, by its path or by the command that runs it; or else learners do not find it.
pub(super) fn examples(names: &[String], readme: &str) -> Vec<String> {
    // A folder there is what they share.
    let stems = names.iter().filter_map(|name| name.strip_suffix(".rs"));
    let missing = stems.filter(|stem| {
        !readme.contains(&format!("examples/{stem}")) && !readme.contains(&format!("--example {stem}"))
    });
    let say = |stem| format!("examples/{stem}.rs: name it in README.md, with the command that runs it");
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

/// What each capture of an example has beside it: the text that explaining it must give, in each language.
pub(super) const TEXTS: &[&str] = &["en.txt", "zh.txt"];

/// What each capture of the lab has beside it.
pub(super) const TEXTS_AND_JSON: &[&str] = &["en.txt", "zh.txt", "json"];

/// Each capture in this directory has its golden texts, and each golden text its capture.
pub(super) fn captures(directory: &str, names: &[String], texts: &[&str]) -> Vec<String> {
    let mut complaints = Vec::new();
    for name in names {
        if let Some(stem) = name.strip_suffix(".pcapng") {
            let texts = texts.iter().map(|text| format!("{stem}.{text}"));
            complaints.extend(texts.filter(|text| !names.contains(text)).map(|text| {
                format!(
                    "{directory}/{name}: write {directory}/{text} (UPDATE_EXPECT=1 cargo test --test it captures::)"
                )
            }));
        } else if name != "README.md" {
            let stem = texts.iter().find_map(|text| name.strip_suffix(text)?.strip_suffix('.'));
            if !stem.is_some_and(|stem| names.contains(&format!("{stem}.pcapng"))) {
                complaints.push(format!("{directory}/{name}: it belongs to no capture; remove it"));
            }
        }
    }
    complaints
}

#[test]
fn what_is_missing_is_told() {
    let names = |names: &[&str]| -> Vec<String> { names.iter().map(|&name| name.to_owned()).collect() };
    for readme in ["`examples/01_hello.rs` says hello", "cargo run --example 01_hello"] {
        assert!(examples(&names(&["01_hello.rs"]), readme).is_empty());
    }
    let readme = "`examples/01_hello.rs`";
    assert_eq!(examples(&names(&["01_hello.rs", "02_echo.rs"]), readme).len(), 1);
    assert_eq!(examples(&names(&["01_hello.rs"]), "").len(), 1);

    assert!(examples(&names(&["support"]), "").is_empty());

    let tour = File::new("src/lib.rs", "//! `src/a.rs`, `tests/b/c.rs`, `Opcode`, `tests/run`");
    assert_eq!(destinations(&tour, |path| path != "tests/b/c.rs"), ["src/lib.rs: tests/b/c.rs is not there"]);

    let captures = |list: &[&str], texts| super::listed::captures("captures", &names(list), texts);
    assert!(captures(&["README.md", "a.pcapng", "a.en.txt", "a.zh.txt"], TEXTS).is_empty());
    assert_eq!(captures(&["a.pcapng", "a.en.txt", "a.zh.txt"], TEXTS_AND_JSON).len(), 1);
    let told = captures(&["a.pcapng", "a.en.txt", "b.zh.txt", "c.pcap"], TEXTS);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with("captures/a.pcapng: write captures/a.zh.txt"), "{told:?}");
    assert!(told[1].starts_with("captures/b.zh.txt: it belongs to no capture"), "{told:?}");
    assert!(told[2].starts_with("captures/c.pcap:"), "{told:?}");
}
