// The strip beside the chats: the clock, the till, the ledger, the crowd, what comes out, and what may go wrong.

import { Crowd } from "./crowd.js";
import { h } from "./dom.js";
import { Faults } from "./faults.js";
import { Ledger } from "./ledger.js";
import { Newest } from "./newest.js";
import { Till } from "./till.js";
import { Time } from "./time.js";
import { t } from "./words.js";

const FILES = ["answers.csv", "surveys.csv", "events.csv", "answers.jsonl"];

export class Strip {
  constructor(root, store, customer) {
    Object.assign(this, { root, store, customer });
    this.ledger = new Ledger(this);
    this.time = new Time(this, (id) => this.ledger.choose(id));
    this.till = new Till(this, (id) => this.ledger.choose(id));
    this.newest = new Newest(store, () => this.till.customerId(), () => this.till.drawLink());
    this.crowd = new Crowd(this);
    this.faults = new Faults(this);
    this.outBox = h("section", {});
    root.replaceChildren(this.time.box, this.till.box, this.ledger.box, this.till.apiBox, this.crowd.box, this.outBox, this.faults.box);
    this.draw();
  }

  get person() { return this.customer.me; }

  take(told, whole) {
    if (told.events) this.ledger.follow();
    if (told.events || told.people || whole) this.till.draw();
    if (told.report !== undefined || whole) this.time.drawReport();
    if (told.crowd !== undefined || whole) this.crowd.draw();
    if (told.faults || told.status || whole) this.faults.draw();
    this.ledger.refreshSoon();
    this.newest.refreshSoon();
  }

  tick() { this.time.tick(); }

  draw() {
    this.time.draw();
    this.till.draw();
    this.crowd.draw();
    this.faults.draw();
    this.drawOut();
    this.ledger.refreshSoon();
    this.newest.refreshSoon();
  }

  drawOut() {
    this.outBox.replaceChildren(h("h2", {}, t("out.title")), h("p", { class: "hint" }, t("out.why")),
      h("p", { class: "files" }, FILES.map((name) => h("a", { href: `/export/${name}`, download: name }, name))));
  }
}
