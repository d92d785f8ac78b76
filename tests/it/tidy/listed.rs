//! What lies in one place and must be named in another.

/// Each example is in the README, by its path or by the command that runs it; or else learners do not find it.
pub(super) fn examples(names: &[String], readme: &str) -> Vec<String> {
    let missing = names.iter().filter(|name| {
        let stem = name.trim_end_matches(".rs");
        !readme.contains(&format!("examples/{stem}")) && !readme.contains(&format!("--example {stem}"))
    });
    let say = |name| format!("examples/{name}: name it in README.md, with the command that runs it");
    missing.map(say).collect()
}

/// Each capture has the text that explaining it must give.
pub(super) fn captures(names: &[String]) -> Vec<String> {
    let mut complaints = Vec::new();
    for name in names {
        let capture = [".pcapng", ".pcap"].iter().find_map(|end| name.strip_suffix(end));
        if let Some(stem) = capture
            && !names.contains(&format!("{stem}.txt"))
        {
            complaints
                .push(format!("captures/{name}: write captures/{stem}.txt (UPDATE_EXPECT=1 cargo test)"));
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

    assert!(captures(&names(&["README.md", "a.pcapng", "a.txt"])).is_empty());
    assert_eq!(
        captures(&names(&["a.pcapng", "b.pcap", "b.txt"])),
        ["captures/a.pcapng: write captures/a.txt (UPDATE_EXPECT=1 cargo test)"]
    );
}
