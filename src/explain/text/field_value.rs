//! What the bits of a frame's header say, in words.

texts! {
    /// The value of a field of a frame's header, in words. `{n}` is the number in its bits.
    FieldValue {
        LastFrame = "1: the last frame of its message", "1：消息的最后一帧";
        MoreFrames = "0: more frames of this message follow", "0：这条消息后面还有帧";
        NoExtension = "000: no extension marks this frame", "000：没有扩展标记此帧";
        Rsv1 = "100: RSV1 is set; permessage-deflate marks a compressed message so", "100：RSV1 置位，permessage-deflate 以此标记压缩的消息";
        OtherRsv = "RSV2 or RSV3 is set: no extension in use defines them", "RSV2 或 RSV3 置位：现用的扩展都没有定义它们";
        Continuation = "0x0: continues the message that an earlier frame began", "0x0：接着前面的帧，继续同一条消息";
        Text = "0x1: text, UTF-8", "0x1：文本，UTF-8 编码";
        Binary = "0x2: binary, any bytes", "0x2：二进制，任意字节";
        Close = "0x8: Close, begins or answers the closing handshake", "0x8：Close，发起或回应关闭握手";
        Ping = "0x9: Ping, the peer must answer with a Pong", "0x9：Ping，对方必须回 Pong";
        Pong = "0xA: Pong, answers a Ping or is sent unasked", "0xA：Pong，回应 Ping，也可以主动发送";
        ReservedData = "reserved for data frames that no RFC defines yet", "保留给尚未定义的数据帧";
        ReservedControl = "reserved for control frames that no RFC defines yet", "保留给尚未定义的控制帧";
        Masked = "1: the payload is masked, and the key follows", "1：载荷已掩码，后面是 key";
        NotMasked = "0: the payload is not masked", "0：载荷没有掩码";
        ShortLength(n) = "{n} bytes of payload", "载荷 {n} 字节";
        LengthIn16 = "126: the length is in the next 2 bytes", "126：长度在后面 2 字节";
        LengthIn64 = "127: the length is in the next 8 bytes", "127：长度在后面 8 字节";
        ExtendedLength(n) = "{n} bytes of payload", "载荷 {n} 字节";
        NotMinimal(n) = "{n} bytes of payload: fewer bytes would do, and the RFC demands the fewest", "载荷 {n} 字节：本可用更少的字节表示，而 RFC 要求用最少的";
        Key = "XORed with the payload, byte by byte, over and over", "与载荷逐字节循环异或";
    }
}
