//! Nothing from outside reaches a terminal or a page as it is: each hostile character in each field that comes with a
//! capture, in each view.

use std::fs::File;
use std::path::Path;

use wirewalk::capture::{Flush, Interface, LinkType, Reader, Record, Section, Times, Writer};
use wirewalk::wire::Side::{Client, Server};

use super::{run, text};
use crate::support::script::Script;
use crate::support::temp::TempDir;

/// Characters that control a terminal, change the direction of writing, or are not seen.
const HIDDEN: [char; 15] = [
    '\0',
    '\u{1B}',
    '\u{9B}',
    '\u{7}',
    '\r',
    '\u{AD}',
    '\u{61C}',
    '\u{180E}',
    '\u{200B}',
    '\u{2028}',
    '\u{202E}',
    '\u{2060}',
    '\u{2066}',
    '\u{FEFF}',
    '\u{E0041}',
];

/// Text that would be code within a page or a diagram.
const CODE: &str = "<script>alert(1)</script>`|;#end\n";

/// Fields of a request, an answer and frames, each with the text in it; CR, LF and NUL no head can have.
fn conversation(hostile: &str) -> Script {
    let in_head: String = hostile.chars().filter(|it| !"\r\n\0".contains(*it)).collect();
    let request = format!(
        "GET /a{in_head}b HTTP/1.1\r\nHost: h{in_head}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Origin: {in_head}\r\nSec-WebSocket-Protocol: p{in_head}\r\nX-{in_head}: v{in_head}\r\n\r\n"
    );
    let answer = format!(
        "HTTP/1.1 101 S{in_head}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: q{in_head}\r\n\
         Server: {in_head}\r\n\r\n"
    );
    let frame = |first: u8, prefix: &[u8]| {
        let payload = [prefix, hostile.as_bytes()].concat();
        let length = u8::try_from(payload.len()).expect("it is short");
        [&[first, length][..], &payload].concat()
    };
    let mut script = Script::new();
    script.handshake().write(Client, request.as_bytes()).write(Server, answer.as_bytes());
    script.write(Server, &frame(0x81, b"t")).write(Server, &frame(0x89, b"p"));
    script.write(Server, &frame(0x88, &[0x0F, 0xA0])).fins(Server);
    script
}

/// A capture whose own texts are hostile, too.
fn save(script: &Script, hostile: &str, path: &Path) {
    let own = || Some(format!("o{hostile}"));
    let comments = vec![hostile.to_owned()];
    let section = Section { hardware: own(), os: own(), application: own(), comments: comments.clone() };
    let mut writer =
        Writer::new(File::create(path).unwrap(), &section, Flush::WhenFull, Times::Keep).unwrap();
    let (name, description, filter, os, hardware) = (own(), own(), own(), own(), own());
    let base = Interface::new(LinkType::RAW);
    let interface = Interface { name, description, filter, os, hardware, comments, ..base };
    let interface = writer.interface(&interface).unwrap();
    for packet in &script.packets {
        let (time_ns, bytes) = (packet.time_ns, packet.bytes.as_slice());
        let (original_length, comments) = (bytes.len() as u32, &[hostile.into()]);
        let record = Record { interface, time_ns, original_length, bytes, direction: None, comments };
        writer.packet(&record).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn nothing_hidden_is_written_as_it_is() {
    let dir = TempDir::new();
    let hostile: String = HIDDEN.iter().flat_map(|it| [*it, 'x']).collect();
    // A file's name cannot have a NUL, but all the others.
    let name = hostile.replace('\0', "");
    let capture = dir.join(&format!("n{name}.pcapng"));
    save(&conversation(&hostile), &hostile, &capture);
    let views =
        [&[][..], &["-v"], &["--lang", "zh"], &["--mermaid"], &["--ndjson"], &["--json"], &["--html"]];
    for options in views {
        // Two captures have their names as titles.
        let twice =
            if options == ["--html"] { &[text(&capture)][..] } else { &[text(&capture), text(&capture)] };
        let exit = run(&[options, twice].concat());
        assert_eq!(exit.code, Some(0), "{options:?}: {}", exit.stderr);
        assert!(exit.stdout.contains("101"), "{options:?}");
        for line in exit.stdout.lines() {
            let found = HIDDEN.iter().find(|it| line.contains(**it));
            assert!(found.is_none(), "{options:?}: {found:?} in {}", line.escape_debug());
        }
    }
    // Errors name files, too.
    let missing = dir.join(&format!("m{name}.pcapng"));
    let exit = run(&[text(&missing)]);
    assert!(!HIDDEN.iter().any(|it| exit.stderr.contains(*it)), "{}", exit.stderr.escape_debug());
    // Comments that are written anew; those that the capture has stay as they are.
    let copy = dir.join("copy.pcapng");
    assert_eq!(run(&["-w", text(&copy), text(&capture)]).code, Some(0));
    let mut reader = Reader::open(&copy).unwrap();
    while let Some(packet) = reader.next_packet() {
        for comment in packet.comments().filter(|comment| *comment != hostile) {
            let is_plain = !HIDDEN.iter().any(|it| comment.contains(*it));
            assert!(is_plain, "packet {}: {}", packet.number, comment.escape_debug());
        }
    }
}

#[test]
fn no_text_is_code_in_a_page_or_a_diagram() {
    let dir = TempDir::new();
    let capture = dir.join("code.pcapng");
    save(&conversation(CODE), CODE, &capture);
    let html = run(&["--html", text(&capture)]).stdout;
    assert!(html.contains("alert(1)") && !html.contains("<script>alert"), "markup");
    let diagram = run(&["--mermaid", text(&capture)]).stdout;
    assert!(!diagram.contains("<script>"), "{diagram}");
    // What is not escaped would end a statement: the end of a line, or a semicolon that ends no character reference.
    let is_reference = |before: &str| {
        let digits = before.rsplit('#').next().unwrap_or_default();
        before.contains('#') && digits.len() <= 4 && digits.chars().all(|it| it.is_ascii_alphanumeric())
    };
    for line in diagram.lines() {
        let ends: Vec<_> = line.match_indices(';').map(|(at, _)| &line[..at]).collect();
        assert!(ends.into_iter().all(is_reference), "{line}");
        assert!(!line.contains('|'), "{line}");
        assert!(!line.starts_with("end") && !line.starts_with(';'), "{line}");
    }
}
