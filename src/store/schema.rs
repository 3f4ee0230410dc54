//! The tables' versions. Each step is a script that brings the tables from one version to the next.

use sqlx::SqlitePool;

use super::StoreError;

const STEPS: [&str; 1] = [include_str!("schema.sql")];

/// Runs the steps that this database has not seen. Its version stands in `user_version`.
pub(super) async fn migrate(pool: &SqlitePool) -> Result<(), StoreError> {
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(pool).await?;
    let done = usize::try_from(version).unwrap_or(usize::MAX);
    if done > STEPS.len() {
        return Err(StoreError::Unreadable { what: "table" });
    }
    for (step, script) in STEPS.iter().enumerate().skip(done) {
        let mut transaction = pool.begin().await?;
        sqlx::raw_sql(*script).execute(&mut *transaction).await?;
        let version = format!("PRAGMA user_version = {}", step + 1);
        sqlx::raw_sql(sqlx::AssertSqlSafe(version)).execute(&mut *transaction).await?;
        transaction.commit().await?;
    }
    Ok(())
}
