//! Why each fault matters: of each finding that an experiment provokes, what goes wrong for whom, in one sentence.

use super::experiment::{Translated, say};

/// The sentence for a finding, by its id without a variant.
#[must_use]
pub fn reason(finding: &str) -> Option<Translated> {
    REASONS.iter().find(|row| row.0 == finding).map(|row| row.1)
}

const fn row(finding: &'static str, en: &'static str, zh: &'static str) -> (&'static str, Translated) {
    (finding, say(en, zh))
}

const REASONS: &[(&str, Translated)] = &[
    row(
        "T03",
        "A server that gives up before the request has come leaves the client with a reset and no status to read.",
        "服务器在请求到达之前放弃，客户端只得到复位，没有状态码可看。",
    ),
    row(
        "T04",
        "Neither end can read the other: TLS records are no HTTP request, and an HTTP error is no TLS record.",
        "两端互相读不懂：TLS 记录不是 HTTP 请求，HTTP 错误也不是 TLS 记录。",
    ),
    row(
        "T06",
        "Linux answers a close over unread data with RST, and the RST can destroy what was sent before and not read yet.",
        "关闭时还有未读的数据，Linux 就发 RST；RST 可能毁掉先前发出、对方还没读的内容。",
    ),
    row(
        "T08",
        "A reader that stands still fills its buffer and the sender's: the connection is alive, and nothing arrives.",
        "接收方不读，两边的缓冲区都会填满：连接还在，数据却到不了。",
    ),
    row(
        "T09",
        "The second FIN carries the ACK of the first: three segments do the work of four.",
        "第二个 FIN 顺带确认了第一个：三个报文段完成四个的工作。",
    ),
    row(
        "T11",
        "Whoever closes first keeps the port in TIME-WAIT, so that a late segment reaches no newer connection.",
        "先关闭的一方让端口停在 TIME-WAIT，迟到的报文段就不会落入新的连接。",
    ),
    row(
        "T14",
        "A host that restarted knows nothing of its connections: it answers each packet with a RST, and all messages in between are lost.",
        "重启过的主机不记得任何连接：对每个包都回 RST，其间的消息全部丢失。",
    ),
    row(
        "H01",
        "Upgrade and Connection are hop-by-hop: a proxy drops them unless it is told to pass them on.",
        "Upgrade 和 Connection 是逐跳头部：除非专门配置，代理会把它们丢掉。",
    ),
    row(
        "H02",
        "HTTP/1.0 has no Upgrade, so a server can only refuse.",
        "HTTP/1.0 没有 Upgrade，服务器只能拒绝。",
    ),
    row(
        "H03",
        "Without both headers the 101 does not say which protocol follows, and a client must not guess.",
        "缺少其中一个头部，101 就没有说明后面是什么协议，客户端不得猜测。",
    ),
    row(
        "H04",
        "The frames of old drafts differ: both ends must name the same version before either sends one.",
        "旧草案的帧格式不同：双方必须先说定同一个版本，才能发帧。",
    ),
    row(
        "H05",
        "The accept key proves that a WebSocket server answered, and not a cache or a server that echoes headers.",
        "accept key 证明回应的是 WebSocket 服务器，而不是缓存或照抄头部的服务器。",
    ),
    row(
        "H06",
        "The accept key is SHA-1 of the key and a fixed GUID in base64: one byte more or less, and the proof fails.",
        "accept key 是 key 加固定 GUID 的 SHA-1 再取 base64：多一个或少一个字节，证明就不成立。",
    ),
    row(
        "H07",
        "A server that does not know the path as a WebSocket answers it like any page, and a browser tells a script only 1006.",
        "服务器不认为该路径是 WebSocket，就当普通页面回应，浏览器只告诉脚本 1006。",
    ),
    row(
        "H08",
        "A redirect would send the handshake, and its cookies, to an address that the page did not name.",
        "跟随重定向会把握手连同 Cookie 发到页面没有指定的地址。",
    ),
    row(
        "H09",
        "Browsers let any page open a WebSocket anywhere: the server must check Origin or a login itself.",
        "浏览器允许任何页面连接任何 WebSocket：Origin 或登录要由服务器自己检查。",
    ),
    row(
        "H10",
        "The status says which machine failed; a script sees only 1006, so one must look at the network or the log.",
        "状态码说明是哪台机器出错；脚本只看到 1006，要到网络面板或日志里查。",
    ),
    row(
        "H11",
        "The RFC lets a server return none, but a browser that asked for a subprotocol fails the connection.",
        "RFC 允许服务器不返回子协议，但请求了子协议的浏览器会断开连接。",
    ),
    row(
        "H12",
        "The client cannot speak a subprotocol that it did not offer, so it must fail the connection.",
        "客户端不会说自己没有提出过的子协议，所以必须断开连接。",
    ),
    row(
        "H13",
        "An extension changes how frames are read: both ends must have agreed on it and on each parameter.",
        "扩展会改变帧的读法：双方必须就扩展和每个参数达成一致。",
    ),
    row(
        "H14",
        "In HTTP/2 a WebSocket is one stream of many: a server that does not announce extended CONNECT has none.",
        "在 HTTP/2 中 WebSocket 只是众多流之一：没有声明扩展 CONNECT 的服务器就没有它。",
    ),
    row(
        "H15",
        "The key must be 16 random bytes: a fixed or short one lets a cached answer look like a fresh one.",
        "key 必须是 16 个随机字节：太短或固定不变，缓存的回应就会显得像新的。",
    ),
    row(
        "H16",
        "TCP keeps no message apart: a client that drops what follows the head loses the first message.",
        "TCP 不区分消息：客户端丢掉头部之后的字节，就会丢失第一条消息。",
    ),
    row(
        "H17",
        "Every hop has a timeout of its own, and the shortest one ends a handshake that waits.",
        "每一跳都有自己的超时，最短的那个会结束等待中的握手。",
    ),
    row(
        "H19",
        "Without an answer the client cannot tell a slow server from a dead one, until its own timeout.",
        "没有回应，客户端分不清服务器是慢还是死，只能等到自己超时。",
    ),
    row(
        "H20",
        "After 101 there is no HTTP body: the sizes of chunks stand where a frame should, and are read as one.",
        "101 之后没有 HTTP 正文：块长度占了帧的位置，会被当作帧来读。",
    ),
    row(
        "H21",
        "Two values where one is allowed leave open which counts, and two programs may choose differently.",
        "只许有一个值却出现两个，就不知道以哪个为准，两个程序可能各取其一。",
    ),
    row(
        "H22",
        "A window has 8 to 15 bits: a server must decline an offer with any other value, and nothing is compressed.",
        "窗口只能是 8 到 15 位：服务器必须拒绝其他取值，于是不压缩。",
    ),
    row(
        "H23",
        "A reader bounds what it keeps of a head: what stands behind a longer one is never found, here and in servers alike.",
        "接收方对头部长度都有上限：更长的头部之后的内容，谁也找不到。",
    ),
    row(
        "F01",
        "A script must not choose bytes on the wire, or it could poison the cache of a proxy: so each client frame is masked.",
        "不能让脚本决定线上的字节，否则可以污染代理的缓存：所以客户端的每一帧都要掩码。",
    ),
    row(
        "F02",
        "A server's frame is never masked: a client that meets the bit must fail the connection.",
        "服务器的帧不得掩码：客户端见到该比特必须断开连接。",
    ),
    row(
        "F03",
        "RSV1 gives the frame a meaning that an extension defines: without one nobody knows how to read it.",
        "RSV1 的含义由扩展定义：没有扩展，就没有人知道怎么读这一帧。",
    ),
    row(
        "F04",
        "What is reserved has no meaning yet: a reader that guessed would be wrong once it has one.",
        "保留的内容还没有含义：接收方若猜测，等它有了含义就会读错。",
    ),
    row(
        "F05",
        "There is no mark at a frame's beginning: once the count is wrong, all that follows is read in the wrong place.",
        "帧的开头没有标记：一旦数错，后面的一切都会读错位置。",
    ),
    row(
        "F06",
        "After the handshake all bytes are frames: HTTP text among them is read as a header without sense.",
        "握手之后所有字节都是帧：混入的 HTTP 文本会被当作毫无意义的帧头。",
    ),
    row(
        "F07",
        "The length counts bytes: one that is wrong moves the beginning of every frame behind it.",
        "长度以字节计：错了，后面每一帧的开头都会移位。",
    ),
    row(
        "F08",
        "Each length has one spelling: a second one could slip past a filter that knows only the first.",
        "每个长度只有一种写法：另一种写法可能绕过只认前一种的过滤器。",
    ),
    row(
        "F09",
        "A control frame must be handled at once, even amid a message: so it is short and in one piece.",
        "控制帧即使在消息中间也要立即处理：所以必须短小而完整。",
    ),
    row(
        "F10",
        "Fragments carry no number: only their order says which message they belong to.",
        "分片没有编号：只有次序说明它们属于哪条消息。",
    ),
    row(
        "F11",
        "A message is what counts, not a frame: who reads only frames with FIN=1 loses the rest.",
        "重要的是消息，不是帧：只读 FIN=1 的帧就会丢内容。",
    ),
    row(
        "F12",
        "Text is UTF-8, checked over the whole message: a character may be cut by a fragment, not by the end.",
        "文本必须是 UTF-8，按整条消息检查：字符可以被分片切开，但不能在结尾处残缺。",
    ),
    row(
        "F13",
        "A receiver without a limit could be filled until its memory is gone: 1009 says that this was too much.",
        "没有上限的接收方会被塞满内存：1009 表示消息太大。",
    ),
    row(
        "F14",
        "The mask protects only if nobody can foretell it: a key that repeats gives the bytes back to the script.",
        "掩码不可预知才有保护作用：重复的 key 等于又让脚本决定线上的字节。",
    ),
    row(
        "F15",
        "A Ping asks whether the peer lives: without its Pong, with the same bytes, one must take it for dead.",
        "Ping 询问对方是否还在：没有收到内容相同的 Pong，就只能当它已死。",
    ),
    row(
        "F16",
        "A Pong without a Ping is a heartbeat in one direction, and wants no answer.",
        "没有 Ping 的 Pong 是单向心跳，不需要回应。",
    ),
    row(
        "Z01",
        "Each message may refer to those before it: two windows that differ turn the rest into rubbish.",
        "每条消息都可能引用之前的内容：两端的窗口不一致，后面就全是乱码。",
    ),
    row(
        "Z02",
        "RSV1 marks a whole message, in its first frame; control frames are never compressed.",
        "RSV1 标记整条消息，只在第一帧；控制帧从不压缩。",
    ),
    row(
        "Z03",
        "Compression is agreed once and chosen for each message: what does not shrink goes out as it is.",
        "压缩协商一次，每条消息可选：压不小的就原样发送。",
    ),
    row(
        "Z04",
        "A few bytes can inflate to gigabytes: a receiver must count what comes out, not what came in.",
        "几个字节可以解压成几个 GB：接收方要数解压后的长度，而不是收到的长度。",
    ),
    row(
        "Z05",
        "The old name is that of an early draft, which compresses frame by frame: no server of today agrees to it.",
        "旧名称属于早期草案，它逐帧压缩：如今的服务器都不会同意。",
    ),
    row(
        "Z06",
        "The receiver keeps only the window that was agreed on: what lies further back is gone.",
        "接收方只保留约定大小的窗口：更早的内容已经没有了。",
    ),
    row(
        "C01",
        "TCP cannot say why it ended: without a Close frame the API reports 1006, and the cause is lost.",
        "TCP 说不出为什么结束：没有 Close 帧，API 报告 1006，原因就丢失了。",
    ),
    row(
        "C02",
        "A reset throws away what is on its way: the last messages may be lost, and nobody says why.",
        "复位会丢弃在途的内容：最后的消息可能丢失，也没有人说明原因。",
    ),
    row(
        "C03",
        "A Close may say nothing: the API then reports 1005, which never stands on the wire.",
        "Close 可以什么都不说：API 报告 1005，而线上不会出现 1005。",
    ),
    row(
        "C04",
        "1005, 1006 and 1015 mean that no code came: on the wire they would say that they are not there.",
        "1005、1006、1015 表示没有收到代码：把它们发到线上自相矛盾。",
    ),
    row(
        "C05",
        "A body is a code of two bytes and UTF-8 text, 125 bytes in all: nothing else can be read.",
        "正文是 2 字节代码加 UTF-8 文本，总共 125 字节：其他形式都无法读。",
    ),
    row(
        "C06",
        "Both ends must close for a close to be clean: the first waits for the answer until its timeout.",
        "双方都关闭才算正常关闭：先关的一方要等回应，直到超时。",
    ),
    row(
        "C07",
        "After both Closes the server should end TCP at once: until then the client waits for its close event.",
        "两个 Close 之后，服务器应立即结束 TCP：在此之前客户端等不到 close 事件。",
    ),
    row(
        "C08",
        "The RFC wants the server to end TCP first, so that TIME-WAIT stays on its side.",
        "RFC 希望由服务器先结束 TCP，让 TIME-WAIT 留在服务器一侧。",
    ),
    row(
        "C09",
        "A reset right behind the Close can overtake it: the client may never read the code.",
        "紧跟在 Close 之后的复位可能先生效：客户端也许永远读不到关闭代码。",
    ),
    row(
        "C10",
        "A Close is the last word: who sends more shows that two parts of the program do not know of each other.",
        "Close 是最后一帧：还继续发，说明程序的两个部分互不知情。",
    ),
    row(
        "C11",
        "The code says who must act: 1000 nobody, 1001 come again, 1008 change something, 1011 look into the server's log.",
        "代码说明该谁处理：1000 无需处理，1001 稍后再连，1008 需要改正，1011 去看服务器日志。",
    ),
    row(
        "C12",
        "The code names the kind of fault, and the frame before it is the fault.",
        "代码说明错误的种类，前面的那一帧就是错误所在。",
    ),
    row(
        "C13",
        "A FIN ends one direction only: data may still come, but the one who closed may not read it any more.",
        "FIN 只结束一个方向：数据还会来，但已关闭的一方可能不再读。",
    ),
    row(
        "L01",
        "Proxies forget a connection on which nothing moves: a Ping more often than their timeout keeps it.",
        "代理会忘掉没有动静的连接：Ping 的间隔短于其超时，连接才能保住。",
    ),
    row(
        "L02",
        "A Ping at the very period of the timeout is a race, and it is lost sooner or later.",
        "Ping 周期与超时相同就是赛跑，迟早会输。",
    ),
    row(
        "L03",
        "Some balancers end every connection at an age, busy or not: the client must be ready to connect again.",
        "有些负载均衡器到时间就断开连接，不管忙闲：客户端要随时能重连。",
    ),
    row(
        "L04",
        "When all end at once the cause is not in any of them: a deployment or a proxy took them down.",
        "所有连接同时结束，原因不在任何一条：是部署或代理把它们一起断开的。",
    ),
    row(
        "L05",
        "The same silence before each end tells of a timeout, even where no product is known for that value.",
        "每次断开前的静默都一样长，说明是超时，即使没有哪个产品以此为默认值。",
    ),
    row(
        "L06",
        "TCP acknowledges in the kernel: a program that hangs looks alive to TCP, and only a Ping unmasks it.",
        "TCP 的确认由内核完成：程序卡死，TCP 看起来仍然正常，只有 Ping 能识破。",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::table;
    use super::*;

    #[test]
    fn each_experiment_has_a_reason_and_each_reason_an_experiment() {
        let provoked: BTreeSet<_> = table::experiments().map(super::super::Experiment::finding).collect();
        assert_eq!(REASONS.iter().map(|row| row.0).collect::<BTreeSet<_>>(), provoked);
        assert_eq!(REASONS.len(), provoked.len());
        for (id, Translated { en, zh }) in REASONS {
            assert!(en.ends_with('.') && en.matches(". ").count() == 0 && en.is_ascii(), "{id}: {en}");
            assert!(zh.ends_with('。') && zh.matches('。').count() == 1, "{id}: {zh}");
        }
    }
}
