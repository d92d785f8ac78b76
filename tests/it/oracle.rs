//! tshark agrees: what `explain --json` says of a capture is what `tshark_oracle.py` says, on captures by others and on
//! fresh ones. Streams, packets, flags, relative numbers, windows, marks; handshakes and the accept check; frames, close
//! codes and reasons; messages, inflated, by their hashes.
//!
//! tshark's own inflation and unmasking, which the tool's `KNOWN` list says are wrong at times, it does not repeat: hashes
//! are of the byte streams that tshark joined, parsed by the tool.

mod allowed;
mod ask;
mod ours;
pub(crate) mod peers;
mod theirs;
mod view;

#[cfg(target_os = "linux")]
mod fresh;

use crate::support::corpus;

#[test]
#[ignore = "run by tests/run: needs tshark and python3"]
fn captures_by_others_are_seen_as_tshark_sees_them() {
    let (mut packets, mut frames, mut messages, mut differences) = (0, 0, 0, 0);
    let mut complaints = Vec::new();
    let captures = corpus::any();
    for capture in &captures {
        let compared = ask::compare(capture);
        packets += compared.packets();
        frames += compared.all("frames").len();
        messages += compared.all("messages").len();
        differences += compared.differences.len();
        let name = capture.file_name().unwrap().to_string_lossy();
        complaints.extend(allowed::judge(&name, &compared.differences));
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    assert!(packets > 0 && frames > 0 && messages > 0);
    println!(
        "{} captures, {packets} segments, {frames} frames, {messages} messages: as tshark sees them, but for \
         {differences} that are listed",
        captures.len()
    );
}
