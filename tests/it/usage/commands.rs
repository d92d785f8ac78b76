//! Commands that explain the program itself: completions, manual pages, and what is said of a slip of the keyboard.

use std::process::Command;

use super::{Started, command, is_refused, run};
use crate::support::process;
use crate::support::refusal::each;
use crate::support::temp::TempDir;
use crate::support::{PATIENCE, wait_until, ws};

#[test]
fn a_slip_is_named_with_what_was_meant_and_the_right_help() {
    let rows: [(&[&str], &str); 9] = [
        (&["explian", "x.pcap"], "did you mean 'explain'? See 'wirewalk --help'"),
        (&["wacth"], "did you mean 'watch'? See 'wirewalk --help'"),
        (&["explain", "--jsn", "x.pcap"], "did you mean '--json'? See 'wirewalk explain --help'"),
        (&["watch", "--prot", "1"], "did you mean '--port'? See 'wirewalk watch --help'"),
        (&["serve", "--captur", "x"], "did you mean '--capture'? See 'wirewalk serve --help'"),
        (&["completions", "bsh"], "did you mean 'bash'? See 'wirewalk completions --help'"),
        (&["explain"], "see 'wirewalk explain --help'"),
        (&["--bogus"], "see 'wirewalk --help'"),
        (&["man", "explian"], "serve, explain, watch, completions, man"),
    ];
    each(rows, |(args, said)| is_refused(&run(args, &[]), said).map_err(|why| format!("{args:?}: {why}")));
}

/// What bash offers for the beginning of a word.
#[test]
fn bash_completes_commands_and_options() {
    let dir = TempDir::new();
    let script = run(&["completions", "bash"], &[]);
    assert_eq!((script.code, script.stderr.as_str()), (Some(0), ""));
    std::fs::write(dir.join("completions"), &script.stdout).unwrap();
    for (words, offered) in
        [(&["wirewalk", "exp"][..], "explain"), (&["wirewalk", "explain", "--mer"], "--mermaid")]
    {
        let last = words.len() - 1;
        let ask = format!(
            "source ./completions; COMP_WORDS=({}); COMP_CWORD={last}; _wirewalk wirewalk {} {}; echo ${{COMPREPLY[@]}}",
            words.join(" "),
            words[last],
            words[last - 1],
        );
        let answer = process::run(Command::new("bash").args(["-c", &ask]).current_dir(dir.path()), PATIENCE);
        assert_eq!(answer.stdout.trim(), offered, "{}", answer.stderr);
    }
    for (shell, begin) in [("zsh", "#compdef wirewalk"), ("fish", "# Print an optspec")] {
        let script = run(&["completions", shell], &[]).stdout;
        assert!(script.starts_with(begin) && script.contains("mermaid"), "{shell}: {script}");
    }
}

#[test]
fn manual_pages_name_what_there_is() {
    for (args, words) in [
        (&["man"][..], &[".TH wirewalk 1", "serve", "explain", "watch"][..]),
        (&["man", "explain"], &[".TH wirewalk-explain 1", "mermaid", "redact"]),
        (&["man", "serve"], &["listen", "WIREWALK_LISTEN"]),
    ] {
        let page = run(args, &[]);
        assert_eq!((page.code, page.stderr.as_str()), (Some(0), ""));
        for word in words {
            assert!(page.stdout.contains(word), "{args:?}: {word}: {}", page.stdout);
        }
    }
}

/// The log of each connection is there with `-v`; `RUST_LOG` has the last word.
#[test]
fn connections_are_logged_when_asked() {
    for (args, env, is_logged) in [
        (&[][..], &[][..], false),
        (&["-v"], &[], true),
        (&[], &[("WIREWALK_VERBOSE", "1")], true),
        (&["-v"], &[("RUST_LOG", "warn")], false),
    ] {
        let dir = TempDir::new();
        let server =
            Started::new(&mut command(&dir, &[&["serve", "--listen", "127.0.0.1:0"], args].concat(), env));
        let mut client = ws::Client::connect(server.address, "/echo", &[]).unwrap();
        client.send_text("hello");
        client.text();
        if is_logged {
            wait_until("the frame is logged", PATIENCE, || server.stderr.text().contains("< text 5 B"));
        }
        let exit = server.stop();
        assert_eq!(exit.stderr.contains("< text 5 B"), is_logged, "{args:?} {env:?}: {}", exit.stderr);
    }
}
