//! Captures that are cut or corrupt: no panic, no endless loop, and every packet before the damage.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use wirewalk::capture::{Corruption, OpenError, Reader};

use crate::support::corpus;

/// A packet's number, time and bytes.
type Seen = (u64, u64, Vec<u8>);

/// The packets, and the corruption after them.
fn read(bytes: &[u8]) -> Result<(Vec<Seen>, Option<Corruption>), OpenError> {
    let begin = Instant::now();
    let mut reader = Reader::new(bytes)?;
    let mut packets = Vec::new();
    while let Some(packet) = reader.next_packet() {
        packets.push((packet.number, packet.time_ns, packet.bytes.to_vec()));
        assert!(packets.len() <= bytes.len(), "more packets than bytes");
    }
    assert!(reader.next_packet().is_none(), "the end is the end");
    let info = reader.into_info();
    if let Some(damage) = &info.damage {
        assert!(damage.offset <= bytes.len() as u64, "{damage}");
        assert_eq!(damage.packets, info.packets, "{damage}");
    }
    assert!(begin.elapsed() < Duration::from_secs(5));
    Ok((packets, info.damage.map(|damage| damage.corruption)))
}

#[test]
fn packets_before_a_cut_are_read() {
    for path in corpus::any() {
        let bytes = std::fs::read(&path).unwrap();
        let (whole, corruption) = read(&bytes).unwrap();
        assert_eq!(corruption, None);
        let mut most = 0;
        for cut in (0..bytes.len()).step_by(97) {
            match read(&bytes[..cut]) {
                Ok((packets, corruption)) => {
                    assert_eq!(packets, whole[..packets.len()], "{} cut at {cut}", path.display());
                    assert!(packets.len() >= most, "{} cut at {cut}", path.display());
                    most = packets.len();
                    assert!(matches!(corruption, None | Some(Corruption::CutShort { .. })), "{corruption:?}");
                }
                Err(error) => assert!(cut < 28, "{} cut at {cut}: {error}", path.display()),
            }
        }
    }
}

#[test]
fn packets_before_a_flipped_byte_are_unchanged() {
    for path in corpus::any() {
        let bytes = std::fs::read(&path).unwrap();
        let (whole, _) = read(&bytes).unwrap();
        // A generator with a fixed seed (Knuth's MMIX), so that a failure is reproduced.
        let mut state = 0x5EED_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize
        };
        for _ in 0..200 {
            let mut broken = bytes.clone();
            let at = random() % bytes.len();
            broken[at] ^= (random() % 255 + 1) as u8;
            let Ok((packets, _)) = read(&broken) else {
                assert!(at < 28, "{}: byte {at}", path.display());
                continue;
            };
            // Packets that end before the flip are as they were.
            let same = packets.iter().zip(&whole).take_while(|(one, other)| one == other).count();
            let (_, before) = read_until(&bytes[..at]);
            assert!(same >= before, "{}: byte {at}, {same} of {before}", path.display());
        }
    }
}

fn read_until(bytes: &[u8]) -> (Option<OpenError>, usize) {
    match read(bytes) {
        Ok((packets, _)) => (None, packets.len()),
        Err(error) => (Some(error), 0),
    }
}

proptest! {
    #[test]
    fn random_bytes_are_read_up_to_their_corruption_or_refused(
        magic in prop::sample::select(&MAGICS[..]),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let _ = read(&[magic, &bytes].concat());
    }

    /// Blocks with right frames and random insides.
    #[test]
    fn random_blocks_are_read_or_noted(
        blocks in prop::collection::vec((0_u32..12, prop::collection::vec(any::<u8>(), 0..80)), 0..20),
        flat in any::<bool>(),
    ) {
        let mut file = SECTION.to_vec();
        for (kind, mut body) in blocks {
            body.resize(body.len().next_multiple_of(4), 0);
            if flat {
                // Small numbers make more sense than random ones.
                for byte in &mut body {
                    *byte &= 3;
                }
            }
            let len = body.len() as u32 + 12;
            file.extend_from_slice(&kind.to_le_bytes());
            file.extend_from_slice(&len.to_le_bytes());
            file.extend_from_slice(&body);
            file.extend_from_slice(&len.to_le_bytes());
        }
        let (_, corruption) = read(&file).unwrap();
        prop_assert_eq!(corruption, None);
    }
}

const SECTION: &[u8] = &[
    0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255,
    255, 255, 28, 0, 0, 0,
];

const MAGICS: [&[u8]; 8] = [
    &[],
    &[0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0],
    &[0xA1, 0xB2, 0x3C, 0x4D, 0, 2, 0, 4],
    &[0x34, 0xCD, 0xB2, 0xA1, 2, 0, 4, 0],
    &[0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A],
    &[0x0A, 0x0D, 0x0D, 0x0A, 0, 0, 0, 28, 0x1A, 0x2B, 0x3C, 0x4D],
    SECTION,
    &[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3],
];
