//! Any packets at all: no panic, one step each, memory bounded.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
struct Noise {
    from: bool,
    port: u16,
    seq: i64,
    ack: i64,
    flags: u8,
    window: u16,
    payload: Vec<u8>,
    more: u32,
    time_ns: u64,
}

/// Numbers near the beginning, where they do harm, and anywhere.
fn number() -> impl Strategy<Value = i64> {
    prop_oneof![6 => -5i64..400, 1 => -100_000i64..100_000, 1 => any::<i64>()]
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => Just(Vec::new()),
        2 => prop::collection::vec(any::<u8>(), 0..60),
        1 => Just(REQUEST.to_vec()),
        1 => Just(RESPONSE.to_vec()),
        2 => ".{0,20}".prop_map(|line| text(Client, &line)),
        1 => (0u16..5000).prop_map(|code| close(Server, code)),
        1 => prop::collection::vec(any::<u8>(), 60..3000),
    ]
}

fn noise() -> impl Strategy<Value = Noise> {
    let flags = prop_oneof![4 => Just(ACK.0), 1 => Just(SYN.0), 1 => Just(SYN_ACK.0), 1 => Just(FIN_ACK.0), 2 => any::<u8>()];
    let more = prop_oneof![5 => Just(0u32), 1 => 0..70_000u32, 1 => any::<u32>()];
    let time = prop_oneof![9 => 0..1_000_000u64, 1 => any::<u64>()];
    (any::<bool>(), 0..3u16, number(), number(), flags, any::<u16>(), payload(), more, time).prop_map(
        |(from, port, seq, ack, flags, window, payload, more, time_ns)| Noise {
            from,
            port,
            seq,
            ack,
            flags,
            window,
            payload,
            more,
            time_ns,
        },
    )
}

/// Limits so small that they must overflow.
fn narrow() -> Config {
    Config {
        max_pending: 5_000,
        max_memory: 240_000,
        memory_above: 100_000,
        assume_websocket: vec![9001],
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_packet_does_harm(packets in prop::collection::vec(noise(), 0..150), greets in any::<bool>()) {
        let mut wire = Wire::with(narrow());
        if greets {
            wire.shake_hands();
            wire.send(Client, ACK, REQUEST);
            wire.send(Server, ACK, RESPONSE);
        }
        let (mut streams, mut ended) = (u64::from(greets), 0);
        for noise in packets {
            wire.script.ends.client.set_port(50_000 + noise.port);
            wire.script.time_ns = wire.script.time_ns.wrapping_add(noise.time_ns).min(u64::MAX - 1_000_000);
            let from = if noise.from { Client } else { Server };
            wire.script.window[from] = noise.window;
            let length = (noise.payload.len() as u32).saturating_add(noise.more);
            let step = wire.put_cut(from, Flags(noise.flags), (noise.seq, noise.ack), &noise.payload, length);
            prop_assert_eq!(step.number, wire.script.number);
            streams = streams.max(step.stream + 1);
            prop_assert!(wire.observer().stream_count() <= 2);
            // The stream of the last packet stays, whatever it takes.
            let memory = wire.observer().memory();
            prop_assert!(memory <= 330_000, "{memory} bytes");
            while let Some(one) = wire.observer().poll_ended() {
                prop_assert!(one.packets > 0);
                ended += 1;
            }
        }
        ended += wire.finish().len() as u64;
        prop_assert_eq!(ended, streams, "each stream ends once");
    }

    #[test]
    fn any_bytes_after_a_101_are_read_in_bounds(parts in prop::collection::vec(payload(), 0..40)) {
        let mut wire = Wire::websocket();
        let mut offset = 0;
        for part in &parts {
            for one in frames(&wire.send(Client, ACK, part).facts) {
                prop_assert!(one.offset >= offset, "frames do not overlap");
                offset = one.offset + u64::from(one.header_len) + one.header.length();
            }
        }
        prop_assert!(wire.end().packets as usize == parts.len() + 5);
    }
}

#[test]
fn an_endless_frame_uses_little_memory() {
    let mut wire = Wire::websocket();
    // 2^39 bytes are to come.
    wire.send(Client, ACK, b"\x82\xFF\0\0\0\x80\0\0\0\0\0\0\0\0");
    let before = wire.observer().memory();
    for _ in 0..20_000 {
        wire.send(Client, ACK, &[0; 1000]);
    }
    assert!(wire.observer().memory() < before + 64 * 1024);
    let ended = wire.end();
    let [one] = frames(&ended.facts)[..] else { panic!("{:?}", ended.facts) };
    assert_eq!((one.packets.count(), one.packets.left_out() > 0), (20_001, true));
}

#[test]
fn endless_fragments_use_little_memory() {
    let mut wire = Wire::websocket();
    wire.send(Client, ACK, &frame(Client, Fin::More, Opcode::BINARY, b""));
    let empty = frame(Client, Fin::More, Opcode::CONTINUATION, b"").repeat(200);
    for _ in 0..200 {
        wire.send(Client, ACK, &empty);
    }
    assert!(wire.observer().memory() < 50_000);
    let ended = wire.end();
    assert_eq!(messages(&ended.facts)[0].frames.count(), 40_001);
}

#[test]
fn a_head_byte_by_byte_takes_linear_time() {
    let mut wire = Wire::open();
    for byte in REQUEST {
        wire.send(Client, ACK, &[*byte]);
    }
    for byte in RESPONSE {
        wire.send(Server, ACK, &[*byte]);
    }
    for byte in text(Client, "hello") {
        wire.send(Client, ACK, &[byte]);
    }
    // A megabyte of empty lines is read once.
    let mut wire = Wire::open();
    for _ in 0..65_000 {
        wire.send(Client, ACK, b"\n");
    }
    assert_eq!(wire.end().packets, 65_003);
}

#[test]
fn gaps_are_given_up_when_too_many_bytes_are_queued() {
    let mut wire = Wire::with(Config { max_pending: 10_000, ..Config::default() });
    wire.shake_hands();
    let mut gaps = Vec::new();
    for i in 0..1000 {
        let step = wire.put(Client, ACK, (2 + 2 * i, 1), b"x");
        gaps.extend(step.facts.into_iter().filter(|fact| matches!(fact, Fact::Gap(_))));
    }
    assert!(gaps.len() > 900);
    let all =
        gaps.iter().all(|gap| matches!(gap, Fact::Gap(Gap { reason: GapReason::NoRoom, length: 1, .. })));
    assert!(all, "{:?}", gaps[0]);
}
