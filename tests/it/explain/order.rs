//! Packets that a capture has in another order than they were sent, or twice: the frames are the same.

use std::path::Path;

use super::path::{Capture, Frames, explain};
use crate::support::corpus;

/// How many packets of its connection a packet may come too late, or another too early: as long as the observer waits
/// for bytes that were acknowledged. Without an acknowledgment it waits for ever.
const FARTHEST: usize = 3;

/// What is done to two packets of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Harm {
    /// They change places.
    Swapped,
    /// The first comes right behind the other.
    Late,
    /// The other comes right before the first.
    Early,
    /// The first comes once more, right behind the other.
    Doubled,
}

/// Where what can be known is not the same: file, harm, the two packets.
const OTHERWISE: [(&str, Harm, usize, usize); 2] = [
    // Packet 12 is a keep-alive probe with one byte, a zero in the place of the last byte of packet 9. Before that
    // byte it cannot be told from data, and of two that overlap the first counts.
    ("ws-keepalive.pcap", Harm::Swapped, 9, 12),
    ("ws-keepalive.pcap", Harm::Early, 9, 12),
];

/// The places of all packets after the harm.
fn order(len: usize, harm: Harm, one: usize, other: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    match harm {
        Harm::Swapped => order.swap(one, other),
        Harm::Late => order[one..=other].rotate_left(1),
        Harm::Early => order[one..=other].rotate_right(1),
        Harm::Doubled => order.insert(other + 1, one),
    }
    order
}

/// Each packet of a file with each of the next ones of its connection, and with itself, in every way.
fn harm(file: &Path) -> (usize, Vec<(Harm, usize, usize)>) {
    let capture = Capture::read(&std::fs::read(file).unwrap());
    let len = capture.packets.len();
    let frames = |places: Vec<usize>| -> Frames { explain(&capture.of(places)).unwrap().frames };
    let unharmed = frames((0..len).collect());
    let name = file.file_name().unwrap().to_str().unwrap();
    // Those by others are called after what is in them, ours begin with a number.
    let is_ours = name.starts_with(|c: char| c.is_ascii_digit());
    assert!(is_ours || name.starts_with("ws-") != unharmed.is_empty(), "{}", file.display());
    let (mut tried, mut otherwise) = (0, Vec::new());
    for one in 0..len {
        let connection = capture.packets[one].connection;
        let of_it = |place: &usize| connection.is_some() && capture.packets[*place].connection == connection;
        for other in (one..len).filter(of_it).take(1 + FARTHEST) {
            let harms = [Harm::Swapped, Harm::Late, Harm::Early, Harm::Doubled];
            // To itself nothing can happen but that it comes twice.
            for harm in harms.into_iter().skip(if one == other { 3 } else { 0 }) {
                tried += 1;
                if frames(order(len, harm, one, other)) != unharmed {
                    // As Wireshark counts.
                    otherwise.push((harm, one + 1, other + 1));
                }
            }
        }
    }
    (tried, otherwise)
}

#[test]
fn swapped_and_doubled_packets_give_the_same_frames() {
    for file in corpus::any() {
        let name = file.file_name().unwrap().to_str().unwrap();
        let (tried, otherwise) = harm(&file);
        let known = OTHERWISE.into_iter().filter(|known| known.0 == name);
        let known: Vec<_> = known.map(|(_, harm, one, other)| (harm, one, other)).collect();
        assert_eq!(otherwise, known, "{name}");
        println!("{name}: {tried} ways, {} of them otherwise", otherwise.len());
    }
}
