//! The names of the fields: what a run of bytes is. The pages say what each means, in each language, in `rows/words.js`.

/// Defines the fields and their names.
macro_rules! fields {
    ($($field:ident = $name:literal;)*) => {
        /// The field that a run of bytes is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Field { $(#[doc = concat!("`", $name, "`")] $field,)* }

        impl Field {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$field),*];

            /// Its name: the protocol, a point, and the field.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$field => $name,)* }
            }
        }
    };
}

impl Field {
    /// Returns `true` if it is of a frame.
    pub(in crate::explain::views) fn is_of_frame(self) -> bool {
        self.name().starts_with("ws.")
    }
}

fields! {
    EthernetDestination = "eth.destination";
    EthernetSource = "eth.source";
    EthernetType = "eth.type";
    VlanTag = "vlan.tag";
    MplsLabel = "mpls.label";
    PppoeHeader = "pppoe.header";
    PppHeader = "ppp.header";
    SnapHeader = "snap.header";
    Encapsulation = "encapsulation.header";
    NullFamily = "null.family";
    CookedType = "sll.type";
    CookedDevice = "sll.device";
    CookedInterface = "sll.interface";
    CookedAddressLength = "sll.address-length";
    CookedAddress = "sll.address";
    CookedProtocol = "sll.protocol";
    CookedReserved = "sll.reserved";
    Ip4Version = "ip.version";
    Ip4Service = "ip.service";
    Ip4Length = "ip.length";
    Ip4Identification = "ip.identification";
    Ip4Fragment = "ip.fragment";
    Ip4TimeToLive = "ip.time-to-live";
    Ip4Protocol = "ip.protocol";
    Ip4Checksum = "ip.checksum";
    Ip4Source = "ip.source";
    Ip4Destination = "ip.destination";
    Ip4Options = "ip.options";
    Ip6Version = "ipv.version";
    Ip6Length = "ipv.length";
    Ip6Next = "ipv.next";
    Ip6HopLimit = "ipv.hop-limit";
    Ip6Source = "ipv.source";
    Ip6Destination = "ipv.destination";
    Ip6Extension = "ipv.extension";
    TcpSourcePort = "tcp.source-port";
    TcpDestinationPort = "tcp.destination-port";
    TcpSequence = "tcp.sequence";
    TcpAcknowledgment = "tcp.acknowledgment";
    TcpOffset = "tcp.offset";
    TcpFlags = "tcp.flags";
    TcpWindow = "tcp.window";
    TcpChecksum = "tcp.checksum";
    TcpUrgent = "tcp.urgent";
    TcpEnd = "tcp.end";
    TcpNoOperation = "tcp.no-operation";
    TcpSegmentSize = "tcp.segment-size";
    TcpScale = "tcp.scale";
    TcpSackPermitted = "tcp.sack-permitted";
    TcpSack = "tcp.sack";
    TcpTimestamps = "tcp.timestamps";
    TcpOption = "tcp.option";
    HttpRequestLine = "http.request-line";
    HttpStatusLine = "http.status-line";
    HttpHeader = "http.header";
    HttpEnd = "http.end";
    FrameFirst = "ws.first";
    FrameSecond = "ws.second";
    FrameLength16 = "ws.length-short";
    FrameLength64 = "ws.length-long";
    FrameKey = "ws.key";
    FramePayload = "ws.payload";
    CloseCode = "ws.close-code";
    CloseReason = "ws.close-reason";
    Again = "data.again";
    Ahead = "data.ahead";
    Data = "data.other";
    Trailer = "data.trailer";
    Unread = "data.unread";
}
