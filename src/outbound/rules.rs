//! Which addresses may be called, and a resolver that returns only those.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::config::Config;
use crate::domain::callable::{Allowed, is_public};

/// Ports that may be called besides 443, 80 and those that the operator allows.
const WEB_PORTS: std::ops::RangeInclusive<u16> = 8000..=8999;

/// Why an address is not called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("this is not a web address")]
    NotAnAddress,
    #[error("{0}: only https is allowed; OUTBOUND_ALLOW_HTTP=true allows http")]
    Scheme(String),
    #[error("an address with a name and a password in it is not called; put them into a header")]
    Userinfo,
    #[error("port {0} is not called; OUTBOUND_ALLOW=:{0} allows it")]
    Port(u16),
    #[error("{0} is not a public address; OUTBOUND_ALLOW can allow its network")]
    Address(IpAddr),
    #[error("{0} leads to no public address; OUTBOUND_ALLOW can allow its network")]
    Name(String),
}

/// Which addresses may be called.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub allowed: Allowed,
    pub http: bool,
}

impl Rules {
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self { allowed: config.outbound_allow.clone(), http: config.outbound_allow_http }
    }

    fn allow_address(&self, address: IpAddr) -> bool {
        is_public(address) || self.allowed.has_address(address)
    }

    fn allow_port(&self, port: u16) -> bool {
        matches!(port, 80 | 443) || WEB_PORTS.contains(&port) || self.allowed.has_port(port)
    }

    /// Checks everything about an address that is known before its name is resolved.
    fn check(&self, url: &Url) -> Result<(), Refused> {
        let is_http = self.http && url.scheme() == "http";
        if url.scheme() != "https" && !is_http {
            return Err(Refused::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::Userinfo);
        }
        let port = url.port_or_known_default().ok_or(Refused::NotAnAddress)?;
        if !self.allow_port(port) {
            return Err(Refused::Port(port));
        }
        // The URL parser has already turned every spelling of an IPv4 address (0x7f.1, 2130706433) into this form. No
        // name is resolved for such an address.
        let host = url.host_str().ok_or(Refused::NotAnAddress)?;
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        match literal {
            Some(address) if !self.allow_address(address) => Err(Refused::Address(address)),
            _ => Ok(()),
        }
    }
}

/// An address that the rules allow as far as it can be judged without resolving its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Target(Url);

impl Target {
    /// # Errors
    /// Returns why the address may not be called.
    pub fn parse(text: &str, rules: &Rules) -> Result<Self, Refused> {
        let url = Url::parse(text).map_err(|_| Refused::NotAnAddress)?;
        rules.check(&url)?;
        Ok(Self(url))
    }

    pub(super) fn url(&self) -> Url {
        self.0.clone()
    }
}

/// Only the host: path and query may hold a token.
impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({})", self.0.host_str().unwrap_or_default())
    }
}

/// Resolves names through the system.
#[derive(Debug)]
pub(super) struct SystemNames;

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

/// Resolves names and leaves out every address that may not be called. The connection is made to what this returns, so
/// a name that leads elsewhere a moment later changes nothing.
pub(super) struct CheckedNames {
    pub names: Arc<dyn Resolve>,
    pub rules: Arc<Rules>,
}

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let (host, rules) = (name.as_str().to_owned(), Arc::clone(&self.rules));
        let found = self.names.resolve(name);
        Box::pin(async move {
            let allowed: Vec<SocketAddr> =
                found.await?.filter(|address| rules.allow_address(address.ip())).collect();
            if allowed.is_empty() {
                return Err(Refused::Name(host).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, rules: &Rules) -> Result<(), Refused> {
        Target::parse(text, rules).map(drop)
    }

    #[test]
    fn a_private_address_is_refused_in_every_spelling() {
        let rules = Rules { http: true, ..Rules::default() };
        for host in [
            "127.0.0.1",
            "127.1",
            "0x7f.1",
            "0x7f000001",
            "2130706433",
            "017700000001",
            "0",
            "10.0.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:10.0.0.1]",
            "[::ffff:a00:1]",
            "[64:ff9b::10.0.0.1]",
            "[fe80::1]",
            "①②⑦.⓪.⓪.①",
        ] {
            let refused = parse(&format!("http://{host}/x"), &rules).unwrap_err();
            assert!(matches!(refused, Refused::Address(_)), "{host}: {refused}");
        }
    }

    #[test]
    fn scheme_port_and_userinfo_are_checked() {
        let rules = Rules::default();
        assert_eq!(parse("https://desk.example/api", &rules), Ok(()));
        assert_eq!(parse("https://desk.example:8443/api", &rules), Ok(()));
        assert_eq!(parse("http://desk.example/", &rules), Err(Refused::Scheme("http".to_owned())));
        assert_eq!(parse("file:///etc/passwd", &rules), Err(Refused::Scheme("file".to_owned())));
        assert_eq!(parse("gopher://desk.example/", &rules), Err(Refused::Scheme("gopher".to_owned())));
        assert_eq!(parse("https://a:b@desk.example/", &rules), Err(Refused::Userinfo));
        assert_eq!(parse("https://desk.example@evil.example/", &rules), Err(Refused::Userinfo));
        assert_eq!(parse("https://desk.example:22/", &rules), Err(Refused::Port(22)));
        assert_eq!(parse("desk.example", &rules), Err(Refused::NotAnAddress));
    }

    #[test]
    fn what_the_operator_allows_may_be_called() {
        let rules = Rules { allowed: "10.0.0.0/8,:9443".parse().unwrap(), http: true };
        assert_eq!(parse("http://10.1.2.3:9443/", &rules), Ok(()));
        assert_eq!(parse("http://[::ffff:10.1.2.3]/", &rules), Ok(()));
        assert!(parse("http://127.0.0.1/", &rules).is_err());
    }

    #[test]
    fn a_target_shows_its_host_and_nothing_that_may_be_secret() {
        let target = Target::parse("https://desk.example/api/TOKEN?key=SECRET", &Rules::default()).unwrap();
        assert_eq!(format!("{target:?}"), "Target(desk.example)");
    }
}
