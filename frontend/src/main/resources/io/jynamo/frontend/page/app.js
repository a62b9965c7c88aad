// Starts the page: which view is shown, and what the server tells of the fleet.

import { call, events } from './api.js';
import { onStreams, ownStream, showModels } from './chat.js';
import { addEvent, restartEvents, showFleet } from './fleet.js';
import { byId, say } from './format.js';
import { onPace, restart } from './plots.js';
import { showStreams } from './streams.js';

const LONGEST_PAUSE = 8000;
const link = byId('link');

function showView() {
  const view = location.hash === '#fleet' ? 'fleet' : 'chat';
  document.body.dataset.view = view;
  for (const anchor of document.querySelectorAll('nav a')) {
    if (anchor.hash === `#${view}`) anchor.setAttribute('aria-current', 'page');
    else anchor.removeAttribute('aria-current');
  }
}

function showLink(state, text) {
  link.dataset.state = state;
  say(link, text);
}

function show(snapshot) {
  const workers = showFleet(snapshot);
  onStreams(snapshot.streams);
  const streams = showStreams(snapshot, ownStream());
  say(byId('fleet-now'), `${workers}, ${streams}`);
}

async function follow() {
  const response = await call('/v1/fleet/events');
  showLink('live', 'live');
  for await (const { kind, data } of events(response)) {
    const told = JSON.parse(data);
    if (kind === 'event') {
      addEvent(told);
      showModels().catch(() => {});
    } else {
      if (told.history) {
        restart(told.history);
        restartEvents(told.events);
      }
      onPace(told.pace);
      show(told);
    }
  }
}

const pause = (millis) => new Promise((resolve) => { setTimeout(resolve, millis); });

async function followForever() {
  for (let wait = 500; ; wait = Math.min(LONGEST_PAUSE, wait * 2)) {
    const began = performance.now();
    try {
      await follow();
      showLink('lost', 'reconnecting');
    } catch (failed) {
      showLink('lost', failed.code === 'unreachable' ? 'server not reachable, trying again' : `${failed.code}, trying again`);
    }
    if (performance.now() - began > LONGEST_PAUSE) wait = 500;
    await pause(wait);
  }
}

async function findModels() {
  for (;;) {
    const found = await showModels().catch(() => 0);
    if (found > 0) return;
    await pause(1000);
  }
}

addEventListener('hashchange', showView);
showView();
findModels();
followForever();
