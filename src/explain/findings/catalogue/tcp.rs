//! TCP and reachability (RFC 9293).

use crate::explain::findings::entry::{catalogue, phrases};
use crate::rfc::Rfc;

catalogue! { Tcp:
    SYN_UNANSWERED = "T01" Error Some(Rfc(9293, "3.8.1")), Likely {
        "the client sent {syns} SYNs (packets {first} to {last}, over {duration}), and nothing came back", "客户端发了 {syns} 个 SYN（第 {first} 到第 {last} 个包，历时 {duration}），没有任何回应";
        "a filter drops the SYNs or their answers, or the host is down: a host that is up answers even a closed port, with a RST", "SYN 或它的应答被过滤丢弃，或主机不在线：主机若在线，即使端口没有监听也会回 RST";
        "capture at the server: if the SYNs arrive there, look whether it answers, and where the answer is lost", "在服务器上抓包：若 SYN 到达了，再看它是否应答，应答又丢在哪里";
        alternatives: "a refusal, which is answered with a RST", "an ICMP error (T13)", "an answer that the capture lacks: then the client goes on with more than SYNs";
    }
    CONNECTION_REFUSED = "T02" Error Some(Rfc(9293, "3.10.7.1")), Likely {
        "the server answered the SYN (packet {syn}) with a RST (packet {rst})", "服务器用 RST（第 {rst} 个包）回答了 SYN（第 {syn} 个包）";
        "refused: nothing listens on port {port} at this address, or a firewall rejects in the server's place", "被拒绝：这个地址上没有程序监听端口 {port}，或防火墙代替服务器拒绝";
        "see on the server which ports are listened on, and on which address (ss -ltn)", "在服务器上查看监听的端口和地址（ss -ltn）";
        alternatives: "an attempt that a later SYN made succeed", "a RST that does not acknowledge the SYN, which the client ignores";
    }
    SERVER_CLOSED_UNREAD = "T03" Error Some(Rfc(9293, "3.6")), Certain {
        "the server sent its FIN (packet {fin}) before the client's first byte (packet {data})", "服务器在客户端的第一个字节（第 {data} 个包）之前就发了 FIN（第 {fin} 个包）";
        "the server closed before the request reached it, so it can send no answer", "请求到达之前服务器就已关闭发送方向，因此不可能再应答";
        "look at the server's log at that moment: a limit on connections, an allow list, a timeout for idle connections and a crash after accept all look like this", "查看服务器那一刻的日志：连接数上限、白名单、空闲超时、accept 之后崩溃，看起来都是这样";
    }
    TLS_MISMATCH = "T04" Error Some(Rfc(8446, "5.1")), Certain {
        "{client} (packet {client_packet}), and {server} (packet {server_packet})", "{client}（第 {client_packet} 个包），而{server}（第 {server_packet} 个包）";
        "one end speaks TLS and the other does not, so no connection can be made", "一端用 TLS 而另一端不用，因此连接无法建立";
        "compare the client's URL with the port: wss:// needs a port with TLS, ws:// one without; openssl s_client -connect HOST:PORT shows whether TLS answers", "核对客户端的 URL 与端口：wss:// 要连 TLS 端口，ws:// 要连明文端口；openssl s_client -connect HOST:PORT 可看出是否有 TLS 应答";
    }
    PATH_INTERRUPTED = "T05" Warning Some(Rfc(9293, "3.8.3")), Likely {
        "{side} was silent for {duration}: {peer}'s packet {first} was not acknowledged, and {side} answered (packet {packet}) only after {repeats} retransmissions or probes", "{side}有 {duration} 没有任何回应：{peer}的第 {first} 个包得不到确认，重传或探测 {repeats} 次之后，{side}才应答（第 {packet} 个包）";
        "the path was interrupted, or the host of {side} slept. The connection survived, and TCP retransmitted what was lost", "路径中断了一阵，或{side}的主机休眠过。连接没有断，丢失的内容 TCP 已经重传";
        "look at {side}'s network at that time (a change of Wi-Fi or mobile cell, sleep, a failover)", "查看{side}那段时间的网络（Wi-Fi 或基站切换、休眠、主备切换）";
        alternatives: "its packets are missing from the capture", "the handshake was not finished", "its window was closed";
    }
    RST_WITH_DATA_UNREAD = "T06" Error Some(Rfc(9293, "3.10.5")), Likely {
        "{side} sent a RST,ACK (packet {rst}) {delay} after {length} B of {peer} (packet {data}), and no data in between", "{peer}的 {length} B（第 {data} 个包）之后 {delay}，{side}发了 RST,ACK（第 {rst} 个包），其间没有发过数据";
        "{side} closed its socket before it had read these bytes, so TCP sent a RST in place of a FIN (RFC 2525 §2.17). What {side} sent before may be lost too", "{side}还没有读这些字节就关闭了套接字，于是 TCP 发出 RST 而不是 FIN（RFC 2525 §2.17）。它之前发出的内容也可能丢失";
        "look at what {side} does when it closes: read to the end of the stream first, or shut down only the sending side. An abort on purpose (SO_LINGER 0) looks the same", "看{side}关闭时做了什么：应先读到流的结尾，或先只关闭发送方向。有意中断（SO_LINGER 0）看起来一样";
        alternatives: "a violation by the peer just before", "a closing handshake or a FIN before it", "a silence after which something on the way forgot the connection", "no socket: a RST without ACK", "a RST by another host: another TTL or IP ID";
    }
    RST_INJECTED = "T07" Warning Some(Rfc(5961, "3")), Likely {
        "a RST in the name of {side} (packet {rst}) does not fit the packets of {side} before it", "以{side}名义发出的 RST（第 {rst} 个包）与{side}之前的包不相符";
        "{side} did not send the RST: a firewall or another middlebox on the way did", "RST 不是{side}发的，而是途中的防火墙或其他中间设备发的";
        "capture at {side}: the RST is not among what it sends", "在{side}一侧抓包：它发出的包里没有这个 RST";
        alternatives: "a RST of the end itself: its TTL and IP ID would fit", "packets after the RST by another host: then they do not fit", "a change of route: then the packets after it have the new TTL too";
    }
    ZERO_WINDOW_STALL = "T08" Warning Some(Rfc(9293, "3.8.6")), Likely {
        "{side}'s receive window was closed (packet {packet}) for {duration}, {end}; probes of its peer meanwhile: {probes}", "{side}的接收窗口从第 {packet} 个包起关闭了 {duration}，{end}；期间对端探测 {probes} 次";
        "{side}'s application read nothing for that long, and its peer had to wait", "{side}的应用这么久没有读数据，对端只能等待";
        "look at what {side}'s program did meanwhile. If it is merely slow, limit what is sent to it", "看{side}的程序当时在做什么。若只是读得慢，就限制发给它的数据量";
        alternatives: "its peer had sent its FIN and waited for no window", "its peer had nothing to send", "it was gone altogether";
    }
    THREE_SEGMENT_CLOSE = "T09" Info Some(Rfc(9293, "3.6")), Certain {
        "TCP closed with three segments: packet {packet} carries {side}'s FIN and its ACK of the other FIN", "TCP 用三个报文段关闭：第 {packet} 个包同时带着{side}的 FIN 和对另一个 FIN 的 ACK";
        "this is normal: a FIN can carry the ACK of the other FIN", "这是正常的：FIN 可以同时确认对端的 FIN";
        "nothing to do", "无须处理";
    }
    SIMULTANEOUS_CLOSE = "T10" Info Some(Rfc(9293, "3.6")), Certain {
        "the FINs crossed (packets {first} and {second}): neither acknowledges the other", "两个 FIN 在途中交错（第 {first} 和第 {second} 个包）：互不确认";
        "this is normal: both ends closed at once, and both go through CLOSING to TIME-WAIT", "这是正常的：双方同时关闭，都经 CLOSING 进入 TIME-WAIT";
        "nothing to do", "无须处理";
    }
    CLIENT_TIME_WAIT = "T11" Info Some(Rfc(9293, "3.6")), Certain {
        "the client's FIN came first (packet {packet}), so TIME-WAIT is the client's", "客户端先发 FIN（第 {packet} 个包），所以 TIME-WAIT 在客户端";
        "its port stays in use for 2 MSL (60 s on Linux)", "它的端口还会被占用 2 MSL（Linux 上 60 s）";
        "nothing to do, unless the client connects thousands of times a minute", "无须处理，除非客户端每分钟连接数千次";
    }
    PEER_VANISHED = "T12" Error Some(Rfc(9293, "3.8.3")), Likely {
        "nothing came from {side} after packet {last}, no FIN and no RST: {peer}'s packet {first} and what followed got no answer for {duration}, {end}; unacknowledged: {length} B; pings among it: {pings}; retransmissions or probes: {repeats}", "第 {last} 个包之后{side}再没有发来任何包，也没有 FIN 或 RST：{peer}的第 {first} 个包和之后的包 {duration} 得不到回应，{end}；未确认 {length} B，其中 ping {pings} 个，重传或探测 {repeats} 次";
        "{side}'s host or the path to it is gone: network lost, machine off or asleep, or a NAT or firewall that drops silently. Its program need not be at fault. The capture does not show whether {side} received anything of this", "{side}的主机或通往它的路径已经不在：断网、关机、休眠，或途中的 NAT、防火墙静默丢包。这不说明它的程序有错。抓包看不出{side}是否还收到过这些内容";
        "capture at {side} too: see whether these packets arrive, and whether its answers leave", "同时在{side}一侧抓包：看这些包是否到达，它的应答是否发出";
        alternatives: "its packets are missing from the capture", "the capture ends too soon", "the handshake was not finished", "its window was closed", "it had closed before";
    }
    NO_SOCKET = "T14" Warning Some(Rfc(9293, "3.5.2")), Possible {
        "{side} answered packet {data} of {peer} with a RST without ACK (packet {rst}), {delay} later", "{peer}的第 {data} 个包之后 {delay}，{side}用不带 ACK 的 RST（第 {rst} 个包）回答";
        "{side} has no socket for this connection any more: its host restarted, or a device in its place forgot the connection. A middlebox that cuts connections sends the same", "{side}已经没有这个连接的套接字：主机重启过，或代替它的设备忘记了连接。切断连接的中间设备也会发同样的包";
        "look whether {side}'s host, or a load balancer before it, restarted or failed over at that moment; capture at {side}", "查看那一刻{side}的主机或它前面的负载均衡是否重启或切换；在{side}一侧抓包";
        alternatives: "close() with data unread or an abort, which send RST,ACK", "a RST by another host: another TTL or IP ID", "a socket that was closed before: a FIN came before", "a connection that was forgotten during a silence";
    }
}

phrases! {
    TLS_CLIENT = "the client begins with TLS", "客户端以 TLS 开始";
    PLAIN_CLIENT = "the client begins with plain HTTP", "客户端以明文 HTTP 开始";
    TLS_SERVER = "the server answers with TLS", "服务器以 TLS 应答";
    PLAIN_SERVER = "the server answers with plain HTTP", "服务器以明文 HTTP 应答";
    OWN_SOCKET_CLOSED = "its socket was closed already (FIN in packet {fin}): nothing was left to read what came, so a RST answers", "它的套接字早已关闭（FIN 在第 {fin} 个包）：到达的内容没有套接字来读，于是用 RST 回答";
    FORGOTTEN = "the connection was forgotten during {silence} without a packet: by {side}'s host, or by a device on the way that answers in its place (NAT, load balancer)", "{silence}没有任何包，连接在此期间被忘掉：在{side}的主机上，或在途中代它回答的设备上（NAT、负载均衡）";
    OTHER_TTL = "a RST in the name of {side} (packet {rst}) has TTL {ttl} and IP ID {ip_id}; the {packets} packets of {side} before it had TTL {usual_ttl}", "以{side}名义发出的 RST（第 {rst} 个包）TTL 为 {ttl}，IP ID 为 {ip_id}；{side}之前的 {packets} 个包 TTL 都是 {usual_ttl}";
    OTHER_ID = "a RST in the name of {side} (packet {rst}) has IP ID {ip_id}; the {packets} packets of {side} before it were counted up to {last_ip_id}", "以{side}名义发出的 RST（第 {rst} 个包）IP ID 为 {ip_id}；{side}之前的 {packets} 个包依次编号到 {last_ip_id}";
    GOES_ON = "a RST in the name of {side} (packet {rst}) has TTL {ttl} and IP ID {ip_id}; the {packets} packets of {side} before it had TTL {usual_ttl}, and so has packet {packet}, with which {side} goes on", "以{side}名义发出的 RST（第 {rst} 个包）TTL 为 {ttl}，IP ID 为 {ip_id}；{side}之前的 {packets} 个包 TTL 都是 {usual_ttl}，之后照常继续的第 {packet} 个包也是";
    GOES_ON_OTHER_ID = "a RST in the name of {side} (packet {rst}) has IP ID {ip_id}; the {packets} packets of {side} before it were counted up to {last_ip_id}, and packet {packet}, with which {side} goes on, counts on from there", "以{side}名义发出的 RST（第 {rst} 个包）IP ID 为 {ip_id}；{side}之前的 {packets} 个包依次编号到 {last_ip_id}，之后照常继续的第 {packet} 个包接着编号";
    RST_OR_ROUTE = "{side} did not send the RST, but a firewall or another middlebox on the way did. Nothing of {side} follows to compare with, so a change of the route, or a system that numbers its RSTs otherwise, fits as well", "RST 不是{side}发的，而是途中的防火墙或其他中间设备发的。之后没有{side}的包可以对照，所以路由改变、或{side}的系统对 RST 另行编号，也说得通";
    FOREIGN_PACKETS = "the RST of {side} (packet {rst}) fits the {packets} packets of {side} before it, with TTL {usual_ttl}; packet {packet}, which comes after it in the name of {side}, has TTL {ttl}", "{side}的 RST（第 {rst} 个包）与它之前的 {packets} 个包相符，TTL 都是 {usual_ttl}；之后以{side}名义发出的第 {packet} 个包 TTL 却是 {ttl}";
    FOREIGN_SENDER = "the RST is {side}'s own; another host sent what comes after it in the name of {side}, or it came another way", "RST 是{side}自己发的；之后以它名义发出的包来自另一台主机，或走了另一条路";
    NO_ID = "none", "无";
    NOBODY_WAITED = "{side}'s application read nothing for that long. Its peer sent no probe, so it may have had nothing to send, and nobody waited", "{side}的应用这么久没有读数据。对端没有发探测，也许它没有数据要发，没有人在等";
    OPENED_AGAIN = "then it opened again", "之后重新打开";
    NEVER_OPENED = "until the connection ended", "直到连接结束";
    BY_CLOSE_FRAME = "with a Close frame", "（发 Close 帧）";
    BY_FIN = "with a FIN", "（发 FIN）";
    BY_RST = "with a RST", "（发 RST）";
    GAVE_UP = "nothing came from {side} after packet {last}, no FIN and no RST: {peer}'s packet {first} and what followed got no answer for {duration}, then {peer} gave up {end} in packet {until}; unacknowledged: {length} B; pings among it: {pings}; retransmissions or probes: {repeats}", "第 {last} 个包之后{side}再没有发来任何包，也没有 FIN 或 RST：{peer}的第 {first} 个包和之后的包 {duration} 得不到回应，于是{peer}在第 {until} 个包放弃{end}；未确认 {length} B，其中 ping {pings} 个，重传或探测 {repeats} 次";
    RST_AFTER_VANISHING = "nothing came from {side} after packet {last} for a time: {peer}'s packet {first} and what followed got no answer for {duration}, then a RST answered (packet {until}); unacknowledged: {length} B; pings among it: {pings}; retransmissions or probes: {repeats}", "第 {last} 个包之后{side}一度没有任何回应：{peer}的第 {first} 个包和之后的包 {duration} 得不到回应，然后来了一个 RST（第 {until} 个包）；未确认 {length} B，其中 ping {pings} 个，重传或探测 {repeats} 次";
    VANISHED_AND_FORGOT = "{side} was gone, and what answers now does not know the connection any more: its host restarted, or a device on the way (a NAT, a load balancer) forgot it", "{side}曾经不在，而现在应答的一方已经不认得这个连接：它的主机重启过，或途中的设备（NAT、负载均衡）忘掉了它";
}
