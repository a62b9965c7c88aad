"""What Anthropic's Python client sees of a server, printed as one JSON object: anthropic_client.py ROOT_URL MODEL auto|any"""

import json
import sys

import anthropic

url, model, choice = sys.argv[1:4]
client = anthropic.Anthropic(base_url=url, api_key="none", max_retries=0)
question = {"role": "user", "content": "Is it sunny in Paris and in Rome?"}
schema = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 20}},
    "required": ["city"],
    "additionalProperties": False,
}
tools = [{"name": "weather", "description": "The weather of a city.", "input_schema": schema}]
asked = {
    "model": model,
    "max_tokens": 400,
    "extra_body": {"temperature": 0},
    "tools": tools,
    "tool_choice": {"type": choice},
    "system": [{"type": "text", "text": "You tell the weather.", "cache_control": {"type": "ephemeral"}}],
}
seen = {}


def error(call):
    try:
        call()
        return "none"
    except anthropic.APIStatusError as refused:
        return f"{type(refused).__name__} {refused.status_code} {refused.body['error']['type']}"


def inputs(message):
    return [[block.name, block.input] for block in message.content if block.type == "tool_use"]


whole = client.messages.create(messages=[question], **asked)
seen["blocks"] = [block.type for block in whole.content]
seen["calls"] = inputs(whole)
seen["stop"] = whole.stop_reason
results = [
    {"type": "tool_result", "tool_use_id": block.id, "content": "sunny"} for block in whole.content if block.type == "tool_use"
]
turns = [question, {"role": "assistant", "content": whole.content}, {"role": "user", "content": results}]
answer = client.messages.create(messages=turns, **(asked | {"tool_choice": {"type": "none"}}))
seen["answer"] = "".join(block.text for block in answer.content if block.type == "text")

with client.messages.stream(messages=[question], **asked) as events:
    seen["streamedKinds"] = sorted({event.type for event in events})
    final = events.get_final_message()
seen["streamedCalls"] = inputs(final)
seen["outputTokens"] = final.usage.output_tokens
seen["counted"] = client.messages.count_tokens(model=model, messages=[question], tools=tools).input_tokens
seen["models"] = [listed.id for listed in client.models.list()]
seen["badRequest"] = error(lambda: client.messages.create(messages=[question], **(asked | {"extra_body": {"temperature": 3}})))
seen["notFound"] = error(lambda: client.messages.create(messages=[question], **(asked | {"model": "no-such-model"})))
print(json.dumps(seen))
