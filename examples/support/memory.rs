//! A link in memory: output of one endpoint is input of the other, and packets are built around it for the witness.

use std::io;
use std::time::Duration;

use wirewalk::capture::{BuiltPacket, SegmentBuilder, TcpEndpoint};
use wirewalk::proto::{Connection, Input, Transmit};
use wirewalk::wire::Side;

use super::packets::rebuilt;
use super::{PeerEvent, Witness};

/// No timer runs here, so the time never changes.
const NOW: Duration = Duration::ZERO;

/// Time of the first packet, in nanoseconds since 1970, and the step to the next.
const BEGIN_NS: u64 = 1_700_000_000_000_000_000;
const STEP_NS: u64 = 1_000_000;

/// A link between two players, with an observer on it.
pub(crate) struct Memory {
    talk: SegmentBuilder,
    pub(crate) witness: Witness,
    now: u64,
}

impl Memory {
    /// A link that has carried nothing.
    pub(crate) fn new() -> io::Result<Self> {
        let (client, server) = (([192, 0, 2, 1], 50_000).into(), ([192, 0, 2, 2], 80).into());
        let talk = SegmentBuilder::new(TcpEndpoint::linux(client, 1_000), TcpEndpoint::linux(server, 2_000));
        let witness = Witness::new(&super::shows(), &rebuilt("memory", "made up, there was no network"))?;
        Ok(Self { talk, witness, now: BEGIN_NS })
    }

    /// Shows a packet.
    pub(crate) fn show(
        &mut self,
        packet: impl FnOnce(&mut SegmentBuilder, u64) -> BuiltPacket,
    ) -> io::Result<()> {
        self.now += STEP_NS;
        let packet = packet(&mut self.talk, self.now);
        self.witness.see(&packet.into())
    }

    /// Shows the bytes that an end writes.
    pub(crate) fn carry(&mut self, from: Side, bytes: &[u8]) -> io::Result<()> {
        self.now += STEP_NS;
        let packets: Vec<BuiltPacket> = self.talk.data(from, self.now, bytes).collect();
        packets.into_iter().try_for_each(|packet| self.witness.see(&packet.into()))
    }

    /// Carries the output of one player to the other.
    pub(crate) fn pass(&mut self, from: &mut Connection, to: &mut Connection) -> io::Result<()> {
        while let Some(transmit) = from.poll_transmit() {
            match transmit {
                Transmit::Bytes(bytes) => {
                    let mut bytes = bytes.to_vec();
                    from.transmitted(bytes.len());
                    self.carry(from.side(), &bytes)?;
                    let mut input = Input::new(&mut bytes);
                    while let Some(event) = to.receive(&mut input, NOW) {
                        println!("  the {} hears {}", to.side(), PeerEvent::from(event));
                    }
                }
                Transmit::Eof => {
                    self.show(|talk, now| talk.fin(from.side(), now))?;
                    to.receive_eof();
                }
            }
        }
        Ok(())
    }
}
