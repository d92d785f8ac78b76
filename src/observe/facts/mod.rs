//! Observations, as values. No mechanism: nothing here reads a stream or keeps a state, and a test keeps it so.

pub(super) mod tcp;
pub(super) mod ws;
mod close;
mod coverage;
mod encapsulation;
mod fact;
mod frame;
mod given_up;
mod header_fit;
mod icmp;
mod marks;
mod message;
mod numbers;
mod observation;
mod opaque;
mod preview;
mod relay;
mod segment;
mod upgrade;

pub use close::{Close, First, Layer, Reported, ReportedClose, SeenClose, TcpClose};
pub(super) use coverage::Growth;
pub use coverage::{Coverage, CoveredRange, Reading, Unread, UnreadReason};
pub use encapsulation::{Encapsulation, EncapsulationProtocol};
pub use fact::{
    Agreement, Fact, Gap, GapReason, LostSync, LostSyncReason, Overlap, Resync, RoleSource, Stream,
};
pub use frame::{Frame, FrameEnd, Part};
pub use given_up::GivenUp;
pub use header_fit::HeaderFit;
pub use icmp::{IcmpCode, IcmpError, IcmpMeaning, IcmpReport};
pub use marks::Marks;
pub use message::{Coding, Inflated, Message, MessageEnd, Text};
pub use numbers::Numbers;
pub use observation::{Change, EndReason, Ended, Known, Observation, Transition};
pub use opaque::{ErrorCode, HeadLimit, Hello, Http2, Http2Event, Opaque, OpaqueKind};
pub use preview::Preview;
pub use relay::{Relay, RelayEvent};
pub use segment::{Checksum, Evidence, Flags, Ip, Options, Segment};
pub use upgrade::{Body, Draft, Fault, Head, ProtocolName, Request, RequestKind, Response, Switch, Upgrade};

/// Defines an enum that prints in the words of the RFC, and knows all its values.
macro_rules! spelled {
    ($(#[$outer:meta])* $type:ident { $($(#[$doc:meta])* $name:ident = $spelled:literal,)* }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $type { $($(#[$doc])* $name,)* }

        impl $type {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As the RFC spells it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $spelled,)* }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
use spelled;
