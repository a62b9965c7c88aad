"""What litellm sees of a server as its client, printed as one JSON object: litellm_client.py ROOT_URL MODEL auto|required"""

import json
import os
import sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # nothing is fetched from elsewhere

import litellm

litellm.telemetry = False
litellm.num_retries = 0
root, model, choice = sys.argv[1].rstrip("/"), *sys.argv[2:4]
question = {"role": "user", "content": "Is it sunny in Paris and in Rome?"}
parameters = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 20}},
    "required": ["city"],
    "additionalProperties": False,
}
tools = [{"type": "function", "function": {"name": "weather", "description": "The weather of a city.", "parameters": parameters}}]
seen = {}


def ask(provider, base, **more):
    return litellm.completion(
        model=f"{provider}/{model}",
        api_base=base,
        api_key="none",
        **({"messages": [question], "tools": tools, "tool_choice": choice, "temperature": 0, "max_tokens": 400} | more),
    )


def calls_of(message):
    return [[call.function.name, json.loads(call.function.arguments)] for call in message.tool_calls or []]


for provider, base in (("openai", root + "/v1"), ("hosted_vllm", root + "/v1"), ("anthropic", root)):
    whole = ask(provider, base)
    message = whole.choices[0].message
    results = [{"role": "tool", "tool_call_id": call.id, "content": "sunny"} for call in message.tool_calls or []]
    answer = ask(provider, base, messages=[question, message.model_dump(exclude_none=True), *results], tool_choice="none")
    streamed = litellm.stream_chunk_builder(list(ask(provider, base, stream=True)))
    seen[provider] = {
        "calls": calls_of(message),
        "finish": whole.choices[0].finish_reason,
        "answer": answer.choices[0].message.content,
        "streamedCalls": calls_of(streamed.choices[0].message),
    }

try:
    ask("openai", root + "/v1", temperature=3)
except litellm.BadRequestError as refused:
    seen["badRequest"] = refused.status_code
try:
    litellm.completion(model="openai/no-such-model", messages=[question], api_base=root + "/v1", api_key="none")
except litellm.NotFoundError as refused:
    seen["notFound"] = refused.status_code
print(json.dumps(seen))
