//! permessage-deflate (RFC 7692).

use crate::explain::findings::entry::{catalogue, phrases};
use crate::rfc::Rfc;

catalogue! { Compression:
    MESSAGE_NOT_INFLATABLE = "Z01" Error Some(Rfc(7692, "7.2.2")), Likely {
        "{side}'s compressed message {message} (frame {frame}, {length} B) cannot be inflated; {retry}", "{side}的压缩消息 {message}（第 {frame} 帧，{length} B）无法解压；{retry}";
        "{cause}", "{cause}";
        "switch compression off, or agree on no_context_takeover both ways, and compare", "关掉压缩，或双向都协商 no_context_takeover，再比较";
        alternatives: "a window that is kept though it must not be: the messages are inflated again with one", "an earlier message that is missing: then this one is not judged";
    }
    RSV1_ON_LATER_FRAME = "Z02" Error Some(Rfc(7692, "6.1")), Certain {
        "{side}'s frame {frame} ({opcode}, {length} B, packet {packet}) has RSV1=1, but is not the first frame of a message", "{side}的第 {frame} 帧（{opcode}，{length} B，第 {packet} 个包）RSV1=1，但它不是消息的第一帧";
        "the receiver must fail the connection: RSV1 belongs on the first data frame of a message, and on no control frame", "接收方必须断开连接：RSV1 只能出现在消息的第一个数据帧上，不得出现在控制帧上";
        "check where the sender's library sets RSV1: not on continuation, ping, pong and close", "检查发送方的库在哪里设置 RSV1：continuation、ping、pong、close 上都不可以";
    }
    MESSAGE_NOT_COMPRESSED = "Z03" Info Some(Rfc(7692, "6")), Certain {
        "{side}'s message {message} ({length} B) is not compressed, though permessage-deflate was agreed on", "{side}的消息 {message}（{length} B）没有压缩，虽然已协商 permessage-deflate";
        "this is legal: the sender chooses for each message whether to compress it", "这是合法的：每条消息是否压缩由发送方决定";
        "nothing to do", "无须处理";
    }
    DECOMPRESSION_BOMB = "Z04" Warning Some(Rfc(7692, "8")), Likely {
        "{side}'s message {message} inflates from {length} B to {bound} {inflated} B", "{side}的消息 {message} 从 {length} B 解压成{bound} {inflated} B";
        "the data repeat themselves as in a decompression bomb: a receiver that inflates without a limit runs out of memory", "数据重复极多，如同解压炸弹：解压不设上限的接收方会耗尽内存";
        "limit the inflated size at the receiver, and see that it closes with 1009", "在接收方限制解压后的大小，并确认它以 1009 关闭";
        alternatives: "a large message that compresses as usual: the ratio is looked at";
    }
    CLIENT_COMPRESSION_FAULT = "Z05" Warning None, Possible {
        "the client offers {extension} (packet {packet}), an extension older than permessage-deflate", "客户端提议 {extension}（第 {packet} 个包），这是早于 permessage-deflate 的扩展";
        "an old Safari or WebKit, some of which break when a server compresses; another client that offers it may not", "是旧的 Safari 或 WebKit，服务器压缩时其中有些会出错；提议它的其他客户端则未必";
        "switch compression off for such clients and compare", "对这类客户端关掉压缩再比较";
        alternatives: "another client: the User-Agent is looked at where a fault is named";
    }
    WINDOW_EXCEEDED = "Z06" Error Some(Rfc(7692, "7.1.2")), Certain {
        "{side}'s compressed message {message} (frame {frame}, {length} B) refers further back than the agreed window of {window} B", "{side}的压缩消息 {message}（第 {frame} 帧，{length} B）引用的距离超出了协商的窗口（{window} B）";
        "a receiver with the agreed window cannot inflate it, or gets other data; it was inflated here with a window of 32768 B", "用协商的窗口，接收方无法解压，或得到别的数据；这里用 32768 B 的窗口解压";
        "see whether {side}'s library uses the window bits of its handshake; leave {parameter} out, and compare", "检查{side}的库是否使用了握手中的窗口位数；去掉 {parameter} 再比较";
    }
}

// Sources for the faults of Apple's NSURLSession, on which apps build since macOS 10.15 and Safari since 15. An offer taken
// for an agreement: github.com/dbussink/big-sur-websocket-bug (with captures), wandenberg/nginx-push-stream-module#295. A
// window kept against the agreement: uNetworking/uWebSockets#1347, mended in Safari 15.4 (#1414 there). Fragments that are
// not inflated: sta/websocket-sharp#666, gorilla/websocket#696.

phrases! {
    WITH_KEPT_WINDOW = "with the window of the messages before it can", "沿用之前消息的窗口就可以";
    WITH_NEITHER = "nor with a fresh window or a kept one", "换成全新的窗口或沿用之前的窗口也不行";
    NOT_TRIED = "it is too long to try another window", "太长，没有再试其他窗口";
    SENDER_KEEPS_WINDOW = "the sender keeps its window from message to message, though no_context_takeover was agreed on for it", "发送方在消息之间保留了窗口，而它已协商 no_context_takeover";
    NOT_DEFLATE = "the sender sets RSV1 on data that is not compressed; bytes that were changed on the way, or a fault of its compressor, look the same", "发送方在没有压缩的数据上设了 RSV1；字节在途中被改动，或压缩器出错，看起来也一样";
    AT_LEAST = "more than", "超过";
    EXACTLY = "just", "恰好";
    APPLE_UNASKED = "the client, Apple's NSURLSession by its User-Agent ({agent}), compresses frame {frame} (packet {packet}): it had offered permessage-deflate, and the 101 accepted no extension", "客户端按 User-Agent（{agent}）是苹果的 NSURLSession，它压缩了第 {frame} 帧（第 {packet} 个包）：它提议过 permessage-deflate，但 101 没有接受任何扩展";
    TAKES_OFFER_FOR_AGREEMENT = "NSURLSession takes its own offer for an agreement, a known fault of macOS 11 and 12", "NSURLSession 把自己的提议当成了协商结果，这是 macOS 11 与 12 的已知问题";
    ACCEPT_DEFLATE = "switch compression off in the client's app, or update its system; see whether the fault is gone once the server accepts permessage-deflate", "在客户端应用里关掉压缩，或升级它的系统；看服务器接受 permessage-deflate 时错误是否消失";
    APPLE_KEEPS = "the client, Apple's NSURLSession by its User-Agent ({agent}), keeps its window in frame {frame} (packet {packet}), though client_no_context_takeover was agreed on", "客户端按 User-Agent（{agent}）是苹果的 NSURLSession，它在第 {frame} 帧（第 {packet} 个包）里保留了窗口，而已协商 client_no_context_takeover";
    KEEPS_ITS_WINDOW = "NSURLSession does not keep to what it agreed, a known fault of iOS 15 and Safari 15 before 15.4", "NSURLSession 不遵守协商的参数，这是 iOS 15 与 Safari 15（15.4 之前）的已知问题";
    APPLE_FRAGMENTS = "the client, Apple's NSURLSession by its User-Agent ({agent}), closed with 1002 (packet {packet}) after a compressed message of the server in {fragments} fragments (the last is frame {frame}), which can be inflated", "客户端按 User-Agent（{agent}）是苹果的 NSURLSession，在服务器发来分成 {fragments} 个分片的压缩消息（最后一片是第 {frame} 帧）之后以 1002 关闭（第 {packet} 个包），而这条消息可以解压";
    CANNOT_INFLATE_FRAGMENTS = "NSURLSession does not inflate a message in fragments, a known fault of iOS 15; any other violation that it saw looks the same", "NSURLSession 不能解压分片的消息，这是 iOS 15 的已知问题；它看到的其他违规，看起来也一样";
    SEND_ONE_FRAME = "send that message in one frame, or switch compression off for such clients, and compare", "把这条消息放在一帧里发送，或对这类客户端关掉压缩，再比较";
}
