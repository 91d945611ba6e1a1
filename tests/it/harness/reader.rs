//! Somebody who reads the pages in a browser: one cookie, no script.

use reqwest::header::HeaderMap;

use super::{Person, Story};

/// A browser with at most one session.
#[derive(Clone, Debug)]
pub struct Reader {
    client: reqwest::Client,
    address: String,
    /// Name and value, once somebody has signed in.
    pub cookie: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Shown {
    pub status: u16,
    pub headers: HeaderMap,
    pub html: String,
}

impl Shown {
    /// Where it leads.
    pub fn leads_to(&self) -> &str {
        self.headers.get("location").map_or("", |path| path.to_str().unwrap())
    }

    /// The page's heading, without marks around it.
    pub fn heading(&self) -> String {
        let (_, after) =
            self.html.split_once("<h1>").unwrap_or_else(|| panic!("no heading in {}", self.html));
        after.split('<').next().unwrap().trim().to_owned()
    }

    /// The number that the heading begins with.
    pub fn count(&self) -> u64 {
        let heading = self.heading();
        let digits: String =
            heading.chars().take_while(|c| !c.is_alphabetic()).filter(char::is_ascii_digit).collect();
        digits.parse().unwrap_or_else(|_| panic!("no number in '{heading}'"))
    }

    /// What every form of the page carries.
    pub fn form_token(&self) -> &str {
        let (_, after) = self.html.split_once("name=\"form\" value=\"").expect("a form");
        after.split('"').next().unwrap()
    }
}

impl Story {
    /// A browser in which nobody is signed in.
    pub fn reader(&self) -> Reader {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Reader { client, address: format!("http://{}", self.running.addr), cookie: None }
    }

    /// The path of the newest link to the pages in somebody's chat.
    pub fn newest_login(&self, person: Person) -> String {
        let messages = self.world.messages(person.id);
        let texts = messages.iter().rev().map(|message| message.first_text().to_owned());
        let found = texts.into_iter().find_map(|text| {
            let (_, after) = text.split_once("/login/")?;
            Some(format!("/login/{}", after.split_whitespace().next()?))
        });
        found.unwrap_or_else(|| panic!("no link in:\n{}", self.chat(person)))
    }

    /// Signs somebody in with a link from their chat.
    pub async fn signed_in(&self, person: Person) -> Reader {
        self.say(person, "/dashboard").await;
        let mut reader = self.reader();
        let path = self.newest_login(person);
        let entered = reader.post(&path, "remember=1").await;
        assert_eq!((entered.status, entered.leads_to()), (303, "/"), "{}", entered.html);
        let cookie = entered.headers["set-cookie"].to_str().unwrap();
        reader.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        reader
    }
}

impl Reader {
    fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.address));
        match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Shown {
        send(self.request(reqwest::Method::GET, path)).await
    }

    /// Gets a page with one header more.
    pub async fn get_with(&self, path: &str, (name, value): (&'static str, &str)) -> Shown {
        send(self.request(reqwest::Method::GET, path).header(name, value)).await
    }

    /// Follows a page to the one address that its view has.
    pub async fn open(&self, path: &str) -> Shown {
        let mut shown = self.get(path).await;
        for _ in 0..3 {
            if shown.status != 302 {
                break;
            }
            let next = shown.leads_to().to_owned();
            shown = self.get(&next).await;
        }
        assert_eq!(shown.status, 200, "{path}: {}", shown.html);
        shown
    }

    pub async fn post(&self, path: &str, form: &str) -> Shown {
        self.post_with(path, form, &[]).await
    }

    /// Posts a form with further headers.
    pub async fn post_with(&self, path: &str, form: &str, headers: &[(&'static str, &str)]) -> Shown {
        let request = self.request(reqwest::Method::POST, path);
        let request =
            request.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned());
        send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
    }
}

async fn send(request: reqwest::RequestBuilder) -> Shown {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Shown { status, headers, html: response.text().await.unwrap() }
}
