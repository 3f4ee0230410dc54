use std::net::{Ipv4Addr, UdpSocket};

use giaoban_media::ShardConfig;
use giaoban_media::transport::{Identity, SecureConfig, SecureTransport};
use giaoban_media_types::{ConferenceId, MemberId, Negotiation, PeerId};

use super::*;
use crate::config::Media;

/// A shard on loopback, its handle, its events, and its thread.
fn shard(
    capacity: usize,
) -> (ShardHandle, Receiver<Event>, Arc<Metrics>, std::net::SocketAddr, JoinHandle<()>) {
    let media = Media { port: 0, bind: vec![Ipv4Addr::LOCALHOST.into()], ..Media::default() };
    let sockets = Sockets::bind(&media, 0).unwrap();
    let address = sockets.addresses()[0];
    let config = SecureConfig {
        shard: 0,
        candidates: vec![address],
        identity: Identity::generate().unwrap(),
        session_limit: 10,
        allow_dtls12: false,
    };
    let transport = SecureTransport::new(config).unwrap();
    let (events, reports) = channel(capacity);
    let metrics = Arc::new(Metrics::default());
    let surroundings = Surroundings { sockets, events, metrics: Arc::clone(&metrics) };
    let make = move || Shard::new(ShardConfig { seed: 1 }, transport);
    let (handle, thread) = start(0, surroundings, make).unwrap();
    (handle, reports, metrics, address, thread)
}

/// An order that is answered by an event: no SDP is ever empty.
fn refusable(peer: u32) -> Command {
    Command::Negotiate(Box::new(Negotiation {
        conference: ConferenceId(1),
        member: MemberId(1),
        peer: PeerId(peer),
        sdp: String::new(),
        sections: Vec::new(),
    }))
}

#[tokio::test]
async fn an_order_is_carried_out_though_no_packet_comes() {
    let (handle, mut events, ..) = shard(8);
    handle.send(refusable(7)).await;
    let event = events.recv().await;
    assert!(matches!(event, Some(Event::NegotiationFailed { peer: PeerId(7), .. })));
}

#[tokio::test]
async fn events_that_find_no_room_come_later_and_in_order_and_orders_are_taken_meanwhile() {
    let (handle, mut events, metrics, ..) = shard(1);
    // More than both queues hold: this would not end if the shard waited for room.
    let orders = u32::try_from(COMMANDS).unwrap() + 100;
    for peer in 0..orders {
        handle.send(refusable(peer)).await;
    }
    for expected in 0..orders {
        let Some(Event::NegotiationFailed { peer, .. }) = events.recv().await else {
            panic!("an event is lost")
        };
        assert_eq!(peer, PeerId(expected));
    }
    assert!(metrics.events_held.get() > 0);
}

#[tokio::test]
async fn a_shard_ends_with_its_last_handle_and_its_events_with_it() {
    let (handle, mut events, _, _, thread) = shard(8);
    drop(handle);
    assert!(events.recv().await.is_none());
    thread.join().unwrap();
}

#[tokio::test]
async fn a_packet_that_is_none_is_counted_and_not_answered() {
    let (_handle, _events, metrics, address, _) = shard(8);
    let stranger = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    stranger.send_to(&[0xff; 50], address).unwrap();
    let mut last = metrics.shards.first();
    let counted =
        last.wait_for(|report| report.statistics.dropped(giaoban_media::DropReason::UnknownProtocol) == 1);
    let report = tokio::time::timeout(Duration::from_secs(20), counted).await.unwrap().unwrap().clone();
    assert_eq!((report.sockets.received, report.sockets.sent), (1, 0));
}
