// What Vercel's AI SDK sees of a server through four of its providers, printed as one JSON object:
// node ai.js ROOT_URL MODEL auto|named
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const [root, model, choice] = process.argv.slice(2);
const toolChoice = choice === "named" ? { type: "tool", toolName: "weather" } : choice;
const baseURL = new URL("v1", root).href;
const openai = createOpenAI({ baseURL, apiKey: "none" });
const providers = {
  responses: openai.responses(model),
  chat: openai.chat(model),
  compatible: createOpenAICompatible({ name: "jynamo", baseURL })(model),
  anthropic: createAnthropic({ baseURL, apiKey: "none" })(model),
};
const prompt = "Is it sunny in Paris and in Rome?";
const weather = (asked) =>
  tool({
    description: "The weather of a city.",
    inputSchema: z.object({ city: z.string().max(20) }).strict(),
    execute: async ({ city }) => {
      asked.push(city);
      return "sunny";
    },
  });
const seen = {};

for (const [name, one] of Object.entries(providers)) {
  const asked = [];
  const settings = { model: one, prompt, maxRetries: 0, maxOutputTokens: 400, temperature: 0, toolChoice };
  // A model that must call would call for ever: its one round is enough.
  const stopWhen = stepCountIs(choice === "named" ? 1 : 3);
  const whole = await generateText({ ...settings, stopWhen, tools: { weather: weather(asked) } });
  const streamedAsked = [];
  const stream = streamText({ ...settings, stopWhen, tools: { weather: weather(streamedAsked) } });
  const kinds = new Set();
  for await (const part of stream.fullStream) kinds.add(part.type);
  seen[name] = {
    asked,
    answer: whole.text,
    reasoning: whole.steps[0].reasoningText,
    finish: whole.steps.map((step) => step.finishReason),
    outputTokens: whole.totalUsage.outputTokens,
    streamedAsked,
    streamedAnswer: await stream.text,
    kinds: [...kinds].sort(),
  };
}

try {
  await generateText({ model: providers.chat, prompt, maxRetries: 0, temperature: 3 });
} catch (refused) {
  seen.badRequest = [APICallError.isInstance(refused), refused.statusCode, refused.isRetryable];
}
console.log(JSON.stringify(seen));
