// What OpenAI's JavaScript client sees of an encoder, printed as one JSON object: node embeddings.js BASE_URL MODEL
import OpenAI from "openai";

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
const input = "the cat sat on the mat.";
const seen = {};

const plain = await client.embeddings.create({ model, input }); // it asks for base64 and decodes it
seen.plain = plain.data[0].embedding;
seen.tokens = plain.usage.prompt_tokens;
seen.numbers = (await client.embeddings.create({ model, input, encoding_format: "float" })).data[0].embedding;

try {
  await client.chat.completions.create({ model, messages: [{ role: "user", content: "Hi" }] });
  seen.chat = 0;
} catch (refused) {
  seen.chat = refused.status;
}

console.log(JSON.stringify(seen));
