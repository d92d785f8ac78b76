//! The packet filter `tcp port N` as a program of the classic Berkeley packet filter; each packet passes it once.

use socket2::SockFilter;

use crate::capture::write::SNAPLEN;

/// Loads relative to the network header (`SKF_NET_OFF`), wherever the link header ends.
const NET: u32 = (-0x10_0000_i32).cast_unsigned();
/// Loads the kernel's data about a packet (`SKF_AD_OFF`).
const ANCILLARY: u32 = (-0x1000_i32).cast_unsigned();
const PROTOCOL: u32 = ANCILLARY;
const PACKET_TYPE: u32 = ANCILLARY + 4;
const INTERFACE: u32 = ANCILLARY + 8;

const OUTGOING: u32 = 4;
const TCP: u32 = 6;

const ACCEPT: u8 = 25;
const DROP: u8 = 26;

const LOAD_WORD: u16 = 0x20;
const LOAD_HALF: u16 = 0x28;
const LOAD_BYTE: u16 = 0x30;
/// Loads at register X plus an offset.
const LOAD_HALF_AT_X: u16 = 0x48;

/// An instruction that continues with the next.
const fn next(code: u16, k: u32) -> SockFilter {
    SockFilter::new(code, 0, 0, k)
}

/// TCP from or to `port`; of the loopback interface, which shows each packet as it leaves and as it arrives, only the
/// leaving ones, because they are in the order of sending.
pub(super) fn tcp_port(port: u16, loopback: u32) -> Vec<SockFilter> {
    let port = port.into();
    let mut program = Vec::with_capacity(27);
    // Jump targets are written as indices of the program; the filter wants distances.
    let jump = |program: &Vec<_>, code, k, yes: u8, no: u8| {
        let after = program.len() as u8 + 1;
        SockFilter::new(code, yes - after, no - after, k)
    };
    let equal = |program: &Vec<_>, k, yes, no| jump(program, 0x15, k, yes, no);
    program.push(next(LOAD_WORD, INTERFACE));
    program.push(equal(&program, loopback, 2, 4));
    program.push(next(LOAD_WORD, PACKET_TYPE));
    program.push(equal(&program, OUTGOING, 4, DROP));
    program.push(next(LOAD_WORD, PROTOCOL));
    program.push(equal(&program, 0x0800, 6, 18));
    // IPv4: TCP, and a first fragment, for only that has the ports.
    program.push(next(LOAD_BYTE, NET + 9));
    program.push(equal(&program, TCP, 8, DROP));
    program.push(next(LOAD_HALF, NET + 6));
    program.push(jump(&program, 0x45, 0x1FFF, DROP, 10));
    // X becomes the header's length.
    program.push(next(LOAD_BYTE, NET));
    program.push(next(0x54, 0x0F));
    program.push(next(0x64, 2));
    program.push(next(0x07, 0));
    program.push(next(LOAD_HALF_AT_X, NET));
    program.push(equal(&program, port, ACCEPT, 16));
    program.push(next(LOAD_HALF_AT_X, NET + 2));
    program.push(equal(&program, port, ACCEPT, DROP));
    // IPv6, without extension headers.
    program.push(equal(&program, 0x86DD, 19, DROP));
    program.push(next(LOAD_BYTE, NET + 6));
    program.push(equal(&program, TCP, 21, DROP));
    program.push(next(LOAD_HALF, NET + 40));
    program.push(equal(&program, port, ACCEPT, 23));
    program.push(next(LOAD_HALF, NET + 42));
    program.push(equal(&program, port, ACCEPT, DROP));
    program.push(next(0x06, SNAPLEN));
    program.push(next(0x06, 0));
    program
}
