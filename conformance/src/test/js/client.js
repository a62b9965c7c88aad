// What OpenAI's JavaScript client sees of a server, printed as one JSON object: node client.js BASE_URL MODEL
import OpenAI from "openai";

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: "Tell me a story." }];
const seen = {};

const chat = await client.chat.completions.create({ model, messages, max_completion_tokens: 10, logprobs: true });
seen.chat = chat.choices[0].message.content;
seen.logprobs = chat.choices[0].logprobs.content.length;

seen.streamed = "";
const stream = await client.chat.completions.create({
  model,
  messages,
  max_completion_tokens: 10,
  stream: true,
  stream_options: { include_usage: true },
});
for await (const chunk of stream) {
  seen.streamed += chunk.choices[0]?.delta?.content ?? "";
  if (chunk.usage) seen.usage = chunk.usage;
}

seen.models = (await client.models.list()).data.map((listed) => listed.id);
seen.completion = (
  await client.completions.create({ model, prompt: "Once upon a time", max_tokens: 5 })
).choices[0].text;

const error = async (call) => {
  try {
    await call();
    return { status: 0 };
  } catch (refused) {
    return { status: refused.status, code: refused.code, type: refused.type };
  }
};
seen.badRequest = await error(() => client.chat.completions.create({ model, messages, temperature: 3 }));
seen.notFound = await error(() => client.chat.completions.create({ model: "no-such-model", messages }));

const long = await client.chat.completions.create({ model, messages, max_completion_tokens: 3000, stream: true });
seen.chunksBeforeCancel = 0;
for await (const _ of long) {
  if (++seen.chunksBeforeCancel === 3) break; // leaving the loop aborts the request
}

console.log(JSON.stringify(seen));
