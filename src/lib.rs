//! Afterword: a self-hosted survey bot for Telegram.
//!
//! The layers, from the top: `cli`, `app`, `demo`, `sandbox`, the interfaces (`bot`, `api`, `web`), `jobs`, `telegram` and `outbound`,
//! `service`, `view`, `store`, then what all of them may use: `i18n`, `config`, `domain`, `files`, `clock`, `entropy`, `aside`.

pub mod api;
pub mod app;
mod aside;
pub mod bot;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod entropy;
pub mod files;
pub mod i18n;
pub mod jobs;
pub mod outbound;
pub mod pages;
pub mod sandbox;
pub mod service;
pub mod store;
pub mod telegram;
pub mod telemetry;
pub mod view;
pub mod web;
