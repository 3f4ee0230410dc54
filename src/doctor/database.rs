//! The database: that it answers, that it is whole, that its tables are of a version we can use.

use std::path::Path;

use super::finding::{Check, Finding, said};
use crate::config::Config;
use crate::store::{Health, StoreError, Tables, Verdict, health};

pub(super) async fn examine(config: &Config, data: &Path) -> Vec<Finding> {
    let place = if config.database.url.is_some() { "PostgreSQL" } else { "SQLite" };
    match health::examine(config.database.url.as_ref(), data).await {
        Ok(Some(health)) => judge(place, &health),
        Ok(None) => vec![Finding::ok(
            Check::Database,
            said(
                format!("{place}: cơ sở dữ liệu sẽ được tạo khi khởi động lần đầu"),
                format!("{place}: the database is made at the first start"),
            ),
        )],
        Err(error) => vec![unreachable(place, &error)],
    }
}

fn judge(place: &str, health: &Health) -> Vec<Finding> {
    let mut findings = vec![match health.tables {
        Tables::Current => Finding::ok(
            Check::Database,
            said(
                format!("{place}: bảng đúng phiên bản của chương trình này"),
                format!("{place}: the tables are of this program's version"),
            ),
        ),
        Tables::Older => Finding::warning(
            Check::Database,
            said(
                format!("{place}: bảng của phiên bản cũ, sẽ được nâng cấp khi khởi động"),
                format!(
                    "{place}: the tables are of an earlier version and are brought up to date at the next start"
                ),
            ),
            said(
                "Sao lưu trước bằng chương trình cũ: `giaoban backup TỆP`",
                "make a backup first, with the earlier program: `giaoban backup FILE`",
            ),
        ),
        Tables::Newer => Finding::fault(
            Check::Database,
            said(
                format!("{place}: bảng của phiên bản mới hơn; chương trình này không đọc được"),
                format!("{place}: the tables are of a later version, which this program cannot read"),
            ),
            said("Dùng phiên bản giaoban đã ghi nó", "use the version of giaoban that wrote them"),
        ),
    }];
    if !health.whole {
        findings.push(Finding::fault(
            Check::Database,
            said(format!("{place}: tệp cơ sở dữ liệu bị hỏng"), format!("{place}: the database is damaged")),
            said(
                "Dừng máy chủ, giữ lại tệp hỏng, phục hồi bản sao lưu bằng `giaoban restore TỆP`; kiểm tra đĩa",
                "stop the gateway, keep the damaged file, restore a backup with `giaoban restore FILE`; look at the disk",
            ),
        ));
    }
    match health.acts {
        Some(Verdict::Holds { acts, .. }) => findings.push(Finding::ok(
            Check::Database,
            said(
                format!("{place}: nhật ký thao tác {acts} việc còn nguyên"),
                format!("{place}: the record of {acts} acts holds"),
            ),
        )),
        Some(Verdict::Broken { at }) => findings.push(Finding::fault(
            Check::Database,
            said(
                format!("{place}: nhật ký thao tác bị sửa ở việc số {at} hoặc trước đó"),
                format!("{place}: the record of acts was tampered with at act {at} or before it"),
            ),
            said("So với bản sao lưu; `giaoban acts verify`", "compare with a backup; `giaoban acts verify`"),
        )),
        None => {}
    }
    findings
}

/// The error's own words may name a host or an account: only its kind is told.
fn unreachable(place: &str, error: &StoreError) -> Finding {
    let (reason, step) = match error {
        StoreError::File(error) => (
            said(error.to_string(), error.to_string()),
            said(
                "Chạy lệnh này bằng tài khoản chạy máy chủ giao ban, và chỉ đúng --data",
                "run this as the account that runs the gateway, with its --data",
            ),
        ),
        StoreError::Database(sqlx::Error::Database(error)) if place == "PostgreSQL" => {
            let code = error.code().unwrap_or_default();
            (
                said(format!("máy chủ từ chối (mã {code})"), format!("the server refuses (code {code})")),
                said(
                    "Xem tên, mật khẩu và quyền trong database.url; nhật ký của PostgreSQL ghi lý do",
                    "look at name, password and rights in database.url; PostgreSQL's log has the reason",
                ),
            )
        }
        _ if place == "PostgreSQL" => (
            said("không kết nối được", "it cannot be reached"),
            said(
                "Xem PostgreSQL có chạy không, và máy, cổng, chứng thư trong database.url",
                "look whether PostgreSQL runs, and at host, port and certificate in database.url",
            ),
        ),
        _ => (
            said("tệp không phải cơ sở dữ liệu hoặc bị hỏng", "the file is no database, or is damaged"),
            said(
                "Dừng máy chủ, giữ lại tệp hỏng, phục hồi bản sao lưu bằng `giaoban restore TỆP`",
                "stop the gateway, keep the damaged file, and restore a backup with `giaoban restore FILE`",
            ),
        ),
    };
    Finding::fault(
        Check::Database,
        said(
            format!("{place} không dùng được: {}", reason.vi),
            format!("{place} cannot be used: {}", reason.en),
        ),
        step,
    )
}
