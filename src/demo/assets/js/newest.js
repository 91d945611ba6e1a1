// The state of the newest events of the person in the customer's chat, and the link that one of them waits for. A
// window that is opened later or reloaded finds the same.

import { get, post } from "./net.js";

/** Changes within this time are fetched together, in milliseconds. */
const TOGETHER = 120;
/** The most events of a customer that may wait for a link. */
const LOOKED_AT = 5;

export class Newest {
  /** `customer` returns the customer's ID; `changed` is called when there is something new to show. */
  constructor(store, customer, changed) {
    Object.assign(this, { store, customer, changed, found: {} });
  }

  /** The ledger of the newest event that could lead to a survey. */
  get ledger() { return this.found.customer === this.customer() ? this.found.ledger : undefined; }

  /** The link's address and where its QR code is. */
  get link() { return this.found.customer === this.customer() ? this.found.link : undefined; }

  refreshSoon() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.refresh(), TOGETHER);
  }

  async refresh() {
    const turn = this.turn = (this.turn ?? 0) + 1;
    const customer = this.customer();
    const own = this.store.events.filter((event) => event.customer === customer).slice(-LOOKED_AT).reverse();
    const ledgers = await Promise.all(own.map(({ id }) => get(`/program/v1/events/${encodeURIComponent(id)}`)));
    // While the program is down, the last result stays. By now somebody else may use this chat, or a later request may
    // have newer data.
    const isOld = () => customer !== this.customer() || turn !== this.turn;
    if (ledgers.includes(null) || isOld()) return;
    const waits = ledgers.some(({ state }) => state === "waiting_for_link");
    const ledger = ledgers.find(({ state }) => state !== "recorded");
    const link = waits ? this.link ?? await this.ask(customer) : undefined;
    if (isOld()) return;
    const before = JSON.stringify(this.found);
    this.found = { customer, ledger, link };
    if (JSON.stringify(this.found) !== before) this.changed();
  }

  /** The link stays the same as long as it is valid and nobody has tapped it. */
  async ask(customer) {
    const { status, json } = await post(`/program/v1/customers/${encodeURIComponent(customer)}/link`, {}).catch(() => ({}));
    return status < 300 ? json : undefined;
  }
}
