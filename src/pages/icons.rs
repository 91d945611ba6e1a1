//! The icons: the content of an `svg` of 24 by 24.

pub const VOICE: &str = r#"<path d="M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3"/>"#;
pub const PHOTO: &str =
    r#"<path d="M4 6h16v12H4zM4 16l4.5-4.5 3.5 3.5 2.5-2.5L20 18"/><circle cx="15.5" cy="9.5" r="1.2"/>"#;
pub const VIDEO: &str = r#"<path d="M4 7h11v10H4zM15 11l5-3v8l-5-3"/>"#;
pub const FILE: &str = r#"<path d="M7 4h7l4 4v12H7zM14 4v4h4"/>"#;
pub const OVERVIEW: &str = r#"<path d="M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-5v-6h-4v6H5a1 1 0 0 1-1-1z"/>"#;
pub const QUESTIONS: &str = r#"<path d="M5 5h14v11h-7l-5 4v-4H5z"/><path d="M9 9h6M9 12h4"/>"#;
pub const AGENTS: &str = r#"<circle cx="9" cy="8" r="3.2"/><path d="M3 19c.6-3.4 3-5 6-5s5.4 1.6 6 5M15.5 5.2a3 3 0 0 1 0 5.6M17.5 14.3c2 .6 3.2 2.2 3.5 4.7"/>"#;
pub const TOPICS: &str = r#"<path d="M4 5v6l8.5 8.5 6.5-6.5L10.5 4.5H4.5z"/><circle cx="8" cy="8.5" r="1"/>"#;
pub const WAITING: &str = r#"<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>"#;
pub const IMPORTANCE: &str = r#"<path d="M4 19V5M4 19h16"/><circle cx="9" cy="13" r="1.5"/><circle cx="15" cy="8" r="1.5"/><circle cx="17" cy="14.5" r="1.5"/>"#;
pub const ANSWERS: &str = r#"<path d="M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01"/>"#;
pub const SURVEYS: &str = r#"<path d="M4 5h16v14H4zM4 10h16M9 10v9"/>"#;
pub const CASES: &str = r#"<path d="M12 4l8.5 15h-17z"/><path d="M12 10v4M12 16.7h.01"/>"#;
pub const COVERAGE: &str = r#"<path d="M4 5h16l-6 8v6l-4-2v-4z"/>"#;
pub const SUPPORT: &str = r#"<path d="M4 14v-2a8 8 0 0 1 16 0v2"/><path d="M4 14h3v5H5a1 1 0 0 1-1-1zM20 14h-3v5h2a1 1 0 0 0 1-1z"/>"#;
