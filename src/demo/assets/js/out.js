// The output: the answers to the selected event, and the tables of all data.

import { h, refill } from "./dom.js";
import { get } from "./net.js";
import { lang, t } from "./words.js";

const FILES = ["answers.csv", "surveys.csv", "events.csv", "answers.jsonl"];
/** The columns of the export that fit; the last one shows whatever was given in the row. */
const COLUMNS = ["question", "metric", "value"];

export class Out {
  constructor() {
    this.box = h("section", {});
    this.answers = [];
  }

  /** Shows the answers to the event with this ledger. */
  async take(ledger) {
    this.ledger = ledger;
    const has = ["started", "completed", "partial"].includes(ledger?.state);
    const survey = has ? await get(`/program/v1/surveys/${encodeURIComponent(ledger.survey_id)}`) : null;
    if (ledger !== this.ledger) return;
    this.answers = (survey?.answers ?? []).filter((answer) => !answer.withdrawn);
    this.draw();
  }

  draw() {
    const rows = this.answers.map(({ question, metric, value, options, text, attachments }) =>
      [question, metric, text || value || options?.join(", ") || (attachments?.length ? t("message.media") : value ?? "")]);
    refill(this.box, [lang(), rows], () => [h("h2", {}, t("out.title")),
      rows.length ? h("table", { class: "answers" },
        h("thead", {}, h("tr", {}, COLUMNS.map((name) => h("th", {}, name)))),
        h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell)))))) : "",
      h("p", { class: "hint" }, t("out.why")),
      // On a phone the link above has no room.
      h("p", { class: "files narrow" }, h("a", { href: "/dashboard", target: "_blank", rel: "noopener" }, t("top.dashboard"))),
      h("p", { class: "files" }, FILES.map((name) => h("a", { href: `/export/${name}`, download: name }, name)))]);
  }
}
