//! Files made by hand: every format, every block, every anomaly.

use std::io::{Cursor, Write};

use super::super::bytes::Order;
use super::super::source::Compression;
use super::*;
use crate::capture::LinkType;
use crate::capture::Note;
use crate::capture::{ResolvedName, Secrets};

/// Secrets in the format of an `SSLKEYLOGFILE`.
const TLS_KEY_LOG: u32 = 0x544C_534B;

/// A file being made, in either byte order.
struct Made(Order, Vec<u8>);

impl Made {
    fn pcap(order: Order, magic: u32, version: (u16, u16), snaplen: u32, link: u32) -> Self {
        let made = Self(order, Vec::new()).u32(magic).u16(version.0).u16(version.1);
        made.u32(0).u32(0).u32(snaplen).u32(link)
    }

    fn pcapng(order: Order) -> Self {
        Self(order, Vec::new()).section(&[])
    }

    fn u16(mut self, number: u16) -> Self {
        self.1.extend(if self.0.is_big() { number.to_be_bytes() } else { number.to_le_bytes() });
        self
    }

    fn u32(mut self, number: u32) -> Self {
        self.1.extend(if self.0.is_big() { number.to_be_bytes() } else { number.to_le_bytes() });
        self
    }

    fn u64(mut self, number: u64) -> Self {
        self.1.extend(if self.0.is_big() { number.to_be_bytes() } else { number.to_le_bytes() });
        self
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.1.extend_from_slice(bytes);
        self
    }

    fn padded(mut self, bytes: &[u8]) -> Self {
        self.1.extend_from_slice(bytes);
        self.1.resize(self.1.len().next_multiple_of(4), 0);
        self
    }

    fn option(self, code: u16, value: &[u8]) -> Self {
        self.u16(code).u16(value.len() as u16).padded(value)
    }

    fn block(self, kind: u32, body: impl FnOnce(Self) -> Self) -> Self {
        let Self(order, file) = self;
        let body = body(Self(order, Vec::new())).1;
        let len = body.len() as u32 + 12;
        Self(order, file).u32(kind).u32(len).bytes(&body).u32(len)
    }

    fn section(self, options: &[(u16, &str)]) -> Self {
        self.block(0x0A0D_0D0A, |body| {
            let body = body.u32(0x1A2B_3C4D).u16(1).u16(0).u64(u64::MAX);
            options.iter().fold(body, |body, (code, text)| body.option(*code, text.as_bytes()))
        })
    }

    fn interface(self, link: u16, snaplen: u32, options: impl FnOnce(Self) -> Self) -> Self {
        self.block(1, |body| options(body.u16(link).u16(0).u32(snaplen)))
    }

    fn packet(self, interface: u32, time: u64, bytes: &[u8], options: impl FnOnce(Self) -> Self) -> Self {
        let len = bytes.len() as u32;
        self.block(6, |body| {
            let body = body.u32(interface).u32((time >> 32) as u32).u32(time as u32).u32(len).u32(len);
            options(body.padded(bytes))
        })
    }

    fn read(&self) -> (Vec<(u64, u64, Vec<u8>)>, CaptureInfo) {
        read(&self.1)
    }
}

fn read(bytes: &[u8]) -> (Vec<(u64, u64, Vec<u8>)>, CaptureInfo) {
    let mut reader = Reader::new(bytes).unwrap();
    let mut packets = Vec::new();
    while let Some(packet) = reader.next_packet() {
        packets.push((packet.number, packet.time_ns, packet.bytes.to_vec()));
    }
    (packets, reader.into_info())
}

/// Anomalies, but for those of packets without TCP.
fn anomalies(info: &CaptureInfo) -> Vec<Anomaly> {
    let anomalies = info.notes.iter().map(|note| note.anomaly);
    anomalies
        .filter(|anomaly| ![Anomaly::BadHeader("IP"), Anomaly::NotIp(0xFFFF)].contains(anomaly))
        .collect()
}

const ORDERS: [Order; 2] = [Order::Big, Order::Little];

/// A packet that is nothing.
const JUNK: &[u8] = &[0xFF; 20];

fn same(body: Made) -> Made {
    body
}

#[test]
fn every_variant_of_pcap_is_read() {
    for order in ORDERS {
        for (magic, fraction, format) in [
            (0xA1B2_C3D4, 123_456, Format::Pcap),
            (0xA1B2_3C4D, 123_456_000, Format::NanosecondPcap),
            (0xA1B2_CD34, 123_456, Format::ModifiedPcap),
        ] {
            let header = if format == Format::ModifiedPcap { &[9; 8][..] } else { &[] };
            let made = Made::pcap(order, magic, (2, 4), 65_535, 101).u32(1_700_000_000).u32(fraction).u32(20);
            let made = made.u32(60).bytes(header).bytes(JUNK);
            let (packets, info) = made.read();
            assert_eq!(packets, [(1, 1_700_000_000_123_456_000, JUNK.to_vec())], "{format} {order:?}");
            assert_eq!((info.format, info.link_types()), (format, vec![LinkType::RAW]));
            assert_eq!((anomalies(&info), info.damage), (vec![], None));
        }
    }
}

#[test]
fn pcap_before_version_2_3_has_the_original_length_first() {
    let made = Made::pcap(Order::Big, 0xA1B2_C3D4, (2, 2), 65_535, 1).u32(1).u32(2).u32(60).u32(20);
    let made = made.bytes(JUNK);
    let mut reader = Reader::new(&made.1[..]).unwrap();
    let packet = reader.next_packet().unwrap();
    assert_eq!((packet.bytes, packet.original_length), (JUNK, 60));
}

#[test]
fn malformed_records_of_pcap_are_noted_and_read() {
    // The link type has the length of the frame check sequence above it.
    let made = Made::pcap(Order::Little, 0xA1B2_C3D4, (2, 4), 10, 0x4400_0065);
    let made = made.u32(1).u32(3_000_000).u32(20).u32(5).bytes(JUNK);
    let (packets, info) = made.read();
    assert_eq!(packets, [(1, 4_000_000_000, JUNK.to_vec())]);
    assert_eq!(
        anomalies(&info),
        [Anomaly::SubsecondTooLarge, Anomaly::AboveSnaplen, Anomaly::ShorterThanCaptured]
    );
    assert_eq!(info.link_types(), [LinkType::RAW]);
}

#[test]
fn a_length_that_cannot_be_ends_pcap() {
    let made = Made::pcap(Order::Big, 0xA1B2_C3D4, (2, 4), 65_535, 101).u32(1).u32(0).u32(20).u32(20);
    let made = made.bytes(JUNK).u32(1).u32(0).u32(262_145).u32(20);
    let (packets, info) = made.read();
    assert_eq!(packets.len(), 1);
    assert_eq!(info.damage, Some(Damage { offset: 60, packets: 1, corruption: Corruption::Length(262_145) }));
}

#[test]
fn pcapng_describes_sections_and_interfaces() {
    for order in ORDERS {
        let made = Made(order, Vec::new())
            .section(&[
                (1, "ein Kommentar"),
                (2, "a machine"),
                (3, "an OS"),
                (4, "wirewalk 0.0"),
                (1, "第二"),
            ])
            .interface(1, 262_144, |options| {
                let options = options.option(2, b"eth0").option(3, b"the wire\0").option(9, &[9]);
                options.option(11, b"\0tcp port 80").option(12, b"Linux").option(15, b"a card").u32(0)
            })
            .interface(101, 0, |options| options.option(9, &[3]).u16(14).u16(8).u64(7200))
            .block(4, |body| {
                let body = body.option(1, b"\x0A\0\0\x01client\0browser\0");
                body.option(2, b"\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x01server\0").u32(0)
            })
            .block(10, |body| body.u32(TLS_KEY_LOG).u32(5).padded(b"CLIEN"))
            .packet(1, 1_000, JUNK, |options| {
                let options = options.option(1, b"one").u16(2).u16(4).u32(2).option(1, "zwei ✓".as_bytes());
                options.option(1, b"evidence: rebuilt").u32(0)
            })
            .packet(0, 1_700_000_000_123_456_789, &JUNK[..19], same)
            .block(5, |body| {
                let body = body.u32(0).u64(0).u16(4).u16(8).u64(77).u16(5).u16(8).u64(3);
                body.u16(2).u16(8).u32(0).u32(5).u32(0)
            });
        let mut reader = Reader::new(&made.1[..]).unwrap();
        assert_eq!(reader.info().section.os.as_deref(), Some("an OS"), "known before the first packet");
        let packet = reader.next_packet().unwrap();
        assert_eq!((packet.number, packet.time_ns), (1, 7_201_000_000_000));
        assert_eq!(packet.comments().collect::<Vec<_>>(), ["one", "zwei ✓", "evidence: rebuilt"]);
        assert_eq!(packet.direction(), Some(Direction::Outbound));
        assert_eq!((packet.interface, packet.interface().link), (1, LinkType::RAW));
        let packet = reader.next_packet().unwrap();
        assert_eq!(packet.time_ns, 1_700_000_000_123_456_789);
        assert_eq!((packet.direction(), packet.comments().count()), (None, 0));
        assert_eq!(packet.interface().name.as_deref(), Some("eth0"));
        assert!(reader.next_packet().is_none());

        let info = reader.into_info();
        assert_eq!(info.section.comments, ["ein Kommentar", "第二"]);
        assert_eq!(info.section.application.as_deref(), Some("wirewalk 0.0"));
        let eth0 = &info.interfaces[0];
        assert_eq!(eth0.description.as_deref(), Some("the wire"));
        assert_eq!((eth0.filter.as_deref(), eth0.os.as_deref()), (Some("tcp port 80"), Some("Linux")));
        assert_eq!((eth0.hardware.as_deref(), eth0.snaplen), (Some("a card"), 262_144));
        let name =
            |address: &str, name: &str| ResolvedName { address: address.parse().unwrap(), name: name.into() };
        assert_eq!(
            info.names,
            [name("10.0.0.1", "client"), name("10.0.0.1", "browser"), name("2001:db8::1", "server")]
        );
        assert_eq!(info.secrets, [Secrets { kind: TLS_KEY_LOG, data: b"CLIEN".to_vec() }]);
        let counted = &info.statistics[0];
        assert_eq!((counted.received, counted.dropped, counted.begin_ns), (Some(77), Some(3), Some(5)));
        assert_eq!((anomalies(&info), info.damage), (vec![], None));
    }
}

#[test]
fn every_kind_of_packet_block_is_read() {
    for order in ORDERS {
        let made = Made::pcapng(order).interface(101, 16, same);
        // The obsolete Packet Block: an interface of 16 bits and a count of drops.
        let made = made.block(2, |body| body.u16(0).u16(9).u64(0).u32(8).u32(8).bytes(&JUNK[..8]));
        // The Simple Packet Block: no time, and the length from the snapshot length.
        let made = made.block(3, |body| body.u32(20).bytes(&JUNK[..16]));
        let made = made.block(3, |body| body.u32(3).padded(&JUNK[..3]));
        let (packets, info) = made.read();
        let lengths: Vec<_> = packets.iter().map(|(_, _, bytes)| bytes.len()).collect();
        assert_eq!(lengths, [8, 16, 3]);
        assert_eq!(anomalies(&info), [Anomaly::NoTime]);
    }
}

#[test]
fn malformed_blocks_are_noted_and_skipped() {
    for order in ORDERS {
        let made = Made::pcapng(order)
            .interface(101, 10, |options| options.option(2, &[0xC3, 0x28]).option(9, &[9, 9]).u16(3).u16(99))
            .block(1, |body| body.u32(1))
            .block(0x99, same)
            .block(9, |body| body.padded(b"MESSAGE=hello\n"))
            .packet(0, 0, JUNK, |options| options.option(1, &[0xFF]).option(2, &[1]).u16(1).u16(99))
            .packet(1, 0, JUNK, same)
            .packet(2, 0, JUNK, same)
            .block(6, |body| body.u32(0))
            .block(6, |body| body.u32(0).u64(0).u32(900).u32(2).bytes(JUNK))
            .block(5, |body| body.u32(9).u64(0))
            .block(10, |body| body.u32(0).u32(99))
            .block(4, |body| body.option(1, &[1]))
            .packet(0, 0, &JUNK[..4], same);
        let (packets, info) = made.read();
        let numbers: Vec<_> = packets.iter().map(|(number, _, bytes)| (*number, bytes.len())).collect();
        assert_eq!(numbers, [(2, 20), (3, 20), (6, 20), (7, 4)], "the rest keep their numbers");
        let expected = [
            Anomaly::NotUtf8,
            Anomaly::BadOption,
            Anomaly::BadBlock(1),
            Anomaly::UnknownBlock(0x99),
            Anomaly::NotAPacket(9),
            Anomaly::AboveSnaplen,
            Anomaly::UnknownLink(LinkType(0xFFFF)),
            Anomaly::UnknownInterface,
            Anomaly::BadBlock(6),
            Anomaly::LongerThanBlock,
            Anomaly::ShorterThanCaptured,
            Anomaly::BadBlock(5),
            Anomaly::BadBlock(10),
        ];
        assert_eq!(anomalies(&info), expected);
        let bad_options = info.notes.iter().find(|note| note.anomaly == Anomaly::BadOption);
        assert_eq!(bad_options, Some(&Note { anomaly: Anomaly::BadOption, count: 5, first: 0 }));
        assert_eq!((info.packets, info.damage), (7, None));
    }
}

#[test]
fn a_second_section_begins_anew_even_in_the_other_order() {
    let first = Made::pcapng(Order::Big).interface(1, 0, same).packet(0, 1, JUNK, same);
    let second = Made(Order::Little, first.1).section(&[]).interface(101, 0, same).packet(0, 2, JUNK, same);
    let mut reader = Reader::new(&second.1[..]).unwrap();
    let links = std::iter::from_fn(|| reader.next_packet().map(|packet| packet.interface().link));
    assert_eq!(links.collect::<Vec<_>>(), [LinkType::ETHERNET, LinkType::RAW]);
    assert_eq!(reader.info().sections, 2);
}

#[test]
fn damage_has_the_offset_of_its_record() {
    let good = Made::pcapng(Order::Little).interface(101, 0, same).packet(0, 1, JUNK, same);
    let place = good.1.len() as u64;
    let check = |more: &[u8], corruption: &dyn Fn(&Corruption) -> bool| {
        let file = [&good.1, more].concat();
        let (packets, info) = read(&file);
        let damage = info.damage.unwrap();
        assert_eq!((packets.len(), damage.offset, damage.packets), (1, place, 1), "{damage}");
        assert!(corruption(&damage.corruption), "{damage}");
    };
    check(&[6, 0, 0], &|corruption| *corruption == Corruption::CutShort { needed: 12, there: 3 });
    check(&[6, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0], &|corruption| {
        *corruption == Corruption::CutShort { needed: 60, there: 12 }
    });
    check(&[6, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0], &|corruption| *corruption == Corruption::Length(8));
    check(&[6, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 0], &|corruption| *corruption == Corruption::Length(13));
    check(
        &[6, 0, 0, 0, 12, 0, 0, 0, 16, 0, 0, 0],
        &|corruption| matches!(corruption, Corruption::Malformed(why) if why.contains("12") && why.contains("16")),
    );
    check(&[10, 13, 13, 10, 28, 0, 0, 0, 1, 2, 3, 4], &|corruption| {
        matches!(corruption, Corruption::Malformed(_))
    });
    check(&[6, 0, 0, 0, 252, 255, 255, 255, 0, 0, 0, 0], &|corruption| {
        *corruption == Corruption::CutShort { needed: 0xFFFF_FFFC, there: 12 }
    });
}

#[test]
fn long_blocks_do_not_end_the_capture() {
    let good = Made::pcapng(Order::Little).interface(101, 0, same);
    // 9 MB, above the buffer of pcap-file's reader, is read. 65 MB is skipped, and counts as a packet.
    let long = vec![0xFF; 9 << 20];
    let good = good.packet(0, 1, &long, same);
    let huge = 65_u32 << 20;
    let head = good.u32(6).u32(huge);
    let tail = Made(Order::Little, Vec::new()).u32(huge).packet(0, 3, JUNK, same);
    let zeros = std::io::repeat(0).take(u64::from(huge) - 12);
    let mut reader = Reader::new(Cursor::new(head.1).chain(zeros).chain(Cursor::new(tail.1))).unwrap();
    assert_eq!(reader.next_packet().unwrap().bytes, long);
    let packet = reader.next_packet().unwrap();
    assert_eq!((packet.number, packet.bytes), (3, JUNK));
    assert!(reader.next_packet().is_none());
    assert!(anomalies(reader.info()).contains(&Anomaly::HugePacket));
    assert_eq!(reader.info().damage, None);
}

#[test]
fn gzip_is_decompressed_up_to_its_damage() {
    let mut made = Made::pcapng(Order::Little).interface(101, 0, same);
    for time in 0..5000 {
        made = made.packet(0, time * 7919 % 4096, JUNK, same);
    }
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&made.1).unwrap();
    let packed = encoder.finish().unwrap();
    let (packets, info) = read(&packed);
    assert_eq!((packets.len(), info.compression, info.damage), (5000, Compression::Gzip, None));
    let (some, info) = read(&packed[..packed.len() / 2]);
    assert_eq!(some, packets[..some.len()]);
    let damage = info.damage.unwrap();
    assert!(some.len() > 1000 && damage.to_string().contains("the compressed file is cut short"), "{damage}");
    let mut broken = packed.clone();
    broken[packed.len() / 2] ^= 0xFF;
    assert!(read(&broken).1.damage.is_some());
}

#[test]
fn other_files_are_refused_by_their_first_bytes() {
    let error = |bytes: &[u8]| Reader::new(bytes).unwrap_err().to_string();
    assert_eq!(error(b""), "not a capture: the file is empty");
    assert_eq!(error(b"GET / HT"), "not a capture: first bytes 47 45 54 20 2f 20 48 54");
    assert_eq!(error(b"{\"a\":1}"), "not a capture: first bytes 7b 22 61 22 3a 31 7d (this looks like JSON)");
    assert_eq!(error(&[0xA1, 0xB2, 0xC3, 0xD4, 0, 2]), "cut short within its header, after 6 B");
    assert_eq!(error(&[0x1F, 0x8B, 8, 0]), "cannot be read: the compressed file is cut short");
    assert!(
        Reader::open(Path::new("/no such file"))
            .unwrap_err()
            .to_string()
            .starts_with("cannot be read: No such")
    );
}
