// The event that a button of the till would send: the fields' values, and numbers that continue from the last ones.

import { t } from "./words.js";

export const KINDS = ["purchase", "ticket_closed", "ticket_reopened", "purchase_cancelled"];
/** The fields of the form, and the paths of their values in the event. */
export const FIELDS = [
  ["agent", "agent.name"], ["agent_id", "agent.id"], ["team", "agent.team"], ["store", "store"],
  ["tags", "tags"], ["first_response", "metrics.first_response_s"],
];

const given = (fields) => Object.fromEntries(Object.entries(fields).filter(([, to]) => to !== "" && to !== undefined));

/** `value` returns a field's text; `events` are those so far, oldest first. */
export function build(kind, { person, customerId, events, now, value }) {
  const purchase = kind.startsWith("purchase");
  const subject = lastSubject(kind, events, customerId) ?? nextSubject(purchase, events);
  const event = {
    event_id: eventId(kind, subject, events),
    kind,
    occurred_at: new Date(Math.floor(now / 1000) * 1000).toISOString().replace(".000Z", "Z"),
    customer: given({ id: customerId, name: person?.name, language: person?.language ?? "", timezone: person?.zone }),
    subject: given({
      id: subject,
      title: t(purchase ? "shop.order" : "shop.ticket", { id: subject }),
      url: `https://shop.example/${purchase ? "orders" : "tickets"}/${subject.replace("T-", "")}`,
    }),
  };
  const agent = given({ id: value("agent_id"), name: value("agent"), team: value("team") });
  if (Object.keys(agent).length) event.agent = agent;
  if (value("store")) event.store = value("store");
  const tags = value("tags").split(",").map((tag) => tag.trim()).filter(Boolean);
  if (tags.length) event.tags = tags;
  if (!purchase && value("first_response")) {
    const seconds = Number(value("first_response"));
    event.metrics = { first_response_s: Number.isNaN(seconds) ? value("first_response") : seconds };
  }
  return event;
}

/** What is reopened, closed again or cancelled: this customer's newest one in the right state. */
export function lastSubject(kind, events, customerId) {
  const own = events.filter(({ customer }) => customer === customerId);
  const number = (event) => event && /T-\d+|\d+/.exec(event.id)?.[0];
  if (kind === "ticket_reopened") return number(own.findLast((e) => e.kind === "ticket_closed"));
  if (kind === "purchase_cancelled") return number(own.findLast((e) => e.kind === "purchase"));
  const newest = own.findLast((e) => e.kind.startsWith("ticket"));
  return kind === "ticket_closed" && newest?.kind === "ticket_reopened" ? number(newest) : undefined;
}

function nextSubject(purchase, events) {
  const numbers = events.map(({ id }) => Number(/\d+/.exec(id)?.[0] ?? 0));
  const next = Math.max(purchase ? 1000 : 6, ...numbers.filter((n) => purchase === n >= 1000)) + 1;
  return purchase ? String(next) : `T-${next}`;
}

function eventId(kind, subject, events) {
  if (kind === "purchase") return `order-${subject}`;
  if (kind === "purchase_cancelled") return `order-${subject}-cancelled`;
  const same = ({ kind: of, id }) => of === kind && (id === subject || id.startsWith(`${subject}#`) || id.startsWith(`${subject}-`));
  const times = events.filter(same).length;
  if (kind === "ticket_reopened") return `${subject}-reopened${times ? `#${times + 1}` : ""}`;
  return times ? `${subject}#${times + 1}` : subject;
}
