//! Many streams: numbers, ports used again, and limits.

use super::*;

/// Room for so many streams that have no bytes.
fn room_for(streams: usize) -> Config {
    let memory_above = 1 << 20;
    Config { max_memory: memory_above * streams + (1 << 19), memory_above, ..Config::default() }
}

fn another(wire: &mut Wire, port: u16) -> Observation {
    wire.script.reconnect(port);
    wire.send(Client, SYN, b"")
}

#[test]
fn streams_are_numbered_in_the_order_of_their_first_packets() {
    let mut wire = Wire::new();
    let numbers: Vec<_> = [1000, 1001, 1000, 1002].map(|port| another(&mut wire, port).stream).into();
    assert_eq!(numbers, [0, 1, 0, 2]);
    assert_eq!(wire.observer().stream_count(), 3);
    let ended: Vec<_> = wire.finish().iter().map(|ended| ended.stream).collect();
    assert_eq!(ended, [0, 1, 2]);
}

#[test]
fn reused_ports_begin_a_new_stream() {
    let mut wire = Wire::open();
    for (from, flags) in [(Client, FIN_ACK), (Server, FIN_ACK), (Client, ACK)] {
        wire.send(from, flags, b"");
    }
    wire.script.isn.client += 5_000_000;
    let port = wire.script.ends.client.port();
    let syn = another(&mut wire, port);
    assert_eq!((syn.stream, syn.marks), (1, Marks::REUSED_PORTS));
    assert_eq!((tcp(&syn).as_str(), syn.seq), ("SYN-SENT SYN-RECEIVED?", 0));
    assert!(matches!(syn.facts[0], Fact::Stream(Stream { reuses_ports_of: Some(0), .. })));
    let ended = wire.observer().poll_ended().unwrap();
    assert_eq!((ended.stream, ended.reason), (0, EndReason::PortsReused));
    assert_eq!(ended.close.tcp, Some(TcpClose::ThreeSegment));
    assert_eq!(wire.observer().poll_ended(), None);
}

#[test]
fn a_new_syn_replaces_a_stream_that_one_end_left_open() {
    let mut wire = Wire::websocket();
    wire.script.isn.client = 77;
    let syn = another(&mut wire, 50_000);
    assert_eq!((syn.stream, ws(&syn).as_str()), (1, "CONNECTING? CONNECTING?"));
    assert_eq!(wire.observer().poll_ended().unwrap().ws.unwrap().client.state, ReadyState::Open);
}

#[test]
fn the_longest_idle_stream_is_given_up_for_lack_of_room() {
    let mut wire = Wire::with(room_for(3));
    for port in [1000, 1001, 1002, 1000, 1003] {
        another(&mut wire, port);
    }
    assert_eq!(wire.observer().stream_count(), 3);
    let ended = wire.observer().poll_ended().unwrap();
    assert_eq!((ended.stream, ended.reason), (1, EndReason::Evicted));
    assert_eq!(wire.observer().poll_ended(), None);
    wire.ports(1001, 9001);
    let late = wire.script.segment(Server, ACK, b"late");
    assert!(wire.observer().is_given_up(&late), "it is known again");
    assert_eq!(wire.observer().stream_count(), 3);
    let given_up = GivenUp { connections: 1, first_packet: Some(5), packets: 1, ..GivenUp::default() };
    assert_eq!(wire.observer().given_up(), given_up);
    assert_eq!(another(&mut wire, 1001).stream, 4, "a SYN begins a new stream");
    let more = wire.script.segment(Server, ACK, b"more");
    assert!(!wire.observer().is_given_up(&more), "which is not the one that was given up");
}

#[test]
fn streams_that_are_over_are_given_up_first() {
    let mut wire = Wire::with(room_for(2));
    another(&mut wire, 1000);
    another(&mut wire, 1001);
    wire.put(Client, RST, (1, 0), b"");
    another(&mut wire, 1002);
    assert_eq!(wire.observer().poll_ended().unwrap().stream, 1);
}

#[test]
fn packets_midway_are_not_taken_for_new_streams_when_not_all_given_up_are_known_again() {
    let mut wire = Wire::with(Config { max_memory: 1, ..Config::default() });
    another(&mut wire, 1000);
    another(&mut wire, 1001);
    assert!(wire.observer().given_up().has_unknown);
    wire.ports(1002, 9001);
    let midway = wire.script.segment(Server, ACK, b"of one that was given up?");
    assert!(wire.observer().is_given_up(&midway));
    assert_eq!(another(&mut wire, 1002).stream, 2);
}

#[test]
fn streams_are_given_up_beyond_max_memory() {
    let most = 2 * 1024 * 1024;
    let mut wire = Wire::with(Config { max_memory: most, ..Config::default() });
    for port in 1000..1100 {
        another(&mut wire, port);
        for i in 0..40 {
            wire.put(Client, ACK, (2 + i * 2000, 0), &[0; 1000]);
            assert!(wire.observer().memory() <= most);
        }
    }
    assert!(wire.observer().stream_count() > 10, "{}", wire.observer().stream_count());
    wire.finish();
}

#[test]
fn late_packets_belong_to_their_stream_though_it_is_over() {
    let mut wire = Wire::open();
    wire.send(Client, RST_ACK, b"");
    wire.script.time_ns += 30_000_000_000;
    let late = wire.send(Server, ACK, b"late");
    assert_eq!((late.stream, tcp(&late).as_str()), (0, "CLOSED CLOSED"));
    wire.script.time_ns += 61_000_000_000;
    assert_eq!(wire.send(Server, ACK, b"later").stream, 1);
}
