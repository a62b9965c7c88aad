// What OpenAI's JavaScript client sees of a model that calls a tool, printed as one JSON object:
// node tools.js BASE_URL MODEL auto|required
import OpenAI from "openai";

const [baseURL, model, tool_choice] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
const question = { role: "user", content: "Is it sunny in Paris and in Rome?" };
const parameters = {
  type: "object",
  properties: { city: { type: "string", maxLength: 20 } },
  required: ["city"],
  additionalProperties: false,
};
const tools = [{ type: "function", function: { name: "weather", description: "The weather of a city.", parameters } }];
// A small model that must call would call for ever.
const asked = { model, tools, tool_choice, parallel_tool_calls: tool_choice !== "required", temperature: 0, max_tokens: 400 };
const callsOf = (message) =>
  (message.tool_calls ?? []).map((call) => [call.function.name, JSON.parse(call.function.arguments)]);
const seen = {};

const whole = await client.chat.completions.create({ ...asked, messages: [question] });
const { message, finish_reason } = whole.choices[0];
seen.calls = callsOf(message);
seen.finish = finish_reason;

const stream = client.chat.completions.stream({ ...asked, messages: [question] });
const final = await stream.finalChatCompletion();
seen.streamedCalls = callsOf(final.choices[0].message);

const results = (message.tool_calls ?? []).map((call) => ({ role: "tool", tool_call_id: call.id, content: "sunny" }));
const answer = await client.chat.completions.create({ ...asked, messages: [question, message, ...results], tool_choice: "none" });
seen.answer = answer.choices[0].message.content;

const flat = { type: "function", name: "weather", parameters, strict: false };
const settings = { model, tools: [flat], parallel_tool_calls: asked.parallel_tool_calls, temperature: 0, max_output_tokens: 400 };
const response = await client.responses.create({ ...settings, tool_choice, input: question.content });
const wanted = response.output.filter((item) => item.type === "function_call");
seen.responseCalls = wanted.map((item) => [item.name, JSON.parse(item.arguments)]);
const next = await client.responses.create({
  ...settings,
  tool_choice: "none",
  previous_response_id: response.id,
  input: wanted.map((item) => ({ type: "function_call_output", call_id: item.call_id, output: "sunny" })),
});
seen.responseText = next.output_text;

console.log(JSON.stringify(seen));
