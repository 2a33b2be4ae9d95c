/** Nothing but a timer that a hidden page does not slow down. */
const EVERY_MS = 5000;
setInterval(() => postMessage(0), EVERY_MS);
