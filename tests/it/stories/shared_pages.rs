//! Shared pages: what a link shows to anybody who has it, when it ends, and what an attacker may try on it.

use afterword::domain::ids::PersonId;
use afterword::domain::staff::Role;
use afterword::service::export::{Filter, What};
use afterword::service::staff;

use super::figure_pages::{PERIOD, scored};
use super::pages::member;
use crate::harness::{Reader, Shown, Story, hours};

/// A value of the form that shares a page.
fn field(page: &Shown, name: &str) -> String {
    let form = page.html.split_once("action=\"/links\"").expect("a form that shares the page").1;
    let value = form.split_once(&format!("name=\"{name}\" value=\"")).expect("a field").1;
    value.split('"').next().unwrap().replace("&#38;", "&")
}

/// Encodes a value of a form.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// Shares a page by its form, and returns the path of the link.
async fn share(reader: &Reader, path: &str, more: &str) -> String {
    let page = reader.open(path).await;
    let [address, title] = ["address", "title"].map(|name| encoded(&field(&page, name)));
    let form = format!("form={}&address={address}&title={title}&{more}", page.form_token());
    make(reader, &form).await
}

/// Makes a link with this form, and returns its path.
async fn make(reader: &Reader, form: &str) -> String {
    let (cookie, list) = made(reader, form).await;
    assert!(cookie.contains("link="), "{cookie}");
    let (_, link) = list.html.split_once("link-made\">").expect("the link");
    let link = link.split('<').next().unwrap();
    format!("/shared/{}", link.rsplit('/').next().unwrap())
}

/// Makes a link with this form. Returns the cookie with it, and the list that the browser is led to.
async fn made(reader: &Reader, form: &str) -> (String, Shown) {
    let done = reader.post("/links", form).await;
    assert_eq!((done.status, done.leads_to()), (303, "/links"), "{}", done.html);
    let cookie = done.headers["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let list = reader.get_with("/links", ("cookie", &cookie)).await;
    (cookie, list)
}

/// A link that has ended says so, and nothing else.
async fn gone(story: &Story, path: &str) {
    let shown = story.reader().get(path).await;
    assert_eq!((shown.status, shown.heading().as_str()), (410, "Ссылка уже не действует"), "{path}");
    assert!(!shown.html.contains("<a "), "{path}: {}", shown.html);
    assert_eq!(story.reader().get("/shared/unknown").await.status, 404);
}

#[tokio::test]
pub async fn a_link_shows_one_page_as_it_was_seen_and_leads_nowhere() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    let view = format!("/questions/support/agent?{PERIOD}&team=first");
    let seen = lead.open(&view).await;
    let link = share(&lead, &view, "days=7").await;
    assert!(link.len() > "/shared/".len() + 20, "{link}");
    let guest = story.reader();
    let shown = guest.get(&link).await;
    assert_eq!((shown.status, shown.heading()), (200, seen.heading()), "{}", shown.html);
    for told in ["охват", "12", "Команда: <b>first</b>", "Только для чтения", "30 ноября 2026"]
    {
        assert!(shown.html.contains(told), "{told} is not in {}", shown.html);
    }
    for way in ["<a ", "href=\"/q", "<form", "<script", "<nav class=\"tabs\"", "/answers", "/logout", "Пётр"]
    {
        assert!(!shown.html.contains(way), "{way} is in {}", shown.html);
    }
    assert_eq!(shown.headers["cache-control"], "no-store");
    assert_eq!(shown.headers["x-robots-tag"], "noindex");
    assert!(shown.html.contains("<meta name=\"robots\" content=\"noindex\">"));
    // It says the same to somebody who is signed in.
    assert_eq!(lead.get(&link).await.html, shown.html);
    story.end().await;
}

#[tokio::test]
pub async fn nothing_but_the_page_can_be_had_with_a_link() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    let link = share(&lead, &format!("/coverage?{PERIOD}&team=first"), "days=1").await;
    let guest = story.reader();
    let shown = guest.get(&link).await;
    for tampered in
        ["?team=second", "?period=2020", "?as=csv", "?as=xlsx&period=2026-11", "?address=/answers"]
    {
        let same = guest.get(&format!("{link}{tampered}")).await;
        assert_eq!((same.status, &same.html), (200, &shown.html), "{tampered}");
        assert!(!same.headers.contains_key("content-disposition"), "{tampered}");
    }
    for other in ["/answers", "/", "/../answers", "%2F..%2Fanswers", "/end", "x"] {
        assert_eq!(guest.get(&format!("{link}{other}")).await.status, 404, "{other}");
    }
    let token = link.rsplit('/').next().unwrap();
    for path in ["/answers", "/cases", "/links", "/export", "/customers/C-1"] {
        let mut thief = story.reader();
        thief.cookie = Some(format!("afterword={token}"));
        assert_eq!(thief.get(path).await.leads_to(), "/login", "{path}");
    }
    assert_eq!(guest.post(&link, "form=&days=90").await.status, 405);
    for path in ["/links", "/links/1/end", "/me/theme"] {
        assert_eq!(guest.post(path, &format!("form={token}&days=7&address=%2F")).await.leads_to(), "/login");
    }
    // What the form says is not taken on trust.
    let page = lead.open("/links").await;
    let form = page.form_token();
    for (more, status) in [
        ("address=%2F&days=7", 303),
        ("address=%2F&days=3650", 404),
        ("address=%2F", 404),
        ("address=%2F%2Fevil.example&days=7", 422),
        ("days=7", 422),
    ] {
        assert_eq!(lead.post("/links", &format!("form={form}&{more}")).await.status, status, "{more}");
    }
    for path in ["/answers", "/cases", "/export", "/me", "/links", "/customers/C-1", "/v1/answers"] {
        let address = encoded(path);
        let refused = lead.post("/links", &format!("form={form}&address={address}&days=7")).await;
        assert_eq!(refused.status, 422, "{path}");
    }
    assert_eq!(lead.post("/links", "form=forged&address=%2F&days=7").await.status, 403);
    story.end().await;
}

#[tokio::test]
pub async fn words_are_shown_only_if_they_were_chosen_and_names_of_customers_never() {
    let story = scored().await;
    let person = story.customer("Анна", "C-words").await;
    story.ticket("words", "C-words", serde_json::json!({ "subject": { "id": "777" } })).await;
    story.advance(hours(3)).await;
    story.tap(person, "🙁").await;
    story.say(person, "Секретные слова").await;
    story.advance(hours(1)).await;
    let lead = story.signed_in(story.lead).await;
    let overview = format!("/?{PERIOD}");
    assert!(lead.open(&overview).await.html.contains("Секретные слова"));
    let (plain, with_words) =
        (share(&lead, &overview, "days=7").await, share(&lead, &overview, "days=7&words=1").await);
    let guest = story.reader();
    let (plain, with_words) = (guest.get(&plain).await, guest.get(&with_words).await);
    assert!(!plain.html.contains("Секретные слова"), "{}", plain.html);
    assert!(with_words.html.contains("Секретные слова"), "{}", with_words.html);
    for shown in [plain, with_words] {
        for name in ["Анна", "C-words", "777", "№10", "/cases"] {
            assert!(!shown.html.contains(name), "{name} is in {}", shown.html);
        }
    }
    for path in [
        "/questions",
        "/questions/support/agent",
        "/agents",
        "/topics",
        "/coverage",
        "/waiting/support/agent",
        "/support",
    ] {
        let link = share(&lead, &format!("{path}?{PERIOD}"), "days=7&words=1").await;
        let shown = guest.get(&link).await;
        assert_eq!(shown.status, 200, "{path}");
        for name in ["Анна", "C-words", "Секретные слова", "№10", "/cases"] {
            assert!(!shown.html.contains(name), "{name} is on {path}: {}", shown.html);
        }
    }
    story.end().await;
}

#[tokio::test]
pub async fn agents_have_their_names_only_if_these_were_chosen() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    let guest = story.reader();
    for (path, called) in [
        ("/agents?", "Сотрудник 1"),
        ("/?agent=a-17", "Сотрудник 1"),
        ("/questions?agent!=a-17", "Сотрудник 1"),
        ("/questions/support/agent?agent=a-17", "Сотрудник 1"),
        ("/questions/support/agent?cut=agent", "Сотрудник 1"),
        ("/coverage?agent=a-17", "Сотрудник 1"),
        ("/support?agent=a-17&agent=a-unknown", "Другой сотрудник"),
        ("/topics?agent=a-17", "Сотрудник 1"),
        ("/waiting/support/agent?agent=a-17", "Сотрудник 1"),
    ] {
        let path = format!("{path}&{PERIOD}").replace("?&", "?");
        let seen = lead.open(&path).await;
        assert!(seen.html.contains("name=\"agents\"") && seen.html.contains("Ольга"), "{path}");
        let (plain, named) =
            (share(&lead, &path, "days=7").await, share(&lead, &path, "days=7&agents=1").await);
        let (plain, named) = (guest.get(&plain).await, guest.get(&named).await);
        assert!(named.html.contains("Ольга"), "{path}: {}", named.html);
        assert!(plain.html.contains(called), "{path}: {}", plain.html);
        for name in ["Ольга", "a-17", "a-unknown"] {
            assert!(!plain.html.contains(name), "{name} is on {path}: {}", plain.html);
        }
    }
    // The page about one agent would say by its figures who it is.
    let path = format!("/agents/a-17?{PERIOD}");
    let page = lead.open(&path).await;
    assert!(page.html.contains("name=\"agents\" value=\"1\" required"), "{}", page.html);
    let form = format!("form={}&address={}&days=7", page.form_token(), encoded(&path));
    assert_eq!(lead.post("/links", &form).await.status, 404);
    let named = guest.get(&make(&lead, &format!("{form}&agents=1")).await).await;
    assert_eq!((named.status, named.html.contains("Ольга")), (200, true), "{}", named.html);
    // Where no agent is, there is nothing to choose.
    assert!(!lead.open(&format!("/coverage?{PERIOD}")).await.html.contains("name=\"agents\""));
    story.end().await;
}

#[tokio::test]
pub async fn a_link_is_shown_to_its_maker_once_and_loading_again_makes_no_second_one() {
    let story = scored().await;
    let maria = member(&story, "Мария", Role::Lead, None).await;
    let (lead, of_maria) = (story.signed_in(story.lead).await, story.signed_in(maria).await);
    let path = format!("/support?{PERIOD}");
    let form = lead.open(&path).await.form_token().to_owned();
    let note = encoded("  Анна,\n партнёр <b> ");
    let (cookie, list) =
        made(&lead, &format!("form={form}&address={}&title=KPI&days=7&note={note}", encoded(&path))).await;
    assert!(list.html.contains("link-made"), "{}", list.html);
    let forgotten = list.headers["set-cookie"].to_str().unwrap();
    assert!(forgotten.ends_with("Max-Age=0"), "{forgotten}");
    assert!(!of_maria.get_with("/links", ("cookie", &cookie)).await.html.contains("link-made"));
    let again = lead.get("/links").await;
    assert!(!again.html.contains("link-made") && again.html.matches("/end\"").count() == 1, "{}", again.html);
    assert!(again.html.contains("Для кого: Анна, партнёр &#60;b&#62;<"), "{}", again.html);
    let token = cookie.split_once('=').unwrap().1;
    assert!(!again.html.contains(token));
    let shown = story.reader().get(&format!("/shared/{token}")).await;
    assert!(shown.status == 200 && !shown.html.contains("партнёр"), "{}", shown.html);
    story.end().await;
}

#[tokio::test]
pub async fn a_link_ends_by_time_by_hand_and_with_the_role_of_its_maker() {
    let story = scored().await;
    let maria = member(&story, "Мария", Role::Lead, None).await;
    let (lead, of_maria) = (story.signed_in(story.lead).await, story.signed_in(maria).await);
    let path = format!("/support?{PERIOD}");
    let (own, short) = (share(&lead, &path, "days=90").await, share(&of_maria, &path, "days=1").await);
    let (kept, long) = (share(&of_maria, &path, "days=7").await, share(&of_maria, &path, "days=30").await);
    let guest = story.reader();
    for link in [&own, &short, &kept, &long] {
        assert_eq!(guest.get(link).await.status, 200, "{link}");
    }
    // A lead sees and ends their own links only; an admin all.
    let (all, hers) = (lead.open("/links").await, of_maria.open("/links").await);
    let ends = |page: &Shown| page.html.matches("/end\"").count();
    assert_eq!((ends(&all), ends(&hers)), (4, 3), "{}", hers.html);
    assert!(all.html.contains("Мария") && !all.html.contains(own.rsplit('/').next().unwrap()));
    let form = format!("form={}", hers.form_token());
    assert_eq!(of_maria.post("/links/1/end", &form).await.status, 404, "it is the admin's");
    assert_eq!(guest.get(&own).await.status, 200);
    assert_eq!(of_maria.post("/links/3/end", "form=forged").await.status, 403);
    let ended = of_maria.post("/links/3/end", &form).await;
    assert_eq!((ended.status, ended.leads_to()), (303, "/links"));
    gone(&story, &kept).await;
    story.advance(hours(24)).await;
    gone(&story, &short).await;
    assert_eq!(guest.get(&long).await.status, 200);
    let give = async |role| {
        let mut unit = story.unit().await;
        staff::give(&mut unit, None, PersonId::new(maria.id), role, None).await.unwrap();
        unit.commit().await.unwrap();
    };
    give(Role::Agent).await;
    gone(&story, &long).await;
    give(Role::Lead).await;
    gone(&story, &long).await;
    assert_eq!(guest.get(&own).await.status, 200, "another's link goes on");
    let noted = story.export(What::StaffLog, &Filter::default()).await;
    let count = |act: &str| noted.iter().filter(|row| row["act"] == act).count();
    assert_eq!((count("page_shared"), count("page_share_ended")), (4, 2), "{noted:?}");
    story.end().await;
}

#[tokio::test]
pub async fn agents_cannot_share_and_who_opens_too_often_has_to_wait() {
    let story = scored().await;
    let lead = story.signed_in(story.lead).await;
    let olga = member(&story, "Ольга", Role::Agent, Some("a-17")).await;
    let olga = story.signed_in(olga).await;
    assert_eq!(olga.get("/links").await.status, 403);
    let form = olga.open("/me").await.form_token().to_owned();
    assert_eq!(olga.post("/links", &format!("form={form}&address=%2F&days=7")).await.status, 403);
    assert!(!olga.open("/me").await.html.contains("/links"));
    let link = share(&lead, &format!("/support?{PERIOD}"), "days=7").await;
    let guest = story.reader();
    let mut statuses = Vec::new();
    for _ in 0..31 {
        statuses.push(guest.get(&link).await.status);
    }
    assert_eq!((statuses[29], statuses[30]), (200, 429), "{statuses:?}");
    story.advance(std::time::Duration::from_secs(61)).await;
    assert_eq!(guest.get(&link).await.status, 200);
    story.end().await;
}
