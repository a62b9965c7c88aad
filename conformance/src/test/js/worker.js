// A worker in another language, written from docs/wire.md and worker.proto alone. It speaks for a model whose tokens are
// bytes and whose every token follows from the prompt and the token's place, so that whoever goes on with a stream of
// another says what the other would have said.
//
//   node worker.js --discovery FOLDER --name MODEL [--token SECRET] [--pace MILLIS] [--context TOKENS] [--say TEXT ...]
//
// With --say it says these texts instead: the first in answer to a user, the next once a tool has answered, and so on.
//
// Prints "ready HOST:PORT ID" once it is announced, then a line for each thing that happens to it.
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import protobuf from "protobufjs";

const { values: told } = parseArgs({
  options: {
    discovery: { type: "string" },
    name: { type: "string" },
    token: { type: "string" },
    pace: { type: "string", default: "5" },
    context: { type: "string", default: "4096" },
    say: { type: "string", multiple: true },
  },
});
const here = import.meta.dirname;
const schema = new protobuf.Root().loadSync(
  path.join(here, "../../../../runtime/src/main/proto/jynamo/worker/v1/worker.proto"),
  { keepCase: true },
);
const ClientFrame = schema.lookupType("jynamo.worker.v1.ClientFrame");
const WorkerFrame = schema.lookupType("jynamo.worker.v1.WorkerFrame");
const State = schema.lookupEnum("jynamo.worker.v1.State").values;
const Finish = schema.lookupEnum("jynamo.worker.v1.Finish").values;

const VERSION = 1;
const STRANGERS_FRAME = 4096;
const MAX_FRAME = 16 << 20;
const OPENING_MILLIS = 3000;
const SILENCE_MILLIS = 30_000;
const BEAT_MILLIS = 3000;
const CONTEXT = Number(told.context);
const END_OF_TURN = 257;

const id = BigInt.asUintN(63, randomBytes(8).readBigUInt64BE()) | 1n;
const workerId = protobuf.util.Long.fromString(id.toString(), true);
const sessions = new Set();
let draining = false;

const say = (line) => process.stdout.write(line + "\n");

// ---------------------------------------------------------------------------------------------------- the model's text

/** The characters that byte-level tokenizers write bytes as. */
function byteCharacters() {
  const plain = [];
  for (let b = 0; b < 256; b++) {
    if ((b >= 33 && b <= 126) || (b >= 161 && b <= 172) || (b >= 174 && b <= 255)) plain[b] = b;
  }
  let next = 256;
  return Array.from({ length: 256 }, (_, b) => String.fromCodePoint(plain[b] ?? next++));
}

function textFiles() {
  const characters = byteCharacters();
  const special = (content, at) => ({
    id: at, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true,
  });
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  const tokenizer = {
    version: "1.0",
    added_tokens: [special("<|im_start|>", 256), special("<|im_end|>", END_OF_TURN)],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: { type: "BPE", vocab: Object.fromEntries(characters.map((one, b) => [one, b])), merges: [] },
  };
  const template =
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}" +
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
  const contents = {
    "tokenizer.json": JSON.stringify(tokenizer),
    "tokenizer_config.json": JSON.stringify({ eos_token: "<|im_end|>" }),
    "chat_template.jinja": template,
  };
  return Object.entries(contents).map(([name, text]) => {
    const content = Buffer.from(text);
    return { name, content, sha256: createHash("sha256").update(content).digest() };
  });
}

const files = textFiles();

/** The token at a place of a choice's output: a letter, or a space after every fifth. */
function tokenAt(prompt, choice, place) {
  if (place % 6 === 5) return 32;
  const hash = createHash("sha256").update(`${prompt}/${choice}/${place}`).digest();
  return 97 + (hash.readUInt32LE(0) % 26);
}

/** The bytes to say in answer to a prompt, or undefined where its tokens follow from it. */
function script(prompt) {
  if (told.say === undefined) return undefined;
  const turns = Buffer.from(prompt.map((token) => (token === 256 ? 0 : token & 255))).toString("latin1").split("\0tool\n");
  return Buffer.from(told.say[Math.min(turns.length, told.say.length) - 1]);
}

// --------------------------------------------------------------------------------------------------------- requests

class Stream {
  constructor(start) {
    this.number = start.stream;
    this.promptTokens = start.prompt.length;
    const resumed = start.resumed_tokens;
    this.prompt = createHash("sha256")
      .update(start.prompt.slice(0, start.prompt.length - resumed).join(","))
      .digest("hex");
    this.max = start.stopping.max_tokens;
    this.script = script(start.prompt.slice(0, start.prompt.length - resumed));
    this.unlimited = start.credit === 0;
    this.deadline = Date.now() + Number(start.time_limit_millis);
    this.began = false;
    this.cancelled = false;
    this.choices = Array.from({ length: start.choices }, (_, index) => ({
      index, seed: start.first_choice + index, place: resumed, told: 0, credit: start.credit, finish: 0,
    }));
  }

  /** What one step brings, or nothing. */
  step() {
    const news = { stream: this.number };
    if (!this.began) {
      this.began = true;
      news.prompt = { cached_tokens: 0 };
    }
    const deltas = this.choices.map((choice) => this.advance(choice)).filter((delta) => delta);
    if (deltas.length > 0) news.deltas = deltas;
    const late = Date.now() >= this.deadline;
    if (late || this.choices.every((choice) => choice.finish)) {
      news.end = {
        prompt_tokens: this.promptTokens,
        output_tokens: this.choices.reduce((sum, choice) => sum + choice.told, 0),
      };
      if (late) news.end.failure = { code: "deadline_exceeded", message: "the request's time is over" };
    }
    return news.prompt || news.deltas || news.end ? news : undefined;
  }

  advance(choice) {
    if (choice.finish) return undefined;
    if (choice.cancelled || this.cancelled) {
      choice.finish = Finish.CANCELLED;
      return { choice: choice.index, finish: choice.finish };
    }
    if (!this.unlimited && choice.credit === 0) return undefined;
    choice.credit--;
    if (this.script && choice.place >= this.script.length) {
      choice.finish = Finish.STOP;
      return { choice: choice.index, finish: choice.finish, stop_token: END_OF_TURN };
    }
    choice.told++;
    const delta = { choice: choice.index, tokens: [this.tokenOf(choice)] };
    if (choice.told === this.max) delta.finish = choice.finish = Finish.LENGTH;
    return delta;
  }

  tokenOf(choice) {
    const place = choice.place++;
    return this.script ? this.script[place] : tokenAt(this.prompt, choice.seed, place);
  }
}

// ---------------------------------------------------------------------------------------------------------- sessions

const proof = (whose, clientNonce, workerNonce) =>
  told.token === undefined
    ? Buffer.alloc(0)
    : createHmac("sha256", told.token).update(`jynamo.worker.v1 ${whose}`).update(clientNonce).update(workerNonce).digest();

const isSame = (one, other) => one.length === other.length && timingSafeEqual(one, other);

class Session {
  constructor(socket) {
    this.socket = socket;
    this.phase = "hello";
    this.received = Buffer.alloc(0);
    this.streams = new Map();
    this.lastStream = 0;
    this.heard = Date.now();
    this.opening = setTimeout(() => this.goodbye("request_timeout", "the session was not opened in time"), OPENING_MILLIS);
    this.watch = setInterval(() => {
      if (Date.now() - this.heard > SILENCE_MILLIS) this.goodbye("request_timeout", "nothing was heard of the client");
    }, 1000);
    socket.setNoDelay(true);
    socket.on("data", (bytes) => this.onBytes(bytes));
    socket.on("error", () => {}); // "close" follows
    socket.on("close", () => this.end());
  }

  onBytes(bytes) {
    this.heard = Date.now();
    this.received = Buffer.concat([this.received, bytes]);
    while (this.phase !== "closed" && this.received.length >= 4) {
      const size = this.received.readUInt32BE(0);
      if (size > (this.phase === "open" ? MAX_FRAME : STRANGERS_FRAME)) {
        return this.goodbye("invalid_request", `a frame of ${size} bytes is too large`);
      }
      if (this.received.length < 4 + size) return;
      const body = this.received.subarray(4, 4 + size);
      this.received = this.received.subarray(4 + size);
      let frame;
      try {
        frame = ClientFrame.decode(body);
      } catch (malformed) {
        return this.goodbye("invalid_request", `no message: ${malformed.message}`);
      }
      this.onFrame(frame);
    }
  }

  send(frame) {
    if (this.phase === "closed") return;
    const body = WorkerFrame.encode(WorkerFrame.create(frame)).finish();
    const head = Buffer.alloc(4);
    head.writeUInt32BE(body.length);
    this.socket.write(Buffer.concat([head, body]));
  }

  goodbye(code, message) {
    if (this.phase === "closed") return;
    say(`goodbye ${code}`);
    this.send({ goodbye: { code, message } });
    this.socket.end();
    this.end();
  }

  end() {
    if (this.phase === "closed") return;
    if (this.phase !== "open") say(`left in ${this.phase}`);
    this.phase = "closed";
    clearTimeout(this.opening);
    clearInterval(this.watch);
    sessions.delete(this);
    for (const stream of this.streams.values()) say(`abandoned ${stream.number}`);
    this.streams.clear();
  }

  onFrame(frame) {
    switch (frame.body) {
      case undefined: return; // of a later version
      case "hello": return this.phase === "hello" ? this.onHello(frame.hello) : this.outOfOrder();
      case "proof": return this.phase === "proof" ? this.onProof(frame.proof) : this.outOfOrder();
      default:
        if (this.phase !== "open") return this.goodbye("authentication_required", "Hello and Proof come first");
        return this[`on_${frame.body}`]?.(frame[frame.body]);
    }
  }

  outOfOrder() {
    this.goodbye("invalid_request", "a frame out of order");
  }

  onHello(hello) {
    if (hello.min_version > VERSION || hello.max_version < VERSION) {
      return this.goodbye("invalid_request", `this worker speaks version ${VERSION}`);
    }
    if (hello.nonce.length < 16 || hello.nonce.length > 64) return this.goodbye("invalid_request", "no nonce");
    this.wanted = hello.worker_id;
    this.clientNonce = hello.nonce;
    this.workerNonce = randomBytes(32);
    this.phase = "proof";
    this.send({ challenge: { nonce: this.workerNonce, proof: proof("worker", this.clientNonce, this.workerNonce) } });
  }

  onProof({ proof: theirs }) {
    if (!isSame(theirs, proof("client", this.clientNonce, this.workerNonce))) {
      return this.goodbye("authentication_required", "the fleet's token is wrong or missing");
    }
    if (!this.wanted.isZero() && !this.wanted.equals(workerId)) return this.goodbye("worker_lost", "no such worker here");
    clearTimeout(this.opening);
    this.phase = "open";
    sessions.add(this);
    this.send({ welcome: { version: VERSION, description: description(), load: load(), max_frame: MAX_FRAME } });
    say("session");
  }

  on_start(start) {
    if (start.stream <= this.lastStream) return this.outOfOrder();
    this.lastStream = start.stream;
    const refuse = (code, message) =>
      this.send({ output: { streams: [{ stream: start.stream, end: { failure: { code, message } } }] } });
    if (draining) return refuse("not_ready", "the worker is draining");
    if (start.prompt.length === 0 || !start.stopping || start.stopping.max_tokens < 1 || start.choices < 1) {
      return refuse("invalid_request", "a request has a prompt, choices and an end");
    }
    this.streams.set(start.stream, new Stream(start));
    say(`start ${start.stream} resumed ${start.resumed_tokens}`);
    this.send({ output: { streams: [{ stream: start.stream, accepted: true }] } });
  }

  on_cancel(cancel) {
    const stream = this.streams.get(cancel.stream);
    if (!stream) return;
    if (Object.hasOwn(cancel, "choice")) {
      const choice = stream.choices[cancel.choice];
      if (choice) choice.cancelled = true;
    } else {
      stream.cancelled = true;
      say(`cancelled ${cancel.stream}`);
    }
  }

  on_credit(credit) {
    this.streams.get(credit.stream)?.choices.forEach((choice) => (choice.credit += credit.tokens));
  }

  on_ping(ping) {
    this.send({ pong: { number: ping.number, load: load() } });
  }

  on_fetch(fetch) {
    const file = files.find((one) => isSame(one.sha256, Buffer.from(fetch.sha256)));
    const offset = Number(fetch.offset);
    if (!file || offset > file.content.length) return this.goodbye("invalid_request", "no such file or place in it");
    const content = file.content.subarray(offset, offset + Math.min(fetch.length, 1 << 20));
    this.send({ file_part: { sha256: file.sha256, offset, content } });
  }

  /** All that a step brings, in one frame. */
  step() {
    const news = [];
    for (const stream of this.streams.values()) {
      const one = stream.step();
      if (one) news.push(one);
      if (one?.end) this.streams.delete(stream.number);
    }
    if (news.length > 0) this.send({ output: { streams: news } });
  }
}

function load() {
  let running = 0;
  for (const session of sessions) running += session.streams.size;
  return { running, total_blocks: 1000 };
}

function description() {
  return {
    worker_id: workerId,
    state: draining ? State.DRAINING : State.READY,
    engine: "javascript",
    files: files.map(({ name, content, sha256 }) => ({ name, size: content.length, sha256 })),
    served_names: [told.name],
    card: {
      name: told.name,
      architecture: "bytes",
      vocabulary_size: 258,
      max_model_len: CONTEXT,
      trained_context_length: CONTEXT,
      block_tokens: 16,
      total_blocks: 1000,
      max_batched_tokens: 8192,
      max_sequences: 256,
      eos_token_ids: [END_OF_TURN],
      capabilities: [
        "token_input", "token_output", "completions", "choices", "seed", "ignore_eos", "min_tokens", "cancel", "resume",
      ],
    },
  };
}

// --------------------------------------------------------------------------------------------------------- discovery

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0x82f63b78 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc32c(...parts) {
  let crc = ~0;
  for (const part of parts) for (const byte of part) crc = CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (~crc >>> 0).toString(16).padStart(8, "0");
}

/** Who keeps the lease: on Linux so that readers on this machine see at once when the process is gone. */
function owner() {
  const read = (file) => fs.readFileSync(file, "latin1").trim();
  const namespace = (kind) => fs.readlinkSync(`/proc/self/ns/${kind}`).replace(/[^0-9]/g, "");
  const stat = read("/proc/self/stat");
  const host = [os.hostname(), read("/proc/sys/kernel/random/boot_id"), namespace("pid"), namespace("time")].join(":");
  const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return [host.replace(/[^A-Za-z0-9._:-]/g, "-").slice(0, 200), process.pid, start, randomBytes(8).toString("hex")];
}

function announce(host, port) {
  const key = `instances/default/worker/generate/${id.toString(16)}`;
  const value = Buffer.from(JSON.stringify({ host, port, engine: "javascript", models: [told.name] }));
  const words = ["jynamo-entry/1", key, ...owner(), value.length].join(" ");
  const file = path.join(told.discovery, key.replaceAll("/", "~") + ".entry");
  const aside = path.join(told.discovery, `~${process.pid}-${id.toString(16)}.tmp`);
  fs.mkdirSync(told.discovery, { recursive: true });
  fs.writeFileSync(aside, Buffer.concat([Buffer.from(`${words} ${crc32c(Buffer.from(words), value)}\n`), value]));
  fs.renameSync(aside, file);
  const beat = setInterval(() => fs.utimesSync(file, new Date(), new Date()), BEAT_MILLIS);
  return () => {
    clearInterval(beat);
    fs.rmSync(file, { force: true });
  };
}

// ----------------------------------------------------------------------------------------------------------- its life

const server = net.createServer((socket) => new Session(socket));
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  const withdraw = announce("127.0.0.1", port);
  say(`ready 127.0.0.1:${port} ${id.toString(16)}`);
  const steps = setInterval(() => sessions.forEach((session) => session.step()), Number(told.pace));
  process.once("SIGTERM", () => {
    draining = true;
    withdraw();
    sessions.forEach((session) => session.send({ description: description() }));
    const quiet = setInterval(() => {
      if (load().running > 0) return;
      clearInterval(quiet);
      clearInterval(steps);
      for (const session of [...sessions]) session.goodbye("not_ready", "the worker's process is stopping");
      server.close(() => process.exit(0));
    }, 10);
  });
});
