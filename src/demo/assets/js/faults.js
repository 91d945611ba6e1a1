// The faults that can be switched on, and how the program copes with them.

import { h, icon, refill } from "./dom.js";
import { post } from "./net.js";
import { lang, t } from "./words.js";

const FAULTS = ["too_many", "errors", "network"];

export class Faults {
  constructor(strip) {
    Object.assign(this, { strip, box: h("section", {}) });
  }

  draw() {
    const { faults, status } = this.strip.store;
    refill(this.box, [lang()], () => this.fill());
    for (const name of FAULTS) this.switches.get(name).checked = Boolean(faults[name]);
    this.drawStatus(status, FAULTS.some((name) => faults[name]));
  }

  fill() {
    this.switches = new Map(FAULTS.map((name) => [name, h("input", {
      type: "checkbox", role: "switch", name, onchange: (event) => this.fault(name, event.target.checked),
    })]));
    const labels = [...this.switches].map(([name, input]) => h("label", { class: "toggle" },
      input, h("span", {}, h("b", {}, t("fault." + name)), h("small", {}, t("fault." + name + ".why")))));
    this.button = h("button", { type: "button", class: "danger wide", id: "crash", onclick: () => this.crash() }, icon("bolt"), t("fault.crash"));
    this.said = h("p", { class: "said", role: "status" });
    this.status = h("div", { class: "status" });
    return [h("h2", {}, t("fault.title")), h("p", { class: "hint" }, t("fault.title.why")), ...labels, this.button, this.said, this.status];
  }

  drawStatus({ up, updates = 0, outgoing = 0, problems = [], failed_calls: failed = 0, crashes = 0 }, isFaulty) {
    const waits = updates + outgoing;
    const words = up === false ? "status.down"
      : waits ? (isFaulty ? "status.waits" : "status.works") : failed || crashes ? "status.all" : "status.well";
    refill(this.status, [lang(), words, updates, outgoing, failed, crashes, problems[0]], () => [
      h("dl", {},
        h("dt", {}, t("status.updates")), h("dd", { data: { count: "updates" } }, updates),
        h("dt", {}, t("status.outgoing")), h("dd", { data: { count: "outgoing" } }, outgoing),
        h("dt", {}, t("status.failed")), h("dd", {}, failed),
        h("dt", {}, t("status.crashes")), h("dd", {}, crashes)),
      h("p", { class: waits || up === false ? "waits" : "good" }, t(words)),
      problems.length ? h("p", { class: "hint" }, problems[0]) : ""]);
  }

  async fault(name, on) {
    const of = this.switches.get(name);
    of.setAttribute("aria-busy", "true");
    try {
      await post("/faults", { ...this.strip.store.faults, [name]: on });
    } catch (error) {
      this.said.textContent = error.message;
      this.draw();
    }
    of.removeAttribute("aria-busy");
  }

  async crash() {
    this.button.disabled = true;
    this.said.textContent = t("fault.crashing");
    try {
      const { json } = await post("/crash", {});
      this.said.textContent = t("fault.crashed", { ms: json.ms });
    } catch (error) {
      this.said.textContent = error.message;
    }
    this.button.disabled = false;
  }
}
