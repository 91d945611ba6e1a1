//! What is true of every case at every moment. It is looked at after each step of each story in which a case has changed.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use afterword::store::Lane;

use super::Story;

/// What is wrong, and with which case. Each row of the statement below names its place in this list.
const RULES: &[&str] = &[
    "exactly those that are taken or waiting have an owner",
    "it is resolved exactly if it has a cause and a moment",
    "an unresolved case of a known person has both deadlines",
    "the first deadline to resolve never comes after the present one",
    "an unresolved case stands in a chat that takes messages, or waits for one",
    "it was opened by one survey at most, and by one exactly if a score opened it",
    "a lead's words go to the person of the case and to nobody else",
    "what could not be delivered has a reason",
    "a deadline is told of once a round",
    "a topic is its home only together with a chat",
    "the steps begin with the opening",
];

const BROKEN: &str = "\
    SELECT CAST(0 AS BIGINT), number FROM cases WHERE (status IN ('taken', 'waiting_for_customer')) <> (owner IS NOT NULL) \
    UNION ALL SELECT 1, number FROM cases WHERE (status = 'resolved') <> (cause IS NOT NULL AND resolved_at IS NOT NULL) \
    UNION ALL SELECT 2, number FROM cases WHERE status <> 'resolved' AND person IS NOT NULL \
        AND (contact_due_at IS NULL OR resolve_due_at IS NULL) \
    UNION ALL SELECT 3, number FROM cases WHERE status = 'open' AND resolve_first_due_at > resolve_due_at \
    UNION ALL SELECT 4, c.number FROM cases c WHERE c.status <> 'resolved' AND c.person IS NOT NULL AND NOT EXISTS \
        (SELECT 1 FROM case_posts p LEFT JOIN case_surveys s ON s.survey = p.survey \
        WHERE (p.case_number = c.number OR s.case_number = c.number) AND p.kind IN ('post', 'card') AND NOT EXISTS \
        (SELECT 1 FROM lost_chats l WHERE l.chat_id = p.chat_id AND l.thread_id = p.thread_id)) \
    UNION ALL SELECT 5, c.number FROM cases c WHERE (SELECT COUNT(*) FROM case_surveys s \
        WHERE s.case_number = c.number AND s.how = 'opened') <> CASE WHEN c.source = 'score' THEN 1 ELSE 0 END \
    UNION ALL SELECT 6, c.number FROM cases c JOIN case_messages w ON w.case_number = c.number \
        JOIN messages m ON m.id = w.copy WHERE w.side = 'staff' AND c.person IS NOT NULL AND m.chat_id <> c.person \
    UNION ALL SELECT 7, case_number FROM case_messages WHERE state = 'undeliverable' AND reason IS NULL \
    UNION ALL SELECT 8, s.case_number FROM case_steps s JOIN cases c ON c.number = s.case_number \
        WHERE s.kind IN ('warned', 'overdue') AND s.detail IS NOT NULL GROUP BY s.case_number, s.kind, s.detail, c.reopened \
        HAVING COUNT(*) > 1 + c.reopened \
    UNION ALL SELECT 9, number FROM cases WHERE home_chat IS NULL AND home_topic IS NOT NULL AND home_topic <> 0 \
    UNION ALL SELECT 10, c.number FROM cases c WHERE c.person IS NOT NULL AND 'case_opened' <> \
        (SELECT s.kind FROM case_steps s WHERE s.case_number = c.number ORDER BY s.id LIMIT 1)";

impl Story {
    /// The calls that wait for a chat, each with its lane and named by its oldest row in the outbox. Edits of one message
    /// are one call, in the highest of their lanes.
    pub async fn waiting_for(&self, chat: i64) -> BTreeMap<i64, Lane> {
        let rows: Vec<(i64, i64, i64, i64)> = self
            .database
            .rows(
                "SELECT id, CAST(lane AS BIGINT), chat_id, CASE WHEN method IN ('edit', 'delete') \
                 THEN COALESCE(message, 0) ELSE 0 END FROM outbox ORDER BY id",
            )
            .await;
        let (mut waiting, mut edits) = (BTreeMap::new(), BTreeMap::new());
        for (id, lane, _, edited) in rows.into_iter().filter(|(_, _, of, _)| *of == chat) {
            let lane = Lane::from_code(lane).unwrap();
            let first = if edited == 0 { id } else { *edits.entry(edited).or_insert(id) };
            waiting.entry(first).and_modify(|known: &mut Lane| *known = lane.min(*known)).or_insert(lane);
        }
        waiting
    }

    /// Looks whether the rules hold for all cases, if any has changed since the last time.
    pub(super) async fn cases_hold(&self) {
        // A story may have broken its database, or filled its disk.
        let Ok(mut tx) = self.running.db.read().await else { return };
        let Ok(position) = tx.end_of_cases().await else { return };
        drop(tx);
        if self.cases_seen.swap(position, Ordering::Relaxed) == position {
            return;
        }
        let broken: Vec<(i64, i64)> = self.database.rows(BROKEN).await;
        let broken: Vec<String> = broken
            .into_iter()
            .map(|(rule, number)| {
                let rule = usize::try_from(rule).ok().and_then(|rule| RULES.get(rule));
                format!("{number}: {}", rule.unwrap_or(&"?"))
            })
            .collect();
        assert!(broken.is_empty(), "what holds for every case does not hold for:\n{}", broken.join("\n"));
    }
}
