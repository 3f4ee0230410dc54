//! Where clients may reach a shard (RFC 8445 §5.1.1), best first.

use std::net::{IpAddr, SocketAddr};

use crate::config::Announced;

/// The candidates of shard `number` whose sockets are bound to `bound`, on a machine with the addresses `reachable`:
/// a wildcard stands for all of them in its family, loopback stands only for itself.
#[must_use]
pub fn candidates(
    bound: &[SocketAddr],
    announced: &[Announced],
    reachable: &[IpAddr],
    number: u16,
) -> Vec<SocketAddr> {
    let mut candidates = Vec::new();
    for address in bound {
        if address.ip().is_unspecified() {
            let same_family = reachable.iter().filter(|ip| ip.is_ipv4() == address.is_ipv4());
            candidates.extend(same_family.map(|ip| SocketAddr::new(*ip, address.port())));
        } else {
            candidates.push(*address);
        }
    }
    for announced in announced {
        match *announced {
            Announced::Ip(ip) => {
                let same_family = bound.iter().find(|address| address.is_ipv4() == ip.is_ipv4());
                // Behind a NAT between families the port of any socket is as good.
                let port = same_family.or(bound.first()).map(SocketAddr::port);
                candidates.extend(port.map(|port| SocketAddr::new(ip, port)));
            }
            Announced::Socket(first) => {
                let port = first.port().checked_add(number);
                candidates.extend(port.map(|port| SocketAddr::new(first.ip(), port)));
            }
        }
    }
    let mut seen = Vec::new();
    candidates.retain(|candidate| {
        let new = !seen.contains(candidate);
        seen.push(*candidate);
        new
    });
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sockets(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_wildcard_stands_for_every_address_of_its_family() {
        let reachable = ["10.0.0.1".parse().unwrap(), "2001:db8::1".parse().unwrap()];
        let found = candidates(&sockets(&["0.0.0.0:50000", "[::]:50000"]), &[], &reachable, 0);
        assert_eq!(found, sockets(&["10.0.0.1:50000", "[2001:db8::1]:50000"]));
    }

    #[test]
    fn loopback_is_offered_only_when_bound_to_it() {
        assert!(candidates(&sockets(&["0.0.0.0:50000"]), &[], &[], 0).is_empty());
        let found = candidates(&sockets(&["127.0.0.1:50000"]), &[], &[], 0);
        assert_eq!(found, sockets(&["127.0.0.1:50000"]));
    }

    #[test]
    fn announced_addresses_follow_with_the_shards_port() {
        let announced = [
            Announced::Ip("198.51.100.1".parse().unwrap()),
            Announced::Socket("203.0.113.1:7000".parse().unwrap()),
        ];
        let found = candidates(&sockets(&["192.0.2.1:50002"]), &announced, &[], 2);
        assert_eq!(found, sockets(&["192.0.2.1:50002", "198.51.100.1:50002", "203.0.113.1:7002"]));
    }

    #[test]
    fn no_address_is_offered_twice() {
        let announced = [Announced::Ip("10.0.0.1".parse().unwrap())];
        let found = candidates(&sockets(&["0.0.0.0:50000"]), &announced, &["10.0.0.1".parse().unwrap()], 0);
        assert_eq!(found, sockets(&["10.0.0.1:50000"]));
    }
}
