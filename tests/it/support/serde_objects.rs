//! The objects of `explain --ndjson` that wirewalk writes key by key, as serde reads and writes them.

use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Both {
    client: String,
    server: String,
}

/// A line of `explain --ndjson`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Object {
    Packet {
        stream: u64,
        number: u64,
        time_ns: u64,
        from: String,
        flags: Vec<String>,
        seq: i64,
        ack: Option<i64>,
        len: u32,
        window: u32,
        marks: Vec<String>,
        tcp: Both,
        ws: Option<Both>,
    },
    Transition {
        stream: u64,
        packet: Option<u64>,
        side: String,
        layer: String,
        from: String,
        to: String,
        event: String,
        rfc: String,
        evidence: String,
    },
    Frame {
        stream: u64,
        packets: Vec<u64>,
        offset: u64,
        from: String,
        fin: bool,
        rsv1: bool,
        rsv2: bool,
        rsv3: bool,
        opcode: String,
        masked: bool,
        masking_key: Option<String>,
        length: u64,
        payload_sha256: Option<String>,
        preview: String,
    },
    Message {
        stream: u64,
        from: String,
        kind: String,
        frames: Vec<u64>,
        length: Option<u64>,
        compressed: bool,
        sha256: Option<String>,
        preview: Option<String>,
    },
    /// One that serde writes anyway.
    #[serde(other)]
    Other,
}

/// The objects among lines that wirewalk writes key by key.
///
/// # Panics
/// If serde writes other text for one of them.
pub(crate) fn objects(lines: &str) -> Vec<Object> {
    let object = |line| {
        let object = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        if matches!(object, Object::Other) {
            return None;
        }
        assert_eq!(seen(&serde_json::to_string(&object).expect("all keys are text")), line);
        Some(object)
    };
    lines.lines().filter_map(object).collect()
}

/// JSON in which what would not be seen in a terminal is an escape.
fn seen(json: &str) -> String {
    let escaped = |character: char| match wirewalk::explain::escape_controls(&character.to_string()) {
        text if text.len() > 1 && text.starts_with('\\') => {
            let units: Vec<_> =
                character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect();
            units.concat()
        }
        text => text,
    };
    json.chars().map(escaped).collect()
}
