//! Every example, run as its header says: it prints what it promises, and leaves the capture of it. The same where
//! nothing is allowed: then its packets are rebuilt, and it says so.

mod promises;
mod run;

use std::collections::BTreeSet;

use promises::{ARITHMETIC, EXAMPLES, Ending, Example, READERS};
use run::{Run, binary, examples_are_built, may_capture, without_privilege};

use crate::support::skip::skipped;
use crate::support::temp::TempDir;

/// Those that need a server beside them, and who runs them.
const VISITORS: &[(&str, &str)] = &[("provoke", "lab::captures")];

#[test]
fn every_example_has_a_promise() {
    let names = crate::tidy::names_in("examples");
    let examples: BTreeSet<&str> = names.iter().filter_map(|name| name.strip_suffix(".rs")).collect();
    let promised =
        ARITHMETIC.iter().map(|(name, _)| *name).chain(EXAMPLES.iter().map(|example| example.name));
    let promised = promised.chain(READERS.iter().map(|(name, _)| *name));
    let promised = promised.chain(VISITORS.iter().map(|(name, _)| *name));
    assert_eq!(promised.collect::<BTreeSet<_>>(), examples);
    let captures = crate::captures::table();
    let captures: Vec<_> = captures.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(EXAMPLES.iter().map(|example| example.name).collect::<Vec<_>>(), captures);
}

#[test]
fn those_without_packets_print_what_they_promise() {
    for (name, says) in ARITHMETIC {
        let exit = run::cargo(name, None);
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{name}");
        run::assert_says(name, &exit.stdout, says);
        run::assert_says(name, &exit.stdout, &["State transitions: none", "In Wireshark: display filter `"]);
    }
}

#[test]
fn the_library_example_explains_its_own_capture_or_the_one_it_is_given() {
    for (name, says) in READERS {
        let exit = run::cargo(name, None);
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{name}");
        run::assert_says(name, &exit.stdout, says);
        let given = crate::tidy::root().join("captures/08_close.pcapng");
        let exit = run::cargo(name, Some(&given));
        assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{name}");
        run::assert_says(
            name,
            &exit.stdout,
            &["Connection 0: ", "packets, closed cleanly; the client began"],
        );
    }
}

#[test]
fn they_print_what_they_promise() {
    let dir = TempDir::new();
    for example in EXAMPLES {
        let out = dir.join(&format!("{}.pcapng", example.name));
        let run = Run::of(example.name, run::cargo(example.name, Some(&out)), &out);
        run.assert_keeps(example);
        if !example.made_up && !may_capture() {
            skipped(&format!(
                "{}: no network namespace can be had here, so nothing was captured",
                example.name
            ));
            continue;
        }
        let evidence = if example.made_up { "rebuilt" } else { "captured" };
        assert_eq!(run.evidence(), BTreeSet::from([evidence]), "{}", example.name);
        if !example.made_up {
            run::assert_says(example.name, &run.stdout, &["Network: one of its own", "Packets: captured"]);
        }
    }
}

#[test]
fn where_nothing_is_allowed_they_show_the_same_and_say_so() {
    let dir = TempDir::new();
    examples_are_built();
    for example in EXAMPLES.iter().filter(|example| !example.made_up) {
        let out = dir.join(&format!("{}.pcapng", example.name));
        let really = Run::of(example.name, run::exec(&mut run::command(example.name, &out)), &out);
        let rebuilt = Run::of(example.name, run::exec(&mut without_privilege(example.name, &out)), &out);
        rebuilt.assert_keeps(example);
        let says = ["Network: the machine's own", "Packets: rebuilt from what the sockets do"];
        run::assert_says(example.name, &rebuilt.stdout, &says);
        // The client's SYN is its own, where the server's socket could be asked for it.
        let evidence = rebuilt.evidence();
        assert!(evidence.contains("rebuilt"), "{}: {evidence:?}", example.name);
        for packet in rebuilt.captured() {
            assert_eq!(packet, 1, "{}: only the SYN is real", example.name);
        }
        if example.ending != Ending::Several {
            assert_eq!(rebuilt.changes(), really.changes(), "{}", example.name);
        }
        assert_eq!(rebuilt.frames(), really.frames(), "{}", example.name);
        assert_eq!(rebuilt.says(), really.says(), "{}", example.name);
    }
}

/// What works for root must work for everybody.
#[test]
fn an_ordinary_user_captures_too() {
    use std::os::unix::fs::PermissionsExt as _;
    if !run::is_root() || !may_capture() {
        skipped("to become an ordinary user takes root, and a network of one's own must be allowed");
        return;
    }
    let dir = TempDir::new();
    examples_are_built();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let (program, out) = (dir.join("08_close"), dir.join("08_close.pcapng"));
    std::fs::copy(binary("08_close"), &program).unwrap();
    let mut command = std::process::Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(program).arg(&out);
    let run = Run::of("08_close", run::exec(&mut command), &out);
    run::assert_says("08_close", &run.stdout, &["Network: one of its own", "Packets: captured"]);
    assert_eq!(run.evidence(), BTreeSet::from(["captured"]));
}

#[test]
fn a_file_that_cannot_be_written_is_said_in_a_sentence() {
    let dir = TempDir::new();
    examples_are_built();
    let out = dir.join("no such folder").join("x.pcapng");
    let exit = run::exec(&mut run::command("08_close", &out));
    assert_eq!(exit.code, Some(2));
    assert!(exit.stderr.contains("x.pcapng: cannot be written"), "{}", exit.stderr);
    assert_eq!(exit.stderr.lines().count(), 1, "{}", exit.stderr);
}

/// That an [`Example`] can be broken.
#[test]
#[should_panic(expected = "the frames")]
fn a_promise_that_is_not_kept_is_found() {
    let dir = TempDir::new();
    examples_are_built();
    let out = dir.join("x.pcapng");
    let run = Run::of("08_close", run::exec(&mut run::command("08_close", &out)), &out);
    let example = EXAMPLES.iter().find(|example| example.name == "08_close").unwrap();
    run.assert_keeps(&Example { frames: &[("client", "text", 1)], ..*example });
}
