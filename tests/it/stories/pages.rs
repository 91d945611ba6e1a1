//! The pages as staff read them: what is on each, who sees what, and that their counts are the figures' own.

use afterword::domain::ids::PersonId;
use afterword::domain::staff::Role;
use afterword::service::staff;
use serde_json::{Value, json};

use crate::harness::{Person, Reader, Story, hours, minutes, script, seconds};

const QUESTIONS: &str = r#"
[[questions]]
key = "agent"
metric = "csi"
scale = "1-5"
text = { ru = "Как вам помощь?", en = "How was the help?" }
[questions.low]
reasons = [ { key = "slow", text = { ru = "Долго", en = "Slow" } }, { key = "rude", text = { ru = "Грубо", en = "Rude" } } ]
comment = { ru = "Что пошло не так?", en = "What went wrong?" }

[[questions]]
key = "recommend"
metric = "nps"
text = { ru = "Порекомендуете нас?", en = "Would you recommend us?" }
"#;

/// Gives somebody a role, and starts the bot for them.
pub async fn member(story: &Story, name: &str, role: Role, agent_id: Option<&str>) -> Person {
    let person = story.person(name);
    story.start(person).await;
    let mut unit = story.unit().await;
    staff::give(&mut unit, None, PersonId::new(person.id), role, agent_id).await.unwrap();
    unit.commit().await.unwrap();
    story.settle().await;
    person
}

/// A desk with a script of its own.
async fn desk() -> Story {
    let story = Story::new().await;
    story.publish(&script("help", "on = \"ticket_closed\"", "", QUESTIONS)).await;
    story
}

/// A customer whose ticket was closed is asked, and answers both questions.
async fn answered(story: &Story, number: u32, more: Value, score: &str, words: Option<&str>) -> Person {
    let customer = format!("C-{number}");
    let person = story.customer("Анна", &customer).await;
    story.ticket(&number.to_string(), &customer, more).await;
    story.advance(hours(3)).await;
    story.tap(person, score).await;
    if let Some(words) = words {
        story.say(person, words).await;
    }
    story.advance(seconds(5)).await;
    person
}

/// Three answered tickets of two agents.
async fn three_tickets(story: &Story) {
    let of =
        |agent: &str, name: &str, team: &str| json!({ "agent": { "id": agent, "name": name, "team": team } });
    answered(story, 1, of("a-1", "Ольга", "first"), "2", Some("Ждала три дня")).await;
    answered(story, 2, of("a-2", "Павел", "second"), "5", None).await;
    answered(story, 3, of("a-1", "Ольга", "first"), "5", None).await;
}

/// How many answers the figures count in a cut.
async fn figures(story: &Story, query: &str) -> u64 {
    let (status, reply) = story.get(&format!("/v1/figures?{query}")).await;
    assert_eq!(status, 200, "{reply}");
    let questions = reply["questions"].as_array().unwrap().iter();
    questions.map(|question| question["rows"][0]["n"].as_u64().unwrap_or(0)).sum()
}

#[tokio::test]
pub async fn every_count_of_answers_is_the_figures_n() {
    let story = desk().await;
    three_tickets(&story).await;
    let reader = story.signed_in(story.lead).await;
    let month = "period=2026-11";
    for (page, query, expected) in [
        ("", "", 3),
        ("&q=agent", "&question=agent", 3),
        ("&q=agent&band=low", "&question=agent&band=low", 1),
        ("&q=agent&band=high", "&question=agent&band=high", 2),
        ("&agent=a-1", "&agent=a-1", 2),
        ("&team!=first", "&team!=first", 1),
        ("&store=", "&store=(none)", 3),
        ("&script=help&version=1", "&script=help&version=1", 3),
        ("&q=recommend", "&question=recommend", 0),
        ("&reason=slow", "&reason=slow", 0),
        ("&tenure=unknown", "&tenure=unknown", 3),
    ] {
        let shown = reader.open(&format!("/answers?{month}{page}")).await;
        let counted = figures(&story, &format!("{month}{query}")).await;
        assert_eq!((shown.count(), counted), (expected, expected), "{page}");
    }
    let low = reader.open("/answers?period=2026-11&q=agent&band=low").await;
    for told in ["Ждала три дня", "Ольга", "C-1", "№1", "Как вам помощь?", "Все · 3", "Плохо · 1"]
    {
        assert!(low.html.contains(told), "{told} is not in {}", low.html);
    }
    assert!(!low.html.contains("Павел</a>"));
    let table = reader.get("/export?period=2026-11&q=agent&band=low").await;
    assert_eq!(table.status, 200);
    assert!(
        table.headers["content-type"].to_str().unwrap().contains("spreadsheet")
            && table.html.starts_with("PK")
    );
    assert!(
        low.html.contains("href=\"/export?period=2026-11&#38;q=agent&#38;band=low&#38;as=xlsx\""),
        "{}",
        low.html
    );
    let searched = reader.open("/answers?period=2026-11&text=%D1%82%D1%80%D0%B8+%D0%94%D0%9D%D0%AF").await;
    assert_eq!(searched.count(), 1);
    let none = reader.open("/answers?period=2026-11&team=third").await;
    assert!(none.count() == 0 && none.html.contains("Команда — без этого отбора 3 ответа"), "{}", none.html);
    story.end().await;
}

#[tokio::test]
pub async fn a_view_has_one_address_and_says_what_it_does_not_know() {
    let story = desk().await;
    let reader = story.signed_in(story.lead).await;
    let moved = reader.get("/answers?band=low&period=2026-11&q=agent&agent=*").await;
    assert_eq!((moved.status, moved.leads_to()), (302, "/answers?period=2026-11&q=agent&band=low"));
    let dates = reader.get("/answers?from=2026-11-01&to=2026-11-20").await;
    assert_eq!(dates.leads_to(), "/answers?period=2026-11-01..2026-11-20");
    let unknown = reader.get("/answers?period=2026-11&colour=red").await;
    assert_eq!(unknown.status, 200);
    assert!(unknown.html.contains("не знаем: colour=red"), "{}", unknown.html);
    assert!(unknown.html.contains("href=\"/answers?period=2026-11\" aria-label=\"Убрать: colour: red\""));
    let turned = reader.get("/answers?from=2026-11-20&to=2026-11-01").await;
    assert!(turned.html.contains("не знаем: from=2026-11-20"), "{}", turned.html);
    let cases = reader.get("/cases?status=lost").await;
    assert!(cases.html.contains("не знаем: status=lost"), "{}", cases.html);
    // All filters lead back to the page that they were opened from.
    for (to, action) in [("%2Fcoverage", "/coverage"), ("%2F", "/"), ("%2F%2Fevil.example", "/answers")] {
        let fields = reader.open(&format!("/filters?to={to}&period=2026-11")).await;
        assert!(fields.html.contains(&format!("action=\"{action}\" class=\"stack\"")), "{}", fields.html);
    }
    story.end().await;
}

#[tokio::test]
pub async fn a_survey_and_a_case_are_told_whole_and_the_lists_lead_there() {
    let story = desk().await;
    three_tickets(&story).await;
    let reader = story.signed_in(story.lead).await;
    let answers = reader.open("/answers?period=2026-11&band=low").await;
    let (_, after) = answers.html.split_once("href=\"/surveys/").unwrap();
    let survey = format!("/surveys/{}", after.split('"').next().unwrap());
    let shown = reader.open(&survey).await;
    for told in ["Ждала три дня", "2<", "из 5", "Ольга", "ticket_closed-1", "начат", "отправлен", "C-1"]
    {
        assert!(shown.html.contains(told), "{told} is not in {}", shown.html);
    }
    let list = reader.open("/surveys?period=2026-11").await;
    assert_eq!(list.count(), 3);
    assert!(list.html.contains(&survey));
    let started = reader.open("/surveys?period=2026-11&state=started").await;
    assert_eq!(started.count(), 3);
    let cases = reader.open("/cases").await;
    assert!(cases.html.contains("Открытые · 1") && cases.html.contains("без владельца"), "{}", cases.html);
    let (_, after) = cases.html.split_once("href=\"/cases/").unwrap();
    let case = reader.open(&format!("/cases/{}", after.split('"').next().unwrap())).await;
    for told in ["Ждала три дня", "обращение открыто", "ответить до", "Ольга", "Ответы, 21 ноя"]
    {
        assert!(case.html.contains(told), "{told} is not in {}", case.html);
    }
    let fields = reader.open("/filters?to=%2Fanswers&period=2026-11&q=agent").await;
    assert!(
        fields.html.contains("name=\"team\" value=\"first\"")
            && fields.html.contains("name=\"q\" value=\"agent\"")
    );
    for missing in ["/surveys/nothing", "/cases/99999", "/cases/x", "/answers/1"] {
        let shown = reader.get(missing).await;
        assert_eq!(shown.status, 404, "{missing}");
    }
    story.end().await;
}

#[tokio::test]
pub async fn a_survey_says_what_else_was_sent_and_where_it_is() {
    let story = desk().await;
    let of_olga = json!({ "agent": { "id": "a-1", "name": "Ольга", "team": "first" } });
    for (number, score) in [(1, "2"), (2, "5")] {
        let customer = format!("C-{number}");
        let person = story.customer("Анна", &customer).await;
        story.ticket(&number.to_string(), &customer, of_olga.clone()).await;
        story.advance(hours(3)).await;
        story.tap(person, score).await;
        if score == "5" {
            story.tap(person, "10").await;
        }
        story.world.send_voice(person.id, 83);
        story.world.send_photo(person.id, Some("Вот что пришло"));
        story.world.send_document(person.id, "акт.pdf", None);
        story.pause().await;
    }
    let lead = story.signed_in(story.lead).await;
    let in_words =
        ["</svg>Голосовое сообщение, 1:23</p>", "</svg>Фото</p>", "</svg>Файл</p>", "Вот что пришло"];
    let low = lead.open(&newest_survey(&lead, "low").await).await;
    let with_case = "Копии пришли в чат, где опубликовано обращение: <a href=\"/cases/101\">№101: ";
    for told in in_words.into_iter().chain(["на этой странице их не открыть", with_case])
    {
        assert!(low.html.contains(told), "{told} is not in {}", low.html);
    }
    // Nothing is fetched for it, and how Telegram finds the files stays with the program.
    for absent in ["<audio", "<img", "<video", "voice-file", "api.telegram.org", "/files/"] {
        assert!(!low.html.contains(absent), "{absent} is in {}", low.html);
    }
    // No case, so no chat has copies.
    let high = lead.open(&newest_survey(&lead, "high").await).await;
    for told in in_words.into_iter().chain(["на этой странице их не открыть.</p>"]) {
        assert!(high.html.contains(told), "{told} is not in {}", high.html);
    }
    let case = lead.open("/cases/101").await;
    assert!(
        case.html.contains("[голосовое сообщение, 1:23]") && case.html.contains("[фото]"),
        "{}",
        case.html
    );
    // An agent is not in the chat of the leads.
    let olga = story.signed_in(member(&story, "Ольга", Role::Agent, Some("a-1")).await).await;
    let own = olga.open(&newest_survey(&olga, "low").await).await;
    assert!(
        own.html.contains("Голосовое сообщение, 1:23") && !own.html.contains("Копии пришли"),
        "{}",
        own.html
    );
    lead.post("/me/language", &format!("form={}&back=%2F&language=en", low.form_token())).await;
    let english = lead.open(&newest_survey(&lead, "low").await).await;
    for told in ["Voice message, 1:23", "Photo", "File", "stay in Telegram and cannot be opened on this page"]
    {
        assert!(english.html.contains(told), "{told} is not in {}", english.html);
    }
    story.end().await;
}

/// The address of the newest survey with an answer in this band.
async fn newest_survey(reader: &Reader, band: &str) -> String {
    let answers = reader.open(&format!("/answers?period=2026-11&q=agent&band={band}")).await;
    format!("/surveys/{}", survey_of(&answers.html))
}

#[tokio::test]
pub async fn agents_see_their_own_and_of_the_rest_not_even_that_it_is_there() {
    let story = desk().await;
    three_tickets(&story).await;
    let olga = member(&story, "Ольга", Role::Agent, Some("a-1")).await;
    let pavel = member(&story, "Павел", Role::Agent, Some("a-2")).await;
    let nobody = member(&story, "Ян", Role::Agent, None).await;
    let lead = story.signed_in(story.lead).await;
    let (olga, pavel) = (story.signed_in(olga).await, story.signed_in(pavel).await);
    assert_eq!(olga.get("/").await.leads_to(), "/me");
    let counts = [&olga, &pavel].map(|reader| async { reader.open("/answers?period=2026-11").await.count() });
    let [of_olga, of_pavel] = counts;
    assert_eq!((of_olga.await, of_pavel.await), (2, 1));
    // Nothing of the others is found, even when it is asked for.
    assert_eq!(pavel.open("/answers?period=2026-11&agent=a-1").await.count(), 0);
    let answers = lead.open("/answers?period=2026-11&band=low").await;
    let (_, after) = answers.html.split_once("href=\"/surveys/").unwrap();
    let survey = format!("/surveys/{}", after.split('"').next().unwrap());
    let cases = lead.open("/cases").await;
    let (_, after) = cases.html.split_once("href=\"/cases/").unwrap();
    let case = format!("/cases/{}", after.split('"').next().unwrap());
    let missing = pavel.get("/surveys/nothing").await;
    for path in [&survey, &case] {
        let own = olga.open(path).await;
        assert!(!own.html.contains("C-1") && !own.html.contains("Анна"), "{path}: {}", own.html);
        let foreign = pavel.get(path).await;
        assert_eq!((foreign.status, &foreign.html), (404, &missing.html), "{path}");
    }
    for path in ["/answers?period=2026-11", "/cases", "/me"] {
        let shown = olga.open(path).await;
        assert!(!shown.html.contains("C-1") && !shown.html.contains("Анна"), "{path}: {}", shown.html);
    }
    let own = olga.open("/me").await;
    assert!(own.html.contains("Ждала три дня") && own.html.contains("предварительно"), "{}", own.html);
    assert!(
        !olga.open("/me?period=2026-10").await.html.contains("Ждала три дня"),
        "the period can be chosen"
    );
    assert!(pavel.open("/cases").await.html.contains("Здесь ничего нет"));
    assert!(!pavel.open("/answers?period=2026-11").await.html.contains("/filters"), "they may not open it");
    for path in ["/surveys", "/filters", "/export"] {
        let refused = olga.get(path).await;
        assert!(refused.status == 403 && refused.html.contains("Ольга · сотрудник"), "{}", refused.html);
    }
    let nobody = story.signed_in(nobody).await;
    assert_eq!(nobody.open("/answers?period=2026-11").await.count(), 0);
    assert!(nobody.open("/me").await.html.contains("Не известно, под каким номером"));
    story.end().await;
}

#[tokio::test]
pub async fn of_a_case_that_anothers_score_joined_an_agent_sees_their_own_part() {
    let question = "[[questions]]\nkey = \"agent\"\nmetric = \"csi\"\nscale = \"1-5\"\n\
                    text = { ru = \"Как вам помощь?\", en = \"How was the help?\" }\n[questions.low]\n\
                    comment = { ru = \"Что пошло не так?\", en = \"What went wrong?\" }\n";
    let story = Story::new().await;
    story.publish(&script("help", "on = \"ticket_closed\"", "", question)).await;
    let of = |agent: &str| json!({ "agent": { "id": agent }, "subject": { "id": "77" } });
    let anna = answered(&story, 1, of("a-1"), "2", Some("Слова об Ольге")).await;
    // While her case is fresh, she is asked nothing else.
    story.advance(hours(80)).await;
    story.ticket("2", "C-1", of("a-2")).await;
    story.advance(hours(3)).await;
    story.tap(anna, "1").await;
    story.say(anna, "Слова о Павле").await;
    story.advance(seconds(5)).await;
    let olga = member(&story, "Ольга", Role::Agent, Some("a-1")).await;
    let pavel = member(&story, "Павел", Role::Agent, Some("a-2")).await;
    let lead = story.signed_in(story.lead).await;
    let (olga, pavel) = (story.signed_in(olga).await, story.signed_in(pavel).await);
    let whole = lead.open("/cases/101").await.html;
    assert!(whole.contains("Слова об Ольге") && whole.contains("Слова о Павле"), "{whole}");
    let own = olga.open("/cases/101").await.html;
    assert!(own.contains("Слова об Ольге") && !own.contains("Слова о Павле"), "{own}");
    assert_eq!(pavel.get("/cases/101").await.status, 404);
    let answers = pavel.open("/answers?period=2026-11").await.html;
    assert!(answers.contains("Слова о Павле") && !answers.contains("/cases/101"), "{answers}");
    let (_, after) = answers.split_once("href=\"/surveys/").unwrap();
    let survey = pavel.open(&format!("/surveys/{}", after.split('"').next().unwrap())).await.html;
    assert!(!survey.contains("/cases/101"), "{survey}");
    story.end().await;
}

#[tokio::test]
pub async fn what_strangers_write_is_shown_as_text() {
    let story = desk().await;
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let more = json!({
        "agent": { "id": "a\"><script>", "name": evil, "team": evil },
        "subject": { "title": evil, "url": "http://evil.example/x" },
        "store": evil, "channel": evil, "tags": ["\"><script>x"], "automation": evil,
        "customer": { "name": "Eve<script>alert(3)</script>", "segments": ["<b>s"] },
    });
    answered(&story, 1, more, "1", Some(evil)).await;
    let reader = story.signed_in(story.lead).await;
    let answers = reader.open("/answers?period=2026-11").await;
    let (_, after) = answers.html.split_once("href=\"/surveys/").unwrap();
    let survey = format!("/surveys/{}", after.split('"').next().unwrap());
    let mut paths = vec![survey];
    for path in [
        "/answers?period=2026-11",
        "/answers?period=2026-11&text=%3Cscript%3Ealert(1)",
        "/answers?period=2026-11&%22%3E%3Cscript%3E=%22%3E%3Cscript%3E",
        "/answers?period=2026-11&team=%22%3E%3Cscript%3E",
        "/surveys?period=2026-11",
        "/filters?period=2026-11",
        "/filters?to=javascript:alert(1)&period=2026-11",
        "/cases",
        "/cases/101",
    ] {
        paths.push(path.to_owned());
    }
    for path in &paths {
        let shown = reader.open(path).await;
        assert!(!shown.html.contains("<script>"), "{path}: {}", shown.html);
        assert!(!shown.html.contains("<img") && !shown.html.contains("<b>s"), "{path}: {}", shown.html);
        for word in ["href=\"javascript", "href=\"http:", "action=\"javascript"] {
            assert!(!shown.html.contains(word), "{path}: {word}");
        }
        assert_eq!(shown.html.matches("<script").count(), 1, "{path} has a script that is not ours");
    }
    let told = "&#60;script&#62;alert(1)";
    assert!(reader.open(&paths[0]).await.html.contains(told), "the words are shown");
    story.end().await;
}

#[tokio::test]
pub async fn an_erased_customer_is_on_no_page() {
    let story = desk().await;
    answered(&story, 1, json!({ "agent": { "id": "a-1" } }), "1", Some("Секретные слова")).await;
    let reader = story.signed_in(story.lead).await;
    let before = reader.open("/answers?period=2026-11").await;
    let (_, after) = before.html.split_once("href=\"/surveys/").unwrap();
    let survey = format!("/surveys/{}", after.split('"').next().unwrap());
    assert!(before.html.contains("Секретные слова"));
    story.delete("/v1/customers/C-1").await;
    story.advance(minutes(10)).await;
    let answers = reader.open("/answers?period=2026-11").await;
    assert_eq!(answers.count(), 1, "the score stays");
    let mut pages = vec![answers];
    for path in ["/surveys?period=2026-11", "/cases?status=done", "/cases/101"] {
        pages.push(reader.open(path).await);
    }
    let survey = reader.get(&survey).await;
    assert!([200, 404].contains(&survey.status));
    pages.push(survey);
    for page in pages {
        for word in ["Секретные", "Анна", "C-1<", "№1<"] {
            assert!(!page.html.contains(word), "{word} is in {}", page.html);
        }
    }
    story.end().await;
}

#[tokio::test]
pub async fn colours_and_language_are_of_the_session() {
    let story = desk().await;
    let reader = story.signed_in(story.lead).await;
    let page = reader.open("/cases").await;
    assert!(page.html.contains("<html lang=\"ru\">"));
    let form =
        |page: &crate::harness::Shown, more: &str| format!("form={}&back=%2Fcases&{more}", page.form_token());
    let set = reader.post("/me/theme", &form(&page, "theme=dark")).await;
    assert_eq!((set.status, set.leads_to()), (303, "/cases"));
    let set = reader.post("/me/language", &form(&page, "language=en")).await;
    assert_eq!(set.status, 303);
    let page = reader.open("/cases").await;
    assert!(page.html.contains("<html lang=\"en\" data-theme=\"dark\">") && page.html.contains("Sign out"));
    let away = reader.post("/me/theme", &format!("form={}&back=%2F%2Fevil.example", page.form_token())).await;
    assert_eq!((away.status, away.leads_to()), (303, "/"));
    let other: Reader = story.signed_in(story.lead).await;
    assert!(other.open("/cases").await.html.contains("<html lang=\"ru\">"), "another session has its own");
    story.end().await;
}

#[tokio::test]
pub async fn a_customers_page_tells_what_happened_to_them_in_order() {
    let story = desk().await;
    three_tickets(&story).await;
    story.purchase("P-1", "C-1", json!({})).await;
    story.advance(minutes(1)).await;
    let lead = story.signed_in(story.lead).await;
    let answers = lead.open("/answers?period=2026-11&band=low").await;
    assert!(answers.html.contains("<a href=\"/customers/C-1\">"), "{}", answers.html);
    let shown = lead.open("/customers/C-1").await;
    assert_eq!(shown.heading(), "C-1");
    for told in [">3 события · 1 обращение<", "Ждала три дня", "2 из 5", "/cases/101", "/surveys/"]
    {
        assert!(shown.html.contains(told), "{told} is not in {}", shown.html);
    }
    let at = |text: &str| shown.html.find(text).unwrap_or_else(|| panic!("{text} is not in {}", shown.html));
    assert!(at("покупка") < at("/cases/101") && at("/cases/101") < at("тикет закрыт"), "newest first");
    for path in ["/cases/101".to_owned(), format!("/surveys/{}", survey_of(&answers.html))] {
        let page = lead.open(&path).await;
        assert!(page.html.contains("href=\"/customers/C-1\""), "{path}: {}", page.html);
    }
    let beyond = lead.open("/customers/C-1?after=50").await;
    assert!(beyond.html.contains("всего 4") && beyond.html.contains("href=\"/customers/C-1\""));
    // Agents learn nothing here, not even who is a customer.
    let olga = member(&story, "Ольга", Role::Agent, Some("a-1")).await;
    let olga = story.signed_in(olga).await;
    let (known, unknown) = (olga.get("/customers/C-1").await, olga.get("/customers/C-99").await);
    assert_eq!((known.status, &known.html), (404, &unknown.html));
    assert_eq!(lead.get("/customers/C-99").await.status, 404);
    assert_eq!(lead.get("/customers/%2F..%2Fcases").await.status, 404);
    assert_eq!(story.reader().get("/customers/C-1").await.leads_to(), "/login");
    story.delete("/v1/customers/C-1").await;
    story.advance(minutes(10)).await;
    assert_eq!(lead.get("/customers/C-1").await.status, 404, "an erased customer has no page");
    story.end().await;
}

/// The ID of the first survey that a page leads to.
fn survey_of(html: &str) -> &str {
    let (_, after) = html.split_once("href=\"/surveys/").unwrap();
    after.split('"').next().unwrap()
}

#[tokio::test]
pub async fn beyond_the_end_of_a_list_there_is_a_way_back() {
    let story = desk().await;
    three_tickets(&story).await;
    let lead = story.signed_in(story.lead).await;
    for (path, start, all) in [
        ("/answers?period=2026-11&after=50", "/answers?period=2026-11", 3),
        ("/surveys?period=2026-11&after=3", "/surveys?period=2026-11", 3),
        ("/cases?after=50", "/cases", 1),
    ] {
        let shown = lead.open(path).await;
        assert!(shown.html.contains(&format!("Дальше ничего нет: всего {all}.")), "{path}: {}", shown.html);
        assert!(shown.html.contains(&format!("<a href=\"{start}\">К началу списка</a>")), "{path}");
        assert!(!lead.open(start).await.html.contains("Дальше ничего нет"), "{start}");
    }
    let nothing = lead.open("/answers?period=2026-11&team=third&after=50").await;
    assert!(nothing.html.contains("С таким отбором ответов нет"), "{}", nothing.html);
    story.end().await;
}

#[tokio::test]
pub async fn an_agents_own_page_is_their_scores() {
    let story = desk().await;
    let olga = member(&story, "Ольга", Role::Agent, Some("a-1")).await;
    let olga = story.signed_in(olga).await;
    assert_eq!(olga.get("/agents/a-1").await.leads_to(), "/me");
    assert_eq!(olga.get("/agents/a-2").await.status, 403);
    story.end().await;
}

#[tokio::test]
pub async fn the_counts_of_cases_leave_tests_out() {
    let story = desk().await;
    answered(&story, 1, json!({}), "1", None).await;
    answered(&story, 2, json!({ "test": true }), "1", None).await;
    let lead = story.signed_in(story.lead).await;
    let cases = lead.open("/cases").await;
    assert!(cases.html.contains("Открытые · 1"), "{}", cases.html);
    assert_eq!(cases.html.matches("class=\"case\"").count(), 2, "the list has the test, with its mark");
    story.end().await;
}

#[tokio::test]
pub async fn a_search_reads_the_words_of_any_number_of_surveys() {
    let story = desk().await;
    for number in 1..=4 {
        let words = if number == 3 { "Долго ВЕЗЛИ посылку" } else { "Всё плохо" };
        answered(&story, number, json!({}), "2", Some(words)).await;
    }
    let lead = story.signed_in(story.lead).await;
    let found = lead.open("/answers?period=2026-11&text=%D0%B2%D0%B5%D0%B7%D0%BB%D0%B8").await;
    assert_eq!(found.count(), 1, "{}", found.html);
    let found = lead.open("/answers?period=2026-11&text=%D0%BF%D0%BB%D0%BE%D1%85%D0%BE").await;
    assert_eq!(found.count(), 3);
    story.end().await;
}
