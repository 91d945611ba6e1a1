//! The people and things the simulated shop deals with.

pub const RUSSIAN: [&str; 24] = [
    "Анна",
    "Мария",
    "Екатерина",
    "Ольга",
    "Наталья",
    "Ирина",
    "Светлана",
    "Татьяна",
    "Юлия",
    "Дарья",
    "Алина",
    "Полина",
    "Александр",
    "Дмитрий",
    "Сергей",
    "Андрей",
    "Алексей",
    "Максим",
    "Иван",
    "Артём",
    "Никита",
    "Михаил",
    "Егор",
    "Пётр",
];

pub const ENGLISH: [&str; 16] = [
    "Alice", "Emma", "Olivia", "Grace", "Hannah", "Ruth", "Chloe", "Nora", "James", "Oliver", "Jack",
    "Henry", "Thomas", "George", "Samuel", "Lucy",
];

/// Where customers live, with how many of a hundred do.
pub const ZONES_RU: [(&str, u32); 5] = [
    ("Europe/Moscow", 62),
    ("Asia/Yekaterinburg", 14),
    ("Asia/Novosibirsk", 10),
    ("Europe/Kaliningrad", 6),
    ("Asia/Vladivostok", 8),
];
pub const ZONES_EN: [(&str, u32); 3] =
    [("Europe/London", 60), ("Europe/Berlin", 25), ("America/New_York", 15)];

pub const STORES: [(&str, u32); 5] = [("web", 45), ("msk-1", 18), ("msk-2", 15), ("spb-1", 14), ("nsk-1", 8)];

/// What tickets are about: tag, words for the title, and how hard it is (1 is usual).
pub const TOPICS: [(&str, &str, &str, f64); 6] = [
    ("delivery", "Где мой заказ", "Where is my order", 0.8),
    ("refund", "Возврат денег", "A refund", 1.6),
    ("payment", "Не проходит оплата", "A payment that fails", 1.1),
    ("quality", "Товар с браком", "A faulty product", 1.5),
    ("account", "Не могу войти", "I cannot sign in", 0.7),
    ("question", "Вопрос о товаре", "A question on a product", 0.5),
];

/// How tickets come in: channel, share of a hundred, usual seconds to the first answer, promised seconds.
pub const CHANNELS: [(&str, u32, f64, i64); 4] = [
    ("telegram", 45, 90.0, 300),
    ("chat", 30, 60.0, 180),
    ("email", 18, 5400.0, 14_400),
    ("phone", 7, 40.0, 120),
];

/// Who answers: name, team, when they began, and how slow they are (1 is usual).
pub const AGENTS: [(&str, &str, &str, f64); 12] = [
    ("Ольга", "first-line", "2023-02-13", 0.7),
    ("Игорь", "first-line", "2024-09-02", 1.0),
    ("Марина", "first-line", "2025-04-14", 0.9),
    ("Денис", "first-line", "2026-10-05", 1.9),
    ("Вера", "first-line", "2026-08-17", 1.4),
    ("Kate", "first-line", "2025-11-10", 0.8),
    ("Роман", "refunds", "2022-06-06", 1.1),
    ("Лариса", "refunds", "2026-09-21", 1.7),
    ("Paul", "refunds", "2024-01-15", 1.0),
    ("Степан", "technical", "2021-03-01", 0.9),
    ("Нина", "technical", "2025-07-28", 1.2),
    ("Глеб", "technical", "2026-05-11", 1.3),
];
