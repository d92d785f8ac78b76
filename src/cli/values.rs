//! Parsers of option values; each error says what would be right.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::num::NonZeroUsize;
use std::time::Duration;

use anstream::ColorChoice;
use ipnet::IpNet;

use super::explain::fail_threshold::FailOn;
use crate::explain::{self, TimeFormat};
use crate::presence::{Language, LoginPolicy};
use crate::server::{BasePath, CaptureMode, LabAccess, TargetHost};

/// The longest time that can be set, in seconds: a year.
const LONGEST: f64 = 365.0 * 86_400.0;

/// The most columns of a line.
const MOST_COLUMNS: usize = 1000;

/// Seconds, fractions allowed.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=LONGEST).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("give seconds, like 10 or 0.5".to_owned()),
    }
}

/// Seconds, more than none.
pub(super) fn some_seconds(text: &str) -> Result<Duration, String> {
    match seconds(text)? {
        Duration::ZERO => Err("give seconds, more than 0".to_owned()),
        some => Ok(some),
    }
}

/// A number of threads.
pub(super) fn workers(text: &str) -> Result<NonZeroUsize, String> {
    let workers = text.parse().ok().filter(|workers: &NonZeroUsize| workers.get() <= 1024);
    workers.ok_or_else(|| "give a number from 1 to 1024".to_owned())
}

/// An address to listen on.
#[derive(Debug, Clone)]
pub(super) struct Listen {
    pub(super) address: SocketAddr,
    /// The name whose address it is.
    pub(super) name: Option<String>,
}

/// An address with a port; a name is looked up.
pub(super) fn listen(text: &str) -> Result<Listen, String> {
    let mut found =
        text.to_socket_addrs().map_err(|_| "give ADDRESS:PORT, like 127.0.0.1:9001".to_owned())?;
    let address = found.next().ok_or_else(|| "the name has no address".to_owned())?;
    let name = text.rsplit_once(':').map(|(host, _)| host).filter(|_| text.parse::<SocketAddr>().is_err());
    Ok(Listen { address, name: name.map(str::to_owned) })
}

/// A host that requests may be for.
pub(super) fn host(text: &str) -> Result<String, String> {
    let wrong = "give a name or an address, like ws.example.com, without scheme, port and path";
    TargetHost::parse(text).map(|host| host.to_string()).ok_or_else(|| wrong.to_owned())
}

/// The path below which everything is.
pub(super) fn base_path(text: &str) -> Result<BasePath, String> {
    let wrong = "give a path that begins with a slash, like /ww, of letters, digits, '-', '.', '_' and '~'";
    BasePath::parse(text).ok_or_else(|| wrong.to_owned())
}

/// A language.
pub(super) fn language(text: &str) -> Result<Language, String> {
    match text {
        "zh" => Ok(Language::Zh),
        "en" => Ok(Language::En),
        _ => Err("give zh or en".to_owned()),
    }
}

/// The language of explanations.
pub(super) fn explain_language(text: &str) -> Result<explain::Language, String> {
    language(text).map(|language| match language {
        Language::Zh => explain::Language::Zh,
        Language::En => explain::Language::En,
    })
}

/// The language of the locale.
pub(super) fn locale() -> explain::Language {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
    match locale {
        Some(locale) if locale.starts_with("zh") => explain::Language::Zh,
        _ => explain::Language::En,
    }
}

/// When to use colours.
pub(super) fn color(text: &str) -> Result<ColorChoice, String> {
    match text {
        "auto" => Ok(ColorChoice::Auto),
        "always" => Ok(ColorChoice::Always),
        "never" => Ok(ColorChoice::Never),
        _ => Err("give auto, always or never".to_owned()),
    }
}

/// Columns of a line.
pub(super) fn width(text: &str) -> Result<usize, String> {
    let width =
        text.parse().ok().filter(|width| (explain::LadderStyle::NARROWEST..=MOST_COLUMNS).contains(width));
    width.ok_or_else(|| format!("give a number from {} to {MOST_COLUMNS}", explain::LadderStyle::NARROWEST))
}

/// The time beside a packet.
pub(super) fn time_format(text: &str) -> Result<TimeFormat, String> {
    match text {
        "relative" => Ok(TimeFormat::Relative),
        "delta" => Ok(TimeFormat::Delta),
        "absolute" => Ok(TimeFormat::Absolute),
        _ => Err("give relative, delta or absolute".to_owned()),
    }
}

/// From which severity on findings make the exit code 1.
pub(super) fn fail_on(text: &str) -> Result<FailOn, String> {
    match text {
        "error" => Ok(FailOn::Error),
        "warning" => Ok(FailOn::Warning),
        "never" => Ok(FailOn::Never),
        _ => Err("give error, warning or never".to_owned()),
    }
}

/// A login policy.
pub(super) fn login_policy(text: &str) -> Result<LoginPolicy, String> {
    match text {
        "many" => Ok(LoginPolicy::Many),
        "single" => Ok(LoginPolicy::Single),
        _ => Err("give many or single".to_owned()),
    }
}

/// A capture mode.
pub(super) fn capture_mode(text: &str) -> Result<CaptureMode, String> {
    match text {
        "auto" => Ok(CaptureMode::Auto),
        "packet" => Ok(CaptureMode::Packet),
        "socket" => Ok(CaptureMode::Socket),
        _ => Err("give auto, packet or socket".to_owned()),
    }
}

/// The clients that may reach the lab.
pub(super) fn lab(text: &str) -> Result<LabAccess, String> {
    match text {
        "loopback" => Ok(LabAccess::Loopback),
        "any" => Ok(LabAccess::Any),
        _ => Err("give loopback or any".to_owned()),
    }
}

/// An origin: scheme, host and perhaps a port, as browsers send it; or `*` as the port, for any.
pub(super) fn origin(text: &str) -> Result<String, String> {
    let wrong = || "give an origin, like https://example.com, without a path".to_owned();
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or_else(wrong)?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._:[]".contains(c);
    let host = host.strip_suffix(":*").unwrap_or(host);
    if host.is_empty() || !host.chars().all(plain) { Err(wrong()) } else { Ok(text.to_owned()) }
}

/// A proxy: its address, or the network it lies in.
pub(super) fn proxy(text: &str) -> Result<IpNet, String> {
    let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    match network.map_err(|_| "give an address like 10.0.0.1, or a network like 10.0.0.0/8".to_owned())? {
        // As connections are counted: IPv4 written as IPv6 is IPv4.
        IpNet::V6(v6) if v6.prefix_len() >= 96 && v6.addr().to_ipv4_mapped().is_some() => {
            let address = v6.addr().to_canonical();
            IpNet::new(address, v6.prefix_len() - 96).map_err(|error| error.to_string())
        }
        network => Ok(network),
    }
}

/// Checks a token: long enough not to be guessed, and fit for a header. Not for clap to call, which would print a wrong
/// one: mistyped or not, it is a secret.
pub(super) fn check_token(text: &str) -> Result<(), &'static str> {
    if text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(())
    } else {
        Err("the admin token is not fit; give 8 visible ASCII characters or more")
    }
}

#[cfg(test)]
mod tests {
    use super::host as host_of;
    use super::*;

    #[test]
    fn seconds_are_not_negative() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        assert_eq!(seconds("0"), Ok(Duration::ZERO));
        for wrong in ["-1", "ten", "", "inf", "NaN", "1e300"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
        assert!(some_seconds("0").is_err());
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        for (text, network) in [
            ("127.0.0.1", "127.0.0.1/32"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("::1", "::1/128"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ] {
            assert_eq!(proxy(text).map(|network| network.to_string()), Ok(network.to_owned()), "{text}");
        }
        for wrong in ["", "proxy", "10.0.0.0/33", "10.0.0.1:80"] {
            assert!(proxy(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_host_is_a_name_or_an_address_and_no_more() {
        for (text, host) in [
            ("ws.example.com", "ws.example.com"),
            ("ws.example.com.", "ws.example.com"),
            ("wirewalk_upstream", "wirewalk_upstream"),
            ("192.0.2.1", "192.0.2.1"),
            ("::1", "::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(host_of(text).as_deref(), Ok(host));
        }
        for wrong in [
            "",
            ".",
            "ws.example.com:443",
            "[::1]:80",
            "https://ws.example.com",
            "ws.example.com/",
            "a b",
            "例",
        ] {
            assert!(host_of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn where_to_listen_keeps_the_name() {
        let name = |text| listen(text).expect("an address").name;
        assert_eq!(name("localhost:9001").as_deref(), Some("localhost"));
        assert_eq!((name("127.0.0.1:9001"), name("[::1]:0")), (None, None));
    }

    #[test]
    fn an_origin_has_no_path() {
        assert!(origin("https://example.com").is_ok());
        assert!(origin("http://[::1]:9001").is_ok());
        assert!(origin("http://localhost:*").is_ok());
        for wrong in [
            "example.com",
            "https://example.com/",
            "https://Example.com",
            "*",
            "https://",
            "https://*",
            "https://*.com:*",
        ] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }
}
