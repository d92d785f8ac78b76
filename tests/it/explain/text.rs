//! What is told to people, of every capture of the corpus.

use super::{run, text};
use crate::support::corpus;
use crate::support::temp::TempDir;

#[test]
fn texts_are_there_in_both_languages() {
    for file in corpus::any() {
        for (lang, word) in [("en", "Words"), ("zh", "术语表")] {
            let exit = run(&["--lang", lang, "-v", text(&file)]);
            assert_eq!(exit.code, Some(0), "{}", exit.stderr);
            let has_tcp = !exit.stdout.contains("No TCP") && !exit.stdout.contains("没有找到 TCP");
            assert!(exit.stdout.contains(word) || !has_tcp, "{}: {}", file.display(), exit.stdout);
            assert!(!exit.stdout.contains('\u{1b}'), "no colour in a pipe");
        }
        let diagram = run(&["--mermaid", text(&file)]).stdout;
        assert!(diagram.starts_with("sequenceDiagram\n") && diagram.len() < 50_000, "{}", file.display());
    }
}

/// What a text of Chinese may hold of words in small Latin letters: what is a protocol's or a program's own.
const TOKENS: &[&str] = &[
    "accept",
    "alive",
    "base",
    "capture",
    "ethtool",
    "keep",
    "openssl",
    "opcode",
    "printf",
    "permessage",
    "port",
    "deflate",
    "reassembled",
    "serve",
    "true",
    "false",
    "binary",
    "close",
    "continuation",
    "localhost",
    "mode",
    "packet",
    "tcpdump",
    "ping",
    "pong",
    "text",
];

#[test]
fn the_programs_own_words_are_chinese_when_asked() {
    for file in corpus::any() {
        let exit = run(&["--lang", "zh", text(&file)]);
        let mut is_told = false;
        for line in exit.stdout.lines() {
            is_told = match line {
                "解读" | "诊断结果" | "术语表" | "文件里的异常之处" => true,
                _ if line.starts_with("连接 ") => false,
                _ => is_told,
            };
            // Not heads, payloads and addresses, which are others' words.
            let is_ours = is_told || line.starts_with("── ") || line.contains('⚠');
            let own = line.split(" (").next().filter(|_| is_ours).unwrap_or_default();
            let mut words = own.split(|c: char| !c.is_ascii_alphabetic());
            let leaked = words.find(|word| {
                word.len() > 3 && word.chars().all(|c| c.is_ascii_lowercase()) && !TOKENS.contains(word)
            });
            assert_eq!(leaked, None, "{}: {line}", file.display());
        }
    }
}

#[test]
fn every_row_of_a_ladder_has_its_columns() {
    let mut rows = 0;
    let dir = TempDir::new();
    let out = dir.join("ladder.txt");
    for file in corpus::any() {
        for lang in ["en", "zh"] {
            let exit = run(&["--lang", lang, "--ascii", "-o", text(&out), text(&file)]);
            assert_eq!(exit.stderr, "");
            let drawn = std::fs::read_to_string(&out).unwrap();
            let arrows = drawn.lines().filter(|line| line.contains("---> ") || line.contains("===> "));
            for line in arrows {
                // Where a client's arrow ends: behind the times, its states and the arrow.
                let columns =
                    line[..line.rfind('>').unwrap()].chars().map(|c| if c.is_ascii() { 1 } else { 2 });
                assert_eq!(columns.sum::<usize>(), 30 + 15 + 39, "{}: {line}", file.display());
                rows += 1;
            }
        }
    }
    assert!(rows > 0);
}
