//! Lessons about TCP and WebSocket within the statements about a connection: a document that has given one need not give
//! it again.

use super::story::Statement;
use crate::explain::text::{Language, Narrative, sentence, side};
use crate::observe::TcpClose;

/// A lesson.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::explain) enum Lesson {
    ThreeSegmentsOpen,
    FourSegmentsClose,
    ThreeSegmentsClose,
    TimeWait,
    /// The meaning of 1006.
    Abnormal,
    /// The meaning of 1005.
    NoStatus,
}

impl Lesson {
    /// The lesson, whichever connection it is about.
    pub(in crate::explain) const fn text(self, language: Language) -> &'static str {
        match self {
            Self::ThreeSegmentsOpen => Narrative::ThreeToOpen,
            Self::FourSegmentsClose => Narrative::FourLesson,
            Self::ThreeSegmentsClose => Narrative::ThreeLesson,
            Self::TimeWait => Narrative::TimeWaitLesson,
            Self::Abnormal => Narrative::Abnormal,
            Self::NoStatus => Narrative::NoStatus,
        }
        .text(language)
    }
}

impl Statement<'_> {
    /// The lesson that it gives.
    pub(in crate::explain) const fn lesson(&self) -> Option<Lesson> {
        match self {
            Self::ThreeSegments => Some(Lesson::ThreeSegmentsOpen),
            Self::Tcp(TcpClose::FourSegment) => Some(Lesson::FourSegmentsClose),
            Self::Tcp(TcpClose::ThreeSegment) => Some(Lesson::ThreeSegmentsClose),
            Self::TimeWait(_) => Some(Lesson::TimeWait),
            Self::Abnormal => Some(Lesson::Abnormal),
            Self::NoStatus => Some(Lesson::NoStatus),
            _ => None,
        }
    }

    /// What it says beside its lesson; `None` if that is nothing.
    pub(in crate::explain) fn without_lesson(&self, language: Language) -> Option<String> {
        let text = match (self, self.lesson()?) {
            (_, Lesson::FourSegmentsClose) => Narrative::FourBrief.text(language).to_owned(),
            (_, Lesson::ThreeSegmentsClose) => Narrative::ThreeBrief.text(language).to_owned(),
            (Self::TimeWait(Some(end)), _) => {
                Narrative::TimeWaitBrief.fill(language, &[&side(*end, language)])
            }
            (Self::TimeWait(None), _) => Narrative::BothTimeWaitBrief.text(language).to_owned(),
            _ => return None,
        };
        Some(sentence(&text))
    }
}
