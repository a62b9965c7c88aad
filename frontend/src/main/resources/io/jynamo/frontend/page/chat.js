// The conversation: sends it, and shows the answer as it comes.

import { ApiError, call, events } from './api.js';
import { byId, count, make, say, span } from './format.js';

const turns = byId('turns');
const scroller = byId('scroller');
const prompt = byId('prompt');
const modelChoice = byId('model');
const settings = [
  { field: byId('temperature'), name: 'temperature', label: 'temperature' },
  { field: byId('top-p'), name: 'top_p', label: 'top p' },
  { field: byId('max-tokens'), name: 'max_completion_tokens', label: 'max' },
  { field: byId('seed'), name: 'seed', label: 'seed' },
];

let messages = [];
let running = null;

// ---------------------------------------------------------------- models and sampling

export async function showModels() {
  const { data } = await (await call('/v1/models')).json();
  const names = data.map((model) => model.id);
  const shown = [...modelChoice.options].map((option) => option.value);
  if (names.join('\n') === shown.join('\n')) return names.length;
  const chosen = modelChoice.value;
  modelChoice.replaceChildren(...names.map((name) => new Option(name, name, false, name === chosen)));
  modelChoice.disabled = names.length === 0;
  return names.length;
}

function chosenSampling() {
  const chosen = {};
  for (const { field, name } of settings) {
    if (field.value !== '') chosen[name] = Number(field.value);
  }
  return chosen;
}

function describeSampling() {
  const set = settings.filter(({ field }) => field.value !== '').map(({ field, label }) => `${label} ${field.value}`);
  say(byId('sampling-now'), set.join(', '));
}

// ---------------------------------------------------------------- turns

const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 48;

function follow(change) {
  const atEnd = isAtEnd();
  change();
  if (atEnd) scroller.scrollTop = scroller.scrollHeight;
}

function addTurn(role, text) {
  const content = document.createTextNode(text);
  const meta = make('p', 'meta');
  const turn = make('li', `turn ${role}`,
    make('h3', 'who', role === 'user' ? 'You' : 'Answer'), make('div', 'text', content), meta);
  byId('welcome').hidden = true;
  turns.append(turn);
  scroller.scrollTop = scroller.scrollHeight;
  return { turn, content, meta };
}

/** An answer on its way: what is known of it, and how that is said. */
class Answer {
  constructor() {
    Object.assign(this, addTurn('assistant', ''));
    this.turn.setAttribute('aria-busy', 'true');
    this.id = null;
    this.workers = [];
    this.began = performance.now();
    this.firstMillis = null;
    this.tokens = 0;
    this.end = '';
    this.describe();
  }

  add(text) {
    this.firstMillis ??= performance.now() - this.began;
    follow(() => this.content.appendData(text));
  }

  onWorker(number) {
    if (number != null && this.workers.at(-1) !== number) {
      this.workers.push(number);
      this.describe();
    }
  }

  describe() {
    const parts = [];
    if (this.workers.length) parts.push(`worker ${this.workers.join(' → ')}`);
    if (this.tokens) parts.push(`${count(this.tokens)} tokens`);
    const millis = performance.now() - this.began - (this.firstMillis ?? 0);
    if (this.end && this.tokens > 1) parts.push(`${count((this.tokens - 1) / (millis / 1000))} tokens/s`);
    if (this.firstMillis !== null) parts.push(`first token ${span(this.firstMillis)}`);
    if (this.end && this.end !== 'stop') parts.push(this.end);
    say(this.meta, parts.join(' · ') || 'waiting for the first token');
  }

  finish(how) {
    this.end = how;
    this.turn.removeAttribute('aria-busy');
    follow(() => this.describe());
  }

  fail(error, again) {
    this.finish('broken off');
    const retry = make('button', '', 'Try again');
    retry.type = 'button';
    retry.addEventListener('click', () => {
      this.turn.remove();
      again();
    });
    const notice = make('div', 'error', make('code', '', error.code ?? 'error'), make('p', '', error.message), retry);
    notice.setAttribute('role', 'alert');
    follow(() => this.turn.append(notice));
  }
}

// ---------------------------------------------------------------- asking

async function read(answer, messages, signal) {
  const body = {
    model: modelChoice.value,
    messages,
    stream: true,
    stream_options: { include_usage: true },
    ...chosenSampling(),
  };
  const response = await call('/v1/chat/completions', { body, signal });
  let finish = null;
  for await (const { data } of events(response)) {
    if (data === '[DONE]') return finish ?? 'stop';
    const chunk = JSON.parse(data);
    if (chunk.error) throw new ApiError(chunk.error.code, chunk.error.message);
    answer.id = chunk.id;
    if (chunk.usage) answer.tokens = chunk.usage.completion_tokens;
    const choice = chunk.choices?.[0];
    if (choice?.delta?.content) answer.add(choice.delta.content);
    if (choice?.finish_reason) finish = choice.finish_reason;
  }
  throw new ApiError('connection_lost', 'The answer ended before it was complete.');
}

function showRunning(on) {
  byId('send').hidden = on;
  byId('stop').hidden = !on;
}

async function ask() {
  const answer = new Answer();
  const told = messages; // a new chat may take their place before the answer ends
  running = { answer, abort: new AbortController() };
  showRunning(true);
  try {
    const finish = await read(answer, told, running.abort.signal);
    answer.finish(finish);
    told.push({ role: 'assistant', content: answer.content.data });
  } catch (failed) {
    if (failed.name === 'AbortError') {
      answer.finish('stopped');
      told.push({ role: 'assistant', content: answer.content.data });
    } else {
      answer.fail(failed, ask);
    }
  } finally {
    running = null;
    showRunning(false);
  }
}

function send() {
  const text = prompt.value.trim();
  if (running || !text || !byId('composer').reportValidity()) return;
  if (messages.at(-1)?.role === 'user') messages.pop(); // its answer failed
  messages.push({ role: 'user', content: text });
  prompt.value = '';
  grow();
  addTurn('user', text);
  ask();
}

function stop() {
  running?.abort.abort();
  prompt.focus();
}

/** The field is as high as what is written in it, up to a third of the window. */
function grow() {
  prompt.style.height = 'auto';
  prompt.style.height = `${Math.min(prompt.scrollHeight + 2, window.innerHeight / 3)}px`;
}

/** The streams in flight are known: says which worker serves the answer that is on its way. */
export function onStreams(streams) {
  const answer = running?.answer;
  if (!answer?.id) return;
  const mine = streams.find((stream) => stream.id === answer.id);
  if (!mine) return;
  if (mine.moved_from && !answer.workers.length) answer.onWorker(mine.moved_from.number);
  answer.onWorker(mine.worker?.number);
  answer.tokens = Math.max(answer.tokens, mine.tokens);
  answer.describe();
}

/** The request that this page waits for, or null. */
export const ownStream = () => running?.answer.id ?? null;

byId('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  send();
});
prompt.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
});
prompt.addEventListener('input', grow);
byId('chat').addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && running) stop();
});
byId('stop').addEventListener('click', stop);
byId('fresh').addEventListener('click', () => {
  running?.abort.abort();
  messages = [];
  turns.replaceChildren();
  byId('welcome').hidden = false;
  prompt.focus();
});
for (const { field } of settings) field.addEventListener('input', describeSampling);
