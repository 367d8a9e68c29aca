// What was true a while ago and still is: who is here, which answer may still be changed.

const HERE_FOR_MS = 10 * 60_000; // who wrote this lately is here, whatever the opening hours say
const AMEND_FOR_MS = 7 * 86_400_000; // as the desk takes a changed answer

// items: of the conversation shown, oldest first; typist: {name, at} or null. {name, leftMs} of who is here, or null.
export function whoIsHere(items, typist) {
  const last = items.findLast((item) => item.author === "agent" && item.name);
  const seen = [last && { name: last.name, at: Date.parse(last.at) }, typist].filter(Boolean).sort((a, b) => b.at - a.at)[0];
  const leftMs = seen ? HERE_FOR_MS - (Date.now() - seen.at) : 0;
  return leftMs > 0 ? { name: seen.name, leftMs } : null;
}

// The desk tells of questions nobody has answered; an answer that may still be changed is known to this browser alone.
export function keptAnswer(store, conversation) {
  const { answered } = store.read();
  return answered?.conversation === conversation && Date.now() - answered.at < AMEND_FOR_MS ? answered : null;
}

export function keepAnswer(store, answered) {
  const before = keptAnswer(store, answered.conversation);
  store.write({ answered: { ...answered, at: before?.token === answered.token ? before.at : Date.now() } });
}
