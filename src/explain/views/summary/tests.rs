//! The table, as it is printed.

use super::SummaryTable;
use crate::explain::testing::{chatter, opened_and_reset};
use crate::explain::{LadderStyle, Language};

fn printed(width: usize, language: Language) -> String {
    let mut out = Vec::new();
    let looks = LadderStyle { language, width, ..LadderStyle::default() };
    opened_and_reset().show(&mut SummaryTable::new(&mut out, looks));
    anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
}

#[test]
fn a_line_says_how_a_connection_ended() {
    let english =
        "  # worst ended by       duration CLIENT\n  0 –     server RST       58.9 s 10.0.0.1:50000\n";
    assert_eq!(printed(60, Language::En), english);
    let chinese = printed(120, Language::Zh);
    let lines: Vec<Vec<_>> = chinese.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["#", "诊断", "结束方式", "历时", "消息", "包数", "客户端", "服务器", "请求目标"]);
    let row =
        ["0", "–", "服务器", "RST", "58.9", "s", "0↑", "0↓", "7", "10.0.0.1:50000", "10.0.0.2:8080", "/ws"];
    assert_eq!(lines[1], row);
}

#[test]
fn each_row_has_its_line_when_its_connection_ends() {
    let mut out = Vec::new();
    chatter(2).show(&mut SummaryTable::new(&mut out, LadderStyle::default()).live());
    assert_eq!(String::from_utf8(out).unwrap().lines().count(), 2);
}
