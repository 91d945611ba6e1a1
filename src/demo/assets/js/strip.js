// The strip beside the chats: the clock, the till, the ledger, the crowd, the output and the faults.

import { Crowd } from "./crowd.js";
import { Faults } from "./faults.js";
import { Ledger } from "./ledger.js";
import { Newest } from "./newest.js";
import { Out } from "./out.js";
import { Till } from "./till.js";
import { Time } from "./time.js";

export class Strip {
  /** `changed` is called when the next thing to do has changed. */
  constructor(root, store, customer, changed) {
    Object.assign(this, { root, store, customer, changed });
    this.out = new Out();
    this.ledger = new Ledger(this, (ledger) => this.out.take(ledger));
    this.time = new Time(this, (id) => this.ledger.choose(id));
    this.till = new Till(this, (id) => this.ledger.choose(id));
    this.newest = new Newest(store, () => this.till.customerId(), () => { this.till.drawLink(); changed(); });
    this.crowd = new Crowd(this);
    this.faults = new Faults(this);
    root.replaceChildren(this.time.box, this.till.box, this.ledger.box, this.till.apiBox, this.crowd.box, this.out.box, this.faults.box);
    this.draw();
  }

  get person() { return this.customer.me; }

  take(told, whole) {
    if (told.events) this.ledger.follow();
    if (told.events || told.people || whole) this.till.draw();
    if (told.report !== undefined || whole) this.time.drawReport();
    if (told.crowd !== undefined || whole) this.crowd.draw();
    if (told.faults || told.status || whole) this.faults.draw();
    this.refreshSoon();
  }

  tick() { this.time.tick(); }

  draw() {
    this.time.draw();
    this.till.draw();
    this.crowd.draw();
    this.faults.draw();
    this.out.draw();
    this.refreshSoon();
  }

  refreshSoon() {
    this.ledger.refreshSoon();
    this.newest.refreshSoon();
  }
}
