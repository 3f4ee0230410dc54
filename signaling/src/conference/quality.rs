//! The quality of all sites, for whoever watches it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use giaoban_media_types::{Command, MemberCounters, MemberId};

use super::timers::Timer;
use super::{Conference, ConnectionId, Output};
use crate::access::{Action, Policy};
use crate::quality::{ClientReport, Site, sort_worst_first};
use crate::wire::{ServerMessage, SiteQuality};

/// How often those who watch are told, and so how often the shard is asked.
pub(super) const QUALITY_INTERVAL: Duration = Duration::from_secs(1);

/// A client's reports are taken at most so often; one that comes sooner is not looked at.
pub(super) const REPORT_INTERVAL: Duration = Duration::from_secs(2);

/// Sites in one message to those who were told of all already: the worst, and the others in turn. Of 500 sites each
/// is told within 14 s, the worst 32 each second; a message is 18 kB at most (one of all 500 sites 140 kB, once).
pub(super) const MOST_SITES: usize = 64;

/// What is watched, by whom.
#[derive(Default)]
pub(super) struct Quality {
    watchers: BTreeSet<ConnectionId>,
    /// Watchers who were told nothing yet.
    fresh: BTreeSet<ConnectionId>,
    sites: BTreeMap<MemberId, Site>,
    reported: BTreeMap<MemberId, Instant>,
    /// The seat before the one whose turn is next.
    turn: u32,
}

impl Conference {
    pub(super) fn watch_quality(
        &mut self,
        now: Instant,
        id: MemberId,
        connection: ConnectionId,
        request: u32,
        on: bool,
    ) {
        let Some(member) = self.members.get(&id) else { return };
        if let Err(denied) = Policy::authorize(self.capacity(&member.seat), &Action::WatchQuality) {
            return self.refuse(connection, request, denied.into());
        }
        if !on {
            self.quality.watchers.remove(&connection);
        } else if self.quality.watchers.insert(connection) {
            self.quality.fresh.insert(connection);
            if !self.timers.is_set(Timer::Quality) {
                self.timers.set(Timer::Quality, now);
            }
        }
        self.done(connection, request);
    }

    /// Takes what a client says of itself, whether somebody watches or not: whoever begins to is told at once.
    pub(super) fn client_report(&mut self, now: Instant, id: MemberId, report: ClientReport) {
        let soon = |at: &Instant| now.saturating_duration_since(*at) < REPORT_INTERVAL;
        if self.quality.reported.get(&id).is_some_and(soon) {
            return;
        }
        self.quality.reported.insert(id, now);
        self.quality.sites.entry(id).or_default().report(now, report);
    }

    /// Asks the shard, for as long as somebody watches.
    pub(super) fn measure(&mut self, now: Instant) {
        let durable = self.ledger.durable();
        let may = |connection: &ConnectionId| {
            let watcher = self.connections.get(connection).and_then(|member| self.members.get(member));
            watcher.is_some_and(|member| {
                Policy::authorize(durable.capacity(&member.seat), &Action::WatchQuality).is_ok()
            })
        };
        self.quality.watchers.retain(may);
        if self.quality.watchers.is_empty() {
            return;
        }
        self.command(Command::Measure { conference: self.id });
        self.timers.set(Timer::Quality, now + QUALITY_INTERVAL);
    }

    /// Tells those who watch what the shard counted.
    pub(super) fn measured(&mut self, now: Instant, counters: Vec<MemberCounters>) {
        let mut counted: BTreeMap<MemberId, MemberCounters> =
            counters.into_iter().map(|counters| (counters.member, counters)).collect();
        let seated = self.members.values().filter(|member| member.has_lease());
        let seated: BTreeSet<MemberId> = seated.map(|member| member.seat.member).collect();
        self.quality.sites.retain(|id, _| seated.contains(id));
        self.quality.reported.retain(|id, _| seated.contains(id));
        for id in seated {
            let counters = counted.remove(&id).unwrap_or(MemberCounters::without_transport(id));
            self.quality.sites.entry(id).or_default().look(now, counters);
        }
        let known = self.quality.sites.values().filter_map(|site| site.quality(now));
        let mut sites: Vec<SiteQuality> = known.collect();
        if sites.is_empty() {
            return;
        }
        sort_worst_first(&mut sites);
        let fresh = std::mem::take(&mut self.quality.fresh);
        let (fresh, others) = self.quality.watchers.iter().partition(|connection| fresh.contains(connection));
        self.tell(fresh, sites.clone());
        let sites = self.in_turn(sites);
        self.tell(others, sites);
    }

    /// The worst half, and as many of the others whose turn it is, by seat.
    fn in_turn(&mut self, mut sites: Vec<SiteQuality>) -> Vec<SiteQuality> {
        if sites.len() <= MOST_SITES {
            return sites;
        }
        let mut others = sites.split_off(MOST_SITES / 2);
        let after = self.quality.turn;
        others.sort_by_key(|site| (site.member <= after, site.member));
        others.truncate(MOST_SITES - MOST_SITES / 2);
        if let Some(last) = others.last() {
            self.quality.turn = last.member;
        }
        sites.extend(others);
        sites
    }

    fn tell(&mut self, connections: Vec<ConnectionId>, sites: Vec<SiteQuality>) {
        if !connections.is_empty() {
            self.outputs
                .push_back(Output::Broadcast { connections, message: ServerMessage::Quality { sites } });
        }
    }
}
