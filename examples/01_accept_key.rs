//! The accept key: how a server shows that it understood the opening handshake (RFC 6455 §1.3).
//!
//! Prints the key, what is done with it step by step, and the accept value; by default those of the RFC's own example.
//!
//! Run it: `cargo run --example 01_accept_key [SEC-WEBSOCKET-KEY]`

use wirewalk::wire::http::{GUID, Key};

fn main() {
    let key = std::env::args().nth(1).unwrap_or_else(|| "dGhlIHNhbXBsZSBub25jZQ==".to_owned());
    println!("Sec-WebSocket-Key     {key}");
    match Key::parse(key.as_bytes()) {
        Ok(parsed) => {
            println!("  16 random bytes in base64, new for each connection");
            println!("  + {GUID}   (RFC 6455's own, nobody else's)");
            println!("  → SHA-1 → base64");
            println!("Sec-WebSocket-Accept  {}", parsed.accept());
            println!();
            println!("The same by hand:");
            println!("  printf %s '{key}{GUID}' | openssl sha1 -binary | base64");
            println!();
            println!("State transitions: none; this is arithmetic.");
            println!("In Wireshark: display filter `http.sec_websocket_accept`.");
            println!("Compare with the Sec-WebSocket-Key in the request before it.");
        }
        Err(error) => {
            println!("  {error}: a server must answer 400");
            std::process::exit(2);
        }
    }
}
