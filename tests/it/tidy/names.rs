//! One name, one public type: a reader who meets a name knows which type it is.

use std::collections::BTreeMap;

use super::files::File;

/// A name that several public types share.
struct SharedName {
    name: &'static str,
    /// The modules that have one, by their folders or files.
    modules: &'static [&'static str],
    reason: &'static str,
}

const fn shared(name: &'static str, modules: &'static [&'static str], reason: &'static str) -> SharedName {
    SharedName { name, modules, reason }
}

const BY_MODULE: &str = "a module's own, always written with its module";
const ONE_AS_SEEN: &str = "of observe is what a capture shows of it, which need not be legal or whole";

/// Names that may be shared, each for a reason. One that is no longer shared is to be removed here.
const EXCEPTIONS: &[SharedName] = &[
    shared("Config", &["src/proto", "src/observe"], BY_MODULE),
    shared(
        "EndReason",
        &["src/observe", "src/presence"],
        "a stream's end in a capture, a session's at its client",
    ),
    shared("Fault", &["src/observe", "src/capture/link/ip.rs"], BY_MODULE),
    shared("Handshake", &["src/proto/handshake/client.rs", "src/proto/handshake/server.rs"], BY_MODULE),
    shared("Header", &["src/wire/ws", "src/capture/link/ip.rs"], BY_MODULE),
    shared(
        "Language",
        &["src/presence", "src/explain"],
        "each speaks its own texts, and neither may use the other",
    ),
    shared("Message", &["src/proto", "src/observe"], ONE_AS_SEEN),
    shared("Request", &["src/wire/http", "src/observe"], ONE_AS_SEEN),
    shared("Response", &["src/wire/http", "src/observe"], ONE_AS_SEEN),
    shared(
        "Rule",
        &["src/observe/tcp", "src/observe/ws"],
        "a row of each transition table, written with its machine",
    ),
    shared("Settings", &["src/server", "src/explain"], BY_MODULE),
    shared("Version", &["src/wire/http", "src/capture/link/ip.rs"], BY_MODULE),
];

/// Complaints about names that several public types share, and about exceptions that no longer hold.
pub(super) fn check(files: &[File]) -> Vec<String> {
    check_with(files, EXCEPTIONS)
}

fn check_with(files: &[File], exceptions: &[SharedName]) -> Vec<String> {
    let mut declared: BTreeMap<&str, Vec<(&File, usize)>> = BTreeMap::new();
    for file in files {
        for (name, offset) in public_types(&file.code) {
            declared.entry(name).or_default().push((file, offset));
        }
    }
    let mut complaints = Vec::new();
    for (name, places) in declared.iter().filter(|(_, places)| places.len() > 1) {
        let exception = exceptions.iter().find(|exception| exception.name == *name);
        for (file, offset) in places {
            if !exception
                .is_some_and(|exception| exception.modules.iter().any(|module| lies_in(file, module)))
            {
                let others: Vec<_> = places.iter().map(|(other, _)| other.path.as_str()).collect();
                complaints.push(file.complaint(
                    *offset,
                    &format!(
                        "{name} is the name of public types in {}: rename one, or give a reason in EXCEPTIONS of \
                         tests/it/tidy/names.rs",
                        others.join(", ")
                    ),
                ));
            }
        }
    }
    for SharedName { name, modules, reason } in exceptions {
        let places = declared.get(name).map(Vec::as_slice).unwrap_or_default();
        let unused = modules.iter().filter(|module| !places.iter().any(|(file, _)| lies_in(file, module)));
        complaints.extend(unused.map(|module| {
            format!("EXCEPTIONS of tests/it/tidy/names.rs: {module} has no public {name} any more ({reason})")
        }));
        if places.len() == 1 {
            complaints
                .push(format!("EXCEPTIONS of tests/it/tidy/names.rs: {name} is the name of one type only"));
        }
    }
    complaints
}

/// Whether a file is this module, by its folder or its file.
fn lies_in(file: &File, module: &str) -> bool {
    let rest = file.path.strip_prefix(module);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest == ".rs")
}

/// The types that a file makes public, and where.
fn public_types(code: &str) -> impl Iterator<Item = (&str, usize)> {
    code.match_indices("pub ").filter_map(|(at, _)| {
        let begins = code[..at].trim_end_matches(' ');
        let (keyword, rest) = code[at + "pub ".len()..].split_once(' ')?;
        let is_type = matches!(keyword, "struct" | "enum" | "trait" | "type" | "union");
        let len = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        (is_type && (begins.is_empty() || begins.ends_with('\n'))).then_some((&rest[..len], at))
    })
}

#[test]
fn a_shared_name_needs_an_exception_and_an_exception_a_shared_name() {
    let files = [
        File::new("src/proto/config.rs", "\npub struct Config { pub limits: Limits }\npub enum Kind {}"),
        File::new(
            "src/observe/tcp.rs",
            "    pub trait Config<T> {}\npub(super) struct Kind;\n// pub struct Kind;",
        ),
    ];
    let complaints = |exceptions: &[SharedName]| check_with(&files, exceptions);
    let found = complaints(&[]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].starts_with("src/proto/config.rs:2: Config is the name of public types in "),
        "{found:?}"
    );
    assert!(complaints(&[shared("Config", &["src/proto", "src/observe/tcp"], "")]).is_empty());
    // One side is not excepted; a module that has none; a name that is not shared.
    assert_eq!(complaints(&[shared("Config", &["src/proto", "src/observe/ws"], "")]).len(), 2);
    let stale = complaints(&[
        shared("Config", &["src/proto", "src/observe"], ""),
        shared("Kind", &["src/proto"], ""),
    ]);
    assert_eq!(stale, ["EXCEPTIONS of tests/it/tidy/names.rs: Kind is the name of one type only"]);
    let gone = complaints(&[shared("Config", &["src/proto", "src/observe", "src/web"], "of each")]);
    assert_eq!(
        gone,
        ["EXCEPTIONS of tests/it/tidy/names.rs: src/web has no public Config any more (of each)"]
    );
}
