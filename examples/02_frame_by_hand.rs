//! A frame by hand: every bit of a masked text frame, as it goes over the wire (RFC 6455 §5.2).
//!
//! Prints the frame's bytes, its header bit by bit, and its payload unmasked byte by byte.
//!
//! Run it: `cargo run --example 02_frame_by_hand [TEXT]`

use wirewalk::wire::Parsed;
use wirewalk::wire::ws::{Fin, Header, HeaderView, MaskKey, Opcode};

fn main() {
    let text = std::env::args().nth(1).unwrap_or_else(|| "Hello".to_owned());
    // A real client draws a new key for each frame; this one is the RFC's, so that its example comes out.
    let key = MaskKey([0x37, 0xFA, 0x21, 0x3D]);
    let header = Header::new(Fin::Final, Opcode::TEXT, text.len() as u64, Some(key)).expect("a legal header");
    let mut frame = Vec::new();
    header.encode_frame(text.as_bytes(), &mut frame);
    println!("{}", hex(&frame));

    let Parsed::Complete { value: view, len } = HeaderView::parse(&frame) else {
        unreachable!("it is whole")
    };
    println!();
    println!(
        "{:08b}  FIN {}, RSV {:03b}, opcode {:#X} ({})",
        frame[0],
        u8::from(view.fin()),
        view.rsv(),
        view.opcode().bits(),
        view.opcode()
    );
    println!(
        "{:08b}  MASK {}, length field {}",
        frame[1],
        u8::from(view.mask().is_some()),
        view.length_field()
    );
    if len > 6 {
        println!("{}  extended length: {} bytes", hex(&frame[2..len - 4]), view.length());
    }
    println!("{}  masking key", hex(&frame[len - 4..len]));
    println!();
    println!("masked ⊕ key[i mod 4] = plain");
    for (i, byte) in frame[len..].iter().enumerate().take(16) {
        let plain = byte ^ key.0[i % 4];
        println!("  {byte:02x} ⊕ {:02x} = {plain:02x}  {}", key.0[i % 4], (plain as char).escape_default());
    }
    println!();
    println!("State transitions: none; this is arithmetic.");
    println!("In Wireshark: display filter `websocket.mask == 1`.");
    println!("The tree shows the same bits, and the payload masked and unmasked.");
}

fn hex(bytes: &[u8]) -> String {
    let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(" ")
}
