//! The machine's addresses and name.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};

/// Addresses under which other machines may reach this one, IPv4 first: neither loopback nor link-local,
/// since a browser cannot use a scope.
#[must_use]
pub fn reachable() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let mut addresses: Vec<IpAddr> =
        interfaces.iter().map(if_addrs::Interface::ip).filter(|ip| is_reachable(*ip)).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// The address to print in links: the one with which this machine would call others. No packet is sent to learn it.
#[must_use]
pub fn preferred() -> Option<IpAddr> {
    /// Any address beyond the local network asks the routing table the same (RFC 5737).
    const ELSEWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);
    let routed = || {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
        socket.connect(ELSEWHERE).ok()?;
        socket.local_addr().ok().map(|address| address.ip()).filter(|ip| is_reachable(*ip))
    };
    routed().or_else(|| reachable().first().copied())
}

/// The machine's name, if it is one that can stand in a certificate.
#[must_use]
pub fn host_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    let name = name.trim().to_ascii_lowercase();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    (!name.is_empty() && name.len() <= 253 && name.bytes().all(allowed)).then_some(name)
}

fn is_reachable(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => !(v4.is_loopback() || v4.is_link_local() || v4.is_unspecified()),
        IpAddr::V6(v6) => !(v6.is_loopback() || v6.is_unicast_link_local() || v6.is_unspecified()),
    }
}

/// Whether binding failed for want of IPv6. Linux says "address family not supported" or "cannot assign".
#[must_use]
pub fn is_unsupported(error: &std::io::Error) -> bool {
    const EAFNOSUPPORT: i32 = 97;
    error.kind() == std::io::ErrorKind::AddrNotAvailable || error.raw_os_error() == Some(EAFNOSUPPORT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_and_link_local_addresses_are_not_offered() {
        let reachable = |text: &str| is_reachable(text.parse().unwrap());
        assert!(!reachable("127.0.0.1") && !reachable("::1"));
        assert!(!reachable("169.254.1.1") && !reachable("fe80::1"));
        assert!(reachable("10.0.0.1") && reachable("fd00::1") && reachable("2001:db8::1"));
    }
}
