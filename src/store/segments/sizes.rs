//! How many answers each customer gave: counted for millions of customers without a table of all of them.
//!
//! Answers are dealt into parts by their customers' numbers. A part's table fits into the processor's cache.

/// The customers of a part.
const CUSTOMERS: usize = 1 << 15;
/// Numbers of groups are below this.
pub(super) const GROUPS: usize = 1 << 17;

/// The answers to one question: who gave them, and in which group.
#[derive(Clone, Debug, Default)]
pub(super) struct Givers {
    /// The customer within the part in the lower 15 bits, the group above.
    parts: Vec<Vec<u32>>,
    /// Answers of erased customers, by group.
    erased: Vec<u64>,
}

/// The customers of one group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sizes {
    pub customers: u64,
    pub answers: u64,
    /// `Σ n_c²`.
    pub squares: u64,
}

/// The customers of one group, and those of all answers that are not in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Beside {
    pub own: Sizes,
    pub rest: Sizes,
}

/// What one customer gave, when the group of an answer is its point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    pub answers: u64,
    pub sum: u64,
    pub squares: u64,
}

impl Sizes {
    /// Each of these answers is a customer of its own.
    const fn of_erased(answers: u64) -> Self {
        Self { customers: answers, answers, squares: answers }
    }
}

/// Counts one more answer of a customer, of whom so many are `known`.
fn count(known: &mut u32, of: &mut Sizes) {
    of.customers += u64::from(*known == 0);
    // (n + 1)² − n²
    of.squares += 2 * u64::from(*known) + 1;
    *known += 1;
}

impl Givers {
    /// Adds an answer; `customer` is 0 if they are erased.
    pub(super) fn add(&mut self, customer: u32, group: u32) {
        if customer == 0 {
            let group = group as usize;
            if self.erased.len() <= group {
                self.erased.resize(group + 1, 0);
            }
            self.erased[group] += 1;
            return;
        }
        let (part, place) = (customer as usize / CUSTOMERS, customer % 0x8000);
        if self.parts.len() <= part {
            self.parts.resize(part + 1, Vec::new());
        }
        self.parts[part].push(group << 15 | place);
    }

    /// How many answers are held.
    pub(super) fn held(&self) -> usize {
        self.parts.iter().map(Vec::len).sum()
    }

    /// Counts the customers of each of these groups.
    pub(super) fn sizes(self, groups: usize) -> Vec<Sizes> {
        let mut sizes = vec![Sizes::default(); groups];
        for (of, erased) in sizes.iter_mut().zip(&self.erased) {
            *of = Sizes::of_erased(*erased);
        }
        let (mut table, mut sorted) = (vec![0_u32; CUSTOMERS], ByGroup::default());
        for part in self.parts {
            sorted.sort(&part, groups);
            for (group, customers) in sorted.each() {
                let Some(of) = sizes.get_mut(group) else { continue };
                for customer in customers {
                    count(&mut table[usize::from(*customer)], of);
                }
                of.answers += customers.len() as u64;
                for customer in customers {
                    table[usize::from(*customer)] = 0;
                }
            }
        }
        sizes
    }

    /// Counts the customers of each of the groups that `own` has, and of what is left of these answers without the group.
    /// These are all answers in group 0; an answer may be in several groups of `own`, once in each.
    pub(super) fn beside(&self, own: &Self, groups: usize) -> Vec<Beside> {
        let erased = |givers: &Self, group: usize| givers.erased.get(group).copied().unwrap_or(0);
        let all_erased = erased(self, 0);
        let of_group = |group| Sizes::of_erased(erased(own, group));
        let mut besides: Vec<Beside> =
            (0..groups).map(|group| Beside { own: of_group(group), rest: Sizes::default() }).collect();
        let mut all = Sizes::of_erased(all_erased);
        let (mut table, mut of_all) = (vec![0_u32; CUSTOMERS], vec![0_u32; CUSTOMERS]);
        let mut sorted = ByGroup::default();
        for (place, part) in self.parts.iter().enumerate() {
            all.answers += part.len() as u64;
            for entry in part {
                count(&mut of_all[(entry % 0x8000) as usize], &mut all);
            }
            sorted.sort(own.parts.get(place).map_or(&[][..], Vec::as_slice), groups);
            for (group, customers) in sorted.each() {
                let Some(of) = besides.get_mut(group) else { continue };
                of.own.answers += customers.len() as u64;
                for customer in customers {
                    count(&mut table[usize::from(*customer)], &mut of.own);
                }
                for customer in customers.iter().copied().map(usize::from) {
                    let mine = u64::from(std::mem::take(&mut table[customer]));
                    let given = u64::from(of_all[customer]);
                    // What has to be taken from the sums of all; the customer's other entries find nothing more.
                    if mine > 0 {
                        of.rest.customers += u64::from(mine == given);
                        of.rest.squares += given * given - (given - mine) * (given - mine);
                    }
                }
            }
            for entry in part {
                of_all[(entry % 0x8000) as usize] = 0;
            }
        }
        for (group, of) in besides.iter_mut().enumerate() {
            let own_erased = erased(own, group);
            of.rest = Sizes {
                customers: all.customers - of.rest.customers - own_erased,
                answers: all.answers - of.own.answers,
                squares: all.squares - of.rest.squares - own_erased,
            };
        }
        besides
    }

    /// Hands over what each customer gave. Each answer of an erased customer is a customer of its own.
    pub(super) fn each_customer(self, mut take: impl FnMut(Given)) {
        for (point, erased) in (0_u64..).zip(&self.erased) {
            for _ in 0..*erased {
                take(Given { answers: 1, sum: point, squares: point * point });
            }
        }
        let mut table = vec![Given::default(); CUSTOMERS];
        for part in self.parts {
            for entry in part {
                let (given, point) = (&mut table[(entry % 0x8000) as usize], u64::from(entry >> 15));
                given.answers += 1;
                given.sum += point;
                given.squares += point * point;
            }
            for given in table.iter_mut().filter(|given| given.answers > 0) {
                take(std::mem::take(given));
            }
        }
    }
}

/// The customers of a part, sorted by group. It is used again for the next part.
#[derive(Debug, Default)]
struct ByGroup {
    customers: Vec<u16>,
    /// Each group that has customers, and where they end.
    ends: Vec<(usize, usize)>,
    /// Where the next customer of each group goes.
    next: Vec<usize>,
}

impl ByGroup {
    fn sort(&mut self, part: &[u32], groups: usize) {
        let customer = |entry: &u32| u16::try_from(entry % 0x8000).unwrap_or_default();
        let group = |entry: &u32| (entry >> 15) as usize;
        self.customers.clear();
        self.ends.clear();
        if groups <= 1 {
            self.customers.extend(part.iter().map(customer));
            self.ends.push((0, part.len()));
            return;
        }
        self.next.clear();
        self.next.resize(groups, 0);
        for entry in part {
            self.next[group(entry)] += 1;
        }
        let mut end = 0;
        for (group, count) in self.next.iter_mut().enumerate().filter(|(_, count)| **count > 0) {
            let start = end;
            end += *count;
            self.ends.push((group, end));
            *count = start;
        }
        self.customers.resize(part.len(), 0);
        for entry in part {
            let next = &mut self.next[group(entry)];
            self.customers[*next] = customer(entry);
            *next += 1;
        }
    }

    fn each(&self) -> impl Iterator<Item = (usize, &[u16])> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        starts.zip(&self.ends).map(|(start, (group, end))| (*group, &self.customers[start..*end]))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn customers_are_counted_as_in_one_table_of_all_of_them(
            answers in prop::collection::vec((prop_oneof![0..4_u32, 32_700..33_000_u32, 0..2_000_000_u32], 0..5_u32), 0..300),
        ) {
            let (mut givers, mut plain) = (Givers::default(), BTreeMap::<(u32, u32, usize), u64>::new());
            for (place, (customer, group)) in answers.iter().enumerate() {
                givers.add(*customer, *group);
                let own = if *customer == 0 { place } else { 0 };
                *plain.entry((*group, *customer, own)).or_default() += 1;
            }
            for group in 0..5 {
                let of: Vec<u64> =
                    plain.iter().filter(|((of, _, _), _)| *of == group).map(|(_, answers)| *answers).collect();
                let expected = Sizes {
                    customers: of.len() as u64,
                    answers: of.iter().sum(),
                    squares: of.iter().map(|answers| answers * answers).sum(),
                };
                prop_assert_eq!(givers.clone().sizes(5)[group as usize], expected);
            }
            let mut answered = 0;
            givers.each_customer(|given| answered += given.answers);
            prop_assert_eq!(answered, answers.len() as u64);
        }
    }

    proptest! {
        #[test]
        fn each_group_and_its_rest_are_what_they_are_by_themselves(
            answers in prop::collection::vec(
                (prop_oneof![0..4_u32, 32_700..33_000_u32], prop::collection::btree_set(0..4_u32, 1..3)),
                0..200,
            ),
        ) {
            let (mut all, mut own) = (Givers::default(), Givers::default());
            for (customer, groups) in &answers {
                all.add(*customer, 0);
                for group in groups {
                    own.add(*customer, *group);
                }
            }
            for (group, beside) in (0..).zip(all.beside(&own, 4)) {
                let alone = |is_in: bool| {
                    let mut givers = Givers::default();
                    let chosen = answers.iter().filter(|(_, groups)| groups.contains(&group) == is_in);
                    chosen.for_each(|(customer, _)| givers.add(*customer, 0));
                    givers.sizes(1)[0]
                };
                prop_assert_eq!(beside, Beside { own: alone(true), rest: alone(false) });
            }
        }
    }

    #[test]
    fn a_customer_with_very_many_answers_is_counted_right() {
        let mut givers = Givers::default();
        for _ in 0..100_000 {
            givers.add(7, 0);
        }
        let sizes = givers.sizes(1)[0];
        assert_eq!((sizes.customers, sizes.answers, sizes.squares), (1, 100_000, 10_000_000_000));
    }

    #[test]
    fn points_become_the_sums_of_a_customer() {
        let mut givers = Givers::default();
        for (customer, point) in [(9, 3), (9, 5), (40_000, 2), (0, 4)] {
            givers.add(customer, point);
        }
        let mut all = Vec::new();
        givers.each_customer(|given| all.push((given.answers, given.sum, given.squares)));
        all.sort_unstable();
        assert_eq!(all, [(1, 2, 4), (1, 4, 16), (2, 8, 34)]);
    }
}
