//! The examples of RFC 7692, and the output of a real deflater, cut anywhere.

use flate2::{Compress, Compression, FlushCompress};
use proptest::prelude::*;

use super::*;

const MOST: u64 = 1 << 20;

const KEPT: Window = Window { takeover: Takeover::Kept, max_bits: 15 };
const NONE: Window = Window { takeover: Takeover::Dropped, max_bits: 15 };

/// Inflates a message that comes in these pieces.
fn inflate(inflater: &mut Inflater, pieces: &[&[u8]]) -> Result<Vec<u8>, InflateError> {
    let mut plain = Vec::new();
    for piece in pieces {
        inflater.push(piece, |more| plain.extend_from_slice(more))?;
    }
    inflater.finish().map(|()| plain)
}

/// A sender, by zlib: compresses a message as RFC 7692 §7.2.1 says.
struct Deflater {
    zlib: Compress,
    window: Window,
}

impl Deflater {
    fn new(window: Window) -> Self {
        let zlib = Compress::new_with_window_bits(Compression::default(), false, window.max_bits.max(9));
        Self { zlib, window }
    }

    fn message(&mut self, plain: &[u8], level: FlushCompress) -> Vec<u8> {
        // RFC 7692 §7.2.3.6 has this for nothing. zlib has no output at all if it was flushed and nothing came since.
        if plain.is_empty() {
            return vec![0];
        }
        let mut out = Vec::with_capacity(plain.len() + 1024);
        let begin = self.zlib.total_in();
        while self.zlib.total_in() - begin < plain.len() as u64 {
            let rest = &plain[(self.zlib.total_in() - begin) as usize..];
            out.reserve(1024);
            self.zlib.compress_vec(rest, &mut out, FlushCompress::None).unwrap();
        }
        loop {
            out.reserve(1024);
            self.zlib.compress_vec(&[], &mut out, level).unwrap();
            if out.len() < out.capacity() {
                break;
            }
        }
        assert!(out.ends_with(&TAIL));
        out.truncate(out.len() - TAIL.len());
        if self.window.takeover == Takeover::Dropped {
            self.zlib.reset();
        }
        out
    }
}

#[test]
fn section_7_1_what_was_agreed_on() {
    let both = |client, server| Some(Deflate { client, server });
    let bits = |max_bits| Window { takeover: Takeover::Kept, max_bits };
    for (element, expected) in [
        ("permessage-deflate", both(KEPT, KEPT)),
        (" Permessage-Deflate ", both(KEPT, KEPT)),
        ("permessage-deflate; server_no_context_takeover", both(KEPT, NONE)),
        ("permessage-deflate;client_no_context_takeover;server_no_context_takeover", both(NONE, NONE)),
        ("permessage-deflate; server_max_window_bits=10", both(KEPT, bits(10))),
        ("permessage-deflate; client_max_window_bits = \"9\"", both(bits(9), KEPT)),
        // Read as far as it makes sense.
        ("permessage-deflate; client_max_window_bits", both(KEPT, KEPT)),
        ("permessage-deflate; client_max_window_bits=7; server_max_window_bits=16", both(KEPT, KEPT)),
        ("permessage-deflate; server_max_window_bits=; ; =; level=9", both(KEPT, KEPT)),
        ("permessage-deflate2", None),
        ("x-webkit-deflate-frame", None),
        ("", None),
    ] {
        assert_eq!(Deflate::read(element), expected, "{element}");
    }
    let asymmetric = Deflate { client: KEPT, server: NONE };
    assert_eq!((asymmetric.of(Side::Client), asymmetric.of(Side::Server)), (KEPT, NONE));
}

#[test]
fn section_7_2_3_1_one_block() {
    let mut inflater = Inflater::new(KEPT, MOST);
    let hello = inflate(&mut inflater, &[&[0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]]);
    assert_eq!(hello.unwrap(), b"Hello");
    // In two fragments.
    let hello = inflate(&mut inflater, &[&[0xF2, 0x48, 0xCD], &[0xC9, 0xC9, 0x07, 0x00]]);
    assert_eq!(hello.unwrap(), b"Hello");
}

#[test]
fn section_7_2_3_2_sharing_the_window() {
    let first = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];
    let second = [0xF2, 0x00, 0x11, 0x00, 0x00];
    let mut kept = Inflater::new(KEPT, MOST);
    assert_eq!(inflate(&mut kept, &[&first]).unwrap(), b"Hello");
    assert_eq!(inflate(&mut kept, &[&second]).unwrap(), b"Hello");
    let mut none = Inflater::new(NONE, MOST);
    assert_eq!(inflate(&mut none, &[&first]).unwrap(), b"Hello");
    assert_eq!(inflate(&mut none, &[&second]), Err(InflateError::Corrupt), "refers to the one before");
    assert_eq!(inflate(&mut none, &[&first]).unwrap(), b"Hello");
}

#[test]
fn section_7_2_3_3_a_block_without_compression() {
    let stored = [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00];
    assert_eq!(inflate(&mut Inflater::new(KEPT, MOST), &[&stored]).unwrap(), b"Hello");
}

#[test]
fn section_7_2_3_4_a_final_block() {
    let last = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00];
    for window in [KEPT, NONE] {
        let mut inflater = Inflater::new(window, MOST);
        for _ in 0..3 {
            assert_eq!(inflate(&mut inflater, &[&last]).unwrap(), b"Hello");
            assert_eq!(inflate(&mut inflater, &[&last[..7]]).unwrap(), b"Hello", "and nothing behind it");
            let two = [&last[..7], &last[..7], &[0][..]].concat();
            assert_eq!(inflate(&mut inflater, &[&two]).unwrap(), b"HelloHello", "and another behind it");
        }
    }
}

#[test]
fn section_7_2_3_5_two_blocks() {
    let two = [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00];
    assert_eq!(inflate(&mut Inflater::new(KEPT, MOST), &[&two]).unwrap(), b"Hello");
}

#[test]
fn section_7_2_3_6_an_empty_message() {
    for window in [KEPT, NONE] {
        let mut inflater = Inflater::new(window, MOST);
        for _ in 0..3 {
            assert_eq!(inflate(&mut inflater, &[&[0x00]]).unwrap(), b"");
        }
    }
}

#[test]
fn what_cannot_be_inflated_is_said_and_later_messages_only_without_takeover() {
    let hello = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];
    for (message, error) in [
        // A reserved kind of block; a stored block with wrong lengths.
        (&[0x06, 0x00][..], InflateError::Corrupt),
        (&[0x00, 0x05, 0x00, 0x05, 0x00], InflateError::Corrupt),
        // Cut within a block.
        (&hello[..3], InflateError::Unfinished),
        (&[0x00, 0x09, 0x00, 0xF6, 0xFF, 0x48], InflateError::Unfinished),
        (&[], InflateError::Unfinished),
    ] {
        let mut kept = Inflater::new(KEPT, MOST);
        assert_eq!(inflate(&mut kept, &[&hello]).unwrap(), b"Hello");
        assert_eq!(inflate(&mut kept, &[message]), Err(error), "{message:02x?}");
        assert_eq!(inflate(&mut kept, &[&hello]), Err(InflateError::ContextLost));
        assert_eq!((inflate(&mut kept, &[]), kept.held()), (Err(InflateError::ContextLost), 0));
        let mut none = Inflater::new(NONE, MOST);
        assert_eq!(inflate(&mut none, &[message]), Err(error), "{message:02x?}");
        assert_eq!(inflate(&mut none, &[&hello]).unwrap(), b"Hello");
    }
    let mut after_gap = Inflater::new(KEPT, MOST);
    after_gap.push(&hello[..2], |_| {}).unwrap();
    after_gap.give_up();
    assert_eq!(inflate(&mut after_gap, &[&hello]), Err(InflateError::ContextLost));
}

#[test]
fn a_bomb_takes_no_memory_and_an_end() {
    let zeros = vec![0; 40 << 20];
    let bomb = Deflater::new(KEPT).message(&zeros, FlushCompress::Sync);
    assert!(bomb.len() < zeros.len() / 1000, "{}", bomb.len());
    let (mut most, mut all) = (0, 0);
    let mut take = |plain: &[u8]| {
        most = most.max(plain.len());
        all += plain.len();
    };
    let mut inflater = Inflater::new(KEPT, MOST);
    assert_eq!(inflater.push(&bomb, &mut take), Err(InflateError::TooLong));
    let mut exact = Inflater::new(KEPT, zeros.len() as u64);
    assert_eq!(exact.push(&bomb, |_| {}).and_then(|()| exact.finish()), Ok(()), "as long as allowed");
    assert!(most <= 4096 && all as u64 <= MOST, "{most} {all}");
}

#[test]
fn memory_is_allocated_at_the_first_message_and_kept_only_with_takeover() {
    let hello = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];
    for (window, after) in [(KEPT, Inflater::OPEN + 4096), (NONE, 0)] {
        let mut inflater = Inflater::new(window, MOST);
        assert_eq!(inflater.held(), 0);
        inflater.push(&hello, |_| {}).unwrap();
        assert_eq!(inflater.held(), Inflater::OPEN + 4096, "a page of the window");
        inflater.finish().unwrap();
        assert_eq!(inflater.held(), after);
    }
}

/// Text that repeats itself, and noise that does not.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::collection::vec(prop_oneof!["one ", "two ", "[a-e]{1,9}"], 0..400);
    let noise = prop::collection::vec(any::<u8>(), 0..3000);
    let long = (any::<u8>(), 0..90_000usize).prop_map(|(byte, length)| vec![byte; length]);
    prop_oneof![words.prop_map(|words| words.concat().into_bytes()), noise, long]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_zlib_deflates_comes_back_whatever_the_cuts(
        messages in prop::collection::vec((message(), any::<bool>()), 1..8),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..9),
        max_bits in 9u8..=15,
        is_kept in any::<bool>(),
    ) {
        let window = Window { max_bits, ..if is_kept { KEPT } else { NONE } };
        let (mut deflater, mut inflater) = (Deflater::new(window), Inflater::new(window, MOST));
        for (plain, is_full) in messages {
            let level = if is_full { FlushCompress::Full } else { FlushCompress::Sync };
            let wire = deflater.message(&plain, level);
            let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(wire.len() + 1)).collect();
            places.extend([0, wire.len()]);
            places.sort_unstable();
            let pieces: Vec<_> = places.windows(2).map(|two| &wire[two[0]..two[1]]).collect();
            prop_assert_eq!(inflate(&mut inflater, &pieces), Ok(plain));
        }
    }

    #[test]
    fn what_is_cut_short_is_not_taken_for_whole(plain in message(), cut in any::<prop::sample::Index>()) {
        let wire = Deflater::new(KEPT).message(&plain, FlushCompress::Sync);
        let cut = cut.index(wire.len());
        if let Ok(less) = inflate(&mut Inflater::new(NONE, MOST), &[&wire[..cut]]) {
            // A message may end where a block ends.
            prop_assert!(plain.starts_with(&less));
        }
    }

    #[test]
    fn any_bytes_come_to_an_end(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..8)) {
        let mut inflater = Inflater::new(NONE, MOST);
        for piece in &pieces {
            let _ = inflate(&mut inflater, &[piece]);
        }
        prop_assert_eq!(inflate(&mut inflater, &[&[0x00]]), Ok(Vec::new()));
    }
}

/// Random letters, and their beginning again so many bytes behind it.
fn repeated(distance: usize) -> Vec<u8> {
    let mut seed = 7_u32;
    let mut plain: Vec<u8> = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    })
    .take(distance)
    .collect();
    plain.extend_from_within(..200.min(distance));
    plain
}

#[test]
fn rfc_7692_section_7_1_2_a_reference_beyond_the_agreed_window_is_noticed() {
    for (bits, distance, reach) in [
        (15, 30_000, WindowReach::Within),
        (14, 30_000, WindowReach::Beyond),
        (14, 16_000, WindowReach::Within),
        (12, 5_000, WindowReach::Beyond),
        (9, 512, WindowReach::Within),
        (9, 513, WindowReach::Beyond),
        (8, 300, WindowReach::Beyond),
    ] {
        for takeover in [Takeover::Kept, Takeover::Dropped] {
            let window = Window { takeover, max_bits: bits };
            let mut inflater = Inflater::new(window, MOST);
            let mut deflater = Deflater::new(Window { max_bits: 15, ..window });
            let plain = repeated(distance);
            let message = deflater.message(&plain, FlushCompress::Sync);
            // However far it reaches, all of it is read.
            assert_eq!(inflate(&mut inflater, &[&message]), Ok(plain), "{bits} bits, {distance} B");
            assert_eq!(inflater.reach(), reach, "{bits} bits, {distance} B");
        }
    }
}

proptest! {
    #[test]
    fn a_sender_with_the_agreed_window_stays_within_it(
        bits in 9_u8..15,
        words in prop::collection::vec("[a-d]{1,9}", 1..400),
        messages in 1_usize..6,
    ) {
        let window = Window { takeover: Takeover::Kept, max_bits: bits };
        let (mut inflater, mut deflater) = (Inflater::new(window, MOST), Deflater::new(window));
        for _ in 0..messages {
            let plain = words.concat().into_bytes();
            let message = deflater.message(&plain, FlushCompress::Sync);
            prop_assert_eq!(inflate(&mut inflater, &[&message]), Ok(plain));
            prop_assert_eq!(inflater.reach(), WindowReach::Within);
        }
    }
}
