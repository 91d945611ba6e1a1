//! Names that lead where a test says.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

#[derive(Debug)]
pub struct Names {
    /// What a name leads to, in the order of the questions. The last one stays.
    known: Mutex<HashMap<String, VecDeque<Vec<SocketAddr>>>>,
    asked: AtomicUsize,
}

impl Names {
    pub fn leading(names: &[(&str, &[&str])]) -> Arc<Self> {
        let mut known: HashMap<String, VecDeque<Vec<SocketAddr>>> = HashMap::new();
        for (name, addresses) in names {
            let addresses = addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0));
            known.entry((*name).to_owned()).or_default().push_back(addresses.collect());
        }
        Arc::new(Self { known: Mutex::new(known), asked: AtomicUsize::new(0) })
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut known = self.known.lock().unwrap();
        let answers = known.get_mut(name.as_str()).unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(async move { Ok(Box::new(answer.unwrap_or_default().into_iter()) as Addrs) })
    }
}
