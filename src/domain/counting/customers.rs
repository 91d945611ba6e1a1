//! How many answers each customer gave to a question. The same customer may be in several cells, so it is counted for
//! each cell apart.

use std::collections::HashMap;

use crate::domain::ids::CustomerKey;
use crate::domain::stats::clusters::ClusterSizes;

/// The answers of one cell by customer.
#[derive(Debug, Default)]
pub struct Customers {
    known: HashMap<CustomerKey, u64>,
    /// Each of these answers is a customer of its own.
    erased: u64,
    answers: u64,
    /// The sum of the squared numbers of answers.
    squares: u64,
}

impl Customers {
    /// Adds an answer; `None` for an erased customer.
    pub fn add(&mut self, customer: Option<CustomerKey>) {
        self.answers += 1;
        if let Some(customer) = customer {
            let before = self.known.entry(customer).or_default();
            self.squares += 2 * *before + 1;
            *before += 1;
        } else {
            self.squares += 1;
            self.erased += 1;
        }
    }

    /// How many customers there are.
    pub fn count(&self) -> u64 {
        self.known.len() as u64 + self.erased
    }

    /// How often they repeat.
    pub fn sizes(&self) -> ClusterSizes {
        ClusterSizes::new(self.answers, self.squares)
    }

    /// The sizes and the number of customers of the answers that are left without `own`, a part of these.
    pub(super) fn without(&self, own: &Self) -> (ClusterSizes, u64) {
        let (mut squares, mut customers) = (self.squares - own.erased, self.count() - own.erased);
        for (customer, mine) in &own.known {
            let all = self.known.get(customer).copied().unwrap_or_default();
            let left = all - mine;
            squares = squares - all * all + left * left;
            customers -= u64::from(left == 0);
        }
        (ClusterSizes::new(self.answers - own.answers, squares), customers)
    }
}
