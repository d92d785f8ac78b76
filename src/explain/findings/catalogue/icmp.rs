//! ICMP about a connection (RFC 792, RFC 1812, RFC 4443).

use crate::explain::findings::entry::{catalogue, phrases};
use crate::observe::IcmpMeaning;
use crate::rfc::Rfc;

catalogue! { Tcp:
    ICMP_ERROR = "T13" Info Some(Rfc(1122, "4.2.3.9")), Likely {
        "{sender} sent an ICMP error about {about} of {side} (packet {packet}): {meaning} (type {type}, code {code})", "{sender} 发来一条关于{side}{about}的 ICMP 差错（第 {packet} 个包）：{meaning}（类型 {type}，代码 {code}）";
        "what {side} sent did not arrive: {sender} says why", "{side}发出的内容没有送达：原因由 {sender} 说明";
        "{suggestion}; anyone on the way can send an ICMP message, so compare with a capture at the other end", "{suggestion}；路径上的任何设备都可能发出 ICMP，请与另一端的抓包对照";
        alternatives: "nothing came back at all (T01)", "another connection is quoted: addresses and ports are compared";
    }
}

phrases! {
    WAS_NO_END = "this ends no connection: {side} is to send in another way", "这不会结束连接：只是要求{side}换一种方式发送";
    ABOUT_SYN = "the SYN", "的 SYN ";
    ABOUT_PACKET = "the last segment", "最近一个报文段";
    ABOUT_SEGMENT = "a segment", "某个报文段";
    NETWORK_UNREACHABLE = "the network is unreachable", "网络不可达";
    HOST_UNREACHABLE = "the host is unreachable", "主机不可达";
    PROTOCOL_UNREACHABLE = "the host does not speak TCP", "主机不支持 TCP";
    PORT_UNREACHABLE = "the port is unreachable", "端口不可达";
    TOO_BIG = "the packet is too big for a link on the way", "包超过了途中某条链路的上限";
    PROHIBITED = "a filter prohibits it", "被过滤规则禁止";
    UNREACHABLE = "the destination is unreachable", "目的地不可达";
    HOP_LIMIT_EXCEEDED = "too many hops: its TTL ran out", "跳数过多：TTL 已用完";
    REASSEMBLY_TIME_EXCEEDED = "fragments of it did not arrive in time", "它的分片没有及时到齐";
    SOURCE_QUENCH = "slow down (source quench, obsolete)", "请放慢（源抑制，已废弃）";
    REDIRECT = "there is a better route", "有更好的路由";
    PARAMETER_PROBLEM = "a field of its header cannot be processed", "头部有字段无法处理";
    SEE_ROUTE = "look at the routes and at the sender of the message", "查看路由和发出该消息的设备";
    SEE_HOST = "see whether the host is up and has this address", "查看主机是否在线、地址是否正确";
    SEE_PORT = "see what listens on the port, and which filter rejects", "查看端口上有没有程序监听，以及哪条规则在拒绝";
    SEE_FILTER = "look for the rule in the firewall that sent the message", "在发出该消息的防火墙里找到那条规则";
    SEE_SIZE = "see whether smaller segments follow: if not, path MTU discovery is broken", "看之后的报文段是否变小：若没有，就是路径 MTU 发现出了问题";
    SEE_LOOP = "look for a routing loop (traceroute)", "查找路由环路（traceroute）";
}

/// A meaning in words.
pub(in crate::explain::findings) const fn meaning(of: IcmpMeaning) -> Localized {
    match of {
        IcmpMeaning::NetworkUnreachable => NETWORK_UNREACHABLE,
        IcmpMeaning::HostUnreachable => HOST_UNREACHABLE,
        IcmpMeaning::ProtocolUnreachable => PROTOCOL_UNREACHABLE,
        IcmpMeaning::PortUnreachable => PORT_UNREACHABLE,
        IcmpMeaning::TooBig => TOO_BIG,
        IcmpMeaning::Prohibited => PROHIBITED,
        IcmpMeaning::Unreachable => UNREACHABLE,
        IcmpMeaning::HopLimitExceeded => HOP_LIMIT_EXCEEDED,
        IcmpMeaning::ReassemblyTimeExceeded => REASSEMBLY_TIME_EXCEEDED,
        IcmpMeaning::SourceQuench => SOURCE_QUENCH,
        IcmpMeaning::Redirect => REDIRECT,
        IcmpMeaning::ParameterProblem => PARAMETER_PROBLEM,
    }
}

/// What to do about it.
pub(in crate::explain::findings) const fn suggestion(of: IcmpMeaning) -> Localized {
    match of {
        IcmpMeaning::HostUnreachable => SEE_HOST,
        IcmpMeaning::ProtocolUnreachable | IcmpMeaning::PortUnreachable => SEE_PORT,
        IcmpMeaning::Prohibited => SEE_FILTER,
        IcmpMeaning::TooBig | IcmpMeaning::ReassemblyTimeExceeded => SEE_SIZE,
        IcmpMeaning::HopLimitExceeded => SEE_LOOP,
        _ => SEE_ROUTE,
    }
}
