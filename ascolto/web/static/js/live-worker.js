// One connection to the desk for all tabs of a browser. Keeps the place in the log, so that nothing is missed or heard twice.
const ports = new Set();
const WAIT_LONGEST = 30000;
let source = null;
let url = "";
let position = 0;
let wait = 1000;
let state = "lost";

function tell(message, target) {
  for (const port of target ? [target] : ports) port.postMessage(message);
}

function become(now) {
  state = now;
  tell({ state });
}

function hear(kind, event) {
  if (event.lastEventId) position = Number(event.lastEventId) || position;
  tell({ kind, detail: event.data ? JSON.parse(event.data) : null });
}

function open() {
  source = new EventSource(`${url}?after=${position}`);
  source.onopen = () => { wait = 1000; become("open"); };
  source.onmessage = (event) => hear("event", event);
  for (const kind of ["presence", "typing", "reset"]) source.addEventListener(kind, (event) => hear(kind, event));
  source.addEventListener("bye", () => { close(); become("ended"); });
  source.onerror = lost;
}

// The browser tries again by itself while CONNECTING; a refusal (CLOSED) is ours to repeat, slower each time.
function lost() {
  become("lost");
  if (!source || source.readyState !== EventSource.CLOSED) return;
  close();
  setTimeout(() => { if (!source && ports.size) open(); }, wait * (0.5 + Math.random()));
  wait = Math.min(wait * 2, WAIT_LONGEST);
}

function close() {
  source?.close();
  source = null;
}

function join(port, hello) {
  ports.add(port);
  url ||= hello.url;
  position ||= hello.position;
  if (source) tell({ state }, port); else open();
}

function leave(port) {
  ports.delete(port);
  if (!ports.size) close();
}

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => (data.hello ? join(port, data.hello) : leave(port));
};
