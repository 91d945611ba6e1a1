// The shop's till: buttons that post events, an event's fields, the program's response, the link and its QR code.

import { colored, h, refill } from "./dom.js";
import { build, FIELDS, KINDS, lastSubject } from "./event.js";
import { post, Refused } from "./net.js";
import { lang, t } from "./words.js";

export class Till {
  /** `sent` is called with the ID of an event that was accepted. */
  constructor(strip, sent) {
    Object.assign(this, { strip, sent, kind: "purchase", values: {}, shown: null });
    this.box = h("section", {});
    this.apiBox = h("section", {});
  }

  get person() { return this.strip.person; }
  customerId() { return this.person?.customer ?? `S-${this.person?.id}`; }

  build(kind) {
    const { store } = this.strip;
    const value = (name) => (this.values[name] ?? this.standard(name)).trim();
    return build(kind, { person: this.person, customerId: this.customerId(), events: store.events, now: store.now(), value });
  }

  standard(name) {
    const agent = [...this.strip.store.people.values()].find(({ role }) => role === "agent");
    const known = { agent: agent?.name ?? "", agent_id: "a-17", team: "first-line", store: "msk-2", tags: "delivery", first_response: "45" };
    return known[name];
  }

  draw() {
    refill(this.box, [lang(), this.person?.id, this.person?.name], () => this.fill());
    for (const [kind, button] of this.kinds) {
      button.disabled = this.isImpossible(kind);
      button.title = button.disabled ? t("shop.impossible") : t("kind." + kind);
    }
    this.drawPreview();
  }

  fill() {
    this.kinds = new Map(KINDS.map((kind) => [kind, h("button", {
      type: "button", class: kind === "purchase" ? "main" : "", data: { kind },
      onfocus: () => this.preview(kind), onpointerenter: () => this.preview(kind), onclick: () => this.send(kind),
    }, t("shop." + kind))]));
    const fields = FIELDS.map(([name, path]) => {
      const input = h("input", {
        id: `field-${name}`, name, autocomplete: "off", spellcheck: "false", value: this.values[name] ?? this.standard(name),
        oninput: () => { this.values[name] = input.value; this.clearError(name); this.preview(this.kind); },
      });
      return h("label", { for: `field-${name}`, data: { path } }, h("span", {}, t("field." + name)), input, h("em", { id: `wrong-${name}` }));
    });
    const open = this.box.querySelector("details")?.open ?? false;
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

  isImpossible(kind) {
    return ["ticket_reopened", "purchase_cancelled"].includes(kind)
      && !lastSubject(kind, this.strip.store.events, this.customerId());
  }

  /** The event that this button would send. */
  preview(kind) { this.kind = kind; this.shown = null; this.drawPreview(); }

  drawPreview() {
    if (!this.person) return;
    const shown = this.shown ?? this.build(this.isImpossible(this.kind) ? "purchase" : this.kind);
    refill(this.json, shown, () => colored(JSON.stringify(shown, null, 2)));
  }

  async send(kind) {
    if (this.sending) return;
    this.sending = true;
    this.kind = kind;
    const event = this.build(kind);
    const person = this.person.id;
    FIELDS.forEach(([name]) => this.clearError(name));
    try {
      const { status, json } = await post("/program/v1/events", event);
      this.shown = event;
      this.answer = { status, json, person };
      if (status < 300) this.sent(event.event_id);
      for (const { field, message } of json.errors ?? []) this.mark(field, message);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.answer = { text: error.message };
    } finally {
      this.sending = false;
    }
    this.drawPreview();
    this.drawReply();
  }

  /** Shows an event that the server sent, and the program's response. */
  showCall({ event: { event_id, kind, occurred_at, customer, ...more }, reply: { survey_id, state, ...further } }, person) {
    this.shown = { event_id, kind, occurred_at, customer, ...more };
    this.answer = { status: 202, json: { event_id, survey_id, state, ...further }, person };
    this.drawPreview();
    this.drawReply();
  }

  mark(field, message) {
    const found = FIELDS.find(([, path]) => field === path || field.startsWith(`${path}[`) || field.startsWith(`${path}.`));
    if (!found) { this.answer.text = `${field}: ${message}`; return; }
    this.box.querySelector("details").open = true;
    const input = this.box.querySelector(`#field-${found[0]}`);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", `wrong-${found[0]}`);
    this.box.querySelector(`#wrong-${found[0]}`).textContent = message;
  }

  clearError(name) {
    this.box.querySelector(`#field-${name}`)?.removeAttribute("aria-invalid");
    const wrong = this.box.querySelector(`#wrong-${name}`);
    if (wrong) wrong.textContent = "";
  }

  drawReply() {
    const { answer } = this;
    refill(this.reply, [lang(), answer?.status, answer?.json], () => answer?.json ? [h("details", { open: true },
      h("summary", {}, t("shop.reply"), " ", h("b", { class: answer.status < 300 ? "ok" : "no" }, answer.status)),
      h("pre", { tabindex: "0", class: "json", "aria-label": t("shop.reply") }, colored(JSON.stringify(answer.json, null, 2))))] : []);
    this.drawLink();
  }

  drawLink() {
    if (!this.person) return;
    const { answer } = this;
    const { link } = this.strip.newest;
    const { name } = this.person;
    const known = answer?.person === this.person.id && answer.status < 300 && !link && answer.json?.state === "scheduled";
    refill(this.link, [lang(), this.person.id, name, link, answer?.text, known], () => [
      answer?.text ? h("p", { class: "error" }, answer.text) : "",
      link ? h("div", { class: "link" },
        h("img", { src: `/program${new URL(link.svg, location.href).pathname}`, alt: t("link.qr"), width: "104", height: "104" }),
        h("div", {}, h("p", {}, t("link.why", { name })),
          h("button", { type: "button", class: "main", id: "follow", onclick: () => this.follow() }, t("link.open", { name })),
          h("code", { class: "url" }, link.url))) : "",
      known ? h("p", { class: "hint" }, t("link.known", { name })) : ""]);
  }

  /** The person taps the link shown. */
  async follow() {
    const { link } = this.strip.newest;
    if (!link) return;
    await this.strip.customer.start(new URL(link.url).searchParams.get("start"));
    document.getElementById("tab-customer").click();
  }
}
