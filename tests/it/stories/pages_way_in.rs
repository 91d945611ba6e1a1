//! The way in to the pages, and what an attacker may try on it.

use afterword::cli::dashboard::{self, DashboardArgs};
use afterword::cli::{DONE, Output, PROBLEMS};
use afterword::domain::ids::PersonId;
use afterword::domain::staff::Role;
use afterword::service::staff;
use clap::Parser as _;

use super::pages::member;
use crate::harness::{Setting, Story, hours, minutes, seconds};

const ALL: [&str; 7] = ["/", "/answers", "/surveys", "/cases", "/cases/101", "/filters", "/me"];

#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    args: DashboardArgs,
}

/// Runs the command, and returns the exit code, what it printed and what it said.
async fn command(story: &Story, arguments: &[&str]) -> (u8, String, String) {
    let line = Line::parse_from([&["dashboard"][..], arguments].concat());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = dashboard::run(&story.setup(), line.args, &mut Output { out: &mut out, err: &mut err }).await;
    (code.unwrap(), String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

#[tokio::test]
pub async fn a_link_shows_who_one_will_be_and_works_once() {
    let story = Story::new().await;
    story.say(story.lead, "/dashboard").await;
    let path = story.newest_login(story.lead);
    assert!(path.len() > "/login/".len() + 20, "{path}");
    let address = format!("http://{}{path}", story.running.addr);
    assert!(story.chat(story.lead).contains(&address), "the port is the one that is listened on");
    let reader = story.reader();
    // A look at the link spends nothing: scanners look, too.
    for _ in 0..2 {
        let offered = reader.get(&path).await;
        assert_eq!((offered.status, offered.heading().as_str()), (200, "Войти как Пётр"));
        assert!(offered.html.contains("администратор") && offered.html.contains("ещё 10 мин"));
        assert!(!offered.headers.contains_key("set-cookie"));
    }
    let entered = reader.post(&path, "").await;
    assert_eq!(entered.status, 303);
    let cookie = entered.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("; HttpOnly; SameSite=Lax") && !cookie.contains("Max-Age"), "{cookie}");
    assert!(!path.contains(cookie.split(['=', ';']).nth(1).unwrap()), "the cookie is not the link");
    for shown in [reader.post(&path, "").await, reader.get(&path).await, reader.get("/login/forged").await] {
        assert_eq!(shown.status, 410);
        assert!(
            shown.html.contains("Эта ссылка уже не действует") && !shown.headers.contains_key("set-cookie")
        );
    }
    story.end().await;
}

#[tokio::test]
pub async fn a_link_ends_after_ten_minutes_and_with_the_next_one() {
    let story = Story::new().await;
    story.say(story.lead, "/dashboard").await;
    let first = story.newest_login(story.lead);
    story.say(story.lead, "/dashboard").await;
    let second = story.newest_login(story.lead);
    let reader = story.reader();
    assert_eq!(reader.post(&first, "").await.status, 410, "there is a newer one");
    story.advance(minutes(10)).await;
    assert_eq!(reader.post(&second, "").await.status, 410, "it is too old");
    story.end().await;
}

#[tokio::test]
pub async fn who_is_not_signed_in_sees_the_way_in_and_nothing_else() {
    let story = Story::new().await;
    let mut reader = story.reader();
    for cookie in [None, Some("afterword=forged"), Some("afterword="), Some("afterword")] {
        reader.cookie = cookie.map(str::to_owned);
        for path in ALL {
            let shown = reader.get(path).await;
            assert_eq!((shown.status, shown.leads_to()), (302, "/login"), "{path} with {cookie:?}");
            assert!(shown.html.is_empty(), "{}", shown.html);
        }
        assert_eq!(reader.post("/logout", "").await.leads_to(), "/login");
    }
    let how = reader.get("/login").await;
    assert!(how.status == 200 && how.html.contains("/dashboard"), "{}", how.html);
    story.end().await;
}

#[tokio::test]
pub async fn the_role_is_judged_at_every_request_and_a_session_ends_with_it() {
    let story = Story::new().await;
    let maria = member(&story, "Мария", Role::Lead, None).await;
    let reader = story.signed_in(maria).await;
    assert_eq!(reader.get("/cases").await.status, 200);
    let give = async |role| {
        let mut unit = story.unit().await;
        staff::give(&mut unit, None, PersonId::new(maria.id), role, None).await.unwrap();
        unit.commit().await.unwrap();
    };
    give(Role::Agent).await;
    assert_eq!(reader.get("/surveys").await.status, 403, "an agent may not");
    story.say(maria, "/dashboard").await;
    let link = story.newest_login(maria);
    let mut unit = story.unit().await;
    staff::take(&mut unit, None, PersonId::new(maria.id)).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(reader.get("/me").await.leads_to(), "/login");
    assert_eq!(story.reader().post(&link, "").await.status, 410, "the link has ended, too");
    give(Role::Lead).await;
    assert_eq!(reader.get("/cases").await.leads_to(), "/login", "what has ended does not begin again");
    story.end().await;
}

#[tokio::test]
pub async fn a_session_ends_when_the_environment_gives_the_role_no_more() {
    let mut story = Story::new().await;
    let cookie = story.signed_in(story.lead).await.cookie;
    let admin = PersonId::new(story.lead.id);
    story.reconfigure(|config| config.admin_ids.clear()).await;
    story.reconfigure(|config| config.admin_ids = [admin].into()).await;
    let mut reader = story.reader();
    reader.cookie = cookie;
    assert_eq!(reader.get("/cases").await.leads_to(), "/login");
    story.end().await;
}

#[tokio::test]
pub async fn strangers_and_groups_get_no_link() {
    let story = Story::new().await;
    let eve = story.person("Eve");
    story.say(eve, "/dashboard").await;
    assert!(
        !story.chat(eve).contains("/login/") && story.chat(eve).contains("есть роль"),
        "{}",
        story.chat(eve)
    );
    story.world.say_in(story.leads, None, story.lead.id, "/dashboard");
    story.settle().await;
    assert!(!story.world.transcript(story.leads).contains("/login/"));
    story.end().await;
}

#[tokio::test]
pub async fn only_a_form_of_the_session_does_anything() {
    let story = Story::new().await;
    let reader = story.signed_in(story.lead).await;
    let other = story.signed_in(story.lead).await;
    let token = reader.open("/cases").await.form_token().to_owned();
    let foreign = other.open("/cases").await.form_token().to_owned();
    let right = format!("form={token}&theme=dark");
    for (form, headers) in [
        ("theme=dark".to_owned(), vec![]),
        (format!("form={foreign}&theme=dark"), vec![]),
        (right.clone(), vec![("origin", "https://evil.example")]),
        (right.clone(), vec![("origin", "null")]),
        (right.clone(), vec![("sec-fetch-site", "cross-site")]),
        (right.clone(), vec![("sec-fetch-site", "same-site")]),
    ] {
        for path in ["/me/theme", "/me/language", "/logout"] {
            let refused = reader.post_with(path, &form, &headers).await;
            assert_eq!(refused.status, 403, "{path} {form} {headers:?}");
        }
    }
    assert!(!reader.open("/cases").await.html.contains("data-theme"), "nothing was changed");
    story.say(story.lead, "/dashboard").await;
    let link = story.newest_login(story.lead);
    let lured = story.reader().post_with(&link, "", &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(lured.status, 403, "nobody is signed in by another site");
    assert_eq!(story.reader().post(&link, "").await.status, 303);
    story.end().await;
}

#[tokio::test]
pub async fn every_page_is_guarded_and_after_signing_out_nothing_is_left() {
    let story = Story::new().await;
    let reader = story.signed_in(story.lead).await;
    for path in ["/answers", "/cases", "/login", "/cases/99999", "/login/forged"] {
        let shown = reader.get(path).await;
        let of = |name: &str| shown.headers[name].to_str().unwrap().to_owned();
        let policy = of("content-security-policy");
        for rule in
            ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'"]
        {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("data:"), "{policy}");
        assert_eq!(
            (of("x-frame-options").as_str(), of("cache-control").as_str()),
            ("DENY", "no-store"),
            "{path}"
        );
        assert_eq!(of("x-content-type-options"), "nosniff");
        assert!(!shown.html.contains(" style=") && !shown.html.contains("<style"), "{path}");
        assert!(!shown.html.contains("onclick"), "{path}");
    }
    let token = reader.open("/cases").await.form_token().to_owned();
    let out = reader.post("/logout", &format!("form={token}")).await;
    assert_eq!((out.status, out.leads_to()), (303, "/login"));
    assert!(out.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(out.headers["clear-site-data"], "\"cache\"");
    assert_eq!(reader.get("/cases").await.leads_to(), "/login", "the old cookie is worth nothing");
    story.end().await;
}

#[tokio::test]
pub async fn guessing_links_gets_slow_and_then_is_turned_away() {
    let story = Story::new().await;
    let reader = story.reader();
    for _ in 0..20 {
        assert_eq!(reader.get("/login/guess").await.status, 410);
    }
    // Eight wait for their turn while the clock stands still; the ninth is not even let wait.
    let more: Vec<_> = (0..9).map(|_| Box::pin(reader.get("/login/guess"))).collect();
    let (first, _, waiting) = futures_util::future::select_all(more).await;
    assert_eq!((first.status, waiting.len()), (429, 8));
    assert!(first.html.contains("Слишком много неверных ссылок"), "{}", first.html);
    drop(waiting);
    story.signed_in(story.lead).await;
    story.end().await;
}

#[tokio::test]
pub async fn where_nothing_is_people_get_a_page_and_programs_a_problem() {
    let story = Story::new().await;
    let reader = story.signed_in(story.lead).await;
    let page = reader.get_with("/nonsense", ("accept", "text/html,application/xhtml+xml,*/*;q=0.8")).await;
    assert!(page.status == 404 && page.html.contains("Такой страницы нет"), "{}", page.html);
    assert!(page.headers.contains_key("content-security-policy"));
    for (path, accept) in [("/nonsense", "*/*"), ("/v1/nonsense", "text/html")] {
        let problem = reader.get_with(path, ("accept", accept)).await;
        assert_eq!(
            (problem.status, problem.headers["content-type"].to_str().unwrap()),
            (404, "application/problem+json")
        );
    }
    story.end().await;
}

#[tokio::test]
pub async fn sessions_run_out_and_end_from_the_chat_and_from_the_shell() {
    let story = Story::new().await;
    story.say(story.lead, "/dashboard").await;
    let mut short = story.reader();
    let entered = short.post(&story.newest_login(story.lead), "").await;
    short.cookie = entered.headers["set-cookie"].to_str().unwrap().split(';').next().map(str::to_owned);
    let long = story.signed_in(story.lead).await;
    story.advance(hours(12)).await;
    assert_eq!(short.get("/cases").await.leads_to(), "/login");
    assert_eq!(long.get("/cases").await.status, 200);
    story.say(story.lead, "/dashboard").await;
    let told = story.chat(story.lead);
    assert!(told.contains("Вы вошли в 1 месте"), "{told}");
    story.say(story.lead, "/dashboard off").await;
    assert_eq!(long.get("/cases").await.leads_to(), "/login");
    let again = story.signed_in(story.lead).await;
    let mut tx = story.running.db.write().await.unwrap();
    assert_eq!(tx.delete_dashboard_sessions(None).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(again.get("/cases").await.leads_to(), "/login");
    story.advance(seconds(1)).await;
    story.end().await;
}

#[tokio::test]
pub async fn the_shell_prints_a_link_that_reads_everything_and_changes_nothing() {
    let story = Story::new().await;
    let (code, out, _) = command(&story, &[]).await;
    assert_eq!(code, DONE);
    let path = format!("/login/{}", out.trim().rsplit('/').next().unwrap());
    let mut reader = story.reader();
    let entered = reader.post(&path, "").await;
    reader.cookie = entered.headers["set-cookie"].to_str().unwrap().split(';').next().map(str::to_owned);
    let page = reader.open("/surveys").await;
    assert!(page.html.contains("чтение всего"), "{}", page.html);
    let stranger = command(&story, &["--as", "77"]).await;
    assert!(stranger.0 == PROBLEMS && stranger.1.is_empty(), "{stranger:?}");
    story.start(story.lead).await;
    let lead = story.lead.id.to_string();
    let (code, out, _) = command(&story, &["--as", &lead]).await;
    let path = format!("/login/{}", out.trim().rsplit('/').next().unwrap());
    assert_eq!((code, story.reader().get(&path).await.heading().as_str()), (DONE, "Войти как Пётр"));
    story.end().await;
}

#[tokio::test]
pub async fn secrets_do_not_travel_unencrypted() {
    let polled = async |url| {
        let setting = Setting::new().await.set("TELEGRAM_MODE", "").set("WEBHOOK_SECRET", "");
        setting.set("PUBLIC_URL", url).start().await
    };
    let story = polled("http://shop.example").await;
    story.say(story.lead, "/dashboard").await;
    let told = story.chat(story.lead);
    assert!(told.contains("нужен https") && !told.contains("/login/"), "{told}");
    let far = story.reader().get_with("/login", ("host", "shop.example")).await;
    assert_eq!(far.status, 403);
    assert!(far.html.contains("Здесь страницы не открыть"), "{}", far.html);
    assert_eq!(story.reader().get("/login").await.status, 200, "on this machine they may be read");
    story.end().await;
    let story = polled("https://shop.example").await;
    story.say(story.lead, "/dashboard").await;
    assert!(story.chat(story.lead).contains("https://shop.example/login/"));
    let link = story.newest_login(story.lead);
    let entered = story.reader().post_with(&link, "", &[("host", "shop.example")]).await;
    let cookie = entered.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-afterword=") && cookie.contains("; Secure"), "{cookie}");
    // A browser that comes over http, past the proxy, would not send that cookie back.
    let nearby = story.signed_in(story.lead).await;
    assert!(nearby.cookie.as_ref().unwrap().starts_with("afterword="), "{:?}", nearby.cookie);
    assert_eq!(nearby.get("/cases").await.status, 200);
    assert_eq!(nearby.get_with("/cases", ("host", "shop.example")).await.leads_to(), "/login");
    story.end().await;
}
