//! The states of one end's TCP (RFC 9293 §3.3.2), and the events that change them.

use super::spelled;

spelled! {
    /// The eleven states (RFC 9293 §3.3.2).
    State {
        /// No connection.
        Closed = "CLOSED",
        /// Waits for a connection request.
        Listen = "LISTEN",
        /// Has sent a connection request, waits for one that matches.
        SynSent = "SYN-SENT",
        /// Has sent and received a connection request, waits for the acknowledgment.
        SynReceived = "SYN-RECEIVED",
        /// Open: data flows.
        Established = "ESTABLISHED",
        /// Has sent its FIN, waits for the acknowledgment or the peer's FIN.
        FinWait1 = "FIN-WAIT-1",
        /// Its FIN is acknowledged, waits for the peer's.
        FinWait2 = "FIN-WAIT-2",
        /// Has received the peer's FIN, waits for its own application.
        CloseWait = "CLOSE-WAIT",
        /// The FINs crossed; waits for the acknowledgment.
        Closing = "CLOSING",
        /// Has received a FIN and sent its own, waits for the acknowledgment.
        LastAck = "LAST-ACK",
        /// Waits until no old segment can come any more.
        TimeWait = "TIME-WAIT",
    }
}

impl State {
    /// Returns `true` if the handshake is over, and so neither a SYN leaves nor one is waited for.
    #[must_use]
    pub const fn is_synchronized(self) -> bool {
        !matches!(self, Self::Closed | Self::Listen | Self::SynSent | Self::SynReceived)
    }

    /// Returns `true` if nothing more is to come from the peer: no connection, or the wait after one.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Listen | Self::TimeWait)
    }
}

spelled! {
    /// An event at one end.
    Event {
        /// A server waits for connections. Never seen: a SYN implies it.
        PassiveOpen = "passive OPEN",
        /// A SYN without ACK leaves.
        SendSyn = "send SYN",
        /// A SYN without ACK comes.
        ReceiveSyn = "receive SYN",
        /// A SYN with ACK leaves.
        SendSynAck = "send SYN,ACK",
        /// A SYN comes, and an acknowledgment of this end's SYN.
        ReceiveSynAck = "receive SYN,ACK",
        /// An acknowledgment of this end's SYN comes.
        ReceiveAckOfSyn = "receive ACK of SYN",
        /// An acknowledgment leaves that carries nothing else.
        SendAck = "send ACK",
        /// Data leaves.
        SendData = "send data",
        /// Data comes.
        ReceiveData = "receive data",
        /// A FIN leaves.
        SendFin = "send FIN",
        /// A FIN leaves that does not acknowledge the peer's FIN, which was seen before it: the peer's had not come yet.
        SendFinCrossing = "send FIN (the FINs cross)",
        /// A FIN comes.
        ReceiveFin = "receive FIN",
        /// An acknowledgment of this end's FIN comes.
        ReceiveAckOfFin = "receive ACK of FIN",
        /// A FIN comes, and with it the acknowledgment of this end's FIN.
        ReceiveFinAndAckOfFin = "receive FIN, ACK of FIN",
        /// A RST leaves.
        SendRst = "send RST",
        /// A RST comes.
        ReceiveRst = "receive RST",
        /// A RST comes at an end that was in LISTEN before (RFC 9293 §3.10.7.4).
        ReceiveRstAfterListen = "receive RST (passive OPEN)",
        /// Twice the maximum segment lifetime is over. No packet shows it.
        TwoMslPassed = "2 MSL passed",
        /// An event that was not captured, but is implied by one that was.
        NotCaptured = "not captured, implied by what follows",
    }
}
