//! As a library: a frame written and read back, and a capture explained, with nothing but the crate's public interface.
//!
//! Prints the frame's bytes and what they say; then, of each connection in the capture, how it closed and what was
//! found, by a view of its own: [`Summary`] is what an application writes that wants findings instead of text.
//!
//! Run it: `cargo run --example 12_as_a_library [CAPTURE]`

use std::error::Error;
use std::fs;
use std::io;

use wirewalk::capture::Reader;
use wirewalk::explain::{File, Finding, Language, Pipeline, Settings, View};
use wirewalk::observe::{Ended, Observation};
use wirewalk::wire::ws::{Fin, Header, HeaderView, MaskKey, Opcode};
use wirewalk::wire::{Parsed, Side};

/// The capture of `examples/10_abnormal_close.rs`.
const CAPTURE: &[u8] = include_bytes!("../captures/10_abnormal_close.pcapng");

fn main() -> Result<(), Box<dyn Error>> {
    frame()?;
    match std::env::args_os().nth(1) {
        Some(path) => explain(&fs::read(path)?),
        None => explain(CAPTURE),
    }
}

/// The codec alone: no connection, no I/O. It is there without any cargo feature.
fn frame() -> Result<(), Box<dyn Error>> {
    let key = MaskKey([0x37, 0xFA, 0x21, 0x3D]);
    let mut bytes = Vec::new();
    Header::new(Fin::Final, Opcode::TEXT, 5, Some(key))?.encode_frame(b"Hello", &mut bytes);
    println!("A client's frame  {bytes:02x?}");

    let Parsed::Complete { value: view, len } = HeaderView::parse(&bytes) else {
        unreachable!("the frame is whole")
    };
    // The strict reading: what RFC 6455 forbids a client to send is an error here.
    let header = Header::check(&view, Side::Client)?;
    let mut payload = bytes.split_off(len);
    header.mask().ok_or("a client masks")?.apply(0, &mut payload);
    println!("Read back         {}, {:?}\n", header.opcode(), String::from_utf8(payload)?);
    Ok(())
}

/// The whole way: packets are decoded, observed and judged, and shown to the view.
fn explain(capture: &[u8]) -> Result<(), Box<dyn Error>> {
    let mut reader = Reader::new(capture)?;
    let mut pipeline = Pipeline::new(&Settings::default(), Summary);
    while let Some(packet) = reader.next_packet() {
        pipeline.read(&packet)?;
    }
    pipeline.finish(|_| File::default())?;
    Ok(())
}

/// Prints the findings as they come, then how the connection closed.
#[derive(Debug)]
struct Summary;

impl View for Summary {
    fn step(&mut self, _: &Observation) -> io::Result<()> {
        Ok(())
    }

    fn finding(&mut self, stream: u64, finding: &Finding) -> io::Result<()> {
        let text = finding.render(Language::En);
        println!("Connection {stream}: {} {:?}: {}", text.id, text.severity, text.fact);
        Ok(())
    }

    fn ended(&mut self, ended: &Ended) -> io::Result<()> {
        let how = if ended.close.is_clean() { "cleanly" } else { "not cleanly" };
        let first = ended.close.first.map_or_else(
            || "it was open to the end of the capture".to_owned(),
            |first| format!("the {} began, packet {}", first.side, first.packet),
        );
        println!("Connection {}: {} packets, closed {how}; {first}", ended.stream, ended.packets);
        Ok(())
    }

    fn finish(&mut self, _: &File) -> io::Result<()> {
        Ok(())
    }
}
