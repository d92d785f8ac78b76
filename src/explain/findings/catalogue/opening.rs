//! The opening handshake (RFC 6455 §4).

use crate::explain::findings::entry::{catalogue, phrases};
use crate::rfc::Rfc;

catalogue! { Opening:
    UPGRADE_HEADERS_STRIPPED = "H01" Error Some(Rfc(6455, "4.2.1")), Likely {
        "the Upgrade request (packet {packet}) has a Sec-WebSocket-Key, but {missing}", "升级请求（第 {packet} 个包）有 Sec-WebSocket-Key，但{missing}";
        "a proxy between the client and this place forwarded the request without its hop-by-hop lines", "客户端与此处之间的代理转发请求时去掉了逐跳头";
        "capture on the other side of the proxy too; nginx needs proxy_http_version 1.1 and both proxy_set_header Upgrade and Connection", "在代理的另一侧也抓一次包；nginx 需要 proxy_http_version 1.1，并用 proxy_set_header 设置 Upgrade 和 Connection";
        alternatives: "a request that does not ask for WebSocket: it has a Sec-WebSocket-Key";
    }
    HTTP_1_0_REQUEST = "H02" Error Some(Rfc(6455, "4.1")), Likely {
        "the Upgrade request (packet {packet}) is {version}; WebSocket needs HTTP/1.1 or later", "升级请求（第 {packet} 个包）是 {version}；WebSocket 至少需要 HTTP/1.1";
        "a proxy speaks HTTP/1.0 to what is behind it, as nginx does unless it is told otherwise", "代理对后端使用 HTTP/1.0，nginx 不另行配置时就是这样";
        "set proxy_http_version 1.1 at the proxy; capture before it to see what the client sent", "在代理上设 proxy_http_version 1.1；在它之前抓包，看客户端发的是什么";
        alternatives: "a plain request of an old client: it asks for WebSocket";
    }
    UPGRADE_HEADER_MISSING_IN_101 = "H03" Error Some(Rfc(6455, "4.1")), Certain {
        "the 101 (packet {packet}) has no {missing}", "101 响应（第 {packet} 个包）没有 {missing}";
        "a client must fail the connection on such a 101; the capture does not show whether the server or a proxy left the line out", "客户端收到这样的 101 必须断开连接；抓包看不出是服务器还是代理漏掉了这一行";
        "compare with what the server itself writes, captured without the proxy", "不经代理抓包，与服务器自己写出的内容比较";
    }
    VERSION_UNSUPPORTED = "H04" Error Some(Rfc(6455, "4.4")), Certain {
        "the request asks for Sec-WebSocket-Version {version}; the answer is {status} (packet {packet}) and names {wanted}", "请求的 Sec-WebSocket-Version 是 {version}；应答是 {status}（第 {packet} 个包），其中的版本是 {wanted}";
        "{cause}", "{cause}";
        "compare the lines Sec-WebSocket-Version of both heads, captured at the client and at the server", "在客户端和服务器两处抓包，比较两个头里的 Sec-WebSocket-Version";
    }
    ACCEPT_MISSING = "H05" Error Some(Rfc(6455, "4.1")), Certain {
        "the 101 (packet {packet}) has no Sec-WebSocket-Accept; {expected} is expected", "101 响应（第 {packet} 个包）没有 Sec-WebSocket-Accept；应为 {expected}";
        "a client must fail the connection: without this line nothing shows that the server understood the request", "客户端必须断开连接：没有这一行，就无法表明服务器看懂了请求";
        "compute it: base64 of the SHA-1 of the key and the GUID (RFC 6455 §4.2.2)", "自己计算：key 与 GUID 相连，取 SHA-1，再 base64（RFC 6455 §4.2.2）";
    }
    ACCEPT_WRONG = "H06" Error Some(Rfc(6455, "4.2.2")), Certain {
        "the 101 (packet {packet}) has the Sec-WebSocket-Accept {accept}; {expected} is expected", "101 响应（第 {packet} 个包）的 Sec-WebSocket-Accept 是 {accept}；应为 {expected}";
        "a client must fail the connection; computed again with the usual mistakes: {cause}", "客户端必须断开连接；按常见错误重算的结果：{cause}";
        "compute it by hand: printf %s \"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11\" | openssl sha1 -binary | base64", "手工计算：printf %s \"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11\" | openssl sha1 -binary | base64";
    }
    PAGE_INSTEAD_OF_UPGRADE = "H07" Error Some(Rfc(6455, "4.2.2")), Likely {
        "the answer to the Upgrade request is {status} {reason} (packet {packet}), Content-Type {content_type}", "对升级请求的应答是 {status} {reason}（第 {packet} 个包），Content-Type 为 {content_type}";
        "a web page answers in place of a WebSocket: the path is wrong, a single-page application answers for every path, or the server has no WebSocket", "应答的是网页而不是 WebSocket：路径不对、单页应用对所有路径都给出同一页，或服务器不支持 WebSocket";
        "ask for the same path with a plain request, and see whether the same page comes", "用普通请求取同一路径，看是否得到同样的网页";
        alternatives: "an answer that is no page: the Content-Type is looked at", "a proxy's answer to CONNECT: the reason phrase is looked at";
    }
    UPGRADE_REDIRECTED = "H08" Error Some(Rfc(6455, "4.1")), Likely {
        "the answer to the Upgrade request is {status} {reason} (packet {packet}), a redirect to {location}", "对升级请求的应答是 {status} {reason}（第 {packet} 个包），重定向到 {location}";
        "the connection fails: a client may follow a redirect, but browsers do not follow one of a WebSocket", "连接失败：客户端可以跟随重定向，但浏览器不跟随 WebSocket 的重定向";
        "let the client connect to that address; often it is only http against https, or a slash at the end", "让客户端直接连接那个地址；常常只是 http 与 https 之差，或末尾的斜杠";
        alternatives: "a redirect that was followed on this connection: a later 101 would show it";
    }
    UPGRADE_FORBIDDEN = "H09" Error Some(Rfc(6455, "4.2.2")), Possible {
        "the answer to the Upgrade request is {status} {reason} (packet {packet}); Origin: {origin}, Host: {host}", "对升级请求的应答是 {status} {reason}（第 {packet} 个包）；Origin：{origin}，Host：{host}";
        "{cause}", "{cause}";
        "add the origin to those that the server allows, or send the credentials, and compare", "把该来源加入服务器允许的列表，或带上凭据，再比较";
        alternatives: "a challenge that was answered: a later request with credentials and its 101 would show it", "another Origin than the Host: the two are compared";
    }
    UPGRADE_REFUSED = "H10" Error Some(Rfc(6455, "4.2.2")), Likely {
        "the answer to the Upgrade request is {status} {reason} (packet {packet}); Server: {server}, Via: {via}", "对升级请求的应答是 {status} {reason}（第 {packet} 个包）；Server：{server}，Via：{via}";
        "{cause}", "{cause}";
        "look at the log of whoever wrote the answer, and ask what is behind it directly", "查看写出这个应答的一方的日志，并直接询问它的后端";
        alternatives: "a fault in the request: its headers, version, offers and doubled lines are looked at first";
    }
    SUBPROTOCOL_NOT_CHOSEN = "H11" Error Some(Rfc(6455, "4.1")), Likely {
        "the client asks for a subprotocol ({offered}), the 101 (packet {packet}) chooses none", "客户端请求子协议（{offered}），101 响应（第 {packet} 个包）没有选择";
        "browsers fail the connection here (WHATWG WebSockets), though RFC 6455 allows such an answer", "浏览器会因此断开连接（WHATWG WebSockets），虽然 RFC 6455 允许这样的应答";
        "leave the subprotocol out in the client, or let the server name one of those offered", "在客户端去掉子协议，或让服务器从中选一个";
        alternatives: "a subprotocol chosen on another line: all lines of the 101 are read";
    }
    SUBPROTOCOL_NOT_OFFERED = "H12" Error Some(Rfc(6455, "4.1")), Certain {
        "the 101 (packet {packet}) chooses the subprotocol \"{chosen}\"; offered: {offered}", "101 响应（第 {packet} 个包）选择了子协议 \"{chosen}\"；提供的是：{offered}";
        "a client must fail the connection: the server may choose one of those offered, and one only", "客户端必须断开连接：服务器只能从提供的里面选一个";
        "compare the two lines Sec-WebSocket-Protocol, letter by letter", "逐字比较两边的 Sec-WebSocket-Protocol";
    }
    EXTENSION_NOT_AGREED = "H13" Error Some(Rfc(6455, "9.1")), Certain {
        "the 101 (packet {packet}) accepts the extensions \"{chosen}\", which do not fit the offer \"{offered}\": {fault}", "101 响应（第 {packet} 个包）接受扩展 \"{chosen}\"，与提供的 \"{offered}\" 不符：{fault}";
        "a client must fail the connection: the server may accept only what was offered", "客户端必须断开连接：服务器只能接受客户端提供的扩展";
        "switch compression off at the server and compare; see whether a proxy changes the line", "关掉服务器的压缩再比较；看看是否有代理改了这一行";
    }
    HTTP_2_CONNECTION = "H14" Error Some(Rfc(9113, "3.4")), Certain {
        "the client begins with the preface of HTTP/2 (packet {packet}); {context}", "客户端以 HTTP/2 的前言开始（第 {packet} 个包）；{context}";
        "a WebSocket over HTTP/2 is another handshake (RFC 8441: CONNECT with :protocol), which both ends must know", "HTTP/2 上的 WebSocket 是另一种握手（RFC 8441：带 :protocol 的 CONNECT），两端都必须支持";
        "let the client speak HTTP/1.1 (over TLS: ALPN http/1.1), or see whether the server announces SETTINGS_ENABLE_CONNECT_PROTOCOL", "让客户端使用 HTTP/1.1（TLS 上用 ALPN http/1.1），或看服务器是否宣告 SETTINGS_ENABLE_CONNECT_PROTOCOL";
    }
    KEY_MALFORMED = "H15" Warning Some(Rfc(6455, "4.1")), Certain {
        "the Sec-WebSocket-Key {key} (packet {packet}) is not sixteen bytes in base64: {fault}", "Sec-WebSocket-Key {key}（第 {packet} 个包）不是十六字节的 base64：{fault}";
        "a server may refuse it with 400: a key must decode to sixteen bytes (RFC 6455 §4.2.1)", "服务器可以用 400 拒绝它：key 解码后必须是十六个字节（RFC 6455 §4.2.1）";
        "decode it: printf %s \"{key}\" | base64 -d | wc -c must say 16", "解码检查：printf %s \"{key}\" | base64 -d | wc -c 应当得到 16";
    }
    FRAME_WITH_HEAD = "H16" Info Some(Rfc(6455, "4.1")), Certain {
        "the server's first frame ({opcode}, {length} B) comes in the segment of its 101 (packet {packet})", "服务器的第一帧（{opcode}，{length} B）与 101 响应在同一个报文段里（第 {packet} 个包）";
        "this is legal, but a client that drops what is behind the head loses the message", "这是合法的，但丢掉头部之后字节的客户端会丢失这条消息";
        "if the first message is missing in the application, look at how the client's library hands on what it read too much", "若应用收不到第一条消息，检查客户端的库怎样处理多读的字节";
    }
    UPGRADE_SLOW = "H17" Warning None, Possible {
        "the answer {status} came {delay} after the Upgrade request (packets {request} and {response}); {source}", "对升级请求的应答 {status} 在 {delay} 之后才到（第 {request} 和第 {response} 个包）；{source}";
        "something on the way waits, or answers from a cache; clients with a timeout of seconds have given up by then", "途中有环节在等待，或用缓存应答；几秒超时的客户端此时已经放弃";
        "capture at the server: the same gap there is the server's own, else it is the way's", "在服务器上抓包：那里也有同样的间隔就是服务器慢，否则在途中";
        alternatives: "an answer from a cache: Age, X-Cache and CF-Cache-Status are looked at";
    }
    CAPTURE_WITHOUT_TCP = "H18" Info None, Possible {
        "the capture has no TCP connection at all", "抓包里没有任何 TCP 连接";
        "no SYN ever left, or it was captured in the wrong place: a browser blocks a WebSocket before TCP (mixed content, CSP, an extension)", "SYN 从未发出，或抓错了地方：浏览器会在 TCP 之前就拦下 WebSocket（混合内容、CSP、扩展）";
        "look at the browser's console; capture on the interface that the connection takes (lo for localhost)", "查看浏览器控制台；在连接经过的网卡上抓包（localhost 用 lo）";
    }
    HEAD_TOO_LONG = "H23" Error Some(Rfc(9110, "5.4")), Likely {
        "{side} sends {excess} (from packet {packet} on)", "{side}发来{excess}（从第 {packet} 个包起）";
        "a server refuses such a head, often with 431 or 400, or closes; it was not read here either, so what follows it from {side} is not known", "服务器会拒绝这样的头，常用 431 或 400，或直接关闭；这里也没有读它，所以{side}后面的内容不得而知";
        "find what makes it so long: cookies that add up, a proxy that adds a line at each pass, or a client that sends nothing but line ends", "找出变长的原因：越积越多的 Cookie、每经过一次就加一行的代理，或只发换行的客户端";
        alternatives: "bytes of another protocol", "a body without a head";
    }
    UPGRADE_UNANSWERED = "H19" Error Some(Rfc(6455, "4.2.2")), Likely {
        "the server did not answer the Upgrade request (packet {packet}) in {duration}, {end}; {receipt}", "服务器在 {duration} 内没有应答升级请求（第 {packet} 个包），{end}；{receipt}";
        "the request got no answer at the application: the server, or a proxy before it, took the bytes and waited, or what it forwards them to does not answer", "请求在应用层没有得到应答：服务器或它前面的代理收下了字节却一直在等，或它转发的后端没有应答";
        "look for the request in the server's log, and at what stands before it; a proxy often gives up after 60 s", "在服务器日志里找这个请求，并检查它前面有什么；代理常在 60 秒后放弃";
        alternatives: "bytes of an answer that the capture lacks: the server's side was read whole", "an answer on its way where the capture ends: moments are not counted as silence";
    }
    BODY_HEADER_IN_101 = "H20" Error Some(Rfc(9112, "6.1")), Certain {
        "the 101 (packet {packet}) has the line {line}", "101 响应（第 {packet} 个包）带有 {line} 这一行";
        "a 101 has no body, so the line must not be there: a client that believes it waits for a body, takes frames for one, or fails the connection", "101 没有消息体，不可以带这一行：相信它的客户端会等待消息体、把帧当作消息体，或断开连接";
        "take the line out at whoever adds it: a framework's default headers, or a proxy; compare a capture before and behind the proxy", "找到加上这一行的地方并去掉：框架的默认头，或代理；在代理前后各抓一次包比较";
    }
    HEADER_TWICE = "H21" Error Some(Rfc(6455, "11.3")), Certain {
        "{side}'s {head} (packet {packet}) has the line {name} {count} times: {values}", "{side}的{head}（第 {packet} 个包）中 {name} 出现了 {count} 次：{values}";
        "{name} must not be there more than once: the receiver must refuse such a head, or may read either line", "{name} 不可以出现多次：接收方必须拒绝这样的头，也可能只读其中一行";
        "look for a second place that adds the line: a framework beside the WebSocket library, or a proxy", "查找还有哪里加了这一行：WebSocket 库之外的框架，或代理";
    }
    DEFLATE_OFFER_MALFORMED = "H22" Warning Some(Rfc(7692, "7.1")), Certain {
        "the request (packet {packet}) offers \"{offer}\": {fault}", "请求（第 {packet} 个包）提供了 \"{offer}\"：{fault}";
        "{outcome}", "{outcome}";
        "correct the offer in the client; without the parameter, or without permessage-deflate, the same request must pass", "改正客户端的提供；去掉这个参数或整个 permessage-deflate，同样的请求应当通过";
    }
}

phrases! {
    OLD_DRAFT = "the request (packet {request}) speaks an old draft of the protocol: {draft}; the answer is {status} (packet {packet})", "请求（第 {request} 个包）使用协议的旧草案：{draft}；应答是 {status}（第 {packet} 个包）";
    DRAFT_ACCEPTED = "RFC 6455 replaced this draft, whose handshake and frames are other ones: they are not decoded here, and servers of today refuse it", "RFC 6455 已取代这个草案，它的握手和帧都不同：这里不解析，现在的服务器也会拒绝它";
    DRAFT_WITH_SAME_FRAMES = "RFC 6455 is version 13; the frames of this draft have the same form, and are read as such", "RFC 6455 的版本是 13；这个草案的帧格式相同，因此照样解析";
    DRAFT_REFUSED = "the server refuses the draft: RFC 6455 replaced it, and is version 13", "服务器拒绝了这个草案：它已被版本 13 的 RFC 6455 取代";
    DRAFT_WITHOUT_EFFECT = "RFC 6455 replaced this draft; the status does not say that it is the reason of the refusal", "RFC 6455 已取代这个草案；但这个状态码没有说拒绝的原因是它";
    UPDATE_CLIENT = "let the client speak RFC 6455, with a library of this decade", "让客户端使用 RFC 6455，换用近十年的库";
    VERSION_TALKED = "RFC 6455 is version 13: the server accepts the request all the same, and how it reads frames of another version is not known", "RFC 6455 的版本是 13：服务器仍然接受了请求，它怎样读别的版本的帧不得而知";
    VERSION_WITHOUT_EFFECT = "RFC 6455 is version 13; the status does not say that the version is the reason of the refusal", "RFC 6455 的版本是 13；但这个状态码没有说拒绝的原因是版本";
    UPGRADE_WANTED = "the status asks for an Upgrade that the request has: a server or a proxy that did not see it answers so; the capture does not show why", "这个状态码要求升级，而请求里已经有：没有看到它的服务器或代理会这样应答；抓包没有显示原因";
    TWO_CONNECTION_LINES = "the request has Connection on more than one line, which is legal: a server that reads only one of them refuses it so", "请求里有多行 Connection，这是合法的；但只读其中一行的服务器会这样拒绝";
    MALFORMED_OFFER = "the request offers permessage-deflate with a parameter that must not be there: a server that fails on it answers so", "请求提供的 permessage-deflate 带有不合法的参数：读不懂它的服务器会这样应答";
    PLAIN_ANSWER = "what answers takes the request for a plain one: the path is wrong, or the server or a proxy has no WebSocket there", "应答者把它当成普通请求：路径不对，或服务器或代理在此处不支持 WebSocket";
    TUNNEL_ANSWER = "the answer to the Upgrade request is {status} {reason} (packet {packet}), as a proxy answers CONNECT; Content-Type {content_type}", "对升级请求的应答是 {status} {reason}（第 {packet} 个包），这是代理对 CONNECT 的应答；Content-Type 为 {content_type}";
    TAKEN_FOR_CONNECT = "a proxy treats the request as a CONNECT and says that its tunnel stands; a client of WebSocket needs a 101 and fails here", "代理把请求当成了 CONNECT，并说隧道已经建立；WebSocket 客户端需要的是 101，会在这里失败";
    ASK_WITH_CONNECT = "let the client ask this proxy with CONNECT, or reach the server without it", "让客户端用 CONNECT 请求这个代理，或绕过它直接访问服务器";
    CHALLENGE_ANSWERED = "the server answered {status} {reason} (packet {packet}), a challenge; the client asked again with credentials and was accepted (packet {accepted}{place})", "服务器应答 {status} {reason}（第 {packet} 个包），要求凭据；客户端带上凭据再次请求并被接受（第 {accepted} 个包{place}）";
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
    REQUEST_NOT_ACKNOWLEDGED = "nothing acknowledges the request either", "请求也没有得到 TCP 确认";
    REQUEST_LOST = "the request did not reach the server, or its acknowledgment did not come back: this is the network, not HTTP", "请求没有到达服务器，或确认没有回来：问题在网络，不在 HTTP";
    JUST_ASKED = "the answer may still come: the capture ends a moment after the request", "应答可能还会来：抓包在请求之后不久就结束了";
    CLIENT_DID_NOT_WAIT = "the client did not wait for an answer", "客户端没有等待应答";
    CLOSED_FOR_ANSWER = "the server, or a proxy before it, closed the connection in place of an answer: it took the request for something it does not serve, or failed on it", "服务器或它前面的代理没有应答而是关闭了连接：它不接受这样的请求，或处理时出错";
    CAPTURE_LONGER = "capture longer", "抓得更久一些";
    REQUEST_HEAD = "request", "请求";
    RESPONSE_HEAD = "101", "101 响应";
    LEGAL_TWICE = "{name} on several lines is one list (RFC 9110 §5.3): legal, though some servers and proxies read one line only", "多行 {name} 合起来是一个列表（RFC 9110 §5.3）：合法，但有些服务器和代理只读其中一行";
    READS_ONE_LINE = "{name} on several lines is one list (RFC 9110 §5.3), so the request is right; a server or proxy that reads one line only answers {status} (packet {answer})", "多行 {name} 合起来是一个列表（RFC 9110 §5.3），请求是对的；只读其中一行的服务器或代理会应答 {status}（第 {answer} 个包）";
    WRITE_ONE_LINE = "write {name} as one line in the client, and compare", "让客户端把 {name} 写成一行，再比较";
    WINDOW_OUT_OF_RANGE = "the bits of a window are a decimal number from 8 to 15", "窗口位数是 8 到 15 的十进制数";
    WINDOW_WITHOUT_VALUE = "server_max_window_bits needs a value", "server_max_window_bits 必须带值";
    VALUE_NOT_ALLOWED = "no_context_takeover has no value", "no_context_takeover 不带值";
    PARAMETER_UNKNOWN = "a parameter is unknown", "有未知的参数";
    PARAMETER_TWICE = "a parameter is there twice", "有重复的参数";
    OFFER_REFUSED = "a server must decline such an offer and may not refuse the request for it, but one that fails on it answers as this one does", "服务器必须拒绝这样的提供，而不应因此拒绝整个请求；但读不懂它的服务器会像这里一样应答";
    OFFER_DECLINED = "a server must decline such an offer, as this one does: the connection goes on without compression", "服务器必须拒绝这样的提供，这里正是如此：连接不使用压缩";
    OFFER_ACCEPTED = "a server must decline such an offer; this one accepts it", "服务器必须拒绝这样的提供，但这里接受了";
    OFFER_UNRELATED = "a server must decline such an offer; the status does not point to it", "服务器必须拒绝这样的提供；但这个状态码与它无关";
    OFFER_UNANSWERED = "a server must decline such an offer; the request was not answered", "服务器必须拒绝这样的提供；这个请求没有得到应答";
    SERVER_WINDOW_LARGER = "server_max_window_bits is larger than what was offered (RFC 7692 §7.1.2.1)", "server_max_window_bits 大于所提供的值（RFC 7692 §7.1.2.1）";
    SERVER_WINDOW_MISSING = "the offer limits the server's window, and the answer does not repeat server_max_window_bits (RFC 7692 §7.1.2.1)", "提供中限制了服务器的窗口，应答却没有给出 server_max_window_bits（RFC 7692 §7.1.2.1）";
    CLIENT_WINDOW_NOT_OFFERED = "client_max_window_bits was not offered (RFC 7692 §7.1.2.2)", "没有提供过 client_max_window_bits（RFC 7692 §7.1.2.2）";
    SERVER_TAKEOVER_MISSING = "the offer asks for server_no_context_takeover, and the answer does not repeat it (RFC 7692 §7.1.1.1)", "提供中要求 server_no_context_takeover，应答却没有给出（RFC 7692 §7.1.1.1）";
    NO_UPGRADE_HEADER = "no Upgrade: websocket", "没有 Upgrade: websocket";
    NO_CONNECTION_HEADER = "no Connection: Upgrade", "没有 Connection: Upgrade";
    PROXY_REFUSES = "the answer to the Upgrade request is {status} {reason} (packet {packet}), and a proxy wrote it or passed it on; Server: {server}, Via: {via}", "对升级请求的应答是 {status} {reason}（第 {packet} 个包），由代理写出或转发；Server：{server}，Via：{via}";
    PROXY_TAKES_OUT = "the proxy may not forward Upgrade and Connection, so that what is behind it sees a plain request and refuses it; the server's own refusal looks the same", "代理可能没有转发 Upgrade 和 Connection，后端看到的只是普通请求，于是拒绝；服务器自己拒绝时看起来也一样";
    NONE = "none", "无";
    CLIENT_VERSION = "RFC 6455 is version 13: the server refuses the version that the client asks for", "RFC 6455 的版本是 13：服务器拒绝了客户端请求的版本";
    SERVER_VERSION = "the client asks for version 13, and the server's list lacks it", "客户端请求版本 13，而服务器的列表里没有它";
    ORIGIN_DIFFERS = "the server does not allow this Origin: it is not the Host's", "服务器不允许这个 Origin：它与 Host 不同";
    PORT_DIFFERS = "the server does not allow this Origin: it differs from the Host in its port, which a proxy may have taken out", "服务器不允许这个 Origin：它与 Host 只差端口，端口可能被代理去掉了";
    NO_CREDENTIALS = "the server wants credentials that the request does not have, or does not accept them", "服务器要求的凭据请求里没有，或不被接受";
    WRONG_PATH = "nothing at this path takes a WebSocket", "这个路径上没有 WebSocket";
    BEHIND_FAILS = "the status says that a gateway got no valid answer from what is behind it", "这个状态码表示网关没有从后端得到有效应答";
    SERVER_FAILS = "the status says that the server met an error of its own before the Upgrade", "这个状态码表示服务器在升级之前自身出错";
    UNAVAILABLE = "the status says that the request cannot be served now: the server is overloaded or in maintenance, or a gateway reaches no server behind it", "这个状态码表示请求此刻无法处理：服务器过载或在维护，或者网关连不上后端";
    TOO_MANY_REQUESTS = "the status says that this client asks too often", "这个状态码表示该客户端请求过于频繁";
    OTHER_REFUSAL = "the server refuses the request; the capture does not show why", "服务器拒绝了请求；抓包没有显示原因";
    NOT_OFFERED = "one of them was not offered", "其中有没有提供的";
    EMPTY_LINE = "the line is empty", "这一行是空的";
    BAD_PARAMETER = "a parameter of permessage-deflate is unknown, doubled or out of its range", "permessage-deflate 有参数未知、重复或超出范围";
    NAMES_H2 = "{side}'s TLS hello (packet {packet}) names h2 as the only protocol (ALPN)", "{side}的 TLS hello（第 {packet} 个包）在 ALPN 里只列出 h2";
    OTHER_HANDSHAKE = "HTTP/2 is spoken on this connection: if a WebSocket is to be opened on it, both ends must know the handshake of RFC 8441 (CONNECT with :protocol)", "这个连接上说的是 HTTP/2：若要在它上面打开 WebSocket，两端都必须支持 RFC 8441 的握手（带 :protocol 的 CONNECT）";
    ANSWERED_BY_HTTP_1 = "the server answers with HTTP/1", "服务器以 HTTP/1 应答";
    ONLY_THE_OPENING = "of what is in it only the opening of a WebSocket is looked at", "其中只看 WebSocket 的打开";
    ANSWERED_IN_HTTP_2 = "the client asks for an Upgrade in HTTP/1.1 (packet {request}), the server speaks HTTP/2 (packet {answer})", "客户端用 HTTP/1.1 请求升级（第 {request} 个包），服务器说的是 HTTP/2（第 {answer} 个包）";
    ONLY_HTTP_2 = "on this port the server, or a proxy before it, speaks HTTP/2 without TLS and nothing else, as for gRPC: it does not understand the request", "这个端口上的服务器或它前面的代理只说不带 TLS 的 HTTP/2，例如用于 gRPC：它看不懂这个请求";
    LET_HTTP_1 = "let the server take HTTP/1.1 on this port too, or connect to one where it does", "让服务器在这个端口上也接受 HTTP/1.1，或连接接受它的端口";
    CONNECT_ON_HTTP_2 = "the client asks for a WebSocket by an extended CONNECT (stream {stream}, packet {request}), {announcement}; then comes {frame} {value} from {side} (packet {packet})", "客户端用扩展 CONNECT 请求 WebSocket（流 {stream}，第 {request} 个包），{announcement}；随后{side}发来 {frame} {value}（第 {packet} 个包）";
    UNANSWERED_ON_HTTP_2 = "the client asks for a WebSocket by an extended CONNECT (stream {stream}, packet {request}), {announcement}; no answer came", "客户端用扩展 CONNECT 请求 WebSocket（流 {stream}，第 {request} 个包），{announcement}；没有任何应答";
    ANNOUNCED = "which the server had announced to take (SETTINGS_ENABLE_CONNECT_PROTOCOL=1)", "服务器已宣告接受它（SETTINGS_ENABLE_CONNECT_PROTOCOL=1）";
    NOT_ANNOUNCED = "though no SETTINGS of the server had SETTINGS_ENABLE_CONNECT_PROTOCOL=1", "而服务器的 SETTINGS 里没有 SETTINGS_ENABLE_CONNECT_PROTOCOL=1";
    ANNOUNCEMENT_NOT_SEEN = "of which the capture does not show whether the server takes it", "抓包里看不出服务器是否接受它";
    OPEN_ON_HTTP_2 = "a WebSocket is open on this stream: its frames are in DATA, which is not looked at", "这个流上打开了一个 WebSocket：它的帧在 DATA 里，没有解析";
    SEE_IT_ON_HTTP_1 = "to see more, let the client connect over HTTP/1.1, or look into the frames of HTTP/2 with Wireshark", "要看得更多，让客户端改用 HTTP/1.1 连接，或用 Wireshark 查看 HTTP/2 的帧";
    ACCEPTED_WITHOUT_ANNOUNCEMENT = "this server takes it all the same, but without that setting a client must not send it, and others refuse it", "这个服务器仍然接受了，但没有这个设置时客户端不可以发送它，别的服务器会拒绝";
    REFUSED_WITHOUT_ANNOUNCEMENT = "the server does not know this request, and without that setting a client must not send it", "服务器不认识这个请求，而没有这个设置时客户端不可以发送它";
    REFUSED_ON_HTTP_2 = "the server knows such requests, and refuses this one: a wrong path, missing credentials, or nothing behind a gateway that takes it", "服务器认识这类请求，但拒绝了这一个：路径不对、缺少凭据，或网关后面没有谁接受它";
    REFUSED_OR_NOT_KNOWN = "the server refuses it, or does not know such a request", "服务器拒绝了它，或不认识这类请求";
    WANTS_HTTP_1 = "the server wants this request on HTTP/1.1: there a WebSocket opens by an Upgrade (RFC 6455)", "服务器要求用 HTTP/1.1 发送这个请求：在那里 WebSocket 通过 Upgrade 打开（RFC 6455）";
    CONNECT_CANCELLED = "the client did not wait for the answer", "客户端没有等待应答";
    SENT_BEFORE_101 = "the client's first frame ({opcode}, {length} B, packet {packet}) was sent before the 101 (packet {response}) had come", "101 响应（第 {response} 个包）还没有到，客户端就发了第一帧（{opcode}，{length} B，第 {packet} 个包）";
    CLIENT_MUST_WAIT = "a client has to wait for the answer before it sends anything more; a server whose HTTP part has read that far may drop it", "客户端必须等到应答之后才能再发内容；服务器的 HTTP 部分若已读到这里，可能会把它丢掉";
    PING_LOST = "{side}'s ping (frame {frame}, packet {packet}) came {place}, and was not answered for {duration}; the next one (frame {later_frame}, packet {later_packet}) was", "{side}的 ping（第 {frame} 帧，第 {packet} 个包）{place}，过了 {duration} 也没有得到应答；下一个（第 {later_frame} 帧，第 {later_packet} 个包）却得到了";
    CLOSE_LOST = "{side}'s Close (frame {frame}, packet {packet}) came {place}, and was never answered; the other end still sent frame {later_frame} (packet {later_packet}) {duration} later", "{side}的 Close（第 {frame} 帧，第 {packet} 个包）{place}，始终没有得到回应；对方在 {duration} 之后还发了第 {later_frame} 帧（第 {later_packet} 个包）";
    IN_THE_SEGMENT = "in the segment of its 101", "与它的 101 响应在同一个报文段里";
    BEFORE_THE_101 = "before the 101", "在 101 响应之前就到了";
    DROPPED_AFTER_HEAD = "{peer}'s software reads the head of HTTP together with what comes behind it, and drops that", "{peer}的软件把 HTTP 头和它后面的字节一起读了进来，却把后面的丢掉了";
    SEND_IT_LATER = "let {side} wait a second after the head before it sends anything: if that is answered, look at how {peer}'s library hands on what it read too much", "让{side}在 HTTP 头之后等一秒再发：若有应答，就检查{peer}的库怎样处理多读的字节";
    NOT_CANONICAL = "it is not canonical base64", "不是规范的 base64";
    WRONG_LENGTH = "its length is another", "长度不对";
    FROM_A_CACHE = "its head says that a cache keeps it", "它的头部表明是缓存给出的";
    NOT_FROM_A_CACHE = "nothing says that it is from a cache", "没有迹象表明来自缓存";
    NO_MISTAKE = "none of the usual mistakes gives it", "不是任何常见的错误";
    KEY_DECODED = "the key was decoded before it was hashed", "先把 key 解码了再算";
    NO_GUID = "the GUID was left out", "漏了 GUID";
    GUID_LOWER = "the GUID was in small letters", "GUID 用了小写";
    GUID_BRACES = "the GUID was in braces", "GUID 带了花括号";
    GUID_FIRST = "the GUID was put before the key", "GUID 放在了 key 前面";
    HEX = "the hash stands in hexadecimal, not in base64", "散列写成了十六进制，而不是 base64";
    HEX_BASE64 = "the hexadecimal text of the hash was put into base64", "把散列的十六进制文本做了 base64";
    STRAY_CR = "a CR was left at the end of the key", "key 末尾留了 CR";
    STRAY_LF = "a line end was left at the end of the key", "key 末尾留了换行";
    SPACE_BEFORE_KEY = "a space was left before the key", "key 前面留了空格";
    SPACE_AFTER_KEY = "a space was left behind the key", "key 后面留了空格";
    STRAY_NUL = "a NUL byte was left at the end of the key", "key 末尾留了 NUL 字节";
    STRAY_AFTER_GUID = "a line end or NUL byte was left behind the GUID", "GUID 后面留了换行或 NUL 字节";
    KEY_LOWER = "the key was put into small letters", "key 被转成了小写";
    NO_PADDING = "the padding of the key was cut off", "key 末尾的填充被去掉了";
    URL_BASE64 = "it stands in the alphabet of base64url", "用了 base64url 的字母表";
    ANSWER_NO_PADDING = "its padding was cut off", "应答末尾的填充被去掉了";
    THE_KEY = "it is the key itself, sent back", "把 key 原样发了回来";
    SHA256 = "SHA-256 was taken in the place of SHA-1", "用了 SHA-256 而不是 SHA-1";
    EXAMPLE = "it is the answer of the example in the RFC", "这是 RFC 里例子的应答";
    OTHER_CASE = "its letters have another case", "字母的大小写不对";
    MORE_THAN_64_KIB = "a head of HTTP that has no end within 64 KiB", "一个超过 64 KiB 还没有结束的 HTTP 头";
    MORE_THAN_1000_LINES = "a head of HTTP with more than 1000 lines", "一个超过 1000 行的 HTTP 头";
    EMPTY_LINES_ONLY = "more than 64 KiB of empty lines where a head of HTTP should begin", "HTTP 头应当开始的地方是超过 64 KiB 的空行";
    KEY_OF_OTHER_CONNECTION = "it answers the key of another connection in this capture", "它应答的是本抓包中另一个连接的 key";
}
