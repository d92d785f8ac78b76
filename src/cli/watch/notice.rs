//! What `watch` itself says, in the language of the output. Texts of the system stay as they are.

use std::io::{self, ErrorKind};

use crate::capture::SetcapCommand;
use crate::explain::{Language, counted};

/// A line on stderr, or a note about what was captured. What comes from outside is escaped where it is printed.
pub(super) enum Notice<'n> {
    /// It captures from now on.
    Watching { port: u16, interface: &'n str },
    /// So many packets were explained, so many dropped.
    Summary { packets: u64, dropped: u64 },
    /// A note in the output: the kernel dropped packets.
    Dropped(u64),
    /// No socket for packets could be opened.
    CannotCapture { interface: &'n str, error: &'n io::Error },
    /// Nothing more comes from the interface.
    InterfaceGone { interface: &'n str, error: &'n io::Error },
}

impl Notice<'_> {
    pub(super) fn text(&self, language: Language) -> String {
        match language {
            Language::En => self.english(),
            Language::Zh => self.chinese(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Watching { port, interface } => {
                format!("watching TCP port {port} on {interface}; press Ctrl-C to stop")
            }
            Self::Summary { packets, dropped } => {
                format!("{}, {dropped} dropped", counted(*packets, "packets"))
            }
            Self::Dropped(dropped) => {
                format!("the kernel dropped {}: its buffer was full", counted(*dropped, "packets"))
            }
            Self::CannotCapture { interface, error } => match error.kind() {
                ErrorKind::PermissionDenied => {
                    format!("packets cannot be captured: {error}; allow it with '{SetcapCommand}'")
                }
                ErrorKind::NotFound => {
                    format!("{error}; give -i one of those that 'ip link' lists, or any for all of them")
                }
                _ => format!("packets of {interface} cannot be captured: {error}"),
            },
            Self::InterfaceGone { interface, error } => match error.kind() {
                ErrorKind::NetworkDown => {
                    format!("{interface} is gone or down: nothing more can be captured: {error}")
                }
                _ => format!("nothing more can be captured from {interface}: {error}"),
            },
        }
    }

    fn chinese(&self) -> String {
        match self {
            Self::Watching { port, interface } => {
                format!("正在抓 {interface} 上 TCP 端口 {port} 的包；按 Ctrl-C 结束")
            }
            Self::Summary { packets, dropped } => format!("抓到 {packets} 个包，丢弃 {dropped} 个"),
            Self::Dropped(dropped) => format!("内核丢弃了 {dropped} 个包：缓冲区已满"),
            Self::CannotCapture { interface, error } => match error.kind() {
                ErrorKind::PermissionDenied => format!("无法抓包：{error}；用 '{SetcapCommand}' 授权"),
                ErrorKind::NotFound => {
                    format!("{error}；用 -i 指定 'ip link' 列出的网卡，any 表示全部网卡")
                }
                _ => format!("无法在 {interface} 上抓包：{error}"),
            },
            Self::InterfaceGone { interface, error } => match error.kind() {
                ErrorKind::NetworkDown => format!("网卡 {interface} 已断开或不存在，抓包结束：{error}"),
                _ => format!("无法继续在 {interface} 上抓包：{error}"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_numbers_and_names() {
        let errors =
            [ErrorKind::PermissionDenied, ErrorKind::NotFound, ErrorKind::NetworkDown, ErrorKind::Other]
                .map(|kind| io::Error::new(kind, "why"));
        let mut notices = vec![
            Notice::Watching { port: 9_001, interface: "eth0" },
            Notice::Summary { packets: 7, dropped: 3 },
            Notice::Dropped(3),
        ];
        for error in &errors {
            let interface = "eth0";
            notices.push(Notice::CannotCapture { interface, error });
            notices.push(Notice::InterfaceGone { interface, error });
        }
        for notice in notices {
            let [en, zh] = [Language::En, Language::Zh].map(|language| notice.text(language));
            for value in ["9001", "eth0", "7", "3", "why", "ip link", "setcap", "Ctrl-C", "-i "] {
                assert_eq!(en.contains(value), zh.contains(value), "{value}: {en} | {zh}");
            }
            assert!(en.is_ascii() && !zh.is_ascii(), "{en} | {zh}");
        }
    }

    #[test]
    fn one_packet_is_in_the_singular() {
        let text = |packets, dropped| Notice::Summary { packets, dropped }.text(Language::En);
        assert_eq!((text(1, 0), text(2, 1)), ("1 packet, 0 dropped".into(), "2 packets, 1 dropped".into()));
        let dropped = |count| Notice::Dropped(count).text(Language::En);
        assert_eq!(dropped(1), "the kernel dropped 1 packet: its buffer was full");
        assert_eq!(dropped(2), "the kernel dropped 2 packets: its buffer was full");
    }
}
