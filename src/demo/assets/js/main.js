// The page: its state, columns, tabs and colours.

import { Chat } from "./chat.js";
import { icon } from "./dom.js";
import { Guide } from "./guide.js";
import { get, listen } from "./net.js";
import { Strip } from "./strip.js";
import { Tour } from "./tour.js";
import { hours, lang, onLang, remember, remembered, setLang, shortDay, t, translate, ZONE } from "./words.js";

const store = {
  people: new Map(), group: 0, alerts: 0, bot: "", counts: {}, seen: {},
  faults: {}, events: [], report: null, crowd: null, tour: null, status: {}, offset: 0,
  /** The demo's current time, which runs on between two messages from the server. */
  now: () => new Date(Date.now() + store.offset),
  hasNews: (id) => (store.counts[id] ?? 0) > (store.seen[id] ?? 0),
};

const all = () => [...store.people.values()];
const staff = (person) => person.role === "lead" || person.role === "admin";
const byId = (id) => document.getElementById(id);
const chats = {
  customer: new Chat(byId("customer"), store, { choices: () => all().filter((p) => !staff(p)), chosen: connect }),
  group: new Chat(byId("group"), store, { isGroup: true, choices: () => all().filter(staff), chosen: () => {} }),
  admin: new Chat(byId("admin"), store, { choices: () => all().filter(staff).reverse(), chosen: connect }),
};
const panels = Object.values(chats);
const strip = new Strip(byId("strip"), store, chats.customer, () => guide.draw());
const tour = new Tour(store, { show, leave, changed: () => guide.draw() });
const guide = new Guide(byId("guide"), { store, strip, tour, turnTo });
chats.customer.whenEmpty = () => (tour.on || !strip.person ? {} : guide.next());
chats.group.whenEmpty = () => (chats.group.topic === store.alerts ? { why: t("empty.alerts") } : {});

/** Subscribes to the chats of the people who use the page now. The first time, the people are not known yet. */
let looked = "";
function connect() {
  const ids = panels.map((chat) => chat.id).filter(Boolean);
  looked = ids.join();
  listen(ids, tell, (lost) => { byId("lost").hidden = !lost; });
}

function tell(told, whole) {
  store.offset = Date.parse(told.now) - Date.now();
  // Only the time arrived, which shows that the server is still there.
  if (Object.keys(told).length === 1) { tick(); return; }
  if (told.people) store.people = new Map(told.people.map((person) => [person.id, person]));
  for (const name of ["group", "alerts", "bot", "counts", "faults", "events", "report", "crowd", "tour", "status"]) {
    if (name in told) store[name] = told[name];
  }
  if (whole && panels.map((chat) => chat.id).filter(Boolean).join() !== looked) { connect(); return; }
  for (const chat of panels) {
    const own = told.chats?.[chat.id];
    if (own) chat.take(own, whole);
    else if (told.people || told.counts) chat.drawFrame();
  }
  const customer = chats.customer.id;
  store.seen[customer] = store.counts[customer];
  strip.take(told, whole);
  tour.take();
  guide.draw();
  tick();
  if (panels.every((chat) => chat.head)) document.body.dataset.ready = "true";
}

function tick() {
  const now = store.now();
  const text = `${shortDay(now, ZONE)}, ${hours(now, ZONE)}`;
  if (byId("clock").textContent !== text) byId("clock").textContent = text;
  panels.forEach((chat) => chat.tick());
  strip.tick();
}

// --- The tour ---

/** Goes to what a step of the tour is about: in its current state, or as the step `left` it. */
async function show(step, left) {
  const { customer, event, steps } = store.tour;
  const { place, at } = steps[step - 1];
  const past = left ? t("tour.past", { at: hours(new Date(at), ZONE) }) : "";
  if (chats.customer.id !== customer) chats.customer.pick(customer);
  if (chats.group.head && chats.group.topic !== store.alerts) chats.group.turnTo(store.alerts);
  if (left) for (const chat of [chats.customer, chats.group]) chat.showPast(left.chats[chat.id], past);
  strip.ledger.choose(event);
  strip.ledger.showPast(left?.ledger ?? null);
  document.body.dataset.look = place;
  const box = { till: strip.till.box, ledger: strip.ledger.box, out: strip.out.box }[place];
  turnTo(box ? "strip" : place);
  box?.scrollIntoView({ block: "start", behavior: "smooth" });
  const { call } = place === "till" ? left ?? await get(`/tour/${step}`) ?? {} : {};
  if (call) strip.till.showCall(call, customer);
}

/** Returns to the present. */
function leave() {
  delete document.body.dataset.look;
  strip.ledger.showPast(null);
  const wasPast = panels.filter((chat) => chat.leavePast());
  if (wasPast.length) connect();
}

// --- Tabs on a narrow screen ---

const tabs = [...document.querySelectorAll(".tabs [role=tab]")];
function openTab(tab, focus) {
  for (const other of tabs) {
    other.setAttribute("aria-selected", String(other === tab));
    other.tabIndex = other === tab ? 0 : -1;
  }
  document.body.dataset.tab = tab.getAttribute("aria-controls");
  remember("tab", tab.id);
  if (focus) tab.focus();
  panels.forEach((chat) => chat.log.toEnd());
  guide.draw();
}
for (const tab of tabs) {
  tab.addEventListener("click", () => openTab(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) openTab(tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length], true);
  });
}
function turnTo(part) { if (document.body.dataset.tab !== part) openTab(byId(`tab-${part}`)); }
openTab(byId(remembered("tab") ?? "") ?? tabs[0]);

// --- Language and colours ---

for (const button of document.querySelectorAll("[data-lang]")) {
  button.addEventListener("click", () => { remember("lang", button.dataset.lang); setLang(button.dataset.lang); });
}
const dark = matchMedia("(prefers-color-scheme: dark)");
let theme = new URLSearchParams(location.search).get("theme") ?? remembered("theme");
function colour() {
  const name = theme ?? (dark.matches ? "dark" : "light");
  document.documentElement.dataset.theme = name;
  byId("theme").replaceChildren(icon(name === "dark" ? "sun" : "moon"));
}
byId("theme").addEventListener("click", () => {
  theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  remember("theme", theme);
  colour();
});
dark.addEventListener("change", colour);

onLang(() => {
  document.title = t("top.title");
  for (const button of document.querySelectorAll("[data-lang]")) button.setAttribute("aria-pressed", String(button.dataset.lang === lang()));
  panels.forEach((chat) => { if (chat.head) chat.redraw(); });
  strip.draw();
  guide.draw();
});
colour();
setLang(lang());
translate(document);
connect();
setInterval(tick, 1000);
