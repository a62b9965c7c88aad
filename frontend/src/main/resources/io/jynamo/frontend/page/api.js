// Calls of this server, with the key where it wants one.

import { byId } from './format.js';

const STORED = 'jynamo.key';
let asking = null;

/** What the server, or the way to it, says is wrong. */
export class ApiError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

function showForget() {
  byId('forget').hidden = sessionStorage.getItem(STORED) === null;
}

/** Asks for a key, once however many calls want it. */
function askForKey() {
  asking ??= new Promise((resolve) => {
    const dialog = byId('key-dialog');
    const form = byId('key-form');
    const known = sessionStorage.getItem(STORED) !== null;
    byId('key-why').textContent = known
      ? 'The server does not know this key. Another is kept until this tab is closed.'
      : 'This server asks for a key. It is kept until this tab is closed.';
    const closed = (event) => event.preventDefault();
    dialog.addEventListener('cancel', closed);
    dialog.showModal();
    byId('key').focus();
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      sessionStorage.setItem(STORED, byId('key').value.trim());
      byId('key').value = '';
      dialog.removeEventListener('cancel', closed);
      dialog.close();
      showForget();
      asking = null;
      resolve();
    }, { once: true });
  });
  return asking;
}

async function errorOf(response) {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text);
    return new ApiError(error.code, error.message);
  } catch {
    return new ApiError(`http_${response.status}`, text.slice(0, 300) || response.statusText);
  }
}

/** The response to a request, once the server lets it in. */
export async function call(path, { body, signal } = {}) {
  for (;;) {
    const headers = {};
    const key = sessionStorage.getItem(STORED);
    if (key !== null) headers.Authorization = `Bearer ${key}`;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    let response;
    try {
      response = await fetch(path, {
        method: body === undefined ? 'GET' : 'POST',
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal,
        cache: 'no-store',
        credentials: 'omit',
      });
    } catch (failed) {
      if (failed.name === 'AbortError') throw failed;
      throw new ApiError('unreachable', 'The server cannot be reached.');
    }
    if (response.ok) return response;
    if (response.status !== 401) throw await errorOf(response);
    if (key === sessionStorage.getItem(STORED)) await askForKey();
  }
}

/** The server-sent events of a response, one after the other. */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    let part;
    try {
      part = await reader.read();
    } catch (failed) {
      if (failed.name === 'AbortError') throw failed;
      throw new ApiError('connection_lost', 'The connection to the server broke.');
    }
    if (part.done) return;
    rest += part.value;
    const blocks = rest.split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const event = { kind: 'message', data: '' };
      for (const line of block.split('\n')) {
        if (line.startsWith('data: ')) event.data += line.slice(6);
        else if (line.startsWith('event: ')) event.kind = line.slice(7);
      }
      if (event.data) yield event;
    }
  }
}

byId('forget').addEventListener('click', () => {
  sessionStorage.removeItem(STORED);
  location.reload();
});
showForget();
