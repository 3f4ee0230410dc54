//! From the shard to the clients.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use giaoban_media::rtp::{Packet, Ssrc, rtx};
use giaoban_media::vp8::Descriptor;
use giaoban_media_types::{MediaKind, MemberId, SlotId};

use super::{Event, World};
use crate::tag::Tag;
use crate::trace::{Record, Sealed};

const FIRST_PORT: u16 = 20_000;

impl World {
    /// What the shard sends goes on its receivers' ways.
    pub(super) fn drain_transmits(&mut self) {
        let Some(process) = &mut self.process else { return };
        while let Some(transmit) = process.shard.poll_transmit() {
            let member = MemberId(u32::from(transmit.destination.port().saturating_sub(FIRST_PORT)));
            let Some(node) = self.nodes.get_mut(&member) else { continue };
            let segment = transmit.segment_size.unwrap_or(transmit.contents.len()).max(1);
            for datagram in transmit.contents.chunks(segment) {
                if let Some(sealed) = sealed(&self.slots, member, node.transport, datagram) {
                    self.trace.add(self.now, Record::Sealed(sealed));
                }
                for at in node.down.send(self.now, &mut self.random, datagram.len()).into_iter().flatten() {
                    self.queue.push(at, Event::ToClient(member, datagram.to_vec()));
                }
            }
        }
    }
}

pub(super) fn address(member: MemberId) -> SocketAddr {
    let port = FIRST_PORT + u16::try_from(member.0).unwrap_or(0);
    SocketAddr::from(([192, 0, 2, 2], port))
}

fn sealed(
    slots: &BTreeMap<(MemberId, Ssrc), (SlotId, bool)>,
    receiver: MemberId,
    transport: u32,
    datagram: &[u8],
) -> Option<Sealed> {
    if datagram.get(1).is_some_and(|kind| (192..=223).contains(kind)) {
        return None;
    }
    let packet = Packet::parse(datagram).ok()?;
    let header = packet.header;
    let &(slot, is_repair) = slots.get(&(receiver, header.ssrc))?;
    let payload = if is_repair {
        rtx::decapsulate(packet.payload).map(|(_, original)| original)?
    } else {
        packet.payload
    };
    let (picture, tag) = match slot.media() {
        MediaKind::Audio => (None, Tag::parse(payload)),
        MediaKind::Video => {
            let descriptor = Descriptor::parse(payload).ok();
            let picture =
                descriptor.and_then(|descriptor| descriptor.picture_id).map(|picture| picture.get());
            (picture, Tag::of_picture(payload))
        }
    };
    Some(Sealed {
        receiver,
        transport,
        ssrc: header.ssrc,
        is_repair,
        sequence: header.sequence.0,
        timestamp: header.timestamp.0,
        picture,
        tag,
    })
}
