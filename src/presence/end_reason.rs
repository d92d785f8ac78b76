//! The reason why the server ends a session, as its client reads it: a notice, then a Close frame.

use super::Language;
use super::messages;
use crate::wire::ws::{CloseCode, CloseFrame};
use bytes::Bytes;

/// Why the server ends a session. A client decides by the close code and the notice's `why`, never by a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason<'a> {
    /// A newer login, where a user may have one session.
    SignedInElsewhere,
    /// A kick.
    Administrator {
        /// The reason that the administrator gave; empty if none.
        reason: &'a str,
    },
    /// The user changed the password in another session.
    PasswordChanged,
    /// More sessions than an account may have: the oldest goes.
    SessionLimit,
    /// A logout, by the client itself or in another window.
    LoggedOut,
    /// The session has reached its end.
    Expired,
}

impl EndReason<'_> {
    /// The Close frame. A reason that was given is cut to what the frame holds (RFC 6455 §5.5).
    pub(super) fn close_frame(self) -> CloseFrame {
        let (code, reason) = match self {
            Self::SignedInElsewhere => (CloseCode::KICKED, "signed in elsewhere"),
            Self::Administrator { reason: "" } => (CloseCode::KICKED, "removed by an administrator"),
            Self::Administrator { reason } => (CloseCode::KICKED, reason),
            Self::PasswordChanged => (CloseCode::KICKED, "password changed"),
            Self::SessionLimit => (CloseCode::KICKED, "too many sessions"),
            Self::LoggedOut => (CloseCode::KICKED, "logged out"),
            Self::Expired => (CloseCode::SESSION_EXPIRED, "session expired"),
        };
        CloseFrame::new(code, reason)
    }

    /// The message before the Close frame; none where the user acted, or where the code says it all.
    pub(super) fn notice(self, language: Language, online: usize) -> Option<Bytes> {
        let (zh, en, why) = match self {
            Self::SignedInElsewhere => ("您的账号已在其他客户端登录", "Signed in elsewhere", "elsewhere"),
            Self::Administrator { .. } => ("已被管理员移出", "Removed by an administrator", "administrator"),
            Self::PasswordChanged => {
                ("密码已修改，请重新登录", "The password was changed: sign in again", "password")
            }
            Self::SessionLimit => {
                ("登录数量已达上限，最早的登录已结束", "Too many sessions: the oldest has ended", "limit")
            }
            Self::LoggedOut | Self::Expired => return None,
        };
        let text = match language {
            Language::Zh => zh,
            Language::En => en,
        };
        let reason = match self {
            Self::Administrator { reason } => Some(reason),
            _ => None,
        };
        Some(messages::kicked(text, why, reason, online))
    }
}

#[cfg(test)]
mod tests {
    use super::EndReason;
    use crate::presence::Language;

    #[test]
    fn each_reason_has_its_code_its_close_reason_and_its_notice() {
        let long = "理由".repeat(100);
        let rows = [
            (EndReason::SignedInElsewhere, 4001, "signed in elsewhere", Some("Signed in elsewhere")),
            (
                EndReason::Administrator { reason: "" },
                4001,
                "removed by an administrator",
                Some("Removed by an administrator"),
            ),
            (
                EndReason::Administrator { reason: "be nice" },
                4001,
                "be nice",
                Some("Removed by an administrator"),
            ),
            (
                EndReason::Administrator { reason: &long },
                4001,
                &long[..123],
                Some("Removed by an administrator"),
            ),
            (
                EndReason::PasswordChanged,
                4001,
                "password changed",
                Some("The password was changed: sign in again"),
            ),
            (
                EndReason::SessionLimit,
                4001,
                "too many sessions",
                Some("Too many sessions: the oldest has ended"),
            ),
            (EndReason::LoggedOut, 4001, "logged out", None),
            (EndReason::Expired, 4003, "session expired", None),
        ];
        for (why, code, reason, text) in rows {
            let frame = why.close_frame();
            assert_eq!((frame.code().0, frame.reason()), (code, reason), "{why:?}");
            let notice = why.notice(Language::En, 7);
            let notice = notice.map(|notice| serde_json::from_slice::<serde_json::Value>(&notice).unwrap());
            assert_eq!(notice.as_ref().and_then(|notice| notice["message"].as_str()), text, "{why:?}");
        }
    }

    #[test]
    fn a_notice_says_why_in_both_languages_and_the_reason_as_it_was_given() {
        let kick = EndReason::Administrator { reason: "be \"nice\"" };
        for (why, language, expected) in [
            (
                kick,
                Language::Zh,
                r#"{"code":200,"message":"已被管理员移出","event":"kicked","online":1,"reason":"be \"nice\"","why":"administrator"}"#,
            ),
            (
                EndReason::Administrator { reason: "" },
                Language::En,
                r#"{"code":200,"message":"Removed by an administrator","event":"kicked","online":1,"reason":"","why":"administrator"}"#,
            ),
            (
                EndReason::SignedInElsewhere,
                Language::Zh,
                r#"{"code":200,"message":"您的账号已在其他客户端登录","event":"kicked","online":1,"why":"elsewhere"}"#,
            ),
            (
                EndReason::PasswordChanged,
                Language::Zh,
                r#"{"code":200,"message":"密码已修改，请重新登录","event":"kicked","online":1,"why":"password"}"#,
            ),
            (
                EndReason::SessionLimit,
                Language::Zh,
                r#"{"code":200,"message":"登录数量已达上限，最早的登录已结束","event":"kicked","online":1,"why":"limit"}"#,
            ),
        ] {
            assert_eq!(why.notice(language, 1).unwrap(), expected);
        }
    }
}
