//! What each file keeps to.

use super::files::File;
use super::lexer::paths;

const MOST_LINES: usize = 400;

/// Comments are wrapped at 120 characters, give or take a few.
const WIDEST: usize = 124;

/// Where `unsafe` may stand. A file comes here with a reason, and each use has its `SAFETY` line.
const UNSAFE: &[&str] = &[
    // bind to an address of AF_PACKET, which no library can make.
    "src/capture/live/packet_socket.rs",
    // recvmsg with what the kernel says beside: times, checksums, VLAN tags.
    "src/capture/live/ancillary.rs",
    // unshare, unsafe for a flag that is not used: of two libraries for system calls one was enough.
    "examples/support/private_network.rs",
    // Socket options that no library wraps: the SYN that the kernel keeps, TCP_INFO, the counters of AF_PACKET.
    "src/capture/live/sockopt.rs",
    // A call of what was compiled for AVX2, where the processor has it.
    "src/wire/ws/mask.rs",
    // The load generator and the bounds that servers are compared with: bare system calls and AVX2 are their purpose.
    "benches/server/peers/src/bin/rawtcp.rs",
    "benches/server/peers/src/bound.rs",
    "benches/server/wsload/src/net.rs",
    "benches/server/wsload/src/stat.rs",
    // A tracefs without a mount point: fsopen, fsconfig, fsmount.
    "tests/it/kernel/trace.rs",
];

/// Marks of unfinished work. Put together here, so that this file does not hold them.
const MARKS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

const UNFINISHED: &[&str] = &["todo", "unimplemented", "dbg"];

pub(super) fn documented(file: &File) -> Option<String> {
    let message = "begin the file with a line `//! …` that says what it is for";
    (!file.text.starts_with("//! ")).then(|| file.complaint(0, message))
}

pub(super) fn short(file: &File) -> Option<String> {
    let lines = file.text.lines().count();
    let message = format!("{lines} lines, {MOST_LINES} are enough: it does two jobs, so make them two files");
    (lines > MOST_LINES).then(|| file.complaint(file.text.len(), &message))
}

pub(super) fn wrapped(file: &File) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut at = 0;
    for line in file.text.split_inclusive('\n') {
        let text = line.trim_end();
        let is_comment = text.trim_start().starts_with("//");
        // The row of a table cannot be wrapped.
        let is_row = text.trim_start_matches([' ', '/', '!']).starts_with('|');
        if is_comment && !is_row && text.chars().count() > WIDEST {
            complaints.push(file.complaint(at, "wrap this comment at 120 characters"));
        }
        at += line.len();
    }
    complaints
}

pub(super) fn safe(file: &File) -> Vec<String> {
    let listed = UNSAFE.contains(&file.path.as_str());
    let found = paths(&file.code).into_iter().filter(|path| path.segments == ["unsafe"] && !listed);
    let message = "unsafe: do without, or add the file and the reason to UNSAFE of tests/it/tidy/style.rs";
    found.map(|path| file.complaint(path.offset, message)).collect()
}

pub(super) fn finished(file: &File) -> Vec<String> {
    let marks = MARKS.iter().flat_map(|mark| file.text.match_indices(mark));
    let mut complaints: Vec<_> =
        marks.map(|(at, mark)| file.complaint(at, &format!("{mark}: do it, or leave it out"))).collect();
    for path in paths(&file.code) {
        let name = path.segments.last().copied().unwrap_or_default();
        let end = path.offset + name.len();
        if UNFINISHED.contains(&name) && path.segments.len() == 1 && file.code[end..].starts_with('!') {
            complaints.push(file.complaint(path.offset, &format!("{name}!: finish this")));
        }
    }
    complaints
}

pub(super) fn ignored(file: &File) -> Vec<String> {
    let mut complaints = Vec::new();
    for (at, _) in file.code.match_indices("#[ignore") {
        let end = file.code[at..].find(']').map_or(file.text.len(), |len| at + len);
        if !file.text[at..end].contains("tests/run") {
            let message = "say why: #[ignore = \"run by tests/run: needs …\"], and have tests/run run it";
            complaints.push(file.complaint(at, message));
        }
    }
    complaints
}

#[test]
fn what_breaks_a_rule_is_refused() {
    let file = |text: &str| File::new("src/a.rs", text);

    assert!(documented(&file("//! A.\n")).is_none());
    assert!(documented(&file("// A.\n//! B.")).is_some());

    assert!(short(&file(&"\n".repeat(400))).is_none());
    assert!(short(&file(&"\n".repeat(401))).unwrap().contains("401 lines"));

    let wide = "é".repeat(WIDEST);
    assert!(wrapped(&file(&format!("// {}\n//! | {wide}\n{wide}", &wide[..2 * (WIDEST - 3)]))).is_empty());
    assert_eq!(wrapped(&file(&format!("a\n  /// {wide}\n"))).len(), 1);

    assert!(safe(&file("#![deny(unsafe_code)] // unsafe\n\"unsafe\"")).is_empty());
    assert_eq!(safe(&file("\nlet a = unsafe { b() };")).len(), 1);

    assert!(finished(&file("let todo = dbg; todo(1); a::dbg")).is_empty());
    for text in
        ["todo!()", "dbg!(a)", "unimplemented!()", concat!("// TO", "DO: more"), concat!("\"FIX", "ME\"")]
    {
        assert_eq!(finished(&file(text)).len(), 1, "{text}");
    }

    assert!(ignored(&file("#[ignore = \"run by tests/run: needs a browser\"]")).is_empty());
    assert!(ignored(&file("// #[ignore]\nlet a = \"#[ignore]\";")).is_empty());
    assert_eq!(ignored(&file("#[ignore]\nfn f() {} // tests/run")).len(), 1);
    assert_eq!(ignored(&file("#[ignore = \"slow\"]\nfn f() {}")).len(), 1);
}
