//! The subscribed chats and their filters, found by their places: a case is compared with hundreds of them.

use std::collections::HashMap;

use crate::config::ChatTopic;
use crate::domain::routing::Filters;
use crate::service::alerts::routes;
use crate::store;
use crate::store::alert_chats::AlertChat;

#[derive(Debug)]
pub(super) struct Subscribed {
    /// In the order in which they are listed.
    chats: Vec<(AlertChat, Filters)>,
    positions: HashMap<ChatTopic, usize>,
}

impl Subscribed {
    pub fn new(chats: Vec<AlertChat>) -> store::Result<Self> {
        let positions = chats.iter().enumerate().map(|(position, chat)| (chat.place(), position)).collect();
        let with_filters = chats.into_iter().map(|chat| {
            let filters = routes::filters(&chat)?;
            Ok((chat, filters))
        });
        Ok(Self { chats: with_filters.collect::<store::Result<_>>()?, positions })
    }

    pub fn is_empty(&self) -> bool {
        self.chats.is_empty()
    }

    pub fn chats(&self) -> impl Iterator<Item = &AlertChat> {
        self.chats.iter().map(|(chat, _)| chat)
    }

    pub fn find(&self, place: ChatTopic) -> Option<&AlertChat> {
        self.at(place).map(|(chat, _)| chat)
    }

    /// The filters of a chat or topic. Without any, every case fits.
    pub fn filters(&self, place: ChatTopic) -> Option<&Filters> {
        self.at(place).map(|(_, filters)| filters)
    }

    fn at(&self, place: ChatTopic) -> Option<&(AlertChat, Filters)> {
        self.chats.get(*self.positions.get(&place)?)
    }
}
