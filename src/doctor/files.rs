//! Open files: each connection is one.

use super::finding::{Check, Finding, said};

/// What else is open: listeners, database, sockets of shards, the log.
pub const OTHER_FILES: u64 = 100;

pub(super) fn examine(connections: u32) -> Finding {
    // A gateway raises its limit to the hard one by itself.
    let allowed = rlimit::getrlimit(rlimit::Resource::NOFILE).map(|(_, hard)| hard);
    judge(allowed.unwrap_or(0), connections)
}

fn judge(allowed: u64, connections: u32) -> Finding {
    let needed = u64::from(connections) + OTHER_FILES;
    if allowed >= needed {
        return Finding::ok(
            Check::Files,
            said(
                format!("Được mở {allowed} tệp; cần {needed}"),
                format!("{allowed} files may be open; {needed} are needed"),
            ),
        );
    }
    Finding::warning(
        Check::Files,
        said(
            format!(
                "Chỉ được mở {allowed} tệp; limits.connections = {connections} cần {needed}, nên người vào sau sẽ bị từ chối"
            ),
            format!(
                "only {allowed} files may be open; limits.connections = {connections} needs {needed}: late comers are refused"
            ),
        ),
        said(
            format!("Đặt LimitNOFILE={needed} trong đơn vị systemd, hoặc `ulimit -Hn {needed}`"),
            format!("set LimitNOFILE={needed} in the systemd unit, or `ulimit -Hn {needed}`"),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    #[test]
    fn each_allowed_connection_needs_a_file() {
        assert_eq!(judge(4196, 4096).level, Level::Ok);
        let short = judge(4195, 4096);
        assert_eq!(short.level, Level::Warning);
        assert!(short.step.unwrap().en.contains("LimitNOFILE=4196"));
    }
}
