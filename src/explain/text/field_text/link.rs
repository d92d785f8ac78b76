//! Headers of links, and what stands around IP.

use super::fields;
use crate::rfc::Rfc;

fields! {
    "eth.destination" None, "" {
        "destination address", "目的地址";
        "{hex}", "{hex}";
        "It names the next machine on this link, not the far end: at each router it changes.",
        "指明本链路上的下一台机器，而不是最终的对端：每过一个路由器都会变。";
    }
    "eth.source" None, "" {
        "source address", "源地址";
        "{hex}", "{hex}";
        "It names the machine on this link that sent the packet on.",
        "指明本链路上发出这个包的机器。";
    }
    "eth.type" None, "" {
        "EtherType", "EtherType";
        "0x{hex} (0800 IPv4, 86dd IPv6)", "0x{hex}（0800 IPv4，86dd IPv6）";
        "One cable carries many protocols: this says which follows.",
        "一根网线承载多种协议：这里说明后面是哪一种。";
    }
    "vlan.tag" None, "" {
        "VLAN tag (IEEE 802.1Q)", "VLAN 标签（IEEE 802.1Q）";
        "{hex}", "{hex}";
        "It keeps several networks apart on one cable; the next type follows in it.",
        "在一根网线上隔开多个网络；其中还有后面的类型。";
    }
    "mpls.label" Some(Rfc(3032, "2.1")), "" {
        "MPLS label", "MPLS 标签";
        "{hex}", "{hex}";
        "A router forwards by this short label instead of looking up the address.",
        "路由器按这个短标签转发，不必查地址。";
    }
    "encapsulation.header" None, "" {
        "headers around the IP packet", "IP 包外层的头部";
        "link, tags, tunnels", "链路、标签、隧道";
        "A tunnel carries the packet inside another, between two points on its way.",
        "隧道在途中两点之间把这个包装在另一个包里传送。";
    }
    "pppoe.header" Some(Rfc(2516, "4")), "" {
        "PPPoE session header", "PPPoE 会话头";
        "{hex}", "{hex}";
        "A provider tells its customers apart by the session.",
        "运营商靠会话区分用户。";
    }
    "ppp.header" Some(Rfc(1661, "2")), "" {
        "PPP: address, control, protocol", "PPP：地址、控制、协议";
        "{hex}", "{hex}";
        "A line between two ends needs no addresses: only what follows must be said.",
        "两点之间的线路不需要地址，只要说明后面是什么。";
    }
    "snap.header" None, "" {
        "IEEE 802.2 with SNAP (RFC 1042)", "IEEE 802.2 与 SNAP（RFC 1042）";
        "{hex}", "{hex}";
        "It says what follows, where the link has only a length.",
        "链路头只有长度时，由它说明后面是什么。";
    }
    "null.family" None, "" {
        "address family", "地址族";
        "{hex}, in the byte order of the machine", "{hex}，按该机器的字节序";
        "The loopback interface has no link header: the capture says here whether IPv4 or IPv6 follows.",
        "回环接口没有链路头：抓包时在这里注明后面是 IPv4 还是 IPv6。";
    }
    "sll.type" None, "" {
        "packet type", "包类型";
        "{n}", "{n}";
        "Linux writes here whether the packet came, went, or passed by.",
        "Linux 在这里注明包是收到、发出还是路过。";
    }
    "sll.device" None, "" {
        "kind of device", "设备类型";
        "{n}", "{n}";
        "A capture of all interfaces at once has no common link header: Linux makes one up.",
        "同时抓所有接口时没有统一的链路头：Linux 造了一个。";
    }
    "sll.interface" None, "" {
        "interface", "接口";
        "number {n}", "编号 {n}";
        "It says which interface saw the packet.",
        "指明哪个接口看到了这个包。";
    }
    "sll.address-length" None, "" {
        "length of the link address", "链路地址长度";
        "{n} bytes", "{n} 字节";
        "Addresses of links differ in length.",
        "不同链路的地址长度不同。";
    }
    "sll.address" None, "" {
        "source address of the link", "链路源地址";
        "{hex}", "{hex}";
        "It names the machine on the link that sent the packet on.",
        "指明链路上发出这个包的机器。";
    }
    "sll.protocol" None, "" {
        "protocol", "协议";
        "0x{hex} (0800 IPv4, 86dd IPv6)", "0x{hex}（0800 IPv4，86dd IPv6）";
        "It says what follows.",
        "说明后面是什么。";
    }
    "sll.reserved" None, "" {
        "reserved", "保留";
        "{hex}", "{hex}";
        "It aligns what follows.",
        "用于对齐后面的内容。";
    }
}
