//! Standard input is explained as it comes: `ssh host tcpdump -U -w - … | wirewalk explain -`.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use super::command;
use crate::captures::directory;
use crate::support::PATIENCE;
use crate::support::process;

/// A run of `explain -`, fed by hand.
struct Fed {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
}

impl Fed {
    fn new(args: &[&str]) -> Self {
        let mut command = command(&[args, &["-"]].concat());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (to, lines) = mpsc::channel();
        thread::spawn(move || {
            BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| to.send(line))
        });
        Self { child, stdin, lines }
    }

    fn write(&mut self, bytes: &[u8]) {
        self.stdin.write_all(bytes).and_then(|()| self.stdin.flush()).unwrap();
    }

    /// Waits for a line.
    fn wait(&self, what: &str, is_it: impl Fn(&str) -> bool) {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            if is_it(&line.unwrap_or_else(|error| panic!("{what}: {error}"))) {
                return;
            }
        }
    }

    /// Ends the input. Gives the exit code, the lines that come then, and what is said on stderr.
    fn end(self) -> (Option<i32>, Vec<String>, String) {
        let Self { mut child, stdin, lines } = self;
        drop(stdin);
        let stderr = process::Collected::from(child.stderr.take().unwrap());
        let rest = std::iter::from_fn(|| lines.recv_timeout(PATIENCE).ok()).collect();
        let status = process::wait(&mut child, PATIENCE).expect("it ends with its input");
        let mut stderr = stderr;
        (status.code(), rest, stderr.finish())
    }
}

/// A capture in both formats: what stands before the first packet, and each packet.
fn captures() -> Vec<(Vec<u8>, Vec<Vec<u8>>)> {
    let file = fs::read(directory().join("08_close.pcapng")).unwrap();
    let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
    let (mut header, mut packets, mut at) = (Vec::new(), Vec::new(), 0);
    // A global header of microseconds; Ethernet or whatever the first interface has, 16 bits at the ninth byte.
    let mut pcap = vec![0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0];
    let mut of_pcap = Vec::new();
    while at < file.len() {
        let len = word(at + 4) as usize;
        let block = &file[at..at + len];
        match word(at) {
            6 => {
                packets.push(block.to_vec());
                let captured = word(at + 20);
                let second = packets.len() as u32;
                let record = [second, 0, captured, word(at + 24)].map(u32::to_le_bytes).concat();
                of_pcap.push([&record, &block[28..28 + captured as usize]].concat());
            }
            kind => {
                if kind == 1 {
                    pcap.extend(word(at + 8).to_le_bytes().first_chunk::<2>().unwrap());
                    pcap.extend([0, 0]);
                }
                if packets.is_empty() {
                    header.extend_from_slice(block);
                }
            }
        }
        at += len;
    }
    assert!(packets.len() > 8, "{}", packets.len());
    vec![(header, packets), (pcap, of_pcap)]
}

/// Returns `true` for the line of a packet.
fn is_of(line: &str, number: usize) -> bool {
    let of_object = format!(r#","number":{number},"#);
    let row = line.strip_prefix("[0]").map(|rest| rest.trim_start_matches(['│', '╭', ' ', '┌', '├']));
    line.starts_with(r#"{"type":"packet""#) && line.contains(&of_object)
        || row.is_some_and(|row| row.split_whitespace().next() == Some(&number.to_string()))
}

#[test]
fn each_packet_is_told_before_the_next_is_written() {
    for args in [&["--color", "never"][..], &["--ndjson"]] {
        for (header, packets) in captures() {
            let mut fed = Fed::new(args);
            fed.write(&header);
            for (number, packet) in (1..).zip(&packets) {
                // In two parts, as a network cuts it.
                let (one, other) = packet.split_at(packet.len() / 2);
                fed.write(one);
                fed.write(other);
                fed.wait(&format!("{args:?}: packet {number}"), |line| is_of(line, number));
            }
            let (code, rest, stderr) = fed.end();
            assert_eq!((code, stderr.as_str()), (Some(0), ""), "{args:?}");
            assert!(!rest.is_empty(), "{args:?}: the end is told");
        }
    }
}

#[test]
fn an_input_that_ends_within_a_packet_is_told_as_far_as_it_goes() {
    for args in [&["--color", "never", "--lang", "en"][..], &["--ndjson"]] {
        for (header, packets) in captures() {
            let mut fed = Fed::new(args);
            fed.write(&[&header, &packets[0][..], &packets[1], &packets[2][..20]].concat());
            fed.wait(&format!("{args:?}"), |line| is_of(line, 2));
            let (code, rest, stderr) = fed.end();
            let rest = rest.join("\n");
            assert_eq!(code, Some(2), "{args:?}: {stderr}");
            assert!(stderr.contains("after packet 2"), "{args:?}: {stderr}");
            assert!(rest.contains("after packet 2"), "{args:?}: {rest}");
        }
    }
}
