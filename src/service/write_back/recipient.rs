//! Who gets a message, known by keyed hashes: what stays of an address must not tell it.

use crate::domain::event::Event;
use crate::domain::ids::SurveyKey;
use crate::domain::way::Way;
use crate::entropy::Entropy;
use crate::service::erasing::keyed_hash;
use crate::service::{Context, Unit};
use crate::store::write_backs::WriteBackSurvey;
use crate::store::{self, Tx};

const KEY: &str = "recipients";

/// Makes the hashes of recipients with the database's key.
#[derive(Debug)]
pub(super) struct Recipients(secrecy::SecretString);

impl Recipients {
    pub async fn find(tx: &mut Tx, entropy: &Entropy) -> store::Result<Self> {
        if let Some(key) = tx.find_secret(KEY).await? {
            return Ok(Self(key.into()));
        }
        let key = format!("{}{}", entropy.token(), entropy.token());
        tx.insert_secret(KEY, &key).await?;
        Ok(Self(key.into()))
    }

    /// The hash of one address. Addresses of mail are compared without their case.
    pub fn address(&self, way: Way, address: &str) -> String {
        keyed_hash(crate::config::exposed(&self.0), way.as_str(), &address.to_lowercase())
    }

    /// The hashes under which a customer may have unsubscribed: their ID, and the addresses of this event.
    pub fn of(&self, row: &WriteBackSurvey, event: &Event) -> Vec<String> {
        let customer = keyed_hash(crate::config::exposed(&self.0), "customer", &row.customer_id);
        let email = event.customer.email.as_deref().map(|email| self.address(Way::Email, email));
        let phone = event.customer.phone.as_deref().map(|phone| self.address(Way::Sms, phone));
        [Some(customer), email, phone].into_iter().flatten().collect()
    }
}

/// Ends the messages to the person who got the one with this token, by every way. Returns false if nobody did.
pub async fn unsubscribe(unit: &mut Unit<'_>, token: &str) -> store::Result<bool> {
    let Some(recipient) = unit.tx.find_recipient(token).await? else { return Ok(false) };
    let recipients = Recipients::find(&mut unit.tx, &unit.ctx.entropy).await?;
    let mut hashes: Vec<String> = recipient.hash.into_iter().collect();
    let surveys: Vec<SurveyKey> = recipient.survey.into_iter().collect();
    for row in unit.tx.list_write_back_surveys(&surveys).await? {
        if let Ok(event) = Event::from_stored(&row.body) {
            hashes.extend(recipients.of(&row, &event));
        }
    }
    let now = unit.now;
    unit.tx.unsubscribe(&hashes, now).await?;
    Ok(true)
}

/// The language of the person who got the message with this token; `None` if nobody did.
pub async fn locale_of(tx: &mut Tx, ctx: &Context, token: &str) -> store::Result<Option<&'static str>> {
    let Some(recipient) = tx.find_recipient(token).await? else { return Ok(None) };
    let surveys: Vec<SurveyKey> = recipient.survey.into_iter().collect();
    let row = tx.list_write_back_surveys(&surveys).await?.pop();
    Ok(Some(locale(ctx, row.and_then(|row| row.language).as_deref())))
}

/// The language of messages to a customer who has no chat.
pub(super) fn locale(ctx: &Context, language: Option<&str>) -> &'static str {
    language.and_then(|tag| ctx.config.languages.known(tag)).unwrap_or(ctx.config.default_locale)
}
