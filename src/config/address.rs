//! The address at which this installation's API is called.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::Config;

impl Config {
    /// From outside, as far as the environment says it, else from this machine.
    #[must_use]
    pub fn api_address(&self) -> String {
        let here = || local(self.http_addr).unwrap_or_else(|| format!("http://{}", self.http_addr));
        self.public_url.clone().unwrap_or_else(here)
    }
}

/// Where a program that listens there is reached from here; `None` for a port that it chooses by itself.
#[must_use]
pub fn local(addr: SocketAddr) -> Option<String> {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    (addr.port() != 0).then(|| format!("http://{}", SocketAddr::new(ip, addr.port())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_listens_everywhere_is_asked_here() {
        for (addr, address) in [
            ("0.0.0.0:8080", Some("http://127.0.0.1:8080")),
            ("[::]:8080", Some("http://[::1]:8080")),
            ("192.0.2.7:80", Some("http://192.0.2.7:80")),
            ("127.0.0.1:0", None),
        ] {
            assert_eq!(local(addr.parse().unwrap()).as_deref(), address);
        }
    }

    #[test]
    fn the_api_is_called_from_outside_where_that_is_known() {
        let of = |url: Option<&str>| {
            let config = Config::from_lookup(|name| match name {
                "HTTP_ADDR" => Some("0.0.0.0:8080".to_owned()),
                "PUBLIC_URL" => url.map(str::to_owned),
                _ => None,
            });
            config.unwrap().api_address()
        };
        assert_eq!(of(None), "http://127.0.0.1:8080");
        assert_eq!(of(Some("https://feedback.example/")), "https://feedback.example");
    }
}
