//! BoringSSL's DTLS timer on the caller's time: the only `unsafe` code of the project.
//!
//! `boring` wraps neither the timer nor the clock. BoringSSL asks its clock through a callback of
//! the context that gets no argument by which to find the association, so the time of the call
//! under way lies in a thread-local cell.
#![allow(unsafe_code, reason = "boring 5.4 has no safe wrapper for the timer and the clock of BoringSSL")]

use std::cell::Cell;
use std::time::Duration;

use boring::ssl::{SslContextBuilder, SslRef};
use boring_sys::{
    DTLSv1_get_timeout, DTLSv1_handle_timeout, DTLSv1_set_initial_timeout_duration, SSL,
    SSL_CTX_set_current_time_cb, timeval,
};
use foreign_types::ForeignTypeRef;

thread_local! {
    static NOW: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// Sets what BoringSSL takes for the time on this thread until the next call.
/// Only differences matter, and only within one association.
pub(crate) fn set_now(now: Duration) {
    NOW.set(now);
}

/// Makes the associations of a context ask [`set_now`]'s time instead of the system's.
pub(crate) fn install_clock(context: &mut SslContextBuilder) {
    // SAFETY: the context is alive and exclusively borrowed; the callback lives as long as the
    // program and keeps to the signature that BoringSSL declares.
    unsafe { SSL_CTX_set_current_time_cb(context.as_ptr(), Some(current_time)) }
}

unsafe extern "C" fn current_time(_association: *const SSL, out: *mut timeval) {
    let now = NOW.get();
    let value = timeval {
        tv_sec: i64::try_from(now.as_secs()).unwrap_or(i64::MAX),
        tv_usec: i64::from(now.subsec_micros()),
    };
    // SAFETY: BoringSSL passes a pointer to a `timeval` on its stack, valid for this call.
    unsafe { out.write(value) }
}

/// Sets after how many milliseconds a flight is first sent again; each time after that it is twice as long.
pub(crate) fn set_initial_timeout(ssl: &mut SslRef, milliseconds: u32) {
    // SAFETY: the association is alive and exclusively borrowed.
    unsafe { DTLSv1_set_initial_timeout_duration(ssl.as_ptr(), milliseconds) }
}

/// Time left until the timer is due, zero if it is; `None` if none runs.
pub(crate) fn remaining(ssl: &SslRef) -> Option<Duration> {
    let mut left = timeval { tv_sec: 0, tv_usec: 0 };
    // SAFETY: both pointers come from live borrows, and BoringSSL keeps neither.
    let running = unsafe { DTLSv1_get_timeout(ssl.as_ptr(), &raw mut left) } == 1;
    let seconds = u64::try_from(left.tv_sec).unwrap_or(0);
    let micros = u64::try_from(left.tv_usec).unwrap_or(0);
    running.then(|| Duration::from_secs(seconds).saturating_add(Duration::from_micros(micros)))
}

/// Sends again what is due. A failure shows at the next step of the handshake.
pub(crate) fn expire(ssl: &mut SslRef) {
    // SAFETY: the association is alive and exclusively borrowed for the call, which reaches the
    // outside only through the pipe that it owns.
    unsafe { DTLSv1_handle_timeout(ssl.as_ptr()) };
}
