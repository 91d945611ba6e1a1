// The connection to the server: one stream of updates, and requests. The browser reopens a broken stream, which starts
// with a snapshot each time.

import { t } from "./words.js";

/** The server sends something every few seconds. If it is silent for this long, it is gone; in milliseconds. */
const SILENT = 12000;

let source;
let silence;

/** Opens the stream for these chats; `tell` gets the news, and whether it is a complete snapshot. */
export function listen(chats, tell, lost) {
  source?.close();
  const own = source = new EventSource(`/live?chats=${chats.join(",")}`);
  const heard = () => {
    lost(false);
    clearTimeout(silence);
    silence = setTimeout(() => lost(true), SILENT);
  };
  const take = (all) => (event) => {
    if (own !== source) return;
    heard();
    tell(JSON.parse(event.data), all);
  };
  own.addEventListener("snapshot", take(true));
  own.addEventListener("change", take(false));
  own.onerror = () => {
    if (own !== source) return;
    clearTimeout(silence);
    lost(true);
    // The browser gives up for good if the server responded with an error.
    if (own.readyState === EventSource.CLOSED) setTimeout(() => own === source && listen(chats, tell, lost), 1000);
  };
}

/** The reason why a call was refused, in words. */
export class Refused extends Error {}

export async function post(path, body) {
  let reply;
  try {
    reply = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
  } catch {
    throw new Refused(t("error.unreachable"));
  }
  const json = await reply.json().catch(() => ({}));
  if (!reply.ok && json.error) throw new Refused(t(json.error, json.values));
  return { status: reply.status, json };
}

export async function get(path) {
  try {
    const reply = await fetch(path);
    return reply.ok ? await reply.json() : null;
  } catch {
    return null;
  }
}
