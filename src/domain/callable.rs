//! Which addresses may be called: public ones, and what an operator allows besides.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::LazyLock;

use super::network::{Network, Networks};

/// Everything that can be a public server: IPv4, and the part of IPv6 that has been given out.
static GLOBAL: LazyLock<Networks> = LazyLock::new(|| networks(&["0.0.0.0/0", "2000::/3"]));

/// The parts of it that no public server has.
static NOT_PUBLIC: LazyLock<Networks> = LazyLock::new(|| {
    networks(&[
        "0.0.0.0/8",       // this network
        "10.0.0.0/8",      // private
        "100.64.0.0/10",   // shared by the customers of a provider
        "127.0.0.0/8",     // this machine
        "169.254.0.0/16",  // link-local, where clouds keep their metadata
        "172.16.0.0/12",   // private
        "192.0.0.0/24",    // protocol assignments
        "192.0.2.0/24",    // documentation
        "192.88.99.0/24",  // 6to4 relays
        "192.168.0.0/16",  // private
        "198.18.0.0/15",   // benchmarks
        "198.51.100.0/24", // documentation
        "203.0.113.0/24",  // documentation
        "224.0.0.0/4",     // multicast
        "240.0.0.0/4",     // reserved, and broadcast
        "2001::/23",       // protocol assignments, Teredo
        "2001:db8::/32",   // documentation
        "2002::/16",       // 6to4, which stands for an IPv4 address
        "3fff::/20",       // documentation
    ])
});

/// The network through which hosts that only have IPv6 reach IPv4. The last 32 bits are the IPv4 address.
const NAT64: [u16; 6] = [0x64, 0xff9b, 0, 0, 0, 0];

fn networks(texts: &[&str]) -> Networks {
    let read = |text: &&str| {
        text.parse::<Network>().unwrap_or_else(|wrong| unreachable!("a constant is refused: {wrong}"))
    };
    texts.iter().map(read).collect()
}

/// Whether a server on the Internet can have this address. An address that stands for another one is judged by that.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    let address = meant(address);
    GLOBAL.contains(address) && !NOT_PUBLIC.contains(address)
}

/// The IPv4 address that an address of NAT64 stands for, or the address itself.
fn meant(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) if v6.segments().starts_with(&NAT64) => embedded(v6),
        other => other,
    }
}

fn embedded(address: Ipv6Addr) -> IpAddr {
    let [.., a, b, c, d] = address.octets();
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

/// What an operator allows besides public addresses and the usual ports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    networks: Networks,
    ports: Vec<u16>,
}

impl Allowed {
    #[must_use]
    pub fn has_address(&self, address: IpAddr) -> bool {
        self.networks.contains(meant(address))
    }

    #[must_use]
    pub fn has_port(&self, port: u16) -> bool {
        self.ports.contains(&port)
    }
}

/// Networks like `10.0.0.0/8`, addresses like `10.0.0.7`, and ports like `:9443`, separated by commas.
impl FromStr for Allowed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut networks, mut ports) = (Vec::new(), Vec::new());
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            match item.strip_prefix(':') {
                Some(port) => ports.push(port.parse().map_err(|_| format!("'{item}' is no port"))?),
                None => networks.push(item.parse()?),
            }
        }
        Ok(Self { networks: networks.into_iter().collect(), ports })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().unwrap())
    }

    #[test]
    fn what_is_not_public_is_known_in_every_form() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::1",
            "3fff::1",
        ] {
            assert!(!public(text), "{text}");
        }
    }

    #[test]
    fn public_addresses_are_known_too() {
        for text in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
        ] {
            assert!(public(text), "{text}");
        }
    }

    #[test]
    fn an_operator_allows_networks_addresses_and_ports() {
        let allowed: Allowed = "10.0.0.0/8, fd00::/8,192.168.1.7, :9443".parse().unwrap();
        for text in ["10.200.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "fd12::1", "192.168.1.7"] {
            assert!(allowed.has_address(text.parse().unwrap()), "{text}");
        }
        for text in ["11.0.0.1", "192.168.1.8", "fe80::1", "127.0.0.1"] {
            assert!(!allowed.has_address(text.parse().unwrap()), "{text}");
        }
        assert!(allowed.has_port(9443) && !allowed.has_port(9444));
        for text in ["10.0.0.0/33", "shop.example", ":0x50", ":70000"] {
            assert!(text.parse::<Allowed>().unwrap_err().contains(text), "{text}");
        }
    }
}
