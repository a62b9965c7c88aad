// What OpenAI's JavaScript client sees of a server's responses, printed as one JSON object: node responses.js BASE_URL MODEL
import OpenAI from "openai";

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
const input = "Tell me a story.";
const seen = {};

const response = await client.responses.create({ model, input, max_output_tokens: 10 });
seen.id = response.id;
seen.text = response.output_text;
seen.status = response.status;
seen.usage = response.usage;

seen.deltas = "";
seen.types = [];
const stream = client.responses.stream({ model, input, max_output_tokens: 10 });
for await (const event of stream) {
  if (event.type === "response.output_text.delta") seen.deltas += event.delta;
  if (seen.types.at(-1) !== event.type) seen.types.push(event.type);
}
seen.final = (await stream.finalResponse()).output_text;

const next = await client.responses.create({
  model,
  input: "Go on.",
  previous_response_id: response.id,
  max_output_tokens: 10,
});
seen.previous = next.previous_response_id;
seen.longer = next.usage.input_tokens > response.usage.input_tokens;

const read = await client.responses.retrieve(response.id);
seen.read = read.output[0].content[0].text;
for await (const item of client.responses.inputItems.list(response.id)) seen.given = item.content[0].text;

const error = async (call) => {
  try {
    await call();
    return { status: 0 };
  } catch (refused) {
    return { status: refused.status, code: refused.code };
  }
};
await client.responses.delete(response.id);
seen.gone = await error(() => client.responses.retrieve(response.id));
seen.refused = await error(() => client.responses.create({ model, input, background: true }));

const after = await client.responses.create({
  model,
  input: [
    { role: "user", content: "What is the weather?" },
    { type: "function_call", call_id: "call_1", name: "weather", arguments: "{}" },
    { type: "function_call_output", call_id: "call_1", output: "Sunny." },
  ],
  max_output_tokens: 10,
});
seen.afterCall = after.output_text;

console.log(JSON.stringify(seen));
