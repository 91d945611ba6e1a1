//! Networks of addresses, such as `10.0.0.0/8` or a single `192.0.2.7`.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// One network: an address and the number of its first bits that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// An IPv4 address in its mapped form, so that there is one kind.
    address: u128,
    /// Counted over all 128 bits.
    prefix: u32,
}

/// Several networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

/// The bits before an IPv4 address in its mapped form.
const MAPPED: u32 = 96;

/// Whether a host, a name or an address without a port, is this machine or one of a private network. Only there may
/// secrets pass without encryption.
#[must_use]
pub fn is_near(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl Network {
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        let host_bits = 128 - self.prefix;
        (bits(address) ^ self.address).checked_shr(host_bits).unwrap_or(0) == 0
    }
}

impl Networks {
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

impl FromIterator<Network> for Networks {
    fn from_iter<T: IntoIterator<Item = Network>>(networks: T) -> Self {
        Self(networks.into_iter().collect())
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("'{text}' is no network: write it like 10.0.0.0/8, or an address like 192.0.2.7");
        let (address, prefix) = text.split_once('/').unwrap_or((text, ""));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let before = if address.is_ipv4() { MAPPED } else { 0 };
        let prefix = match prefix {
            "" if !text.contains('/') => 128,
            prefix => before + u32::from(prefix.parse::<u8>().map_err(|_| wrong())?),
        };
        if prefix > 128 {
            return Err(wrong());
        }
        let host = u128::MAX.checked_shr(prefix).unwrap_or(0);
        if bits(address) & host != 0 {
            return Err(format!("'{text}' is no network: its address has bits beyond the prefix"));
        }
        Ok(Self { address: bits(address), prefix })
    }
}

impl FromStr for Networks {
    type Err = String;

    /// Reads networks that are separated by commas.
    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::parse).collect()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = Ipv6Addr::from_bits(self.address);
        match address.to_ipv4_mapped().filter(|_| self.prefix >= MAPPED) {
            Some(address) => write!(f, "{address}/{}", self.prefix - MAPPED),
            None => write!(f, "{address}/{}", self.prefix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_the_addresses_of_its_prefix() {
        let networks: Networks = "77.75.153.0/25, 192.0.2.7,2a02:5180::/32".parse().unwrap();
        for (address, is_inside) in [
            ("77.75.153.127", true),
            ("77.75.153.128", false),
            ("::ffff:77.75.153.1", true),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
            ("2a02:5180:0:1::9", true),
            ("2a02:5181::", false),
        ] {
            assert_eq!(networks.contains(address.parse().unwrap()), is_inside, "{address}");
        }
        let all: Networks = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("8.8.8.8".parse().unwrap()) && !all.contains("2a02::1".parse().unwrap()));
        assert!("::/0".parse::<Networks>().unwrap().contains("2a02::1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_network_is_refused_and_each_is_written_as_it_is_read() {
        for text in [
            "10.0.0.0/33",
            "10.0.0.1/8",
            "10.0/8",
            "x",
            "10.0.0.0/",
            "::/129",
            "10.0.0.0/-1",
            "10.0.0.0/4294967295",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        for text in ["10.0.0.0/8", "192.0.2.7/32", "2a02:5180::/32", "0.0.0.0/0"] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), text);
        }
    }
}
