//! That each byte is in one run, and the right one.

use super::*;

/// The runs of a packet's headers, by name and length.
fn fields(packet: &Bytes<'_>) -> Vec<(&'static str, usize)> {
    headers(packet).0.runs.iter().map(|run| (run.field.name(), run.len)).collect()
}

#[test]
fn names_are_told_apart() {
    let mut names: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn runs_of_a_cut_packet_cover_all_captured_bytes() {
    let mut bytes = vec![0; 12];
    bytes.extend([8, 0, 0x45, 0, 0, 60]);
    bytes.resize(14 + 20, 6);
    bytes.extend([0; 20]);
    bytes[46] = 0x50;
    for len in 0..bytes.len() {
        let packet = Bytes { link: 1, bytes: &bytes[..len], original_length: 54 };
        let (runs, payload) = headers(&packet);
        let all: usize = runs.runs.iter().map(|run| run.len).sum();
        assert_eq!(all, len, "{:?}", fields(&packet));
        assert!(payload.is_empty());
    }
    let packet = Bytes { link: 1, bytes: &bytes, original_length: 54 };
    assert_eq!(headers(&packet).1, 54..54, "{:?}", fields(&packet));
}
