//! Masking: why the same text never looks the same twice on its way to the server (RFC 6455 §5.3, §10.3).
//!
//! Prints one text masked with two keys, unmasked again, and what an attacker could do if it were not masked.
//!
//! Run it: `cargo run --example 03_masking [TEXT]`

use wirewalk::wire::ws::MaskKey;

/// A client draws a new key for each frame, and from a source that nobody can foresee. These stand for two draws.
const KEYS: [MaskKey; 2] = [MaskKey([0x37, 0xFA, 0x21, 0x3D]), MaskKey([0x9C, 0x05, 0xB2, 0x71])];

fn main() {
    let text = std::env::args().nth(1).unwrap_or_else(|| "Hello".to_owned());
    println!("The text              {}", hex(text.as_bytes()));
    for key in KEYS {
        let mut bytes = text.clone().into_bytes();
        key.apply(0, &mut bytes);
        println!("masked with {key}  {}", hex(&bytes));
        // XOR is its own inverse: masking what is masked gives the text back.
        key.apply(0, &mut bytes);
        assert_eq!(bytes, text.as_bytes());
        println!("  and once more       {}", hex(&bytes));
    }
    // A payload may be unmasked piece by piece, if the place in it is known.
    let mut bytes = text.clone().into_bytes();
    KEYS[0].apply(0, &mut bytes);
    let (first, rest) = bytes.split_at_mut(text.len() / 2);
    KEYS[0].apply(0, first);
    KEYS[0].apply(first.len() as u64, rest);
    assert_eq!(bytes, text.as_bytes());

    println!();
    println!(
        "It hides nothing: the key stands in the frame. What it does: a page cannot choose the bytes that its"
    );
    println!(
        "browser sends, so it cannot make them look like an HTTP request to a proxy on the way that does not"
    );
    println!(
        "know WebSocket, and poison what the proxy keeps for others. So only clients mask; a server that gets"
    );
    println!("a frame that is not masked closes with 1002 (§5.1).");
    println!();
    println!("State transitions: none; this is arithmetic.");
    println!("In Wireshark: display filter `websocket.masking_key`.");
    println!("\"Masked payload\" is what was on the wire, \"Payload\" the text.");
}

fn hex(bytes: &[u8]) -> String {
    let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(" ")
}
