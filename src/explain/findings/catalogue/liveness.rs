//! Liveness and intermediaries.

use crate::explain::findings::entry::{catalogue, phrases};

catalogue! { Liveness:
    IDLE_TIMEOUT = "L01" Warning None, Possible {
        "{side} ended the connection (packet {packet}) after {silence} without a byte {direction} (since packet {since})", "{direction} {silence} 没有一个字节之后（自第 {since} 个包起），{side}结束了连接（第 {packet} 个包）";
        "an idle timeout of {timeout}, which is a known default: {product}", "{timeout} 的空闲超时，这是已知的默认值：{product}";
        "send a ping more often than that and see whether the connection lives; look for that timeout in the configuration of what stands between", "以更短的间隔发 ping，看连接是否存活；在中间设备的配置里找这个超时";
    }
    HEARTBEAT_TOO_SLOW = "L02" Warning None, Likely {
        "{side}'s pings come every {interval}, the connection ended after {silence} of silence", "{side}每 {interval} 发一次 ping，连接在静默 {silence} 之后结束";
        "the heartbeat is not shorter than the idle timeout, so the two race", "心跳间隔不短于空闲超时，两者在赛跑";
        "ping at half of the timeout or less", "把 ping 间隔设为超时的一半或更短";
    }
    MAXIMUM_AGE = "L03" Warning None, Possible {
        "{connections} connections to the same server ended at the age of {age}, each at another time, and after silences that differ or that they had outlived before; this one with packet {packet}", "到同一服务器的 {connections} 个连接都在存活 {age} 时结束，时刻各异，之前的静默不同或比曾熬过的更短；本连接在第 {packet} 个包";
        "something limits how long a connection may live, not how long it may be idle", "有环节限制的是连接的寿命，而不是空闲时间";
        "look for a maximum age in the proxy or server (keepalive_time, max_connection_age), and reconnect in time", "在代理或服务器里找最长存活时间（keepalive_time、max_connection_age），并及时重连";
    }
    CLOSED_TOGETHER = "L04" Info None, Possible {
        "{connections} connections to the same server were ended by it within {duration}, this one with packet {packet}", "到同一服务器的 {connections} 个连接在 {duration} 之内都被它结束，本连接在第 {packet} 个包";
        "the server or a proxy was stopped, restarted or reloaded", "服务器或代理停止、重启或重新加载了";
        "look at its log at that moment; clients should reconnect after a random wait", "查看它那一刻的日志；客户端应随机等待后重连";
    }
}

phrases! {
    EITHER_WAY = "either way", "双向";
    OF_THE_SERVER = "of the server", "服务器一侧";
    GOOGLE_CLOUD_30_S = "Google Cloud load balancers (backend timeout)", "Google Cloud 负载均衡（后端超时）";
    HEROKU_55_S = "Heroku's router", "Heroku 路由器";
    NGINX_60_S = "nginx (proxy_read_timeout), AWS ALB", "nginx（proxy_read_timeout）、AWS ALB";
    CLOUDFLARE_100_S = "Cloudflare", "Cloudflare 边缘节点";
    AZURE_240_S = "Azure load balancers", "Azure 负载均衡";
    AWS_NLB_350_S = "AWS NLB", "AWS NLB 负载均衡";
    CLOUDFRONT_600_S = "CloudFront", "CloudFront 分发";
}
