//! How the system carries datagrams: its buffers, segmentation, and whether they arrive at all.

use std::io::{self, IoSliceMut};
use std::net::{Ipv4Addr, UdpSocket};
use std::time::{Duration, Instant};

use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSocketState};
use socket2::SockRef;

use super::finding::{Check, Finding, said};
use crate::shard_worker::SOCKET_BUFFER;

/// A datagram to ourselves that is not there by then does not come.
const PATIENCE: Duration = Duration::from_millis(500);

/// Sent as one message, to come as so many datagrams.
const SEGMENTS: usize = 4;
const SEGMENT: usize = 1200;

/// What was measured.
struct Measured {
    /// Bytes that the system gave of those asked for, receiving and sending.
    buffers: (usize, usize),
    /// Segments that it takes in one message; 1 without segmentation.
    segments: usize,
    /// How long a message to ourselves took, if all of it came.
    round_trip: Option<Duration>,
}

pub(super) fn examine() -> Vec<Finding> {
    match measure() {
        Ok(measured) => judge(&measured),
        Err(error) => vec![Finding::fault(
            Check::Udp,
            said(
                format!("Không mở được cổng UDP nào trên máy này: {error}"),
                format!("no UDP socket can be opened on this machine: {error}"),
            ),
            said(
                "Xem giới hạn của tài khoản và của container (seccomp, không gian mạng)",
                "look at the limits of the account and of the container (seccomp, network namespace)",
            ),
        )],
    }
}

fn measure() -> io::Result<Measured> {
    let (from, to) = (UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?, UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?);
    let options = SockRef::from(&to);
    // As much as the system gives, as the gateway asks.
    let _ = options.set_recv_buffer_size(SOCKET_BUFFER);
    let _ = options.set_send_buffer_size(SOCKET_BUFFER);
    // Linux says twice what it gave: the other half is for its own books (socket(7)).
    let buffers = (options.recv_buffer_size()? / 2, options.send_buffer_size()? / 2);
    let (sender, receiver) = (UdpSocketState::new((&from).into())?, UdpSocketState::new((&to).into())?);
    let segments = sender.max_gso_segments();
    let segment_size = (segments >= SEGMENTS).then_some(SEGMENT);
    let message = vec![7; if segment_size.is_some() { SEGMENTS * SEGMENT } else { SEGMENT }];
    let transmit =
        Transmit { destination: to.local_addr()?, ecn: None, contents: &message, segment_size, src_ip: None };
    let start = Instant::now();
    sender.try_send((&from).into(), &transmit)?;
    let round_trip = receive(&to, &receiver, message.len(), start);
    Ok(Measured { buffers, segments, round_trip })
}

/// Waits until `expected` bytes have come.
fn receive(socket: &UdpSocket, state: &UdpSocketState, expected: usize, start: Instant) -> Option<Duration> {
    let (mut come, mut buffers) = (0, vec![vec![0; 65_535]; BATCH_SIZE]);
    while start.elapsed() < PATIENCE {
        let mut metas = [RecvMeta::default(); BATCH_SIZE];
        let mut slices: Vec<IoSliceMut<'_>> =
            buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
        match state.recv(socket.into(), &mut slices, &mut metas) {
            Ok(received) => come += metas.iter().take(received).map(|meta| meta.len).sum::<usize>(),
            Err(_) => std::thread::sleep(Duration::from_millis(1)),
        }
        if come >= expected {
            return Some(start.elapsed());
        }
    }
    None
}

fn judge(measured: &Measured) -> Vec<Finding> {
    vec![
        judge_buffers(measured.buffers),
        judge_segments(measured.segments),
        judge_round_trip(measured.round_trip),
    ]
}

fn judge_buffers((receive, send): (usize, usize)) -> Finding {
    let kilobytes = (receive >> 10, send >> 10);
    let given = said(
        format!("Bộ đệm UDP: nhận {} kB, gửi {} kB", kilobytes.0, kilobytes.1),
        format!("UDP buffers: {} kB to receive, {} kB to send", kilobytes.0, kilobytes.1),
    );
    if receive >= SOCKET_BUFFER && send >= SOCKET_BUFFER {
        return Finding::ok(Check::Udp, given);
    }
    Finding::warning(
        Check::Udp,
        said(
            format!(
                "{}, ít hơn mức cần: khi nhiều điểm cầu cùng gửi, gói sẽ mất ngay trên máy này",
                given.vi
            ),
            format!(
                "{}, less than wanted: when many sites send at once packets are lost on this machine",
                given.en
            ),
        ),
        said(
            format!(
                "sysctl -w net.core.rmem_max={SOCKET_BUFFER} net.core.wmem_max={SOCKET_BUFFER}, rồi ghi vào /etc/sysctl.d"
            ),
            format!(
                "sysctl -w net.core.rmem_max={SOCKET_BUFFER} net.core.wmem_max={SOCKET_BUFFER}, and keep it in /etc/sysctl.d"
            ),
        ),
    )
}

fn judge_segments(segments: usize) -> Finding {
    if segments > 1 {
        return Finding::ok(
            Check::Udp,
            said(
                format!("Nhân gửi được {segments} gói trong một lần gọi (UDP GSO)"),
                format!("the kernel sends {segments} packets in one call (UDP GSO)"),
            ),
        );
    }
    Finding::warning(
        Check::Udp,
        said(
            "Nhân không có UDP GSO: mỗi gói một lần gọi, tốn gấp bốn CPU",
            "the kernel has no UDP GSO: each packet is a call of its own and costs four times the CPU",
        ),
        said(
            "Dùng Linux 4.18 trở lên; trong máy ảo, dùng card virtio",
            "use Linux 4.18 or later; in a virtual machine, a virtio card",
        ),
    )
}

fn judge_round_trip(round_trip: Option<Duration>) -> Finding {
    match round_trip {
        Some(took) => Finding::ok(
            Check::Udp,
            said(
                format!("Gói UDP gửi cho chính máy này đến sau {} µs", took.as_micros()),
                format!("a UDP message to this machine itself arrives after {} µs", took.as_micros()),
            ),
        ),
        None => Finding::fault(
            Check::Udp,
            said(
                "Gói UDP gửi cho chính máy này không đến: có tường lửa chặn UDP",
                "a UDP message to this machine itself does not arrive: a firewall takes UDP away",
            ),
            said(
                "Xem `nft list ruleset` hoặc `iptables -S`; mở UDP cho các cổng media",
                "look at `nft list ruleset` or `iptables -S`; let UDP through to the media ports",
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    #[test]
    fn a_message_to_ourselves_arrives_whole() {
        let measured = measure().unwrap();
        assert!(measured.round_trip.is_some());
        assert!(measured.segments >= 1);
    }

    #[test]
    fn what_does_not_come_is_not_waited_for_without_end() {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let state = UdpSocketState::new((&socket).into()).unwrap();
        assert_eq!(receive(&socket, &state, 1, Instant::now()), None);
    }

    #[test]
    fn small_buffers_and_no_segmentation_are_warnings_and_a_deaf_machine_is_a_fault() {
        assert_eq!(judge_buffers((SOCKET_BUFFER, SOCKET_BUFFER)).level, Level::Ok);
        assert_eq!(judge_buffers((212_992, SOCKET_BUFFER)).level, Level::Warning);
        assert_eq!(judge_buffers((SOCKET_BUFFER, 212_992)).level, Level::Warning);
        assert_eq!(judge_segments(64).level, Level::Ok);
        assert_eq!(judge_segments(1).level, Level::Warning);
        assert_eq!(judge_round_trip(None).level, Level::Fault);
    }
}
