//! Encapsulations of a stream: tags, labels and tunnels around its IP packets.

use std::net::IpAddr;

/// One encapsulation, as the first packet of a stream has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encapsulation {
    /// Its protocol.
    pub protocol: EncapsulationProtocol,
    /// VLAN, label, session, key or network that it names.
    pub id: Option<u32>,
    /// Source and destination of the IP packet that carries it; `None` directly on a link.
    pub ends: Option<[IpAddr; 2]>,
}

/// Protocols that carry packets of others.
macro_rules! protocols {
    ($($(#[$doc:meta])* $name:ident = $spelled:literal, $id:literal;)*) => {
        /// Protocol of an encapsulation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum EncapsulationProtocol { $($(#[$doc])* $name,)* }

        impl EncapsulationProtocol {
            /// Its usual name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $spelled,)* }
            }

            /// Usual name of its [`id`](Encapsulation::id).
            #[must_use]
            pub const fn id_name(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }
        }
    };
}

protocols! {
    /// IEEE 802.1Q and 802.1ad.
    Vlan = "VLAN", "VID";
    /// IEEE 802.1BR.
    ETag = "E-Tag", "E-CID";
    /// Cisco's VN-Tag.
    VnTag = "VN-Tag", "VIF";
    /// Cisco `MetaData`.
    CiscoMetaData = "CMD", "SGT";
    /// IEEE 802.1ah, provider backbone bridges.
    Pbb = "PBB", "I-SID";
    /// RFC 3032.
    Mpls = "MPLS", "label";
    /// RFC 4448: Ethernet behind MPLS labels.
    Pseudowire = "Ethernet pseudowire", "label";
    /// RFC 2516.
    Pppoe = "PPPoE", "session";
    /// RFC 2003: IPv4 in IP.
    Ipip = "IPIP", "";
    /// RFC 4213: IPv6 in IP.
    SixInFour = "6in4", "";
    /// RFC 4302, `IPsec`'s Authentication Header.
    AuthenticationHeader = "AH", "SPI";
    /// RFC 2784 and 2890.
    Gre = "GRE", "key";
    /// RFC 7637.
    Nvgre = "NVGRE", "VSID";
    /// RFC 2637: PPP in GRE.
    Pptp = "PPTP", "call";
    /// Ethernet in GRE, which `MikroTik` calls `EoIP`.
    EthernetInGre = "Ethernet in GRE", "key";
    /// Cisco's ERSPAN.
    Erspan = "ERSPAN", "session";
    /// RFC 7348.
    Vxlan = "VXLAN", "VNI";
    /// RFC 8926.
    Geneve = "Geneve", "VNI";
    /// 3GPP TS 29.281.
    GtpU = "GTP-U", "TEID";
    /// RFC 4380.
    Teredo = "Teredo", "";
    /// RFC 9300.
    Lisp = "LISP", "";
    /// RFC 7510.
    MplsInUdp = "MPLS in UDP", "";
    /// RFC 2661.
    L2tp = "L2TP", "session";
    /// RFC 3931.
    L2tpV3 = "L2TPv3", "session";
}
