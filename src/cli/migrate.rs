//! `afterword migrate`: creates or upgrades the schema without starting anything.

use super::{DONE, Output, Setup};
use crate::domain::counted::counted;
use crate::service::Unit;
use crate::service::scripts::install_shipped;
use crate::store::Db;

/// Creates the database if there is none, and upgrades an older one to this version.
pub async fn run(setup: &Setup, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let db = Db::open(&setup.config.database_url, true).await?;
    // Errors are ignored, because there may be nobody to read the progress.
    let migrated = db.migrate_telling(|progress| drop(writeln!(to.err, "{progress}"))).await?;
    // As in `serve`, the shipped scripts are installed, so that events imported before the first start find a script.
    let ctx = setup.parts().context("");
    let mut unit = Unit::begin(&db, &ctx).await?;
    install_shipped(&mut unit).await?;
    unit.commit().await?;
    let name = db.name();
    let steps = counted(migrated.applied, "step", "steps");
    match (migrated.applied, migrated.copy) {
        (0, _) => writeln!(to.out, "{name}: up to date")?,
        (_, None) if migrated.is_new => writeln!(to.out, "{name}: made")?,
        (_, None) => writeln!(to.out, "{name}: brought up to date in {steps}")?,
        (_, Some(copy)) => {
            writeln!(to.out, "{name}: brought up to date in {steps}; as it was: {}", copy.display())?;
        }
    }
    db.close().await;
    Ok(DONE)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::Clock;
    use crate::config::Config;
    use crate::domain::time::Timestamp;
    use crate::entropy::Entropy;

    #[tokio::test]
    async fn a_database_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("new.db").display());
        let config = Config::from_lookup(|name| (name == "DATABASE_URL").then(|| url.clone())).unwrap();
        let setup = Setup {
            config: Arc::new(config),
            clock: Clock::frozen(Timestamp::from_millis(0)),
            entropy: Entropy::seeded(1),
        };
        assert!(setup.open_db().await.is_err());
        for said in ["new.db: made\n", "new.db: up to date\n"] {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let code = run(&setup, &mut Output { out: &mut out, err: &mut err }).await.unwrap();
            assert_eq!(code, DONE);
            assert!(String::from_utf8(out).unwrap().ends_with(said));
        }
        setup.open_db().await.unwrap();
    }
}
