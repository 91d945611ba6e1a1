//! A body whose members are hashed together with the secret.

use std::collections::BTreeMap;

use minijinja::value::ValueKind;
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use super::{Encoding, Hash, Request};
use crate::domain::hook::body::{Format, read};
use crate::domain::hook::engine::text_of;

/// How a hash of a body's members is made. Objects, lists and nulls are left out, and flags are `true` and `false`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashedFields {
    /// The member that holds the hash, as hexadecimal digits.
    pub field: String,
    /// The name under which the secret is put among the members.
    pub secret: String,
    #[serde(default = "sha256")]
    pub hash: Hash,
}

const fn sha256() -> Hash {
    Hash::Sha256
}

impl HashedFields {
    pub(super) fn is_right(&self, request: &Request<'_>, secret: &str) -> Option<bool> {
        let content_type = request.header("content-type").unwrap_or_default();
        let body = read(request.body, Format::Auto, content_type).ok()?;
        let fields = if body.form.len() == Some(0) { body.content } else { body.form };
        let given = text_of(&fields.get_attr(&self.field).ok()?)?;
        let mut values = BTreeMap::from([(self.secret.clone(), secret.to_owned())]);
        for key in fields.try_iter().ok()? {
            let (name, value) = (key.as_str()?, fields.get_item(&key).ok()?);
            let text = match value.kind() {
                ValueKind::Bool if value.is_true() => "true".to_owned(),
                ValueKind::Bool => "false".to_owned(),
                ValueKind::Number | ValueKind::String => value.to_string(),
                _ => continue,
            };
            if name != self.field {
                values.entry(name.to_owned()).or_insert(text);
            }
        }
        let joined: String = values.into_values().collect();
        let expected = self.hash.digest(joined.as_bytes());
        Some(bool::from(Encoding::Hex.decode(&given)?.ct_eq(&expected)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hook::engine::hexadecimal;
    use crate::domain::hook::verify::Check;
    use crate::domain::time::Timestamp;

    fn request<'a>(headers: &'a [(String, String)], body: &'a [u8]) -> Request<'a> {
        let address = "192.0.2.1".parse().unwrap();
        Request { headers, query: &[], body, address, now: Timestamp::from_millis(0) }
    }

    #[test]
    fn a_hash_of_the_fields_is_known_in_any_order_of_them_and_the_secret_must_be_right() {
        let check: Check =
            toml::from_str("kind = 'field_hash'\nfield = 'Token'\nsecret = 'Password'").unwrap();
        let passes = |amount: &str, secret: &str| {
            let body = format!(
                "{{\"TerminalKey\":\"1510000000000DEMO\",\"Amount\":{amount},\"OrderId\":\"1001\",\"Success\":true,\
                 \"Status\":\"CONFIRMED\",\"PaymentId\":8742591,\"ErrorCode\":\"0\",\"CardId\":322264,\
                 \"Pan\":\"430000******0777\",\"ExpDate\":\"1230\",\"Data\":{{\"any\":\"1\"}},\"Receipt\":null,\
                 \"Token\":\"b4f9275a742c7374fb54b0f9d2cea8d669aa3c42b04aad1eeed046d111842cdb\"}}"
            );
            check.passes(&request(&[], body.as_bytes()), &["tb-other".to_owned(), secret.to_owned()])
        };
        assert!(passes("499000", "tb-password"));
        assert!(!passes("1", "tb-password"), "another amount");
        assert!(!passes("499000", "tb-passwor"));
        let headers = [("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        let hash = hexadecimal(&Hash::Sha256.digest(b"1key2"));
        let form = format!("c=2&a=1&Token={hash}");
        let check = Check::FieldHash(HashedFields {
            secret: "b".to_owned(),
            field: "Token".to_owned(),
            hash: Hash::Sha256,
        });
        assert!(check.passes(&request(&headers, form.as_bytes()), &["key".to_owned()]));
        // A member that is called like the secret does not stand in for it.
        let forged = format!("a=1&b=key&c=2&Token={hash}");
        assert!(!check.passes(&request(&headers, forged.as_bytes()), &["other".to_owned()]));
    }
}
