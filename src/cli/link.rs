//! `afterword link CUSTOMER_ID`: prints a customer's personal deep link and its QR code.

use super::{DONE, Misuse, Output, Setup};
use crate::domain::event::known_customer_id;
use crate::service::Unit;
use crate::service::events::{NoLink, personal_link};
use crate::view::qr;

/// Prints the customer's link. It stays the same until it expires or somebody taps it.
pub async fn run(setup: &Setup, customer: &str, to: &mut Output<'_>) -> anyhow::Result<u8> {
    let wrong = |problem: String| Misuse(format!("CUSTOMER_ID {problem}"));
    let customer = known_customer_id(customer).map_err(wrong)?;
    let db = setup.open_db().await?;
    let ctx = setup.context(&db).await?;
    let mut unit = Unit::begin(&db, &ctx).await?;
    let link = personal_link(&mut unit, &customer).await?.map_err(|why| match why {
        NoLink::WrongId(problem) => wrong(problem).into(),
        NoLink::NoBot => anyhow::Error::from(why),
    })?;
    unit.commit().await?;
    writeln!(to.out, "{}", link.url)?;
    // The code goes to stderr, so that a pipe gets only the link.
    if let Some(code) = qr::in_terminal(&link.url) {
        writeln!(to.err, "{code}")?;
    }
    writeln!(to.err, "serves until {}", link.expires_at)?;
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
    use crate::store::Db;

    #[tokio::test]
    async fn a_link_names_the_bot_once_its_name_is_known_and_stays_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("t.db").display());
        let db = Db::new_in(folder.path()).await;
        let config = Config::from_lookup(|name| match name {
            "DATABASE_URL" => Some(url.clone()),
            "TELOXIDE_TOKEN" => Some("77:abcdefghijklmnopqrstuvwxyz".to_owned()),
            _ => None,
        });
        let setup = Setup {
            config: Arc::new(config.unwrap()),
            clock: Clock::frozen(Timestamp::from_millis(0)),
            entropy: Entropy::seeded(1),
        };
        let link = async || {
            let (mut out, mut err) = (Vec::new(), Vec::new());
            run(&setup, "C-42", &mut Output { out: &mut out, err: &mut err }).await?;
            let drawn = String::from_utf8(err)?;
            assert!(drawn.lines().count() > 15 && drawn.contains('█'), "{drawn}");
            anyhow::Ok(String::from_utf8(out)?)
        };
        assert!(link().await.unwrap_err().to_string().contains("afterword serve"));
        let mut tx = db.write().await.unwrap();
        tx.upsert_bot(77, "my_bot").await.unwrap();
        tx.commit().await.unwrap();
        let first = link().await.unwrap();
        assert!(first.starts_with("https://t.me/my_bot?start="), "{first}");
        assert_eq!(link().await.unwrap(), first);
    }
}
