//! What the gateway's process does around the cores: connections, credentials, the disk.

use std::rc::Rc;
use std::time::Duration;

use giaoban_media_types::{Command, MemberId, SlotId};
use giaoban_signaling::conference::Entry;
use giaoban_signaling::wire::{
    ChairAction, ClientMessage, Credential, ErrorCode, ServerMessage, parse_client,
};
use giaoban_signaling::{ConnectionId, Input, Output};

use super::{Event, SIGNALING_DELAY, World};
use crate::link::below;
use crate::trace::Record;

/// Time the disk takes.
const STORE_DELAY: Duration = Duration::from_millis(3);

impl World {
    pub(super) fn take_message(&mut self, connection: ConnectionId, member: MemberId, text: &str) {
        let Some(process) = &mut self.process else {
            self.hang_up(connection, member);
            return;
        };
        let Ok(message) = parse_client(text) else {
            self.malformed_messages += 1;
            return;
        };
        if let ClientMessage::Hello { credential, .. } = message {
            process.connections.insert(connection, member);
            let resume = format!("resume {}", member.0);
            let entry = match credential {
                Credential::Ticket { .. } => Entry::Ticket,
                Credential::Resume { .. } => Entry::Resume,
            };
            let time = 1_000_000 + u64::try_from(self.now.as_millis()).unwrap_or(0);
            self.input(Input::Enter { connection, member, entry, take_over: false, resume, time });
            return;
        }
        if !process.connections.contains_key(&connection) {
            self.hang_up(connection, member);
            return;
        }
        let order = match &message {
            ClientMessage::Chair { order: ChairAction::Mute { member }, .. } => {
                Some(Record::Muted(MemberId(*member)))
            }
            ClientMessage::Chair { order: ChairAction::LetSpeak { member }, .. } => {
                Some(Record::LetSpeak(MemberId(*member)))
            }
            ClientMessage::Chair { order: ChairAction::Remove { member }, .. } => {
                Some(Record::Removed(MemberId(*member)))
            }
            _ => None,
        };
        if let Some(order) = order {
            self.trace.add(self.now, order);
        }
        self.input(Input::Message { connection, message });
    }

    pub(super) fn input(&mut self, input: Input) {
        let now = self.instant();
        if let Some(process) = &mut self.process {
            process.conference.handle_input(now, input);
        }
        self.settle();
    }

    /// Drains both cores until neither has anything for the other.
    pub(super) fn settle(&mut self) {
        let now = self.instant();
        loop {
            self.drain_transmits();
            let Some(process) = &mut self.process else { return };
            let Some(event) = process.shard.poll_event() else {
                let Some(output) = process.conference.poll_output() else { return };
                self.carry_out(output);
                continue;
            };
            process.conference.handle_input(now, Input::Media(event));
        }
    }

    fn carry_out(&mut self, output: Output) {
        let now = self.instant();
        match output {
            Output::Send { connection, message } => self.send(&[connection], &message),
            Output::Broadcast { connections, message } => self.send(&connections, &message),
            Output::Close { connection } => self.close(connection),
            Output::Deny { connection, code } => {
                self.deny(connection, code);
                self.close(connection);
            }
            Output::Media(command) => {
                self.note(&command);
                if let Some(process) = &mut self.process {
                    process.shard.handle_command(now, command);
                }
            }
            Output::Store { write, durable } => {
                let event = Event::Stored(self.life, write, Box::new(durable));
                self.queue.push(self.now + STORE_DELAY, event);
            }
            // Secrets are the gateway's.
            Output::Came { .. } | Output::Went { .. } | Output::Forget { .. } => {}
        }
    }

    fn deny(&mut self, connection: ConnectionId, code: ErrorCode) {
        self.send(&[connection], &ServerMessage::Error { code });
    }

    fn close(&mut self, connection: ConnectionId) {
        let process = self.process.as_mut();
        if let Some(member) = process.and_then(|process| process.connections.remove(&connection)) {
            self.hang_up(connection, member);
        }
    }

    /// A client learns that its WebSocket is gone, after all that it was told on it.
    fn hang_up(&mut self, connection: ConnectionId, member: MemberId) {
        let told = self.nodes.get(&member).map(|node| node.last_told).unwrap_or_default();
        let at = told.max(self.now + SIGNALING_DELAY);
        self.queue.push(at, Event::Closed(connection, member));
    }

    fn note(&mut self, command: &Command) {
        match command {
            Command::Bind { member, bindings, .. } => {
                for binding in bindings {
                    let (receiver, slot, source) = (*member, binding.slot, binding.source);
                    self.trace
                        .add(self.now, Record::Bound { receiver, slot, source, height: binding.height });
                }
            }
            Command::Negotiate(negotiation) => {
                let life = self.life;
                if let Some(node) = self.nodes.get_mut(&negotiation.member) {
                    node.negotiated(life, negotiation.peer);
                }
            }
            _ => {}
        }
    }

    /// Writes a message once, reads it once, and sends what was read: a client understands only what is on the wire.
    fn send(&mut self, connections: &[ConnectionId], message: &ServerMessage) {
        let Some(process) = &self.process else { return };
        let text = serde_json::to_string(message).unwrap_or_default();
        let Ok(message) = serde_json::from_str::<ServerMessage>(&text) else {
            self.malformed_messages += 1;
            return;
        };
        let message = Rc::new(message);
        for &connection in connections {
            let Some(&member) = process.connections.get(&connection) else { continue };
            let told = self.told.entry(member).or_default();
            told.messages += 1;
            told.octets += text.len() as u64;
            if let ServerMessage::Slots { slots } = &*message {
                let Some(node) = self.nodes.get_mut(&member) else { continue };
                // Nothing is told on a WebSocket that the client has lost already.
                let is_heard = node.client.connection == Some(connection);
                for slot in slots.iter().filter(|_| is_heard) {
                    let (place, epoch, source) = (SlotId(slot.slot), slot.epoch, slot.source.map(Into::into));
                    // What is said again to one who comes back is no other assignment.
                    if node.told.insert(place, epoch) != Some(epoch) {
                        self.trace
                            .add(self.now, Record::Told { receiver: member, slot: place, epoch, source });
                    }
                }
            }
            let Some(node) = self.nodes.get_mut(&member) else { continue };
            let late = below(&mut self.random, self.plan.signals.jitter_micros);
            node.last_told = node.last_told.max(self.now + SIGNALING_DELAY + late);
            self.queue.push(node.last_told, Event::FromGateway(connection, member, Rc::clone(&message)));
        }
    }
}
