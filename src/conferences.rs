//! The rooms of the calendar as running conferences: opened, changed and closed while the gateway runs.

use std::sync::Arc;

use giaoban_calendar::{Classification, Lobby, Room, allowance};
use giaoban_media_types::{ConferenceId, MemberId};
use giaoban_signaling::Input;
use giaoban_signaling::conference::{Admittance, Door, Durable, Setup};
use giaoban_signaling::wire::{Classification as WireClassification, RoomInfo};
use tokio::sync::{mpsc, oneshot};

use crate::actor::ConferenceHandle;
use crate::registry::Registry;
use crate::store::{By, RoomRow, Store, StoreError};
use crate::tickets::Tickets;

/// Rooms that may wait to be opened; whoever makes one more waits.
pub const OPENINGS: usize = 64;

/// A conference to be started by the gateway, which alone owns its tasks.
pub struct Order {
    /// What it is made of.
    pub setup: Setup,
    /// Told how to reach it.
    pub reply: oneshot::Sender<ConferenceHandle>,
}

/// Opens, changes and closes conferences.
pub struct Conferences {
    registry: Arc<Registry>,
    tickets: Arc<Tickets>,
    store: Store,
    orders: mpsc::Sender<Order>,
    /// Members of one conference at most.
    limit: usize,
}

impl Conferences {
    /// With the receiving end for the gateway.
    #[must_use]
    pub fn new(
        registry: Arc<Registry>,
        tickets: Arc<Tickets>,
        store: Store,
        limit: usize,
    ) -> (Self, mpsc::Receiver<Order>) {
        let (orders, received) = mpsc::channel(OPENINGS);
        (Self { registry, tickets, store, orders, limit }, received)
    }

    /// What a stored room is made of.
    #[must_use]
    pub fn setup(&self, stored: RoomRow, room: &Room) -> Setup {
        let RoomRow { conference, info, durable, seats, .. } = stored;
        Setup { conference, room: info, seats, durable, capacity: self.capacity(room) }
    }

    /// Brings the conference of a room to what the room has become. A gateway that goes down needs none.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn follow(&self, room: &Room) -> Result<(), StoreError> {
        let id = ConferenceId(room.id.0);
        match self.registry.find(id) {
            Some(handle) if room.closed => {
                self.registry.remove(id);
                let _ = handle.input(Input::RoomClosed).await;
            }
            Some(handle) => {
                let changed = Input::RoomChanged { room: info(room), capacity: self.capacity(room) };
                let _ = handle.input(changed).await;
                self.registry.insert(id, handle.of(info(room)));
                if !allowance(room.rules.classification).links {
                    self.end_links(id).await?;
                }
            }
            None if room.closed => {}
            None => self.open(room).await,
        }
        Ok(())
    }

    async fn open(&self, room: &Room) {
        let (reply, opened) = oneshot::channel();
        let setup = Setup {
            conference: ConferenceId(room.id.0),
            room: info(room),
            seats: Vec::new(),
            durable: Durable::default(),
            capacity: self.capacity(room),
        };
        if self.orders.send(Order { setup, reply }).await.is_ok()
            && let Ok(handle) = opened.await
        {
            self.registry.insert(ConferenceId(room.id.0), handle);
        }
    }

    /// Tells the conference of a room whether its door is open, and whom it lets in.
    pub async fn set_door(&self, room: &Room, open: bool, expected: Vec<MemberId>) {
        let Some(handle) = self.registry.find(ConferenceId(room.id.0)) else { return };
        let lobby = match room.rules.lobby {
            Lobby::Open => Admittance::Open,
            Lobby::Expected => Admittance::Expected,
            Lobby::Chair => Admittance::Chair,
        };
        let door = Door { shut: !open, lobby, expected: expected.into_iter().collect() };
        // A gateway that goes down has no doors.
        let _ = handle.input(Input::DoorChanged(door)).await;
    }

    /// Ends every link of a room that may have none any more.
    async fn end_links(&self, conference: ConferenceId) -> Result<(), StoreError> {
        for member in self.store.link_seats(conference).await? {
            self.store.revoke(member, By::default()).await?;
            self.tickets.forget(member);
            if let Some(handle) = self.registry.find(conference) {
                let _ = handle.input(Input::SeatRevoked { member }).await;
            }
        }
        Ok(())
    }

    fn capacity(&self, room: &Room) -> usize {
        room.rules.capacity.map_or(self.limit, |capacity| usize::from(capacity).min(self.limit))
    }
}

fn info(room: &Room) -> RoomInfo {
    RoomInfo {
        title: room.rules.title.as_str().to_owned(),
        classification: match room.rules.classification {
            Classification::Normal => WireClassification::Normal,
            Classification::Confidential => WireClassification::Confidential,
            Classification::Secret => WireClassification::Secret,
            Classification::TopSecret => WireClassification::TopSecret,
        },
    }
}
