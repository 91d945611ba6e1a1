// The strip: the shop's till, the ledger of an event, the clock, what comes out, and what may go wrong.

import { h, icon, refill } from "./dom.js";
import { get, post, Refused } from "./net.js";
import { dayKey, hours, knows, lang, shortDay, t } from "./words.js";

const FIELDS = [
  ["agent", "agent.name"], ["agent_id", "agent.id"], ["team", "agent.team"], ["store", "store"],
  ["tags", "tags"], ["first_response", "metrics.first_response_s"],
];
const KINDS = ["purchase", "ticket_closed", "ticket_reopened", "purchase_cancelled"];
const JUMPS = [["15m", 15], ["1h", 60], ["3h", 180], ["6h", 360]];
const FAULTS = ["too_many", "errors", "network"];

export class Strip {
  constructor(root, store, customer) {
    Object.assign(this, { root, store, customer, kind: "purchase", values: {}, sent: null });
    this.draw();
  }

  get person() { return this.customer.me; }
  customerId() { return this.person?.customer ?? `S-${this.person?.id}`; }

  take(told, whole) {
    if (told.events && this.store.events.length !== this.known) {
      this.known = this.store.events.length;
      this.event = this.store.events.at(-1)?.id;
    }
    if (told.events || told.people || whole) this.drawShop();
    if (told.report !== undefined || whole) this.drawReport();
    if (told.crowd !== undefined || whole) this.drawCrowd();
    if (told.faults || told.status || whole) this.drawFaults();
    this.refreshSoon();
  }

  tick() {
    const zone = this.person?.zone ?? "UTC";
    const now = this.store.now();
    if (this.big) this.big.replaceChildren(h("b", {}, hours(now, "Europe/Moscow")), h("small", {}, shortDay(now, "Europe/Moscow")));
    if (this.morning && this.zone !== zone + lang()) {
      this.zone = zone + lang();
      this.morning.title = t("time.morning.why", { name: this.person?.name ?? "" });
    }
  }

  draw() {
    this.timeBox = h("section", {});
    this.shopBox = h("section", {});
    this.ledgerBox = h("section", {});
    this.outBox = h("section", {});
    this.faultBox = h("section", {});
    this.apiBox = h("section", {});
    this.crowdBox = h("section", {});
    this.root.replaceChildren(this.timeBox, this.shopBox, this.ledgerBox, this.apiBox, this.crowdBox, this.outBox, this.faultBox);
    this.zone = null;
    this.drawTime();
    this.drawShop();
    this.drawCrowd();
    this.drawOut();
    this.drawFaults();
    this.refreshSoon();
  }

  // --- The clock ---

  drawTime() {
    this.big = h("div", { class: "big-clock" });
    this.morning = h("button", { type: "button", data: { jump: "morning" }, onclick: () => this.pass({ morning: this.person.zone }) }, t("time.morning"));
    const jumps = JUMPS.map(([name, minutes]) => h("button", {
      type: "button", data: { jump: name }, onclick: () => this.pass({ minutes }),
    }, t("time." + name)));
    this.jumps = h("div", { class: "jumps", role: "group", "aria-label": t("time.title") }, jumps, this.morning);
    this.said = h("p", { class: "said", role: "status" });
    this.report = h("div", { class: "report", "aria-live": "polite" });
    this.timeBox.replaceChildren(h("h2", {}, t("time.title")), this.big, this.jumps, this.said, this.report);
    this.drawReport();
    this.tick();
  }

  async pass(jump) {
    const keys = [...this.jumps.children];
    keys.forEach((key) => { key.disabled = true; });
    this.root.dataset.moving = "true";
    this.say("");
    try {
      await post("/time", jump);
    } catch (error) {
      this.say(error.message);
    }
    delete this.root.dataset.moving;
    keys.forEach((key) => { key.disabled = false; });
  }

  say(text) { this.said.textContent = text; }

  drawReport() {
    const { report } = this.store;
    if (!report) { this.report.replaceChildren(h("p", { class: "hint" }, t("report.none"))); return; }
    const zone = "Europe/Moscow";
    const [from, to] = [new Date(report.from), new Date(report.to)];
    const when = (at) => (dayKey(from, zone) === dayKey(to, zone) ? "" : `${shortDay(at, zone)} `) + hours(at, zone);
    this.report.replaceChildren(
      h("h3", {}, t("report.title", { from: when(from), to: when(to) })),
      report.surveys.length ? h("ul", {}, report.surveys.map((line) => this.line(line))) : h("p", { class: "hint" }, t("report.nothing")),
      report.more ? h("p", { class: "hint" }, t("report.more", { count: report.more })) : "");
  }

  line({ event_id: id, state, reason, due_at: due, moved }) {
    const good = ["sent", "started", "completed", "partial"].includes(state);
    const bad = ["suppressed", "undeliverable", "expired", "refused"].includes(state);
    const why = [reason && knows("reason." + reason) ? t("reason." + reason) : "",
      due && state === "scheduled" ? t("report.due", { at: this.moment(due) }) : ""].filter(Boolean).join(" · ");
    return h("li", { class: `${good ? "good" : bad ? "bad" : "waits"}${moved ? "" : " still"}` },
      h("button", { type: "button", class: "plain-link", onclick: () => this.choose(id) }, id),
      h("span", {}, t("state." + state)), why && h("small", {}, why));
  }

  moment(at) {
    const zone = "Europe/Moscow";
    const date = new Date(at);
    const today = dayKey(date, zone) === dayKey(this.store.now(), zone);
    return (today ? "" : `${shortDay(date, zone)}, `) + hours(date, zone);
  }

  // --- The till ---

  build(kind) {
    const { person } = this;
    const numbers = this.store.events.map(({ id }) => Number(/\d+/.exec(id)?.[0] ?? 0));
    const purchase = kind.startsWith("purchase");
    const last = this.lastSubject(kind);
    const next = Math.max(purchase ? 1000 : 6, ...numbers.filter((n) => purchase === n >= 1000)) + 1;
    const number = last ?? String(next);
    const subject = purchase ? number : last ?? `T-${number}`;
    const value = (name) => (this.values[name] ?? this.standard(name)).trim();
    const given = (fields) => Object.fromEntries(Object.entries(fields).filter(([, to]) => to !== "" && to !== undefined));
    const event = {
      event_id: this.eventId(kind, subject),
      kind,
      occurred_at: new Date(Math.floor(this.store.now() / 1000) * 1000).toISOString().replace(".000Z", "Z"),
      customer: given({ id: this.customerId(), name: person?.name, language: person?.language ?? "", timezone: person?.zone }),
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

  eventId(kind, subject) {
    if (kind === "purchase") return `order-${subject}`;
    if (kind === "purchase_cancelled") return `order-${subject}-cancelled`;
    const times = this.store.events.filter((e) => e.kind === kind && (e.id === subject || e.id.startsWith(`${subject}#`) || e.id.startsWith(`${subject}-`))).length;
    if (kind === "ticket_reopened") return `${subject}-reopened${times ? `#${times + 1}` : ""}`;
    return times ? `${subject}#${times + 1}` : subject;
  }

  /** What is reopened, closed again or cancelled: the newest of this customer that is so far. */
  lastSubject(kind) {
    const own = this.store.events.filter(({ customer }) => customer === this.customerId());
    const number = (event) => event && /T-\d+|\d+/.exec(event.id)[0];
    if (kind === "ticket_reopened") return number(own.findLast((e) => e.kind === "ticket_closed"));
    if (kind === "purchase_cancelled") return number(own.findLast((e) => e.kind === "purchase"));
    const newest = own.findLast((e) => e.kind.startsWith("ticket"));
    return kind === "ticket_closed" && newest?.kind === "ticket_reopened" ? number(newest) : undefined;
  }

  standard(name) {
    const agent = [...this.store.people.values()].find(({ role }) => role === "agent");
    const known = { agent: agent?.name ?? "", agent_id: "a-17", team: "first-line", store: "msk-2", tags: "delivery", first_response: "45" };
    return known[name];
  }

  drawShop() {
    refill(this.shopBox, [lang(), this.person?.id], () => this.shop());
    for (const [kind, button] of this.kinds) {
      button.disabled = this.impossible(kind);
      button.title = button.disabled ? t("shop.impossible") : t("kind." + kind);
    }
    this.drawPreview();
  }

  shop() {
    this.kinds = new Map(KINDS.map((kind) => [kind, h("button", {
      type: "button", class: kind === "purchase" ? "main" : "", data: { kind },
      onfocus: () => this.preview(kind), onpointerenter: () => this.preview(kind), onclick: () => this.send(kind),
    }, t("shop." + kind))]));
    const fields = FIELDS.map(([name, path]) => {
      const input = h("input", {
        id: `field-${name}`, name, autocomplete: "off", spellcheck: "false", value: this.values[name] ?? this.standard(name),
        oninput: () => { this.values[name] = input.value; this.clearError(name); this.drawPreview(); },
      });
      return h("label", { for: `field-${name}`, data: { path } }, h("span", {}, t("field." + name)), input, h("em", { id: `wrong-${name}` }));
    });
    const open = this.shopBox.querySelector("details")?.open ?? false;
    this.json = h("pre", { tabindex: "0", class: "json", "aria-label": t("shop.event") });
    this.reply = h("div", { class: "reply-box", "aria-live": "polite" });
    this.link = h("div", { class: "reply-box", "aria-live": "polite" });
    this.apiBox.replaceChildren(h("h2", {}, t("shop.api")),
      h("details", { open: true }, h("summary", {}, h("code", {}, "POST /v1/events")), this.json), this.reply);
    this.drawReply();
    return [
      h("h2", {}, t("shop.title")),
      h("p", { class: "hint" }, t("shop.who", { name: this.person?.name ?? "", id: this.customerId() })),
      h("div", { class: "kinds" }, [...this.kinds.values()]),
      h("details", { open }, h("summary", {}, t("shop.fields")), h("div", { class: "fields" }, fields)),
      this.link,
    ];
  }

  impossible(kind) {
    return ["ticket_reopened", "purchase_cancelled"].includes(kind) && !this.lastSubject(kind);
  }

  /** What this button would send. */
  preview(kind) { this.kind = kind; this.sent = null; this.drawPreview(); }
  drawPreview() {
    if (!this.person) return;
    const shown = this.sent ?? this.build(this.impossible(this.kind) ? "purchase" : this.kind);
    this.json.replaceChildren(...colored(JSON.stringify(shown, null, 2)));
  }

  async send(kind) {
    this.kind = kind;
    const event = this.build(kind);
    FIELDS.forEach(([name]) => this.clearError(name));
    try {
      const { status, json } = await post("/program/v1/events", event);
      this.sent = event;
      this.answer = { status, json, person: this.person.id };
      if (status < 300) {
        this.event = event.event_id;
        if (json.link) await this.fetchLink();
      }
      for (const { field, message } of json.errors ?? []) this.mark(field, message);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.answer = { text: error.message };
    }
    this.drawPreview();
    this.drawReply();
    this.refreshSoon();
  }

  /** The program makes the link and its pictures. */
  async fetchLink() {
    const { status, json } = await post(`/program/v1/customers/${encodeURIComponent(this.customerId())}/link`, {});
    if (status < 300) this.answer.link = json;
  }

  mark(field, message) {
    const found = FIELDS.find(([, path]) => field === path || field.startsWith(`${path}[`) || field.startsWith(`${path}.`));
    const details = this.shopBox.querySelector("details");
    if (!found) { this.answer.text = `${field}: ${message}`; return; }
    details.open = true;
    const input = this.shopBox.querySelector(`#field-${found[0]}`);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", `wrong-${found[0]}`);
    this.shopBox.querySelector(`#wrong-${found[0]}`).textContent = message;
  }

  clearError(name) {
    this.shopBox.querySelector(`#field-${name}`)?.removeAttribute("aria-invalid");
    const wrong = this.shopBox.querySelector(`#wrong-${name}`);
    if (wrong) wrong.textContent = "";
  }

  drawReply() {
    const { answer } = this;
    if (!answer) { this.reply.replaceChildren(); this.link.replaceChildren(); return; }
    const { link } = answer;
    const token = link && new URL(link.url).searchParams.get("start");
    const name = this.store.people.get(answer.person)?.name ?? "";
    this.reply.replaceChildren(answer.json ? h("details", { open: true },
      h("summary", {}, t("shop.reply"), " ", h("b", { class: answer.status < 300 ? "ok" : "no" }, answer.status)),
      h("pre", { tabindex: "0", class: "json" }, colored(JSON.stringify(answer.json, null, 2)))) : "");
    this.link.replaceChildren(
      answer.text ? h("p", { class: "error" }, answer.text) : "",
      link ? h("div", { class: "link" },
        h("img", { src: `/program${new URL(link.svg, location.href).pathname}`, alt: t("link.qr"), width: "104", height: "104" }),
        h("div", {}, h("p", {}, t("link.why", { name })),
          h("button", { type: "button", class: "main", id: "follow", onclick: () => this.follow(answer.person, token) }, t("link.open", { name })),
          h("code", { class: "url" }, link.url))) : "",
      answer.status < 300 && !link && answer.json?.state === "scheduled" ? h("p", { class: "hint" }, t("link.known", { name })) : "");
  }

  async follow(id, token) {
    if (this.customer.id !== id) this.customer.pick(id);
    await this.customer.start(token);
    this.answer.link = null;
    this.drawReply();
    document.getElementById("tab-customer").click();
  }

  // --- The ledger ---

  choose(id) { this.event = id; this.refreshSoon(); }

  refreshSoon() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.refresh(), 120);
  }

  async refresh() {
    const id = this.event;
    const ledger = id ? await get(`/program/v1/events/${encodeURIComponent(id)}`) : null;
    if (id !== this.event) return;
    const shown = JSON.stringify([id, ledger, this.store.events.map((e) => e.id), lang()]);
    if (shown === this.ledgerShown || (id && !ledger && this.ledgerShown)) return;
    this.ledgerShown = shown;
    this.drawLedger(id, ledger);
  }

  drawLedger(id, ledger) {
    const title = h("h2", {}, t("ledger.title"));
    if (!ledger) { this.ledgerBox.replaceChildren(title, h("p", { class: "hint" }, t("ledger.none"))); return; }
    const listed = this.store.events.some((event) => event.id === id) ? [] : [{ id }];
    const select = h("select", { "aria-label": t("ledger.event"), onchange: () => this.choose(select.value) },
      [...this.store.events, ...listed].reverse().map((event) =>
        h("option", { value: event.id, selected: event.id === id }, [event.id, event.customer].filter(Boolean).join(" · "))));
    const steps = ledger.transitions.map(({ state, reason, at }) => h("li", { class: state },
      h("time", { datetime: at }, this.moment(at)),
      h("b", {}, t("state." + state)), h("code", {}, state),
      reason && h("small", {}, knows("reason." + reason) ? t("reason." + reason) : reason)));
    const waits = ledger.state === "scheduled" && ledger.due_at ? h("p", { class: "hint" }, t("ledger.due", { at: this.moment(ledger.due_at) })) : "";
    this.ledgerBox.replaceChildren(title, select, h("ol", { class: "ledger", "aria-live": "polite" }, steps), waits,
      h("code", { class: "url" }, `GET /v1/events/${id}`));
  }

  // --- The crowd ---

  drawCrowd() {
    const { crowd } = this.store;
    refill(this.crowdBox, [lang()], () => {
      this.crowdButton = h("button", { type: "button", class: "wide", id: "crowd", onclick: () => this.live() }, t("crowd.start"));
      this.bar = h("progress", { max: 1, "aria-label": t("crowd.title") });
      this.crowdSaid = h("p", { class: "said", role: "status" });
      this.crowdFigures = h("dl", { class: "figures" });
      return [h("h2", {}, t("crowd.title")), h("p", { class: "hint" }, t("crowd.why")), this.crowdButton, this.bar, this.crowdSaid, this.crowdFigures];
    });
    this.bar.hidden = !crowd;
    this.crowdButton.disabled = Boolean(crowd?.running);
    if (!crowd) return;
    const { hours: at, of, events, taps, comments, blocked } = crowd.progress;
    this.bar.value = of ? at / of : 0;
    this.crowdSaid.textContent = crowd.failed ?? (crowd.running ? t("crowd.day", { day: Math.floor(at / 24), days: of / 24 }) : t("crowd.done"));
    const rows = [["events", events], ["taps", taps], ["comments", comments], ["blocked", blocked]].map(([name, to]) => [t("crowd." + name), to]);
    for (const [state, to] of Object.entries(crowd.surveys)) rows.push([t("state." + state), to]);
    this.crowdFigures.replaceChildren(...rows.flatMap(([name, to]) => [h("dt", {}, name), h("dd", {}, to)]));
  }

  async live() {
    this.crowdButton.disabled = true;
    try {
      await post("/crowd", {});
    } catch (error) {
      this.crowdButton.disabled = false;
      this.crowdSaid.textContent = error.message;
    }
  }

  // --- What comes out ---

  drawOut() {
    const files = ["answers.csv", "surveys.csv", "events.csv", "answers.jsonl"];
    this.outBox.replaceChildren(h("h2", {}, t("out.title")), h("p", { class: "hint" }, t("out.why")),
      h("p", { class: "files" }, files.map((name) => h("a", { href: `/export/${name}`, download: name }, name))));
  }

  // --- What goes wrong ---

  drawFaults() {
    const { faults, status } = this.store;
    if (this.faultBox.childElementCount && this.faultLang === lang()) {
      for (const name of FAULTS) this.faultBox.querySelector(`[name=${name}]`).checked = Boolean(faults[name]);
      this.drawStatus(status);
      return;
    }
    this.faultLang = lang();
    const switches = FAULTS.map((name) => h("label", { class: "toggle" },
      h("input", { type: "checkbox", role: "switch", name, checked: Boolean(faults[name]), onchange: (event) => this.fault(name, event.target.checked) }),
      h("span", {}, h("b", {}, t("fault." + name)), h("small", {}, t("fault." + name + ".why")))));
    this.crashButton = h("button", { type: "button", class: "danger wide", id: "crash", onclick: () => this.crash() }, icon("bolt"), t("fault.crash"));
    this.crashed = h("p", { class: "said", role: "status" });
    this.statusBox = h("div", { class: "status", "aria-live": "polite" });
    this.faultBox.replaceChildren(h("h2", {}, t("fault.title")), h("p", { class: "hint" }, t("fault.title.why")),
      ...switches, this.crashButton, this.crashed, this.statusBox);
    this.drawStatus(status);
  }

  drawStatus({ up, updates = 0, outgoing = 0, problems = [], failed_calls: failed = 0, crashes = 0 }) {
    const waits = updates + outgoing;
    const faulty = FAULTS.some((name) => this.store.faults[name]);
    this.statusBox.replaceChildren(
      h("dl", {},
        h("dt", {}, t("status.updates")), h("dd", { data: { count: "updates" } }, updates),
        h("dt", {}, t("status.outgoing")), h("dd", { data: { count: "outgoing" } }, outgoing),
        h("dt", {}, t("status.failed")), h("dd", {}, failed),
        h("dt", {}, t("status.crashes")), h("dd", {}, crashes)),
      h("p", { class: waits ? "waits" : "good" },
        up === false ? t("status.down") : waits ? t(faulty ? "status.waits" : "status.works") : t(failed || crashes ? "status.all" : "status.well")),
      problems.length ? h("p", { class: "hint" }, problems[0]) : "");
  }

  async fault(name, on) {
    try {
      await post("/faults", { ...this.store.faults, [name]: on });
    } catch (error) {
      this.crashed.textContent = error.message;
    }
  }

  async crash() {
    this.crashButton.disabled = true;
    this.crashed.textContent = t("fault.crashing");
    try {
      const { json } = await post("/crash", {});
      this.crashed.textContent = t("fault.crashed", { ms: json.ms });
    } catch (error) {
      this.crashed.textContent = error.message;
    }
    this.crashButton.disabled = false;
  }
}

/** JSON with its names, texts and numbers in colours. */
function colored(json) {
  const parts = json.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?)/);
  return parts.map((part, index) => {
    if (index % 2 === 0) return part;
    const kind = part.endsWith(":") ? "k" : part.startsWith('"') ? "s" : "n";
    return h("span", { class: kind }, part);
  });
}
