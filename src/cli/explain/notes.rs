//! The facts of a capture as a whole, and its reader's notes. The reader's texts are English; their Chinese is here.

use std::path::Path;

use crate::capture::{Anomaly, CaptureInfo, Corruption, Damage, Note};
use crate::explain::{File, Finding, FindingText, Language, Severity};

/// The facts of a capture as a whole.
pub(super) fn file(name: &str, info: &CaptureInfo, found: &[Finding], language: Language) -> File {
    let links: Vec<String> = info.link_types().iter().map(ToString::to_string).collect();
    File {
        // Its folder is private to the author of the document.
        name: Path::new(name).file_name().map_or(name.into(), |name| name.to_string_lossy().into_owned()),
        format: info.format.to_string(),
        link: links.join(","),
        packets: info.packets,
        truncated: info.truncated(),
        notes: notes(info, found, language),
        notes_in_chinese: notes(info, found, Language::Zh),
        unselected: 0,
    }
}

fn notes(info: &CaptureInfo, found: &[Finding], language: Language) -> Vec<FindingText> {
    let note = |note: &Note| {
        let packet = Some(note.first).filter(|first| *first > 0);
        let text = match language {
            Language::En => note.to_string(),
            Language::Zh => note_in_chinese(note),
        };
        FindingText::of_file(Severity::Info, packet, text)
    };
    let damage = info.damage.as_ref().map(|damage| {
        let text = match language {
            Language::En => damage.to_string(),
            Language::Zh => damage_in_chinese(damage),
        };
        FindingText::of_file(Severity::Error, None, text)
    });
    let found = found.iter().map(|finding| finding.render(language));
    // What hides TCP is a finding (X11).
    let notes = info.notes.iter().filter(|note| !note.anomaly.hides_tcp()).map(note);
    notes.chain(damage).chain(found).collect()
}

fn note_in_chinese(note: &Note) -> String {
    let what = oddity_in_chinese(&note.anomaly);
    match (note.count, note.first) {
        (1, 0) => what,
        (1, first) => format!("{what}（第 {first} 个包）"),
        (count, 0) => format!("{what}（{count} 次）"),
        (count, first) => format!("{what}（{count} 次，首次在第 {first} 个包）"),
    }
}

fn oddity_in_chinese(anomaly: &Anomaly) -> String {
    let text = match anomaly {
        Anomaly::UnknownLink(link) => return format!("不解析链路类型为 {link} 的包"),
        Anomaly::NotIp(kind) => return format!("不是 IP：EtherType {kind:#06x}"),
        Anomaly::NotTcp(protocol) => return format!("不是 TCP：协议号 {protocol}"),
        Anomaly::BadHeader(header) => return format!("{header} 头自相矛盾"),
        Anomaly::BadBlock(kind) => return format!("类型为 {kind:#x} 的块太短"),
        Anomaly::UnknownBlock(kind) => return format!("类型为 {kind:#x} 的块，不解析"),
        Anomaly::NotAPacket(kind) => return format!("不是包的记录（块类型 {kind:#x}）"),
        Anomaly::UnknownVersion(version) => return format!("格式版本 {version} 未知，按已知版本读"),
        Anomaly::Encapsulated(protocol) => return format!("没有解析：{}", protocol.name()),
        Anomaly::NoNetwork => "不是 IP",
        Anomaly::TooDeep => "隧道超过 16 层，没有解析",
        Anomaly::Fragment => "IP 分片，同一个包的其他分片缺失",
        Anomaly::CutInHeader => "包在头部之内就被截断",
        Anomaly::AboveSnaplen => "抓取长度超过快照长度",
        Anomaly::ShorterThanCaptured => "原始长度小于抓取长度",
        Anomaly::LongerThanBlock => "抓取长度超过块的容量",
        Anomaly::UnknownInterface => "包所属的接口没有描述",
        Anomaly::NoTime => "没有时间的包",
        Anomaly::TimeOutOfRange => "时间超出范围",
        Anomaly::SubsecondTooLarge => "秒的小数部分超过一秒",
        Anomaly::NotUtf8 => "文本不是 UTF-8",
        Anomaly::BadOption => "选项格式错误",
        Anomaly::HugeBlock => "块太长，没有读",
        Anomaly::HugePacket => "包太长，没有读",
        Anomaly::TooMuch => "名称、接口或密钥多于保留的数量",
        Anomaly::Other => "其他异常",
    };
    text.to_owned()
}

fn damage_in_chinese(Damage { offset, packets, corruption }: &Damage) -> String {
    let what = match corruption {
        Corruption::CutShort { needed, there } => {
            format!("文件不完整，至少需要 {needed} 字节，只有 {there} 字节")
        }
        Corruption::Length(length) => format!("长度不可能是 {length} 字节"),
        // Texts of libraries and of the system stay as they are.
        Corruption::Malformed(why) => format!("格式错误：{why}"),
        Corruption::Unreadable(why) => format!("无法读取：{why}"),
    };
    format!("字节 {offset} 处，第 {packets} 个包之后：{what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_says_what_english_says() {
        let note = |anomaly, count, first| Note { anomaly, count, first };
        for (note, en, zh) in [
            (
                note(Anomaly::NoTime, 2, 1),
                "a packet without a time (2 times, first at packet 1)",
                "没有时间的包（2 次，首次在第 1 个包）",
            ),
            (
                note(Anomaly::NotTcp(17), 1, 7),
                "not TCP: protocol 17 (UDP - User Datagram) (packet 7)",
                "不是 TCP：协议号 17（第 7 个包）",
            ),
            (
                note(Anomaly::NotIp(0x0806), 3, 0),
                "not IP: EtherType 0x0806 (Address Resolution Protocol (ARP)) (3 times)",
                "不是 IP：EtherType 0x0806（3 次）",
            ),
        ] {
            assert_eq!((note.to_string().as_str(), note_in_chinese(&note).as_str()), (en, zh));
        }
        let damage =
            Damage { offset: 64, packets: 1, corruption: Corruption::CutShort { needed: 56, there: 30 } };
        assert_eq!(
            damage_in_chinese(&damage),
            "字节 64 处，第 1 个包之后：文件不完整，至少需要 56 字节，只有 30 字节"
        );
    }
}
