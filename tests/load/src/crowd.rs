//! All receivers on one thread, read in turns: as with receivers far away, the server wakes nobody.

use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::listener::{Buffers, Figures, Listener};

/// How often all sockets are read: a socket's buffer holds some 90 packets, this is one burst or two.
/// Delays are by the kernel's clock, so reading late does not count.
const TURN: Duration = Duration::from_millis(10);
/// Orders that may wait; who gives more waits.
const ORDER_CAPACITY: usize = 1024;

enum Order {
    Add(Box<Listener>),
    Forget,
    Count(SyncSender<Figures>),
}

/// The thread of all receivers; it ends with this.
pub struct Crowd {
    orders: Option<SyncSender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Crowd {
    /// Starts it, without receivers.
    #[must_use]
    pub fn start() -> Self {
        let (orders, ordered) = sync_channel(ORDER_CAPACITY);
        Self { orders: Some(orders), thread: Some(std::thread::spawn(move || run(&ordered))) }
    }

    /// One more receiver.
    pub fn add(&self, listener: Listener) {
        self.order(Order::Add(Box::new(listener)));
    }

    /// All count anew.
    pub fn forget(&self) {
        self.order(Order::Forget);
    }

    /// What all have counted so far.
    #[must_use]
    pub fn count(&self) -> Figures {
        let (answer, answered) = sync_channel(1);
        self.order(Order::Count(answer));
        answered.recv().unwrap_or_default()
    }

    fn order(&self, order: Order) {
        // The thread ends only with this.
        let _ = self.orders.as_ref().map(|orders| orders.send(order));
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn run(ordered: &Receiver<Order>) {
    let (mut listeners, mut buffers): (Vec<Box<Listener>>, _) = (Vec::new(), Buffers::default());
    let mut due = Instant::now();
    loop {
        loop {
            match ordered.try_recv() {
                Ok(Order::Add(listener)) => listeners.push(listener),
                Ok(Order::Forget) => listeners.iter_mut().for_each(|listener| listener.forget()),
                Ok(Order::Count(answer)) => {
                    let mut figures = Figures::default();
                    listeners.iter().for_each(|listener| listener.add_to(&mut figures));
                    // Who asked may have gone.
                    let _ = answer.send(figures);
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return,
            }
        }
        for listener in &mut listeners {
            listener.receive(&mut buffers);
            listener.tick(due);
        }
        due += TURN;
        let now = Instant::now();
        match due.checked_duration_since(now) {
            Some(rest) => std::thread::sleep(rest),
            None => due = now,
        }
    }
}
