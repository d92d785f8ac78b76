//! The opening handshake (RFC 6455 §4).

use crate::explain::findings::entry::{catalogue, phrases};
use crate::rfc::Rfc;

catalogue! { Opening:
    UPGRADE_HEADERS_STRIPPED = "H01" Error Some(Rfc(6455, "4.2.1")), Likely {
        "the Upgrade request (packet {packet}) has a Sec-WebSocket-Key, but {missing}", "升级请求（第 {packet} 个包）有 Sec-WebSocket-Key，但{missing}";
        "a proxy between the client and the place of this capture removed the hop-by-hop headers", "客户端与抓包位置之间的代理去掉了逐跳头部";
        "capture on the other side of the proxy, too; nginx needs proxy_http_version 1.1 and proxy_set_header for both Upgrade and Connection", "在代理的另一侧也抓一次包；nginx 需要 proxy_http_version 1.1，并用 proxy_set_header 设置 Upgrade 和 Connection";
        alternatives: "a request that does not ask for WebSocket: it has a Sec-WebSocket-Key", "a refusal for another reason: the version, offers and doubled headers are looked at first";
    }
    HTTP_1_0_REQUEST = "H02" Error Some(Rfc(6455, "4.1")), Likely {
        "the Upgrade request (packet {packet}) is {version}; WebSocket needs HTTP/1.1 or later", "升级请求（第 {packet} 个包）是 {version}；WebSocket 至少需要 HTTP/1.1";
        "a proxy speaks HTTP/1.0 to its backend, as older versions of nginx do by default", "代理对后端使用 HTTP/1.0，旧版 nginx 默认就是这样";
        "set proxy_http_version 1.1 in the proxy; capture before it to see what the client sent", "在代理上设置 proxy_http_version 1.1；在它之前抓包，看客户端发的是什么";
        alternatives: "a plain request of an old client: it asks for WebSocket";
    }
    UPGRADE_HEADER_MISSING_IN_101 = "H03" Error Some(Rfc(6455, "4.1")), Certain {
        "the 101 (packet {packet}) has no {missing}", "101 响应（第 {packet} 个包）没有 {missing}";
        "a client must fail the connection; the capture does not show whether the server or a proxy left the header out", "客户端必须断开连接；抓包看不出是服务器还是代理漏掉了这个头部";
        "compare with what the server itself writes, captured without the proxy", "不经代理抓包，与服务器自己写出的内容比较";
    }
    VERSION_UNSUPPORTED = "H04" Error Some(Rfc(6455, "4.4")), Certain {
        "the request asks for Sec-WebSocket-Version {version}; the answer is {status} (packet {packet}), with Sec-WebSocket-Version: {wanted}", "请求的 Sec-WebSocket-Version 是 {version}；响应是 {status}（第 {packet} 个包），其 Sec-WebSocket-Version：{wanted}";
        "{cause}", "{cause}";
        "compare Sec-WebSocket-Version in both heads, captured at the client and at the server", "在客户端和服务器两处抓包，比较两边头部里的 Sec-WebSocket-Version";
        alternatives: "a refusal for another reason: the status and the versions that it names are looked at";
    }
    ACCEPT_MISSING = "H05" Error Some(Rfc(6455, "4.1")), Certain {
        "the 101 (packet {packet}) has no Sec-WebSocket-Accept; {expected} is expected", "101 响应（第 {packet} 个包）没有 Sec-WebSocket-Accept；应为 {expected}";
        "a client must fail the connection: without this header nothing proves that the server received the WebSocket handshake", "客户端必须断开连接：没有这个头部，就不能证明服务器收到了 WebSocket 握手";
        "compute it: base64 of the SHA-1 of the key and the GUID (RFC 6455 §4.2.2)", "自己计算：key 与 GUID 相连，取 SHA-1，再 base64（RFC 6455 §4.2.2）";
    }
    ACCEPT_WRONG = "H06" Error Some(Rfc(6455, "4.2.2")), Certain {
        "the 101 (packet {packet}) has the Sec-WebSocket-Accept {accept}; {expected} is expected", "101 响应（第 {packet} 个包）的 Sec-WebSocket-Accept 是 {accept}；应为 {expected}";
        "a client must fail the connection; computed again, the value shows this: {cause}", "客户端必须断开连接；重新计算的结果表明：{cause}";
        "compute it by hand: printf %s \"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11\" | openssl sha1 -binary | base64", "手工计算：printf %s \"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11\" | openssl sha1 -binary | base64";
    }
    PAGE_INSTEAD_OF_UPGRADE = "H07" Error Some(Rfc(6455, "4.2.2")), Likely {
        "the answer to the Upgrade request is {status} {reason} (packet {packet}), Content-Type {content_type}", "对升级请求的响应是 {status} {reason}（第 {packet} 个包），Content-Type 为 {content_type}";
        "a web page came, not a WebSocket: the path is wrong, a single-page application answers for every path, or the server has no WebSocket", "返回的是网页而不是 WebSocket：路径不对、单页应用对所有路径都返回同一页，或服务器不支持 WebSocket";
        "request the same path as a plain page, and see whether the same page comes", "用普通请求取同一路径，看是否得到同样的网页";
        alternatives: "an answer that is no page: the Content-Type is looked at", "a proxy's answer to CONNECT: the reason phrase is looked at";
    }
    UPGRADE_REDIRECTED = "H08" Error Some(Rfc(6455, "4.1")), Likely {
        "the answer to the Upgrade request is {status} {reason} (packet {packet}), a redirect to {location}", "对升级请求的响应是 {status} {reason}（第 {packet} 个包），重定向到 {location}";
        "the WebSocket does not open: a client may follow a redirect, but browsers do not", "WebSocket 没有打开：客户端可以跟随重定向，但浏览器不会";
        "connect to that address directly; often the difference is only http and https, or a slash at the end", "直接连接那个地址；差别常常只是 http 与 https，或末尾的斜杠";
        alternatives: "a redirect that was followed on this connection: a later 101 would show it";
    }
    UPGRADE_FORBIDDEN = "H09" Error Some(Rfc(6455, "4.2.2")), Possible {
        "the answer to the Upgrade request is {status} {reason} (packet {packet}); Origin: {origin}, Host: {host}", "对升级请求的响应是 {status} {reason}（第 {packet} 个包）；Origin：{origin}，Host：{host}";
        "{cause}", "{cause}";
        "allow this origin on the server, or send the credentials, and compare", "在服务器上允许这个来源，或带上凭据，再比较";
        alternatives: "a challenge that was answered: a later request with credentials and its 101 would show it", "another Origin than the Host: the two are compared";
    }
    UPGRADE_REFUSED = "H10" Error Some(Rfc(6455, "4.2.2")), Likely {
        "the answer to the Upgrade request is {status} {reason} (packet {packet}); Server: {server}, Via: {via}", "对升级请求的响应是 {status} {reason}（第 {packet} 个包）；Server：{server}，Via：{via}";
        "{cause}", "{cause}";
        "read the log of whoever wrote this answer, and send the same request to its backend directly", "查看写出这个响应的一方的日志，并直接向它的后端发同样的请求";
        alternatives: "a fault in the request: its headers, version, offers and doubled lines are looked at first";
    }
    SUBPROTOCOL_NOT_CHOSEN = "H11" Error Some(Rfc(6455, "4.1")), Likely {
        "the client offers subprotocols ({offered}), the 101 (packet {packet}) chooses none", "客户端列出了子协议（{offered}），101 响应（第 {packet} 个包）一个也没选";
        "browsers fail the connection here (WHATWG WebSockets), though RFC 6455 allows such an answer", "浏览器会因此断开连接（WHATWG WebSockets），虽然 RFC 6455 允许这样的响应";
        "offer no subprotocol in the client, or let the server choose one of those offered", "在客户端去掉子协议，或让服务器从中选一个";
        alternatives: "a subprotocol chosen on another line: all lines of the 101 are read";
    }
    SUBPROTOCOL_NOT_OFFERED = "H12" Error Some(Rfc(6455, "4.1")), Certain {
        "the 101 (packet {packet}) chooses the subprotocol \"{chosen}\"; offered: {offered}", "101 响应（第 {packet} 个包）选择了子协议 \"{chosen}\"；客户端列出的是：{offered}";
        "a client must fail the connection: the server may choose only one of those offered", "客户端必须断开连接：服务器只能从客户端列出的里面选一个";
        "compare Sec-WebSocket-Protocol in both heads, letter by letter", "逐字比较两边头部里的 Sec-WebSocket-Protocol";
    }
    EXTENSION_NOT_AGREED = "H13" Error Some(Rfc(6455, "9.1")), Certain {
        "the 101 (packet {packet}) accepts the extensions \"{chosen}\", which do not fit the offer \"{offered}\": {fault}", "101 响应（第 {packet} 个包）接受的扩展 \"{chosen}\" 与提议 \"{offered}\" 不符：{fault}";
        "a client must fail the connection: the server may accept only what was offered", "客户端必须断开连接：服务器只能接受客户端提议的内容";
        "switch compression off on the server and compare; see whether a proxy changes the header", "关掉服务器的压缩再比较；看看是否有代理改了这个头部";
    }
    HTTP_2_CONNECTION = "H14" Error Some(Rfc(9113, "3.4")), Certain {
        "the client begins with the HTTP/2 preface (packet {packet}); {context}", "客户端以 HTTP/2 的连接前言开始（第 {packet} 个包）；{context}";
        "a WebSocket over HTTP/2 has another handshake (RFC 8441: CONNECT with :protocol), which both ends must support", "HTTP/2 上的 WebSocket 是另一种握手（RFC 8441：带 :protocol 的 CONNECT），两端都必须支持";
        "let the client use HTTP/1.1 (over TLS: ALPN http/1.1), or see whether the server announces SETTINGS_ENABLE_CONNECT_PROTOCOL", "让客户端使用 HTTP/1.1（TLS 上用 ALPN http/1.1），或看服务器是否宣告 SETTINGS_ENABLE_CONNECT_PROTOCOL";
        alternatives: "a server that announced extended CONNECT", "an announcement that the capture lacks", "a server that answers in HTTP/1";
    }
    KEY_MALFORMED = "H15" Warning Some(Rfc(6455, "4.1")), Certain {
        "the Sec-WebSocket-Key {key} (packet {packet}) is not 16 bytes in base64: {fault}", "Sec-WebSocket-Key {key}（第 {packet} 个包）不是 16 字节的 base64：{fault}";
        "a server may refuse it with 400: a key must decode to 16 bytes (RFC 6455 §4.2.1)", "服务器可以用 400 拒绝它：key 解码后必须是 16 字节（RFC 6455 §4.2.1）";
        "decode it: printf %s \"{key}\" | base64 -d | wc -c must say 16", "解码检查：printf %s \"{key}\" | base64 -d | wc -c 应当得到 16";
    }
    FRAME_WITH_HEAD = "H16" Info Some(Rfc(6455, "4.1")), Certain {
        "the server's first frame ({opcode}, {length} B) is in the segment of its 101 (packet {packet})", "服务器的第一帧（{opcode}，{length} B）与 101 响应在同一个报文段里（第 {packet} 个包）";
        "this is legal; a client that drops the bytes behind the head loses the message", "这是合法的；但丢掉头部之后字节的客户端会丢失这条消息";
        "if the application does not get the first message, check what the client's library does with bytes that it read behind the head", "若应用收不到第一条消息，检查客户端的库怎样处理头部之后多读的字节";
        alternatives: "an answer that is late, or missing from the capture", "a pong that answers several pings";
    }
    UPGRADE_SLOW = "H17" Warning None, Possible {
        "the answer {status} came {delay} after the Upgrade request (packets {request} and {response}); {source}", "对升级请求的响应 {status} 在 {delay} 之后才到（第 {request} 和第 {response} 个包）；{source}";
        "something on the way waits or answers from a cache; a slow server looks the same. Clients with a timeout of a few seconds have given up by then", "途中有环节在等待，或用缓存应答；服务器慢看起来也一样。超时只有几秒的客户端此时已经放弃";
        "capture at the server: if the same gap is there, it is the server's own", "在服务器上抓包：若那里有同样的间隔，就是服务器自己慢";
        alternatives: "an answer from a cache: Age, X-Cache and CF-Cache-Status are looked at";
    }
    CAPTURE_WITHOUT_TCP = "H18" Info None, Possible {
        "the capture has no TCP connection at all", "抓包里没有任何 TCP 连接";
        "no SYN was sent: a browser blocks some WebSockets before TCP (mixed content, CSP, an extension); a capture on the wrong interface looks the same", "没有发出 SYN：浏览器会在 TCP 之前就拦下某些 WebSocket（混合内容、CSP、扩展）；抓错了网卡看起来也一样";
        "look at the browser's console; capture on the interface that the connection takes (lo for localhost)", "查看浏览器控制台；在连接经过的网卡上抓包（localhost 用 lo）";
        alternatives: "packets that were not read: every packet was";
    }
    HEAD_TOO_LONG = "H23" Error Some(Rfc(9110, "5.4")), Likely {
        "{side} sends {excess} (from packet {packet} on)", "{side}发来{excess}（从第 {packet} 个包起）";
        "a server refuses such a head with 431 or 400, or closes; it was not read here either, so what {side} sent behind it is not known", "服务器会用 431 或 400 拒绝这样的头部，或直接关闭；这里也没有读它，因此{side}后面发了什么不得而知";
        "find what makes it so long: cookies that add up, a proxy that adds a line at each pass, or a client that sends nothing but line ends", "找出变长的原因：越积越多的 Cookie、每经过一次就加一行的代理，或只发换行的客户端";
        alternatives: "bytes of another protocol", "a body without a head";
    }
    UPGRADE_UNANSWERED = "H19" Error Some(Rfc(6455, "4.2.2")), Likely {
        "the server did not answer the Upgrade request (packet {packet}) in {duration}, {end}; {receipt}", "服务器在 {duration} 内没有响应升级请求（第 {packet} 个包），{end}；{receipt}";
        "nothing above TCP answered: the server, or a proxy before it, took the request and waits, or its backend does not answer", "TCP 之上没有任何响应：服务器或它前面的代理收下了请求却一直在等，或它的后端没有响应";
        "look for the request in the server's log, and see what stands before the server; a proxy often gives up after 60 s", "在服务器日志里找这个请求，并检查它前面有什么；代理常在 60 秒后放弃";
        alternatives: "bytes of an answer that the capture lacks: the server's side was read whole", "an answer on its way where the capture ends: moments are not counted as silence";
    }
    BODY_HEADER_IN_101 = "H20" Error Some(Rfc(9112, "6.1")), Certain {
        "the 101 (packet {packet}) has the header {line}", "101 响应（第 {packet} 个包）带有头部 {line}";
        "a 101 has no body, so it must not have this header: a client that believes it waits for a body, reads frames as one, or fails the connection", "101 没有正文，不得带这个头部：相信它的客户端会等待正文、把帧当作正文，或断开连接";
        "remove the header where it is added, in a framework's defaults or a proxy; capture before and behind the proxy and compare", "找到加上这个头部的地方并去掉：框架的默认头部，或代理；在代理前后各抓一次包比较";
    }
    HEADER_TWICE = "H21" Error Some(Rfc(6455, "11.3")), Certain {
        "{side}'s {head} (packet {packet}) has {name} on {count} lines: {values}", "{side}的{head}（第 {packet} 个包）中 {name} 有 {count} 行：{values}";
        "{name} must not be there more than once: a receiver may refuse such a head, or read either line", "{name} 不得出现多次：接收方可以拒绝这样的头部，也可能只读其中一行";
        "look for a second place that adds the header: a framework beside the WebSocket library, or a proxy", "查找还有哪里加了这个头部：WebSocket 库之外的框架，或代理";
        alternatives: "a list, which may stand on several lines", "an answer that accepts it: the status is looked at";
    }
    DEFLATE_OFFER_MALFORMED = "H22" Warning Some(Rfc(7692, "7.1")), Certain {
        "the request (packet {packet}) offers \"{offer}\": {fault}", "请求（第 {packet} 个包）的提议是 \"{offer}\"：{fault}";
        "{outcome}", "{outcome}";
        "correct the offer in the client; without the parameter, or without permessage-deflate, the same request must pass", "改正客户端的提议；去掉这个参数或整个 permessage-deflate，同样的请求应当通过";
        alternatives: "an answer that has nothing to do with the offer: the status is looked at";
    }
}

phrases! {
    OLD_DRAFT = "the request (packet {request}) uses an old draft of the protocol: {draft}; the answer is {status} (packet {packet})", "请求（第 {request} 个包）使用协议的旧草案：{draft}；响应是 {status}（第 {packet} 个包）";
    DRAFT_ACCEPTED = "RFC 6455 replaced this draft, whose handshake and frames are different: they are not decoded here", "RFC 6455 已取代这个草案，它的握手和帧都不同：这里不解析";
    DRAFT_WITH_SAME_FRAMES = "RFC 6455, version 13, replaced this draft; its frames have the same format and are read as such", "RFC 6455（版本 13）已取代这个草案；它的帧格式相同，照样解析";
    DRAFT_REFUSED = "the server refuses the draft, which RFC 6455 (version 13) replaced", "服务器拒绝了这个草案：它已被 RFC 6455（版本 13）取代";
    DRAFT_WITHOUT_EFFECT = "RFC 6455 replaced this draft; the status does not say that this is why the request was refused", "RFC 6455 已取代这个草案；但状态码没有说拒绝的原因就是它";
    UPDATE_CLIENT = "use a client library that speaks RFC 6455", "换用支持 RFC 6455 的客户端库";
    VERSION_TALKED = "RFC 6455 is version 13; the server accepted the request all the same, and how it reads frames of another version is not known", "RFC 6455 的版本是 13；服务器仍然接受了请求，它怎样读别的版本的帧不得而知";
    VERSION_WITHOUT_EFFECT = "RFC 6455 is version 13; the status does not say that the version is why the request was refused", "RFC 6455 的版本是 13；但状态码没有说拒绝的原因就是版本";
    UPGRADE_WANTED = "a server or a proxy that did not see the Upgrade header answers so, although the request here has it; the capture does not show why", "没有看到 Upgrade 头部的服务器或代理会这样响应，而这里的请求带有它；抓包没有显示原因";
    TWO_CONNECTION_LINES = "the server reads only one of the Connection lines; several are legal", "服务器只读了其中一行 Connection；有多行是合法的";
    MALFORMED_OFFER = "the server fails on the offer of permessage-deflate, which has a parameter that is not allowed", "服务器处理不了 permessage-deflate 的提议：其中有不允许的参数";
    PLAIN_ANSWER = "the request was taken for a plain one: the path is wrong, or the server has no WebSocket there; a proxy that answers in its place looks the same", "请求被当成了普通请求：路径不对，或服务器在此处不支持 WebSocket；由代理代为响应，看起来也一样";
    TUNNEL_ANSWER = "the answer to the Upgrade request is {status} {reason} (packet {packet}), as a proxy answers CONNECT; Content-Type {content_type}", "对升级请求的响应是 {status} {reason}（第 {packet} 个包），这是代理对 CONNECT 的响应；Content-Type 为 {content_type}";
    TAKEN_FOR_CONNECT = "a proxy took the request for a CONNECT and says that its tunnel stands; a WebSocket client needs a 101 and fails here", "代理把请求当成了 CONNECT，并说隧道已经建立；WebSocket 客户端需要的是 101，会在这里失败";
    ASK_WITH_CONNECT = "let the client send CONNECT to this proxy, or reach the server without it", "让客户端用 CONNECT 请求这个代理，或绕过它直接访问服务器";
    CHALLENGE_ANSWERED = "the server answered {status} {reason} (packet {packet}), a challenge; the client asked again with credentials and was accepted (packet {accepted}{place})", "服务器响应 {status} {reason}（第 {packet} 个包），要求凭据；客户端带上凭据再次请求并被接受（第 {accepted} 个包{place}）";
    HTTP_AUTHENTICATION = "this is how HTTP authentication works (RFC 9110 §11.4): no error is left", "HTTP 认证就是这样工作的（RFC 9110 §11.4）：没有遗留的错误";
    NOTHING_TO_DO = "nothing to do", "无须处理";
    SAME_CONNECTION = ", on this connection", "，在本连接上";
    NEXT_CONNECTION = ", on another connection", "，在另一个连接上";
    UNTIL_CAPTURE_ENDS = "until the capture ended", "直到抓包结束";
    UNTIL_CLIENT_FIN = "until the client closed with a FIN", "直到客户端发出 FIN";
    UNTIL_CLIENT_RST = "until the client ended it with a RST", "直到客户端以 RST 结束";
    UNTIL_SERVER_FIN = "until the server closed with a FIN", "直到服务器发出 FIN";
    UNTIL_SERVER_RST = "until the server ended it with a RST", "直到服务器以 RST 结束";
    REQUEST_ACKNOWLEDGED = "its TCP acknowledged the request", "它的 TCP 确认了请求";
    REQUEST_NOT_ACKNOWLEDGED = "its TCP did not acknowledge the request either", "请求也没有得到 TCP 确认";
    ANSWERED_BEFORE = "an earlier request on this connection was answered; this one was not: the server, or a proxy before it, took it and waits, or the backend of its path does not answer", "这个连接上更早的请求得到了响应，这个却没有：服务器或它前面的代理收下了它却一直在等，或它的路径所对应的后端没有响应";
    REQUEST_LOST = "the request did not reach the server, which is a fault of the network, not of HTTP; a lost acknowledgment looks the same", "请求没有到达服务器：问题在网络，不在 HTTP；确认丢失看起来也一样";
    JUST_ASKED = "the answer may still come: the capture ends a moment after the request", "响应可能还会来：抓包在请求之后不久就结束了";
    CLIENT_DID_NOT_WAIT = "the client did not wait for an answer", "客户端没有等待响应";
    CLOSED_FOR_ANSWER = "the server, or a proxy before it, closed the connection instead of answering: it does not serve this request, or failed on it", "服务器或它前面的代理没有响应而是关闭了连接：它不接受这样的请求，或处理时出错";
    CAPTURE_LONGER = "capture longer", "抓得更久一些";
    REQUEST_HEAD = "request", "请求";
    RESPONSE_HEAD = "101", "101 响应";
    LEGAL_TWICE = "{name} on several lines is one list (RFC 9110 §5.3): this is legal", "多行 {name} 合起来是一个列表（RFC 9110 §5.3）：这是合法的";
    READS_ONE_LINE = "the server or a proxy reads one line only, and therefore answers {status} (packet {answer}); the request is right: {name} on several lines is one list (RFC 9110 §5.3)", "服务器或代理只读其中一行，因此响应 {status}（第 {answer} 个包）；请求没有错：多行 {name} 合起来是一个列表（RFC 9110 §5.3）";
    WRITE_ONE_LINE = "write {name} as one line in the client, and compare", "让客户端把 {name} 写成一行，再比较";
    WINDOW_OUT_OF_RANGE = "window bits are a decimal number from 8 to 15", "窗口位数是 8 到 15 的十进制数";
    WINDOW_WITHOUT_VALUE = "server_max_window_bits needs a value", "server_max_window_bits 必须带值";
    VALUE_NOT_ALLOWED = "no_context_takeover has no value", "no_context_takeover 不带值";
    PARAMETER_UNKNOWN = "a parameter is unknown", "有未知的参数";
    PARAMETER_TWICE = "a parameter is there twice", "有重复的参数";
    OFFER_REFUSED = "the server fails on this offer; it must decline it, and need not refuse the request for it", "服务器处理不了这个提议；它必须不接受这样的提议，但无须因此拒绝整个请求";
    OFFER_DECLINED = "a server must decline such an offer, as this one does: the connection goes on without compression", "服务器必须不接受这样的提议，这里正是如此：连接不使用压缩";
    OFFER_ACCEPTED = "a server must decline such an offer; this one accepts it", "服务器必须不接受这样的提议，但这里接受了";
    OFFER_UNRELATED = "a server must decline such an offer; the status does not point to it", "服务器必须不接受这样的提议；但这个状态码与它无关";
    OFFER_UNANSWERED = "a server must decline such an offer; the capture has no answer to this request", "服务器必须不接受这样的提议；抓包里没有对这个请求的响应";
    SERVER_WINDOW_LARGER = "server_max_window_bits is larger than offered (RFC 7692 §7.1.2.1)", "server_max_window_bits 大于提议的值（RFC 7692 §7.1.2.1）";
    SERVER_WINDOW_MISSING = "the offer limits the server's window, and the answer does not repeat server_max_window_bits (RFC 7692 §7.1.2.1)", "提议限制了服务器的窗口，响应却没有给出 server_max_window_bits（RFC 7692 §7.1.2.1）";
    CLIENT_WINDOW_NOT_OFFERED = "client_max_window_bits was not offered (RFC 7692 §7.1.2.2)", "没有提议过 client_max_window_bits（RFC 7692 §7.1.2.2）";
    SERVER_TAKEOVER_MISSING = "the offer asks for server_no_context_takeover, and the answer does not repeat it (RFC 7692 §7.1.1.1)", "提议要求 server_no_context_takeover，响应却没有给出（RFC 7692 §7.1.1.1）";
    NO_UPGRADE_HEADER = "no Upgrade: websocket", "没有 Upgrade: websocket";
    NO_CONNECTION_HEADER = "no Connection: Upgrade", "没有 Connection: Upgrade";
    PROXY_REFUSES = "the answer to the Upgrade request is {status} {reason} (packet {packet}), written or passed on by a proxy; Server: {server}, Via: {via}", "对升级请求的响应是 {status} {reason}（第 {packet} 个包），由代理写出或转发；Server：{server}，Via：{via}";
    PROXY_TAKES_OUT = "the proxy does not forward Upgrade and Connection, so its backend sees a plain request and refuses it; a refusal of the server's own looks the same", "代理没有转发 Upgrade 和 Connection，后端看到的只是普通请求，于是拒绝；服务器自己拒绝，看起来也一样";
    NONE = "none", "无";
    CLIENT_VERSION = "the server refuses the version that the client asks for; RFC 6455 is version 13", "服务器拒绝了客户端请求的版本；RFC 6455 的版本是 13";
    SERVER_VERSION = "the client asks for version 13, and the server's list lacks it", "客户端请求版本 13，而服务器的列表里没有它";
    ORIGIN_DIFFERS = "the server does not allow this Origin, which differs from the Host", "服务器不允许这个 Origin：它与 Host 不同";
    PORT_DIFFERS = "the server does not allow this Origin, which differs from the Host in its port; a proxy may have removed the port", "服务器不允许这个 Origin：它与 Host 只差端口，端口可能被代理去掉了";
    NO_CREDENTIALS = "the server wants credentials that the request does not have; credentials that it does not accept look the same", "服务器要求的凭据请求里没有；凭据不被接受，看起来也一样";
    WRONG_PATH = "nothing at this path takes a WebSocket", "这个路径上没有 WebSocket";
    BEHIND_FAILS = "the status says that a gateway got no valid answer from what is behind it", "这个状态码表示网关没有从后端得到有效应答";
    SERVER_FAILS = "the status says that the server met an error of its own before the Upgrade", "这个状态码表示服务器在升级之前自身出错";
    UNAVAILABLE = "the status says that the request cannot be served now: the server is overloaded or in maintenance, or a gateway reaches no server behind it", "这个状态码表示请求此刻无法处理：服务器过载或在维护，或者网关连不上后端";
    TOO_MANY_REQUESTS = "the status says that this client asks too often", "这个状态码表示该客户端请求过于频繁";
    OTHER_REFUSAL = "the server refuses the request; the capture does not show why", "服务器拒绝了请求；抓包没有显示原因";
    NOT_OFFERED = "one of them was not offered", "其中有没有提议过的";
    EMPTY_LINE = "the header is empty", "这个头部是空的";
    BAD_PARAMETER = "a parameter of permessage-deflate is unknown, repeated or out of range", "permessage-deflate 有参数未知、重复或超出范围";
    NAMES_H2 = "{side}'s TLS hello (packet {packet}) names h2 as the only protocol (ALPN)", "{side}的 TLS hello（第 {packet} 个包）在 ALPN 里只列出 h2";
    OTHER_HANDSHAKE = "this connection speaks HTTP/2: to open a WebSocket on it, both ends must support the handshake of RFC 8441 (CONNECT with :protocol); a connection without any WebSocket looks the same", "这个连接使用 HTTP/2：要在上面打开 WebSocket，两端都必须支持 RFC 8441 的握手（带 :protocol 的 CONNECT）；根本没有 WebSocket 的连接，看起来也一样";
    ANSWERED_BY_HTTP_1 = "the server answers with HTTP/1", "服务器以 HTTP/1 响应";
    ONLY_THE_OPENING = "of its contents, only the opening of a WebSocket is read here", "这里只解析其中打开 WebSocket 的部分";
    ANSWERED_IN_HTTP_2 = "the client asks for an Upgrade in HTTP/1.1 (packet {request}), the server speaks HTTP/2 (packet {answer})", "客户端用 HTTP/1.1 请求升级（第 {request} 个包），服务器却使用 HTTP/2（第 {answer} 个包）";
    ONLY_HTTP_2 = "the server, or a proxy before it, speaks only HTTP/2 without TLS on this port, as for gRPC: it does not understand the request", "这个端口上的服务器或它前面的代理只支持不带 TLS 的 HTTP/2，例如用于 gRPC：它看不懂这个请求";
    LET_HTTP_1 = "enable HTTP/1.1 on this port of the server, or connect to a port where it is", "让服务器在这个端口上也接受 HTTP/1.1，或连接接受它的端口";
    CONNECT_ON_HTTP_2 = "the client asks for a WebSocket by an extended CONNECT (stream {stream}, packet {request}), {announcement}; then comes {frame} {value} from {side} (packet {packet})", "客户端用扩展 CONNECT 请求 WebSocket（流 {stream}，第 {request} 个包），{announcement}；随后{side}发来 {frame} {value}（第 {packet} 个包）";
    UNANSWERED_ON_HTTP_2 = "the client asks for a WebSocket by an extended CONNECT (stream {stream}, packet {request}), {announcement}; no answer came", "客户端用扩展 CONNECT 请求 WebSocket（流 {stream}，第 {request} 个包），{announcement}；没有任何响应";
    ANNOUNCED = "which the server had announced to take (SETTINGS_ENABLE_CONNECT_PROTOCOL=1)", "服务器已宣告接受它（SETTINGS_ENABLE_CONNECT_PROTOCOL=1）";
    NOT_ANNOUNCED = "though no SETTINGS of the server had SETTINGS_ENABLE_CONNECT_PROTOCOL=1", "而服务器的 SETTINGS 里没有 SETTINGS_ENABLE_CONNECT_PROTOCOL=1";
    ANNOUNCEMENT_NOT_SEEN = "of which the capture does not show whether the server takes it", "抓包里看不出服务器是否接受它";
    OPEN_ON_HTTP_2 = "a WebSocket is open on this stream; its frames are in DATA, which is not read here", "这个流上打开了一个 WebSocket；它的帧在 DATA 里，这里没有解析";
    SEE_IT_ON_HTTP_1 = "to see more, let the client connect over HTTP/1.1, or look into the HTTP/2 frames with Wireshark", "想看得更多，让客户端改用 HTTP/1.1 连接，或用 Wireshark 查看 HTTP/2 的帧";
    ACCEPTED_WITHOUT_ANNOUNCEMENT = "a client must not send it without that setting; this server takes it, another may refuse it", "没有这个设置时客户端不得发送它；这个服务器接受了，别的服务器可能拒绝";
    REFUSED_WITHOUT_ANNOUNCEMENT = "the server does not know this request, which a client must not send without that setting", "服务器不认识这个请求，而没有这个设置时客户端不得发送它";
    REFUSED_ON_HTTP_2 = "the server knows such requests and refuses this one: the path is wrong; missing credentials, or a gateway whose backend does not take it, look the same", "服务器认识这类请求，但拒绝了这一个：路径不对；缺少凭据，或网关的后端不接受它，看起来也一样";
    REFUSED_OR_NOT_KNOWN = "the server refuses it; one that does not know such requests looks the same", "服务器拒绝了它；不认识这类请求，看起来也一样";
    WANTS_HTTP_1 = "the server wants this request over HTTP/1.1, where a WebSocket opens by an Upgrade (RFC 6455)", "服务器要求用 HTTP/1.1 发送这个请求，在那里 WebSocket 通过 Upgrade 打开（RFC 6455）";
    CONNECT_CANCELLED = "the client did not wait for the answer", "客户端没有等待响应";
    SENT_BEFORE_101 = "the client sent its first frame ({opcode}, {length} B, packet {packet}) before the 101 (packet {response}) had come", "101 响应（第 {response} 个包）还没有到，客户端就发了第一帧（{opcode}，{length} B，第 {packet} 个包）";
    CLIENT_MUST_WAIT = "a client must wait for the answer before it sends more; a server may lose such a frame together with the rest of the head's bytes", "客户端必须等到响应之后才能再发内容；服务器可能把这样的帧连同头部的字节一起读走而丢失";
    PING_LOST = "{side}'s ping (frame {frame}, packet {packet}) came {place}, and was not answered for {duration}; the next one (frame {later_frame}, packet {later_packet}) was", "{side}的 ping（第 {frame} 帧，第 {packet} 个包）{place}，{duration} 没有得到应答；下一个（第 {later_frame} 帧，第 {later_packet} 个包）却得到了";
    CLOSE_LOST = "{side}'s Close (frame {frame}, packet {packet}) came {place}, and was never answered; the other end still sent frame {later_frame} (packet {later_packet}) {duration} later", "{side}的 Close（第 {frame} 帧，第 {packet} 个包）{place}，始终没有得到回应；{duration} 之后对方还发了第 {later_frame} 帧（第 {later_packet} 个包）";
    IN_THE_SEGMENT = "in the segment of its 101", "与它的 101 响应在同一个报文段里";
    BEFORE_THE_101 = "before the 101", "在 101 响应之前就到了";
    DROPPED_AFTER_HEAD = "{peer}'s software reads the HTTP head together with the bytes behind it, and drops those", "{peer}的软件把 HTTP 头部和后面的字节一起读走，却丢掉了后面的部分";
    SEND_IT_LATER = "let {side} wait a second after the head before it sends anything: if that is answered, check what {peer}'s library does with bytes that it read behind the head", "让{side}在 HTTP 头部之后等一秒再发：若有应答，就检查{peer}的库怎样处理头部之后多读的字节";
    NOT_CANONICAL = "it is not canonical base64", "不是规范的 base64";
    WRONG_LENGTH = "it has another length", "长度不对";
    FROM_A_CACHE = "its head says that it is from a cache", "它的头部表明来自缓存";
    NOT_FROM_A_CACHE = "its head does not mention a cache", "它的头部没有提到缓存";
    NO_MISTAKE = "no common mistake gives it", "不是任何常见的错误";
    KEY_DECODED = "the key was decoded before it was hashed", "先把 key 解码了再计算";
    NO_GUID = "the GUID was left out", "漏了 GUID";
    GUID_LOWER = "the GUID was in lower case", "GUID 用了小写";
    GUID_BRACES = "the GUID was in braces", "GUID 带了花括号";
    GUID_FIRST = "the GUID was put before the key", "GUID 放在了 key 前面";
    HEX = "the hash is in hexadecimal, not in base64", "散列写成了十六进制，而不是 base64";
    HEX_BASE64 = "the hexadecimal text of the hash was encoded in base64", "把散列的十六进制文本做了 base64";
    STRAY_CR = "a CR was left at the end of the key", "key 末尾留了 CR";
    STRAY_LF = "a line end was left at the end of the key", "key 末尾留了换行";
    SPACE_BEFORE_KEY = "a space was left before the key", "key 前面留了空格";
    SPACE_AFTER_KEY = "a space was left behind the key", "key 后面留了空格";
    STRAY_NUL = "a NUL byte was left at the end of the key", "key 末尾留了 NUL 字节";
    STRAY_AFTER_GUID = "a line end or NUL byte was left behind the GUID", "GUID 后面留了换行或 NUL 字节";
    KEY_LOWER = "the key was changed to lower case", "key 被转成了小写";
    NO_PADDING = "the padding of the key was cut off", "key 末尾的填充被去掉了";
    URL_BASE64 = "it is in the alphabet of base64url", "用了 base64url 的字母表";
    ANSWER_NO_PADDING = "its padding was cut off", "它末尾的填充被去掉了";
    THE_KEY = "it is the key itself, sent back", "把 key 原样发了回来";
    SHA256 = "SHA-256 was used instead of SHA-1", "用了 SHA-256 而不是 SHA-1";
    EXAMPLE = "it is the value of the RFC's example", "这是 RFC 例子里的值";
    OTHER_CASE = "its letters have another case", "字母的大小写不对";
    MORE_THAN_64_KIB = "an HTTP head that has no end within 64 KiB", "一个超过 64 KiB 还没有结束的 HTTP 头部";
    MORE_THAN_1000_LINES = "an HTTP head with more than 1000 lines", "一个超过 1000 行的 HTTP 头部";
    EMPTY_LINES_ONLY = "more than 64 KiB of empty lines where an HTTP head should begin", "超过 64 KiB 的空行，而那里应当是 HTTP 头部";
    KEY_OF_OTHER_CONNECTION = "it answers the key of another connection in this capture", "它应答的是本抓包中另一个连接的 key";
}
