// What Anthropic's JavaScript client sees of a server, printed as one JSON object: node messages.js ROOT_URL MODEL auto|any
import Anthropic from "@anthropic-ai/sdk";

const [baseURL, model, choice] = process.argv.slice(2);
const client = new Anthropic({ baseURL, apiKey: "none", maxRetries: 0 });
const question = { role: "user", content: "Is it sunny in Paris and in Rome?" };
const tools = [
  {
    name: "weather",
    description: "The weather of a city.",
    input_schema: {
      type: "object",
      properties: { city: { type: "string", maxLength: 20 } },
      required: ["city"],
      additionalProperties: false,
    },
  },
];
// A small model that must call would call for ever.
const tool_choice = { type: choice, disable_parallel_tool_use: choice === "any" };
const asked = { model, max_tokens: 1000, temperature: 0, tools, tool_choice, messages: [question] };
const seen = {};

const calls = await client.messages.create({ ...asked, ...(choice === "auto" && { thinking: { type: "enabled", budget_tokens: 1024 } }) });
seen.blocks = calls.content.map((block) => block.type);
seen.inputs = calls.content.filter((block) => block.type === "tool_use").map((block) => block.input);
seen.stopReason = calls.stop_reason;
seen.usage = calls.usage;
seen.requestId = calls._request_id;

const results = calls.content
  .filter((block) => block.type === "tool_use")
  .map((block) => ({ type: "tool_result", tool_use_id: block.id, content: "sunny" }));
const round = [question, { role: "assistant", content: calls.content }, { role: "user", content: results }];
const answer = await client.messages.create({ ...asked, tool_choice: { type: "none" }, messages: round });
seen.answer = answer.content[0].text;
seen.answerReason = answer.stop_reason;

const stream = client.messages.stream(asked);
seen.streamed = [];
stream.on("streamEvent", (event) => seen.streamed.push(event.type));
const final = await stream.finalMessage();
seen.finalBlocks = final.content.map(({ id, ...block }) => block);
seen.wholeBlocks = calls.content.map(({ id, ...block }) => block);
seen.finalReason = final.stop_reason;
seen.finalUsage = final.usage;

seen.counted = (await client.messages.countTokens({ model, tools, messages: [question] })).input_tokens;
seen.models = [];
for await (const listed of client.models.list()) seen.models.push(listed.id);

const error = async (call) => {
  try {
    await call();
    return "none";
  } catch (refused) {
    return `${refused.constructor.name} ${refused.status} ${refused.error?.error?.type} ${typeof refused.requestID}`;
  }
};
seen.badRequest = await error(() => client.messages.create({ ...asked, temperature: 3 }));
seen.notFound = await error(() => client.messages.create({ ...asked, model: "no-such-model" }));

console.log(JSON.stringify(seen));
