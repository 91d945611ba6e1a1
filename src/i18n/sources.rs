//! The embedded files: locale, file name, text.

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        pub(super) static FILES: &[(&str, &str, &str)] = &[
            $(
                ("ru", $name, include_str!(concat!("../../locales/ru/", $name))),
                ("en", $name, include_str!(concat!("../../locales/en/", $name))),
            )+
        ];
    };
}

files![
    "survey.ftl",
    "customer.ftl",
    "forget.ftl",
    "staff.ftl",
    "team.ftl",
    "desk.ftl",
    "setup.ftl",
    "alert.ftl",
    "demo.ftl"
];
