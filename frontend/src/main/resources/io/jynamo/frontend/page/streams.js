// The streams in flight and who serves each.

import { byId, count, keyed, make, plural, say, span } from './format.js';

const body = byId('streams');

function row() {
  const cells = {
    request: make('td', 'request'),
    worker: make('td', 'served'),
    tokens: make('td', 'number'),
    age: make('td', 'number'),
  };
  const made = make('tr', '', ...Object.values(cells));
  made.cells_ = cells;
  return made;
}

const name = (worker) => (worker.number == null ? worker.id : String(worker.number));

function served(stream) {
  if (!stream.worker) return stream.moved_from ? `looking, was with ${name(stream.moved_from)}` : 'looking for one';
  return stream.moved_from ? `${name(stream.moved_from)} → ${name(stream.worker)}` : name(stream.worker);
}

function update(element, stream, own) {
  const { request, worker, tokens, age } = element.cells_;
  say(request, stream.id === own ? 'this chat' : stream.id.replace(/^.*-/, '').slice(0, 8));
  request.title = `${stream.id}, ${stream.model}`;
  say(worker, served(stream));
  say(tokens, count(stream.tokens));
  say(age, stream.age_ms < 60000 ? `${(stream.age_ms / 1000).toFixed(1)} s` : span(stream.age_ms));
  element.classList.toggle('moved', stream.moves > 0);
  element.classList.toggle('own', stream.id === own);
}

/** Shows them; {@code own} is the request that this page itself waits for. */
export function showStreams({ streams, streams_total: total }, own) {
  keyed(body, streams, (stream) => stream.id, row, (element, stream) => update(element, stream, own));
  byId('no-streams').hidden = total > 0;
  body.parentElement.hidden = total === 0;
  say(byId('streams-count'), total > streams.length ? `the oldest ${streams.length} of ${count(total)}` : '');
  say(byId('figure-streams'), count(total));
  return plural(total, 'stream');
}
