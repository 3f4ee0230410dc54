use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::time::timeout;

use super::*;

/// Within this a loopback packet has arrived; only the absence of packets waits for it in full.
const SOON: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(10);

fn link(seed: u64, impairment: Impairment) -> Link {
    let mut link = Link::new(seed);
    link.impair(impairment);
    link
}

fn fates(link: &mut Link, count: u64) -> Vec<Fate> {
    let start = Instant::now();
    let mut fates = Vec::new();
    for n in 0..count {
        fates.push(link.admit(start + Duration::from_millis(n), 100));
    }
    fates
}

#[test]
fn a_fifth_is_lost_when_a_fifth_shall_be_lost() {
    let mut link = link(7, Impairment { loss: 0.2, ..Impairment::default() });
    fates(&mut link, 10_000);
    let counters = link.counters();
    assert!((1_800..2_200).contains(&counters.dropped), "{counters:?}");
    assert_eq!(counters.packets + counters.dropped, 10_000);
    assert_eq!(counters.bytes, counters.packets * 100);
}

#[test]
fn the_seed_decides_which_are_lost() {
    let lost = |seed| {
        let mut link = link(seed, Impairment { loss: 0.5, ..Impairment::default() });
        fates(&mut link, 64).iter().map(|fate| *fate == Fate::Drop).collect::<Vec<_>>()
    };
    assert_eq!(lost(1), lost(1));
    assert_ne!(lost(1), lost(2));
}

#[test]
fn jitter_delays_and_never_reorders() {
    let mut link = link(3, Impairment { delay_ms: 20, jitter_ms: 50, ..Impairment::default() });
    let start = Instant::now();
    let mut latest = start;
    for n in 0..1_000 {
        let now = start + Duration::from_millis(n);
        let Fate::Deliver(at) = link.admit(now, 1) else { panic!("nothing is lost here") };
        assert!(at >= latest, "packet {n} overtook another");
        assert!(at >= now + Duration::from_millis(20));
        assert!(at <= now + Duration::from_millis(70));
        latest = at;
    }
}

#[test]
fn reordering_lets_later_packets_overtake() {
    let mut link = link(3, Impairment { reorder: 0.1, reorder_ms: 5, ..Impairment::default() });
    let overtakes = fates(&mut link, 1_000)
        .windows(2)
        .filter(|pair| matches!(pair, [Fate::Deliver(first), Fate::Deliver(second)] if second < first))
        .count() as u64;
    assert!(overtakes > 50, "{overtakes}");
    assert!(link.counters().reordered >= overtakes);
}

#[test]
fn a_black_hole_passes_nothing() {
    let mut link = link(3, Impairment { blackhole: true, ..Impairment::default() });
    assert!(fates(&mut link, 100).iter().all(|fate| *fate == Fate::Drop));
    assert_eq!(link.counters().dropped, 100);
}

#[test]
fn an_order_that_is_none_is_refused() {
    assert!(serde_json::from_str::<Order>(r#"{"order":"impair","protocol":"udp"}"#).is_err());
    assert!(serde_json::from_str::<Impairment>(r#"{"los":0.1}"#).is_err());
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// A socket that plays the gateway, and a relay before it.
async fn udp_relay() -> (UdpSocket, Relay, SocketAddr) {
    let gateway = UdpSocket::bind(local(0)).await.unwrap();
    let route = Route { listen: local(0), gateway: gateway.local_addr().unwrap() };
    let relay = Relay::start(1, &[route], &[]).await.unwrap();
    let address = relay.udp_addresses()[0];
    (gateway, relay, address)
}

async fn receive(socket: &UdpSocket) -> Option<(Vec<u8>, SocketAddr)> {
    let mut buffer = [0; 100];
    let (length, from) = timeout(SOON, socket.recv_from(&mut buffer)).await.ok()?.unwrap();
    Some((buffer[..length].to_vec(), from))
}

#[tokio::test]
async fn the_gateway_tells_two_clients_apart_and_each_gets_his_own_answer() {
    let (gateway, relay, address) = udp_relay().await;
    let mut clients = Vec::new();
    for name in [b"a", b"b"] {
        let client = UdpSocket::bind(local(0)).await.unwrap();
        client.send_to(name, address).await.unwrap();
        let (bytes, from) = receive(&gateway).await.unwrap();
        assert_eq!(bytes, name);
        clients.push((client, from));
    }
    assert_ne!(clients[0].1, clients[1].1);
    for (n, (client, from)) in clients.iter().enumerate() {
        gateway.send_to(&[n as u8], from).await.unwrap();
        assert_eq!(receive(client).await.unwrap(), (vec![n as u8], address));
    }
    assert_eq!((relay.report().udp_up.packets, relay.report().udp_down.packets), (2, 2));
}

#[tokio::test]
async fn an_order_opens_and_closes_the_black_hole_one_way() {
    let (gateway, relay, address) = udp_relay().await;
    let client = UdpSocket::bind(local(0)).await.unwrap();
    let order = |blackhole: bool| {
        let order = format!(
            r#"{{"order":"impair","protocol":"udp","direction":"down","impairment":{{"blackhole":{blackhole}}}}}"#
        );
        obey(&relay, &order).unwrap()
    };
    client.send_to(b"x", address).await.unwrap();
    let (_, from) = receive(&gateway).await.unwrap();
    order(true);
    gateway.send_to(b"y", from).await.unwrap();
    assert_eq!(receive(&client).await, None);
    assert!(order(false).contains(r#""udp_down":{"packets":0,"bytes":0,"dropped":1"#));
    gateway.send_to(b"z", from).await.unwrap();
    assert_eq!(receive(&client).await.unwrap().0, b"z");
}

#[tokio::test]
async fn a_tcp_outage_holds_back_and_loses_nothing() {
    let gateway = TcpListener::bind(local(0)).await.unwrap();
    let route = Route { listen: local(0), gateway: gateway.local_addr().unwrap() };
    let relay = Relay::start(1, &[], &[route]).await.unwrap();
    let mut client = TcpStream::connect(relay.tcp_addresses()[0]).await.unwrap();
    let (mut server, _) = timeout(LONG, gateway.accept()).await.unwrap().unwrap();
    let blackhole = |blackhole| {
        relay.impair(Protocol::Tcp, Direction::Both, Impairment { blackhole, ..Impairment::default() });
    };

    blackhole(true);
    client.write_all(b"held").await.unwrap();
    let late = TcpStream::connect(relay.tcp_addresses()[0]).await.unwrap();
    let mut buffer = [0; 4];
    assert!(timeout(SOON, server.read_exact(&mut buffer)).await.is_err());
    assert!(timeout(SOON, gateway.accept()).await.is_err());

    blackhole(false);
    timeout(LONG, server.read_exact(&mut buffer)).await.unwrap().unwrap();
    assert_eq!(&buffer, b"held");
    timeout(LONG, gateway.accept()).await.unwrap().unwrap();
    drop(client);
    assert_eq!(timeout(LONG, server.read(&mut buffer)).await.unwrap().unwrap(), 0);
    drop(late);
    assert_eq!(relay.report().tcp_up.dropped, 1);
}
