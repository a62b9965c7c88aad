// The fleet as it is now: figures, workers and what happened.

import { call } from './api.js';
import { byId, clock, count, keyed, make, plural, rate, say, span, NOTHING } from './format.js';

const LATENCY_DIGITS = 1;
const EVENTS = 100;
const rows = byId('workers');
const events = byId('events');

// ---------------------------------------------------------------- figures

const short = (millis) => (millis == null ? NOTHING : millis >= 1000 ? (millis / 1000).toFixed(LATENCY_DIGITS) : rate(millis));

function pair(p50, p99) {
  if (p50 == null) return NOTHING;
  const unit = p99 >= 1000 ? 's' : 'ms';
  const digits = (value) => (unit === 's' ? (value / 1000).toFixed(2) : short(value));
  return `${digits(p50)} · ${digits(p99)} ${unit}`;
}

function showFigures(pace) {
  say(byId('figure-tokens'), rate(pace?.tokens_per_second));
  say(byId('figure-requests'), rate(pace?.requests_per_second));
  say(byId('figure-ttft'), pair(pace?.ttft_ms_p50, pace?.ttft_ms_p99));
  say(byId('figure-itl'), pair(pace?.itl_ms_p50, pace?.itl_ms_p99));
  byId('plot-tokens').setAttribute('aria-label', `Tokens per second: ${rate(pace?.tokens_per_second)} now`);
  byId('plot-latency').setAttribute('aria-label',
    `Latency now: first token ${span(pace?.ttft_ms_p50)}, next token ${span(pace?.itl_ms_p50)}, at the median`);
}

// ---------------------------------------------------------------- workers

function bar(label) {
  const fill = make('i');
  const track = make('div', 'bar', fill);
  track.setAttribute('role', 'meter');
  track.setAttribute('aria-label', label);
  track.setAttribute('aria-valuemin', '0');
  const text = make('span', 'soft');
  return {
    element: make('div', 'gauge', track, text),
    show(value, most, words) {
      track.setAttribute('aria-valuenow', String(value));
      track.setAttribute('aria-valuemax', String(Math.max(most, 1)));
      track.setAttribute('aria-valuetext', words);
      fill.style.inlineSize = `${most > 0 ? Math.min(100, (100 * value) / most) : 0}%`;
      say(text, words);
    },
  };
}

function cell(label, className, ...children) {
  const made = make('td', className, ...children);
  made.dataset.label = label;
  return made;
}

function workerRow(worker) {
  const parts = {
    title: make('strong'),
    what: make('span', 'soft'),
    where: make('span', 'soft mono'),
    state: make('span', 'state'),
    detail: make('span', 'soft detail'),
    load: bar('Load'),
    blocks: bar('KV blocks'),
    streams: cell('Streams', 'number'),
    cached: cell('Cache hits', 'number'),
    actions: cell('', 'actions'),
  };
  const head = make('th', 'worker', parts.title, parts.what, parts.where);
  head.scope = 'row';
  const row = make('tr', '', head, cell('State', '', parts.state, parts.detail),
    cell('Load', '', parts.load.element), cell('KV blocks', '', parts.blocks.element),
    parts.streams, parts.cached, parts.actions);
  row.parts = parts;
  row.dataset.id = worker.id;
  return row;
}

function updateWorker(row, worker, mostLoad) {
  const { parts } = row;
  row.dataset.state = worker.state;
  say(parts.title, `worker ${worker.number}`);
  say(parts.what, [worker.engine, worker.role, worker.model].filter(Boolean).join(' · '));
  say(parts.where, [worker.address, worker.pid && `pid ${worker.pid}`].filter(Boolean).join(' · ') || worker.id);
  parts.where.title = `id ${worker.id}`;
  parts.state.dataset.state = worker.state;
  say(parts.state, worker.state);
  say(parts.detail, worker.state === 'ready' ? '' : worker.detail);
  const busy = worker.running + worker.waiting;
  parts.load.show(busy, mostLoad, `${count(worker.running)} running${worker.waiting ? `, ${count(worker.waiting)} waiting` : ''}`);
  parts.blocks.show(worker.kv_blocks_used, worker.kv_blocks_total,
    worker.kv_blocks_total ? `${count(worker.kv_blocks_used)} of ${count(worker.kv_blocks_total)}` : NOTHING);
  say(parts.streams, count(worker.streams));
  say(parts.cached, worker.cached_tokens ? `${count(worker.cached_tokens)} tokens` : NOTHING);
  showActions(parts.actions, worker);
}

function showActions(place, worker) {
  const wanted = worker.controls.join(' ');
  if (place.dataset.controls === wanted) return;
  place.dataset.controls = wanted;
  place.replaceChildren(...worker.controls.map((action) => {
    const label = action === 'kill' ? 'Kill' : 'Drain';
    const button = make('button', 'small', label);
    button.type = 'button';
    button.setAttribute('aria-label', `${label} worker ${worker.number}`);
    button.addEventListener('click', () => confirmAction(worker, action, label));
    return button;
  }));
}

const CONSEQUENCES = {
  kill: 'Its process ends at once, as in a crash. Its streams go on with other workers.',
  drain: 'It takes nothing new, finishes the streams it has, and goes.',
};

function confirmAction(worker, action, label) {
  const dialog = byId('confirm');
  const yes = byId('confirm-yes');
  say(byId('confirm-title'), `${label} worker ${worker.number}?`);
  say(byId('confirm-what'), CONSEQUENCES[action]);
  say(yes, label);
  yes.onclick = async () => {
    yes.disabled = true;
    try {
      await call(`/v1/fleet/workers/${worker.id}/${action}`, { body: {} });
      dialog.close();
    } catch (failed) {
      say(byId('confirm-what'), `${failed.code}: ${failed.message}`);
    } finally {
      yes.disabled = false;
    }
  };
  byId('confirm-no').onclick = () => dialog.close();
  dialog.showModal();
  byId('confirm-no').focus();
}

function showWorkers({ workers, workers_total: total }) {
  const mostLoad = Math.max(8, ...workers.map((worker) => worker.running + worker.waiting));
  keyed(rows, workers, (worker) => worker.id, workerRow, (row, worker) => updateWorker(row, worker, mostLoad));
  const ready = workers.filter((worker) => worker.state === 'ready').length;
  rows.parentElement.hidden = total === 0;
  byId('no-workers').hidden = total > 0;
  say(byId('workers-count'), total > workers.length ? `the first ${workers.length} of ${count(total)}` : '');
  return `${ready} of ${plural(workers.filter((worker) => worker.state !== 'gone').length, 'worker')} ready`;
}

// ---------------------------------------------------------------- events

export function addEvent({ sequence, time, kind, text }) {
  const when = make('time', 'soft mono', clock(time));
  when.dateTime = new Date(time).toISOString();
  const item = make('li', '', when, make('span', '', text));
  item.dataset.kind = kind;
  item.dataset.sequence = sequence;
  events.prepend(item);
  while (events.children.length > EVENTS) events.lastElementChild.remove();
  byId('no-events').hidden = true;
}

/** Shows these and none else. */
export function restartEvents(all) {
  events.replaceChildren();
  byId('no-events').hidden = all.length > 0;
  all.forEach(addEvent);
}

/** Shows how the fleet is. */
export function showFleet(snapshot) {
  showFigures(snapshot.pace);
  return showWorkers(snapshot);
}
