//! Liveness and intermediaries.

use crate::explain::findings::entry::{catalogue, phrases};

catalogue! { Liveness:
    IDLE_TIMEOUT = "L01" Warning None, Possible {
        "{side} ended the connection (packet {packet}) after {silence} without a byte {direction} (since packet {since})", "{direction} {silence} 没有一个字节之后（自第 {since} 个包起），{side}结束了连接（第 {packet} 个包）";
        "an idle timeout of {timeout}, a known default of {product}. Another reason in {side}'s program fits as well", "{timeout} 的空闲超时，这是已知的默认值：{product}。{side}的程序因别的原因结束也说得通";
        "send pings more often than that, and see whether the connection lives; look for that timeout in the configuration of every device in between", "以更短的间隔发 ping，看连接是否存活；在中间设备的配置里找这个超时";
        alternatives: "an application closed it with 1000 or 1001", "the peer was gone", "a ping was not answered", "one direction was silent", "bytes are missing from the capture";
    }
    HEARTBEAT_TOO_SLOW = "L02" Warning None, Possible {
        "{side}'s last two pings were {interval} apart, and the connection ended after {silence} of silence", "{side}最后两个 ping 相隔 {interval}，连接在静默 {silence} 之后结束";
        "the heartbeat is too slow for an idle timeout: its interval is not shorter, so the two race. If no idle timeout ended the connection, the interval does not matter", "心跳对空闲超时来说太慢：间隔不比超时短，两者在赛跑。若结束连接的不是空闲超时，间隔就无关紧要";
        "ping at half of the timeout or less, and see whether the connection lives", "把 ping 间隔设为超时的一半或更短，看连接是否存活";
        alternatives: "the pings come well before the timeout", "the silence is no known timeout and is that of one connection only", "a ping was not answered";
    }
    MAXIMUM_AGE = "L03" Warning None, Possible {
        "{connections} connections to the same server ended at the age of {age}, each at another time, and after silences that differ or that they had outlived before; this one with packet {packet}", "到同一服务器的 {connections} 个连接都在存活 {age} 时结束，时刻各异，之前的静默不同或比曾熬过的更短；本连接在第 {packet} 个包";
        "a limit on how long a connection may live, at the server or at a proxy, not on how long it may be idle. A task that takes that long each time fits as well", "有环节限制连接的寿命，而不是空闲时间：在服务器上或在代理上。每次恰好做这么久的任务也说得通";
        "look for a maximum age in the proxy or server (keepalive_time, max_connection_age), and reconnect before it", "在代理或服务器里找最长存活时间（keepalive_time、max_connection_age），并在到期之前重连";
        alternatives: "they ended at one moment", "they ended after the same silence";
    }
    CLOSED_TOGETHER = "L04" Info None, Possible {
        "the server ended {connections} connections within {duration}, this one with packet {packet}", "服务器在 {duration} 之内结束了 {connections} 个连接，本连接在第 {packet} 个包";
        "the server or a proxy was stopped, restarted or reloaded. Connections that were ended for a reason of the application's own fit as well", "服务器或代理停止、重启或重新加载了。应用因自身的原因同时结束这些连接也说得通";
        "look at its log at that moment; let clients reconnect after a random wait", "查看它那一刻的日志；让客户端随机等待后重连";
        alternatives: "another server ended them", "an application closed them with a code of its own";
    }
    SILENCE_BEFORE_END = "L05" Warning None, Possible {
        "{side} ended the connection (packet {packet}) after {silence} without a byte either way (since packet {since})", "双向 {silence} 没有一个字节之后（自第 {since} 个包起），{side}结束了连接（第 {packet} 个包）";
        "an idle timeout of about {silence}, in {side}'s program or in something in between (a proxy, a load balancer). Another reason in {side}'s program fits as well", "约 {silence} 的空闲超时，在{side}的程序里，或在中间设备上（代理、负载均衡）。{side}的程序因别的原因结束也说得通";
        "send pings more often than that, and see whether the connection lives; compare with other connections: a timer ends each of them after the same silence", "以更短的间隔发 ping，看连接是否存活；再与其他连接比较：若是定时器，每个连接都在同样长的静默之后结束";
        alternatives: "an application closed it with 1000 or 1001", "the peer was gone", "a ping was not answered", "one direction was silent", "bytes are missing from the capture";
    }
    ONE_DIRECTION_SILENT = "L06" Warning None, Possible {
        "for {duration} {side} sent nothing but acknowledgments (its last bytes are in packet {since}), while {peer} sent {frames} frames (packets {first} to {last})", "{duration} 里{side}只发 TCP 确认（它最后的数据在第 {since} 个包），而{peer}发了 {frames} 个帧（第 {first} 到第 {last} 个包）";
        "{side}'s program is busy or stuck; or something in between, such as a proxy, takes the bytes and passes nothing on. The acknowledgments show only that some TCP received them", "{side}的程序在忙或卡住；也可能是中间的设备（例如代理）收下了数据却不转发。这些确认只说明有一个 TCP 收到了它们";
        "capture on both sides of each proxy in between, and see where the frames stop", "在途中每个代理的两侧抓包，看帧停在哪里";
        alternatives: "it only listens, and nothing of it is due", "its bytes are missing from the capture", "it is gone altogether", "it had closed";
    }
}

phrases! {
    UNTIL_CAPTURE_ENDS = "until the capture ends", "直到抓包结束";
    UNTIL_PORTS_REUSED = "until a new connection took its ports", "直到新连接占用了它的端口";
    UNTIL_GIVEN_UP = "until it was given up here for lack of memory", "直到因内存不足而不再跟踪它";
    EITHER_WAY = "either way", "双向";
    OF_THE_SERVER = "from the server", "服务器一侧";
    GOOGLE_CLOUD_30_S = "Google Cloud load balancers (backend timeout)", "Google Cloud 负载均衡（后端超时）";
    HEROKU_55_S = "Heroku's router", "Heroku 路由器";
    NGINX_60_S = "nginx (proxy_read_timeout) and AWS ALB", "nginx（proxy_read_timeout）和 AWS ALB";
    CLOUDFLARE_100_S = "Cloudflare", "Cloudflare 边缘节点";
    AZURE_240_S = "Azure load balancers", "Azure 负载均衡";
    AWS_NLB_350_S = "AWS NLB", "AWS NLB 负载均衡";
    CLOUDFRONT_600_S = "CloudFront", "CloudFront 分发";
    IDLE_ALIKE = "{side} ended the connection (packet {packet}) after {silence} without a byte {direction} (since packet {since}); {connections} connections to this server ended after the same silence", "{direction} {silence} 没有一个字节之后（自第 {since} 个包起），{side}结束了连接（第 {packet} 个包）；到这个服务器的 {connections} 个连接都在同样长的静默之后结束";
    TIMEOUT_ALIKE = "an idle timeout of {timeout}, a known default of {product}", "{timeout} 的空闲超时，这是已知的默认值：{product}";
    SILENCE_ALIKE = "{side} ended the connection (packet {packet}) after {silence} without a byte either way (since packet {since}); {connections} connections to this server ended after the same silence", "双向 {silence} 没有一个字节之后（自第 {since} 个包起），{side}结束了连接（第 {packet} 个包）；到这个服务器的 {connections} 个连接都在同样长的静默之后结束";
    ALIKE_IS_A_TIMEOUT = "an idle timeout of {silence}, at the server or in something in between (a proxy, a load balancer)", "{silence} 的空闲超时，在服务器上，或在中间设备上（代理、负载均衡）";
    FORGOTTEN = "after {silence} without a packet (since packet {since}), {peer}'s packet {packet} got a RST in {side}'s name (packet {rst})", "{silence} 没有一个包之后（自第 {since} 个包起），{peer}的第 {packet} 个包得到以{side}名义发来的 RST（第 {rst} 个包）";
    FORGOTTEN_MEANWHILE = "a device on the way (a NAT, a firewall, a load balancer) forgot the connection: its idle timeout is shorter than this silence. That {side}'s program ended or its host restarted meanwhile fits as well", "途中的设备（NAT、防火墙、负载均衡）忘掉了这个连接：它的空闲超时比这段静默短。{side}的程序在此期间结束或主机重启也说得通";
}
