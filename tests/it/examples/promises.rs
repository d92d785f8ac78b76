//! What the examples promise.

/// Those that make no packets, and lines that they print in this order.
pub(super) const ARITHMETIC: &[(&str, &[&str])] = &[
    (
        "01_accept_key",
        &[
            "Sec-WebSocket-Key     dGhlIHNhbXBsZSBub25jZQ==",
            "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
            "Sec-WebSocket-Accept  s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        ],
    ),
    (
        "02_frame_by_hand",
        &[
            "81 85 37 fa 21 3d 7f 9f 4d 51 58",
            "10000001  FIN 1, RSV 000, opcode 0x1 (text)",
            "10000101  MASK 1, length field 5",
            "7f ⊕ 37 = 48  H",
            "58 ⊕ 37 = 6f  o",
        ],
    ),
    (
        "03_masking",
        &[
            "The text              48 65 6c 6c 6f",
            "masked with 37fa213d  7f 9f 4d 51 58",
            "and once more       48 65 6c 6c 6f",
            "masked with 9c05b271  d4 60 de 1d f3",
            "and once more       48 65 6c 6c 6f",
            "poison what the proxy keeps",
        ],
    ),
];

/// Those that read a capture, and lines that they print in this order.
pub(super) const READERS: &[(&str, &[&str])] = &[(
    "12_as_a_library",
    &[
        "A client's frame  [81, 85, 37, fa, 21, 3d, 7f, 9f, 4d, 51, 58]",
        "Read back         text, \"Hello\"",
        "Connection 0: C02 Error: ",
        "packets, closed not cleanly; the client began, packet ",
    ],
)];

/// How the connection ends, in states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The client sends its FIN first; it was no WebSocket.
    ClientFirst,
    /// Close and Close, then four segments, the server's FIN first.
    FourSegments,
    /// RST by the client.
    Reset,
    /// Several connections: in three segments or four, as it comes.
    Several,
}

/// An example with packets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Example {
    pub(super) name: &'static str,
    /// Whether its packets are made up on purpose.
    pub(super) made_up: bool,
    /// Parts of what it prints, in this order.
    pub(super) says: &'static [&'static str],
    pub(super) ending: Ending,
    /// Sender, opcode and length of each frame of the first connection.
    pub(super) frames: &'static [(&'static str, &'static str, u64)],
}

const CLOSES: [(&str, &str, u64); 2] = [("client", "close", 6), ("server", "close", 2)];

pub(super) const EXAMPLES: &[Example] = &[
    Example {
        name: "04_fragments",
        made_up: false,
        says: &[
            "The server hears Ping \"are you there?\"",
            "The client hears Pong \"are you there?\"",
            "The server hears text Hello, world",
            "client  FIN 0  opcode 0x1 text",
            "client  FIN 0  opcode 0x0 continuation",
            "client  FIN 1  opcode 0x9 ping",
            "server  FIN 1  opcode 0xA pong",
            "client  FIN 1  opcode 0x0 continuation",
        ],
        ending: Ending::FourSegments,
        frames: &[
            ("client", "text", 3),
            ("client", "continuation", 4),
            ("client", "ping", 14),
            ("server", "pong", 14),
            ("client", "continuation", 5),
            CLOSES[0],
            CLOSES[1],
        ],
    },
    Example {
        name: "05_two_machines",
        made_up: true,
        says: &[
            "Network: none. Packets: made up",
            "after the 101: the client is Open, the server Open; the observer agrees",
            "the server hears text Hello",
            "after the client's Close: the client is Closing, the server Closing; the observer agrees",
            "after both FINs: the client is Closed, the server Closed; the observer agrees",
        ],
        ending: Ending::FourSegments,
        frames: &[("client", "text", 5), CLOSES[0], CLOSES[1]],
    },
    Example {
        name: "06_three_way_handshake",
        made_up: false,
        says: &[
            "1  client → server  SYN ",
            "2  client ← server  SYN,ACK ",
            "3  client → server  ACK ",
            "Why three, not two",
            "the 18 bytes of a request have the sequence numbers 1 to 18",
        ],
        ending: Ending::ClientFirst,
        frames: &[],
    },
    Example {
        name: "07_upgrade",
        made_up: false,
        says: &[
            "client → server  GET /talk HTTP/1.1",
            "client → server  Sec-WebSocket-Key: ",
            "client → server  Sec-WebSocket-Protocol: superchat, chat",
            "client ← server  HTTP/1.1 101 Switching Protocols",
            "client ← server  Sec-WebSocket-Accept: ",
            "client ← server  Sec-WebSocket-Protocol: chat",
            "258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
        ],
        ending: Ending::FourSegments,
        frames: &CLOSES,
    },
    Example {
        name: "08_close",
        made_up: false,
        says: &[
            "client → server  Close 1000 \"bye\"",
            "the client hears Close 1000",
            "1  client ← server  FIN ",
            "2  client → server  ACK ",
            "3  client → server  FIN ",
            "4  client ← server  ACK ",
            "waits in TIME-WAIT for 2 MSL",
        ],
        ending: Ending::FourSegments,
        frames: &[("client", "close", 5), ("server", "close", 2)],
    },
    Example {
        name: "09_segments",
        made_up: false,
        says: &[
            "Sent: one text of 4000 bytes. Heard: one text of 4000 bytes.",
            "a header of 8, and the text",
            "It came in 3 segments",
            "1448 bytes",
            "1448 bytes",
            "1112 bytes",
        ],
        ending: Ending::FourSegments,
        frames: &[("client", "text", 4000), CLOSES[0], CLOSES[1]],
    },
    Example {
        name: "10_abnormal_close",
        made_up: false,
        says: &[
            "The server hears RST",
            "The client's API reports 1006, wasClean=false",
            "The server's API reports 1006, wasClean=false",
        ],
        ending: Ending::Reset,
        frames: &[("client", "text", 5)],
    },
    Example {
        name: "11_who_is_online",
        made_up: false,
        says: &[
            "Alice opens a tab",
            "Alice is told: text {\"code\":200,\"message\":\"Users connected: 1\",\"event\":\"presence\",\"online\":1}",
            "Alice, second tab is told: text {\"code\":200,\"message\":\"Users connected: 1\"",
            "Bob comes",
            "Bob is told: text {\"code\":200,\"message\":\"Users connected: 2\"",
            "Alice is told: text {\"code\":200,\"message\":\"Users connected: 2\"",
            "Alice, second tab is told: text {\"code\":200,\"message\":\"Users connected: 2\"",
            "Bob asks",
            "Bob is told: text {\"code\":200,\"message\":\"Users online: 2\",\"event\":\"answer\",\"online\":2}",
            "so nobody is told",
            "Bob leaves",
            "Alice is told: text {\"code\":200,\"message\":\"Users connected: 1\"",
            "Alice is told: Close 1001",
        ],
        ending: Ending::Several,
        frames: &[
            ("server", "text", 73),
            ("server", "text", 73),
            ("server", "text", 73),
            ("server", "close", 17),
            ("client", "close", 2),
        ],
    },
];

/// The states that a connection goes through, in order: opened, upgraded, closed.
impl Ending {
    pub(super) fn changes(self) -> Vec<&'static str> {
        let upgraded = ["server websocket CONNECTING → OPEN", "client websocket CONNECTING → OPEN"];
        let closed: &[&str] = match self {
            Self::ClientFirst => &[
                "client tcp ESTABLISHED → FIN-WAIT-1",
                "server tcp ESTABLISHED → CLOSE-WAIT",
                "client tcp FIN-WAIT-1 → FIN-WAIT-2",
                "server tcp CLOSE-WAIT → LAST-ACK",
                "client tcp FIN-WAIT-2 → TIME-WAIT",
                "server tcp LAST-ACK → CLOSED",
            ],
            Self::FourSegments => &[
                "client websocket OPEN → CLOSING",
                "server websocket OPEN → CLOSING",
                "server tcp ESTABLISHED → FIN-WAIT-1",
                "client tcp ESTABLISHED → CLOSE-WAIT",
                "server tcp FIN-WAIT-1 → FIN-WAIT-2",
                "client tcp CLOSE-WAIT → LAST-ACK",
                "server tcp FIN-WAIT-2 → TIME-WAIT",
                "server websocket CLOSING → CLOSED",
                "client websocket CLOSING → CLOSED",
                "client tcp LAST-ACK → CLOSED",
            ],
            Self::Reset => &[
                "client tcp ESTABLISHED → CLOSED",
                "server tcp ESTABLISHED → CLOSED",
                "client websocket OPEN → CLOSED",
                "server websocket OPEN → CLOSED",
            ],
            Self::Several => &[],
        };
        let opened = [
            "client tcp CLOSED → SYN-SENT",
            "server tcp LISTEN → SYN-RECEIVED",
            "client tcp SYN-SENT → ESTABLISHED",
            "server tcp SYN-RECEIVED → ESTABLISHED",
        ];
        let upgraded: &[&str] = if self == Self::ClientFirst { &[] } else { &upgraded };
        [&opened, upgraded, closed].concat()
    }

    /// How TCP closed, as `explain --json` names it; none where it may be one way or another.
    pub(super) fn tcp(self) -> Option<&'static str> {
        match self {
            Self::ClientFirst | Self::FourSegments => Some("four-segment"),
            Self::Reset => Some("reset"),
            Self::Several => None,
        }
    }
}
