//! The real gateway over TLS, on ports of the system's choice.

#[cfg(test)]
mod administering;
#[cfg(test)]
mod administrator;
#[cfg(test)]
mod attacking;
#[cfg(test)]
mod attending;
#[cfg(test)]
mod bookings;
#[cfg(test)]
mod client;
#[cfg(test)]
mod disturbing;
#[cfg(test)]
mod entering;
#[cfg(test)]
mod killing;
#[cfg(test)]
mod logging;
#[cfg(test)]
mod member;
#[cfg(test)]
mod muting;
#[cfg(test)]
mod ordering;
#[cfg(test)]
mod persisting;
#[cfg(test)]
mod process;
#[cfg(test)]
mod refusing;
#[cfg(test)]
mod removing;
#[cfg(test)]
mod repeating;
#[cfg(test)]
mod rooms;
#[cfg(test)]
mod running;
#[cfg(test)]
mod watching;
