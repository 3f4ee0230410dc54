use std::collections::BTreeSet;
use std::time::Duration;

use giaoban_media_types::{Command, Event, LinkCounters, MemberCounters, MemberId};

use super::room::CONFERENCE;
use super::{CHAIR, Room, SITE_A, SITE_B};
use crate::conference::quality::{MOST_SITES, QUALITY_INTERVAL, REPORT_INTERVAL};
use crate::conference::{ConnectionId, Durable, Seat};
use crate::wire::{
    Cause, ClientMessage, DeviceTrouble, ErrorCode, Grade, MediaPath, Role, ServerMessage, SiteQuality,
};

fn watch(room: &mut Room, connection: ConnectionId, on: bool) -> Option<Result<(), ErrorCode>> {
    let request = 1000 + u32::try_from(room.sent(connection).len()).unwrap();
    room.say(connection, ClientMessage::WatchQuality { request, on });
    room.outcome(connection, request)
}

fn measures(room: &Room) -> usize {
    room.commands.iter().filter(|command| matches!(command, Command::Measure { .. })).count()
}

/// The shard answers twice, a second apart.
fn measured(room: &mut Room, members: &[MemberId]) {
    for second in 1..=2 {
        counted(room, members, second);
        room.advance(QUALITY_INTERVAL);
    }
}

/// The shard answers: these members have a transport, the first loses a tenth of what it sends.
fn counted(room: &mut Room, members: &[MemberId], second: u64) {
    let counters = |(place, &member): (usize, &MemberId)| {
        let lost = if place == 0 { second * 10 } else { 0 };
        MemberCounters {
            is_open: true,
            uplink: LinkCounters { expected: second * 100, lost, ..LinkCounters::default() },
            ..MemberCounters::without_transport(member)
        }
    };
    let members = members.iter().enumerate().map(counters).collect();
    room.media(Event::Measured { conference: CONFERENCE, members });
}

fn told(room: &Room, connection: ConnectionId) -> Vec<&[SiteQuality]> {
    let qualities = room.sent(connection).iter().filter_map(|message| match message {
        ServerMessage::Quality { sites } => Some(sites.as_slice()),
        _ => None,
    });
    qualities.collect()
}

#[test]
fn only_who_may_is_told() {
    let mut room = Room::new();
    let (chair, site) = (room.enter(CHAIR), room.enter(SITE_A));
    assert_eq!(watch(&mut room, site, true), Some(Err(ErrorCode::NotAllowed)));
    assert_eq!(measures(&room), 0, "nobody watches: nothing is measured");
    assert_eq!(watch(&mut room, chair, true), Some(Ok(())));
    measured(&mut room, &[SITE_A, CHAIR]);
    assert_eq!((told(&room, chair).len(), told(&room, site).len()), (1, 0));
}

#[test]
fn the_shard_is_asked_once_a_second_for_as_long_as_somebody_watches() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    watch(&mut room, chair, true);
    room.advance(QUALITY_INTERVAL * 3);
    assert_eq!(measures(&room), 4);
    watch(&mut room, chair, false);
    room.advance(QUALITY_INTERVAL * 3);
    assert_eq!(measures(&room), 4);
    watch(&mut room, chair, true);
    let before = measures(&room);
    room.disconnect(chair);
    room.advance(QUALITY_INTERVAL * 3);
    assert_eq!(measures(&room), before, "a connection that is gone watches nothing");
}

#[test]
fn the_worst_site_comes_first_with_its_cause() {
    let mut room = Room::new();
    let chair = room.enter(CHAIR);
    room.enter(SITE_A);
    room.enter(SITE_B);
    watch(&mut room, chair, true);
    measured(&mut room, &[SITE_A, CHAIR]);
    let last = *told(&room, chair).last().unwrap();
    let seen: Vec<_> = last.iter().map(|site| (site.member, site.grade, site.cause)).collect();
    let expected = [
        (SITE_A.0, Grade::Bad, Cause::LossUp),
        (SITE_B.0, Grade::Bad, Cause::NoMedia),
        (CHAIR.0, Grade::Good, Cause::None),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn a_site_that_left_is_told_of_no_more() {
    let mut room = Room::new();
    let (chair, site) = (room.enter(CHAIR), room.enter(SITE_A));
    watch(&mut room, chair, true);
    measured(&mut room, &[SITE_A, CHAIR]);
    room.say(site, ClientMessage::Leave);
    counted(&mut room, &[CHAIR], 3);
    let members: Vec<u32> = told(&room, chair).last().unwrap().iter().map(|site| site.member).collect();
    assert_eq!(members, [CHAIR.0]);
}

#[test]
fn a_client_that_reports_too_often_is_not_listened_to() {
    let mut room = Room::new();
    let (chair, site) = (room.enter(CHAIR), room.enter(SITE_A));
    let report = |freezes| ClientMessage::Report {
        freezes,
        fps: 25,
        path: Some(MediaPath::Udp),
        trouble: Some(DeviceTrouble::Microphone),
    };
    watch(&mut room, chair, true);
    room.say(site, report(1));
    room.advance(REPORT_INTERVAL - Duration::from_millis(1));
    room.say(site, report(2));
    let freezes = |room: &mut Room| {
        measured(room, &[SITE_A, CHAIR]);
        let site = told(room, chair).last().unwrap().iter().find(|site| site.member == SITE_A.0).copied();
        site.map(|site| (site.freezes, site.path, site.trouble)).unwrap()
    };
    assert_eq!(freezes(&mut room), (1, Some(MediaPath::Udp), Some(DeviceTrouble::Microphone)));
    room.say(site, report(3));
    assert_eq!(freezes(&mut room).0, 3);
}

#[test]
fn of_five_hundred_sites_each_is_told_in_its_turn_and_no_message_is_large() {
    let mut room = Room::restored(Durable::default(), 1000);
    let chair = room.enter(CHAIR);
    let sites: Vec<MemberId> = (100..599).map(MemberId).collect();
    for &member in &sites {
        room.input(crate::conference::Input::SeatAdded(Seat {
            member,
            name: format!("Điểm cầu {}", member.0),
            role: Role::Site,
            until: None,
        }));
        room.enter(member);
    }
    watch(&mut room, chair, true);
    measured(&mut room, &sites);
    assert_eq!(told(&room, chair)[0].len(), 500, "all at first");
    let rounds = 500 / (MOST_SITES / 2);
    for second in 0..=rounds as u64 {
        counted(&mut room, &sites, second + 3);
        room.advance(QUALITY_INTERVAL);
    }
    let later = &told(&room, chair)[1..];
    let seen: BTreeSet<u32> = later.iter().flat_map(|sites| sites.iter().map(|site| site.member)).collect();
    assert_eq!(seen.len(), 500);
    assert!(later.iter().all(|sites| sites.len() == MOST_SITES));
    let bytes = |sites: &[SiteQuality]| {
        let message = ServerMessage::Quality { sites: sites.to_vec() };
        serde_json::to_string(&message).unwrap().len()
    };
    let (first, largest) = (bytes(told(&room, chair)[0]), later.iter().map(|sites| bytes(sites)).max());
    println!("500 sites: {first} bytes at first, then {largest:?} a second");
    assert!(first <= 140_000 && largest.is_some_and(|bytes| bytes <= 18_000), "{first}, {largest:?}");
}
