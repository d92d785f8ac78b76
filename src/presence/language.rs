//! The languages of the wire, and how a browser asks for one.

/// A language that the messages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Chinese, the default of the wire.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// The language that an `Accept-Language` value prefers: the first of zh and en by quality, then by place.
    ///
    /// `q=0` means "not acceptable" (RFC 9110 §12.4.2). A range with an ill-formed weight is passed over, and so is
    /// `*`, which asks for the default.
    #[must_use]
    pub fn from_accept_language(value: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for range in value.split(',') {
            let (tag, parameters) =
                range.split_once(';').map_or((range, None), |(tag, rest)| (tag, Some(rest)));
            let Some(language) = Self::from_tag(tag.trim()) else { continue };
            let Some(quality) = parameters.map_or(Some(1000), quality) else { continue };
            if quality > best.map_or(0, |(quality, _)| quality) {
                best = Some((quality, language));
            }
        }
        best.map(|(_, language)| language)
    }

    /// The language of a tag such as `zh-Hans-CN`.
    fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next()?;
        if primary.eq_ignore_ascii_case("zh") {
            Some(Self::Zh)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::En)
        } else {
            None
        }
    }
}

/// A weight `q=0.8` in thousandths (RFC 9110 §12.4.2): 0 or 1, and at most three digits behind the point.
fn quality(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let value = value.trim();
    let (whole, digits) = value.split_once('.').unwrap_or((value, ""));
    if digits.len() > 3 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{digits:0<3}").parse().ok()?;
    match (whole, thousandths) {
        ("0", thousandths) => Some(thousandths),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, En, Zh};

    #[test]
    fn the_first_of_zh_and_en_by_quality_then_by_place() {
        for (value, expected) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Zh)),
            ("en-US,en;q=0.9", Some(En)),
            ("en;q=0.5, zh;q=0.7", Some(Zh)),
            ("en;q=0.7, zh;q=0.7", Some(En)),
            ("de-DE, fr;q=0.9, EN-gb;q=0.1", Some(En)),
            ("ZH-hant-TW", Some(Zh)),
            ("en;q=0, zh;q=0.001", Some(Zh)),
            ("en;Q=1.000 , zh ; q = 0.999", Some(En)),
            ("zh;q=1., en", Some(Zh)),
            ("en;q=0", None),
            ("en;q=0.000", None),
            ("*", None),
            ("de", None),
            ("", None),
            (",;,=;q,", None),
            ("english, zhx, e, z-en", None),
        ] {
            assert_eq!(Language::from_accept_language(value), expected, "{value:?}");
        }
    }

    #[test]
    fn an_ill_formed_weight_is_passed_over() {
        for weight in
            ["q", "q=", "q=2", "q=1.001", "q=-1", "q=0.1234", "q=.5", "q=0,5", "q=0.é", "q=NaN", "v=1"]
        {
            assert_eq!(Language::from_accept_language(&format!("en;{weight}")), None, "{weight}");
        }
    }
}
