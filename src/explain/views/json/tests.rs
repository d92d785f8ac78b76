//! The document, and the same objects line by line.

use std::io::{self, Cursor};

use serde_json::{Value, json};

use crate::explain::testing::{ObservedCapture, corrected, opened_and_reset};
use crate::explain::{File, JsonWriter, NdjsonWriter, View as _};

fn text(capture: &ObservedCapture) -> String {
    let mut out = Vec::new();
    capture.show(&mut JsonWriter::new(&mut out, [(); 2].map(|()| Cursor::new(Vec::new()))));
    String::from_utf8(out).unwrap()
}

fn document(capture: &ObservedCapture) -> Value {
    serde_json::from_str(&text(capture)).unwrap()
}

fn lines(capture: &ObservedCapture) -> Vec<Value> {
    let mut out = Vec::new();
    capture.show(&mut NdjsonWriter::new(&mut out));
    String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn names_stand_in_their_order() {
    let text = text(&opened_and_reset());
    let begin = r#"{"wirewalk":"0.1.0","file":{"name":"made.pcapng","format":"pcapng","link":"ETHERNET","packets":7,"truncated":false,"notes":[]},"connections":[{"stream":0,"client":{"address":"10.0.0.1","port":50000},"server":{"address":"10.0.0.2","port":8080},"packets":[{"number":1,"time_ns":1700000000000000000,"from":"client","flags":["SYN"],"seq":0,"ack":null,"len":0,"window":64240,"marks":[],"tcp":{"client":"SYN-SENT","server":"SYN-RECEIVED"},"ws":{"client":"CONNECTING","server":"CONNECTING"}},"#;
    assert_eq!(&text[..begin.len()], begin);
    let transition = r#""transitions":[{"packet":1,"side":"client","layer":"tcp","from":"CLOSED","to":"SYN-SENT","event":"send SYN","rfc":"RFC 9293 §3.5","evidence":"captured"}"#;
    assert!(text.contains(transition), "{text}");
    let rest = r#""frames":[],"messages":[],"close":{"first":"server","layer":"rst","client_code":null,"server_code":null,"tcp":"reset","clean":false,"reported":{"client":null,"server":null},"verdict":null},"coverage":{"client":[],"server":[]},"findings":[]}]}"#;
    assert!(text.trim_end().ends_with(rest), "{text}");
}

#[test]
fn the_upgrade_shows_the_key_and_what_should_answer_it() {
    let document = document(&opened_and_reset());
    let upgrade = &document["connections"][0]["upgrade"];
    assert_eq!(upgrade["request"]["packets"], json!([4]));
    assert_eq!(upgrade["request"]["headers"][0], json!(["Host", "example.com"]));
    assert_eq!(upgrade["response"]["status"], 101);
    assert_eq!(upgrade["accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_eq!(upgrade["accept_expected"], upgrade["accept"]);
    assert_eq!(upgrade["accept_ok"], true);
}

#[test]
fn corrected_roles_hold_for_earlier_objects() {
    assert_eq!(text(&corrected()), text(&opened_and_reset()));
}

/// The document of which every list was spilled after every packet.
fn in_small_parts(capture: &ObservedCapture) -> String {
    let mut out = Vec::new();
    let mut document = JsonWriter::new(&mut out, [(); 2].map(|()| Cursor::new(Vec::new())));
    for step in &capture.steps {
        document.step(step).unwrap();
        document.make_room(step.stream).unwrap();
        assert_eq!(document.memory, 0);
    }
    ObservedCapture { steps: Vec::new(), ended: capture.ended.clone() }.show(&mut document);
    String::from_utf8(out).unwrap()
}

#[test]
fn spilled_connections_are_written_like_those_in_memory() {
    for capture in [opened_and_reset(), corrected()] {
        let parts: Value = serde_json::from_str(&in_small_parts(&capture)).unwrap();
        assert_eq!(parts["connections"], document(&capture)["connections"]);
    }
}

/// A disk without room.
#[derive(Debug)]
struct Full;

impl io::Read for Full {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

impl io::Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl io::Seek for Full {
    fn seek(&mut self, _: io::SeekFrom) -> io::Result<u64> {
        Ok(0)
    }
}

#[test]
fn a_full_spool_is_an_error() {
    let capture = opened_and_reset();
    let mut document = JsonWriter::new(Vec::new(), [Full, Full]);
    capture.steps.iter().for_each(|step| document.step(step).unwrap());
    capture.ended.iter().for_each(|ended| document.ended(ended).unwrap());
    assert_eq!(document.finish(&File::default()).unwrap_err().kind(), io::ErrorKind::StorageFull);
    assert_eq!(document.to, b"", "half a document is worse than none");
}

#[test]
fn an_unanswered_request_is_in_the_document() {
    let mut capture = opened_and_reset();
    capture.steps.iter_mut().for_each(|step| {
        step.facts.retain(|fact| !matches!(fact, crate::observe::Fact::Response(_)));
    });
    let upgrade = &document(&capture)["connections"][0]["upgrade"];
    assert_eq!(upgrade["response"], Value::Null);
    assert_eq!(upgrade["accept_ok"], Value::Null);
    assert_eq!(upgrade["accept_expected"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

#[test]
fn the_lines_hold_the_objects_of_the_document() {
    let capture = opened_and_reset();
    let (document, lines) = (document(&capture), lines(&capture));
    assert_eq!(lines[0]["type"], "connection");
    let of = |kind: &str| -> Vec<Value> {
        let lines = lines.iter().filter(|line| line["type"] == kind);
        lines
            .map(|line| {
                let mut object = line.as_object().unwrap().clone();
                object.remove("type");
                object.remove("stream");
                Value::Object(object)
            })
            .collect()
    };
    let connection = &document["connections"][0];
    for (kind, name) in
        [("packet", "packets"), ("transition", "transitions"), ("frame", "frames"), ("message", "messages")]
    {
        assert_eq!(Value::Array(of(kind)), connection[name], "{kind}");
    }
    assert_eq!(of("upgrade")[0], connection["upgrade"]);
    assert_eq!(of("close")[0], connection["close"]);
    assert_eq!(of("connection")[0], json!({"client": connection["client"], "server": connection["server"]}));
    let mut file = of("file")[0].clone();
    assert_eq!(file.as_object_mut().unwrap().remove("wirewalk"), Some(document["wirewalk"].clone()));
    assert_eq!(file, document["file"]);
    assert_eq!(lines.last().unwrap()["type"], "file");
}
